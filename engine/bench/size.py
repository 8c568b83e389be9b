"""`siklus bench size`: what a case takes in the database in mid-life, table by table."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from engine.bench.measure import spread
from engine.bench.stage import YEAR, size_of, stage
from engine.cycle.simulation import simulate
from engine.runtime.models import CaseRow, HistoryRow
from engine.settings import Settings

MID_YEAR = datetime(YEAR, 7, 1, tzinfo=UTC)
SQLITE_TABLES = """
    SELECT m.tbl_name, SUM(s.pgsize) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name GROUP BY m.tbl_name
"""
POSTGRESQL_TABLES = "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"
LEAST = 50  # bytes of a case below which a table is not named


def bench_size(settings: Settings, *, people: int = 60, seed: int = 7) -> dict[str, Any]:
    """Live until the first of July, then weigh; what an empty installation weighs is told apart."""
    here = stage(settings, people, seed, durable=False)
    with here.database.connect() as connection:
        empty, empty_tables = _settled_size(connection), _tables(connection)
    simulate(here.application, here.clock, [YEAR], seed, until=MID_YEAR)
    with here.database.connect() as connection:
        full = _settled_size(connection)
        states = connection.scalars(sa.select(sa.func.length(CaseRow.state))).all()
        events = connection.scalar(sa.select(sa.func.count()).select_from(HistoryRow)) or 0
        grown = {name: size - empty_tables.get(name, 0) for name, size in _tables(connection).items()}
        tables = {name: round(size / len(states)) for name, size in grown.items()}
    return {
        "cases": len(states),
        "events_per_case": round(events / len(states), 1),
        "state_bytes": spread(states),
        "bytes_of_installation": empty,
        "bytes_per_case": round((full - empty) / len(states)),
        "bytes_per_case_by_table": {
            name: size for name, size in sorted(tables.items(), key=lambda row: -row[1]) if size >= LEAST
        },
    }


def _tables(connection: sa.Connection) -> dict[str, int]:
    """Bytes of each table with its indexes."""
    ask = SQLITE_TABLES if connection.dialect.name == "sqlite" else POSTGRESQL_TABLES
    return {name: int(size) for name, size in connection.exec_driver_sql(ask)}


def _settled_size(connection: sa.Connection) -> int:
    """The size without what a clean-up gives back."""
    connection.rollback()
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "postgresql":
        driver.autocommit = True
        driver.execute("VACUUM")
        driver.autocommit = False
    else:
        driver.execute("VACUUM")
    return size_of(connection)
