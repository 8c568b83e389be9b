"""Syntax tree -> closures `(scope, budget) -> value`.

A scope is a mapping of names, most often the case data itself. Loops and filters make a small dict of only the names
that their body reads, so that their cost does not depend on the size of the case.
"""

from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from typing import Any

from engine.feel import nodes, temporal
from engine.feel.budget import Budget, exhausted, fitting_list
from engine.feel.calls import Closure, Scope, Signature, library_call, product_call
from engine.feel.errors import FeelError, error_at
from engine.feel.functions import LIBRARY
from engine.feel.loops import Rounds, filtered, indexed, iteration, quantification, selected
from engine.feel.nodes import Node, names_of
from engine.feel.operators import ARITHMETIC, COMPARISONS, Operation, belongs, less_or_equal, negative
from engine.feel.patterns import Pattern
from engine.feel.types import instance_of
from engine.feel.values import Range, lift

TestClosure = Callable[[object, Scope, Budget], bool | None]


class Compiler:
    """Builds the closures of one text; `functions` are the product's, which hide library functions of the same name."""

    def __init__(self, text: str, functions: frozenset[str]) -> None:
        self.text = text
        self.functions = functions

    def build(self, node: Node) -> Closure:
        return _BUILDERS[type(node)](self, node)

    def literal(self, node: nodes.Literal) -> Closure:
        value = node.value
        return lambda scope, budget: value

    def moment(self, node: nodes.Moment) -> Closure:
        text = node.text
        value = temporal.read_date(text) or temporal.read_duration(text)
        if value is not None:
            return lambda scope, budget: value
        if temporal.read_any(text, UTC) is None:
            raise error_at(
                self.text,
                node.at,
                f'"{text}" bukan tanggal, waktu atau durasi.',
                'Tulis misalnya @"2027-01-31" atau @"P3D".',
            )
        return lambda scope, budget: temporal.read_any(text, budget.environment.zone)

    def name(self, node: nodes.Name) -> Closure:
        name = node.name

        def run(scope: Scope, budget: Budget) -> object:
            value = scope.get(name)
            kind = type(value)
            return lift(value) if kind is int or kind is float or kind is tuple else value

        return run

    def input_value(self, node: nodes.Input) -> Closure:
        return lambda scope, budget: budget.input

    def list_of(self, node: nodes.ListOf) -> Closure:
        items = [self.build(item) for item in node.items]

        def run(scope: Scope, budget: Budget) -> object:
            return fitting_list([item(scope, budget) for item in items], budget)

        return run

    def context_of(self, node: nodes.ContextOf) -> Closure:
        entries = [(key, self.build(value)) for key, value in node.entries]
        keys = {key for key, _ in entries}
        if not any(keys & names_of(value).all for _, value in node.entries):

            def run_flat(scope: Scope, budget: Budget) -> object:
                budget.spend()
                return {key: value(scope, budget) for key, value in entries}

            return run_flat
        names = frozenset[str]().union(*(names_of(value).all for _, value in node.entries))

        def run(scope: Scope, budget: Budget) -> object:
            budget.spend()
            inner, made = selected(scope, names), {}
            for key, value in entries:
                inner[key] = made[key] = value(inner, budget)
            return made

        return run

    def range_of(self, node: nodes.RangeOf) -> Closure:
        start, end = self.build(node.start), self.build(node.end)
        start_included, end_included = node.start_included, node.end_included

        def run(scope: Scope, budget: Budget) -> object:
            low, high = start(scope, budget), end(scope, budget)
            if low is not None and high is not None and less_or_equal(low, high, budget) is None:
                return None
            return Range(low, high, start_included, end_included)

        if isinstance(node.start, nodes.Literal) and isinstance(node.end, nodes.Literal):
            low, high = node.start.value, node.end.value
            if isinstance(low, Decimal) and isinstance(high, Decimal):
                value = Range(low, high, start_included, end_included)
                return lambda scope, budget: value
        return run

    def negation(self, node: nodes.Negation) -> Closure:
        operand = self.build(node.operand)

        def run(scope: Scope, budget: Budget) -> object:
            return negative(operand(scope, budget))

        return run

    def arithmetic(self, node: nodes.Arithmetic) -> Closure:
        first = self.build(node.first)
        rest = [(ARITHMETIC[operator], self.build(operand)) for operator, operand in node.rest]
        if len(rest) == 1:
            return _binary(rest[0][0], first, rest[0][1])

        def run(scope: Scope, budget: Budget) -> object:
            budget.spend(len(rest))
            value = first(scope, budget)
            for operate, operand in rest:
                value = operate(value, operand(scope, budget), budget)
            return value

        return run

    def comparison(self, node: nodes.Comparison) -> Closure:
        return _binary(COMPARISONS[node.operator], self.build(node.left), self.build(node.right))

    def logic(self, node: nodes.Logic) -> Closure:
        operands = [self.build(operand) for operand in node.operands]
        decides = node.operator == "or"

        def run(scope: Scope, budget: Budget) -> object:
            unknown = False
            for operand in operands:
                value = operand(scope, budget)
                if value is decides:
                    return decides
                if value is not (not decides):
                    unknown = True
            return None if unknown else not decides

        return run

    def between(self, node: nodes.Between) -> Closure:
        value, low, high = self.build(node.value), self.build(node.low), self.build(node.high)

        def run(scope: Scope, budget: Budget) -> object:
            budget.spend()
            item = value(scope, budget)
            above = less_or_equal(low(scope, budget), item, budget)
            below = less_or_equal(item, high(scope, budget), budget)
            if above is False or below is False:
                return False
            return None if above is None or below is None else True

        return run

    def membership(self, node: nodes.Membership) -> Closure:
        value, test = self.build(node.value), self.any_of(node.tests)

        def run(scope: Scope, budget: Budget) -> object:
            return test(value(scope, budget), scope, budget)

        return run

    def any_of(self, tests: tuple[nodes.Test, ...]) -> TestClosure:
        """Whether one of the tests holds, three-valued."""
        built = [self.test(test) for test in tests]
        if len(built) == 1:
            return built[0]

        def run(value: object, scope: Scope, budget: Budget) -> bool | None:
            unknown = False
            for test in built:
                verdict = test(value, scope, budget)
                if verdict:
                    return True
                unknown = unknown or verdict is None
            return None if unknown else False

        return run

    def test(self, node: nodes.Test) -> TestClosure:
        operand = self.build(node.operand)
        if not node.operator and states_a_condition(node.operand):
            return lambda value, scope, budget: _truth(operand(scope, budget))
        compare = COMPARISONS[node.operator] if node.operator else belongs

        def run(value: object, scope: Scope, budget: Budget) -> bool | None:
            budget.left -= 1
            if budget.left < 0:
                raise exhausted()
            return compare(value, operand(scope, budget), budget)

        return run

    def conditional(self, node: nodes.Conditional) -> Closure:
        condition, then, otherwise = self.build(node.condition), self.build(node.then), self.build(node.otherwise)

        def run(scope: Scope, budget: Budget) -> object:
            return then(scope, budget) if condition(scope, budget) is True else otherwise(scope, budget)

        return run

    def rounds(self, rounds: tuple[nodes.Round, ...]) -> tuple[Rounds, ...]:
        return tuple(
            Rounds(part.name, self.build(part.domain), None if part.until is None else self.build(part.until))
            for part in rounds
        )

    def loop(self, node: nodes.For) -> Closure:
        partial = "partial" in names_of(node.body).all
        return iteration(self.rounds(node.iterators), self.build(node.body), names_of(node).all, partial)

    def quantified(self, node: nodes.Quantified) -> Closure:
        return quantification(node.every, self.rounds(node.iterators), self.build(node.body), names_of(node).all)

    def path(self, node: nodes.Path) -> Closure:
        target, key = self.build(node.target), node.key

        def run(scope: Scope, budget: Budget) -> object:
            value = target(scope, budget)
            if isinstance(value, dict):
                return lift(value.get(key))
            if isinstance(value, list):
                budget.spend(1 + (len(value) >> 2))
                return fitting_list([_member(item, key, budget) for item in value], budget)
            return _member(value, key, budget)

        return run

    def filter_of(self, node: nodes.Filter) -> Closure:
        target, condition = self.build(node.target), node.condition
        if isinstance(condition, nodes.Literal) and isinstance(condition.value, Decimal):
            return indexed(target, condition.value)
        return filtered(target, self.build(condition), names_of(condition).all)

    def instance(self, node: nodes.InstanceOf) -> Closure:
        value, check = self.build(node.value), instance_of(node.type)
        return lambda scope, budget: check(value(scope, budget), budget)

    # -------------------------------------------------------------------------------------------- calls

    def call(self, node: nodes.Call) -> Closure:
        arguments = [self.build(argument) for argument in node.arguments]
        if node.name in self.functions:
            return product_call(node.name, arguments, node.named)
        for signature in LIBRARY[node.name]:
            bound = signature.bind(node.named, len(arguments))
            if bound is not None:
                self.check_pattern(node, signature, bound)
                return library_call(signature, arguments, bound)
        forms = " atau ".join(str(signature) for signature in LIBRARY[node.name])
        raise error_at(self.text, node.at, f'Argumen fungsi "{node.name}" tidak cocok.', f"Bentuknya: {forms}.")

    def check_pattern(self, node: nodes.Call, signature: Signature, bound: list[int | None]) -> None:
        """Reads a literal pattern already now, so that a wrong one is found while checking documents."""
        for parameter, index in zip(signature.parameters, bound, strict=False):
            if parameter.name in ("pattern", "delimiter") and index is not None:
                argument = node.arguments[index]
                if isinstance(argument, nodes.Literal) and isinstance(argument.value, str):
                    self.read_pattern(argument.value, argument.at)

    def read_pattern(self, pattern: str, at: int) -> None:
        try:
            Pattern.read(pattern)
        except FeelError as error:
            raise error_at(self.text, at, error.message, error.mend) from None


