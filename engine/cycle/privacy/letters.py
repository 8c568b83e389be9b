"""Letters about people's data: they belong to no case, and say nothing but where to look."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import queued


def write_to(
    connection: sa.Connection, key: str, template: str, people: Sequence[str], *, place: str, now: datetime
) -> None:
    """Queue one letter to each of the people; the same key again queues none."""
    payload = {"template": template, "people": list(people), "place": place}
    connection.execute(insert_new(connection, table_of(OutboxRow)), queued(key, "mail", payload, now))
