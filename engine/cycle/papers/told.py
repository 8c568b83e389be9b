"""What people wrote in the forms of a case, as its history keeps it; what is secret stays out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.cycle.papers.drafts import Desk
from engine.runtime import reading
from engine.runtime.values import Actor, HistoryEvent, Json

READER = Actor("papers", roles=frozenset({"auditor", "system"}))  # who may see the paper was asked before


@dataclass(frozen=True)
class Told:
    """The completed forms of one case, the oldest first."""

    events: Sequence[HistoryEvent]

    def last(self, result: str, *, until: datetime, since: datetime | None = None) -> Mapping[str, Json]:
        """The newest answers that became this case data in a span of time; empty when there are none."""
        for event in reversed(self.events):
            if event.data.get("result") == result and event.at <= until and (since is None or event.at >= since):
                return event.answers or {}
        return {}

    def of_task(self, task: UUID) -> tuple[HistoryEvent | None, Mapping[str, Json]]:
        """The event that completed a task, and its answers."""
        event = next((one for one in self.events if one.task_id == task), None)
        return event, (event.answers or {}) if event is not None else {}


def told(desk: Desk, case_id: UUID) -> Told:
    """Read the history of a case."""
    events = reading.history(desk.resources, desk.connection, case_id, by=READER)
    return Told([event for event in events if event.type == "task_completed"])
