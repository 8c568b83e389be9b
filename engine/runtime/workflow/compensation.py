"""Compensation: completed activities are undone by their handlers, the last one first, on the data of their completion.

The library knows none of it. Here each completion leaves a mark in its scope: a task that stands by with the data as it
was then. A compensating event runs marks one after another and goes on when the last handler is done. A sub-process that
has no handler of its own is undone by undoing what was completed inside it.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import EndEvent, IntermediateThrowEvent
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.runtime.workflow.events import EventSubProcessStart
from engine.runtime.workflow.scopes import Standby, at_edge, forget_task, is_call
from engine.runtime.workflow.timers import FIRED

UNDO = "undo"  # the numbers of the marks that a compensating event still has to run, in order
UNFINISHED = TaskState.NOT_FINISHED_MASK


class Compensable(Standby, BpmnSpecMixin):  # type: ignore[misc]  # the library is untyped
    """The compensation event at the edge of an activity: stands by once for each completion."""

    apart = True

    def __init__(self, wf_spec: Any, bpmn_id: str, activity: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.activity = activity

    def remember(self, scope: Any, done: Any) -> None:
        """Leave a mark for a completed activity."""
        mark = scope.task_tree._add_child(self, TaskState.WAITING)
        mark.triggered, mark.data = True, dict(done.data)

    def test(self) -> None:
        """No flow leads here."""

    def _predict_hook(self, my_task: Any) -> None:
        """Nothing is predicted: it may never be undone."""

    def _update_hook(self, my_task: Any) -> bool:
        return False

    def _run_hook(self, my_task: Any) -> bool:
        handler = my_task._add_child(self.outputs[0], TaskState.FUTURE)
        handler.task_spec._predict(handler, mask=UNFINISHED)
        return True


class Compensate(EventDefinition):  # type: ignore[misc]  # the library is untyped
    """Undo one activity, or with none named the whole scope."""

    def __init__(self, activity: str | None) -> None:
        super().__init__()
        self.activity = activity


class Cancel(EventDefinition):  # type: ignore[misc]  # the library is untyped
    """Give a transaction up: undo it, then go on at the cancel event at its edge."""

    activity = None


class _Undoes:
    """A throwing event that may have to wait for handlers."""

    event_definition: Any

    def _run_hook(self, my_task: Any) -> bool | None:
        if not isinstance(self.event_definition, Compensate | Cancel):
            done: bool | None = super()._run_hook(my_task)  # type: ignore[misc]  # mixed into the library's specs
            return done
        if isinstance(self.event_definition, Cancel):
            _stop_others(my_task)
        marks = _marks(_scope_of(my_task), self.event_definition.activity)
        my_task.internal_data[UNDO] = [mark.id for mark in marks]
        return None


class ThrowEvent(_Undoes, IntermediateThrowEvent):  # type: ignore[misc]  # the library is untyped
    pass


class ScopeEndEvent(_Undoes, EndEvent):  # type: ignore[misc]  # the library is untyped
    pass


def carry_on(run: Any) -> int:
    """Run the next mark of each compensating event whose handler is done; gives how many moved."""
    waiting = [
        task
        for scope in run.levels()
        if not scope.completed
        for task in list(scope.tasks.values())
        if task._state == TaskState.STARTED and UNDO in task.internal_data
    ]
    return sum(_carry_on(run, task) for task in waiting if task._state == TaskState.STARTED)  # one may end another


def _carry_on(run: Any, task: Any) -> int:
    numbers = task.internal_data[UNDO]
    moved = 0
    while numbers:
        mark = next((scope.tasks[numbers[0]] for scope in run.levels() if numbers[0] in scope.tasks), None)
        if mark is not None and mark._state == TaskState.WAITING:
            mark.workflow.completed = False  # a sub-process that has ended is open again for its handlers
            mark._ready()
            return moved + 1
        below = [] if mark is None else [mark, *_below(mark)]
        if any(done._state & UNFINISHED for done in below):
            return moved
        if mark is not None:
            _close(mark, below[1:], task)
        numbers.pop(0)
        moved += 1
    _finish(task)
    return moved + 1


def _close(mark: Any, below: list[Any], task: Any) -> None:
    """Take over what the handler has changed; a sub-process that was open for it is ended again."""
    for done in sorted(below, key=lambda done: done.last_state_change):
        task.data.update({name: value for name, value in done.data.items() if mark.data.get(name) != value})
    scope = mark.workflow
    if scope.parent_task_id is not None:
        activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        others = any(other._state & UNFINISHED and not is_mark(other) for other in scope.tasks.values())
        scope.completed = bool(activity._state & TaskState.FINISHED_MASK) and not others
    scope._remove_task(mark.id)  # it is undone once


def _finish(task: Any) -> None:
    del task.internal_data[UNDO]
    if isinstance(task.task_spec.event_definition, Cancel):
        scope = task.workflow
        activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        for event in at_edge(activity):
            if isinstance(event.task_spec.event_definition, Cancel):
                event.internal_data[FIRED] = True
                event.task_spec._update(event)
                return
    task.complete()


def _below(task: Any) -> Iterator[Any]:
    for child in task.children:
        yield child
        yield from _below(child)


def _marks(scope: Any, activity: str | None) -> list[Any]:
    """The marks in a scope and in the sub-processes that were completed in it, the last completion first."""
    found: list[tuple[int, list[Any]]] = []
    for mark in scope.task_tree.children:
        if is_mark(mark) and activity in (None, mark.task_spec.activity):
            found.append((mark.last_state_change, [mark]))
    for number, inside in scope.top_workflow.subprocesses.items():
        owner = scope.tasks.get(number)
        if owner is not None and may_undo_inside(owner, inside) and activity in (None, owner.task_spec.bpmn_id):
            found.append((owner.last_state_change, _marks(inside, None)))
    return [mark for _, marks in sorted(found, key=lambda one: one[0], reverse=True) for mark in marks]


def is_mark(task: Any) -> bool:
    """Whether a task stands by to undo something."""
    return isinstance(task.task_spec, Compensable) and bool(task._state == TaskState.WAITING)


def may_undo_inside(owner: Any, inside: Any) -> bool:
    """Whether a completed sub-process is undone by undoing what it holds: it is no call and has no handler."""
    handled = {spec.activity for spec in owner.workflow.spec.task_specs.values() if isinstance(spec, Compensable)}
    done = inside.success and owner._state == TaskState.COMPLETED  # it is open again while something in it is undone
    return done and not is_call(owner) and owner.task_spec.bpmn_id not in handled


def _scope_of(task: Any) -> Any:
    """Where a compensating event undoes: its own scope, or that around the event sub-process it stands in."""
    scope = task.workflow
    while scope.parent_task_id is not None:
        handler = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        if not any(isinstance(spec, EventSubProcessStart) for spec in handler.task_spec.inputs):
            break
        scope = handler.workflow
    return scope


def _stop_others(task: Any) -> None:
    """Cancel everything in a transaction but the marks of what was completed in it."""
    for other in task.workflow.tasks.values():
        if other is not task and other._state & UNFINISHED and not is_mark(other):
            other._set_state(TaskState.CANCELLED)
            forget_task(task.workflow.top_workflow, other)
