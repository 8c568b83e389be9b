"""A reminder that somebody sends by hand, now: told like any other, and at most once a day for one task."""

from uuid import UUID

import sqlalchemy as sa

from engine.clock import today
from engine.errors import NotFound, Refused, TaskNotOpen
from engine.runtime.definitions import WHOLE_TASKS
from engine.runtime.models import TaskRow, UrgedTaskRow
from engine.runtime.reminders import days_late
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, CaseStatus, TaskStatus


def urge(resources: Resources, connection: sa.Connection, task_id: UUID, *, by: Actor) -> None:
    """Remind whoever has an open task; whether the actor may was asked before.

    Raises:
        NotFound, TaskNotOpen
        Refused: the case is on hold, nobody has the task, or it was reminded of today already.
    """
    case_id = connection.scalar(sa.select(TaskRow.case_id).where(TaskRow.id == task_id))
    if case_id is None:
        raise NotFound("Tugas ini tidak ada, atau bukan untuk Anda.")
    step = Step.on(resources, connection, case_id, by=by)
    task = connection.execute(WHOLE_TASKS.where(TaskRow.id == task_id)).mappings().one()
    if task["status"] != TaskStatus.OPEN:
        raise TaskNotOpen("Tugas ini sudah selesai; tidak ada yang perlu diingatkan.")
    if step.case["status"] != CaseStatus.ACTIVE:
        raise Refused("Perkara ini sedang terhenti; lanjutkan dahulu, baru ingatkan.")
    people = _people(step, task["assignee"], task["pool"])
    _note(step, task_id)
    late = days_late(task["due_at"], step.now, step.zone) if task["due_at"] is not None else 0
    template = "escalation" if late > 0 else "reminder"
    step.queue("mail", {"task": str(task_id), "template": template, "people": people, "days_late": late})
    data = {
        "task": str(task_id),
        "element": task["element"],
        "name": task["name"],
        "days_late": late,
        "action": "INGATKAN",
        "to": people,
        "by_hand": True,
    }
    step.record("reminder_sent", data, {})
    step.save()


def _people(step: Step, person: str | None, group: str | None) -> list[str]:
    """Whoever has the task: one person, or the members of its group."""
    directory = step.resources.directory
    people = [person] if person else [one.person for one in directory.members(step.connection, group or "")]
    if not people:
        raise Refused("Belum ada orang yang memegang tugas ini.")
    return people


def _note(step: Step, task_id: UUID) -> None:
    """Keep when it was; raises Refused for the second time on one local day."""
    known, zone = UrgedTaskRow.task_id == task_id, step.resources.zone
    last = step.connection.scalar(sa.select(UrgedTaskRow.at).where(known))
    if last is not None and last.astimezone(zone).date() == today(step.resources.clock, zone):
        raise Refused("Pengingat tugas ini sudah dikirim hari ini; kirim lagi paling cepat besok.")
    step.connection.execute(sa.delete(UrgedTaskRow).where(known))
    step.connection.execute(sa.insert(UrgedTaskRow).values(task_id=task_id, at=step.now, by=step.actor.person))
