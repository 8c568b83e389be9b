"""A script engine that notes what a run has asked for: names of the case data, services and their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.feel import Environment, Expression, compile_expression, compile_moment, compile_script
from engine.runtime.values import Json
from engine.runtime.workflow.script import Host, Script


@dataclass(frozen=True)
class Asked:
    """A service that a run has called; two are equal when they ask the same."""

    name: str
    arguments: Mapping[str, Json]
    element: str
    data: Mapping[str, Json] = field(compare=False)  # the case data where it was called


@dataclass(frozen=True)
class Answer:
    """What a service gave, or how it failed."""

    value: Json = None
    error: Exception | None = None

    def give(self) -> Json:
        if self.error is not None:
            raise self.error
        return self.value


class Tracing(Script):
    """Answers services from those that were asked beforehand, as far as they go, and the host after them.

    With `only`, the host is never asked: what has not been answered beforehand is an error.
    """

    def __init__(
        self, environment: Environment, host: Host, before: Sequence[tuple[Asked, Answer]] = (), *, only: bool = False
    ) -> None:
        super().__init__(environment, host)
        self.names: set[str] = set()
        self.calls: list[tuple[Asked, Answer]] = []
        self.decided = False  # whether the diagram itself has asked a decision: that reads the whole case data
        self._before, self._only = before, only

    def asked(self) -> list[Asked]:
        """The services that were called, in order."""
        return [asked for asked, _ in self.calls]

    def value(self, task: Any, text: str) -> object:
        self._note(task, compile_moment, text)
        return super().value(task, text)

    def evaluate(self, task: Any, text: str, external_context: Mapping[str, Any] | None = None) -> Json:
        self._note(task, compile_expression, text)
        return super().evaluate(task, text, external_context)

    def holds(self, task: Any, text: str, data: Mapping[str, Any]) -> tuple[bool, frozenset[str]]:
        self._note(task, compile_expression, text)
        return super().holds(task, text, data)

    def execute(self, task: Any, text: str, external_context: Mapping[str, Any] | None = None) -> bool:
        self._note(task, compile_script, text)
        return super().execute(task, text, external_context)

    def decide(self, task: Any, decision: str, inputs: str | None) -> Json:
        self.decided = True
        return super().decide(task, decision, inputs)

    def call(self, task: Any, operation: str, arguments: Mapping[str, Json]) -> Json:
        asked = Asked(operation, dict(arguments), task.task_spec.bpmn_id, dict(task.data))
        self.calls.append((asked, self._answer(asked)))
        return self.guarded(task, self.calls[-1][1].give)

    def _answer(self, asked: Asked) -> Answer:
        number = len(self.calls)
        if number < len(self._before) and self._before[number][0] == asked:
            return self._before[number][1]
        if self._only:
            raise LookupError(asked.name)
        return ask(self.host, asked, asked.data)

    def _note(self, task: Any, compiled: Any, text: str) -> None:
        expression: Expression = self.guarded(task, lambda: compiled(text, self.functions))
        self.names |= expression.names | expression.possible


def ask(host: Host, asked: Asked, data: Mapping[str, Json]) -> Answer:
    """Call a service; how it fails is an answer too, for whoever is told of it."""
    try:
        return Answer(host.call_service(asked.name, asked.arguments, data, asked.element))
    except Exception as error:  # given again where the diagram calls
        return Answer(error=error)
