"""Where an expression has its value from: the variables that would have to hold something for it to give that value."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.feel import nodes
from engine.feel.values import Json, to_json


@dataclass(frozen=True)
class Source:
    """A variable and what it would hold; `key` is the last name on the way, as forms call their questions."""

    root: str
    value: Json
    key: str


def sources(node: nodes.Node, value: Json, key: str | None = None) -> Iterator[Source]:
    """Each variable that alone could give an expression this value; none for what is computed."""
    match node:
        case nodes.Name(name=name):
            yield Source(name, value, key or name)
        case nodes.Path(target=target, key=name):
            yield from sources(target, {name: value}, key or name)
        case nodes.Filter(target=target, condition=condition):
            yield from _filtered(target, condition, value, key)
        case nodes.Conditional(then=then, otherwise=otherwise):
            yield from sources(then, value, key)
            yield from sources(otherwise, value, key)


def _filtered(target: nodes.Node, condition: nodes.Node, value: Json, key: str | None) -> Iterator[Source]:
    """`list[1]` holds the value; in `list[period = "TW1"]` an item says so of itself."""
    match condition:
        case nodes.Literal() if isinstance(target, nodes.Filter):
            yield from sources(target, value, key)
        case nodes.Literal():
            yield from sources(target, [value], key)
        case nodes.Comparison(operator="=", left=nodes.Name(name=name), right=nodes.Literal(value=wanted)):
            if isinstance(value, dict):
                yield from sources(target, [{name: to_json(wanted), **value}], key)
