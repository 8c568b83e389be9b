"""Parallel and inclusive gateways that count tokens, so that they join rightly in every round of a loop.

The library asks its task tree which inputs have come, and after a first round the tree gives wrong answers (trap 6).
Here each token that arrives is a task of its own that waits; a join takes one from each incoming flow, the others stay
for the next round. BPMN 2.0.2, 13.4.1 and 13.4.3.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, InclusiveGateway, ParallelGateway
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.runtime.workflow.implicit import drawn
from engine.runtime.workflow.merging import merged

WAITING, COMPLETED, CANCELLED = TaskState.WAITING, TaskState.COMPLETED, TaskState.CANCELLED
ON_THE_WAY = TaskState.FUTURE | WAITING | TaskState.READY | TaskState.STARTED


class CountingJoin:
    """Decides by the tokens that wait at a gateway, and merges the data of those that it takes."""

    name: str
    inputs: list[Any]
    _is_complete: Callable[
        [Any, dict[Any, list[Any]]], bool
    ]  # whether those that have arrived are all to be waited for

    def _update_hook(self, my_task: Any) -> bool:
        arrived = self._arrived(my_task)
        taken = [tokens[0] for tokens in arrived.values()]  # of several on one flow, the one that came first
        if my_task not in taken or not self._is_complete(my_task, arrived):
            my_task._set_state(WAITING)
            return False
        others = sorted((token for token in taken if token is not my_task), key=_by_arrival)
        for token in others:
            token.cancel()
        my_task.data = merged([*others, my_task])
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True

    def _arrived(self, my_task: Any) -> dict[Any, list[Any]]:
        """The waiting tokens by the flow that they came on, this one among them, the oldest first."""
        waiting = [
            task
            for task in my_task.workflow.tasks.values()
            if task.task_spec is self and (task is my_task or task._state == WAITING)
        ]
        arrived: dict[Any, list[Any]] = {}
        for task in sorted(waiting, key=_by_arrival):
            arrived.setdefault(task.parent.task_spec, []).append(task)
        return arrived


class CountingParallelGateway(CountingJoin, ParallelGateway):  # type: ignore[misc]  # the library is untyped
    """Waits for a token on each incoming flow."""

    def _is_complete(self, my_task: Any, arrived: dict[Any, list[Any]]) -> bool:
        return len(arrived) == len(self.inputs)


class CountingInclusiveGateway(CountingJoin, InclusiveGateway):  # type: ignore[misc]  # the library is untyped
    """Waits while a token elsewhere may still come on a flow that has none, and not on one that has."""

    def __init__(self, spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(spec, name, **kwargs)
        self._ways: dict[Any, frozenset[Any]] = {}  # spec -> what `_inputs_from` says of it

    def _run_hook(self, my_task: Any) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise _no_way_out(self)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True

    def _is_complete(self, my_task: Any, arrived: dict[Any, list[Any]]) -> bool:
        if len(arrived) == len(self.inputs):
            return True
        have = set(arrived)
        return not any(reached and not reached & have for reached in self._may_reach(my_task))

    def _may_reach(self, my_task: Any) -> Iterator[frozenset[Any]]:
        """For each token elsewhere: the incoming flows that it may still come on."""
        for task in my_task.workflow.tasks.values():
            if task.task_spec is not self and task._state & ON_THE_WAY and _is_token(task):
                yield self._inputs_from(task.task_spec)

    def _inputs_from(self, spec: Any) -> frozenset[Any]:
        """The sources of incoming flows that lie on a way from a spec, itself too, without passing this gateway."""
        if spec not in self._ways:
            self._ways[spec] = frozenset(self.inputs) & onward([spec], self)
        return self._ways[spec]


class RefusingExclusiveGateway(ExclusiveGateway):  # type: ignore[misc]  # the library is untyped
    """Stops the case, with its own name, when no condition holds and no flow is the default."""

    def _run_hook(self, my_task: Any) -> bool:
        try:
            return bool(super()._run_hook(my_task))
        except WorkflowException as error:
            raise _no_way_out(self) from error


def _no_way_out(gateway: Any) -> StepFailed:
    element = drawn(gateway.name)
    return StepFailed(element, gateway.bpmn_name or element, "tidak ada syarat yang terpenuhi, dan tidak ada alur baku")


def _by_arrival(task: Any) -> tuple[bool, int, int]:
    """Those that wait already came before the one that is just coming."""
    return task._state != WAITING, task.last_state_change, task.id


def _is_token(task: Any) -> bool:
    """Whether a task stands for a token: one that is only predicted stands for the same token as what it hangs on."""
    return task._state != TaskState.FUTURE or task.parent is None or bool(task.parent._state & TaskState.FINISHED_MASK)


def onward(specs: Iterable[Any], barrier: Any) -> set[Any]:
    """Every spec on a way from some, these too, that does not lead through the barrier."""
    found: set[Any] = set()
    stack = list(specs)
    while stack:
        spec = stack.pop()
        if spec not in found and spec is not barrier:
            found.add(spec)
            stack.extend(spec.outputs)
    return found


def wait_again(workflow: Any) -> None:
    """Let tokens wait that an older state holds as cancelled: of those at one join only the last was left waiting."""
    arrived: dict[Any, list[Any]] = {}
    for task in workflow.tasks.values():
        if isinstance(task.task_spec, CountingJoin) and task._state & (WAITING | CANCELLED | COMPLETED):
            arrived.setdefault(task.task_spec, []).append(task)
    for tasks in arrived.values():
        states = {task._state for task in tasks}
        if WAITING in states and COMPLETED not in states:
            for task in tasks:
                if task.parent._state == COMPLETED:
                    task._state = WAITING


def forget_joined(workflow: Any, needed: Container[int]) -> None:
    """Take tokens that joins have taken out of the tree, with what led only to them, so that a loop does not grow.

    What may still be undone inside stays.
    """
    for task in list(workflow.tasks.values()):
        if task._state == CANCELLED and isinstance(task.task_spec, CountingJoin):
            _forget_trail(workflow, task, needed)


def _forget_trail(workflow: Any, task: Any, needed: Container[int]) -> None:
    while task.parent is not None and not task._children and task is not workflow.last_task and _may_go(task):
        if task.id in needed:
            return
        parent = task.parent
        parent._children.remove(task.id)
        del workflow.tasks[task.id]
        task = parent


def _may_go(task: Any) -> bool:
    """Whether the library no longer looks at a finished task; it does as long as others live at the same edge."""
    edge = isinstance(task.parent.task_spec, BoundaryEventSplit) and len(task.parent._children) > 1
    return bool(task._state & TaskState.FINISHED_MASK) and not edge
