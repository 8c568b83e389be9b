"""Where people stand: in the line, in squads, in the published matrices, as of the organisation's day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from engine.cycle.alignment.plans import Standing
from engine.cycle.models import CycleRow, TeamRow
from engine.cycle.objectives.models import AgreementRow, MatrixRoleRow
from engine.cycle.objectives.reading import Agreement, MatrixRole, agreements
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
    roles: Mapping[str, Sequence[tuple[str, MatrixRole]]] = field(init=False)  # person -> unit of the matrix, cell

    def __post_init__(self) -> None:
        found: dict[str, list[tuple[str, MatrixRole]]] = {}
        for unit, agreement in self.agreed.items():
            for role in agreement.roles:
                found.setdefault(role.person, []).append((unit, role))
        object.__setattr__(self, "roles", found)

    def of(self, person: Person) -> Standing:
        """What holds for a person's SKP."""
        agreement = self.agreement_over(person)
        cells = self.roles.get(person.id, ())
        headed = person.heads_unit and agreement is not None and agreement.unit == person.unit
        starts, ends = max(person.starts, self.first), min(person.ends or self.last, self.last)
        return Standing(
            mode=agreement.mode if agreement else None,
            role=cells[0][1].role if cells else None,
            relations=dict(self._relations(person, agreement)),
            agreed=tuple((one.number, one.indicator.name) for one in agreement.targets) if headed and agreement else (),
            uncollectable=frozenset(
                one.indicator.name.casefold()
                for one in (agreement.targets if agreement else ())
                if not one.indicator.can_be_collected
            ),
            in_matrix=bool(cells) if agreement and agreement.mode and not headed else None,
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
    connection = organisation.connection
    query = published(cycle, organisation.on)
    if of is not None:
        placed = sa.select(MatrixRoleRow.agreement_id).where(MatrixRoleRow.employee_id == of.id)
        chain = organisation.chain(of.unit) if of.unit else ()
        query = query.where(sa.or_(AgreementRow.unit_id.in_(chain), AgreementRow.id.in_(placed)))
    found = agreements(connection, connection.execute(query), organisation.on, of=of.id if of else None)
    days = connection.execute(sa.select(CycleRow.starts, CycleRow.ends).where(CycleRow.id == cycle)).one_or_none()
    first, last = (days.starts, days.ends) if days else (date.min, date.max)
    return Standings(organisation, cycle, first, last, {one.unit: one for one in found}, _owners(organisation, of))


def _owners(organisation: Organisation, of: Person | None) -> dict[str, frozenset[str]]:
    query = sa.select(TeamRow.leader_id, TeamRow.owner_id).where(
        TeamRow.owner_id.is_not(None), in_force(TeamRow, organisation.on)
    )
    if of is not None:
        query = query.where(TeamRow.leader_id == of.id)
    found: dict[str, set[str]] = {}
    for row in organisation.connection.execute(query):
        found.setdefault(row.leader_id, set()).add(str(row.owner_id))
    return {leader: frozenset(owners) for leader, owners in found.items()}
