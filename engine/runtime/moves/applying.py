"""Moves one case, and takes the move back while the case stands still."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import Moment, table_of
from engine.errors import Refused
from engine.runtime.definitions import TEXTS, WHOLE_TASKS
from engine.runtime.models import CaseRow, FileRow, MoveRow, OutboxRow, PartyRow, SubscriptionRow, TaskRow, TimerRow
from engine.runtime.moves.planning import Prepared, prepare
from engine.runtime.moves.values import Choices, Plan
from engine.runtime.reminders import reminder_times
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.steps import Step
from engine.runtime.values import LIVE, Actor, TaskStatus

CASE_PARTS = ("release", "phase", "status", "closed_at")
OPEN_TASKS = WHOLE_TASKS.where(TaskRow.case_id == sa.bindparam("case"), TaskRow.status == TaskStatus.OPEN)


def move(
    resources: Resources,
    connection: sa.Connection,
    case_id: UUID,
    to: LoadedRelease,
    choices: Choices,
    *,
    by: Actor,
) -> Plan:
    """Take a case to another release; gives what was planned, which is what was done.

    Raises:
        NotFound: there is no such case.
        Refused: it has ended, lives on that release already, or is blocked; the sentence says why.
        StepFailed: a join had all it needed after the move, and what follows failed.
    """
    step = Step.on(resources, connection, case_id, by=by)
    if step.case["status"] not in LIVE:
        raise Refused("Perkara ini sudah berakhir; perkara yang berakhir tinggal pada rilisnya.")
    if step.case["release"] == to.number:
        raise Refused(f"Perkara ini sudah berjalan pada rilis {to.number}.")
    tasks = _open_tasks(connection, case_id)
    prepared = prepare(resources, connection, step.case, tasks, step.release, to, choices, step.now, host=step)
    if prepared.plan.blocked:
        raise Refused(" ".join(blocked.sentence for blocked in prepared.plan.blocked))
    saved = _saved(connection, step.case)
    state, was = step.case["state"], step.release.number
    _carry_out(step, prepared, to, tasks)
    told = {
        "from": was,
        "release": to.number,
        **choices.to_json(),
        "effects": [asdict(effect) for effect in prepared.plan.effects],
    }
    step.finish("case_migrated", told, {}, run_on=prepared.goes_on and not prepared.plan.parked)
    step.save()
    connection.execute(sa.update(CaseRow).where(CaseRow.id == case_id).values(release=to.number))
    _remember(step, to, was, state, saved, tasks)
    return prepared.plan


def undo(resources: Resources, connection: sa.Connection, case_id: UUID, *, by: Actor) -> None:
    """Put a case back on the release it came from, exactly as it stood.

    Raises:
        NotFound: there is no such case.
        Refused: it was not moved, or has gone on since, or somebody has written in one of its tasks.
    """
    step = Step.on(resources, connection, case_id, by=by)
    row = connection.execute(sa.select(*MoveRow.__table__.c).where(MoveRow.case_id == case_id)).mappings().first()
    if row is None:
        raise Refused("Perkara ini tidak dipindahkan, atau pemindahannya sudah dibatalkan.")
    if step.case["version"] != row["version"]:
        raise Refused("Perkara ini sudah berjalan lagi sejak dipindahkan; pemindahannya tidak dapat dibatalkan.")
    saved = row["saved"]
    _require_untouched(connection, case_id, saved)
    _restore(connection, step, saved)
    step.case.update(
        state=row["state"],
        phase=saved["case"]["phase"],
        status=saved["case"]["status"],
        closed_at=_moment(saved["case"]["closed_at"]),
    )
    step.record("case_migration_undone", {"from": row["to_release"], "release": row["from_release"]}, {})
    step.save()
    connection.execute(sa.update(CaseRow).where(CaseRow.id == case_id).values(release=row["from_release"]))
    connection.execute(sa.delete(MoveRow).where(MoveRow.case_id == case_id))


def _carry_out(step: Step, prepared: Prepared, to: LoadedRelease, tasks: Sequence[Mapping[str, Any]]) -> None:
    """Rename rows, hand tasks over, move their hours; the rest follows from what the case waits for."""
    connection, case_id = step.connection, step.case["id"]
    connection.execute(
        sa.update(TaskRow)
        .where(TaskRow.case_id == case_id, TaskRow.status != TaskStatus.OPEN, TaskRow.release.is_(None))
        .values(release=step.release.number)
    )
    for number, element in prepared.renamed.items():
        connection.execute(_timers_of(case_id, number).values(element=element))
    assert prepared.run is not None, "a blocked case was refused"
    step.release, step.run, step.before = to, prepared.run, prepared.before
    rows = {row["number"]: row for row in tasks}
    for number, changes in prepared.tasks.items():
        row = {**rows[number], **changes}
        values = {name: value for name, value in changes.items() if name not in TEXTS}
        values["definition"] = step.resources.definitions.number(connection, row)
        connection.execute(sa.update(TaskRow).where(TaskRow.id == row["id"]).values(**values))
        if {"assignee", "pool"} & changes.keys():
            _hand_over(step, row)
        if "due_at" in changes:
            _remind_anew(step, row)


def _hand_over(step: Step, row: Mapping[str, Any]) -> None:
    step.let_in(row["element"], row["assignee"], row["pool"])
    step.queue("mail", {"task": str(row["id"]), "template": "task_opened"})


def _remind_anew(step: Step, row: Mapping[str, Any]) -> None:
    """Lay out a task's reminders around its new hour."""
    connection, case_id = step.connection, step.case["id"]
    connection.execute(
        sa.delete(TimerRow).where(
            TimerRow.case_id == case_id, TimerRow.number == row["number"], TimerRow.kind == "reminder"
        )
    )
    properties = step.release.elements[row["element"]].properties
    for at in reminder_times(row["due_at"], properties, step.now, step.zone):
        step.writes.timers.append(step.timer(row["number"], "reminder", row["element"], at))


