"""Data associations: what is filled before an activity or event runs, and what is filled after it (ADR 23).

The library keeps data objects apart from case data and copies whole values between both. Here a data object is a name
of the data of the scope that it is drawn in; inputs cover what has their name outside while their activity runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from engine.runtime.bpmn import Carried, Element


@dataclass(frozen=True)
class Carry:
    """One association, under the names that the library calls."""

    name: str
    source: str | None
    text: str | None

    bpmn_id = ""  # the library drops the data of this name behind the activity; `Uncover` does better

    def get(self, my_task: Any) -> None:
        """Fill an input."""
        my_task.data[self.name] = self._value(my_task)

    def set(self, my_task: Any) -> None:
        """Fill a data object."""
        my_task.data[self.name] = self._value(my_task)

    def _value(self, my_task: Any) -> Any:
        if self.text is not None:
            return my_task.workflow.script_engine.evaluate(my_task, self.text)
        return my_task.data.get(self.source)


@dataclass(frozen=True)
class Uncover:
    """Behind an activity: what its inputs have covered is seen again."""

    names: frozenset[str]

    def set(self, my_task: Any) -> None:
        my_task.data = uncovered(my_task.data, my_task.parent.data, self.names)


def inputs_of(element: Element) -> list[Any]:
    """What is filled before an element runs."""
    return [_carry(carried) for carried in element.inputs if carried.moves]


def outputs_of(element: Element) -> list[Any]:
    """What is filled after an element has run."""
    covered = frozenset(carried.name or "" for carried in element.inputs if carried.moves)
    outputs: list[Any] = [_carry(carried) for carried in element.outputs if carried.moves]
    return [*outputs, Uncover(covered)] if covered else outputs


def enter(spec: Any, my_task: Any) -> None:
    """Fill the inputs of a repeated activity."""
    for carried in spec.data_input_associations:
        carried.get(my_task)


def seen_inside(my_task: Any, scope: Any) -> dict[str, Any]:
    """What a scope begins with: its own data objects hold nothing yet."""
    own = scope.spec.local_data
    return {name: value for name, value in my_task.data.items() if name not in own} if own else my_task.data


def left_of(my_task: Any, scope: Any) -> dict[str, Any]:
    """What a scope leaves to the activity that it ran for: its data without its own data objects.

    An instance keeps the result that its loop collects.
    """
    loop = my_task.parent.task_spec
    kept = getattr(getattr(loop, "output_item", None), "bpmn_id", None) if isinstance(loop, LoopTask) else None
    return uncovered(dict(scope.last_task.data), my_task.data, scope.spec.local_data - {kept})


def uncovered(data: dict[str, Any], outside: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Data in which some names mean again what they mean outside."""
    found = dict(data)
    for name in names:
        found.pop(name, None)
        if name in outside:
            found[name] = outside[name]
    return found


def _carry(carried: Carried) -> Carry:
    return Carry(carried.name or "", carried.source, carried.text.value if carried.text else None)
