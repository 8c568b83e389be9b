"""Types before anything runs: what an expression gives, and what in it surely goes wrong.

FEEL makes null of what has no meaning (`score > "90"`), so that a mistake is quietly never true. Here it is said. What is
not known is taken to fit.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import nearest
from engine.feel import nodes, shapes
from engine.feel.nodes import Node
from engine.feel.shapes import ANYTHING, NULL, Shape
from engine.feel.values import type_name

TEMPORAL = frozenset({"date", "time", "date and time", "days and time duration", "years and months duration"})
_UNORDERED = frozenset({"boolean", "list", "context", "range"})
_NEVER_ADDED = frozenset({"boolean", "context", "range"})
_RESULTS = {
    "boolean": (
        "not", "is", "is defined", "list contains", "is empty", "all", "any", "contains", "starts with", "ends with",
        "matches", "odd", "even",
    ),
    "number": (
        "number", "count", "sum", "mean", "median", "stddev", "product", "string length", "floor", "ceiling", "abs",
        "modulo", "sqrt", "log", "exp", "decimal", "round up", "round down", "round half up", "round half down",
        "day of year", "week of year",
    ),
    "string": (
        "string", "substring", "upper case", "lower case", "trim", "substring before", "substring after", "replace",
        "string join", "day of week", "month of year",
    ),
    "date": ("date", "today", "last day of month"),
    "date and time": ("now", "date and time"),
    "time": ("time",),
    "years and months duration": ("years and months duration",),
    "list": (
        "append", "concatenate", "distinct values", "flatten", "sort", "reverse", "sublist", "union", "index of", "split",
        "remove", "insert before", "list replace", "duplicate values", "partition", "get entries", "mode",
    ),
    "context": ("context", "context put", "context merge"),
}  # fmt: skip
RESULTS = {name: shapes.of(kind) for kind, names in _RESULTS.items() for name in names} | {
    "duration": Shape(frozenset({"days and time duration", "years and months duration"})),
    "abs": Shape(frozenset({"number", "days and time duration", "years and months duration"})),
}


@dataclass(frozen=True)
class Finding:
    """Something that never comes true. `certain` is False for a text that only data of earlier documents may hold."""

    at: int  # offset in the text
    message: str
    mend: str
    certain: bool = True


@dataclass
class Inference:
    """The shapes of an expression's parts; `findings` fill while it looks."""

    names: Mapping[str, Shape]
    findings: list[Finding]

    def shape(self, node: Node) -> Shape:
        """What is known of a part's value."""
        look = _LOOKS.get(type(node))
        if look is not None:
            return look(self, node)
        for child in nodes.children(node):
            self.shape(child)
        return ANYTHING

    # ---------------------------------------------------------------------------------------- values

    def literal(self, node: nodes.Literal) -> Shape:
        value = node.value
        if value is None:
            return NULL
        if isinstance(value, str):
            return shapes.text_of([value])
        return shapes.of(type_name(value))

    def name(self, node: nodes.Name) -> Shape:
        return self.names.get(node.name, ANYTHING)

    def list_of(self, node: nodes.ListOf) -> Shape:
        return shapes.list_of(shapes.joined(self.shape(item) for item in node.items))

    def context_of(self, node: nodes.ContextOf) -> Shape:
        inner, found = self, dict[str, Shape]()
        for key, value in node.entries:
            found[key] = inner.shape(value)
            inner = inner.with_names({key: found[key]})
        return shapes.context_of(found)

    def path(self, node: nodes.Path) -> Shape:
        target = self.shape(node.target)
        if target.only("context") and target.fields is not None:
            return target.fields.get(node.key, ANYTHING)
        if target.only("list") and target.item is not None and target.item.only("context") and target.item.fields:
            return shapes.list_of(target.item.fields.get(node.key, ANYTHING))
        return ANYTHING

    def conditional(self, node: nodes.Conditional) -> Shape:
        self.condition(node.condition, "Syarat sesudah if")
        return self.shape(node.then) | self.shape(node.otherwise)

    def call(self, node: nodes.Call) -> Shape:
        given = [self.shape(argument) for argument in node.arguments]
        if node.name == "get or else" and len(given) == 2:
            return given[0] | given[1]
        return RESULTS.get(node.name, ANYTHING)

    # ---------------------------------------------------------------------------------------- loops

    def loop(self, node: nodes.For) -> Shape:
        inner = self.rounds(node.iterators).with_names({"partial": ANYTHING})
        return shapes.list_of(inner.shape(node.body))

    def quantified(self, node: nodes.Quantified) -> Shape:
        self.rounds(node.iterators).condition(node.body, "Syarat sesudah satisfies")
        return shapes.of("boolean")

    def rounds(self, iterators: tuple[nodes.Round, ...]) -> "Inference":
        inner = self
        for one in iterators:
            domain = inner.shape(one.domain)
            item = domain.item if domain.only("list") and domain.item is not None else ANYTHING
            inner = inner.with_names({one.name: ANYTHING if one.until is not None else item})
        return inner

    def filter_of(self, node: nodes.Filter) -> Shape:
        """Of a list; inside, any name may be a member of the items."""
        target = self.shape(node.target)
        picks = self.with_names(_members(target, node.condition)).shape(node.condition)
        if not target.only("list"):
            return ANYTHING
        if picks.only("number"):
            return target.item or ANYTHING
        return target if picks.only("boolean") else ANYTHING

    def with_names(self, names: Mapping[str, Shape]) -> "Inference":
        return Inference({**self.names, **names}, self.findings)

    # ---------------------------------------------------------------------------------------- truth

    def condition(self, node: Node, place: str) -> None:
        """Say that a value which cannot be true or false is no condition."""
        found = self.shape(node)
        if found.kinds and "boolean" not in found.kinds:
            message = f"{place} menghasilkan {found.words}, bukan benar atau salah; ia tidak pernah terpenuhi."
            self.say(node, message, "Tulis perbandingan, misalnya nilai >= 90 atau disetujui = true.")

    def logic(self, node: nodes.Logic) -> Shape:
        for operand in node.operands:
            self.condition(operand, f"Bagian dari {node.operator}")
        return shapes.of("boolean")

    def comparison(self, node: nodes.Comparison) -> Shape:
        left, right = self.shape(node.left), self.shape(node.right)
        self.compare(node, left, right, node.operator)
        return shapes.of("boolean")

    def between(self, node: nodes.Between) -> Shape:
        value = self.shape(node.value)
        for end in (node.low, node.high):
            self.compare(end, value, self.shape(end), "<=")
        return shapes.of("boolean")

    def membership(self, node: nodes.Membership) -> Shape:
        value = self.shape(node.value)
        for test in node.tests:
            self.belongs(value, test.operator or "=", test.operand)
        return shapes.of("boolean")

    def passes(self, value: Shape, test: nodes.Test) -> None:
        """Say that a value can never pass a test of a decision table; a test may also be a condition of its own."""
        operand = test.operand
        if isinstance(operand, nodes.ListOf | nodes.RangeOf | nodes.Literal):
            self.belongs(value, test.operator or "=", operand)
            return
        found = self.shape(operand)
        if test.operator or (found.kinds and not found.kinds & {"boolean", "list", "range"}):
            self.compare(operand, value, found, test.operator or "=")

    def belongs(self, value: Shape, operator: str, target: Node) -> None:
        if isinstance(target, nodes.ListOf):
            for item in target.items:
                self.belongs(value, operator, item)
        elif isinstance(target, nodes.RangeOf):
            for end in (target.start, target.end):
                self.compare(end, value, self.shape(end), "<=")
        elif isinstance(target, nodes.Literal):
            self.compare(target, value, self.shape(target), operator)
        else:
            self.shape(target)

    def compare(self, node: Node, left: Shape, right: Shape, operator: str) -> None:
        if left.kinds == frozenset() or right.kinds == frozenset() or left.kinds is None or right.kinds is None:
            return  # null, or nothing is known
        if not any(_comparable(one, other, operator) for one in left.kinds for other in right.kinds):
            message = f"{left.words.capitalize()} dibandingkan dengan {right.words}; hasilnya selalu kosong."
            self.say(node, message, _compared(left, right))
        elif operator in ("=", "!="):
            self.option(node, left, right)

    def option(self, node: Node, left: Shape, right: Shape) -> None:
        """Say that a text is none of those that the other side can be."""
        if not (left.only("string") and right.only("string")) or left.options is None or right.options is None:
            return
        if left.options & right.options or not left.options or not right.options:
            return
        word, known = (left, right) if len(left.options) == 1 and len(right.options) > 1 else (right, left)
        if len(word.options or ()) != 1:
            return
        said, choices = next(iter(word.options or ())), sorted(known.options or ())
        listed = ", ".join(f'"{choice}"' for choice in choices[:8])
        alike = [choice for choice in choices if _plain(choice) == _plain(said)]
        self.say(
            node,
            f'"{said}" bukan salah satu nilai yang mungkin; perbandingan ini selalu sama hasilnya.',
            f'Mungkin yang dimaksud "{alike[0]}".' if alike else nearest(said, choices, f"Nilai yang ada: {listed}."),
            certain=bool(alike),
        )

    # ---------------------------------------------------------------------------------------- arithmetic

    def arithmetic(self, node: nodes.Arithmetic) -> Shape:
        found = self.shape(node.first)
        for operator, operand in node.rest:
            found = self.operate(node, operator, found, self.shape(operand))
        return found

    def operate(self, node: Node, operator: str, left: Shape, right: Shape) -> Shape:
        if left.kinds is None or right.kinds is None or not left.kinds or not right.kinds:
            return ANYTHING
        if all(_never_calculates(operator, one, other) for one in left.kinds for other in right.kinds):
            message = (
                f"{left.words.capitalize()} {operator} {right.words} tidak dapat dihitung; hasilnya selalu kosong."
            )
            self.say(node, message, "Ubah dulu jenisnya, misalnya number(teks) atau string(angka).")
            return ANYTHING
        same = left.kinds == right.kinds and len(left.kinds) == 1
        return Shape(left.kinds) if same and (left.only("number") or left.only("string")) else ANYTHING

    def say(self, node: Node, message: str, mend: str, *, certain: bool = True) -> None:
        self.findings.append(Finding(node.at, message, mend, certain))


