"""Rows by the million, made inside the database: tables as a large agency has them after years."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.db import Base, table_of

CHUNK = 50_000  # rows in one statement: below the time-out of a statement


def fill_table(connection: sa.Connection, mapped: type[Base], columns: Mapping[str, Any], rows: int) -> None:
    """Insert so many rows; `columns` maps a name to a constant or to a function of the number's column, from 0."""
    table = table_of(mapped)
    for begin in range(0, rows, CHUNK):
        number = numbers_between(begin, min(begin + CHUNK, rows))
        values = [_of(table.c[name].type, value, number) for name, value in columns.items()]
        query = sa.select(*values).select_from(number.table)
        connection.execute(sa.insert(table).from_select(list(columns), query))
    connection.exec_driver_sql("ANALYZE")


def random_id(connection: sa.Connection) -> sa.ColumnElement[Any]:
    """A new id in each row."""
    if connection.dialect.name == "postgresql":
        return sa.func.gen_random_uuid()
    return sa.func.randomblob(16)


def _of(kind: sa.types.TypeEngine[Any], value: Any, number: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    if isinstance(value, sa.ColumnElement):
        return value
    return value(number) if callable(value) else sa.literal(value, kind)


def numbers_between(begin: int, end: int) -> sa.ColumnElement[int]:
    """A column of the whole numbers from `begin` to the one before `end`."""
    first = sa.select(sa.literal(begin).label("i")).cte("numbers", recursive=True)
    numbers = first.union_all(sa.select(first.c.i + 1).where(first.c.i < end - 1))
    return numbers.c.i
