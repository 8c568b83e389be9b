"""The syntax tree: what the parser makes and the compiler reads. `at` is an offset in the source."""

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Node:
    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: object  # null, boolean, number or text


@dataclass(frozen=True, slots=True)
class Moment(Node):
    text: str  # of an @"..." literal


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Input(Node):
    """The `?` of a unary test."""


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A chain of one precedence: first, then (operator, operand) from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    operator: str  # "and" | "or"
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test: `operator` is "<", "<=", ">", ">=", "=", "!=" or "" (equal to, in, or true)."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """A decision table's cell: no tests means anything ("-")."""

    negated: bool
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Round(Node):
    """`name in domain`, or `name in domain..until` when `until` is there."""

    name: str
    domain: Node
    until: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Round, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Round, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    target: Node
    key: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`named` is None for positional arguments, else the parameters' names in the order of `arguments`."""

    name: str
    arguments: tuple[Node, ...]
    named: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Type:
    """A type in `instance of`; `parts` are (key, type): of a context's entries, or one with key "" inside list<> and range<>."""

    name: str
    parts: tuple[tuple[str, "Type"], ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below one."""
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


@dataclass(frozen=True)
class Names:
    """Variables that a tree reads from outside.

    `sure` are read as such. `possible` stand inside a filter, where they may also be members of the filtered items.
    """

    sure: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()

    def __or__(self, other: "Names") -> "Names":
        return Names(self.sure | other.sure, self.possible | other.possible)

    def without(self, bound: frozenset[str]) -> "Names":
        return Names(self.sure - bound, self.possible - bound)

    @property
    def all(self) -> frozenset[str]:
        return self.sure | self.possible


def names_of(node: Node) -> Names:
    """The free variables of a tree."""
    if isinstance(node, Name):
        return Names(frozenset({node.name}))
    if isinstance(node, Filter):
        inner = names_of(node.condition).all - {"item"}
        return names_of(node.target) | Names(possible=inner)
    if isinstance(node, (For, Quantified)):
        return _names_of_loop(node)
    if isinstance(node, ContextOf):
        return _names_of_context(node)
    found = Names()
    for child in children(node):
        found |= names_of(child)
    return found


def _names_of_loop(loop: For | Quantified) -> Names:
    found, bound = Names(), frozenset[str]()
    for iterator in loop.iterators:
        for part in (iterator.domain, iterator.until):
            if part is not None:
                found |= names_of(part).without(bound)
        bound |= {iterator.name}
    if isinstance(loop, For):
        bound |= {"partial"}
    return found | names_of(loop.body).without(bound)


def _names_of_context(context: ContextOf) -> Names:
    found, bound = Names(), frozenset[str]()
    for key, value in context.entries:
        found |= names_of(value).without(bound)
        bound |= {key}
    return found
