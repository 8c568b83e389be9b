"""Loops in which nobody and nothing is waited for.

Each round follows the last at once; a condition that never changes runs until the step's budget is spent.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.graph import cycles, edges
from engine.runtime.lint.model import Model, warning

WAITING = frozenset(
    {
        "userTask",
        "intermediateCatchEvent",
        "boundaryEvent",
        "callActivity",
        "subProcess",
        "transaction",
        "eventBasedGateway",
    }
)


def rule(model: Model) -> Iterator[Problem]:
    """Yield one element of each loop without a task of a person, a waiting event or a process inside."""
    for process in model.processes.values():
        quick = {element.id for element in process.elements.values() if element.type not in WAITING}
        for scope in process.scopes:
            for group in cycles(edges(process, scope), quick.__contains__):
                message = f"Putaran ini berjalan tanpa menunggu siapa pun ({', '.join(sorted(group)[:5])})."
                mend = "Pastikan syaratnya berubah di tiap putaran, atau tambahkan tugas atau penantian."
                yield warning(process, process.elements[min(group)], "endless-loop", message, mend)
