"""Parallel branches that write the same name of case data.

At the join SpiffWorkflow keeps the value of the branch that ended last, and merges lists in an order of its own
(trap 19).
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.graph import edges, reachable
from engine.runtime.lint.model import Model, warning
from engine.runtime.lint.names import outcome, written_inside


def rule(model: Model) -> Iterator[Problem]:
    """Yield forks of whose branches two write one name."""
    for process, fork in model.of_type("parallelGateway", "inclusiveGateway"):
        if len(fork.outgoing) < 2:
            continue
        branches = _branches(process, fork)
        for name in sorted(_repeated([_writes(model, process, branch) for branch in branches])):
            message = f'Dua cabang yang berjalan bersamaan menulis "{name}"; yang terakhir selesai menimpa yang lain.'
            yield warning(process, fork, "shared-name", message, "Beri tiap cabang nama hasil (result) sendiri.")


def _branches(process: Process, fork: Element) -> list[frozenset[str]]:
    """For each outgoing flow, the elements that only this flow leads to: those before the branches meet."""
    graph = {node: tuple(t for t in to if t != fork.id) for node, to in edges(process, fork.parent).items()}
    reached = [reachable(graph, [flow.target]) for flow in fork.outgoing]
    often: dict[str, int] = {}
    for group in reached:
        for id in group:
            often[id] = often.get(id, 0) + 1
    return [frozenset(id for id in group if often[id] == 1) for group in reached]


def _writes(model: Model, process: Process, branch: frozenset[str]) -> frozenset[str]:
    elements = [process.elements[id] for id in branch]
    return frozenset(
        name
        for element in elements
        for name in (
            outcome(element) if element.loop and element.loop.output else written_inside(model, process, element)
        )
    )


def _repeated(branches: list[frozenset[str]]) -> frozenset[str]:
    seen: set[str] = set()
    again: set[str] = set()
    for names in branches:
        again |= seen & names
        seen |= names
    return frozenset(again)
