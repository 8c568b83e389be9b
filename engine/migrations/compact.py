"""SQLite's rows made small: ids as 16 bytes, moments as counts of microseconds, events packed and in one tree, tasks
without the texts that many share.

All triggers stand aside while it lasts, and come back as they stood: those that guard the history refuse changes, and
here every row changes its looks. What is chained, the text of each event, stays the same to the letter.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from engine.db import EPOCH, MICROSECOND
from engine.errors import EngineError
from engine.migrations.definitions import REBUILD_TASKS
from engine.runtime.event_texts import PACKER, text_of

ID_TYPE, MOMENT_TYPE = "CHAR(32)", "DATETIME"
HISTORY = """
    CREATE TABLE history_new (
        case_id CHAR(32) NOT NULL,
        seq INTEGER NOT NULL,
        body TEXT NOT NULL,
        hash BLOB NOT NULL,
        box BLOB,
        CONSTRAINT pk_history PRIMARY KEY (case_id, seq),
        CONSTRAINT fk_history_case_id FOREIGN KEY(case_id) REFERENCES cases (id)
    ) WITHOUT ROWID
"""
REBUILD_HISTORY = (
    HISTORY,
    "INSERT INTO history_new SELECT case_id, seq, packed(body, case_id), hash, box FROM history ORDER BY case_id, seq",
    "DROP TABLE history",
    "ALTER TABLE history_new RENAME TO history",
)

ONE_TREE = ("case_keys", "case_parties", "subscriptions")  # small rows that are found by their key


class NotCompacted(EngineError):
    """A row would not have come back as it was; nothing has been changed."""


def compact(connection: sa.Connection) -> None:
    """Convert every table of a SQLite database, inside the transaction of the migration.

    Raises:
        NotCompacted: an event would not be read as it was written, or a row would have lost the one it belongs to.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), "PostgreSQL has types of its own for ids and moments"
    for name, count, function in (
        ("small_id", 1, _small_id),
        ("small_moment", 1, _small_moment),
        ("packed", 2, _packed),
    ):
        driver.create_function(name, count, function, deterministic=True)
    driver.execute("PRAGMA defer_foreign_keys=ON")
    triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        driver.execute(f"DROP TRIGGER {name}")
    _convert(driver)
    for table, statements in (("history", REBUILD_HISTORY), ("tasks", REBUILD_TASKS)):
        _rebuild(driver, table, statements)
    for table in ONE_TREE:
        _rebuild(driver, table, _in_one_tree(driver, table))
    for _, statement in triggers:
        driver.execute(statement)
    orphans = driver.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        raise NotCompacted(f"Baris berikut kehilangan induknya, jadi tidak ada yang diubah: {orphans[:5]}")


def _convert(driver: sqlite3.Connection) -> None:
    tables = [name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    helpers = [helper for table in tables for helper in _index_parents(driver, table)]
    for table in tables:
        kinds = [(row[1], row[2]) for row in driver.execute(f"PRAGMA table_info({table})")]
        small = [f"{name} = small_id({name})" for name, kind in kinds if kind == ID_TYPE]
        small += [f"{name} = small_moment({name})" for name, kind in kinds if kind == MOMENT_TYPE]
        if small:
            driver.execute(f"UPDATE {table} SET {', '.join(small)}")  # noqa: S608  # names of our own tables
    for helper in helpers:
        driver.execute(f"DROP INDEX {helper}")


def _rebuild(driver: sqlite3.Connection, table: str, statements: Sequence[str]) -> None:
    """Put a table in another's place, with the same indexes."""
    known = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    indexes = [sql for (sql,) in driver.execute(known, (table,)).fetchall()]
    for statement in (*statements, *indexes):
        driver.execute(statement)


def _in_one_tree(driver: sqlite3.Connection, table: str) -> Sequence[str]:
    known = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    (made,) = driver.execute(known, (table,)).fetchone()
    return (
        f"{made.replace(table, f'{table}_new', 1)} WITHOUT ROWID",
        f"INSERT INTO {table}_new SELECT * FROM {table}",  # noqa: S608  # names of our own tables
        f"DROP TABLE {table}",
        f"ALTER TABLE {table}_new RENAME TO {table}",
    )


def _index_parents(driver: sqlite3.Connection, table: str) -> list[str]:
    """Index what points to other tables, for as long as ids change: SQLite looks for the children of each of them."""
    pointers = {row[3] for row in driver.execute(f"PRAGMA foreign_key_list({table})")}
    for pointer in pointers:
        driver.execute(f"CREATE INDEX compact_{table}_{pointer} ON {table} ({pointer})")
    return [f"compact_{table}_{pointer}" for pointer in pointers]


def _small_id(value: str | None) -> bytes | None:
    return UUID(value).bytes if value is not None else None


def _small_moment(value: str | None) -> int | None:
    return (datetime.fromisoformat(value).replace(tzinfo=UTC) - EPOCH) // MICROSECOND if value is not None else None


def _packed(body: str | bytes, case: bytes) -> bytes:
    case_id = UUID(bytes=case)
    text = text_of(body, case_id)
    packed = PACKER.pack(text, case_id)
    if PACKER.unpack(packed, case_id) != text:
        raise NotCompacted("Suatu peristiwa tidak terbaca kembali seperti semula; tidak ada yang diubah.")
    return packed