def _timers_of(case_id: UUID, number: int) -> sa.Update:
    return sa.update(TimerRow).where(TimerRow.case_id == case_id, TimerRow.number == number)


def _saved(connection: sa.Connection, case: Mapping[str, Any]) -> dict[str, Any]:
    """The rows beside the state as they stand, as JSON."""
    here = {"case": case["id"]}
    return {
        "case": {name: _plain(case[name]) for name in CASE_PARTS},
        "tasks": _rows(connection, OPEN_TASKS, here),
        "closed": [
            str(id)
            for id in connection.scalars(
                sa.select(TaskRow.id).where(
                    TaskRow.case_id == case["id"], TaskRow.status != TaskStatus.OPEN, TaskRow.release.is_(None)
                )
            )
        ],
        "timers": _rows(connection, _all_of(TimerRow), here),
        "subscriptions": _rows(connection, _all_of(SubscriptionRow), here),
        "parties": [row["identity"] for row in _rows(connection, _all_of(PartyRow), here)],
    }


def _remember(
    step: Step, to: LoadedRelease, was: int, state: bytes, saved: dict[str, Any], tasks: Sequence[Mapping[str, Any]]
) -> None:
    """Keep what it takes to undo the move, in place of what an earlier move left."""
    connection, case_id = step.connection, step.case["id"]
    after = _open_tasks(connection, case_id)
    known = {row["id"] for row in tasks}
    saved["after"] = {str(row["id"]): row["revision"] for row in after}
    saved["opened"] = [str(row["id"]) for row in after if row["id"] not in known]
    saved["seq"] = step.case["seq"]
    connection.execute(sa.delete(MoveRow).where(MoveRow.case_id == case_id))
    connection.execute(
        sa.insert(MoveRow),
        {
            "case_id": case_id,
            "from_release": was,
            "to_release": to.number,
            "version": step.case["version"] + 1,
            "state": state,
            "saved": saved,
            "moved_at": step.now,
        },
    )


def _require_untouched(connection: sa.Connection, case_id: UUID, saved: Mapping[str, Any]) -> None:
    """Raises Refused when a draft or a file came after the move: nobody's work is dropped."""
    revisions = {
        str(row["id"]): row["revision"] for row in connection.execute(OPEN_TASKS, {"case": case_id}).mappings()
    }
    filed = connection.scalar(
        sa.select(sa.func.count()).where(FileRow.task_id.in_([UUID(id) for id in saved["opened"]]))
    )
    if revisions != saved["after"] or filed:
        raise Refused("Ada isian yang disimpan sejak perkara ini dipindahkan; pemindahannya tidak dapat dibatalkan.")


def _restore(connection: sa.Connection, step: Step, saved: Mapping[str, Any]) -> None:
    case_id, tasks = step.case["id"], table_of(TaskRow)
    opened = [UUID(id) for id in saved["opened"]]
    unsent = OutboxRow.key.startswith(f"{case_id}/{saved['seq']}/")
    connection.execute(sa.delete(OutboxRow).where(unsent, OutboxRow.kind == "mail", OutboxRow.status == "new"))
    connection.execute(sa.delete(TaskRow).where(TaskRow.id.in_(opened)))
    now = {row["id"]: row for row in connection.execute(_all_of(TaskRow), {"case": case_id}).mappings()}
    for row in saved["tasks"]:
        plain = {name: value for name, value in row.items() if name not in TEXTS}
        values = _typed(tasks, plain | {"definition": step.resources.definitions.number(connection, row)})
        changed = {name: value for name, value in values.items() if now[values["id"]][name] != value}
        if changed:
            connection.execute(sa.update(TaskRow).where(TaskRow.id == values["id"]).values(**changed))
    closed = [UUID(id) for id in saved["closed"]]
    connection.execute(sa.update(TaskRow).where(TaskRow.id.in_(closed)).values(release=None))
    for mapped, name in ((TimerRow, "timers"), (SubscriptionRow, "subscriptions")):
        connection.execute(sa.delete(mapped).where(mapped.case_id == case_id))
        rows = [_typed(table_of(mapped), row) for row in saved[name]]
        if rows:
            connection.execute(sa.insert(mapped), rows)
    connection.execute(
        sa.delete(PartyRow).where(PartyRow.case_id == case_id, PartyRow.identity.not_in(saved["parties"]))
    )


def _open_tasks(connection: sa.Connection, case_id: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(OPEN_TASKS, {"case": case_id}).mappings()]


def _all_of(mapped: Any) -> sa.Select[Any]:
    return sa.select(*mapped.__table__.c).where(mapped.case_id == sa.bindparam("case"))


def _rows(connection: sa.Connection, query: sa.Select[Any], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {name: _plain(value) for name, value in row.items()}
        for row in connection.execute(query, dict(values)).mappings()
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def _typed(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A saved row as the table takes it."""
    typed = {}
    for name, value in row.items():
        kind = table.c[name].type
        if value is not None and isinstance(kind, sa.Uuid):
            value = UUID(value)
        elif isinstance(kind, Moment):
            value = _moment(value)
        typed[name] = value
    return typed
