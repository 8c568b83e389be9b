"""Due moments of open tasks: one changed, or many by one rule; each with a reason, and told to whoever has the task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, Refused, TaskNotOpen
from engine.runtime import access
from engine.runtime.batches import Batches
from engine.runtime.definitions import TASKS, WHOLE_TASKS
from engine.runtime.inbox import TASKS_OF_CASES, to_task
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow, TimerRow
from engine.runtime.operating import operate_on
from engine.runtime.reasons import require_reason
from engine.runtime.reminders import reminder_times
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import LIVE, Actor, CaseStatus, Json, Page, Task, TaskStatus
from engine.runtime.workflow import tokens

CHANGE_DUE = "change_due"  # kind of bulk work; items are ids of tasks, the payload a NewDue and the "reason"
LONGEST = 366  # days


@dataclass(frozen=True)
class NewDue:
    """Where due moments go: all to one moment, or each on by some days, at the same hour of the day."""

    at: datetime | None = None
    days: int = 0
    working: bool = False  # count working days only

    def to_json(self) -> dict[str, Json]:
        return {"due_at": iso(self.at) if self.at is not None else None, "days": self.days, "working": self.working}

    @classmethod
    def of(cls, words: Mapping[str, Json]) -> "NewDue":
        at = words.get("due_at")
        return cls(datetime.fromisoformat(at) if at else None, words.get("days", 0), words.get("working", False))


@dataclass(frozen=True)
class Wanted:
    """Which open tasks: of a process (where they are drawn), of one kind, of cases of some units; empty: of all."""

    process: str = ""
    element: str = ""
    units: Sequence[str] = ()


@dataclass(frozen=True)
class TaskKind:
    """Open tasks of one element, counted."""

    process: str
    process_name: str
    element: str
    name: str
    name_en: str
    count: int


class Deadlines:
    """What an operator does to the due moments of many open tasks; none of a case about the operator."""

    def __init__(self, resources: Resources, batches: Batches) -> None:
        self._resources, self._batches = resources, batches

    def kinds(self, *, by: Actor) -> Sequence[TaskKind]:
        """The open tasks by element, the processes and kinds by name. Raises NotYours."""
        access.require_role(by, "operator")
        shown = [sa.func.max(column) for column in (TaskDefinitionRow.name, TaskDefinitionRow.name_en)]
        kind = (TaskDefinitionRow.process, TaskDefinitionRow.element)
        query = sa.select(*kind, *shown, sa.func.count()).select_from(TASKS).join(CaseRow).where(*_open(by))
        processes = self._resources.newest_loaded().documents.processes
        with self._resources.reading() as connection:
            rows = connection.execute(query.group_by(*kind)).all()
        found = [
            TaskKind(process, processes[process].label if process in processes else process, *rest)
            for process, *rest in rows
        ]
        return sorted(found, key=lambda kind: (kind.process_name, kind.name))

    def find(self, wanted: Wanted, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[Task]:
        """The open tasks that are meant, by their subjects' names. Raises NotYours."""
        access.require_role(by, "operator")
        query = TASKS_OF_CASES.where(*_open(by), *_meant(wanted))
        with self._resources.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
            order = query.order_by(CaseRow.subject_name, TaskRow.due_at.asc().nulls_last(), TaskRow.id)
            rows = connection.execute(order.limit(limit).offset(offset)).mappings()
            return Page([to_task(row) for row in rows], total, offset, limit)

    def moved(self, task: Task, new: NewDue) -> datetime:
        """The due moment that a task would get. Raises Refused, as its change would be."""
        return future(moved(self._resources, task.due_at, new, task.zone), self._resources.clock.now())

    def order(self, wanted: Wanted, new: NewDue, *, expected: int, title: str, reason: str, by: Actor) -> UUID:
        """Order the change for all tasks that are meant; gives the order's id.

        Raises:
            NotYours
            Refused: no reason, an impossible rule, or not as many tasks as were `expected`.
        """
        access.require_role(by, "operator")
        words = require_reason(reason)
        _require_possible(new, self._resources.clock.now())
        query = (
            sa.select(TaskRow.id)
            .select_from(TASKS)
            .join(CaseRow)
            .where(*_open(by), *_meant(wanted))
            .order_by(TaskRow.id)
        )
        with self._resources.reading() as connection:
            items = [str(id) for id in connection.scalars(query)]
        if len(items) != expected:
            raise Refused(f"Kini ada {len(items)} tugas, bukan {expected} seperti yang Anda lihat; periksa lagi.")
        return self._batches.start(CHANGE_DUE, title, items, {**new.to_json(), "reason": words}, by=by)


