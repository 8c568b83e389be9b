"""The scopes of a running case: who catches what is thrown inside them, and the data that their tokens have together.

A scope is one run of a process or sub-process: a workflow of the library with its own tree of tasks.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.runtime.workflow.data import uncovered
from engine.runtime.workflow.merging import brought, together

WAITING, CANCELLED = TaskState.WAITING, TaskState.CANCELLED
PREDICTED, NOT_FINISHED = TaskState.PREDICTED_MASK | TaskState.FUTURE, TaskState.NOT_FINISHED_MASK


class Standby:
    """Mixed into specs of tasks that stand by in a scope: until they are ready to run they are none of its tokens, and
    it ends in spite of them.
    """

    event_definition: Any = None
    apart = False  # what follows has data of its own, not those of the scope


def is_token(task: Any) -> bool:
    """Whether an unfinished task keeps its scope going."""
    state = task._state
    return bool(state & NOT_FINISHED) and (state == TaskState.READY or not isinstance(task.task_spec, Standby))


def catcher_of(task: Any, definition: Any) -> Any | None:
    """The nearest event that catches what a task throws: at the task's edge, in its scope, at the scope's edge, and
    so on outwards; None when nothing does. An event sub-process does not catch what it throws itself.
    """
    found = _fitting(at_edge(task), definition)
    leaving = None
    while found is None:
        scope = task.workflow
        found = _fitting(_starting(scope, leaving), definition)
        if found is not None or scope.parent_task_id is None:
            return found
        task = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        leaving = task.task_spec.name
        found = _fitting(at_edge(task), definition)
    return found


def _fitting(events: Iterable[Any], definition: Any) -> Any | None:
    """The event with the same code, else one that names no code."""
    fitting = [event for event in events if event.task_spec.event_definition == definition]
    fitting.sort(key=lambda event: event.task_spec.event_definition.code is None)
    return fitting[0] if fitting else None


def at_edge(activity: Any) -> Iterator[Any]:
    """The events that wait at the edge of an activity, or of the multi-instance that it is an instance of."""
    split = _instance_of(activity).parent
    if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
        for event in split.children:
            if isinstance(event.task_spec, BoundaryEvent) and event._state == WAITING:
                yield event


def _instance_of(activity: Any) -> Any:
    """The multi-instance or loop of which an activity is one instance; else the activity itself."""
    above = activity.parent
    is_instance = (
        above is not None
        and isinstance(above.task_spec, LoopTask)
        and above.task_spec.task_spec == activity.task_spec.name
    )
    return above if is_instance else activity


def _starting(scope: Any, leaving: str | None) -> Iterator[Any]:
    """The waiting starts of a scope's event sub-processes, but that of the one which is being left."""
    for task in scope.task_tree.children:
        if isinstance(task.task_spec, Standby) and task._state == WAITING and leaving not in _handlers(task):
            yield task


def _handlers(task: Any) -> list[str]:
    names: list[str] = task.task_spec._outputs
    return names


def current_data(scope: Any) -> dict[str, Any]:
    """What all tokens of a scope know together: where branches run side by side, what each has changed since they
    parted, the later branch over the earlier.
    """
    tasks = scope.tasks
    found: dict[Any, dict[str, Any]] = {}
    for task in reversed(list(tasks.values())):  # children come before their parents
        if isinstance(task.task_spec, Standby) and task.task_spec.apart:
            continue
        data = _of_token(task)
        below = [found[child] for child in task._children if child in found]
        if data is not None:
            found[task.id] = data
        elif len(below) == 1:
            found[task.id] = brought(task, below[0])
        elif below:
            found[task.id] = together(task.data, below)
    return dict(found.get(scope.task_tree.id, scope.task_tree.data))


def _of_token(task: Any) -> dict[str, Any] | None:
    """The data of a token that stands at a task; None when none does."""
    spec, state = task.task_spec, task._state
    came = state == WAITING or (state == CANCELLED and isinstance(spec, _EndJoin))
    if came and isinstance(spec, UnstructuredJoin):
        return dict(task.parent.data)
    if state & PREDICTED or not is_token(task) or (isinstance(spec, BoundaryEvent) and state != TaskState.READY):
        return None
    inside = task.workflow.top_workflow.subprocesses.get(task.id)
    if inside is not None and not inside.completed and not is_call(task) and _instance_of(task) is task:
        return uncovered(current_data(inside), task.data, inside.spec.local_data)
    return dict(task.data)


def is_call(task: Any) -> bool:
    """Whether a task calls a process, which has data of its own."""
    return isinstance(task.task_spec, CallActivity)


def visible_data(scope: Any) -> dict[str, Any]:
    """What a scope sees: its own data, and what has changed around it since it began, up to the call of its process."""
    own = current_data(scope)
    if scope.parent_task_id is None:
        return own
    activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
    if is_call(activity):
        return own
    entered = activity.data
    for name, value in visible_data(activity.workflow).items():
        if value != entered.get(name) and own.get(name) == entered.get(name):
            own[name] = value
    return own


def root_of(scope: Any) -> Any:
    """The run of a whole process around a scope."""
    while scope.parent_task_id is not None:
        activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        if is_call(activity):
            return scope
        scope = activity.workflow
    return scope


def cancel_scope(scope: Any) -> None:
    """Cancel every task of a scope and of the scopes inside it; it then counts as ended without success."""
    scope.success, scope.completed = False, True
    for task in scope.tasks.values():
        if task._state & NOT_FINISHED:
            task._set_state(CANCELLED)
            forget_task(scope.top_workflow, task)


def forget_task(run: Any, task: Any) -> None:
    """Nothing waits at a task any longer, nor inside it."""
    run.event_manager.remove_task(task)
    inside = run.subprocesses.get(task.id)
    if inside is not None and not inside.completed:
        cancel_scope(inside)


def cancel_others(task: Any, others: Iterable[Any]) -> None:
    """Cancel what is unfinished of some tasks and below them, but a task itself and what follows it."""
    for other in others:
        if other is not task:
            other.cancel()
