"""What a task says of itself by its drawing: texts that many rows share, each combination kept once in the database.

A task's row points to them; queries join them, or choose by them with `defined`.
"""

import threading
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.runtime.models import TaskDefinitionRow, TaskRow

Texts = tuple[str, ...]
TEXTS = ("element", "process", "name", "name_en", "form", "performer", "phase")
TEXT_COLUMNS = [TaskDefinitionRow.__table__.c[name] for name in TEXTS]
ALL_OF_TASK = (*TaskRow.__table__.c, *TEXT_COLUMNS)  # a task as one row, of TASKS
TASKS = sa.join(TaskRow, TaskDefinitionRow, TaskDefinitionRow.id == TaskRow.definition)

WHOLE_TASKS = sa.select(*ALL_OF_TASK).select_from(TASKS)


def defined(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The condition on a task that its definition meets these."""
    return TaskRow.definition.in_(sa.select(TaskDefinitionRow.id).where(*conditions))


class Definitions:
    """The numbers of definitions, remembered by this process as soon as they are there to stay.

    What a transaction has added may be taken back with it: until it ends it alone remembers.
    """

    def __init__(self) -> None:
        self._known: dict[Texts, int] = {}
        self._added: WeakKeyDictionary[sa.RootTransaction, dict[Texts, int]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def number(self, connection: sa.Connection, row: Mapping[str, Any]) -> int:
        """The number of the definition with a row's texts, which is added when it is new."""
        texts = tuple(row[name] for name in TEXTS)
        known = self._known.get(texts)
        return known if known is not None else self._look_up(connection, texts)

    def _look_up(self, connection: sa.Connection, texts: Texts) -> int:
        own = self._added.get(_root(connection))
        if own is None:
            return self._read(connection).get(texts) or self._add(connection, texts)
        if connection.in_nested_transaction():  # may end before the whole
            return _read(connection).get(texts) or self._add(connection, texts)
        return own.get(texts) or self._add(connection, texts)

    def _add(self, connection: sa.Connection, texts: Texts) -> int:
        insert = insert_new(connection, table_of(TaskDefinitionRow)).returning(TaskDefinitionRow.id)
        added = connection.scalar(insert, dict(zip(TEXTS, texts, strict=True)))
        if added is None:  # somebody has, in this moment, or a part of this transaction
            return _read(connection)[texts]
        with self._lock:
            own = self._added.setdefault(_root(connection), {})
            if not connection.in_nested_transaction():
                own[texts] = added
        return int(added)

    def _read(self, connection: sa.Connection) -> dict[Texts, int]:
        found = _read(connection)
        with self._lock:
            self._known.update(found)
        return found


def _read(connection: sa.Connection) -> dict[Texts, int]:
    query = sa.select(TaskDefinitionRow.id, *TEXT_COLUMNS)
    return {tuple(row[1:]): row.id for row in connection.execute(query)}


def _root(connection: sa.Connection) -> sa.RootTransaction:
    transaction = connection.get_transaction()
    assert transaction is not None, "tasks are written in a transaction"
    return transaction
