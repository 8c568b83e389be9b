"""The data of branches that come together: what each has changed since they parted, the later over the earlier.

Every token has the data of its case for itself. A branch that waited while the other worked still has the old values
of what the other has changed; the library's merge lets them win when that branch comes last (trap 19).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from engine.runtime.workflow.sameness import is_same


class SetsGoing(ABC):
    """Mixed into specs of events that may set another token going beside the one that goes on."""

    @abstractmethod
    def own_names(self) -> frozenset[str]:
        """The names of case data that the event itself fills."""


def merged(tokens: Sequence[Any]) -> dict[str, Any]:
    """The data that tokens of one scope bring together, given in the order in which they came."""
    came = {token.id: (position, dict(token.parent.data)) for position, token in enumerate(tokens)}
    tasks = tokens[0].workflow.tasks
    for task in reversed(list(tasks.values())):  # children come before their parents
        below = sorted((came.pop(child) for child in task._children if child in came), key=lambda branch: branch[0])
        if len(below) == 1:
            came[task.id] = below[0][0], brought(task, below[0][1])
        elif below:
            came[task.id] = below[-1][0], together(task.data, [data for _, data in below])
    (_, data), *_ = came.values()
    return data


def is_set_going(task: Any) -> bool:
    """Whether an event has set this token going beside the one that goes on."""
    return bool(task.triggered) and isinstance(task.task_spec, SetsGoing)


def brought(task: Any, data: dict[str, Any]) -> dict[str, Any]:
    """What a way brings along behind a task: where an event has set it going, what it has changed since then.

    It began with what others knew at that moment, and must not bring that back when they have gone on.
    """
    if not is_set_going(task) or len(task.parent.children) == 1:
        return data
    own = task.task_spec.own_names()
    known = {name: value for name, value in task.data.items() if name not in own}
    return together(known, [task.parent.data, data])


def together(parted: Mapping[str, Any], branches: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What branches know together that parted with the same data; contexts are merged key by key, all else replaced."""
    data = dict(parted)
    for branch in branches:
        for name, value in branch.items():
            old = parted.get(name)
            if name in parted and is_same(old, value):
                continue
            if isinstance(old, dict) and isinstance(value, dict) and isinstance(data.get(name), dict):
                value = together(old, [data[name], value])
            data[name] = value
        for name in parted.keys() - branch.keys():
            data.pop(name, None)
    return data
