"""What a decision has said before: one that calls no function says the same of the same inputs, always.

Reminders of a whole agency, and the superiors of everyone in it, ask the same few questions.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Any

from engine.feel import nodes
from engine.feel.nodes import Node, children
from engine.feel.tables import Decided, Table
from engine.feel.values import Json

MOST = 1_000  # answers of one decision; then it begins anew
CONSTANT = (  # what these say depends on the names below them, and on the zone alone
    nodes.Literal,
    nodes.Moment,
    nodes.Name,
    nodes.Input,
    nodes.ListOf,
    nodes.RangeOf,
    nodes.Negation,
    nodes.Arithmetic,
    nodes.Logic,
    nodes.Comparison,
    nodes.Between,
    nodes.Test,
    nodes.Membership,
    nodes.Tests,
    nodes.Conditional,
)
SCALARS = frozenset({str, int, float, bool, type(None)})


class Memory:
    """The answers of one decision by the values of the names that it reads."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._answers: dict[tuple[Any, ...], Decided] = {}

    def recall(self, context: Mapping[str, Json], zone: tzinfo, decide: Callable[[], Decided]) -> Decided:
        """The answer given before, else what `decide` says; that raises what it raises, and no error is kept."""
        values = [context.get(name) for name in self._names]
        kinds = [type(value) for value in values]  # 1, 1.0 and true are equal to Python, not to a table
        if not SCALARS.issuperset(kinds):
            return decide()
        key = (zone, *kinds, *values)
        answer = self._answers.get(key)
        if answer is None:
            answer = decide()
            if len(self._answers) >= MOST:
                self._answers.clear()
            self._answers[key] = answer
        return answer


def memory_for(parts: Iterable[object], names: Iterable[str]) -> Memory | None:
    """A memory for a decision and all that it requires; None where an answer may depend on more than the names."""
    return Memory(names) if all(isinstance(part, Table) and _is_constant(part) for part in parts) else None


def _is_constant(table: Table) -> bool:
    return all(isinstance(node, CONSTANT) for cell in _cells(table) for node in _below(cell))


def _cells(table: Table) -> Iterable[Node]:
    for column in table.inputs:
        yield column.expression.node
        if column.allowed is not None:
            yield column.allowed.node
    for rule in table.rules:
        yield from (test.node for test in rule.tests)
        yield from (output.node for output in rule.outputs)
    yield from (column.default.node for column in table.outputs if column.default is not None)


def _below(node: Node) -> Iterable[Node]:
    yield node
    for child in children(node):
        yield from _below(child)
