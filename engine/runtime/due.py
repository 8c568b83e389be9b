"""Timers that are due, and which of them may share a transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.resources import Resources

TOGETHER = 25  # cases that move on in one transaction: nobody waits long for one of them


@dataclass(frozen=True)
class Due:
    """A claimed timer."""

    id: int
    case_id: UUID
    number: int
    kind: str
    element: str
    due_at: datetime
    attempts: int


class AtOnce(Protocol):
    """Handles timers in one transaction, no two of one case; gives the ids of those that were looked at."""

    def __call__(self, resources: Resources, connection: sa.Connection, due: Sequence[Due]) -> set[int]: ...


@dataclass(frozen=True)
class Plan:
    """In which transactions the timers of a sweep go; none but `alone` holds a case twice."""

    reminders: Sequence[Sequence[Due]]
    events: Sequence[Sequence[Due]]
    alone: Sequence[Due]  # in their order


def together(due: Sequence[Due]) -> Plan:
    """What may share a transaction.

    What was tried before goes alone, so that nobody else is held up by it; so does a case of which both a drawn timer
    and a reminder are due: the one may end the very task that the other is of.
    """
    kinds: dict[UUID, set[str]] = {}
    for timer in due:
        kinds.setdefault(timer.case_id, set()).add("again" if timer.attempts > 1 else timer.kind)
    free: list[Due] = []
    alone: list[Due] = []
    for timer in due:
        (free if len(kinds[timer.case_id]) == 1 and timer.attempts == 1 else alone).append(timer)
    events = [one for round in _rounds(free, "event") for one in _cut(round)]
    return Plan(_rounds(free, "reminder"), events, alone)


def _cut(due: Sequence[Due]) -> list[Sequence[Due]]:
    return [due[start : start + TOGETHER] for start in range(0, len(due), TOGETHER)]


def _rounds(due: Sequence[Due], kind: str) -> list[list[Due]]:
    """Timers of a kind in as few lists as hold no case twice."""
    rounds: list[dict[UUID, Due]] = []
    for timer in due:
        if timer.kind == kind:
            free = next((one for one in rounds if timer.case_id not in one), None)
            if free is None:
                rounds.append(free := {})
            free[timer.case_id] = timer
    return [list(one.values()) for one in rounds]
