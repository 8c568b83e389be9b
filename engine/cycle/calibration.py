"""Calibration: a unit's people with their ratings, how these spread against the pattern, and what one change would do.

Only leaders of the unit and its performance team look at it, and nobody sees names outside of what they answer for;
the own rating stays hidden until it is delivered. Source: DOMAIN 2.9 (7), 4.6, 6.3.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.access import Scope, demand_unit, responsible, tree
from engine.cycle.models import CycleRow, EmployeeRow, RatingRow, UnitRow
from engine.cycle.numbers import BANDS, FINAL, REGIMES
from engine.cycle.organisation import Organisation, in_force
from engine.cycle.ratings import Distribution, Predicate, Rating, predicate
from engine.cycle.spreads import ANNUAL, Spread, counted, newest_predicates, spread_of, unrated_cases
from engine.cycle.storage import Storage
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.models import CaseRow
from engine.runtime.services import Ask
from engine.runtime.values import Actor, Json, Page

PROPOSED = "USULAN"
QUADRANT = "D1_predikat_pegawai"
MOST_SKP, MOST_BEHAVIOUR = 130, 120  # additional results add up to ten (DOMAIN 4.7)


@dataclass(frozen=True)
class UnitLine:
    """A unit that the actor answers for, and the organisation predicate that counts for it."""

    id: str
    name: str
    parent: str | None
    organisation: str | None
    own: bool  # the predicate is the unit's own, not of one above


@dataclass(frozen=True)
class Rated:
    """One person with the ratings of the year; all None: not rated yet, or `hidden` because it is the reader's own."""

    case: UUID
    person: str
    name: str
    unit: str
    result: str | None = None
    behaviour: str | None = None
    predicate: Predicate | None = None
    proposed: bool = False  # not signed yet
    hidden: bool = False
    numbers: Mapping[str, Json] | None = None  # where the regime has them: as `numbers.score_rating` tells


@dataclass(frozen=True)
class Rerating:
    """A person's ratings were replaced by others."""

    name: str
    before: Predicate
    after: Predicate
    at: datetime
    reason: str


@dataclass(frozen=True)
class Trial:
    """What other ratings of one person would do: the predicate, and the whole with it; nothing is written."""

    name: str
    before: Predicate | None
    after: Predicate
    counts: Mapping[Predicate, int]
    unrated: int
    checked: Distribution | None


@dataclass(frozen=True)
class Sheet:
    """A unit at the calibration meeting; `spread` may be of the unit above that it is pooled with."""

    unit: str
    name: str
    pooled_name: str | None
    spread: Spread
    people: Page[Rated]
    changes: Sequence[Rerating]
    in_numbers: bool  # the year is rated in numbers: a change is tried with them


class Calibration:
    """The verbs of the calibration page; all of them only read."""

    def __init__(self, storage: Storage, decide: Ask) -> None:
        self._storage = storage
        self._decide = decide

    def units(self, cycle: str, *, by: Actor) -> Sequence[UnitLine]:
        """The units that the actor answers for, by name; raises NotYours for who answers for none."""
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection())
            found = _answers_for(organisation, by)
            return _lines(session.connection(), found, cycle, organisation.on)

    def sheet(self, unit: str, cycle: str, *, by: Actor, limit: int = 50, offset: int = 0) -> Sheet:
        """A unit's people and spread. Raises NotFound for no unit, NotYours for one the actor does not answer for."""
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection())
            names = _names(organisation)
            if unit not in names:
                raise NotFound(f"Unit {unit} tidak ada.")
            demand_unit(_answers_for(organisation, by), unit)
            spread = spread_of(organisation, self._decide, unit, cycle)
            units = tree(session.connection(), [unit])
            return Sheet(
                unit=unit,
                name=names[unit],
                pooled_name=None if spread.unit == unit else names.get(spread.unit, spread.unit),
                spread=spread,
                people=_people(organisation, units, cycle, by, limit, offset),
                changes=_changes(organisation, units, cycle, by),
                in_numbers=_is_in_numbers(session.connection(), cycle),
            )

    def trial(self, unit: str, cycle: str, person: str, result: str, behaviour: str, *, by: Actor) -> Trial:
        """What these two ratings of one person of the unit would do to the whole.

        Raises:
            NotFound: the person is not among the unit's people.  Refused: one is no rating.
        """
        if not {result, behaviour} <= set(Rating):
            raise Refused("Pilih nilai hasil kerja dan nilai perilaku kerja.")
        ratings = {"rating_hasil": Rating(result).value, "rating_perilaku": Rating(behaviour).value}
        return self._tried(unit, cycle, person, predicate(self._decide(QUADRANT, ratings)), by)

    def trial_in_numbers(
        self, unit: str, cycle: str, person: str, skp: Decimal, behaviour: Decimal, *, innovates: bool, by: Actor
    ) -> Trial:
        """What these values of one person would do to the whole, in a year that is rated in numbers; see `trial`.

        Raises:
            Refused: a value is none from 0 to 130, or to 120 for behaviour.
        """
        if not (0 <= skp <= MOST_SKP and 0 <= behaviour <= MOST_BEHAVIOUR):
            raise Refused("Isi nilai SKP dari 0 sampai 130 dan nilai perilaku dari 0 sampai 120.")
        with self._storage.reading() as session:
            weights = self._organisation(session.connection()).parameters(unit).text("bobot")
        facts = {"skp": float(skp), "perilaku": float(behaviour), "bobot": weights}
        value = self._decide(FINAL, facts)
        return self._tried(
            unit, cycle, person, predicate(self._decide(BANDS, {"nilai": value, "inovasi": innovates})), by
        )

    def _tried(self, unit: str, cycle: str, person: str, after: Predicate, by: Actor) -> Trial:
        sheet = self.sheet(unit, cycle, by=by, limit=0)
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection())
            rated = _one(organisation, tree(session.connection(), [unit]), cycle, person, by)
        counts, unrated = dict(sheet.spread.counts), sheet.spread.unrated
        if rated.predicate is None:
            unrated -= 1
        else:
            counts[rated.predicate] -= 1
        counts[after] = counts.get(after, 0) + 1
        return Trial(rated.name, rated.predicate, after, counts, unrated, sheet.spread.held_against(counts, unrated))

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, self._storage.today())


