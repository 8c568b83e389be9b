"""Live cases by the thousand: copies of the cases of a small agency, each with a key and a chain of its own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import Base, new_id, table_of
from engine.runtime.event_texts import text_of
from engine.runtime.history import genesis, link
from engine.runtime.models import CaseKeyRow, CaseRow, HistoryRow, PartyRow, SubscriptionRow, TaskRow, TimerRow
from engine.runtime.sealing import new_key, wrap
from engine.runtime.values import LIVE, TaskStatus

Rows = Sequence[dict[str, Any]]
Ids = Mapping[UUID, UUID]  # a case -> its copy


def copy_cases(connection: sa.Connection, kek: bytes, until: int) -> int:
    """Copy the live cases, with what they wait for, until there are so many; gives how many.

    The copied histories are there to be gone on with: they chain, but their sealed values stay with the first case.
    """
    cases = _rows(connection, sa.select(*table_of(CaseRow).c).where(CaseRow.status.in_(LIVE)))
    stored = _rows(connection, sa.select(*table_of(HistoryRow).c).order_by(HistoryRow.seq))
    events = [{**row, "body": text_of(row["body"], row["case_id"])} for row in stored]
    tasks = _rows(connection, sa.select(*table_of(TaskRow).c).where(TaskRow.status == TaskStatus.OPEN))
    theirs = {
        mapped: _rows(connection, sa.select(*table_of(mapped).c)) for mapped in (TimerRow, SubscriptionRow, PartyRow)
    }
    count, number = len(cases), 0
    while count < until:
        number += 1
        ids = {case["id"]: new_id() for case in cases[: until - count]}
        history, heads = _chained(events, ids)
        _insert(connection, CaseRow, [_case(case, ids, heads, number) for case in cases if case["id"] in ids])
        _insert(connection, CaseKeyRow, [{"case_id": id, "wrapped": wrap(new_key(), kek, id)} for id in ids.values()])
        _insert(connection, HistoryRow, history)
        _insert(connection, TaskRow, [{**row, "id": new_id()} for row in _copied(tasks, ids)])
        for mapped, rows in theirs.items():
            _insert(connection, mapped, _copied(rows, ids))
        count += len(ids)
    connection.exec_driver_sql("ANALYZE")
    return count


def _rows(connection: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> Rows:
    return [dict(row) for row in connection.execute(query).mappings()]


def _chained(events: Rows, ids: Ids) -> tuple[Rows, Mapping[UUID, bytes]]:
    """The histories of the copies, chained from their own beginnings, and the heads of the chains."""
    heads = {copy: genesis(copy) for copy in ids.values()}
    rows = []
    for event in events:
        copy = ids.get(event["case_id"])
        if copy is not None:
            heads[copy] = link(heads[copy], event["body"])
            rows.append({**event, "case_id": copy, "hash": heads[copy], "box": None})
    return rows, heads


def _case(case: Mapping[str, Any], ids: Ids, heads: Mapping[UUID, bytes], number: int) -> dict[str, Any]:
    copy = ids[case["id"]]
    return {**case, "id": copy, "head": heads[copy], "business_key": f"copy-{number}/{case['business_key']}"}


def _copied(rows: Rows, ids: Ids) -> Rows:
    """The rows of these cases for their copies; what is numbered by the database is numbered anew."""
    found = [{**row, "case_id": ids[row["case_id"]]} for row in rows if row["case_id"] in ids]
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


def _insert(connection: sa.Connection, mapped: type[Base], rows: Rows) -> None:
    if rows:
        connection.execute(sa.insert(table_of(mapped)), list(rows))
