"""Takes a case from the specs of one release to those of another, in place: what was done stays done, what waits keeps
its number, its data and its hour, what lies ahead is laid out anew.

Elements are the same if they have the same id in the same process or sub-process; what was removed stands for another
element if a mapping says so. Finished tasks of removed elements keep a ghost in the tree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.runtime.workflow import codec
from engine.runtime.workflow.ahead import AHEAD, lay_out
from engine.runtime.workflow.events import EventSubProcessStart
from engine.runtime.workflow.joins import endless_waits
from engine.runtime.workflow.machine import COMPLETED, FINISHED, READY, STARTED, WAITING, CaseRun, Machine
from engine.runtime.workflow.names import EDGE_JOIN, EDGE_SPLIT, END, INSTANCE
from engine.runtime.workflow.scopes import Standby
from engine.runtime.workflow.timers import DUE, DUES, FIRED

STANDING = READY | WAITING | STARTED


class Why(StrEnum):
    """What keeps a case from moving."""

    REMOVED = "removed"  # a token stands on an element that the release does not have there
    RETYPED = "retyped"  # ... that has become another kind of element
    NO_PROCESS = "no_process"  # the process itself is gone
    ENDLESS = "endless"  # a join would wait for ever


@dataclass(frozen=True)
class Obstacle:
    """Why a case cannot move, at which element; `other` is what the join would wait for, or the element meant instead."""

    why: Why
    element: str
    other: str | None = None


class CannotMigrate(Exception):
    """The case has no place in the other release; `obstacles` names every one."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(", ".join(f"{obstacle.why} {obstacle.element}" for obstacle in obstacles))
        self.obstacles = tuple(obstacles)


def migrate(run: CaseRun, machine: Machine, mapping: Mapping[str, str], script: Any, *, restart: bool) -> CaseRun:
    """The case on another release's specs; `run` itself is used up.

    `mapping` says which element stands for a removed one; `restart` counts every armed timer anew from now.
    Joins that have what they need now are READY in the result; nothing has been run.

    Raises:
        CannotMigrate: tokens stand where the release has no place for them.
        StepFailed: the text of a timer that must be armed cannot be evaluated.
    """
    specs = dict(_specs(run, machine, mapping))
    obstacles = [
        obstacle for level, spec in specs.items() for obstacle in _Level(level, spec, machine, mapping).obstacles()
    ]
    if obstacles:
        raise CannotMigrate(obstacles)
    for level, spec in specs.items():
        _Level(level, spec, machine, mapping).move()
    run.machine, run.subprocess_specs = machine, machine.sub_specs
    run.subprocesses = {number: sub for number, sub in run.subprocesses.items() if sub in specs}
    moved = codec.loads(codec.dumps(run), machine, script)
    running = [level for level in moved.levels() if not level.completed]
    for level in running:
        _lay_out(level)
    waits = [wait for level in running for wait in endless_waits(level)]
    if waits:
        raise CannotMigrate([Obstacle(Why.ENDLESS, _element(wait.join), _element(wait.missing)) for wait in waits])
    for level in running:
        for task in _standing(level):
            if task._state == WAITING:
                _look_again(task, restart)
    return moved


def _specs(run: CaseRun, machine: Machine, mapping: Mapping[str, str]) -> Iterator[tuple[Any, Any]]:
    """Each process level that still matters, with the spec that it moves to."""
    if run.process not in machine.specs:
        raise CannotMigrate([Obstacle(Why.NO_PROCESS, run.process)])
    found: dict[Any, Any] = {run: machine.specs[run.process]}
    yield run, found[run]
    for number, sub in run.subprocesses.items():  # outer before inner
        owner = run.get_task_from_id(number)
        if owner.workflow not in found:
            continue
        home = found[owner.workflow]
        call = home.task_specs.get(_name_in(home, owner.task_spec.name, mapping))
        if not isinstance(call, SubWorkflowTask):
            if owner._state & FINISHED:  # it has ended, and is kept for what may still be undone in it
                raise CannotMigrate([Obstacle(Why.REMOVED, _element(owner.task_spec))])
            continue  # the obstacle is found where the owner stands
        found[sub] = machine.sub_specs[call.spec]
        yield sub, found[sub]


def _name_in(spec: Any, name: str, mapping: Mapping[str, str]) -> str:
    """What a node is called in another release, those that the library adds to an element too."""
    if name in spec.task_specs:
        return name
    if name in mapping:
        return mapping[name]
    for suffix in (EDGE_SPLIT, EDGE_JOIN, INSTANCE):
        base = name.removesuffix(suffix)
        if base != name and base in mapping:
            return mapping[base] + suffix
    return name


