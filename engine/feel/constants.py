"""The constants of a decision table's cells, where all of a cell is constant: what static checks can decide."""

from collections.abc import Iterator
from datetime import UTC, datetime

from engine.feel import nodes
from engine.feel.budget import Budget, Environment
from engine.feel.compiler import Compiler
from engine.feel.errors import FeelError
from engine.feel.nodes import Node

_CONVERSIONS = frozenset({"date", "date and time", "time", "duration", "number"})
_TRANSPARENT = (nodes.Tests, nodes.Test, nodes.RangeOf, nodes.ListOf, nodes.Comparison, nodes.Logic, nodes.Between)
NOWHERE = Environment(datetime(2000, 1, 1, tzinfo=UTC), UTC)


class _NotConstant(Exception):
    """The cell depends on more than its input."""


def constants_of(node: Node) -> tuple[object, ...] | None:
    """All constants that a cell compares its input with, in order; None when it reads anything else."""
    try:
        return tuple(_constants(node))
    except (_NotConstant, FeelError):
        return None


def _constants(node: Node) -> Iterator[object]:
    if isinstance(node, nodes.Literal):
        yield node.value
    elif isinstance(node, nodes.Moment) or _is_conversion(node):
        yield Compiler("", frozenset()).build(node)({}, Budget(NOWHERE))
    elif isinstance(node, (*_TRANSPARENT, nodes.Membership)):
        for child in nodes.children(node):
            yield from _constants(child)
    elif not isinstance(node, nodes.Input):
        raise _NotConstant


def _is_conversion(node: Node) -> bool:
    return (
        isinstance(node, nodes.Call)
        and node.name in _CONVERSIONS
        and all(isinstance(argument, nodes.Literal) for argument in node.arguments)
    )
