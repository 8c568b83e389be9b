"""What a case waits for, read off its state: tasks of people, timers, messages and signals, running calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition, SignalEventDefinition

from engine.runtime.workflow.machine import READY, STARTED, WAITING, CaseRun
from engine.runtime.workflow.scopes import is_token
from engine.runtime.workflow.timers import due_text

STATES = {READY: "ready", WAITING: "waiting", STARTED: "started"}


class HasProperties(Protocol):
    """An element of a diagram with our settings."""

    @property
    def properties(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Waits:
    """Everything by the number of the task in the state."""

    tasks: Mapping[int, Any]  # user tasks, as the library's objects
    timers: Mapping[int, tuple[str, str]]  # element, ISO text in UTC
    subscriptions: frozenset[tuple[int, str, str]]  # number, "message" | "signal", name
    calls: tuple[str, ...]  # running calls and sub-processes, outer before inner

    @classmethod
    def none(cls) -> "Waits":
        """What a case waits for before it begins."""
        return cls({}, {}, frozenset(), ())

    def phase(self, elements: Mapping[str, HasProperties]) -> str | None:
        """The phase of the innermost running call that names one."""
        return next(filter(None, (_phase(elements, call) for call in reversed(self.calls))), None)


def waits_of(run: CaseRun) -> Waits:
    """Take stock of a case."""
    timers: dict[int, tuple[str, str]] = {}
    subscriptions: set[tuple[int, str, str]] = set()
    for task in run.waiting():
        due = due_text(task)
        if due is not None:
            timers[task.id] = (task.task_spec.bpmn_id, due)
        subscriptions.update((task.id, kind, name) for kind, name in _awaited(task.task_spec.event_definition))
    return Waits({task.id: task for task in run.open_tasks()}, timers, frozenset(subscriptions), tuple(_calls(run)))


def phase_around(task: Any, elements: Mapping[str, HasProperties]) -> str | None:
    """The phase of the innermost call around a task that names one."""
    workflow = task.workflow
    while workflow.parent_task_id is not None:
        parent = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
        phase = _phase(elements, parent.task_spec.bpmn_id)
        if phase:
            return phase
        workflow = parent.workflow
    return None


def standing(run: CaseRun) -> Iterator[str]:
    """The ids of all elements where a token stands now."""
    for workflow in run.levels():
        if not workflow.completed:
            for task in workflow.tasks.values():
                if task._state & (READY | WAITING | STARTED) and task.task_spec.bpmn_id and is_token(task):
                    yield task.task_spec.bpmn_id


def places(run: CaseRun) -> Iterator[tuple[str, str, str]]:
    """Where tokens stand, for a comparison of cases: process or sub-process, element, state."""
    for workflow in run.levels():
        if not workflow.completed:
            for task in workflow.tasks.values():
                if task._state & (READY | WAITING | STARTED) and task.task_spec.bpmn_id and is_token(task):
                    yield workflow.spec.name, task.task_spec.bpmn_id, STATES[task._state]


def to_run(run: CaseRun) -> Iterator[str]:
    """The ids of elements that would run by themselves now."""
    for workflow in run.levels():
        if not workflow.completed:
            for task in workflow.tasks.values():
                if task._state == READY and not task.task_spec.manual:
                    yield task.task_spec.bpmn_id or task.task_spec.name


def _phase(elements: Mapping[str, HasProperties], id: str | None) -> str | None:
    element = elements.get(id) if id else None
    return element.properties.get("phase") if element is not None else None


def _calls(run: CaseRun) -> Iterator[str]:
    for parent_id, sub in run.subprocesses.items():
        if not sub.completed:
            parent = run.get_task_from_id(parent_id)
            if parent._state & (STARTED | WAITING | READY):
                yield parent.task_spec.bpmn_id


def _awaited(definition: Any) -> Iterator[tuple[str, str]]:
    for one in getattr(definition, "event_definitions", [definition]):
        if isinstance(one, MessageEventDefinition):
            yield "message", one.name
        elif isinstance(one, SignalEventDefinition):
            yield "signal", one.name
