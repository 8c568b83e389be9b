"""Plays a move on all live cases, and writes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.definitions import WHOLE_TASKS
from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.moves.planning import prepare
from engine.runtime.moves.values import Choices, Fate, Group, Plan
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.values import LIVE, TaskStatus

SLICE = 200  # cases whose rows are read at once
SAMPLE = 5  # names that stand for a group
CASE_COLUMNS = [column for column in CaseRow.__table__.c if column.name != "head"]
Progress = Callable[[int, int], None]  # how many of how many


def live_cases(connection: sa.Connection, but: int | None) -> Sequence[UUID]:
    """The cases that could move, except those that live on a release already."""
    query = sa.select(CaseRow.id).where(CaseRow.status.in_(LIVE)).order_by(CaseRow.id)
    return connection.scalars(query if but is None else query.where(CaseRow.release != but)).all()


def plans(
    resources: Resources,
    connection: sa.Connection,
    cases: Sequence[UUID],
    to: LoadedRelease,
    choices: Choices,
) -> Iterator[Plan]:
    """What a move would do to each of these cases, as they stand now; cases that have ended are left out."""
    now = resources.clock.now()
    for first in range(0, len(cases), SLICE):
        ids = cases[first : first + SLICE]
        rows = connection.execute(
            sa.select(*CASE_COLUMNS).where(CaseRow.id.in_(ids), CaseRow.status.in_(LIVE)).order_by(CaseRow.id)
        ).mappings()
        tasks = _open_tasks(connection, ids)
        for case in rows.all():
            old = resources.release(connection, case["release"])
            yield prepare(resources, connection, dict(case), tasks.get(case["id"], ()), old, to, choices, now).plan


def groups(plans: Sequence[Plan], releases: Mapping[int, LoadedRelease]) -> Sequence[Group]:
    """The plans by where their cases stand, the most cases first."""
    found: dict[tuple[Any, ...], list[Plan]] = {}
    for plan in plans:
        found.setdefault((plan.from_release, plan.parked, plan.marking), []).append(plan)
    made = [_group(some, releases.get(some[0].from_release)) for some in found.values()]
    return sorted(made, key=lambda group: (-group.count, group.from_release, group.marking))


def _group(plans: Sequence[Plan], release: LoadedRelease | None) -> Group:
    first = plans[0]
    elements = release.elements if release is not None else {}
    inner = [place for place in first.marking if place[2] != "started"] or first.marking
    return Group(
        first.from_release,
        first.parked,
        first.marking,
        tuple(elements[id].label if id in elements else id for _, id, _ in inner),
        len(plans),
        {fate: count for fate in Fate if (count := sum(plan.fate is fate for plan in plans))},
        Counter(what for plan in plans for what in {effect.what for effect in plan.effects}),
        tuple(dict.fromkeys(blocked.sentence for plan in plans for blocked in plan.blocked)),
        tuple(sorted(plan.subject_name for plan in plans)[:SAMPLE]),
    )


def _open_tasks(connection: sa.Connection, ids: Sequence[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    rows = connection.execute(WHOLE_TASKS.where(TaskRow.case_id.in_(ids), TaskRow.status == TaskStatus.OPEN)).mappings()
    found: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(dict(row))
    return found
