"""Reminders of many cases in one transaction: they never touch a state, so reading and writing go in sets.

Each case still gets an event of its own, chained to its own head, under its own lock; the locks are taken in the
order of the cases' ids. If anything fails, nothing has happened, and the caller does them one by one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import Refused
from engine.prepared import Prepared
from engine.runtime.cases import CASE_COLUMNS
from engine.runtime.definitions import ALL_OF_TASK
from engine.runtime.due import Due
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow, TimerRow
from engine.runtime.reminders import days_late
from engine.runtime.resources import Resources
from engine.runtime.steps import DIRECTORY_VERSION, Step
from engine.runtime.values import SYSTEM, CaseStatus, TaskStatus
from engine.runtime.writes import Writes

Groups = dict[str, list[str]]  # group -> its people
TASK_NAMES = ("id", "element", "name", "performer", "assignee", "pool", "status", "due_at")
TASK_COLUMNS = [column.label(f"task_{column.name}") for column in ALL_OF_TASK if column.name in TASK_NAMES]
LOCK_REMINDERS = (  # the case first, as everywhere; a timer that is gone by then is left out
    sa.select(TimerRow.id.label("timer"), TimerRow.due_at.label("at"), *TASK_COLUMNS, *CASE_COLUMNS)
    .select_from(TimerRow)
    .join(CaseRow, CaseRow.id == TimerRow.case_id)
    .join(TaskRow, sa.and_(TaskRow.case_id == TimerRow.case_id, TaskRow.number == TimerRow.number))
    .join(TaskDefinitionRow, TaskDefinitionRow.id == TaskRow.definition)
    .where(TimerRow.id.in_(sa.bindparam("timers", expanding=True)), CaseRow.status == CaseStatus.ACTIVE)
    .order_by(CaseRow.id)
    .with_for_update(of=[CaseRow, TaskRow, TimerRow])
)
DROP = Prepared(sa.delete(TimerRow).where(TimerRow.id == sa.bindparam("timer")))
SAVE_HEAD = Prepared(
    sa.update(CaseRow)
    .where(CaseRow.id == sa.bindparam("case"), CaseRow.version == sa.bindparam("was"))
    .values(
        version=CaseRow.version + 1,
        seq=sa.bindparam("seq_"),
        head=sa.bindparam("head_"),
        updated_at=sa.bindparam("now"),
    )
)


def remind_all(resources: Resources, connection: sa.Connection, due: Sequence[Due]) -> set[int]:
    """Send the reminders of claimed timers, no two of one case; gives the ids of those that were looked at.

    The others are of cases that do not run, or are gone: `timers.fire` knows what to do with them.

    Raises:
        Refused: somebody else changed a case in spite of the lock.
    """
    rows = [dict(row) for row in connection.execute(LOCK_REMINDERS, {"timers": [timer.id for timer in due]}).mappings()]
    writes, groups, now = Writes(), Groups(), resources.clock.now()
    version = connection.scalar(DIRECTORY_VERSION)
    saved = [
        head for row in rows if (head := _remind(resources, connection, row, writes, version, groups, now)) is not None
    ]
    if rows:
        DROP.run_all(connection, [{"timer": row["timer"]} for row in rows])
    if saved and SAVE_HEAD.run_all(connection, saved) != len(saved):
        raise Refused("Perkara ini baru saja diubah orang lain; muat ulang halaman lalu ulangi.")
    writes.flush(connection)
    return {row["timer"] for row in rows}


def remind(step: Step, task: Mapping[str, Any], at: datetime, groups: Groups) -> bool:
    """Tell those whom the escalation table names; the case's state is not touched. False: nothing to remind of.

    `groups` keeps the members of groups that were looked up in this transaction.
    """
    if task["status"] != TaskStatus.OPEN or task["due_at"] is None:
        return False
    late = days_late(task["due_at"], at, step.zone)
    performers, action = _whom_to_tell(step, task, late)
    to = _reached(step, task, performers, groups)
    template = "escalation" if late > 0 else "reminder"
    step.queue("mail", {"task": str(task["id"]), "template": template, "people": to, "days_late": late})
    data = {
        "task": str(task["id"]),
        "element": task["element"],
        "name": task["name"],
        "days_late": late,
        "action": action,
        "to": to,
        "performers": performers,
    }
    step.record("reminder_sent", data, {})
    return True


def _remind(
    resources: Resources,
    connection: sa.Connection,
    row: Mapping[str, Any],
    writes: Writes,
    version: int | None,
    groups: Groups,
    now: datetime,
) -> dict[str, Any] | None:
    """Collect what one reminder writes; gives the case's new head, or None when nobody has to be reminded."""
    case: dict[str, Any] = {column.name: row[column.name] for column in CASE_COLUMNS}
    case["directory"] = version
    step = Step(resources, connection, case, resources.release(connection, case["release"]), SYSTEM, now, writes)
    task = {name: row[f"task_{name}"] for name in TASK_NAMES}
    if not remind(step, task, row["at"], groups):
        return None
    identity: UUID = case["id"]
    return {"case": identity, "was": case["version"], "seq_": case["seq"], "head_": case["head"], "now": now}


def _whom_to_tell(step: Step, task: Mapping[str, Any], late: int) -> tuple[list[str], str]:
    table = step.resources.registry.words.escalation
    if table not in step.release.documents.decisions:
        return [task["performer"]], "INGATKAN"
    value, _ = step.answer(table, {"jenis_tugas": task["element"], "hari_lewat": late}, task["element"])
    if not value:
        return [task["performer"]], "INGATKAN"
    named = [name.strip() for name in str(value["penerima"]).split(",") if name.strip()]
    return [task["performer"] if name == "performer" else name for name in named], str(value["aksi"])


def _reached(step: Step, task: Mapping[str, Any], performers: list[str], groups: Groups) -> list[str]:
    """The people behind the performers; the task's own performer is the person or the group that has it."""
    people: list[str] = []
    for performer in performers:
        person, group = task["assignee"], task["pool"]
        if performer != task["performer"]:
            found = step.resources.directory.resolve(
                step.connection,
                performer,
                subject=step.case["subject"],
                unit=step.case["unit"],
                data={},
                on=step.today,
                version=step.case["directory"],
                process=step.release.elements[task["element"]].process,
            )
            person, group = found.person, found.group
        people += [person] if person else _members(step, group or "", groups)
    return list(dict.fromkeys(people))


def _members(step: Step, group: str, groups: Groups) -> list[str]:
    if group not in groups:
        groups[group] = [member.person for member in step.resources.directory.members(step.connection, group)]
    return groups[group]
