"""Lists of tasks: a person's boxes, how much waits in them, and tasks as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.errors import NotFound
from engine.runtime.access import about
from engine.runtime.definitions import ALL_OF_TASK, TASKS
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, CaseStatus, Page, Task, TaskStatus

TASK_COLUMNS = (
    *ALL_OF_TASK,
    CaseRow.subject,
    CaseRow.subject_name,
    CaseRow.title,
    CaseRow.zone,
    CaseRow.status.label("case_status"),
)
TASKS_OF_CASES = sa.select(*TASK_COLUMNS).select_from(TASKS).join(CaseRow, CaseRow.id == TaskRow.case_id)
WEEK = timedelta(days=7)
IS_OPEN = TaskRow.status == sa.literal_column(f"'{TaskStatus.OPEN}'")
IS_DONE = TaskRow.status == sa.literal_column(f"'{TaskStatus.COMPLETED}'")

_NOW, _SOON = sa.bindparam("now", type_=TaskRow.due_at.type), sa.bindparam("soon", type_=TaskRow.due_at.type)
MINE = sa.select(  # a person's open tasks: all, late, due soon; built once, because every page asks
    sa.func.count(),
    sa.func.count().filter(TaskRow.due_at < _NOW),
    sa.func.count().filter(TaskRow.due_at >= _NOW, TaskRow.due_at < _SOON),
).where(TaskRow.assignee == sa.bindparam("person"), IS_OPEN)

OPEN_OF = sa.select(sa.func.count()).where(TaskRow.assignee == sa.bindparam("person"), IS_OPEN)


@dataclass(frozen=True)
class Wanted:
    """Which tasks a list shows: of a box, matching a search and of one element, where these are not empty."""

    box: str
    search: str
    element: str
    limit: int
    offset: int


def listed(resources: Resources, connection: sa.Connection, wanted: Wanted, *, by: Actor) -> Page[Task]:
    """One person's tasks: "open" (mine), "team" (unclaimed, of my groups) or "done" (mine, newest first)."""
    conditions, search = [box_of(wanted.box, by)], wanted.search.strip()
    if wanted.element:
        conditions.append(TaskDefinitionRow.element == wanted.element)
    if search:
        conditions.append(
            sa.or_(TaskDefinitionRow.name.ilike(f"%{search}%"), *about(resources.directory, connection, search))
        )
    query = TASKS_OF_CASES.where(*conditions)
    urgency = (TaskRow.due_at.asc().nulls_last(), TaskRow.opened_at)
    order = (TaskRow.closed_at.desc(),) if wanted.box == "done" else urgency
    page = query.order_by(*order, TaskRow.id).limit(wanted.limit).offset(wanted.offset)
    rows = connection.execute(page).mappings()
    total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    return Page([to_task(row) for row in rows], total, wanted.offset, wanted.limit)


def counts(connection: sa.Connection, *, by: Actor, now: datetime) -> Mapping[str, int]:
    """How many tasks wait: "open", of these "late" and due within the "week"; "team" for the groups."""
    mine = connection.execute(MINE, {"person": by.person, "now": now, "soon": now + WEEK}).one()
    team = sa.select(sa.func.count()).select_from(TaskRow).join(CaseRow, CaseRow.id == TaskRow.case_id)
    waiting = connection.scalar(team.where(box_of("team", by))) if by.groups else 0
    return dict(zip(("open", "late", "week", "team"), (*mine, waiting or 0), strict=True))


def box_of(box: str, by: Actor) -> sa.ColumnElement[bool]:
    """The tasks of a box; statuses are said literally, else SQLite does not see that the box's index holds them all."""
    if box == "open":
        return sa.and_(TaskRow.assignee == by.person, IS_OPEN)
    if box == "team":
        return sa.and_(
            TaskRow.assignee.is_(None), TaskRow.pool.in_(sorted(by.groups)), IS_OPEN, CaseRow.subject != by.person
        )
    if box == "done":
        return sa.and_(TaskRow.closed_by == by.person, IS_DONE)
    raise NotFound(f"Kotak {box} tidak ada.")


def to_task(row: Mapping[Any, Any]) -> Task:
    """The value that goes out."""
    return Task(
        id=row["id"],
        case_id=row["case_id"],
        element=row["element"],
        name=row["name"],
        name_en=row["name_en"],
        form=row["form"],
        performer=row["performer"],
        assignee=row["assignee"],
        group=row["pool"],
        status=TaskStatus(row["status"]),
        revision=row["revision"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
        has_draft=row["draft"] is not None,
        returned=row["note"] is not None,
        subject=row["subject"],
        subject_name=row["subject_name"],
        case_title=row["title"],
        phase=row["phase"],
        on_behalf_of=row["on_behalf_of"],
        case_status=CaseStatus(row["case_status"]),
        zone=row["zone"],
    )
