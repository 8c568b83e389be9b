"""What events throw and catch, where the library ignores scopes and codes or throws nothing."""

from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.spiff.specs.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
)

from engine.errors import StepFailed
from engine.runtime.workflow.scopes import catcher_of, current_data, visible_data
from engine.runtime.workflow.timers import DUES, FIRED

STANDING = "standing"  # whether a condition held when it was last looked at
READ = "read"  # what a condition that fired has read
TAKEN = "taken"  # position and payload of the event that an event gateway has taken


class Terminate(TerminateEventDefinition):  # type: ignore[misc]  # the library is untyped
    """Ends its scope, which keeps what all its tokens know; the end event itself does it, nothing is thrown."""

    def throw(self, my_task: Any) -> None:
        my_task.data = current_data(my_task.workflow)


class _Coded:
    """Caught by the nearest event with its code, or with none."""

    code: str | None
    name: str | None

    def catch(self, my_task: Any, event: Any = None) -> None:
        my_task.internal_data[FIRED] = True

    def update_task_data(self, my_task: Any) -> None:
        pass

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(FIRED, None)

    def find(self, my_task: Any) -> bool:
        """Give it to who catches it; whether somebody does."""
        catcher = catcher_of(my_task, self)
        if catcher is None:
            return False
        catcher.task_spec.catch(catcher, BpmnEvent(self))
        catcher.task_spec._update(catcher)
        return True


class Error(_Coded, ErrorEventDefinition):  # type: ignore[misc]  # the library is untyped
    """An error: what nobody catches stops the case."""

    def throw(self, my_task: Any) -> None:
        """Raises StepFailed, with the element and the code, when nobody catches the error."""
        if not self.find(my_task):
            spec = my_task.task_spec
            cause = f"kesalahan {self.code or self.name} tidak ditangkap diagram"
            raise StepFailed(spec.bpmn_id, spec.bpmn_name or spec.bpmn_id, cause)


class Escalation(_Coded, EscalationEventDefinition):  # type: ignore[misc]  # the library is untyped
    """An escalation: what nobody catches is of no consequence."""

    def throw(self, my_task: Any) -> None:
        self.find(my_task)


class Message(MessageEventDefinition):  # type: ignore[misc]  # the library is untyped
    """A message: caught by its name, and where a correlation is given only if that holds for `message`, its payload."""

    correlation: str | None = None

    def catches(self, my_task: Any, event: Any) -> bool:
        thrown = event.event_definition
        if not isinstance(thrown, MessageEventDefinition) or thrown.name != self.name:
            return False
        if self.correlation is None:
            return True
        payload = {"message": event.payload}
        return my_task.workflow.script_engine.evaluate(my_task, self.correlation, payload) is True


class Condition(ConditionalEventDefinition):  # type: ignore[misc]  # the library is untyped
    """Fires when its condition becomes true: looked at on arrival, and again whenever data that it sees changes.

    One that may fire again does so only after the condition was false in between.
    """

    def has_fired(self, my_task: Any) -> bool:
        if STANDING not in my_task.internal_data:
            self.look(my_task)
        return bool(my_task.internal_data.get(FIRED, False))

    def look(self, my_task: Any) -> None:
        """Evaluate the condition on the data that the scope sees; the token that goes on takes over what it read."""
        data, script = visible_data(my_task.workflow), my_task.workflow.script_engine
        holds, names = script.holds(my_task, self.expression, data)
        if holds and not my_task.internal_data.get(STANDING, False):
            my_task.internal_data[FIRED] = True
            my_task.internal_data[READ] = {name: data[name] for name in names if name in data}
        my_task.internal_data[STANDING] = holds

    def update_task_data(self, my_task: Any) -> None:
        my_task.data.update(my_task.internal_data.pop(READ, {}))

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(FIRED, None)


class FirstOf(MultipleEventDefinition):  # type: ignore[misc]  # the library is untyped
    """The events behind an event-based gateway, each with its own moment; the first that comes is taken."""

    def has_fired(self, my_task: Any) -> bool:
        internal = my_task.internal_data
        if DUES not in internal:
            internal[DUES] = {
                str(position): timer.reckon(my_task) for position, timer in self._all(TimerEventDefinition)
            }
            self.look(my_task)
        due = sorted((moment, int(position)) for position, moment in internal[DUES].items())
        if TAKEN not in internal and due and due[0][0] <= my_task.workflow.script_engine.now_text:
            internal[TAKEN] = [due[0][1], None]
        return TAKEN in internal

    def look(self, my_task: Any) -> None:
        """Take the first condition that holds."""
        data, script = visible_data(my_task.workflow), my_task.workflow.script_engine
        for position, condition in self._all(Condition):
            holds, names = script.holds(my_task, condition.expression, data)
            if holds and TAKEN not in my_task.internal_data:
                my_task.internal_data[TAKEN] = [position, {name: data[name] for name in names if name in data}]

    def catch(self, my_task: Any, event: Any = None) -> None:
        for position, definition in enumerate(self.event_definitions):
            if TAKEN not in my_task.internal_data and definition.catches(my_task, event):
                my_task.internal_data[TAKEN] = [position, event.payload]

    def reset(self, my_task: Any) -> None:
        my_task.internal_data = {}

    def _all(self, kind: type) -> list[tuple[int, Any]]:
        return [(position, one) for position, one in enumerate(self.event_definitions) if isinstance(one, kind)]


def watches_data(definition: Any) -> bool:
    """Whether an event may fire because data changes."""
    return any(isinstance(one, Condition) for one in getattr(definition, "event_definitions", [definition]))