def _answers_for(organisation: Organisation, by: Actor) -> Scope:
    found = responsible(organisation, by)
    if found.units is not None and not found.units:
        raise NotYours("Kalibrasi hanya untuk pimpinan unit dan tim pengelola kinerjanya.")
    return found


def _lines(connection: sa.Connection, found: Scope, cycle: str, on: date) -> Sequence[UnitLine]:
    units = connection.execute(
        sa.select(UnitRow.id, UnitRow.name, UnitRow.parent_id)
        .where(in_force(UnitRow, on))
        .order_by(UnitRow.name, UnitRow.id)
    ).all()
    parents, set_for = {row.id: row.parent_id for row in units}, newest_predicates(connection, cycle)

    def nearest(unit: str | None) -> str | None:
        return None if unit is None else set_for.get(unit) or nearest(parents.get(unit))

    return [
        UnitLine(row.id, row.name, row.parent_id, nearest(row.id), row.id in set_for)
        for row in units
        if found.units is None or row.id in found.units
    ]


def _names(organisation: Organisation) -> Mapping[str, str]:
    rows = organisation.connection.execute(sa.select(UnitRow.id, UnitRow.name))
    return {row.id: row.name for row in rows}


def _everyone(units: frozenset[str], cycle: str) -> sa.CompoundSelect[*tuple[object, ...]]:
    """The rated of these units, and those of their cases that are not rated yet."""
    rated = sa.select(
        RatingRow.case_id,
        RatingRow.subject,
        RatingRow.unit_id,
        RatingRow.result_rating,
        RatingRow.behaviour_rating,
        RatingRow.predicate,
        RatingRow.status,
        RatingRow.id.label("rating"),
    ).where(RatingRow.unit_id.in_(units), counted(cycle))
    waiting = sa.select(CaseRow.id, CaseRow.subject, CaseRow.unit, *[sa.null()] * 5)
    return rated.union_all(waiting.where(unrated_cases(cycle, units)))


def _people(
    organisation: Organisation, units: frozenset[str], cycle: str, by: Actor, limit: int, offset: int
) -> Page[Rated]:
    everyone = _everyone(units, cycle).subquery()
    named = _named(everyone)
    ordered = named.order_by(EmployeeRow.name, everyone.c.subject).limit(limit).offset(offset)
    total = organisation.connection.scalar(sa.select(sa.func.count()).select_from(everyone)) or 0
    rows = organisation.connection.execute(ordered)
    return Page([_rated(row, by) for row in rows], total, offset, limit)


def _named(everyone: sa.Subquery) -> sa.Select[*tuple[Any, ...]]:
    rating, given = everyone.c.rating, RatingRow
    query = sa.select(everyone, given.numbers, EmployeeRow.name)
    return query.outerjoin(given, given.id == rating).outerjoin(EmployeeRow, EmployeeRow.id == everyone.c.subject)


def _is_in_numbers(connection: sa.Connection, cycle: str) -> bool:
    return connection.scalar(sa.select(CycleRow.regime).where(CycleRow.id == cycle)) in REGIMES


def _one(organisation: Organisation, units: frozenset[str], cycle: str, person: str, by: Actor) -> Rated:
    everyone = _everyone(units, cycle).subquery()
    named = _named(everyone)
    row = organisation.connection.execute(named.where(everyone.c.subject == person)).first()
    if row is None or person == by.person:
        raise NotFound("Pegawai ini tidak ada di antara pegawai unit yang dapat Anda coba nilainya.")
    return _rated(row, by)


def _rated(row: sa.Row[*tuple[Any, ...]], by: Actor) -> Rated:
    case, person, unit, result, behaviour, grade, status, _, numbers, name = row
    known = (UUID(str(case)), str(person), str(name or person), str(unit))
    if grade is None:
        return Rated(*known)
    if person == by.person and status == PROPOSED:
        return Rated(*known, hidden=True)
    return Rated(*known, str(result), str(behaviour), predicate(grade), proposed=status == PROPOSED, numbers=numbers)


def _changes(organisation: Organisation, units: frozenset[str], cycle: str, by: Actor) -> Sequence[Rerating]:
    """Where a person's predicate of the year was replaced, the newest first; the own ones are left out."""
    rows = organisation.connection.execute(
        sa.select(
            RatingRow.case_id,
            RatingRow.predicate,
            RatingRow.given_at,
            RatingRow.reason,
            RatingRow.subject,
            EmployeeRow.name,
        )
        .outerjoin(EmployeeRow, EmployeeRow.id == RatingRow.subject)
        .where(
            RatingRow.unit_id.in_(units),
            RatingRow.cycle_id == cycle,
            RatingRow.period == ANNUAL,
            RatingRow.predicate.is_not(None),
            RatingRow.subject != by.person,
        )
        .order_by(RatingRow.case_id, RatingRow.id)
    ).all()
    changes = [
        Rerating(
            after.name or after.subject,
            predicate(before.predicate),
            predicate(after.predicate),
            after.given_at,
            after.reason or "",
        )
        for before, after in pairwise(rows)
        if before.case_id == after.case_id and before.predicate != after.predicate
    ]
    return sorted(changes, key=lambda change: change.at, reverse=True)