def _members(target: Shape, condition: Node) -> Mapping[str, Shape]:
    """What names mean inside a filter: members of the items, where items may have any, before names around it."""
    item = target.item if target.only("list") and target.item is not None else ANYTHING
    if item.kinds and "context" not in item.kinds:
        return {"item": item}
    fields = item.fields or {} if item.only("context") else {}
    return {**dict.fromkeys(nodes.names_of(condition).all, ANYTHING), **fields, "item": item}


def _comparable(one: str, other: str, operator: str) -> bool:
    if one == other:
        return operator in ("=", "!=") or one not in _UNORDERED
    pair = {one, other}
    return pair <= {"date", "date and time"} or ("string" in pair and bool(pair & TEMPORAL))


def _never_calculates(operator: str, one: str, other: str) -> bool:
    pair = {one, other}
    if pair & _NEVER_ADDED:
        return True
    if pair == {"string"}:
        return operator != "+"
    return pair == {"number", "string"}


def _compared(left: Shape, right: Shape) -> str:
    for one, other in ((left, right), (right, left)):
        if one.only("number") and other.only("string"):
            return "Tulis angka tanpa tanda petik, atau ubah teksnya dengan number(...)."
    return "Bandingkan nilai yang sejenis."


def _plain(text: str) -> str:
    """A text without case, spaces and signs."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_LOOKS: dict[type[Node], Callable[[Inference, Any], Shape]] = {
    nodes.Literal: Inference.literal,
    nodes.Name: Inference.name,
    nodes.Input: lambda self, node: self.names.get("?", ANYTHING),
    nodes.ListOf: Inference.list_of,
    nodes.ContextOf: Inference.context_of,
    nodes.Path: Inference.path,
    nodes.Conditional: Inference.conditional,
    nodes.Call: Inference.call,
    nodes.For: Inference.loop,
    nodes.Quantified: Inference.quantified,
    nodes.Filter: Inference.filter_of,
    nodes.Logic: Inference.logic,
    nodes.Comparison: Inference.comparison,
    nodes.Between: Inference.between,
    nodes.Membership: Inference.membership,
    nodes.Arithmetic: Inference.arithmetic,
    nodes.InstanceOf: lambda self, node: (self.shape(node.value), shapes.of("boolean"))[1],
}


def infer(node: Node, names: Mapping[str, Shape]) -> tuple[Shape, tuple[Finding, ...]]:
    """What is known of an expression's value, and what in it surely goes wrong."""
    inference = Inference(names, [])
    return inference.shape(node), tuple(inference.findings)


def infer_tests(tests: nodes.Tests, value: Shape, names: Mapping[str, Shape]) -> tuple[Finding, ...]:
    """What in a decision table's cell surely goes wrong, for values of a shape."""
    inference = Inference({**names, "?": value}, [])
    for test in tests.tests:
        inference.passes(value, test)
    return tuple(inference.findings)


def calls_in(node: Node) -> Iterator[nodes.Call]:
    """Every call of a function in an expression."""
    if isinstance(node, nodes.Call):
        yield node
    for child in nodes.children(node):
        yield from calls_in(child)
