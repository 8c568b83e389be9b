"""Side effects that steps have decided: carried out after the commit, at least once, under a stable key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import once
from engine.runtime.models import CaseRow, OutboxRow
from engine.runtime.values import Json, Page

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
NEW, DEAD = "new", "dead"
LETTER = "letter"  # addressed and worded; `letters.py` sends those
ANY_DUE = (
    sa.select(OutboxRow.id)
    .where(OutboxRow.status == NEW, OutboxRow.next_at <= sa.bindparam("now"), OutboxRow.kind != LETTER)
    .limit(1)
)
EFFECT = (OutboxRow.id, OutboxRow.key, OutboxRow.case_id, OutboxRow.kind, OutboxRow.payload, OutboxRow.attempts)


@dataclass(frozen=True)
class Effect:
    """One side effect to carry out; `key` is the same however often it is tried."""

    id: int
    key: str
    case_id: UUID | None
    kind: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True)
class Undelivered:
    """A side effect that was given up after its last try, and why."""

    id: int
    kind: str  # "mail" | "letter" | "message" | "signal"
    what: str  # the mail's template, or the name of the message or signal
    case_id: UUID | None
    about: str  # the case's person and title; empty without a case
    attempts: int
    error: str


Deliver = Callable[[Effect], None]


def queued(
    key: str, kind: str, payload: Mapping[str, Json], now: datetime, case_id: UUID | None = None
) -> dict[str, Any]:
    """A row of the outbox: a side effect that may leave from `now` on."""
    row = {"key": key, "case_id": case_id, "kind": kind, "payload": dict(payload)}
    return {**row, "status": NEW, "attempts": 0, "next_at": now}


def claim(connection: sa.Connection, now: datetime, limit: int) -> Sequence[Effect]:
    """Lease effects that are due, the oldest first."""
    due = (
        sa.select(OutboxRow.id)
        .where(OutboxRow.status == NEW, OutboxRow.next_at <= now, OutboxRow.kind != LETTER)
        .order_by(OutboxRow.next_at)
        .limit(limit)
    )
    rows = connection.execute(
        sa.update(OutboxRow)
        .where(OutboxRow.id.in_(once(due)))
        .values(next_at=now + LEASE, attempts=OutboxRow.attempts + 1)
        .returning(*EFFECT)
    )
    return sorted((Effect(*row) for row in rows), key=lambda effect: effect.id)


def is_due(connection: sa.Connection, now: datetime) -> bool:
    """Whether anything is to be carried out."""
    return connection.scalar(ANY_DUE, {"now": now}) is not None


def settle(connection: sa.Connection, outcomes: Sequence[tuple[Effect, str | None]], now: datetime) -> None:
    """Drop effects that are done; mark others to be tried again, ever more seldom, in the end as dead.

    They are found by their keys: SQLite gives the number of a deleted row out again, and a worker that comes late
    would then settle what somebody else still has to carry out.
    """
    done = [effect.key for effect, error in outcomes if error is None]
    if done:
        connection.execute(sa.delete(OutboxRow).where(OutboxRow.key.in_(done)))
    for effect, error in outcomes:
        if error is not None:
            later = {"next_at": now + timedelta(minutes=2**effect.attempts)}
            changes: dict[str, Any] = {"status": DEAD} if effect.attempts >= MAX_ATTEMPTS else later
            connection.execute(sa.update(OutboxRow).where(OutboxRow.key == effect.key).values(error=error, **changes))


def undelivered(connection: sa.Connection, *, limit: int, offset: int) -> Page[Undelivered]:
    """What was given up, the newest first."""
    dead = OutboxRow.status == DEAD
    total = connection.scalar(sa.select(sa.func.count()).select_from(OutboxRow).where(dead)) or 0
    query = sa.select(*OutboxRow.__table__.c, CaseRow.subject_name, CaseRow.title)
    query = query.outerjoin(CaseRow, CaseRow.id == OutboxRow.case_id).where(dead).order_by(OutboxRow.id.desc())
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return Page([_to_undelivered(row) for row in rows], total, offset, limit)


def revive(connection: sa.Connection, ids: Sequence[int] | None, now: datetime) -> int:
    """Try again what was given up (None: all of it); gives how many."""
    given_up = sa.update(OutboxRow).where(OutboxRow.status == DEAD)
    chosen = given_up if ids is None else given_up.where(OutboxRow.id.in_(ids))
    return connection.execute(chosen.values(status=NEW, attempts=0, next_at=now)).rowcount


def _to_undelivered(row: sa.RowMapping) -> Undelivered:
    what = row["payload"].get("template") or row["payload"].get("name") or ""
    about = f"{row['subject_name']}, {row['title']}" if row["title"] else ""
    return Undelivered(row["id"], row["kind"], what, row["case_id"], about, row["attempts"], row["error"] or "")
