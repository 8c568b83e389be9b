"""What was sealed is erased, and the history tells so: the chain stays whole, and `verify` counts what is gone.

A box goes only after an event of the same chain has named its number; the database refuses any other deletion
(`migrations/guards.py`). A box that is missing without such an event is a breach.
"""

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.history import ERASED
from engine.runtime.models import (
    CaseKeyRow,
    ErasedRow,
    FileRow,
    ForeseenLetterRow,
    HistoryRow,
    IncidentRow,
    MoveRow,
    OutboxRow,
    PendingMessageRow,
    RehearsedCaseRow,
    SecretKeyRow,
    TaskRow,
)
from engine.runtime.steps import Step
from engine.runtime.values import Json
from engine.runtime.workflow import codec

BESIDE = (
    ForeseenLetterRow,
    OutboxRow,
    PendingMessageRow,
    RehearsedCaseRow,
    MoveRow,
)  # tell of a case, and can go with it


def sealed_events(connection: sa.Connection, case_id: UUID) -> Sequence[int]:
    """The numbers of a case's events whose values are there."""
    query = sa.select(HistoryRow.seq).where(HistoryRow.case_id == case_id, HistoryRow.box.is_not(None))
    return connection.scalars(query.order_by(HistoryRow.seq)).all()


def erase_values(step: Step, events: Sequence[int], kind: str, told: Mapping[str, Json]) -> int:
    """Erase the sealed values of some events of a case in hand; gives how many had any."""
    overwrite(step.connection)
    case_id = step.case["id"]
    there = sorted(set(events) & set(sealed_events(step.connection, case_id)))
    step.record(ERASED, {**told, "retention": kind, "events": there}, {})
    if there:
        rows = [{"case_id": case_id, "seq": seq, "kind": kind, "erased_at": step.now} for seq in there]
        step.connection.execute(sa.insert(ErasedRow), rows)
        these = (HistoryRow.case_id == case_id, HistoryRow.seq.in_(there))
        step.connection.execute(sa.update(HistoryRow).where(*these).values(box=None))
    return len(there)


def erase_secrets(step: Step, events: Sequence[int], kind: str, told: Mapping[str, Json]) -> int:
    """Erase secret answers: the events, the drafts of secret forms, and the key of both."""
    count = erase_values(step, events, kind, told)
    step.connection.execute(sa.delete(SecretKeyRow).where(SecretKeyRow.case_id == step.case["id"]))
    return count


def erase_case(step: Step, kind: str, told: Mapping[str, Json]) -> int:
    """Erase all values of an ended case, its data, drafts and letters, and its keys; who did which step when stays."""
    connection, case_id = step.connection, step.case["id"]
    count = erase_values(step, sealed_events(connection, case_id), kind, told)
    run = step.load().run
    for level in run.levels():
        level.data.clear()
        for task in level.tasks.values():
            task.data = {}
    step.case["state"] = codec.dumps(run)
    bare = {"draft": None, "draft_saved_at": None, "note": None}
    connection.execute(sa.update(TaskRow).where(TaskRow.case_id == case_id).values(bare))
    connection.execute(sa.update(IncidentRow).where(IncidentRow.case_id == case_id).values(work={}, cause="dihapus"))
    for table in BESIDE:
        connection.execute(sa.delete(table).where(table.case_id == case_id))
    for keys in (SecretKeyRow, CaseKeyRow):
        connection.execute(sa.delete(keys).where(keys.case_id == case_id))
    return count


def forget_data(step: Step, keys: Set[str]) -> None:
    """Take what lies under some keys out of the data of an ended case, wherever it is."""
    run = step.load().run
    for level in run.levels():
        for task in level.tasks.values():
            task.data = _without(task.data, keys)
    step.case["state"] = codec.dumps(run)


def _without(value: Json, keys: Set[str]) -> Json:
    if isinstance(value, dict):
        return {key: _without(one, keys) for key, one in value.items() if key not in keys}
    return [_without(one, keys) for one in value] if isinstance(value, list) else value


def erase_files(connection: sa.Connection, case_id: UUID) -> list[str]:
    """Forget the files of a case; gives the hashes of their contents, which somebody else may still use."""
    hashes = list(connection.scalars(sa.select(FileRow.sha256).where(FileRow.case_id == case_id)))
    connection.execute(sa.delete(FileRow).where(FileRow.case_id == case_id))
    return hashes


def overwrite(connection: sa.Connection) -> None:
    """Let what is erased in this transaction be overwritten in the file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
