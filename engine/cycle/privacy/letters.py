"""Letters about people's data: they belong to no case, and say nothing but where to look."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import queued
from engine.runtime.values import Json


def write_to(
    connection: sa.Connection, key: str, template: str, people: Sequence[str], *, place: str, now: datetime
) -> None:
    """Queue one letter to each of the people; the same key again queues none."""
    row = queued(key, "mail", told_to(template, people, place), now)
    connection.execute(insert_new(connection, table_of(OutboxRow)), row)


def told_to(template: str, people: Sequence[str], place: str) -> dict[str, Json]:
    """What such a letter is made of."""
    return {"template": template, "people": list(people), "place": place}
