"""What is counted (DOMAIN 6.1): each measure is one query that gives a line for each thing that counts.

No line holds a grade or the word of a counselling: figures lead to people, and people's pages decide for themselves
who may read on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.cycle.events.reading import PART
from engine.cycle.models import ActionRow, FindingRow, RatingRow, SkpVersionRow
from engine.runtime.definitions import TASKS
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import CaseStatus, TaskStatus

ANNUAL = "annual"
DELIVERED = ("DISAMPAIKAN", "DALAM_KEBERATAN", "FINAL")
FEEDBACK = "give_feedback"
COACHING = "coaching_session"
NO_TASK = sa.cast(sa.null(), sa.Uuid)

Lines = sa.Select[*tuple[Any, ...]]  # case_id, unit, name, what, at, task_id


@dataclass(frozen=True)
class Measure:
    """One column of the report."""

    code: str
    lines: Callable[[str, datetime], Lines]
    by_case: bool = True  # several lines of one case count once
    bad: bool = False  # more than none is not as it should be


def _of_case(*more: sa.ColumnElement[Any]) -> Lines:
    """Lines with what each tells, when, and the task behind it."""
    who = (CaseRow.subject.label("subject"), CaseRow.subject_name.label("name"))
    return sa.select(CaseRow.id.label("case_id"), CaseRow.unit.label("unit"), *who, *more)


def _running(cycle: str) -> sa.ColumnElement[bool]:
    return sa.and_(CaseRow.cycle == cycle, CaseRow.status != CaseStatus.CANCELLED)


def cases(cycle: str, now: datetime) -> Lines:
    """Everyone whose year is kept, with its phase."""
    return _of_case(CaseRow.phase.label("what"), CaseRow.opened_at.label("at"), NO_TASK.label("task_id")).where(
        _running(cycle)
    )


def planned(cycle: str, now: datetime) -> Lines:
    """SKPs that were set."""
    first = sa.func.min(SkpVersionRow.set_at).label("at")
    return (
        _of_case(sa.literal("SKP").label("what"), first, NO_TASK.label("task_id"))
        .join(SkpVersionRow, SkpVersionRow.case_id == CaseRow.id)
        .where(_running(cycle))
        .group_by(CaseRow.id, CaseRow.unit, CaseRow.subject_name)
    )


def _rated(cycle: str, *conditions: sa.ColumnElement[bool]) -> Lines:
    return (
        _of_case(RatingRow.period.label("what"), RatingRow.given_at.label("at"), NO_TASK.label("task_id"))
        .join(RatingRow, RatingRow.case_id == CaseRow.id)
        .where(_running(cycle), *conditions)
    )


def periods(cycle: str, now: datetime) -> Lines:
    """Periodic evaluations that were delivered."""
    return _rated(
        cycle, RatingRow.superseded.is_(False), RatingRow.period.not_in((ANNUAL, PART)), RatingRow.status.in_(DELIVERED)
    )


def years(cycle: str, now: datetime) -> Lines:
    """Annual evaluations that were delivered."""
    return _rated(cycle, RatingRow.superseded.is_(False), RatingRow.period == ANNUAL, RatingRow.status.in_(DELIVERED))


def late(cycle: str, now: datetime) -> Lines:
    """Open tasks that are overdue."""
    return _tasks(cycle, TaskRow.due_at, TaskRow.status == TaskStatus.OPEN, TaskRow.due_at < now)


def without_feedback(cycle: str, now: datetime) -> Lines:
    """Periods that ended without feedback of the appraiser."""
    return _tasks(
        cycle, TaskRow.closed_at, TaskDefinitionRow.element == FEEDBACK, TaskRow.status == TaskStatus.WITHDRAWN
    )


def coaching(cycle: str, now: datetime) -> Lines:
    """Coaching sessions, held or waiting."""
    return _tasks(cycle, TaskRow.opened_at, TaskDefinitionRow.form == COACHING, TaskRow.status != TaskStatus.WITHDRAWN)


def objections(cycle: str, now: datetime) -> Lines:
    """Objections that were raised."""
    return _rated(cycle, RatingRow.status == "DALAM_KEBERATAN")


def follow_up(cycle: str, now: datetime) -> Lines:
    """What follows from annual predicates."""
    return (
        _of_case(ActionRow.code.label("what"), ActionRow.recorded_at.label("at"), NO_TASK.label("task_id"))
        .join(ActionRow, ActionRow.case_id == CaseRow.id)
        .where(_running(cycle))
    )


def findings(cycle: str, now: datetime, cluster: str | None = None) -> Lines:
    """Governance findings, of one of the six clusters or all (DOMAIN 0.3)."""
    query = (
        sa.select(
            FindingRow.case_id.label("case_id"),
            sa.func.coalesce(CaseRow.unit, FindingRow.unit_id).label("unit"),
            CaseRow.subject.label("subject"),
            CaseRow.subject_name.label("name"),
            FindingRow.text.label("what"),
            FindingRow.found_at.label("at"),
            NO_TASK.label("task_id"),
        )
        .outerjoin(CaseRow, CaseRow.id == FindingRow.case_id)
        .where(FindingRow.cycle_id == cycle)
    )
    return query if cluster is None else query.where(FindingRow.cluster == cluster)


def clusters() -> sa.Select[str, str, int]:
    """Findings of every cluster by unit, for a cycle."""
    unit = sa.func.coalesce(CaseRow.unit, FindingRow.unit_id)
    return (
        sa.select(FindingRow.cluster, unit, sa.func.count())
        .outerjoin(CaseRow, CaseRow.id == FindingRow.case_id)
        .where(FindingRow.cycle_id == sa.bindparam("cycle"))
        .group_by(FindingRow.cluster, unit)
    )


def _tasks(cycle: str, at: Any, *conditions: sa.ColumnElement[bool]) -> Lines:
    return (
        _of_case(TaskDefinitionRow.name.label("what"), at.label("at"), TaskRow.id.label("task_id"))
        .join(TASKS, TaskRow.case_id == CaseRow.id)
        .where(_running(cycle), *conditions)
    )


MEASURES: Mapping[str, Measure] = {
    one.code: one
    for one in (
        Measure("perkara", cases),
        Measure("skp", planned),
        Measure("terlambat", late, bad=True),
        Measure("periodik", periods, by_case=False),
        Measure("tanpa_umpan_balik", without_feedback, by_case=False, bad=True),
        Measure("tahunan", years),
        Measure("keberatan", objections),
        Measure("pembinaan", coaching, by_case=False),
        Measure("tindak_lanjut", follow_up),
        Measure("temuan", findings, by_case=False, bad=True),
    )
}
