"""Holding a case and letting it go on; what came due meanwhile is on time again, if the operator says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.runtime.deadlines import set_due
from engine.runtime.definitions import WHOLE_TASKS
from engine.runtime.event_texts import text_of
from engine.runtime.models import HistoryRow, TaskRow
from engine.runtime.operating import operate_on
from engine.runtime.reasons import require_reason
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, CaseStatus, Json, TaskStatus
from engine.runtime.waking import wake
from engine.runtime.workflow import tokens
from engine.runtime.workflow.waits import Waits


@dataclass(frozen=True)
class Lapse:
    """A due moment, of a task or of a drawn timer, that passed while its case was held."""

    label: str
    due_at: datetime
    due_then: datetime  # shifted by the time that the case was held, had it gone on now


def suspend(resources: Resources, connection: sa.Connection, case_id: UUID, *, reason: str, by: Actor) -> None:
    """Hold a running case.

    Raises:
        NotFound, NotYours
        Refused: it does not run, or no reason is given.
    """
    words = require_reason(reason)
    step = operate_on(resources, connection, case_id, [CaseStatus.ACTIVE], by=by)
    step.case["status"] = CaseStatus.SUSPENDED
    step.record("case_suspended", {}, {"reason": words})
    step.save()


def resume(
    resources: Resources, connection: sa.Connection, case_id: UUID, *, reason: str, shift: bool = False, by: Actor
) -> None:
    """Let a held case go on; its timers come back at once.

    With `shift`, due moments of tasks and drawn timers that passed meanwhile move on by the time that it was held.

    Raises:
        NotFound, NotYours
        Refused: it is not held, or no reason is given.
    """
    words = require_reason(reason)
    step = operate_on(resources, connection, case_id, [CaseStatus.SUSPENDED], by=by)
    step.case["status"] = CaseStatus.ACTIVE
    shifted = _shift(step) if shift else []
    told = {"shifted": shifted, "left_out": wake(step)}
    if shifted:
        step.finish("case_resumed", told, {"reason": words}, run_on=False)
    else:
        step.record("case_resumed", told, {"reason": words})
    step.save()


def lapses(
    release: LoadedRelease, due: Iterable[tuple[str, datetime | None]], waits: Waits, since: datetime, now: datetime
) -> Sequence[Lapse]:
    """What passed in a case that is held since then; `due` are its open tasks by label."""
    timers = [(release.elements[element].label, datetime.fromisoformat(at)) for element, at in waits.timers.values()]
    return [
        Lapse(label, at, at + (now - since)) for label, at in [*due, *timers] if at is not None and since < at <= now
    ]


def _shift(step: Step) -> list[Json]:
    """Move on what passed; gives it for the history."""
    held = _held_since(step.connection, step.case["id"])
    step.load()
    return [*_shift_tasks(step, held), *_shift_timers(step, held)]


def _shift_tasks(step: Step, held: datetime) -> list[Json]:
    passed = WHOLE_TASKS.where(
        TaskRow.case_id == step.case["id"],
        TaskRow.status == TaskStatus.OPEN,
        TaskRow.due_at > held,
        TaskRow.due_at <= step.now,
    )
    tasks = step.connection.execute(passed.order_by(TaskRow.number)).mappings().all()
    return [set_due(step, task, task["due_at"] + (step.now - held)) for task in tasks]


def _shift_timers(step: Step, held: datetime) -> list[Json]:
    told = []
    for number, (element, due) in step.before.timers.items():
        at = datetime.fromisoformat(due)
        if held < at <= step.now:
            then = (at + (step.now - held)).isoformat()
            tokens.move_timer(step.run.get_task_from_id(number), then)
            label = step.release.elements[element].label
            told.append({"element": element, "name": label, "due_before": due, "due_at": then})
    return told


def _held_since(connection: sa.Connection, case_id: UUID) -> datetime:
    query = sa.select(HistoryRow.body).where(HistoryRow.case_id == case_id).order_by(HistoryRow.seq.desc())
    events = (orjson.loads(text_of(body, case_id)) for body in connection.scalars(query))
    return next(datetime.fromisoformat(event["at"]) for event in events if event["type"] == "case_suspended")
