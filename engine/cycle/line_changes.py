"""What may change about who stands above whom: each kind says what it is called, judges itself, and writes itself.

Source: DOMAIN 1.2-1.4.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import agency
from engine.cycle.access import demand, demand_unit, scope, tree
from engine.cycle.models import (
    ActingKind,
    GroupMemberRow,
    HoldingRow,
    PostRow,
    ProxyRow,
    ReportingLineRow,
    TeamMemberRow,
    TeamRow,
    UnitRow,
)
from engine.cycle.organisation import Organisation, in_force
from engine.cycle.people import People
from engine.cycle.proxies import ALL, AUTHORITIES, PROCESSES
from engine.errors import FormInvalid, NotFound, NotYours
from engine.runtime.values import Actor

AHEAD = 366  # days: a change further ahead is not entered yet


class Change(Protocol):
    """A change of the people's data that may move open tasks from one to another."""

    @property
    def starts(self) -> date: ...

    @property
    def ends(self) -> date | None: ...

    @property
    def event(self) -> str:
        """What the record of people calls it: a key of `events.record.KINDS`."""

    @property
    def about(self) -> str:
        """To whom it happens."""

    @property
    def gives_away(self) -> str | None:
        """Whose own tasks are given away: that person may order it without being personnel."""

    def title(self, organisation: Organisation) -> str:
        """What the order is called."""

    def judge(self, organisation: Organisation, by: Actor) -> None:
        """Raises NotFound, NotYours, FormInvalid."""

    def write(self, session: Session) -> None:
        """Put it into the tables, from its first day on."""

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        """All whose tasks may go to somebody else; asked before and after it is written."""

    def confirm(self, organisation: Organisation, people: People) -> None:
        """Raises FormInvalid when what was written has not the effect that was wanted."""


@dataclass(frozen=True)
class NewSuperior:
    """From a day on someone is the superior of one person; None: whoever leads the unit."""

    employee: str
    superior: str | None
    starts: date
    ends: date | None = None
    gives_away: None = None

    @property
    def event(self) -> str:
        return "GANTI_PENILAI"

    @property
    def about(self) -> str:
        return self.employee

    def title(self, organisation: Organisation) -> str:
        superior = called(organisation, self.superior) if self.superior else "pimpinan unitnya"
        return f"Atasan {called(organisation, self.employee)}: {superior}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        if self.superior is not None:
            if organisation.person(self.superior) is None:
                raise NotFound("Atasan yang dipilih tidak ada.")
            if self.superior == self.employee:
                raise FormInvalid({"superior": "Tidak seorang pun menjadi atasan dirinya sendiri."})

    def write(self, session: Session) -> None:
        row = ReportingLineRow
        end(session, row, row.employee_id == self.employee, self.starts)
        if self.superior is not None:
            new = {"employee_id": self.employee, "superior_id": self.superior} | _period(self)
            session.execute(sa.insert(row), new)

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return frozenset({self.employee}) | _named_under(organisation, [self.employee])

    def confirm(self, organisation: Organisation, people: People) -> None:
        found = people.superiors(organisation, self.employee).appraiser
        if self.superior is not None and (found.person is None or found.person.id != self.superior):
            superior = organisation.people([self.superior])[self.superior]
            why = "jenjang jabatannya, konflik kepentingan, atau karena pegawai ini berada di atasnya"
            raise FormInvalid({"superior": f"{superior.name} tidak dapat menilai pegawai ini: {why}. {found.why}"})


@dataclass(frozen=True)
class NewHead:
    """From a day on someone holds the post that leads a unit; whoever held it holds it no more."""

    unit: str
    employee: str
    starts: date
    ends: date | None = None
    gives_away: None = None

    @property
    def event(self) -> str:
        return "PIMPINAN"

    @property
    def about(self) -> str:
        return self.employee

    def title(self, organisation: Organisation) -> str:
        return f"Pimpinan {unit_name(organisation, self.unit)}: {called(organisation, self.employee)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        demand(by, "personnel")
        demand_unit(scope(organisation, by), self.unit)
        require_in_sight(organisation, self.employee, by)
        if post_leading(organisation.connection, self.unit, self.starts) is None:
            raise FormInvalid({"unit": "Unit ini tidak mempunyai jabatan pimpinan."})
        if self.unit in organisation.units_led_by(self.employee):
            raise FormInvalid({"unit": "Pegawai ini sudah memimpin unit itu."})

    def write(self, session: Session) -> None:
        row, post = HoldingRow, post_leading(session.connection(), self.unit, self.starts)
        end(session, row, sa.or_(row.post_id == post, row.employee_id == self.employee), self.starts)
        session.execute(sa.insert(row), {"employee_id": self.employee, "post_id": post} | _period(self))

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        led = organisation.units_led_by(self.employee) | {self.unit}
        return people_of(organisation, led) | {self.employee}

    def confirm(self, organisation: Organisation, people: People) -> None:
        """A head leads, whatever it does to appraisals."""


