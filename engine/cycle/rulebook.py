"""The parameters as an agency keeps them: what is in force, what is proposed, and a second pair of eyes on each change.

Nothing is ever set for a day that is past, and cases that run keep what they were opened with. Source: DOMAIN 6.3, 9.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import agency
from engine.cycle.access import demand, tree
from engine.cycle.catalogue import CATALOGUE, PARAMETERS, Parameter
from engine.cycle.listings import Unit, units
from engine.cycle.models import CycleRow, CycleStatus, HoldingRow, PostRow, ProposalRow, ProposalStatus
from engine.cycle.organisation import Organisation, in_force
from engine.cycle.parameters import known_key, parameters_on
from engine.cycle.storage import Storage
from engine.errors import FormInvalid, NotFound, Refused
from engine.runtime.values import SYSTEM, Actor, Json

READERS = ("process_owner", "personnel", "auditor")
SHORTEST_REASON = 10


@dataclass(frozen=True)
class InForce:
    """A parameter with its value on a day, and who set it; `own` is False where the default stands."""

    parameter: Parameter
    value: Json
    own: bool
    own_units: int  # units with a value of their own on that day


@dataclass(frozen=True)
class Proposal:
    """A value somebody proposes; `decided_by` and `decision` say what became of it."""

    id: UUID
    parameter: Parameter
    unit: str | None
    value: Json
    starts: date
    reason: str
    status: ProposalStatus
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str


@dataclass(frozen=True)
class Effect:
    """What a value would change: the value before it, for how many people, and what stands in its way.

    `replaced` are values already set for a later day, which the new one would take the place of.
    """

    before: Json
    after: Json
    people: int
    apart: Sequence[str]  # units below that keep a value of their own
    replaced: Sequence[agency.SetParameter]
    kept_years: Sequence[int]  # years whose opened cases keep the value before


class Rulebook:
    """Verbs on parameters: read, propose, decide. One transaction each."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def in_force(self, *, by: Actor, unit: str | None = None) -> Sequence[InForce]:
        """Every parameter with its value today, for the agency or a unit, in the catalogue's order."""
        demand(by, *READERS)
        today = self._storage.today()
        with self._storage.reading() as session:
            values = parameters_on(session.connection(), today, _chain(session, unit, today))
            own_units = _own_units(session, today)
        return [
            InForce(one, values.value(one.key), one.key in values.values, own_units.get(one.key, 0))
            for one in PARAMETERS
        ]

    def value(self, key: str, *, by: Actor) -> Json:
        """A parameter's value for the agency today; raises Refused for an unknown key."""
        demand(by, *READERS)
        with self._storage.reading() as session:
            return parameters_on(session.connection(), self._storage.today()).value(known_key(key))

    def units(self, *, by: Actor) -> Sequence[Unit]:
        """All units, each after the one above it: who keeps the rules, or runs the cases, does it for the whole agency."""
        demand(by, *READERS, "operator")
        with self._storage.reading() as session:
            return units(Organisation(session.connection(), self._storage.today()), by=SYSTEM)

    def values_of(self, key: str, *, by: Actor) -> Sequence[agency.SetParameter]:
        """All values of a parameter that were ever set, the newest first; raises Refused for an unknown key."""
        demand(by, *READERS)
        known_key(key)
        with self._storage.reading() as session:
            return [one for one in agency.parameters_set(session) if one.key == key]

    def proposals(self, *, by: Actor, key: str | None = None, waiting: bool = False) -> Sequence[Proposal]:
        """What was proposed, the newest first."""
        demand(by, *READERS)
        query = sa.select(ProposalRow).order_by(ProposalRow.proposed_at.desc(), ProposalRow.id)
        if key is not None:
            query = query.where(ProposalRow.key == key)
        if waiting:
            query = query.where(ProposalRow.status == ProposalStatus.WAITING)
        with self._storage.reading() as session:
            return [_proposal(row) for row in session.scalars(query)]

    def effect(self, key: str, text: str, *, starts: date, by: Actor, unit: str | None = None) -> Effect:
        """What a typed value would change if it were in force from a day on; writes nothing.

        Raises:
            FormInvalid: no such value, or a day that is past.  Refused: no such key.  NotFound: no such unit.
        """
        demand(by, "process_owner")
        value = self._judged(key, text, starts)
        with self._storage.reading() as session:
            return _effect(session, key, value, starts, unit)

    def propose(
        self, key: str, text: str, *, starts: date, reason: str, by: Actor, unit: str | None = None
    ) -> Proposal:
        """Propose a value for the agency or a unit; another process owner decides.

        Raises:
            FormInvalid: no such value, a day that is past, no reason, or nothing would change.
            Refused: no such key, or one is waiting for a decision already.  NotFound: no such unit.
        """
        demand(by, "process_owner")
        value = self._judged(key, text, starts)
        if len(reason.strip()) < SHORTEST_REASON:
            raise FormInvalid({"reason": "Tulis dasar perubahan ini, paling sedikit 10 huruf."})
        with self._storage.writing() as session:
            effect = _effect(session, key, value, starts, unit)
            if effect.before == effect.after and not effect.replaced:
                raise FormInvalid({"value": "Nilai ini sudah berlaku pada tanggal itu."})
            _only_one(session, key, unit)
            row = ProposalRow(
                key=key,
                unit_id=unit,
                value=value,
                starts=starts,
                reason=reason.strip(),
                status=ProposalStatus.WAITING,
                proposed_by=by.person,
                proposed_at=self._storage.now(),
                decision="",
            )
            session.add(row)
            session.flush()
            return _proposal(row)

    def accept(self, proposal: UUID, *, by: Actor) -> Proposal:
        """Let a proposed value be in force from its day on, or from today where that day has passed meanwhile.

        Raises:
            NotFound: no such proposal.  Refused: it is decided, or the actor proposed it.
        """
        with self._storage.writing() as session:
            row = self._to_decide(session, proposal, by)
            first = max(row.starts, self._storage.today())
            agency.set_parameter(
                session,
                row.key,
                row.value,
                starts=first,
                unit=row.unit_id,
                note=row.reason,
                by=row.proposed_by,
                now=self._storage.now(),
            )
            row.starts = first
            return self._decided(row, ProposalStatus.ACCEPTED, "", by)

    def decline(self, proposal: UUID, reason: str, *, by: Actor) -> Proposal:
        """Say no, and why.

        Raises:
            FormInvalid: no reason.  NotFound: no such proposal.  Refused: it is decided, or the actor proposed it.
        """
        if len(reason.strip()) < SHORTEST_REASON:
            raise FormInvalid({"reason": "Tulis mengapa usul ini ditolak, paling sedikit 10 huruf."})
        with self._storage.writing() as session:
            row = self._to_decide(session, proposal, by)
            return self._decided(row, ProposalStatus.DECLINED, reason.strip(), by)

    def withdraw(self, proposal: UUID, *, by: Actor) -> Proposal:
        """Take one's own proposal back.

        Raises:
            NotFound: no such proposal of the actor's.  Refused: it is decided.
        """
        demand(by, "process_owner")
        with self._storage.writing() as session:
            row = _waiting(session, proposal)
            if row.proposed_by != by.person:
                raise NotFound("Usul ini bukan usul Anda.")
            return self._decided(row, ProposalStatus.WITHDRAWN, "", by)

    def _judged(self, key: str, text: str, starts: date) -> Json:
        value = CATALOGUE[known_key(key)].read(text)
        if starts < self._storage.today():
            raise FormInvalid({"starts": "Tanggal mulai sudah lewat; pilih hari ini atau sesudahnya."})
        return value

    def _to_decide(self, session: Session, proposal: UUID, by: Actor) -> ProposalRow:
        demand(by, "process_owner")
        row = _waiting(session, proposal)
        if row.proposed_by == by.person:
            raise Refused("Usul sendiri diputuskan oleh pemilik proses lain.")
        return row

    def _decided(self, row: ProposalRow, status: ProposalStatus, words: str, by: Actor) -> Proposal:
        row.status, row.decision = status, words
        row.decided_by, row.decided_at = by.person, self._storage.now()
        return _proposal(row)


