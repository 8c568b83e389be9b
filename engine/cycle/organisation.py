"""The organisation as it stands on one day: people in posts, seats that lead units, teams and work pools.

An `Organisation` reads through one connection and remembers what it has read, so that many people of the same
units can be looked up in a batch. It decides nothing: that is `appraisers`.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from engine.cycle.models import (
    ActingKind,
    ActingRow,
    ConflictRow,
    DelegationRow,
    EmployeeKind,
    EmployeeRow,
    GroupMemberRow,
    HoldingRow,
    PostKind,
    PostRow,
    ProxyRow,
    ReportingLineRow,
    TeamMemberRow,
    TeamRow,
    UnitRow,
)
from engine.cycle.parameters import Parameters, Setting, parameters_of, settings_on
from engine.cycle.proxies import Proxy

SOME = 400  # people looked up at once
_EMPLOYEES: sa.BindParameter[Any] = sa.bindparam("employees", expanding=True)
_UNITS: sa.BindParameter[Any] = sa.bindparam("units", expanding=True)
TALLEST = 50  # levels of units; deeper means a circle in the data


@dataclass(frozen=True)
class Person:
    """An employee and the post held on the day; without one, `post` and what hangs on it are None."""

    id: str
    nip: str
    name: str
    email: str | None
    kind: EmployeeKind
    grade: str | None
    starts: date
    ends: date | None
    post: str | None
    position: str | None
    post_kind: PostKind | None
    tier: str | None
    heads_unit: bool
    unit: str | None
    unit_name: str | None
    since: date | None  # first day in the post


@dataclass(frozen=True)
class StandIn:
    """Someone who acts in a post under a letter."""

    person: Person
    kind: ActingKind
    includes_appraisal: bool
    letter: str


@dataclass(frozen=True)
class Seat:
    """The post that leads a unit: its holder, and who stands in."""

    unit: str
    post: str
    name: str
    kind: PostKind
    independent: bool
    holder: Person | None
    stand_in: StandIn | None

    def is_taken_by(self, person: str) -> bool:
        """Whether the person holds the seat or acts in it."""
        return (self.holder is not None and self.holder.id == person) or (
            self.stand_in is not None and self.stand_in.person.id == person
        )


@dataclass(frozen=True)
class Membership:
    """A place in a squad on the day."""

    team: str
    name: str
    leader: str
    letter: str | None
    unit: str  # of the team


@lru_cache(maxsize=256)  # building a condition costs more than asking the database
def in_force(row: type[Any], on: date) -> sa.ColumnElement[bool]:
    """The condition that an effective-dated row holds on a day."""
    starts: InstrumentedAttribute[date] = row.starts
    ends: InstrumentedAttribute[date | None] = row.ends
    return sa.and_(starts <= on, sa.or_(ends.is_(None), ends >= on))


@lru_cache(maxsize=64)
def people_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """Employees with the post they hold on a day, in the order of `Person`'s fields."""
    held = sa.and_(HoldingRow.employee_id == EmployeeRow.id, in_force(HoldingRow, on))
    return (
        sa.select(
            EmployeeRow.id,
            EmployeeRow.nip,
            EmployeeRow.name,
            EmployeeRow.email,
            EmployeeRow.kind,
            EmployeeRow.grade,
            EmployeeRow.starts,
            EmployeeRow.ends,
            PostRow.id,
            PostRow.name,
            PostRow.kind,
            PostRow.tier,
            sa.func.coalesce(PostRow.heads_unit, sa.false()),
            UnitRow.id,
            UnitRow.name,
            HoldingRow.starts,
        )
        .select_from(EmployeeRow)
        .outerjoin(HoldingRow, held)
        .outerjoin(PostRow, PostRow.id == HoldingRow.post_id)
        .outerjoin(UnitRow, UnitRow.id == PostRow.unit_id)
    )


