"""A case that was held goes on: its timers come back, and of the reminders that were missed only those that still say something."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.runtime.models import TaskDefinitionRow, TaskRow, TimerRow
from engine.runtime.reminders import days_late
from engine.runtime.steps import Step
from engine.runtime.values import Json


def wake(step: Step) -> list[Json]:
    """Let the timers of a case be looked at again at their own moments: at once, when these have passed.

    Of several reminders that a task has missed, the latest before it was due and the latest after it are sent; gives the
    others, for the history: "element", "name", "days_late".
    """
    connection, case_id = step.connection, step.case["id"]
    left_out = _outdated(step)
    mine = TimerRow.case_id == case_id
    connection.execute(sa.delete(TimerRow).where(mine, TimerRow.id.in_([row["id"] for row in left_out])))
    connection.execute(sa.update(TimerRow).where(mine).values(next_at=TimerRow.due_at, attempts=0))
    return [{name: row[name] for name in ("element", "name", "days_late")} for row in left_out]


def _outdated(step: Step) -> list[Mapping[str, Any]]:
    """The reminders that a later one of their kind makes idle, the oldest first."""
    missed = [
        {**row, "days_late": days_late(row["task_due"], row["due_at"], step.zone)}
        for row in step.connection.execute(MISSED, {"case": step.case["id"], "now": step.now}).mappings()
    ]
    latest = {(row["number"], row["days_late"] > 0): row["id"] for row in missed}
    return [row for row in missed if row["id"] not in latest.values()]


MISSED = (
    sa.select(TimerRow.id, TimerRow.number, TimerRow.due_at, TaskDefinitionRow.element, TaskDefinitionRow.name)
    .add_columns(TaskRow.due_at.label("task_due"))
    .join(TaskRow, sa.and_(TaskRow.case_id == TimerRow.case_id, TaskRow.number == TimerRow.number))
    .join(TaskDefinitionRow, TaskDefinitionRow.id == TaskRow.definition)
    .where(
        TimerRow.case_id == sa.bindparam("case"),
        TimerRow.kind == "reminder",
        TimerRow.due_at <= sa.bindparam("now"),
        TaskRow.due_at.is_not(None),
    )
    .order_by(TimerRow.due_at, TimerRow.id)
)
