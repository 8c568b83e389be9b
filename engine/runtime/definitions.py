"""What a task says of itself by its drawing: texts that many rows share, each combination kept once in the database.

A task's row points to them; queries join them, or choose by them with `defined`.
"""

import threading
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.runtime.models import TaskDefinitionRow, TaskRow

TEXTS = ("element", "process", "name", "name_en", "form", "performer", "phase")
TEXT_COLUMNS = [TaskDefinitionRow.__table__.c[name] for name in TEXTS]
ALL_OF_TASK = (*TaskRow.__table__.c, *TEXT_COLUMNS)  # a task as one row, of TASKS
TASKS = sa.join(TaskRow, TaskDefinitionRow, TaskDefinitionRow.id == TaskRow.definition)

WHOLE_TASKS = sa.select(*ALL_OF_TASK).select_from(TASKS)


def defined(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The condition on a task that its definition meets these."""
    return TaskRow.definition.in_(sa.select(TaskDefinitionRow.id).where(*conditions))


class Definitions:
    """The numbers of definitions, remembered by this process as soon as they are there to stay."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], int] = {}
        self._writers: WeakSet[sa.Connection] = WeakSet()  # have added some: what they read may be taken back yet
        self._lock = threading.Lock()

    def number(self, connection: sa.Connection, row: Mapping[str, Any]) -> int:
        """The number of the definition with a row's texts, which is added when it is new."""
        texts = tuple(row[name] for name in TEXTS)
        known = self._known.get(texts)
        return known if known is not None else self._look_up(connection, texts)

    def _look_up(self, connection: sa.Connection, texts: tuple[str, ...]) -> int:
        found = self._read(connection).get(texts)
        return found if found is not None else self._add(connection, texts)

    def _add(self, connection: sa.Connection, texts: tuple[str, ...]) -> int:
        with self._lock:
            self._writers.add(connection)
        insert = insert_new(connection, table_of(TaskDefinitionRow)).returning(TaskDefinitionRow.id)
        added = connection.scalar(insert, dict(zip(TEXTS, texts, strict=True)))
        return int(added) if added is not None else self._read(connection)[texts]  # somebody has, in this moment

    def _read(self, connection: sa.Connection) -> dict[tuple[str, ...], int]:
        query = sa.select(TaskDefinitionRow.id, *TEXT_COLUMNS)
        found = {tuple(row[1:]): row.id for row in connection.execute(query)}
        with self._lock:
            if connection not in self._writers:
                self._known.update(found)
        return found
