"""A worker leases no more than it asks for, even while the database takes a table to hold one row."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.runtime import outbox, timers
from engine.runtime.models import BatchItemRow, OutboxRow, TimerRow
from tests.runtime import diagrams as d
from tests.runtime.office import EVE, Office

LIMIT = 2
OF_OFFICE = Callable[..., Office]


@pytest.fixture
def office(office_of: OF_OFFICE) -> Office:
    work = d.process(
        "work", d.start(), d.user_task("write", due="P10D"), d.end(), *d.path("begun", "write", "finished")
    )
    office = office_of(work)
    office.engine.batches.register("stamp", lambda *_: "Diberi cap.", frozenset({"operator"}))
    return office


def look_at_one_then_fill(database: sa.Engine, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """The database counts the table while it holds one row; then come the others."""
    with database.begin() as connection:
        connection.execute(sa.delete(table))
        connection.execute(sa.insert(table), rows[:1])
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"ANALYZE {table.__tablename__}")
    with database.begin() as connection:
        connection.execute(sa.insert(table), rows[1:])


def test_effects(office: Office, database: sa.Engine) -> None:
    now = office.clock.now()
    look_at_one_then_fill(database, OutboxRow, [outbox.queued(key, "mail", {}, now) for key in "abcd"])
    with database.begin() as connection:
        assert [one.key for one in outbox.claim(connection, now, LIMIT)] == ["a", "b"]


def test_timers(office: Office, database: sa.Engine) -> None:
    office.opens()
    with database.connect() as connection:
        armed = connection.execute(sa.select(*TimerRow.__table__.c).order_by(TimerRow.id)).mappings().all()
    look_at_one_then_fill(database, TimerRow, [dict(row) for row in armed])
    now = office.clock.now() + timedelta(days=60)
    with database.begin() as connection:
        assert len(timers.claim(connection, now, LIMIT)) == LIMIT < len(armed)


def test_items_of_bulk_work(office: Office, database: sa.Engine) -> None:
    batches = office.engine.batches
    order = batches.start("stamp", "Cap", ["a", "b", "c", "d"], {}, by=EVE)
    with database.connect() as connection:
        items = connection.execute(sa.select(*BatchItemRow.__table__.c).order_by(BatchItemRow.id)).mappings().all()
    look_at_one_then_fill(database, BatchItemRow, [dict(row) for row in items])

    assert [item["item"] for item in batches._claim(order, LIMIT, alone=False)] == ["a", "b"]