@dataclass(frozen=True)
class Memory:
    """What has been read of an organisation; a missing key has not been asked for yet."""

    chains: MutableMapping[str, tuple[str, ...]] = field(default_factory=dict)
    seats: MutableMapping[str, tuple[Seat, ...]] = field(default_factory=dict)
    people: MutableMapping[str, Person | None] = field(default_factory=dict)
    superiors: MutableMapping[str, str | None] = field(default_factory=dict)
    conflicts: MutableMapping[str, frozenset[str]] = field(default_factory=dict)
    delegates: MutableMapping[str, bool] = field(default_factory=dict)
    teams: MutableMapping[str, tuple[Membership, ...]] = field(default_factory=dict)
    members: MutableMapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: MutableMapping[tuple[str, ...], Parameters] = field(default_factory=dict)
    settings: MutableMapping[None, Sequence[Setting]] = field(default_factory=dict)  # read all at once
    proxies: MutableMapping[None, Mapping[str, tuple[Proxy, ...]]] = field(default_factory=dict)  # read all at once
    lines: MutableMapping[str, Any] = field(default_factory=dict)  # put together from the others, never read
    beside: MutableMapping[tuple[str, str], Any] = field(default_factory=dict)  # what `known` was asked for


@lru_cache(maxsize=64)
def named_people_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """`people_query` of some `employees`; of two posts, the one taken later comes last."""
    return people_query(on).where(EmployeeRow.id.in_(_EMPLOYEES)).order_by(HoldingRow.starts)


@lru_cache(maxsize=64)
def superiors_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """Whom reporting lines name for some `employees`: employee, superior, the newest line last."""
    return (
        sa.select(ReportingLineRow.employee_id, ReportingLineRow.superior_id)
        .where(ReportingLineRow.employee_id.in_(_EMPLOYEES), in_force(ReportingLineRow, on))
        .order_by(ReportingLineRow.starts, ReportingLineRow.id)
    )


@lru_cache(maxsize=64)
def conflicts_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """The conflicts of interest of some `employees`, as pairs."""
    concerned = sa.or_(ConflictRow.employee_id.in_(_EMPLOYEES), ConflictRow.other_id.in_(_EMPLOYEES))
    return sa.select(ConflictRow.employee_id, ConflictRow.other_id).where(concerned, in_force(ConflictRow, on))


@lru_cache(maxsize=64)
def members_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """Who is in some `groups`, as pairs in the order in which they came."""
    named = GroupMemberRow.group.in_(sa.bindparam("groups", expanding=True))
    pairs = sa.select(GroupMemberRow.group, GroupMemberRow.person)
    return pairs.where(named, in_force(GroupMemberRow, on)).order_by(GroupMemberRow.id)


@lru_cache(maxsize=64)
def delegates_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """Those of some `employees` who hold a letter of delegation."""
    held = sa.and_(DelegationRow.employee_id.in_(_EMPLOYEES), in_force(DelegationRow, on))
    return sa.select(DelegationRow.employee_id).where(held)


@lru_cache(maxsize=64)
def teams_query(on: date) -> sa.Select[*tuple[Any, ...]]:
    """The squads of some `employees`, in the order of `Membership`'s fields, with the member."""
    return (
        sa.select(TeamRow.id, TeamRow.name, TeamRow.leader_id, TeamMemberRow.letter, TeamRow.unit_id)
        .add_columns(TeamMemberRow.employee_id)
        .join(TeamMemberRow, TeamMemberRow.team_id == TeamRow.id)
        .where(in_force(TeamMemberRow, on), in_force(TeamRow, on), TeamMemberRow.employee_id.in_(_EMPLOYEES))
        .order_by(TeamMemberRow.starts, TeamRow.id)
    )


