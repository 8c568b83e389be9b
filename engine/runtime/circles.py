"""Whose eyes a diagram keeps things to, narrower than the parties of a case.

`readers` on a user task: its answers and files are for the case's subject, for who has or had a task of the same process,
and for the performers that it names. `guest`: who does the task reads it alone, and gets no part in the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.runtime.definitions import defined
from engine.runtime.models import TaskDefinitionRow, TaskRow
from engine.runtime.resources import Resources
from engine.runtime.secrecy import named_readers
from engine.runtime.values import Actor


@dataclass
class Circles:
    """Answers, for one actor and case, who is in the circle around a process; each is asked once."""

    resources: Resources
    connection: sa.Connection
    case: Mapping[Any, Any]
    actor: Actor
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def may_read(self, process: str, readers: str | None) -> bool:
        """Whether the actor may read what a task of a process holds; `readers` None: it is kept to nobody."""
        if readers is None or self.actor.person == self.case["subject"] or "system" in self.actor.roles:
            return True
        asked = (process, readers)
        if asked not in self._known:
            self._known[asked] = self._takes_part(process) or self._is_named(readers)
        return self._known[asked]

    def _takes_part(self, process: str) -> bool:
        person = self.actor.person
        has_task = sa.or_(
            TaskRow.assignee == person, TaskRow.closed_by == person, TaskRow.pool.in_(sorted(self.actor.groups))
        )
        query = sa.select(sa.literal(1)).where(
            TaskRow.case_id == self.case["id"], defined(TaskDefinitionRow.process == process), has_task
        )
        return self.connection.scalar(query.limit(1)) is not None

    def _is_named(self, readers: str) -> bool:
        now = self.resources.clock.now()
        on = now.astimezone(self.resources.zone_named(self.case["zone"])).date()
        for performer in named_readers({"readers": readers}):
            found = self.resources.directory.resolve(
                self.connection, performer, subject=self.case["subject"], unit=self.case["unit"], data={}, on=on
            )
            if found.person == self.actor.person or found.group in self.actor.groups:
                return True
        return False
