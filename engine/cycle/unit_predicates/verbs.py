"""The page of the organisation predicate: units from the top down, what they have reached, who gives their predicate.

Given by who leads a unit above, from two ratings and table D2; or entered by personnel from a decree. Source: DOMAIN
2.9 (stage 1), 4.5, F18.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.cycle.access import scope
from engine.cycle.calendar import WorkCalendar
from engine.cycle.holidays import days_off
from engine.cycle.listings import units
from engine.cycle.models import CycleRow, EmployeeRow, UnitRatingRow
from engine.cycle.organisation import Organisation
from engine.cycle.ratings import Rating
from engine.cycle.spreads import ANNUAL
from engine.cycle.storage import Storage
from engine.cycle.unit_predicates.attainment import Attainment, attainment, attainments
from engine.cycle.unit_predicates.giving import QUADRANT, Given, give, why_fixed
from engine.errors import FormInvalid, NotFound, NotYours
from engine.runtime.services import Ask
from engine.runtime.values import Actor

DECREE = ("personnel", "system")
RATINGS = frozenset(one.value for one in Rating)


@dataclass(frozen=True)
class Entry:
    """A predicate as it was given; of several the newest counts, and each later one is a correction with its reason."""

    predicate: str
    pk_rating: str | None  # None: entered from a decree
    expectation_rating: str | None
    attained: float | None
    reason: str
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class UnitStanding:
    """A unit with what it has reached and been given; `depth` 0 is the top of what the reader sees."""

    id: str
    name: str
    depth: int
    head: str | None  # name of who leads it: the holder, else who acts
    head_id: str | None  # of the holder, in whose case the predicate is set
    attainment: Attainment
    rating: str | None  # what table D2_rating_pk makes of the attainment
    given: Entry | None
    expected: bool  # it has a head, and somebody above who can set it


@dataclass(frozen=True)
class Board:
    """All units in sight, each after the one above it; `due` is the last day, `late` whether it has passed."""

    units: Sequence[UnitStanding]
    due: date
    late: bool

    @property
    def missing(self) -> int:
        """How many units should have a predicate of their own and have none."""
        return sum(one.given is None and one.expected for one in self.units)


@dataclass(frozen=True)
class UnitSheet:
    """One unit: where it stands, all that was given, and what the reader may do."""

    standing: UnitStanding
    above: str | None  # the predicate that counts for the unit above
    entries: Sequence[Entry]  # the newest first
    may_rate: bool  # by two ratings, as a leader above
    may_decree: bool
    fixed: str | None  # why it can no longer be corrected


class UnitPredicates:
    """Verbs on the predicates of units."""

    def __init__(self, storage: Storage, decide: Ask) -> None:
        self._storage, self._decide = storage, decide

    def board(self, cycle: str, *, by: Actor) -> Board:
        """The units in the actor's sight, from the top down. Raises NotFound, NotYours for who leads nothing."""
        with self._storage.reading() as session:
            organisation = self._sight(session.connection(), by)
            due = self._due(organisation, cycle)
            return Board(self._standings(organisation, cycle, by), due, self._storage.today() > due)

    def sheet(self, unit: str, cycle: str, *, by: Actor) -> UnitSheet:
        """One unit in the actor's sight. Raises NotFound, NotYours."""
        with self._storage.reading() as session:
            organisation = self._sight(session.connection(), by)
            found = next((one for one in self._standings(organisation, cycle, by) if one.id == unit), None)
            if found is None:
                raise NotFound(f"Unit {unit} tidak ada, atau di luar pandangan Anda.")
            entries = _entries(organisation.connection, cycle)
            above = [entries[one][0].predicate for one in organisation.chain(unit)[1:] if one in entries]
            given = entries.get(unit, ())
            return UnitSheet(
                found,
                above[0] if above else None,
                given,
                may_rate=_leads_above(organisation, unit, by),
                may_decree=bool(by.roles & set(DECREE)),
                fixed=why_fixed(organisation, cycle, unit) if given else None,
            )

    def rate(self, unit: str, cycle: str, pk: str, expectation: str, reason: str, *, by: Actor) -> str:
        """Give a unit the predicate of its two ratings, or correct it; gives the predicate.

        Raises:
            NotYours: the actor leads no unit above.  FormInvalid: no rating, or no reason.
            NotFound: no such unit or year.  Refused: its results are out already.
        """
        wrong = {
            name: "Pilih nilainya." for name, one in (("pk", pk), ("expectation", expectation)) if one not in RATINGS
        }
        if wrong:
            raise FormInvalid(wrong)
        with self._storage.writing() as session:
            organisation = self._organisation(session.connection())
            if not _leads_above(organisation, unit, by):
                raise NotYours("Predikat unit ditetapkan pimpinan di atasnya.")
            predicate = str(self._decide(QUADRANT, {"rating_pk": str(pk), "rating_ekspektasi": str(expectation)}))
            reached = attainment(session.connection(), unit, cycle, organisation.on).mean
            given = Given(unit, predicate, reason, by.person, pk, expectation, reached)
            give(organisation, self._decide, cycle, given, self._storage.now())
            return predicate

    def decree(self, unit: str, cycle: str, predicate: str, reason: str, *, by: Actor) -> None:
        """Enter a predicate that stands in a decree; `reason` names it. Raises as `rate` does."""
        if not by.roles & set(DECREE):
            raise NotYours("Predikat dari surat keputusan dicatat oleh pengelola kepegawaian.")
        with self._storage.writing() as session:
            organisation = self._organisation(session.connection())
            if scope(organisation, by).units is not None and unit not in (scope(organisation, by).units or ()):
                raise NotYours("Unit ini di luar kewenangan Anda.")
            give(organisation, self._decide, cycle, Given(unit, predicate, reason, by.person), self._storage.now())

    def _sight(self, connection: sa.Connection, by: Actor) -> Organisation:
        organisation = self._organisation(connection)
        found = scope(organisation, by)
        if found.units is not None and not found.units:
            raise NotYours("Predikat organisasi hanya untuk pimpinan, pengelola kinerja, dan auditor.")
        return organisation

    def _due(self, organisation: Organisation, cycle: str) -> date:
        row = organisation.connection.execute(sa.select(CycleRow.year).where(CycleRow.id == cycle)).one_or_none()
        if row is None:
            raise NotFound(f"Siklus {cycle} tidak ada.")
        parameters = organisation.parameters(None)
        calendar = WorkCalendar(days_off(organisation.connection), self._storage.zone)
        return calendar.moved(parameters.day("organisasi.batas", row.year + 1), parameters.text("batas.hari_libur"))

    def _standings(self, organisation: Organisation, cycle: str, by: Actor) -> Sequence[UnitStanding]:
        reached = attainments(organisation.connection, cycle, organisation.on)
        entries, depths = _entries(organisation.connection, cycle), dict[str, int]()
        found = []
        for unit in units(organisation, by=by):
            depths[unit.id] = depths.get(unit.parent or "", -1) + 1
            own = reached.get(unit.id, Attainment())
            newest = entries[unit.id][0] if unit.id in entries else None
            found.append(
                UnitStanding(
                    unit.id,
                    unit.name,
                    depths[unit.id],
                    unit.head_name or unit.stand_in,
                    unit.head,
                    own,
                    own.rating(self._decide),
                    newest,
                    unit.parent is not None and (unit.head_name or unit.stand_in) is not None,
                )
            )
        return found

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, self._storage.today())


def _leads_above(organisation: Organisation, unit: str, by: Actor) -> bool:
    return bool(set(organisation.chain(unit)[1:]) & organisation.units_led_by(by.person))


def _entries(connection: sa.Connection, cycle: str) -> Mapping[str, Sequence[Entry]]:
    """All predicates of a year by unit, the newest first."""
    row = UnitRatingRow
    given = connection.execute(
        sa.select(row.__table__, EmployeeRow.name)
        .outerjoin(EmployeeRow, EmployeeRow.id == row.given_by)
        .where(row.cycle_id == cycle, row.period == ANNUAL)
        .order_by(row.id.desc())
    )
    found: dict[str, list[Entry]] = {}
    for one in given:
        entry = Entry(
            one.predicate,
            one.pk_rating,
            one.expectation_rating,
            one.attained,
            one.reason,
            one.given_by,
            one.name or one.given_by,
            one.given_at,
        )
        found.setdefault(one.unit_id, []).append(entry)
    return found