@dataclass
class _Level:
    """One process inside the case, and the spec that it moves to."""

    workflow: Any
    spec: Any
    machine: Machine
    mapping: Mapping[str, str]

    def obstacles(self) -> Iterator[Obstacle]:
        """What stands where the new spec has no place."""
        for task in self._tasks(STANDING):
            if isinstance(task.task_spec, BoundaryEvent | BoundaryEventJoin | Standby):
                continue
            old, new = task.task_spec, self._new(task)
            element = _element(old)
            if new is None:
                yield Obstacle(Why.REMOVED, element, self.mapping.get(element))
            elif type(new) is not type(old):
                yield Obstacle(Why.RETYPED, element, new.bpmn_id)

    def move(self) -> None:
        """Rename, cut off what lies ahead, drop and add boundary events; raises nothing once there is no obstacle."""
        self._cut()
        gone = [task for task in self._tasks(TaskState.ANY_MASK) if self._is_lost(task)]
        for task in gone:
            self._give_up(task)
        for task in self._tasks(TaskState.ANY_MASK):
            self._place(task)
        self.workflow.spec = self.spec
        if self.workflow.last_task is not None and self.workflow.last_task.id not in self.workflow.tasks:
            self.workflow.last_task = None
        for name in self.spec.data_objects:
            self.workflow.data.setdefault("data_objects", {}).setdefault(name, None)

    def _tasks(self, mask: int) -> list[Any]:
        return [task for task in self.workflow.tasks.values() if task._state & mask]

    def _new(self, task: Any) -> Any:
        name = task.task_spec.name
        if name == self.workflow.spec.name + END:
            return self.spec.task_specs.get(self.spec.name + END)
        return self.spec.task_specs.get(_name_in(self.spec, name, self.mapping))

    def _cut(self) -> None:
        """Take off what was laid out ahead."""
        for task in self._tasks(AHEAD):
            if task.id in self.workflow.tasks and not task.parent._state & AHEAD:
                self._drop(task)

    def _is_lost(self, task: Any) -> bool:
        """Whether an event, or the join behind a boundary event, has no place where its activity stands now."""
        if isinstance(task.task_spec, Standby):
            return task._state == WAITING and type(self._new(task)) is not type(task.task_spec)
        if not isinstance(task.task_spec, BoundaryEvent | BoundaryEventJoin):
            return False
        new = self._new(task)
        if type(new) is not type(task.task_spec):
            return True
        split = task.parent
        while split is not None and not isinstance(split.task_spec, BoundaryEventSplit):
            split = split.parent
        host = self._new(split) if split is not None else None
        if isinstance(new, BoundaryEventJoin):
            return host is None or new.split_task != host.name
        return host is None or new not in host.outputs

    def _give_up(self, task: Any) -> None:
        """A boundary event that can fire no more goes; one that has fired keeps its branch, beside its activity."""
        if task.id not in self.workflow.tasks:
            return
        self.workflow.top_workflow.event_manager.remove_task(task)
        for child in task.children:
            if isinstance(child.task_spec, BoundaryEventJoin):
                self._drop(child)
        if not task._children:
            self._drop(task)
            return
        if task._state == WAITING:
            task._state = TaskState.CANCELLED
        split = task.parent
        if isinstance(split.task_spec, BoundaryEventSplit) and split.parent is not None:
            split._children.remove(task.id)
            split.parent._children.append(task.id)
            task._parent = split.parent.id

    def _drop(self, task: Any) -> None:
        for child in list(task.children):
            self._drop(child)
        self.workflow.top_workflow.event_manager.remove_task(task)
        self.workflow.tasks[task._parent]._children.remove(task.id)
        del self.workflow.tasks[task.id]

    def _place(self, task: Any) -> None:
        """Put a task on its new spec; timers of another kind forget what they had reckoned."""
        old, new = task.task_spec, self._new(task)
        if new is None:
            task.task_spec = self.machine.ghost(old.name)
            return
        task.task_spec = new
        if task._state & STANDING and isinstance(new, CatchingEvent) and _kinds(old) != _kinds(new):
            task.internal_data = {}


def _kinds(spec: Any) -> list[type]:
    """What an event waits for: one definition, or several after an event gateway."""
    definition = spec.event_definition
    return [type(one) for one in getattr(definition, "event_definitions", [definition])]


def _element(spec: Any) -> str:
    return str(spec.bpmn_id or spec.name)


def _lay_out(level: Any) -> None:
    """Arm what is new at the edge of activities and of the scope, and lay out what lies ahead."""
    _handlers(level)
    for task in _standing(level):
        _edge(level, task)
    for task in _standing(level):
        lay_out(task)


def _standing(level: Any) -> list[Any]:
    return [task for task in level.tasks.values() if task._state & STANDING]


def _handlers(level: Any) -> None:
    """Let the event sub-processes that a scope does not have yet wait in it, unless one has interrupted it already."""
    root = level.task_tree
    starts = [task for task in root.children if isinstance(task.task_spec, EventSubProcessStart)]
    if any(task.task_spec.interrupting and task._state == COMPLETED for task in starts):
        return
    known = {task.task_spec for task in starts}
    for spec in root.task_spec.outputs:
        if isinstance(spec, EventSubProcessStart) and spec not in known:
            spec._update(root._add_child(spec, WAITING))


def _edge(level: Any, task: Any) -> None:
    """Give an activity the boundary events that it does not have yet."""
    split_spec = level.spec.task_specs.get(f"{task.task_spec.name}{EDGE_SPLIT}")
    if split_spec is None or task.triggered:
        return
    split = task.parent if task.parent.task_spec is split_spec else _put_between(level, split_spec, task)
    known = {child.task_spec for child in split.children}
    for spec in split_spec.outputs:
        if spec not in known and isinstance(spec, BoundaryEvent):
            spec._update(split._add_child(spec, WAITING))


def _put_between(level: Any, split_spec: Any, task: Any) -> Any:
    """The split that an activity gets with its first boundary event, between it and what came before."""
    before = task.parent
    split = Task(level, split_spec, parent=before, state=COMPLETED)
    before._children.remove(split.id)
    before._children[before._children.index(task.id)] = split.id
    split.data, split._children, task._parent = dict(before.data or task.data), [task.id], split.id
    return split


def _look_again(task: Any, restart: bool) -> None:
    """A join may have all it needs now, an event of another kind must be armed, a timer may be counted anew."""
    spec = task.task_spec
    if isinstance(spec, UnstructuredJoin):
        spec._update(task)
    elif isinstance(spec, CatchingEvent):
        if restart and {DUE, DUES} & task.internal_data.keys():
            for name in (DUE, DUES, FIRED):
                task.internal_data.pop(name, None)
        if not {DUE, DUES} & task.internal_data.keys():
            spec._update(task)
