"""Parsed, shared, never changed specs of one release, and the flat runner of a case on them.

The library walks its task tree for everything; a case of a year has hundreds of tasks and a step
touches ten. Here all scans are flat, and what can no longer influence the future is forgotten:
history has it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, EventSplit, SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition, SignalEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.runtime.bpmn import grouped
from engine.runtime.bpmn_reader import read
from engine.runtime.workflow import patches
from engine.runtime.workflow.ahead import forget_ahead
from engine.runtime.workflow.compensation import (
    Cancel,
    Compensable,
    Compensate,
    carry_on,
    is_mark,
    may_undo_inside,
)
from engine.runtime.workflow.definitions import watches_data
from engine.runtime.workflow.gateways import CountingJoin, forget_joined
from engine.runtime.workflow.implicit import SPLIT
from engine.runtime.workflow.loops import forget_rounds
from engine.runtime.workflow.merging import is_set_going
from engine.runtime.workflow.rewriting import rewritten
from engine.runtime.workflow.scopes import Standby, cancel_scope, forget_task, is_token, root_of
from engine.runtime.workflow.specs import Parser

patches.apply()

READY, WAITING, STARTED, COMPLETED = TaskState.READY, TaskState.WAITING, TaskState.STARTED, TaskState.COMPLETED
FINISHED, NOT_FINISHED = TaskState.FINISHED_MASK, TaskState.NOT_FINISHED_MASK
LANDMARKS = (Join, EventSplit, BoundaryEvent)  # never spliced out of the tree
MAX_TASKS_PER_STEP = 1_000  # a loop without a wait ends as an incident


class EndlessStep(Exception):
    """A step ran more tasks than any sensible diagram needs."""


@dataclass(frozen=True)
class Machine:
    """All processes of one release, parsed once and shared by every case that lives on it."""

    specs: Mapping[str, Any]  # process id -> spec
    sub_specs: Mapping[str, Any]  # called and embedded processes by name
    watches: bool  # whether a condition waits for data somewhere
    compensates: bool  # whether something may be undone
    begun_by: Mapping[str, tuple[tuple[str, str], ...]]  # message -> the processes that it begins, with the start event
    caught: frozenset[str]  # messages that a running case may wait for
    ghosts: Any  # stands in for nodes that a finished task names but the release no longer has

    def ghost(self, name: str) -> Any:
        """A spec for a finished task whose node is gone."""
        known = self.ghosts.task_specs.get(name)
        return known if known is not None else SimpleBpmnTask(self.ghosts, name)


def build(trees: Mapping[str, etree._Element]) -> Machine:
    """Parse checked BPMN trees (file name -> root) into shared specs."""
    parser = Parser(process for name, root in trees.items() for process in read(root, name).processes)
    for name, root in rewritten(trees).items():
        parser.add_bpmn_xml(etree.ElementTree(root), name)
    specs, sub_specs = {}, {}
    for process in parser.get_process_ids():
        if process in parser.process_parsers and parser.process_parsers[process].process_executable:
            specs[process] = parser.get_spec(process)
            sub_specs.update(parser.get_subprocess_specs(process))
    for spec in {id(spec): spec for spec in [*specs.values(), *sub_specs.values()]}.values():
        _wire(spec)
    scopes = {**sub_specs, **specs}
    return Machine(
        specs,
        sub_specs,
        _watches(scopes),
        _compensates(scopes),
        grouped(_beginnings(specs)),
        frozenset(_caught(scopes)),
        BpmnProcessSpec("ghosts"),
    )


def _watches(scopes: Mapping[str, Any]) -> bool:
    return any(
        watches_data(task_spec.event_definition)
        for spec in scopes.values()
        for task_spec in spec.task_specs.values()
        if isinstance(task_spec, CatchingEvent)
    )


def _compensates(scopes: Mapping[str, Any]) -> bool:
    return any(
        isinstance(task_spec, Compensable)
        or isinstance(getattr(task_spec, "event_definition", None), Compensate | Cancel)
        for spec in scopes.values()
        for task_spec in spec.task_specs.values()
    )


def _beginnings(specs: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for process, spec in specs.items():
        for start in spec.start.outputs:
            if _begins_a_case(start):
                yield start.event_definition.name, (process, start.bpmn_id)


def _begins_a_case(spec: Any) -> bool:
    return not isinstance(spec, Standby) and isinstance(getattr(spec, "event_definition", None), MessageEventDefinition)


def _caught(scopes: Mapping[str, Any]) -> Iterator[str]:
    for spec in scopes.values():
        for task_spec in spec.task_specs.values():
            if isinstance(task_spec, CatchingEvent) and not (
                task_spec in spec.start.outputs and _begins_a_case(task_spec)
            ):
                definition = task_spec.event_definition
                for one in getattr(definition, "event_definitions", [definition]):
                    if isinstance(one, MessageEventDefinition):
                        yield one.name


def _wire(spec: Any) -> None:
    """Finish what the library would do to the shared spec while a case runs on it."""
    for task_spec in list(spec.task_specs.values()):
        if task_spec.name.endswith(SPLIT):
            task_spec.bpmn_id = None  # it is drawn nowhere
        if isinstance(task_spec, LoopTask):  # else a multi-instance loaded in another process never completes
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)


class _Flat:
    """Scans tasks in one pass where the library walks the tree."""

    tasks: dict[int, Any]

    def update_waiting_tasks(self) -> None:
        for task in [task for task in self.tasks.values() if task._state == WAITING]:
            if task._state == WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def _task_removed_notify(self, task: Any) -> None:
        forget_task(self.top_workflow, task)  # type: ignore[attr-defined]  # mixed into the library's workflows
        super()._task_removed_notify(task)  # type: ignore[misc]

    def _task_completed_notify(self, task: Any) -> None:
        super()._task_completed_notify(task)  # type: ignore[misc]
        entered = task.task_spec is self.spec.start  # type: ignore[attr-defined]  # nobody stands in it yet
        if not (self.completed or entered):  # type: ignore[attr-defined]
            self.top_workflow.data_changed(self)  # type: ignore[attr-defined]

    def run_ready(self, done: Callable[[Any], None]) -> int:
        count = 0
        while True:
            ready = [task for task in self.tasks.values() if task._state == READY and not task.task_spec.manual]
            if not ready:
                return count
            for task in ready:
                if task._state == READY:
                    task.run()
                    count += 1
                    if not isinstance(task.task_spec, LoopTask):  # its instances were told of one by one
                        done(task)
            if count > MAX_TASKS_PER_STEP:
                raise EndlessStep


class SubCase(_Flat, BpmnSubWorkflow):  # type: ignore[misc]  # the library is untyped
    """One run of a called or embedded process inside a case."""

    def cancel(self, success: bool = False) -> None:
        cancel_scope(self)


class CaseRun(_Flat, BpmnWorkflow):  # type: ignore[misc]  # the library is untyped
    """One case in memory, between load and save."""

    def __init__(self, machine: Machine, process: str, script: Any, **kwargs: Any) -> None:
        self.machine, self.process = machine, process
        super().__init__(machine.specs[process], machine.sub_specs, script_engine=script, **kwargs)

    def create_subprocess(self, my_task: Any, spec_name: str) -> SubCase:
        sub = SubCase(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = sub
        return sub

    def get_task_from_id(self, task_id: int) -> Any:
        for workflow in self.levels():
            task = workflow.tasks.get(task_id)
            if task is not None:
                return task
        return super().get_task_from_id(task_id)

    def levels(self) -> list[Any]:
        """The case itself and every process that runs inside it."""
        return [self, *self.subprocesses.values()]

    def start(
        self,
        data: Mapping[str, Any],
        done: Callable[[Any], None],
        at: str | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Enter the process with its first data, at one of its start events, and run to the first waits.

        A start that a message begins takes the payload.
        """
        for child in self.task_tree.children:
            if at is not None and child.task_spec.bpmn_id != at and not isinstance(child.task_spec, Standby):
                self._remove_task(child.id)
        self.task_tree.set_data(**data)
        self.advance(done)
        for task in self.waiting():
            if at is not None and task.workflow is self and task.task_spec.bpmn_id == at:
                task.task_spec.catch(task, BpmnEvent(task.task_spec.event_definition, payload=dict(payload or {})))
                task.task_spec._update(task)
                self.advance(done)

    def advance(self, done: Callable[[Any], None]) -> None:
        """Run everything that needs no person, until only people and events are waited for.

        Raises:
            EndlessStep: the diagram loops without a wait.
        """
        spent = 0
        while True:
            count = 0
            for sub in list(reversed(self.subprocesses.values())):
                if sub.completed:  # perhaps only since the others ran
                    continue
                count += sub.run_ready(done)
                if sub.completed and not sub.success:
                    continue  # what it threw has cancelled it, and its task may be gone with all other instances
                parent = self.get_task_from_id(sub.parent_task_id)
                if parent._state & NOT_FINISHED:
                    parent.task_spec._update(parent)
            count += self.run_ready(done)
            count += carry_on(self) if self.machine.compensates else 0
            spent += count
            if spent > MAX_TASKS_PER_STEP:
                raise EndlessStep
            if count:
                continue
            self.refresh_timers()
            if not any(
                task._state == READY and not task.task_spec.manual
                for workflow in self.levels()
                if not workflow.completed
                for task in workflow.tasks.values()
            ):
                return

    def open_tasks(self) -> list[Any]:
        """What people have to do, in the order in which it came."""
        return [
            task
            for workflow in self.levels()
            if not workflow.completed
            for task in workflow.tasks.values()
            if task._state == READY and task.task_spec.manual
        ]

    def is_done(self) -> bool:
        """Whether nothing is left to do or to wait for."""
        return not any(is_token(task) for task in self.tasks.values())

    def waiting(self) -> list[Any]:
        """Events that are waited for: timers, messages, signals."""
        return list(self.event_manager.tasks.values())

    def deliver_message(self, name: str, payload: Mapping[str, Any]) -> int:
        """Give a message to whoever waits for it; returns how many took it."""
        return self._deliver(MessageEventDefinition(name), payload)

    def deliver_signal(self, name: str, payload: Mapping[str, Any]) -> int:
        """Give a signal to all who wait for it; returns how many took it."""
        return self._deliver(SignalEventDefinition(name), payload)

    def _deliver(self, definition: Any, payload: Mapping[str, Any]) -> int:
        return self._give(BpmnEvent(definition, payload=dict(payload)))

    def catch(self, event: Any) -> None:
        """What a diagram throws: a message is for who waits inside, else for outside; a signal is for both."""
        taken = self._give(event)
        if taken == 0 or isinstance(event.event_definition, SignalEventDefinition):
            self.bpmn_events.append(event)

    def thrown(self) -> list[tuple[str, str, dict[str, Any]]]:
        """What goes outside since the last time: "message" or "signal", its name and its payload."""
        return [
            (_kind(event.event_definition), event.event_definition.name, event.payload or {})
            for event in self.get_events()
        ]

    def _give(self, event: Any) -> int:
        """Let who waits for an event take it: a message the one that has waited longest, all else everybody."""
        taken = 0
        for task in sorted(self.waiting(), key=lambda task: (task.last_state_change, task.id)):
            if task.id in self.event_manager.tasks and task.task_spec.catches(task, event):
                task.task_spec.catch(task, event)
                task.task_spec._update(task)
                taken += 1
                if isinstance(event.event_definition, MessageEventDefinition):
                    break
        return taken

    def data_changed(self, scope: Any) -> None:
        """Look again at the conditions that wait for data of a process."""
        if not self.machine.watches:
            return
        root = root_of(scope)
        for task in self.waiting():
            definition = task.task_spec.event_definition
            if task.id in self.event_manager.tasks and watches_data(definition) and root_of(task.workflow) is root:
                definition.look(task)
                task.task_spec._update(task)

    def refresh_timers(self) -> None:
        for task in self.waiting():
            if task.id in self.event_manager.tasks and _has_timer(task):
                task.task_spec._update(task)

    def prune(self) -> None:
        """Forget what can no longer influence the future, so that a step costs the same on every day of the year."""
        for workflow in self._forget_finished_processes():
            if workflow.completed and workflow is not self:
                self._keep_marks_only(workflow)
                continue
            forget_ahead(workflow)
            _forget_data(workflow)
            forget_rounds(workflow, self.subprocesses)
            _collapse_boundaries(workflow)
            forget_joined(workflow, self.subprocesses)
            _splice(workflow, self.subprocesses)

    def _forget_finished_processes(self) -> list[Any]:
        kept: dict[int, Any] = {}
        owners: list[Any] = [self]
        needed = self._may_be_undone() if self.machine.compensates else set()
        for parent_id, sub in self.subprocesses.items():  # parents come before their children
            owner = next((workflow for workflow in owners if parent_id in workflow.tasks), None)
            if owner is None:
                continue
            if sub.completed and owner.tasks[parent_id]._state & FINISHED and parent_id not in needed:
                continue
            kept[parent_id] = sub
            owners.append(sub)
        self.subprocesses: dict[int, Any] = kept
        return owners

    def _may_be_undone(self) -> set[int]:
        """The numbers of the tasks whose sub-processes have ended, but hold something that may still be undone."""
        needed: set[int] = set()
        if self.is_done():
            return needed
        for parent_id, sub in reversed(self.subprocesses.items()):  # children come before their parents
            holds = any(is_mark(task) or task.id in needed for task in sub.tasks.values())
            owner = next((workflow for workflow in self.levels() if parent_id in workflow.tasks), None)
            open_again = owner is not None and not sub.completed
            if owner is not None and (open_again or (holds and may_undo_inside(owner.tasks[parent_id], sub))):
                needed.add(parent_id)
        return needed

    def _keep_marks_only(self, workflow: Any) -> None:
        root = workflow.task_tree
        kept = [task for task in workflow.tasks.values() if is_mark(task) or task.id in self.subprocesses]
        for task in kept:
            task._parent, task._children = root.id, []
        root._children = [task.id for task in kept]
        workflow.tasks = {root.id: root, **{task.id: task for task in kept}}
        workflow.last_task = None