@dataclass(frozen=True)
class Acting:
    """For some time someone acts in the post that leads a unit: Plt in a vacant one, Plh while its holder is away."""

    unit: str
    employee: str
    kind: ActingKind
    letter: str
    includes_appraisal: bool
    starts: date
    ends: date | None = None
    gives_away: None = None

    @property
    def event(self) -> str:
        return self.kind.value

    @property
    def about(self) -> str:
        return self.employee

    def title(self, organisation: Organisation) -> str:
        kind = self.kind.value.title()
        return f"{kind} {unit_name(organisation, self.unit)}: {called(organisation, self.employee)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        demand(by, "personnel")
        demand_unit(scope(organisation, by), self.unit)
        require_in_sight(organisation, self.employee, by)
        post = post_leading(organisation.connection, self.unit, self.starts)
        if post is None:
            raise FormInvalid({"unit": "Unit ini tidak mempunyai jabatan pimpinan."})
        self._require_free(organisation, post)

    def write(self, session: Session) -> None:
        agency.appoint_acting(
            session,
            self.unit,
            self.employee,
            self.kind,
            letter=self.letter,
            includes_appraisal=self.includes_appraisal,
            starts=self.starts,
            ends=self.ends,
        )

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return people_of(organisation, frozenset({self.unit})) | {self.employee}

    def confirm(self, organisation: Organisation, people: People) -> None:
        """Whether the letter and the agency's rule let the stand-in appraise is told by where the tasks go."""

    def _require_free(self, organisation: Organisation, post: str) -> None:
        """A Plt is for a vacant post, and nobody stands in for himself."""
        query = sa.select(HoldingRow.employee_id).where(HoldingRow.post_id == post, in_force(HoldingRow, self.starts))
        holder = organisation.connection.scalar(query)
        if holder == self.employee:
            raise FormInvalid({"unit": "Pegawai ini sudah memimpin unit itu."})
        if self.kind is ActingKind.PLT and holder is not None:
            holder_name = called(organisation, holder)
            raise FormInvalid({"kind": f"Jabatan ini masih dipegang {holder_name}; yang tepat ialah Plh."})


@dataclass(frozen=True)
class NamedProxy:
    """For some days someone acts in a person's place; named by that person, or by personnel."""

    person: str
    proxy: str
    process: str
    authority: str
    reason: str
    named_by: str
    starts: date
    ends: date | None

    @property
    def event(self) -> str:
        return "WAKIL"

    @property
    def about(self) -> str:
        return self.person

    @property
    def gives_away(self) -> str:
        return self.person

    def title(self, organisation: Organisation) -> str:
        return f"Wakil {called(organisation, self.person)}: {called(organisation, self.proxy)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_own_or_in_sight(organisation, self.person, by)
        if self.proxy == self.person or organisation.person(self.proxy) is None:
            raise FormInvalid({"proxy": "Pilih orang lain sebagai wakil."})
        if self.ends is None or not self.starts <= self.ends <= self.starts + timedelta(days=AHEAD):
            raise FormInvalid({"ends": "Tulis hari terakhirnya, paling lama setahun sesudah hari pertama."})
        if self.process not in (ALL, *PROCESSES) or self.authority not in (ALL, *AUTHORITIES):
            raise FormInvalid({"process": "Pilih proses dan wewenang dari daftar."})

    def write(self, session: Session) -> None:
        what = {"process": self.process, "authority": self.authority, "reason": self.reason.strip()}
        who = {"employee_id": self.person, "proxy_id": self.proxy, "named_by": self.named_by}
        session.execute(sa.insert(ProxyRow), who | what | _period(self))

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return served_by(organisation, self.person)

    def confirm(self, organisation: Organisation, people: People) -> None:
        """For whom a proxy may act is asked of each subject."""


