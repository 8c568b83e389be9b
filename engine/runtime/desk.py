"""Working off one's tasks: which kinds wait, and what comes next after one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.definitions import TASKS
from engine.runtime.inbox import IS_OPEN, TASKS_OF_CASES, box_of, to_task
from engine.runtime.models import TaskDefinitionRow, TaskRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, Task

_ALIKE = sa.case((TaskDefinitionRow.element == sa.bindparam("element"), 1), else_=0)
_CHOSEN = (  # ids alone are put in order: a person may have hundreds of tasks, each with a draft
    sa.select(TaskRow.id, sa.func.sum(_ALIKE).over().label("alike"))
    .select_from(TASKS)
    .where(TaskRow.assignee == sa.bindparam("person"), IS_OPEN, TaskRow.id != sa.bindparam("task"))
    .order_by(_ALIKE.desc(), TaskRow.due_at.asc().nulls_last(), TaskRow.opened_at, TaskRow.id)
    .limit(1)
    .subquery()
)
FOLLOWING = TASKS_OF_CASES.add_columns(_CHOSEN.c.alike).join(_CHOSEN, _CHOSEN.c.id == TaskRow.id)


@dataclass(frozen=True)
class Kind:
    """Tasks of one element that wait for a person."""

    element: str
    name: str
    name_en: str
    count: int


@dataclass(frozen=True)
class Following:
    """What to do after a task: one of the same element where any waits, else the most urgent."""

    task: Task
    alike: int  # how many of the same element wait, `task` among them


class Desk:
    """Reads of one's own open tasks."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def kinds(self, *, by: Actor, box: str = "open") -> Sequence[Kind]:
        """What waits in a box by element, the most urgent kind first."""
        names = (sa.func.max(TaskDefinitionRow.name), sa.func.max(TaskDefinitionRow.name_en))  # releases may differ
        what = (TaskDefinitionRow.element, *names, sa.func.count())
        query = TASKS_OF_CASES.with_only_columns(*what).where(box_of(box, by)).group_by(TaskDefinitionRow.element)
        order = (sa.func.min(TaskRow.due_at).asc().nulls_last(), TaskDefinitionRow.element)
        with self._resources.reading() as connection:
            return [Kind(*row) for row in connection.execute(query.order_by(*order))]

    def following(self, task: UUID, element: str, *, by: Actor) -> Following | None:
        """What the actor may go on with instead of, or after, a task; None: nothing else waits."""
        named = {"person": by.person, "task": task, "element": element}
        with self._resources.reading() as connection:
            row = connection.execute(FOLLOWING, named).mappings().first()
        return Following(to_task(row), row["alike"]) if row is not None else None