def states_a_condition(node: Node) -> bool:
    """Whether a unary test says itself what must be true, rather than naming a value to be equal to."""
    if isinstance(
        node, (nodes.Comparison, nodes.Logic, nodes.Between, nodes.Membership, nodes.Quantified, nodes.InstanceOf)
    ):
        return True
    return _mentions_input(node) or (isinstance(node, nodes.Call) and node.name == "not")


def _mentions_input(node: Node) -> bool:
    return isinstance(node, nodes.Input) or any(_mentions_input(child) for child in nodes.children(node))


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _binary(operate: Operation, left: Closure, right: Closure) -> Closure:
    def run(scope: Scope, budget: Budget) -> object:
        budget.left -= 1
        if budget.left < 0:
            raise exhausted()
        return operate(left(scope, budget), right(scope, budget), budget)

    return run


def _member(value: object, key: str, budget: Budget) -> object:
    """A member of a context, an end of a range, or a part of a date, time or duration (also of its text)."""
    if isinstance(value, dict):
        return lift(value.get(key))
    if isinstance(value, Range):
        return _RANGE_PARTS[key](value) if key in _RANGE_PARTS else None
    if isinstance(value, str):
        return (
            temporal.part(temporal.read_any(value, budget.environment.zone), key)
            if key in temporal.PART_NAMES
            else None
        )
    return temporal.part(value, key)


_RANGE_PARTS: dict[str, Callable[[Range], object]] = {
    "start": lambda span: span.start,
    "end": lambda span: span.end,
    "start included": lambda span: span.start_included,
    "end included": lambda span: span.end_included,
}

_BUILDERS: dict[type[Node], Callable[[Compiler, Any], Closure]] = {
    nodes.Literal: Compiler.literal,
    nodes.Moment: Compiler.moment,
    nodes.Name: Compiler.name,
    nodes.Input: Compiler.input_value,
    nodes.ListOf: Compiler.list_of,
    nodes.ContextOf: Compiler.context_of,
    nodes.RangeOf: Compiler.range_of,
    nodes.Negation: Compiler.negation,
    nodes.Arithmetic: Compiler.arithmetic,
    nodes.Comparison: Compiler.comparison,
    nodes.Logic: Compiler.logic,
    nodes.Between: Compiler.between,
    nodes.Membership: Compiler.membership,
    nodes.Conditional: Compiler.conditional,
    nodes.For: Compiler.loop,
    nodes.Quantified: Compiler.quantified,
    nodes.Path: Compiler.path,
    nodes.Filter: Compiler.filter_of,
    nodes.InstanceOf: Compiler.instance,
    nodes.Call: Compiler.call,
}
