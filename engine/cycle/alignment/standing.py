"""Where people stand: in the line, in squads, in the published matrices, as of the organisation's day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.cycle.alignment.plans import Standing
from engine.cycle.models import CycleRow, TeamRow
from engine.cycle.objectives.models import AgreementRow
from engine.cycle.objectives.reading import Agreement, MatrixRole, agreements, cells
from engine.cycle.objectives.versions import published
from engine.cycle.organisation import Organisation, Person, Seat, in_force

SUPERIOR, HEAD = "ATASAN", "KEPALA_UNIT"
TEAM_LEADER, WITHOUT_LETTER = "KETUA_TIM", "KETUA_TIM_TANPA_SURAT"


@dataclass(frozen=True)
class Standings:
    """Reads standings off an organisation and the agreements in force; `agreed` by unit."""

    organisation: Organisation
    cycle: str
    first: date
    last: date
    agreed: Mapping[str, Agreement]
    owners: Mapping[str, frozenset[str]]  # leader of a squad -> whose results the squad works for
    roles: Mapping[str, Sequence[MatrixRole]]  # person -> cells of the matrices in force

    def of(self, person: Person) -> Standing:
        """What holds for a person's SKP."""
        agreement = self.agreement_over(person)
        placed = self.roles.get(person.id, ())
        headed = person.heads_unit and agreement is not None and agreement.unit == person.unit
        starts, ends = max(person.starts, self.first), min(person.ends or self.last, self.last)
        return Standing(
            mode=agreement.mode if agreement else None,
            role=placed[0].role if placed else None,
            relations=dict(self._relations(person, agreement)),
            agreed=tuple((one.number, one.indicator.name) for one in agreement.targets) if headed and agreement else (),
            uncollectable=frozenset(
                one.indicator.name.casefold()
                for one in (agreement.targets if agreement else ())
                if not one.indicator.can_be_collected
            ),
            in_matrix=bool(placed) if agreement and agreement.mode and not headed else None,
            leads=person.heads_unit,
            serves=(starts, ends),
        )

    def agreement_over(self, person: Person) -> Agreement | None:
        """The agreement of the person's unit, or of the nearest unit above that has one."""
        chain = self.organisation.chain(person.unit) if person.unit else ()
        return next((self.agreed[unit] for unit in chain if unit in self.agreed), None)

    def _relations(self, person: Person, agreement: Agreement | None) -> Iterator[tuple[str, str]]:
        """Whose results the person may support; of two relations to one person the later counts."""
        own = self.organisation.chain(person.unit or "")
        for membership in self.organisation.teams(person.id):
            counts = bool(membership.letter) or membership.unit in own
            yield membership.leader, TEAM_LEADER if counts else WITHOUT_LETTER
        for owner in self.owners.get(person.id, ()):
            yield owner, SUPERIOR
        above = [seat for seat in self.organisation.seats(person.unit or "") if not seat.is_taken_by(person.id)]
        yield from self._line(above, person, agreement)
        named = self.organisation.named_superior(person.id)
        if named is not None:
            yield named.id, SUPERIOR

    def _line(self, above: Sequence[Seat], person: Person, agreement: Agreement | None) -> Iterator[tuple[str, str]]:
        """The line up to the head of the unit whose matrix it is; past it only the nearest superior counts."""
        order = {unit: height for height, unit in enumerate(self.organisation.chain(person.unit or ""))}
        top = order[agreement.unit] if agreement else len(order)
        for place, seat in enumerate(above):
            if place > 0 and order[seat.unit] > top:
                return
            is_head = order[seat.unit] == top or (agreement is None and place > 0)
            people = [seat.holder, seat.stand_in.person if seat.stand_in else None]
            yield from ((one.id, HEAD if is_head else SUPERIOR) for one in people if one is not None)


def standings(organisation: Organisation, cycle: str, *, of: Person | None = None) -> Standings:
    """The standings of a year; `of` one person only what concerns that person is read."""
    first, last = _days(organisation, cycle)
    if of is not None:
        chain = organisation.chain(of.unit) if of.unit else ()
        people = [of.id]
        return Standings(
            organisation, cycle, first, last, _agreed(organisation, cycle, chain), *foresee(organisation, cycle, people)
        )
    connection = organisation.connection
    found = agreements(connection, connection.execute(published(cycle, organisation.on)), organisation.on)
    roles: dict[str, list[MatrixRole]] = {}
    for role in (role for agreement in found for role in agreement.roles):
        roles.setdefault(role.person, []).append(role)
    return Standings(
        organisation, cycle, first, last, {one.unit: one for one in found}, _owners(connection, organisation.on), roles
    )


def foresee(
    organisation: Organisation, cycle: str, people: Sequence[str]
) -> tuple[dict[str, frozenset[str]], dict[str, Sequence[MatrixRole]]]:
    """Whose results the squads of people work for, and their cells of the matrices; read at once, where it is not known."""
    connection, on = organisation.connection, organisation.on
    owners = organisation.known("owners of squads", people, lambda some: _owners(connection, on, some))
    found = organisation.known(f"cells {cycle}", people, lambda some: cells(connection, cycle, on, some))
    return owners, found


def _days(organisation: Organisation, cycle: str) -> tuple[date, date]:
    def read(some: Sequence[str]) -> dict[str, tuple[date, date]]:
        query = sa.select(CycleRow.id, CycleRow.starts, CycleRow.ends)
        rows = organisation.connection.execute(query.where(CycleRow.id.in_(some)))
        return {row.id: (row.starts, row.ends) for row in rows}

    known: dict[str, tuple[date, date]] = organisation.known("cycles", [cycle], read)
    return known.get(cycle, (date.min, date.max))


def _agreed(organisation: Organisation, cycle: str, units: Sequence[str]) -> dict[str, Agreement]:
    """The agreements in force of units, without their matrices."""

    def read(some: Sequence[str]) -> dict[str, Agreement]:
        query = published(cycle, organisation.on).where(AgreementRow.unit_id.in_(some))
        rows = organisation.connection.execute(query)
        return {one.unit: one for one in agreements(organisation.connection, rows, organisation.on, matrices=False)}

    return organisation.known(f"agreements {cycle}", units, read)


def _owners(connection: sa.Connection, on: date, leaders: Sequence[str] | None = None) -> dict[str, frozenset[str]]:
    query = sa.select(TeamRow.leader_id, TeamRow.owner_id).where(TeamRow.owner_id.is_not(None), in_force(TeamRow, on))
    if leaders is not None:
        query = query.where(TeamRow.leader_id.in_(leaders))
    found: dict[str, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.leader_id, set()).add(str(row.owner_id))
    return {leader: frozenset(owners) for leader, owners in found.items()}