def change_due(
    resources: Resources, connection: sa.Connection, task_id: UUID, new: NewDue, *, reason: str, by: Actor
) -> None:
    """Give an open task another due moment and lay its reminders out anew; a drawn lapse at the same moment goes along.

    Raises:
        NotFound, NotYours
        TaskNotOpen: the task is closed.
        Refused: the moment has passed, there is none to count from, or no reason is given.
    """
    words = require_reason(reason)
    case_id = connection.scalar(sa.select(TaskRow.case_id).where(TaskRow.id == task_id))
    if case_id is None:
        raise NotFound("Tugas ini tidak ada.")
    step = operate_on(resources, connection, case_id, list(CaseStatus), by=by)
    task = connection.execute(WHOLE_TASKS.where(TaskRow.id == task_id)).mappings().one()
    if task["status"] != TaskStatus.OPEN:
        raise TaskNotOpen("Tugas ini sudah selesai atau ditarik; tenggatnya tidak dapat diubah.")
    due = future(moved(resources, task["due_at"], new, step.case["zone"]), step.now)
    step.load()
    told, moved_too = set_due(step, task, due), _move_boundaries(step, task, due)
    if moved_too:
        step.finish("due_changed", {**told, "shifted": moved_too}, {"reason": words}, run_on=False)
    else:
        step.record("due_changed", told, {"reason": words})
    step.save()


def set_due(step: Step, task: Mapping[Any, Any], due: datetime) -> dict[str, Json]:
    """Write a task's new due moment and reminders, and queue the news of it; gives what the history tells."""
    case_id, number = step.case["id"], task["number"]
    step.connection.execute(sa.update(TaskRow).where(TaskRow.id == task["id"]).values(due_at=due))
    reminders = sa.and_(TimerRow.case_id == case_id, TimerRow.number == number, TimerRow.kind == "reminder")
    step.connection.execute(sa.delete(TimerRow).where(reminders))
    properties = step.release.elements[task["element"]].properties
    for at in reminder_times(due, properties, step.now, step.zone):
        step.writes.timers.append(step.timer(number, "reminder", task["element"], at))
    step.queue("mail", {"task": str(task["id"]), "template": "due_changed"})
    before = iso(task["due_at"]) if task["due_at"] else None
    told = {"task": str(task["id"]), "element": task["element"], "name": task["name"]}
    return {**told, "due_before": before, "due_at": iso(due)}


def _move_boundaries(step: Step, task: Mapping[Any, Any], due: datetime) -> list[Json]:
    """Let timers drawn on a task's edge that fall on its due moment go with it; a lapse never comes before its task is due."""
    told = []
    for number, (element, at) in step.before.timers.items():
        drawn = step.release.elements[element]
        if drawn.attached_to == task["element"] and datetime.fromisoformat(at) == task["due_at"]:
            tokens.move_timer(step.run.get_task_from_id(number), iso(due))
            told.append({"element": element, "name": drawn.label, "due_before": at, "due_at": iso(due)})
    return told


def moved(resources: Resources, due: datetime | None, new: NewDue, zone: str | None) -> datetime:
    """A due moment of a case in a zone, changed. Raises Refused when there is nothing to count from or no calendar to count by."""
    if new.at is not None:
        return new.at
    if due is None:
        raise Refused("Tugas ini tidak mempunyai tenggat yang dapat digeser; tetapkan satu tanggal.")
    where = resources.zone_named(zone)
    local = due.astimezone(where)
    day = _working_day(resources, local, new.days) if new.working else local.date() + timedelta(days=new.days)
    return datetime.combine(day, local.time(), where).astimezone(UTC)


def _working_day(resources: Resources, local: datetime, count: int) -> date:
    function = resources.registry.functions.get(resources.registry.words.working_days)
    found = function.call(local.date(), count, **function.beside(local.tzinfo)) if function is not None else None
    if not isinstance(found, date):
        raise Refused("Hari kerja tidak dapat dihitung; geser dengan hari kalender.")
    return found


def _open(by: Actor) -> list[sa.ColumnElement[bool]]:
    """The open tasks that an operator may change."""
    return [TaskRow.status == TaskStatus.OPEN, CaseRow.status.in_(LIVE), CaseRow.subject != by.person]


def _meant(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found = [TaskDefinitionRow.process == wanted.process] if wanted.process else []
    found += [TaskDefinitionRow.element == wanted.element] if wanted.element else []
    return [*found, *([CaseRow.unit.in_(wanted.units)] if wanted.units else [])]


def _require_possible(new: NewDue, now: datetime) -> None:
    if new.at is not None:
        future(new.at, now)
    elif not 1 <= new.days <= LONGEST:
        raise Refused(f"Tulis jumlah hari antara 1 dan {LONGEST}.")


def future(due_at: datetime, now: datetime) -> datetime:
    """A moment that is still ahead, in UTC; raises Refused."""
    if due_at <= now:
        raise Refused("Tenggat baru harus di masa depan.")
    return due_at.astimezone(UTC)


def iso(moment: datetime) -> str:
    """A moment as the history keeps it."""
    return moment.astimezone(UTC).isoformat()
