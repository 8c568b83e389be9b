"""The retention schedule: whose time is over on a day. Spans are parameters; defaults from DOMAIN 6.5.

Annual predicates, evaluation documents and credits are kept for the whole service life, as part of the personal file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.cycle.models import CycleRow
from engine.cycle.parameters import Parameters
from engine.runtime.definitions import defined
from engine.runtime.models import (
    CaseKeyRow,
    CaseRow,
    ErasedRow,
    FileRow,
    HistoryRow,
    SecretKeyRow,
    TaskDefinitionRow,
    TaskRow,
)
from engine.runtime.moments import Span, span
from engine.runtime.values import ENDED, TaskStatus


class Retained(StrEnum):
    """What goes at its own time."""

    SECRETS = "KONSELING"  # counselling notes
    EVIDENCE = "BUKTI"  # files of evidence, and the logs
    EVALUATION = "EVALUASI"  # all else in a case: SKP, evaluations, feedback, letters, their papers


LOG_FORMS = ("performance_log",)
SPANS: Mapping[Retained, str] = {
    Retained.SECRETS: "retensi.konseling",
    Retained.EVIDENCE: "retensi.bukti",
    Retained.EVALUATION: "retensi.evaluasi",
}


@dataclass(frozen=True)
class Limit:
    """The moment and the day before which something must have ended for its time to be over."""

    moment: datetime
    day: date


def limit_of(kind: Retained, parameters: Parameters, on: date, zone: tzinfo) -> Limit:
    """What had ended before this is due on a day."""
    kept = span(parameters.text(SPANS[kind]))
    moment = Span(-kept.months, -kept.rest).after(datetime.combine(on, time(), zone), zone)
    return Limit(moment.astimezone(UTC), moment.astimezone(zone).date())


def due(kind: Retained, limit: Limit) -> sa.ColumnElement[bool]:
    """The condition on a case that something of it is still there and its time is over."""
    return sa.and_(CaseRow.closed_at < limit.moment, there(kind, limit.day))


def there(kind: Retained, day: date) -> sa.ColumnElement[bool]:
    """The condition on a case that it has ended, its year too where others need it, and something of it is still there.

    An evaluation goes only when its year was over before the day: the rating of a whole year is made of its parts.
    """
    ended = sa.and_(CaseRow.status.in_(ENDED), _exists(CaseKeyRow))
    if kind is Retained.SECRETS:
        return sa.and_(ended, _exists(SecretKeyRow))
    if kind is Retained.EVIDENCE:
        written = (defined(TaskDefinitionRow.form.in_(LOG_FORMS)), TaskRow.status == TaskStatus.COMPLETED)
        logs = sa.select(TaskRow.id).where(TaskRow.case_id == CaseRow.id, *written).exists()
        gone = sa.select(ErasedRow.seq).where(ErasedRow.case_id == CaseRow.id, ErasedRow.kind == kind.value).exists()
        return sa.and_(ended, sa.or_(_exists(FileRow), sa.and_(logs, ~gone)))
    running = sa.select(CycleRow.id).where(CycleRow.id == CaseRow.cycle, CycleRow.ends >= day).exists()
    boxes = sa.select(HistoryRow.seq).where(HistoryRow.case_id == CaseRow.id, HistoryRow.box.is_not(None)).exists()
    return sa.and_(ended, ~running, boxes)


def _exists(table: Any) -> sa.ColumnElement[bool]:
    return sa.select(table.case_id).where(table.case_id == CaseRow.id).exists()
