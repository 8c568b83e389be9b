"""What is due: claimed in a short transaction, then handled case by case, each fired once.

A claim moves `next_at`, the only indexed column, past a lease, and counts the attempt; a worker that
dies leaves the row to be claimed again. Every handler asks under the case's lock whether there is
still something to do: a timer may come twice or late, with the same result.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from engine.db import once
from engine.errors import StepFailed
from engine.runtime.definitions import WHOLE_TASKS
from engine.runtime.due import Due
from engine.runtime.incidents import raise_incident
from engine.runtime.models import TaskRow, TimerRow
from engine.runtime.reminding import remind
from engine.runtime.resources import Resources
from engine.runtime.steps import Step, lock_all, save_rows
from engine.runtime.values import HELD, SYSTEM, CaseStatus, Json
from engine.runtime.workflow.machine import READY, WAITING
from engine.runtime.workflow.timers import due_text
from engine.runtime.writes import Writes

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
PARKED_FOR = timedelta(
    days=1
)  # a parked case's timers are looked at again after this; a retry brings them back at once
ONE_TASK = WHOLE_TASKS.where(TaskRow.case_id == sa.bindparam("case"), TaskRow.number == sa.bindparam("number"))
NEXT_TIMER = sa.select(sa.func.min(TimerRow.next_at))


def next_timer_at(connection: sa.Connection) -> datetime | None:
    """When the next timer is due."""
    return connection.scalar(NEXT_TIMER)


def claim(connection: sa.Connection, now: datetime, limit: int, *, case_id: UUID | None = None) -> Sequence[Due]:
    """Lease timers that are due (of one case, if named), the oldest first; no other worker gets them until the lease ends."""
    due = sa.select(TimerRow.id).where(TimerRow.next_at <= now).order_by(TimerRow.next_at).limit(limit)
    if case_id is not None:
        due = due.where(TimerRow.case_id == case_id)
    rows = connection.execute(
        sa.update(TimerRow)
        .where(TimerRow.id.in_(once(due)))
        .values(next_at=now + LEASE, attempts=TimerRow.attempts + 1)
        .returning(*TimerRow.__table__.c)
    ).mappings()
    found = [Due(**{name: row[name] for name in Due.__dataclass_fields__}) for row in rows]
    return sorted(found, key=lambda timer: (timer.due_at, timer.id))


def fire(resources: Resources, connection: sa.Connection, timer: Due) -> bool:
    """Do what a claimed timer says, in one transaction; False when there was nothing left to do.

    Raises:
        StepFailed: the diagram could not go on.
    """
    step = Step.on(resources, connection, timer.case_id, by=SYSTEM)
    here = TimerRow.id == timer.id
    if connection.scalar(sa.select(TimerRow.id).where(here)) is None:
        return False
    if step.case["status"] in HELD:
        connection.execute(sa.update(TimerRow).where(here).values(next_at=step.now + PARKED_FOR))
        return False
    if step.case["status"] != CaseStatus.ACTIVE:
        connection.execute(sa.delete(TimerRow).where(here))
        return False
    if timer.attempts > MAX_ATTEMPTS:
        raise StepFailed(timer.element, timer.element, "pekerja berhenti setiap kali mencoba langkah ini")
    if timer.kind == "reminder":
        connection.execute(sa.delete(TimerRow).where(here))
        return _remind(step, timer)
    if not _move_on(step, timer):
        return False
    step.save()
    return True


def fire_all(resources: Resources, connection: sa.Connection, due: Sequence[Due]) -> set[int]:
    """Let cases go on whose drawn timers are due, no two timers of one case; gives the timers that were looked at.

    Each case has its own step, event and version; what they write is written in bulk. The others are of cases that do
    not run, or are gone: `fire` knows what to do with them.

    Raises:
        StepFailed: one of the diagrams could not go on; nothing of this call is kept.
    """
    cases = lock_all(connection, [timer.case_id for timer in due])
    there = set(connection.scalars(sa.select(TimerRow.id).where(TimerRow.id.in_([timer.id for timer in due]))))
    running = {case for case, row in cases.items() if row["status"] == CaseStatus.ACTIVE}
    mine = [timer for timer in due if timer.id in there and timer.case_id in running]
    writes, moved = Writes(), []
    for timer in mine:
        step = Step.of(resources, connection, cases[timer.case_id], by=SYSTEM)
        step.writes = writes
        if _move_on(step, timer):
            moved.append(step)
    save_rows(connection, moved)
    writes.flush(connection)
    return {timer.id for timer in mine}


def park(resources: Resources, connection: sa.Connection, timer: Due, failure: StepFailed) -> None:
    """Park the case of a timer that failed."""
    raise_incident(resources, connection, timer.case_id, failure, {"do": "timer"}, by=SYSTEM)


def _move_on(step: Step, timer: Due) -> bool:
    """Let the case decide what is due, and go on; False: a spurious wake changes nothing."""
    step.load()
    armed = {task.id: (task, due_text(task)) for task in step.run.waiting()}
    if timer.number not in armed:
        step.connection.execute(sa.delete(TimerRow).where(TimerRow.id == timer.id))
        return False
    step.run.refresh_timers()
    fired = [task for task, due in armed.values() if task._state != WAITING or due_text(task) != due]
    if not fired:
        step.connection.execute(
            sa.update(TimerRow).where(TimerRow.id == timer.id).values(next_at=TimerRow.due_at, attempts=0)
        )
        return False
    spec = fired[0].task_spec
    data: dict[str, Json] = {"element": spec.bpmn_id, "name": spec.bpmn_name, "due_at": timer.due_at.isoformat()}
    step.elements += [task.task_spec.bpmn_id for task in fired if task._state != READY and task.task_spec.bpmn_id]
    step.finish("timer_fired", data, {})
    return True


def _remind(step: Step, timer: Due) -> bool:
    task = step.connection.execute(ONE_TASK, {"case": timer.case_id, "number": timer.number}).mappings().first()
    if task is None or not remind(step, dict(task), timer.due_at, {}):
        return False
    step.save()
    return True
