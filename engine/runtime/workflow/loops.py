"""Activities that run several times: for each item, a number of times, or while a condition holds (BPMN 2.0.2, 13.3.6, 13.3.7).

The library stops a case when an item or a result has a name that is taken, when an instance leaves no result, and when
a loop with an output comes round again (traps 12 and 20); it collects results in the order in which they came, and
merges lists as sets. Here an item covers what has its name outside, results stand in the order of the items, and
what instances change is merged as of branches.
"""

from collections.abc import Callable, Container, Sequence
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.defaults import (
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.runtime.workflow.data import enter
from engine.runtime.workflow.merging import together
from engine.runtime.xml import BPMN

COUNT = "cardinality"  # internal data of a loop by number: how often it runs, as reckoned when it began
MOST = 1_000  # instances of one activity; more end as an incident
_LOOPS = (f"{{{BPMN}}}multiInstanceLoopCharacteristics", f"{{{BPMN}}}standardLoopCharacteristics")


def spell_out(root: etree._Element) -> None:
    """Write what loops say with 1 as true: the library reads no other word."""
    for loop in root.iter(*_LOOPS):
        for name in ("isSequential", "testBefore"):
            if loop.get(name) == "1":
                loop.set(name, "true")


class Repeating(StandardLoopTask):  # type: ignore[misc]  # the library is untyped
    """Runs again while its condition holds, at most so many times; each round goes on with the data of the last.

    The round that runs knows its number: the loop itself remembers none of those before it.
    """

    def _update_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        enter(self, my_task)
        if self.test_before and not self._goes_on(my_task, 0):
            return True
        my_task._set_state(TaskState.STARTED)
        self._begin(my_task, 0)
        return False

    def _begin(self, my_task: Any, number: int) -> None:
        child = _instance(my_task, self.task_spec)
        child.internal_data["iteration"] = number
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: Any) -> None:
        my_task, number = child.parent, child.internal_data["iteration"] + 1
        my_task.data = dict(child.data)
        if self._goes_on(my_task, number):
            self._begin(my_task, number)
        else:
            my_task._set_state(TaskState.READY)

    def _goes_on(self, my_task: Any, ended: int) -> bool:
        if self.maximum is not None and ended >= self.maximum:
            return False
        return self.condition is None or bool(my_task.workflow.script_engine.evaluate(my_task, self.condition))


class _ForEach:
    """What sequential and parallel instances have in common."""

    cardinality: str | None
    data_input: Any
    data_output: Any
    data_input_associations: list[Any]
    input_item: Any
    output_item: Any
    condition: str | None
    _begin_first: Callable[[Any], None]

    def _update_hook(self, my_task: Any) -> bool:
        my_task._inherit_data()
        enter(self, my_task)
        if self.data_input is None:
            my_task.internal_data[COUNT] = _count(my_task, self.cardinality or "")
        if self.data_output is not None:
            my_task.data[self.data_output.bpmn_id] = []
        if not self._items(my_task):
            return True
        my_task._set_state(TaskState.STARTED)
        self._begin_first(my_task)
        return False

    def _items(self, my_task: Any) -> Sequence[Any]:
        """What the instances are for, as it was when the loop began."""
        if self.data_input is None:
            return range(my_task.internal_data[COUNT])
        filled = any(carried.name == self.data_input.bpmn_id for carried in self.data_input_associations)
        items = (my_task if filled else my_task.parent).data.get(self.data_input.bpmn_id)
        if not isinstance(items, list):
            raise _failure(my_task, f'"{self.data_input.bpmn_id}" bukan daftar')
        if len(items) > MOST:
            raise _failure(my_task, f"lebih dari {MOST} pengulangan")
        return items

    def _begin(self, my_task: Any, number: int) -> None:
        """Begin one instance; its item covers what has that name outside."""
        child = _instance(my_task, self.task_spec)  # type: ignore[attr-defined]  # mixed into the library's specs
        child.internal_data["key_or_index"] = number
        around = my_task.data
        my_task.data = {name: value for name, value in around.items() if name != _name(self.output_item)}
        if self.input_item is not None:
            my_task.data[self.input_item.bpmn_id] = self._items(my_task)[number]
        try:
            child.task_spec._update(child)
        finally:
            my_task.data = around

    def _left_by(self, my_task: Any, child: Any) -> dict[str, Any]:
        """An instance's data without its item."""
        item = _name(self.input_item)
        left = {name: value for name, value in child.data.items() if name != item}
        if item in my_task.data:
            left[item] = my_task.data[item]
        return left

    def _enough(self, my_task: Any, child: Any, ended: int, active: int, results: list[Any]) -> bool:
        """Whether the completion condition holds; it reads the instance that ended, all results so far, and counters."""
        if self.condition is None:
            return False
        data = {
            **child.data,
            "numberOfInstances": len(self._items(my_task)),
            "numberOfCompletedInstances": ended,
            "numberOfActiveInstances": active,
        }
        if self.data_output is not None:
            data[self.data_output.bpmn_id] = results
        holds, _ = my_task.workflow.script_engine.holds(my_task, self.condition, data)
        return bool(holds)