@cache
def chains_query() -> sa.Select[*tuple[Any, ...]]:
    """Some `units` and all above each of them: unit, the one above it, nearest first."""
    start = sa.select(UnitRow.id.label("unit"), UnitRow.id, UnitRow.parent_id, sa.literal(0).label("height"))
    above = start.where(UnitRow.id.in_(_UNITS)).cte("above", recursive=True)
    parents = sa.select(above.c.unit, UnitRow.id, UnitRow.parent_id, above.c.height + 1).where(
        UnitRow.id == above.c.parent_id, above.c.height < TALLEST
    )
    above = above.union_all(parents)
    return sa.select(above.c.unit, above.c.id).order_by(above.c.height)


def _leading(everywhere: bool) -> sa.ColumnElement[bool]:
    """The condition that a post leads a unit: any, or one of some `units`."""
    return sa.and_(PostRow.heads_unit, sa.true() if everywhere else PostRow.unit_id.in_(_UNITS))


@lru_cache(maxsize=64)
def leading_posts_query(on: date, *, everywhere: bool) -> sa.Select[*tuple[Any, ...]]:
    """The posts that lead units."""
    posts = sa.select(PostRow.id, PostRow.name, PostRow.kind, PostRow.unit_id, UnitRow.independent)
    return posts.join(UnitRow, UnitRow.id == PostRow.unit_id).where(in_force(PostRow, on), _leading(everywhere))


@lru_cache(maxsize=64)
def holders_query(on: date, *, everywhere: bool) -> sa.Select[*tuple[Any, ...]]:
    """Who holds the posts that lead units; of two, the one who came later comes last."""
    return (
        sa.select(HoldingRow.post_id, HoldingRow.employee_id)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .join(EmployeeRow, EmployeeRow.id == HoldingRow.employee_id)
        .where(_leading(everywhere), in_force(HoldingRow, on), in_force(EmployeeRow, on))
        .order_by(HoldingRow.starts, HoldingRow.id)
    )


@lru_cache(maxsize=64)
def stand_ins_query(on: date, *, everywhere: bool) -> sa.Select[*tuple[Any, ...]]:
    """Who acts in the posts that lead units, under which letter; of two, the one who came later comes last."""
    acting = ActingRow
    return (
        sa.select(acting.post_id, acting.employee_id, acting.kind, acting.includes_appraisal, acting.letter)
        .join(PostRow, PostRow.id == acting.post_id)
        .join(EmployeeRow, EmployeeRow.id == acting.employee_id)
        .where(_leading(everywhere), in_force(acting, on), in_force(EmployeeRow, on))
        .order_by(acting.starts, acting.id)
    )