def _kind(definition: Any) -> str:
    return "message" if isinstance(definition, MessageEventDefinition) else "signal"


def _has_timer(task: Any) -> bool:
    definition = task.task_spec.event_definition
    return isinstance(definition, TimerEventDefinition) or hasattr(definition, "event_definitions")


def _forget_data(workflow: Any) -> None:
    """Forget what finished tasks knew; it is asked for where branches come together that parted there."""
    tasks, last = workflow.tasks, workflow.last_task
    for task in tasks.values():
        if (
            task._state == COMPLETED
            and task.data
            and len(task._children) == 1
            and task is not last
            and not is_set_going(task)
            and all(tasks[child]._state == COMPLETED for child in task._children)
        ):
            task.data = {}


def _collapse_boundaries(workflow: Any) -> None:
    """Drop boundary events that can fire no more, so that what they hung on is a straight line again."""
    tasks = workflow.tasks
    for split in [task for task in tasks.values() if isinstance(task.task_spec, BoundaryEventSplit)]:
        children = [tasks[child] for child in split._children]
        if not all(child._state & FINISHED for child in children):
            continue
        lived = [child for child in children if child._children]
        if len(lived) != 1:
            continue
        for child in children:
            if child is not lived[0]:
                _drop_leaf(workflow, child)
        for below in [tasks[child] for child in lived[0]._children]:
            if isinstance(below.task_spec, BoundaryEventJoin) and not below._children and below._state & FINISHED:
                _drop_leaf(workflow, below)