@dataclass(frozen=True)
class NoProxy:
    """From a day on nobody acts in a person's place any more."""

    person: str
    starts: date
    ends: None = None

    @property
    def event(self) -> str:
        return "WAKIL_BERAKHIR"

    @property
    def about(self) -> str:
        return self.person

    @property
    def gives_away(self) -> str:
        return self.person

    def title(self, organisation: Organisation) -> str:
        return f"Tanpa wakil lagi: {called(organisation, self.person)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_own_or_in_sight(organisation, self.person, by)
        if self.starts < organisation.on:
            raise FormInvalid({"starts": "Yang sudah dikerjakan wakil tetap sah; pilih hari ini atau sesudahnya."})

    def write(self, session: Session) -> None:
        end(session, ProxyRow, ProxyRow.employee_id == self.person, self.starts)

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return served_by(organisation, self.person)

    def confirm(self, organisation: Organisation, people: People) -> None:
        """What is open goes back."""


def require_own_or_in_sight(organisation: Organisation, employee: str, by: Actor) -> None:
    if employee != by.person:
        require_in_sight(organisation, employee, by)
    elif organisation.person(employee) is None:
        raise NotFound("Hanya pegawai yang dapat menunjuk wakil.")


def require_in_sight(organisation: Organisation, employee: str, by: Actor) -> None:
    demand(by, "personnel")
    person = organisation.person(employee)
    if person is None:
        raise NotFound("Pegawai ini tidak ada.")
    if person.id == by.person:
        raise NotYours("Anda tidak dapat mengubah atasan atau jabatan sendiri; minta petugas lain.")
    found = scope(organisation, by)
    if found.units is not None and person.unit not in found.units:
        raise NotYours("Pegawai ini di luar kewenangan Anda.")


def end(session: Session, row: type[Any], which: sa.ColumnElement[bool], starts: date) -> None:
    """Let what is in force end the day before; what would begin from then on goes."""
    session.execute(sa.delete(row).where(which, row.starts >= starts))
    open_end = sa.or_(row.ends.is_(None), row.ends >= starts)
    session.execute(sa.update(row).where(which, open_end).values(ends=starts - timedelta(days=1)))


def post_leading(connection: sa.Connection, unit: str, on: date) -> str | None:
    query = sa.select(PostRow.id).where(PostRow.unit_id == unit, PostRow.heads_unit, in_force(PostRow, on))
    return connection.scalar(query.order_by(PostRow.id).limit(1))


def people_of(organisation: Organisation, units: frozenset[str]) -> frozenset[str]:
    """Who holds a post in these units or below, and whoever reporting lines put under one of them."""
    inside = tree(organisation.connection, units)
    query = sa.select(HoldingRow.employee_id).join(PostRow, PostRow.id == HoldingRow.post_id)
    held = query.where(PostRow.unit_id.in_(inside), in_force(HoldingRow, organisation.on))
    people = frozenset(organisation.connection.scalars(held))
    return people | _named_under(organisation, people)


def served_by(organisation: Organisation, person: str) -> frozenset[str]:
    """All for whom a person may have a task: whom the person leads, those above whose heads he stands, or of a pool all."""
    connection = organisation.connection
    pools = sa.select(GroupMemberRow.id).where(GroupMemberRow.person == person).limit(1)
    if connection.scalar(pools) is not None:
        everyone = sa.select(HoldingRow.employee_id).where(in_force(HoldingRow, organisation.on))
        return frozenset(connection.scalars(everyone))
    members = sa.select(TeamMemberRow.employee_id).join(TeamRow, TeamRow.id == TeamMemberRow.team_id)
    squad = frozenset(connection.scalars(members.where(TeamRow.leader_id == person)))
    under = _named_under(organisation, [person])
    return (
        people_of(organisation, organisation.units_led_by(person)) | squad | under | _named_under(organisation, under)
    )


def _named_under(organisation: Organisation, superiors: Collection[str]) -> frozenset[str]:
    """Those for whom a reporting line names one of these superiors."""
    query = sa.select(ReportingLineRow.employee_id, ReportingLineRow.superior_id)
    rows = organisation.connection.execute(query.where(in_force(ReportingLineRow, organisation.on)))
    wanted = set(superiors)
    return frozenset(employee for employee, superior in rows if superior in wanted)


def called(organisation: Organisation, employee: str) -> str:
    person = organisation.person(employee)
    return person.name if person else employee


def unit_name(organisation: Organisation, unit: str) -> str:
    return organisation.connection.scalar(sa.select(UnitRow.name).where(UnitRow.id == unit)) or unit


def _period(change: Change) -> dict[str, date | None]:
    return {"starts": change.starts, "ends": change.ends}
