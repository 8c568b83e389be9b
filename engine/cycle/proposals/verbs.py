"""Proposals from a year's results: the verbs. Nothing is stored and nothing carried out; people decide.

Source: DOMAIN 5.1, 5.2, 5.5; tables D8_syarat_karier and D9_faktor_tunjangan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa

from engine.cycle import listings
from engine.cycle.access import demand
from engine.cycle.calendar import period_names
from engine.cycle.credits.counting import DISPUTED, FINAL
from engine.cycle.models import CycleRow, EmployeeKind
from engine.cycle.organisation import Organisation, Person
from engine.cycle.proposals.reading import Standing, ratings, reported
from engine.cycle.ratings import Predicate
from engine.cycle.spreads import ANNUAL
from engine.cycle.storage import Storage
from engine.errors import NotFound
from engine.runtime.services import Ask
from engine.runtime.values import Actor, Json, Page

READERS = ("personnel", "auditor")
RANK, EXTRAORDINARY, TIER = "KENAIKAN_PANGKAT", "KENAIKAN_PANGKAT_LUAR_BIASA", "KENAIKAN_JENJANG"


class State(StrEnum):
    """Whether something can be proposed, and what stands against it."""

    PROPOSED = "PROPOSED"
    DISPUTED = "DISPUTED"  # an objection is open: nothing leaves before it is decided
    NOT_FINAL = "NOT_FINAL"  # an annual result that may still be objected to
    UNRATED = "UNRATED"
    NO_RULE = "NO_RULE"  # the agency's table says nothing of this


@dataclass(frozen=True)
class Allowance:
    """One person's factor: `percent` of the performance part, `share` of the class of post; None unless proposed."""

    person: Person
    predicate: Predicate | None
    reported: bool | None
    state: State
    percent: Decimal | None = None
    share: Decimal | None = None


@dataclass(frozen=True)
class Step:
    """One step of a career: whether the predicates allow it, and every reason."""

    kind: str
    eligible: bool
    reasons: Sequence[str]


@dataclass(frozen=True)
class Career:
    """What one person's last two results allow; no steps while an objection is open."""

    person: Person
    last: Predicate | None
    before: Predicate | None
    state: State
    steps: Sequence[Step] = ()


class Proposals:
    """What personnel may propose; tables D8 and D9 decide, and a result under objection is held back."""

    def __init__(self, storage: Storage, decide: Ask) -> None:
        self._storage, self._decide = storage, decide

    def periods(self, cycle: str, *, by: Actor) -> Mapping[str, str]:
        """The periods of a year for which there are factors: code and name, the year itself last."""
        demand(by, *READERS)
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            return _periods(organisation, _year(session.connection(), cycle))

    def allowance(
        self, cycle: str, period: str, unit: str | None = None, *, by: Actor, limit: int = 50, offset: int = 0
    ) -> Page[Allowance]:
        """Factors of a period for everyone in sight, by name.

        Raises:
            NotYours: the actor is neither personnel nor auditor.  NotFound: no such year or period.
        """
        demand(by, *READERS)
        with self._storage.reading() as session:
            connection = session.connection()
            organisation = Organisation(connection, self._storage.today())
            year = _year(connection, cycle)
            if period not in _periods(organisation, year):
                raise NotFound("Periode ini tidak ada.")
            people = listings.employees(organisation, by=by, unit=unit, limit=limit, offset=offset)
            ids = [person.id for person in people.items]
            given = ratings(connection, cycle, period, ids)
            told = reported(connection, cycle, year, period, ids, self._storage.zone)
            patterns = {one.unit: organisation.parameters(one.unit).text("tunjangan.pola") for one in people.items}
            lines = [
                self._factor(person, given.get(person.id), told.get(person.id), patterns[person.unit], period)
                for person in people.items
            ]
            return Page(lines, people.total, offset, limit)

    def career(
        self, cycle: str, unit: str | None = None, *, by: Actor, limit: int = 50, offset: int = 0
    ) -> Page[Career]:
        """What the results of a year and the one before allow everyone in sight, by name.

        Raises:
            NotYours: the actor is neither personnel nor auditor.  NotFound: no such year.
        """
        demand(by, *READERS)
        with self._storage.reading() as session:
            connection = session.connection()
            organisation = Organisation(connection, self._storage.today())
            year = _year(connection, cycle)
            people = listings.employees(organisation, by=by, unit=unit, limit=limit, offset=offset)
            ids = [person.id for person in people.items]
            last, before = ratings(connection, cycle, ANNUAL, ids), ratings(connection, str(year - 1), ANNUAL, ids)
            lines = [self._steps(one, last.get(one.id), before.get(one.id)) for one in people.items]
            return Page(lines, people.total, offset, limit)

    def _factor(
        self, person: Person, rating: Standing | None, told: bool | None, pattern: str, period: str
    ) -> Allowance:
        predicate = rating.predicate if rating is not None else None
        held = _held(rating, annual=period == ANNUAL)
        if held is not None and not (held is State.UNRATED and told is False):
            return Allowance(person, predicate, told, held)
        inputs = {
            "instansi": pattern,
            "predikat_periodik": predicate.value if predicate else None,
            "lapor": told,
            "jenis_pegawai": person.kind.value,
        }
        row = self._decide("D9_faktor_tunjangan", inputs)
        if row is None or row["persen"] is None:
            return Allowance(person, predicate, told, State.NO_RULE)
        percent, share = (Decimal(str(row[name])) for name in ("persen", "persen_kelas"))
        return Allowance(person, predicate, told, State.PROPOSED, percent, share)

    def _steps(self, person: Person, last: Standing | None, before: Standing | None) -> Career:
        newest, earlier = _final(last), _final(before)
        held = _held(last, annual=True)
        if held is State.DISPUTED:
            return Career(person, None, earlier, State.DISPUTED)
        kinds = [RANK, EXTRAORDINARY] if person.kind is EmployeeKind.PNS else []
        kinds += [TIER] if person.tier is not None and person.kind is not EmployeeKind.CPNS else []
        steps = [self._step(kind, newest, earlier) for kind in kinds]
        return Career(person, newest, earlier, held or State.PROPOSED, steps)

    def _step(self, kind: str, last: Predicate | None, before: Predicate | None) -> Step:
        inputs: dict[str, Json] = {
            "predikat_tahun_1": last.value if last else None,
            "predikat_tahun_2": before.value if before else None,
            "jenis_usul": kind,
            "hukuman_disiplin": None,  # kept elsewhere: a person looks it up before proposing
        }
        rows = self._decide("D8_syarat_karier", inputs) or []
        return Step(kind, bool(rows) and all(row["layak"] for row in rows), [str(row["alasan"]) for row in rows])


def _periods(organisation: Organisation, year: int) -> Mapping[str, str]:
    return {**period_names(organisation.parameters(None).text("periode.jenis"), year), ANNUAL: f"Tahun {year}"}


def _held(rating: Standing | None, *, annual: bool) -> State | None:
    """What keeps a result back; None: it counts."""
    if rating is None or rating.predicate is None:
        return State.UNRATED
    if rating.status == DISPUTED:
        return State.DISPUTED
    return State.NOT_FINAL if annual and rating.status not in FINAL else None


def _final(rating: Standing | None) -> Predicate | None:
    return rating.predicate if rating is not None and rating.status in FINAL else None


def _year(connection: sa.Connection, cycle: str) -> int:
    year = connection.scalar(sa.select(CycleRow.year).where(CycleRow.id == cycle))
    if year is None:
        raise NotFound(f"Siklus {cycle} tidak ada.")
    return year
