"""What proposals are made of, read for many people at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

import sqlalchemy as sa

from engine.cycle.calendar import DAY, period_named
from engine.cycle.models import RatingRow
from engine.cycle.ratings import Predicate
from engine.cycle.spreads import ANNUAL
from engine.runtime.definitions import defined
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import TaskStatus

REPORT, ANNUAL_REPORT = "realisation", "annual_realisation"  # the forms in which people report


@dataclass(frozen=True)
class Standing:
    """A rating as it stands now."""

    predicate: Predicate | None
    status: str


def ratings(connection: sa.Connection, cycle: str, period: str, people: Collection[str]) -> Mapping[str, Standing]:
    """The rating of each person in a period, of several the one given last."""
    rows = connection.execute(
        sa.select(RatingRow.subject, RatingRow.predicate, RatingRow.status)
        .where(RatingRow.cycle_id == cycle, RatingRow.period == period, RatingRow.subject.in_(people))
        .where(RatingRow.superseded.is_(False))
        .order_by(RatingRow.given_at, RatingRow.id)
    )
    return {row.subject: Standing(Predicate(row.predicate) if row.predicate else None, row.status) for row in rows}


def reported(
    connection: sa.Connection, cycle: str, year: int, period: str, people: Collection[str], zone: tzinfo
) -> Mapping[str, bool]:
    """Whether each person has reported a period; who was not asked, or still may, is left out.

    A report belongs to the period that had ended last when it was asked for.
    """
    asked = sa.select(CaseRow.subject, TaskRow.status, TaskRow.closed_by).join(CaseRow, CaseRow.id == TaskRow.case_id)
    asked = asked.where(CaseRow.cycle == cycle, CaseRow.subject.in_(people), TaskRow.status != TaskStatus.OPEN)
    if period == ANNUAL:
        asked = asked.where(defined(TaskDefinitionRow.form == ANNUAL_REPORT))
    else:
        _, starts, ends = period_named(period, year)
        after = datetime.combine(ends, time(), zone)
        asked = asked.where(
            defined(TaskDefinitionRow.form == REPORT),
            TaskRow.opened_at > after,
            TaskRow.opened_at <= after + (ends - starts) + DAY,
        )
    rows = connection.execute(asked.order_by(TaskRow.opened_at))
    return {row.subject: row.status == TaskStatus.COMPLETED and row.closed_by == row.subject for row in rows}