def _drop_leaf(workflow: Any, task: Any) -> None:
    if task is not workflow.last_task:
        workflow.tasks[task._parent]._children.remove(task.id)
        del workflow.tasks[task.id]


def _is_landmark(task: Any) -> bool:
    """Whether a finished task still tells the library something."""
    spec = task.task_spec
    if isinstance(spec, BoundaryEventSplit):
        return len(task._children) != 1
    return isinstance(spec, LANDMARKS) and not isinstance(spec, CountingJoin)


def _splice(workflow: Any, subprocesses: Mapping[int, Any]) -> None:
    """Take finished straight-line tasks out of the tree, so that loops do not grow.

    They also never reach the depth of 1,000 where the library silently stops looking.
    """
    tasks, last = workflow.tasks, workflow.last_task
    for task in list(tasks.values()):
        if (
            task._state != COMPLETED
            or task is last
            or len(task._children) != 1
            or task._parent is None
            or task.triggered
            or task.id in subprocesses
            or _is_landmark(task)
        ):
            continue
        child, parent = tasks[task._children[0]], tasks[task._parent]
        if (
            child._state != COMPLETED
            or parent._state != COMPLETED
            or child.triggered
            or _is_landmark(child)
            or len(parent._children) != 1
            or _is_landmark(parent)
        ):
            continue
        parent._children[0], child._parent = child.id, parent.id
        del tasks[task.id]
