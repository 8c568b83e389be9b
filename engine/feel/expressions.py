"""The front door: texts compiled once, evaluated often."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from engine.feel import nodes
from engine.feel.budget import Budget, Environment
from engine.feel.calls import Closure
from engine.feel.compiler import Compiler, TestClosure
from engine.feel.errors import FeelError
from engine.feel.functions import LIBRARY
from engine.feel.nodes import Names, Node, names_of
from engine.feel.parser import Parser
from engine.feel.values import Json, measured

LIBRARY_NAMES = frozenset(LIBRARY)
_CACHED = 10_000  # texts of each kind

# P14D, R3/P7D, 2027-01-31, 2027-03-31T18:00+07:00: what timers write bare
_BARE = re.compile(
    r"-?P(?=[\dT])[\dYMWDTHS.]{1,60}|R\d{0,9}/[\dA-Z:.+\-/]{2,100}"
    r"|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)


class Expression:
    """A compiled expression.

    `names` are the variables it surely reads; `possible` adds those inside filters, which may also be members of the
    filtered items. What a name does not find is null.
    """

    __slots__ = ("_run", "names", "node", "possible", "text")

    def __init__(self, text: str, node: Node, names: Names, run: Closure) -> None:
        self.text = text
        self.node = node
        self.names = names.sure
        self.possible = names.all
        self._run = run

    def evaluate(self, context: Mapping[str, Json], environment: Environment) -> object:
        """The FEEL value in a context; raises FeelError when it asks for more than an expression may."""
        return self.evaluate_within(context, Budget(environment))

    def evaluate_within(self, context: Mapping[str, Json], budget: Budget) -> object:
        """As `evaluate`, paid from a budget that several expressions share."""
        try:
            value = self._run(context, budget)
        except FeelError as error:
            error.text = error.text or self.text
            raise
        except RecursionError:
            raise FeelError(
                "Ekspresi ini bersarang terlalu dalam.", "Bagi menjadi beberapa langkah.", text=self.text
            ) from None
        return measured(value) if isinstance(value, (list, dict)) else value

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """A compiled cell of a decision table, such as `> 5, [1..3]`, `not("A")`, `-`."""

    __slots__ = ("_test", "names", "node", "possible", "text")

    def __init__(self, text: str, node: nodes.Tests, names: Names, test: TestClosure | None) -> None:
        self.text = text
        self.node = node
        self.names = names.sure
        self.possible = names.all
        self._test = test  # None: anything matches

    def matches(self, value: object, context: Mapping[str, Json], environment: Environment) -> bool | None:
        """Whether a value passes; null when it cannot be compared."""
        return self.matches_within(value, context, Budget(environment))

    def matches_within(self, value: object, context: Mapping[str, Json], budget: Budget) -> bool | None:
        """As `matches`, paid from a budget that several cells share."""
        if self._test is None:
            return True
        budget.input = value
        try:
            verdict = self._test(value, context, budget)
        except FeelError as error:
            error.text = error.text or self.text
            raise
        except RecursionError:
            raise FeelError(
                "Sel ini bersarang terlalu dalam.", "Bagi menjadi beberapa baris.", text=self.text
            ) from None
        if not self.node.negated or verdict is None:
            return verdict
        return not verdict

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def compile_expression(text: str, functions: Iterable[str] = ()) -> Expression:
    """The compiled expression of a text; `functions` are names of product functions that it may call.

    Raises FeelError with line, column and mend.
    """
    return _expression(text, functions if type(functions) is frozenset else frozenset(functions))


def compile_moment(text: str, functions: Iterable[str] = ()) -> Expression:
    """As compile_expression, but a bare ISO duration, date, date-time or cycle (P14D, R3/P7D) means its own text."""
    return _moment(text, functions if type(functions) is frozenset else frozenset(functions))


def compile_unary(text: str, functions: Iterable[str] = ()) -> UnaryTests:
    """The compiled unary tests of a decision table's cell; an empty text or `-` matches anything."""
    return _unary(text, functions if type(functions) is frozenset else frozenset(functions))


def compile_script(text: str, functions: Iterable[str] = ()) -> Expression:
    """A script task's text: one context `{ a: ..., b: ... }`, whose evaluation gives a dict."""
    expression = compile_expression(text, functions)
    if not isinstance(expression.node, nodes.ContextOf):
        raise FeelError("Skrip harus berupa satu konteks.", "Bentuknya: { nama: nilai, nama_lain: nilai }.", text=text)
    return expression


@lru_cache(maxsize=_CACHED)
def _expression(text: str, functions: frozenset[str]) -> Expression:
    try:
        node = Parser(text, LIBRARY_NAMES | functions).whole_expression()
        return Expression(text, node, names_of(node), Compiler(text, functions).build(node))
    except RecursionError:
        raise FeelError("Ekspresi ini bersarang terlalu dalam.", "Bagi menjadi beberapa langkah.", text=text) from None


@lru_cache(maxsize=_CACHED)
def _moment(text: str, functions: frozenset[str]) -> Expression:
    bare = text.strip()
    if len(bare) > 200 or not _BARE.fullmatch(bare):
        return _expression(text, functions)
    return Expression(text, nodes.Literal(0, bare), Names(), lambda scope, budget: bare)


@lru_cache(maxsize=_CACHED)
def _unary(text: str, functions: frozenset[str]) -> UnaryTests:
    try:
        node = Parser(text, LIBRARY_NAMES | functions).whole_tests()
        test = Compiler(text, functions).any_of(node.tests) if node.tests else None
        return UnaryTests(text, node, names_of(node), test)
    except RecursionError:
        raise FeelError("Sel ini bersarang terlalu dalam.", "Bagi menjadi beberapa baris.", text=text) from None
