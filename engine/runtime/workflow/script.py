"""What the library takes for its script engine: every text of a diagram is FEEL, none is Python."""

from collections.abc import Mapping
from typing import Any, Protocol

from engine.db import is_retryable
from engine.errors import StepFailed
from engine.feel import Environment, compile_expression, compile_moment, compile_script, to_json
from engine.runtime.services import BpmnError
from engine.runtime.values import Json


class Host(Protocol):
    """What a step gives to the script engine."""

    def call_service(
        self, name: str, arguments: Mapping[str, Json], data: Mapping[str, Json], element: str
    ) -> Json: ...

    def decide(self, decision: str, context: Mapping[str, Json], element: str) -> Json: ...


class Script:
    """Evaluates the texts of one case's diagrams during one step, at one moment."""

    def __init__(self, environment: Environment, host: Host) -> None:
        self.environment_of_feel = environment
        self.functions = frozenset(environment.functions)
        self.now, self.zone = environment.now, environment.zone
        self.now_text = environment.now.isoformat()
        self.host = host

    @property
    def environment(self) -> "Script":
        """The library evaluates message correlations through its environment."""
        return self

    def value(self, task: Any, text: str) -> object:
        """The FEEL value of a timer's or a due date's text; bare ISO texts mean themselves."""
        return self.guarded(
            task, lambda: compile_moment(text, self.functions).evaluate(task.data, self.environment_of_feel)
        )

    def evaluate(self, task: Any, text: str, external_context: Mapping[str, Any] | None = None) -> Json:
        """The JSON value of an expression; a condition holds only when it is `true`, null does not."""
        data = {**external_context, **task.data} if external_context else task.data

        def work() -> Json:
            value = compile_expression(text, self.functions).evaluate(data, self.environment_of_feel)
            return value if value is None or isinstance(value, bool) else to_json(value)

        return self.guarded(task, work)

    def holds(self, task: Any, text: str, data: Mapping[str, Any]) -> tuple[bool, frozenset[str]]:
        """Whether a condition is `true` on some data, and the names that it reads."""

        def work() -> tuple[bool, frozenset[str]]:
            condition = compile_expression(text, self.functions)
            return condition.evaluate(data, self.environment_of_feel) is True, frozenset(condition.names)

        holds, names = self.guarded(task, work)
        return holds, names

    def execute(self, task: Any, text: str, external_context: Mapping[str, Any] | None = None) -> bool:
        """Put the entries of a script task's context into the case data."""

        def work() -> dict[str, Json]:
            entries = compile_script(text, self.functions).evaluate(task.data, self.environment_of_feel)
            return dict(to_json(entries))

        task.data = {**task.data, **self.guarded(task, work)}
        return True

    def call(self, task: Any, operation: str, arguments: Mapping[str, Json]) -> Json:
        """Run a registered service inside the step."""
        return self.guarded(
            task, lambda: self.host.call_service(operation, arguments, task.data, task.task_spec.bpmn_id)
        )

    def decide(self, task: Any, decision: str, inputs: str | None) -> Json:
        """Ask a decision of the release; which rules hit is kept for the history."""

        def work() -> Json:
            context = task.data
            if inputs:
                given = compile_expression(inputs, self.functions).evaluate(context, self.environment_of_feel)
                context = {**context, **to_json(given)}
            return self.host.decide(decision, context, task.task_spec.bpmn_id)

        return self.guarded(task, work)

    @staticmethod
    def guarded(task: Any, work: Any) -> Any:
        """Run a piece of a diagram; whatever fails names the element where it stood."""
        try:
            return work()
        except (BpmnError, StepFailed):
            raise
        except Exception as error:  # a diagram or a service may fail in any way; only its own case stops
            if is_retryable(error):
                raise
            spec = task.task_spec
            element = spec.bpmn_id or spec.name
            raise StepFailed(element, spec.bpmn_name or element, f"{error}") from error
