"""Letters: notices that are addressed and worded, and wait in the outbox for the hour at which they may leave."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.db import Base, insert_new, once
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import EFFECT, LEASE, LETTER, NEW, Effect
from engine.runtime.values import Json

TABLE = Base.metadata.tables[OutboxRow.__tablename__]


def put(connection: sa.Connection, notice: Effect, texts: Sequence[tuple[str, Mapping[str, Json], datetime]]) -> None:
    """Keep a notice's letters, each with the person it is for, until it may leave; those that are there stay."""
    rows = [
        {
            "key": f"{notice.key}/{person}",
            "case_id": notice.case_id,
            "kind": LETTER,
            "person": person,
            "payload": dict(text),
            "status": NEW,
            "attempts": 0,
            "next_at": leaves,
        }
        for person, text, leaves in texts
    ]
    if rows:
        connection.execute(insert_new(connection, TABLE), rows)


def put_off(connection: sa.Connection, leaves: Mapping[int, datetime]) -> None:
    """Let claimed letters wait until they may leave."""
    for id, at in leaves.items():
        connection.execute(sa.update(OutboxRow).where(OutboxRow.id == id).values(next_at=at))


def readers(connection: sa.Connection, now: datetime, limit: int) -> Sequence[str]:
    """People for whom letters may leave, who have waited longest first."""
    due = (
        sa.select(OutboxRow.person)
        .where(OutboxRow.status == NEW, OutboxRow.kind == LETTER, OutboxRow.next_at <= now)
        .group_by(OutboxRow.person)
        .order_by(sa.func.min(OutboxRow.next_at))
        .limit(limit)
    )
    return [str(person) for person in connection.scalars(due)]


def claim(connection: sa.Connection, person: str, now: datetime) -> Sequence[Effect]:
    """Lease all letters to one person that may leave, in the order they were written."""
    due = sa.select(OutboxRow.id).where(
        OutboxRow.status == NEW, OutboxRow.kind == LETTER, OutboxRow.person == person, OutboxRow.next_at <= now
    )
    rows = connection.execute(
        sa.update(OutboxRow)
        .where(OutboxRow.id.in_(once(due)))
        .values(next_at=now + LEASE, attempts=OutboxRow.attempts + 1)
        .returning(*EFFECT)
    )
    return sorted((Effect(*row) for row in rows), key=lambda letter: letter.id)