def _waiting(session: Session, proposal: UUID) -> ProposalRow:
    row = session.get(ProposalRow, proposal, with_for_update=True)
    if row is None:
        raise NotFound("Usul ini tidak ada.")
    if row.status is not ProposalStatus.WAITING:
        raise Refused("Usul ini sudah diputuskan.")
    return row


def _only_one(session: Session, key: str, unit: str | None) -> None:
    same_unit = ProposalRow.unit_id.is_(None) if unit is None else ProposalRow.unit_id == unit
    waits = sa.select(ProposalRow.id).where(
        ProposalRow.key == key, same_unit, ProposalRow.status == ProposalStatus.WAITING
    )
    if session.scalar(waits.limit(1)) is not None:
        raise Refused("Sudah ada usul untuk parameter ini yang menunggu keputusan.")


def _chain(session: Session, unit: str | None, on: date) -> Sequence[str]:
    """The unit and those above it, nearest first; none for the agency. Raises NotFound."""
    if unit is None:
        return ()
    agency.require_unit(session, unit)
    return Organisation(session.connection(), on).chain(unit)


def _own_units(session: Session, on: date) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in agency.parameters_set(session):
        if one.unit is not None and one.starts <= on and (one.ends is None or one.ends >= on):
            counts[one.key] = counts.get(one.key, 0) + 1
    return counts


def _effect(session: Session, key: str, value: Json, starts: date, unit: str | None) -> Effect:
    before = parameters_on(session.connection(), starts, _chain(session, unit, starts)).value(key)
    below = tree(session.connection(), [unit]) - {unit} if unit else None
    known = [one for one in agency.parameters_set(session) if one.key == key]
    return Effect(
        before=before,
        after=value,
        people=_people(session, starts, unit),
        apart=sorted(
            {
                one.unit
                for one in known
                if one.unit not in (None, unit)
                and (below is None or one.unit in below)
                and (one.ends is None or one.ends >= starts)
            }
        ),
        replaced=[one for one in known if one.unit == unit and one.starts >= starts],
        kept_years=list(
            session.scalars(sa.select(CycleRow.year).where(CycleRow.status == CycleStatus.OPEN).order_by(CycleRow.year))
        ),
    )


def _people(session: Session, on: date, unit: str | None) -> int:
    """How many people hold a post on a day in a unit's tree, or in the agency."""
    held = sa.select(sa.func.count(sa.distinct(HoldingRow.employee_id))).where(in_force(HoldingRow, on))
    if unit is not None:
        held = held.join(PostRow, PostRow.id == HoldingRow.post_id)
        held = held.where(PostRow.unit_id.in_(tree(session.connection(), [unit])))
    return session.scalar(held) or 0


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        row.id,
        CATALOGUE[row.key],
        row.unit_id,
        row.value,
        row.starts,
        row.reason,
        row.status,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
        row.decision,
    )
