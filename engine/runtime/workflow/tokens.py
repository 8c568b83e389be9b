"""Tokens by hand: where they stand, taken away, set down elsewhere. The pruned tree has no past: set down anew, never rewound."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.util.task import TaskState

from engine.runtime.values import Json
from engine.runtime.workflow.machine import READY, STARTED, WAITING, CaseRun
from engine.runtime.workflow.names import EDGE_SPLIT
from engine.runtime.workflow.timers import DUE, due_text

STANDING = READY | WAITING | STARTED


@dataclass(frozen=True)
class Token:
    """One token of a case: the number of its task, its element, and the process or sub-process that it stands in."""

    number: int
    element: str
    scope: str
    came_from: str | None  # the element before, of a token that has arrived at a join
    level: int | None  # the number of the call around it; None: the case's own process


def tokens_of(run: CaseRun) -> Sequence[Token]:
    """Every token that can be moved or counts for a join, outer levels first; of several instances, their activity."""
    return [
        Token(task.id, task.task_spec.bpmn_id, workflow.spec.name, _arrived_from(task), _level(workflow))
        for workflow in run.levels()
        if not workflow.completed
        for task in workflow.tasks.values()
        if _is_token(workflow, task)
    ]


@dataclass(frozen=True)
class Scope:
    """A process that runs in a case: the number of the call around it (None: the case's own), its elements with tokens, its data."""

    level: int | None
    standing: frozenset[str]
    data: Mapping[str, Json]


def scopes_of(run: CaseRun, process: str) -> Sequence[Scope]:
    """Each running of a process that has not ended; several where a loop calls it."""
    return [
        Scope(
            _level(workflow),
            frozenset(task.task_spec.bpmn_id for task in workflow.tasks.values() if _is_token(workflow, task)),
            _gathered(run, workflow),
        )
        for workflow in run.levels()
        if not workflow.completed and workflow.spec.name == process
    ]


def withdraw(run: CaseRun, number: int) -> tuple[Any, dict[str, Json]]:
    """Take a token away with everything inside it; gives the task to hang another one under, and its newest data.

    What a boundary event of it that does not interrupt has begun goes on.
    """
    task = run.get_task_from_id(number)
    workflow, data = task.workflow, newest_data(run, task)
    _drop_inside(run, task)
    above = task.parent
    if not isinstance(above.task_spec, BoundaryEventSplit):
        workflow._remove_task(task.id)
        anchor = above
    else:
        anchor = above.parent
        _close_split(workflow, above, task)
    _forget_waiting(run)
    return anchor, data


def set_down(run: CaseRun, anchor: Any, element: str, inner: Sequence[str], data: Mapping[str, Json]) -> None:
    """Set a token down at an element under `anchor`, and from there in each called process at the next of `inner`."""
    anchor.data = dict(data)
    task = _enter(anchor, element)
    for next_element in inner:
        sub = run.subprocesses[task.id]
        root = sub.task_tree
        root._drop_children(force=True)
        root.data = dict(data)
        task = _enter(root, next_element)


def begin_at(run: CaseRun, element: str, inner: Sequence[str], data: Mapping[str, Json]) -> None:
    """Begin a new run of a process at an element rather than at its start."""
    root = run.task_tree
    root._set_state(TaskState.COMPLETED)
    root._drop_children(force=True)
    set_down(run, root, element, inner, data)


def newest_data(run: CaseRun, task: Any) -> dict[str, Json]:
    """The data of a token; of a call or sub-process, what has been gathered inside it."""
    sub = run.subprocesses.get(task.id)
    if sub is None or sub.completed:
        return dict(task.data)
    return max([dict(task.data), _gathered(run, sub)], key=len)


def _gathered(run: CaseRun, workflow: Any) -> dict[str, Json]:
    """The data that the tokens of one level have; of the place that holds the most."""
    inside = [newest_data(run, each) for each in workflow.tasks.values() if _is_token(workflow, each)]
    return max(inside, key=len, default={})


def last_data(run: CaseRun) -> dict[str, Json]:
    """The data with which a case ended, or which it has where it stands."""
    standing = [newest_data(run, task) for task in run.tasks.values() if task._state & STANDING]
    ended = [dict(run.data), *(dict(task.data) for task in run.tasks.values() if task._state & TaskState.FINISHED_MASK)]
    return max(standing or ended, key=len)


def all_data(run: CaseRun) -> dict[str, Json]:
    """What a case has at all places where it stands; where they differ, the place that holds the most counts."""
    standing = [newest_data(run, task) for task in run.tasks.values() if task._state & STANDING]
    found: dict[str, Json] = {}
    for data in sorted(standing or [last_data(run)], key=len):
        found |= data
    return found


def patch_data(run: CaseRun, patch: Mapping[str, Json]) -> None:
    """Give keys new values wherever a token stands or the case still remembers data."""
    for workflow in run.levels():
        for task in workflow.tasks.values():
            if task.data or task._state & STANDING:
                task.data = {**task.data, **patch}


def replace_items(run: CaseRun, items: Sequence[tuple[Json, Json]]) -> None:
    """Give copies of list entries, as a loop hands them out, the entries' new values."""
    for workflow in run.levels():
        for task in workflow.tasks.values():
            found = {key: new for key, value in task.data.items() for old, new in items if value == old}
            if found:
                task.data = {**task.data, **found}


def move_timer(task: Any, due: str) -> None:
    """Let an armed timer fire at another moment (ISO text in UTC); of a cycle, its next beat and those after it."""
    entry = task.internal_data[DUE]
    task.internal_data[DUE] = {**entry, "next": due, "from": [due, 0]} if isinstance(entry, dict) else due


def armed_until(run: CaseRun, number: int) -> str | None:
    """When a waiting timer is due, as ISO text in UTC; None for a token that is none."""
    return due_text(run.get_task_from_id(number))


def _is_token(workflow: Any, task: Any) -> bool:
    spec, parent = task.task_spec, task.parent
    return bool(
        task._state & STANDING
        and spec.bpmn_id
        and parent is not None
        and not task.triggered
        and not isinstance(spec, BoundaryEvent)
        and not isinstance(parent.task_spec, LoopTask)
    )


def _arrived_from(task: Any) -> str | None:
    if not isinstance(task.task_spec, ParallelGateway | InclusiveGateway):
        return None
    came_from: str | None = task.parent.task_spec.bpmn_id
    return came_from


def _close_split(workflow: Any, split: Any, task: Any) -> None:
    """Take away an activity with the boundary events that wait beside it."""
    if not any(sibling._state & TaskState.FINISHED_MASK for sibling in split.children if sibling is not task):
        workflow._remove_task(split.id)
        return
    for sibling in split.children:
        if sibling._state & TaskState.NOT_FINISHED_MASK:
            sibling.cancel()
    for join in [below for sibling in split.children for below in sibling.children]:
        if isinstance(join.task_spec, BoundaryEventJoin) and join._state & TaskState.NOT_FINISHED_MASK:
            join.task_spec._update(join)  # nothing is left for it to wait for


def _level(workflow: Any) -> int | None:
    level: int | None = getattr(workflow, "parent_task_id", None)
    return level


def _enter(anchor: Any, element: str) -> Any:
    """Hang a token for an element under a task; gives the element's own task."""
    specs = anchor.workflow.spec.task_specs
    entry = specs.get(f"{element}{EDGE_SPLIT}") or specs[element]
    child = anchor._add_child(entry, TaskState.FUTURE)
    entry._predict(child, mask=TaskState.NOT_FINISHED_MASK)
    entry._update(child)
    if isinstance(entry, BoundaryEventSplit):
        child.run()
        return next(each for each in child.children if each.task_spec.name == element)
    return child


def _drop_inside(run: CaseRun, task: Any) -> None:
    """Forget the processes that run inside a task and below it."""
    for below in _subtree(task):
        sub = run.subprocesses.pop(below.id, None)
        if sub is not None:
            _drop_inside(run, sub.task_tree)


def _forget_waiting(run: CaseRun) -> None:
    """Wait no more for events of tasks that are gone."""
    levels, waiting = run.levels(), run.event_manager.tasks
    for number, task in list(waiting.items()):
        if task.workflow not in levels or task.workflow.tasks.get(number) is not task or task._state != WAITING:
            del waiting[number]


def _subtree(task: Any) -> Iterator[Any]:
    stack = [task]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(here.children)
