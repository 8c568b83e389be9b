"""Drafts that somebody else brings along: put into open tasks whose form nobody has begun."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.runtime import tasks
from engine.runtime.models import TaskRow
from engine.runtime.resources import Resources
from engine.runtime.values import Json, TaskStatus

Answers = Mapping[str, Json]
Build = Callable[
    [Answers, Answers], Answers | None
]  # case data, what the form starts with -> more of it; None: leave it


class Prefilling:
    """Fills what is still as it came; what was typed always stays."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def fill(self, connection: sa.Connection, task_id: UUID, build: Build) -> bool:
        """Keep answers as the draft of an open task, inside a transaction; False: it was begun, or nothing was built.

        Whoever has the task reads, changes and sends it like a draft of their own; a page that is open becomes stale.

        Raises:
            NotFound: there is no such task.
        """
        row, case = tasks.lock_task(connection, task_id)
        if row["status"] != TaskStatus.OPEN or row["draft"] is not None:
            return False
        data, first = tasks.begins_with(self._resources, connection, row, case)
        found = build(data, first)
        if found is None:
            return False
        values: dict[str, Any] = {"draft": {**first, **found}, "revision": row["revision"] + 1}
        values["draft_saved_at"] = self._resources.clock.now()
        connection.execute(sa.update(TaskRow).where(TaskRow.id == task_id).values(values))
        return True
