"""What a step writes beside its case: rows that go and rows that come, collected and written in bulk."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.db import insert_new_into, table_of
from engine.prepared import Prepared
from engine.runtime.models import HistoryRow, OutboxRow, PartyRow, SubscriptionRow, TaskRow, TimerRow

CLOSE_TASK = Prepared(
    sa.update(TaskRow)
    .where(TaskRow.case_id == sa.bindparam("case"), TaskRow.number == sa.bindparam("task"))
    .values(
        status=sa.bindparam("status_"),
        closed_at=sa.bindparam("now"),
        closed_by=sa.bindparam("by_"),
        draft=sa.null(),
        submit_key=sa.bindparam("key_"),
        submit_digest=sa.bindparam("digest_"),
        submit_seq=sa.bindparam("seq_"),
    )
)
DROP_TIMERS = Prepared(
    sa.delete(TimerRow).where(TimerRow.case_id == sa.bindparam("case"), TimerRow.number == sa.bindparam("task"))
)
MOVE_TIMER = Prepared(
    sa.update(TimerRow)
    .where(TimerRow.case_id == sa.bindparam("case"), TimerRow.number == sa.bindparam("task"), TimerRow.kind == "event")
    .values(due_at=sa.bindparam("due"), next_at=sa.bindparam("due"), attempts=0)
)
DROP_SUBSCRIPTION = Prepared(
    sa.delete(SubscriptionRow).where(
        SubscriptionRow.case_id == sa.bindparam("case"),
        SubscriptionRow.number == sa.bindparam("task"),
        SubscriptionRow.kind == sa.bindparam("kind_"),
        SubscriptionRow.name == sa.bindparam("name_"),
    )
)
NEW_TASKS = Prepared(
    sa.insert(TaskRow).inline(),
    [
        *("id", "case_id", "number", "definition", "assignee", "pool"),
        *("status", "revision", "opened_at", "due_at", "note", "on_behalf_of"),
    ],
)
NEW_TIMERS = Prepared(
    sa.insert(TimerRow).inline(), ["case_id", "number", "kind", "element", "due_at", "next_at", "attempts"]
)
NEW_SUBSCRIPTIONS = Prepared(sa.insert(SubscriptionRow).inline(), ["case_id", "number", "kind", "name"])
NEW_HISTORY = Prepared(sa.insert(HistoryRow).inline(), ["case_id", "seq", "body", "hash", "box"])
NEW_PARTIES = {
    dialect: Prepared(insert_new_into(table_of(PartyRow), dialect).inline(), ["case_id", "identity"])
    for dialect in ("sqlite", "postgresql")
}
NEW_OUTBOX = Prepared(
    sa.insert(OutboxRow).inline(), ["key", "case_id", "kind", "payload", "status", "attempts", "next_at"]
)


@dataclass
class Writes:
    """What is written at the end of a step; several cases may share it, so that what they write goes in bulk."""

    closed_tasks: list[dict[str, Any]] = field(default_factory=list)
    dropped_timers: list[dict[str, Any]] = field(default_factory=list)
    moved_timers: list[dict[str, Any]] = field(default_factory=list)
    dropped_subscriptions: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    parties: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)

    def flush(self, connection: sa.Connection) -> None:
        """Write everything that was collected: first what went, then what came."""
        for statement, rows in (
            (CLOSE_TASK, self.closed_tasks),
            (DROP_TIMERS, self.dropped_timers),
            (MOVE_TIMER, self.moved_timers),
            (DROP_SUBSCRIPTION, self.dropped_subscriptions),
            (NEW_TASKS, self.tasks),
            (NEW_TIMERS, self.timers),
            (NEW_SUBSCRIPTIONS, self.subscriptions),
            (NEW_HISTORY, self.history),
            (NEW_OUTBOX, self.outbox),
        ):
            if rows:
                statement.run_all(connection, rows)
        if self.parties:
            NEW_PARTIES[connection.dialect.name].run_all(connection, self.parties)
