"""Events that catch: at the edge of activities, at the start of event sub-processes, behind event gateways.

The library fires each event once, and interrupts only when the event's own branch runs. Here what interrupts does so at
once, and what does not may fire again: the waiting task stays, and another task of the same event runs beside it.
"""

from collections.abc import Callable
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.runtime.workflow.definitions import READ, STANDING, TAKEN
from engine.runtime.workflow.merging import SetsGoing
from engine.runtime.workflow.scopes import Standby, cancel_others, current_data
from engine.runtime.workflow.timers import DUE, FIRED, CycleTimer

LASTING = (DUE, STANDING)  # what a waiting event still knows after it has fired


class _Handled(SetsGoing, CatchingEvent):  # type: ignore[misc]  # the library is untyped
    """An event that interrupts what it belongs to, or fires beside it as often as it happens."""

    interrupting: bool
    _interrupted: Callable[[Any], list[Any]]  # what an interrupting one cancels

    def _update_hook(self, my_task: Any) -> Any:
        fired = super()._update_hook(my_task)
        if fired and self._stays(my_task):
            self.fire_beside(my_task)
            my_task._set_state(TaskState.WAITING)  # it may have fired as soon as it came
            my_task.workflow.top_workflow.event_manager.add_task(my_task)
            return None
        if fired:
            self._set_out(my_task)
        return fired

    def own_names(self) -> frozenset[str]:
        message = getattr(self.event_definition, "message_var", None)
        filled = (carried.name for carried in self.data_output_associations)
        return frozenset(name for name in (message, *filled) if name)

    def fire_beside(self, my_task: Any) -> None:
        """Let another task of this event run, and wait on."""
        beside = my_task.parent._add_child(self, TaskState.FUTURE)
        beside.triggered = True
        beside.data = dict(my_task.data)
        beside.internal_data = {**my_task.internal_data, FIRED: True}
        my_task.internal_data = {name: value for name, value in my_task.internal_data.items() if name in LASTING}
        self._set_out(beside)
        beside._ready()

    def _stays(self, my_task: Any) -> bool:
        return not (self.interrupting or my_task.triggered or isinstance(self.event_definition, TimerEventDefinition))

    def _set_out(self, my_task: Any) -> None:
        """Give the token that goes on its data."""

    def _on_ready_hook(self, my_task: Any) -> None:
        super()._on_ready_hook(my_task)
        if self.interrupting:
            cancel_others(my_task, self._interrupted(my_task))

    def _run_hook(self, my_task: Any) -> Any:
        done = super()._run_hook(my_task)
        if my_task.triggered:
            self._go_on(my_task)
        return done

    def _go_on(self, my_task: Any) -> None:
        for output in self.outputs:
            if not isinstance(output, BoundaryEventJoin):
                child = my_task._add_child(output, TaskState.FUTURE)
                child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)


class EdgeEvent(_Handled, BoundaryEvent):  # type: ignore[misc]  # the library is untyped
    """An event at the edge of an activity."""

    @property
    def interrupting(self) -> bool:  # type: ignore[override]  # the library has the setting under another name
        return bool(self.cancel_activity)

    def _predict_hook(self, my_task: Any) -> None:
        if not self._stays(my_task):
            super()._predict_hook(my_task)

    def _interrupted(self, my_task: Any) -> list[Any]:
        """The activity and the other events at its edge; not what these have set going."""
        return [task for task in my_task.parent.children if task._state & TaskState.NOT_FINISHED_MASK]


class EventSubProcessStart(Standby, _Handled, BpmnSpecMixin):  # type: ignore[misc]  # the library is untyped
    """The start of an event sub-process, waiting in the scope that the sub-process belongs to."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Any, interrupting: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=event_definition, **kwargs)
        self.interrupting = interrupting

    def _predict_hook(self, my_task: Any) -> None:
        """Nothing is predicted: it may never fire."""

    def _set_out(self, my_task: Any) -> None:
        my_task.data = current_data(my_task.workflow)

    def _interrupted(self, my_task: Any) -> list[Any]:
        """Everything else in the scope, but what stands ready to undo it."""
        return [
            task
            for task in my_task.parent.children
            if isinstance(task.task_spec, EventSubProcessStart)
            or not isinstance(task.task_spec, Standby)
            or task._state == TaskState.COMPLETED
        ]

    def _run_hook(self, my_task: Any) -> Any:
        done = super()._run_hook(my_task)
        if not (
            my_task.triggered or isinstance(self.event_definition, CycleTimer)
        ):  # that of a cycle has had its beats
            self._go_on(my_task)
        return done


class EventGateway(EventBasedGateway):  # type: ignore[misc]  # the library is untyped
    """Waits for the first of several events and goes on behind that one alone."""

    def _run_hook(self, my_task: Any) -> bool:
        position, payload = my_task.internal_data[TAKEN]
        definition = self.event_definition.event_definitions[position]
        my_task.internal_data = {READ: payload}
        definition.catch(my_task, BpmnEvent(definition, payload=payload))
        definition.update_task_data(my_task)
        my_task.internal_data = {}
        my_task._sync_children([self.outputs[position]], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True
