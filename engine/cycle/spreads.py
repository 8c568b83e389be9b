"""How a year's predicates spread over people: who counts for a unit, and which pattern they are held against.

A unit is looked at with its whole tree. With fewer people than `distribusi.n_minimum` it is pooled with the one above,
and then the predicate of that one counts. Source: DOMAIN 4.6.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.cycle.access import trees
from engine.cycle.models import RatingRow, UnitRatingRow
from engine.cycle.organisation import Organisation
from engine.cycle.ratings import Distribution, Pattern, Predicate, check_distribution, pattern_of
from engine.runtime.models import CaseRow
from engine.runtime.services import Ask
from engine.runtime.values import LIVE, Json

ANNUAL = "annual"
PATTERN = "D3_pola_distribusi"
OFF = "OFF"


@dataclass(frozen=True)
class Spread:
    """The predicates around a unit: `unit` is where they were counted, `organisation` the predicate that counts there."""

    unit: str
    organisation: str | None
    mode: str  # BLOCK | WARN | OFF: parameter `distribusi.mode`
    counts: Mapping[Predicate, int]
    unrated: int
    pattern: Pattern | None  # None: no organisation predicate is set, or the check is off

    @property
    def checked(self) -> Distribution | None:
        """What the pattern says; None when there is none."""
        return self.held_against(self.counts, self.unrated)

    def held_against(self, counts: Mapping[Predicate, int], unrated: int) -> Distribution | None:
        """What the pattern would say of other counts."""
        return check_distribution(counts, self.pattern, unrated) if self.pattern else None

    def to_json(self) -> dict[str, Json]:
        """{n, unrated, counts, verdict, reason}; `verdict` is null without a pattern."""
        if (checked := self.checked) is not None:
            return checked.to_json()
        return {
            "n": sum(self.counts.values()) + self.unrated,
            "unrated": self.unrated,
            "counts": {predicate.value: self.counts.get(predicate, 0) for predicate in Predicate},
            "verdict": None,
            "reason": "Predikat organisasi belum ditetapkan." if self.organisation is None else "",
        }


def spread_of(
    organisation: Organisation, ask: Ask, unit: str, cycle: str, *, statuses: Collection[str] | None = None
) -> Spread:
    """The spread that counts for a unit today; with `statuses` a rating of another status counts as none yet."""
    parameters = organisation.parameters(unit)
    found = nearest_predicate(organisation, unit, cycle)
    start = found[0] if found else unit
    least = parameters.number("distribusi.n_minimum") if found else 0
    where, counts, unrated = _pool(organisation, start, _told(cycle, statuses), cycle, least)
    predicate = _predicate_at(organisation, where, cycle, found)
    mode = parameters.text("distribusi.mode")
    pattern = None
    if predicate is not None and mode != OFF:
        pattern = pattern_of(ask(PATTERN, {"predikat_organisasi": predicate}))
    return Spread(where, predicate, mode, counts, unrated, pattern)


def nearest_predicate(
    organisation: Organisation, unit: str, cycle: str, period: str = ANNUAL
) -> tuple[str, str] | None:
    """The unit, or the nearest above it, that has an organisation predicate, and the newest of that unit."""
    chain = organisation.chain(unit)
    newest = newest_predicates(organisation.connection, cycle, period, UnitRatingRow.unit_id.in_(chain))
    return next(((one, newest[one]) for one in chain if one in newest), None)


def newest_predicates(
    connection: sa.Connection, cycle: str, period: str = ANNUAL, *conditions: sa.ColumnElement[bool]
) -> dict[str, str]:
    """The predicate that counts of each unit that has one."""
    rows = connection.execute(
        sa.select(UnitRatingRow.unit_id, UnitRatingRow.predicate)
        .where(UnitRatingRow.cycle_id == cycle, UnitRatingRow.period == period, *conditions)
        .order_by(UnitRatingRow.id)
    )
    return {row.unit_id: row.predicate for row in rows}


def counted(cycle: str) -> sa.ColumnElement[bool]:
    """The condition that a rating is the one of the year that counts."""
    return sa.and_(
        RatingRow.cycle_id == cycle,
        RatingRow.period == ANNUAL,
        RatingRow.superseded.is_(False),
        RatingRow.predicate.is_not(None),
    )


def unrated_cases(
    cycle: str, units: frozenset[str], rating: sa.ColumnElement[bool] | None = None
) -> sa.ColumnElement[bool]:
    """The condition that a case of these units' people has no such rating; without one, no predicate of the year yet."""
    rated = sa.select(RatingRow.id).where(RatingRow.case_id == CaseRow.id, RatingRow.subject == CaseRow.subject)
    return sa.and_(
        CaseRow.cycle == cycle,
        CaseRow.unit.in_(units),
        CaseRow.status.in_(LIVE),
        ~rated.where(counted(cycle) if rating is None else rating).exists(),
    )


def _told(cycle: str, statuses: Collection[str] | None) -> sa.ColumnElement[bool]:
    return counted(cycle) if statuses is None else sa.and_(counted(cycle), RatingRow.status.in_(statuses))


def _pool(
    organisation: Organisation, start: str, told: sa.ColumnElement[bool], cycle: str, least: int
) -> tuple[str, dict[Predicate, int], int]:
    """Climb from a unit until there are enough people."""
    connection, chain = organisation.connection, organisation.chain(start)
    below = organisation.known("units below", chain, lambda some: trees(connection, some))
    for unit in chain:
        counts, unrated = _counts(connection, below[unit], told, cycle)
        if sum(counts.values()) + unrated >= least:
            break
    return unit, counts, unrated


def _counts(
    connection: sa.Connection, units: frozenset[str], told: sa.ColumnElement[bool], cycle: str
) -> tuple[dict[Predicate, int], int]:
    rows = connection.execute(
        sa.select(RatingRow.predicate, sa.func.count())
        .where(RatingRow.unit_id.in_(units), told)
        .group_by(RatingRow.predicate)
    )
    unrated = connection.scalar(
        sa.select(sa.func.count()).select_from(CaseRow).where(unrated_cases(cycle, units, told))
    )
    return {Predicate(str(row[0])): row[1] for row in rows}, unrated or 0


def _predicate_at(organisation: Organisation, where: str, cycle: str, found: tuple[str, str] | None) -> str | None:
    """The predicate at or above the pool; where there is none, the one that the unit itself has."""
    if found is None or found[0] == where:
        return found[1] if found else None
    above = nearest_predicate(organisation, where, cycle)
    return above[1] if above else found[1]