class OneByOne(_ForEach, SequentialMultiInstanceTask):  # type: ignore[misc]  # the library is untyped
    """Instances one after another; each goes on with what the last has left."""

    def _begin_first(self, my_task: Any) -> None:
        self._begin(my_task, 0)

    def merge_child(self, workflow: Any, child: Any) -> None:
        my_task, ended = child.parent, child.internal_data["key_or_index"] + 1
        results: list[Any] = []
        if self.data_output is None:
            my_task.data = self._left_by(my_task, child)
        else:
            results = [*my_task.data[self.data_output.bpmn_id], child.data.get(self.output_item.bpmn_id)]
            my_task.data = {**my_task.data, self.data_output.bpmn_id: results}
        if ended >= len(self._items(my_task)) or self._enough(my_task, child, ended, 0, results):
            my_task._set_state(TaskState.READY)
        else:
            self._begin(my_task, ended)


class AllAtOnce(_ForEach, ParallelMultiInstanceTask):  # type: ignore[misc]  # the library is untyped
    """Instances side by side; they end together when all have ended, or when the completion condition holds."""

    def _begin_first(self, my_task: Any) -> None:
        for number in range(len(self._items(my_task))):
            self._begin(my_task, number)

    def merge_child(self, workflow: Any, child: Any) -> None:
        my_task = child.parent
        open_still = [task for task in self._instances(my_task) if task._state & TaskState.NOT_FINISHED_MASK]
        ended = len(self._ended(my_task))
        if open_still and not self._enough(my_task, child, ended, len(open_still), self._results(my_task)):
            return
        for task in open_still:
            task.cancel()
        my_task.data = self._gathered(my_task)
        my_task._set_state(TaskState.READY)

    def _ended(self, my_task: Any) -> list[Any]:
        """The instances that have ended, in the order of the items."""
        return [task for task in self._instances(my_task) if task._state == TaskState.COMPLETED]

    def _results(self, my_task: Any) -> list[Any]:
        if self.data_output is None:
            return []
        return [task.data.get(self.output_item.bpmn_id) for task in self._ended(my_task)]

    def _gathered(self, my_task: Any) -> dict[str, Any]:
        if self.data_output is not None:
            return {**my_task.data, self.data_output.bpmn_id: self._results(my_task)}
        ended = sorted(self._ended(my_task), key=lambda task: task.last_state_change)
        return together(my_task.data, [self._left_by(my_task, task) for task in ended])


def forget_rounds(workflow: Any, needed: Container[int]) -> None:
    """Take instances that have ended out of the tree, unless their results are still to be gathered or undone."""
    for task in list(workflow.tasks.values()):
        above = task.parent
        if (
            task.triggered
            and task._state & TaskState.FINISHED_MASK
            and isinstance(above.task_spec, LoopTask)
            and (above._state == TaskState.COMPLETED or isinstance(above.task_spec, Repeating | OneByOne))
            and task is not workflow.last_task
            and task.id not in needed
        ):
            above._children.remove(task.id)
            del workflow.tasks[task.id]


class OwnLoops:
    """Makes a parser of activities repeat them in our way."""

    STANDARD_LOOP_CLASS, SEQUENTIAL_MI_CLASS, PARALLEL_MI_CLASS = Repeating, OneByOne, AllAtOnce

    def _copy_task_attrs(self, original: Any, loop_characteristics: Any = None) -> None:
        """Events are repeated too; they have no scripts that would go over to the loop."""
        if isinstance(original, SpiffBpmnTask):
            super()._copy_task_attrs(original, loop_characteristics)  # type: ignore[misc]  # mixed into the library's parsers
        else:
            TaskParser._copy_task_attrs(self, original)


def _instance(my_task: Any, spec: str) -> Any:
    """A new instance of a loop; its loop will say when it begins."""
    child = my_task._add_child(my_task.workflow.spec.task_specs[spec], TaskState.WAITING)
    child.triggered = True
    return child


def _count(my_task: Any, text: str) -> int:
    count = my_task.workflow.script_engine.evaluate(my_task, text)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= MOST:
        raise _failure(my_task, f"jumlah pengulangan harus bilangan bulat antara 0 dan {MOST}")
    return count


def _failure(my_task: Any, cause: str) -> StepFailed:
    instance = my_task.workflow.spec.task_specs[my_task.task_spec.task_spec]  # it has the name that is drawn
    return StepFailed(instance.bpmn_id, instance.bpmn_name or instance.bpmn_id, cause)


def _name(item: Any) -> str | None:
    return None if item is None else str(item.bpmn_id)
