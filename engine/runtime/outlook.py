"""What a case was opened with, as it stands now, and which entries of it each token is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.access import require_readable
from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.reading import visits
from engine.runtime.resources import Resources
from engine.runtime.values import ENDED, Actor, Json, TaskStatus
from engine.runtime.workflow import codec, tokens
from engine.runtime.workflow.machine import CaseRun
from engine.runtime.workflow.tokens import Scope


@dataclass(frozen=True)
class Place:
    """An element where a token stands, and its open task if it is one of people's.

    `entries` are what loops have handed to it out of the opening data's lists.
    """

    element: str
    entries: Mapping[str, Json]
    task: UUID | None


@dataclass(frozen=True)
class Outlook:
    """A case seen from its opening data: `done` are the elements that ran, `places` is empty once it has ended."""

    data: Mapping[str, Json]
    places: Sequence[Place]
    done: frozenset[str]


class Outlooks:
    """Reads what lies ahead of a case. What people have answered is never in it."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def of(self, case_id: UUID, *, by: Actor) -> Outlook:
        """One case; raises NotFound for who may not read it."""
        with self._resources.reading() as connection:
            require_readable(connection, case_id, by)
            row = connection.execute(
                sa.select(CaseRow.state, CaseRow.release, CaseRow.status).where(CaseRow.id == case_id)
            ).one()
            run = codec.loads(row.state, self._resources.release(connection, row.release).machine, None)
            known = tokens.all_data(run)
            data = {name: known.get(name) for name in self._resources.registry.data or ()}
            places = () if row.status in ENDED else tuple(_places(run, data, _open_tasks(connection, case_id)))
            return Outlook(data, places, frozenset(visits(connection, case_id)))


def _places(run: CaseRun, data: Mapping[str, Json], tasks: Mapping[int, UUID]) -> Iterator[Place]:
    handed_out = [entry for value in data.values() if isinstance(value, list) for entry in value]
    for token in tokens.tokens_of(run):
        held: Mapping[str, Any] = run.get_task_from_id(token.number).data
        entries = {name: value for name, value in held.items() if isinstance(value, dict) and value in handed_out}
        yield Place(token.element, entries, tasks.get(token.number))


def _open_tasks(connection: sa.Connection, case_id: UUID) -> Mapping[int, UUID]:
    query = sa.select(TaskRow.number, TaskRow.id).where(TaskRow.case_id == case_id, TaskRow.status == TaskStatus.OPEN)
    return {row.number: row.id for row in connection.execute(query)}


def running(resources: Resources, row: Mapping[Any, Any], connection: sa.Connection, process: str) -> Sequence[Scope]:
    """Where a process stands in a case that goes on, of which `row` holds state and release: each running that has not ended.

    Whoever asks decides what of it may be told.
    """
    run = codec.loads(row["state"], resources.release(connection, row["release"]).machine, None)
    return tokens.scopes_of(run, process)