class Organisation:
    """Reads people, units and letters as of `on`."""

    def __init__(self, connection: sa.Connection, on: date, memory: Memory | None = None) -> None:
        self.connection = connection
        self.on = on
        self.memory = memory or Memory()

    def person(self, employee: str) -> Person | None:
        """The employee with the post of the day; None when there is no such employee."""
        known = self.memory.people
        return known[employee] if employee in known else self.people([employee]).get(employee)

    def people(self, employees: Iterable[str]) -> dict[str, Person]:
        """Those of the employees that exist, by id."""
        wanted, known = set(employees), self.memory.people
        missing = sorted(employee for employee in wanted if employee not in known)
        for start in range(0, len(missing), SOME):
            some = missing[start : start + SOME]
            rows = self.connection.execute(named_people_query(self.on), {"employees": some})
            found = {row[0]: Person(*row) for row in rows}
            known.update((employee, found.get(employee)) for employee in some)
        return {employee: person for employee in wanted if (person := known[employee]) is not None}

    def chain(self, unit: str) -> tuple[str, ...]:
        """The unit and all above it, nearest first."""
        if unit not in self.memory.chains:
            self._read_chains([unit])
        return self.memory.chains[unit]

    def seats(self, unit: str) -> tuple[Seat, ...]:
        """The leading posts of the unit and of those above it, nearest first; units without one are left out."""
        if unit not in self.memory.seats:
            self.foresee_units([unit])
        return self.memory.seats[unit]

    def all_seats(self) -> tuple[Seat, ...]:
        """The leading posts of all units."""
        return self._read_seats(None)

    def foresee_units(self, units: Iterable[str]) -> None:
        """Read at once which units stand above some, and who leads them."""
        wanted = list(dict.fromkeys(units))
        self._read_chains([unit for unit in wanted if unit not in self.memory.chains])
        missing = [unit for unit in wanted if unit not in self.memory.seats]
        above = list(dict.fromkeys(one for unit in missing for one in self.chain(unit)))
        leading: dict[str, list[Seat]] = {}
        for start in range(0, len(above), SOME):
            for seat in self._read_seats(above[start : start + SOME]):
                leading.setdefault(seat.unit, []).append(seat)
        for unit in missing:
            seats = (sorted(leading.get(one, ()), key=lambda seat: seat.post) for one in self.chain(unit))
            self.memory.seats[unit] = tuple(chain.from_iterable(seats))

    def foresee(self, employees: Iterable[str]) -> None:
        """Read at once what will be asked of many people, one by one."""
        wanted = list(employees)
        for start in range(0, len(wanted), SOME):
            some = wanted[start : start + SOME]
            self._read_superiors(some)
            self._read_conflicts(some)
            self.people([*some, *(superior for one in some if (superior := self.memory.superiors[one]))])

    def named_superior(self, employee: str) -> Person | None:
        """The superior that a reporting line names for this person."""
        if employee not in self.memory.superiors:
            self._read_superiors([employee])
        superior = self.memory.superiors[employee]
        return self.person(superior) if superior else None

    def conflicts(self, employee: str) -> frozenset[str]:
        """With whom the person has a conflict of interest."""
        if employee not in self.memory.conflicts:
            self._read_conflicts([employee])
        return self.memory.conflicts[employee]

    def delegates(self, employees: Sequence[str]) -> frozenset[str]:
        """Those of the people who hold a letter that lets them appraise."""
        known = self.memory.delegates
        missing = [employee for employee in employees if employee not in known]
        if missing:
            holders = set(self.connection.scalars(delegates_query(self.on), {"employees": missing}))
            known.update((employee, employee in holders) for employee in missing)
        return frozenset(employee for employee in employees if known[employee])

    def teams(self, employee: str) -> tuple[Membership, ...]:
        """The squads in which the person is a member, not the leader."""
        if employee not in self.memory.teams:
            self.foresee_teams([employee])
        return self.memory.teams[employee]

    def foresee_teams(self, employees: Sequence[str]) -> None:
        """Read at once the squads of many people."""
        found: dict[str, list[Membership]] = {employee: [] for employee in employees}
        for start in range(0, len(employees), SOME):
            some = {"employees": employees[start : start + SOME]}
            for *membership, employee in self.connection.execute(teams_query(self.on), some):
                if membership[2] != employee:
                    found[employee].append(Membership(*membership))
        self.memory.teams.update((employee, tuple(memberships)) for employee, memberships in found.items())

    def proxies(self) -> Mapping[str, tuple[Proxy, ...]]:
        """Who acts in whose place on the day: each person's proxies, the one named last first."""
        if None not in self.memory.proxies:
            query = sa.select(ProxyRow.employee_id, ProxyRow.proxy_id, ProxyRow.process, ProxyRow.authority)
            rows = self.connection.execute(query.where(in_force(ProxyRow, self.on)).order_by(ProxyRow.id.desc()))
            found: dict[str, list[Proxy]] = {}
            for row in rows:
                found.setdefault(row[0], []).append(Proxy(*row))
            self.memory.proxies[None] = {person: tuple(proxies) for person, proxies in found.items()}
        return self.memory.proxies[None]

    def members(self, groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The people in each of the work pools that has any."""
        known = self.memory.members
        missing = [group for group in groups if group not in known]
        if missing:
            found: dict[str, list[str]] = {group: [] for group in missing}
            for group, person in self.connection.execute(members_query(self.on), {"groups": missing}):
                found[group].append(person)
            known.update((group, tuple(people)) for group, people in found.items())
        return {group: known[group] for group in groups if known[group]}

    def parameters(self, unit: str | None) -> Parameters:
        """The agency's settings in force for a unit."""
        chain, known = self.chain(unit) if unit else (), self.memory.parameters
        if chain not in known:
            if None not in self.memory.settings:
                self.memory.settings[None] = settings_on(self.connection, self.on)
            known[chain] = parameters_of(self.memory.settings[None], chain)
        return known[chain]

    def known(
        self, what: str, keys: Iterable[str], read: Callable[[Sequence[str]], Mapping[str, Any]]
    ) -> dict[str, Any]:
        """What else holds on this day, for those keys that have it; `read` is asked for all that is missing at once.

        Only for what is read from tables of EFFECTIVE_DATED and WITHOUT_DAYS (`remembered.py`).
        """
        wanted, memory = tuple(keys), self.memory.beside
        missing = [key for key in dict.fromkeys(wanted) if (what, key) not in memory]
        for start in range(0, len(missing), SOME):
            some = missing[start : start + SOME]
            found = read(some)
            memory.update(((what, key), found.get(key)) for key in some)
        return {key: found for key in wanted if (found := memory[what, key]) is not None}

    def units_led_by(self, employee: str) -> frozenset[str]:
        """The units whose seat the person holds or acts in."""
        held = (
            sa.select(PostRow.unit_id)
            .join(HoldingRow, HoldingRow.post_id == PostRow.id)
            .where(HoldingRow.employee_id == employee, PostRow.heads_unit, in_force(HoldingRow, self.on))
        )
        acting = (
            sa.select(PostRow.unit_id)
            .join(ActingRow, ActingRow.post_id == PostRow.id)
            .where(ActingRow.employee_id == employee, PostRow.heads_unit, in_force(ActingRow, self.on))
        )
        return frozenset(self.connection.scalars(held.union(acting)))

    def _read_superiors(self, employees: Sequence[str]) -> None:
        rows = self.connection.execute(superiors_query(self.on), {"employees": employees})
        found = {row[0]: row[1] for row in rows}  # of two, the one that began later
        self.memory.superiors.update((employee, found.get(employee)) for employee in employees)

    def _read_conflicts(self, employees: Sequence[str]) -> None:
        found: dict[str, set[str]] = {employee: set() for employee in employees}
        for one, other in self.connection.execute(conflicts_query(self.on), {"employees": employees}):
            found.get(one, set()).add(other)
            found.get(other, set()).add(one)
        self.memory.conflicts.update((employee, frozenset(others - {employee})) for employee, others in found.items())

    def _read_chains(self, units: Sequence[str]) -> None:
        found: dict[str, list[str]] = {unit: [] for unit in units}
        for start in range(0, len(units), SOME):
            for unit, above in self.connection.execute(chains_query(), {"units": units[start : start + SOME]}):
                found[unit].append(above)
        self.memory.chains.update((unit, tuple(dict.fromkeys(above))) for unit, above in found.items())

    def _read_seats(self, units: Sequence[str] | None) -> tuple[Seat, ...]:
        """The leading posts of some units, or of all."""
        everywhere, given = units is None, {"units": units} if units is not None else {}
        posts = self.connection.execute(leading_posts_query(self.on, everywhere=everywhere), given).all()
        holding = self.connection.execute(holders_query(self.on, everywhere=everywhere), given).all()
        acting = self.connection.execute(stand_ins_query(self.on, everywhere=everywhere), given).all()
        people = self.people(row.employee_id for row in (*holding, *acting))
        holders = {row.post_id: people[row.employee_id] for row in holding}
        stand_ins = {
            row.post_id: StandIn(people[row.employee_id], row.kind, row.includes_appraisal, row.letter)
            for row in acting
        }
        return tuple(
            Seat(
                unit=post.unit_id,
                post=post.id,
                name=post.name,
                kind=post.kind,
                independent=post.independent,
                holder=holders.get(post.id),
                stand_in=stand_ins.get(post.id),
            )
            for post in posts
        )
