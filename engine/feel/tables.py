"""Decision tables: which rules hit, and what the hit policy makes of their outputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.feel.budget import Budget
from engine.feel.errors import FeelError
from engine.feel.expressions import Expression, UnaryTests
from engine.feel.functions.conversion import shown
from engine.feel.functions.lists import max_of_list, min_of_list, sum_of_list
from engine.feel.operators import equal
from engine.feel.values import Json, to_json


class HitPolicy(StrEnum):
    """What a table does when several rules hit."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"


SEVERAL = frozenset({HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT})  # answer with a list


@dataclass(frozen=True)
class RuleHit:
    """One rule that hit, for the history: `inputs` are the table's input values by their expressions."""

    table: str  # the decision's id
    rule: str  # the rule's id
    number: int  # its row, from 1
    annotation: str
    inputs: Mapping[str, Json]


@dataclass(frozen=True)
class Decided:
    """What a decision says, and the rules behind it, those of required decisions first."""

    value: object
    hits: tuple[RuleHit, ...] = ()


@dataclass(frozen=True)
class InputColumn:
    """An input: `allowed` are the values that may come (null always may)."""

    id: str
    label: str
    expression: Expression
    type: str = ""
    allowed: UnaryTests | None = None


@dataclass(frozen=True)
class OutputColumn:
    """An output: `values` in order of priority, the highest first; `default` for when no rule hits; `type` as the file
    says it.
    """

    id: str
    name: str
    values: tuple[object, ...] = ()
    default: Expression | None = None
    type: str = ""


@dataclass(frozen=True)
class Rule:
    """A row: `tests` one for each input, `outputs` one for each output."""

    id: str
    number: int
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotation: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Table:
    """A decision table, ready to decide."""

    id: str  # the decision's id
    name: str
    policy: HitPolicy
    aggregation: str  # "" | "SUM" | "MIN" | "MAX" | "COUNT"
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The variables it reads, the inputs' first."""
        found: dict[str, None] = {}
        for column in self.inputs:
            found.update(dict.fromkeys(sorted(column.expression.names)))
        for rule in self.rules:
            for names in (*(test.names for test in rule.tests), *(output.names for output in rule.outputs)):
                found.update(dict.fromkeys(sorted(names)))
        return tuple(found)

    def decide(self, scope: Mapping[str, Json], budget: Budget) -> Decided:
        """The value by the hit policy; null when no rule hits and there is no default.

        Raises:
            FeelError: an input outside its allowed values; two hits of a UNIQUE table, or different ones of an ANY table.
        """
        values = [column.expression.evaluate_within(scope, budget) for column in self.inputs]
        self._check_inputs(values, scope, budget)
        hits = self._hits(values, scope, budget)
        if not hits:
            return Decided(self._default(scope, budget))
        if len(hits) > 1 and self.policy is HitPolicy.UNIQUE:
            raise self._conflict(hits[0], hits[1], "Keduanya cocok, padahal hanya satu yang boleh.")
        outputs = [self._outputs(rule, scope, budget) for rule in hits]
        chosen = self._chosen(hits, outputs, budget)
        inputs = {
            column.expression.text.strip(): to_json(value) for column, value in zip(self.inputs, values, strict=True)
        }
        told = tuple(RuleHit(self.id, rule.id, rule.number, rule.annotation, inputs) for rule, _ in chosen)
        results = [self._result(output) for _, output in chosen]
        if self.policy not in SEVERAL:
            return Decided(results[0], told)
        return Decided(_AGGREGATIONS[self.aggregation](budget, results), told)

    def _check_inputs(self, values: Sequence[object], scope: Mapping[str, Json], budget: Budget) -> None:
        for column, value in zip(self.inputs, values, strict=True):
            if value is None or column.allowed is None or column.allowed.matches_within(value, scope, budget):
                continue
            raise FeelError(
                f'Tabel "{self.name}" tidak mengenal {column.expression.text.strip()} = {shown(value)}.',
                f"Nilai yang boleh: {column.allowed.text.strip()}.",
            )

    def _hits(self, values: Sequence[object], scope: Mapping[str, Json], budget: Budget) -> list[Rule]:
        found = []
        for rule in self.rules:
            if self._hit(rule, values, scope, budget):
                found.append(rule)
                if self.policy is HitPolicy.FIRST:
                    break
        return found

    def _hit(self, rule: Rule, values: Sequence[object], scope: Mapping[str, Json], budget: Budget) -> bool:
        try:
            return all(
                test.matches_within(value, scope, budget) for test, value in zip(rule.tests, values, strict=True)
            )
        except FeelError as error:
            raise self._in_rule(rule, error) from error

    def _outputs(self, rule: Rule, scope: Mapping[str, Json], budget: Budget) -> list[object]:
        try:
            return [entry.evaluate_within(scope, budget) for entry in rule.outputs]
        except FeelError as error:
            raise self._in_rule(rule, error) from error

    def _in_rule(self, rule: Rule, error: FeelError) -> FeelError:
        return FeelError(
            f'Tabel "{self.name}", aturan {rule.number} ({rule.id}): {error.message}',
            error.mend,
            text=error.text,
            line=error.line,
            column=error.column,
        )

    def _conflict(self, first: Rule, second: Rule, message: str) -> FeelError:
        return FeelError(
            f'Tabel "{self.name}": aturan {first.number} ({first.id}) dan {second.number} ({second.id}) bertentangan. {message}',
            "Persempit salah satu aturan.",
        )

    def _chosen(
        self, hits: Sequence[Rule], outputs: Sequence[list[object]], budget: Budget
    ) -> list[tuple[Rule, list[object]]]:
        """The hits that count, in the order that counts."""
        pairs = list(zip(hits, outputs, strict=True))
        if self.policy is HitPolicy.ANY:
            for rule, output in pairs[1:]:
                if equal(output, outputs[0], budget) is not True:
                    raise self._conflict(hits[0], rule, "Keduanya cocok, tetapi hasilnya berbeda.")
            return pairs[:1]
        if self.policy is HitPolicy.PRIORITY:
            return self._by_priority(pairs, budget)[:1]
        if self.policy is HitPolicy.OUTPUT_ORDER:
            return self._by_priority(pairs, budget)
        return pairs

    def _by_priority(self, pairs: list[tuple[Rule, list[object]]], budget: Budget) -> list[tuple[Rule, list[object]]]:
        """Sorted by the places of the outputs in their columns' values, the first column first; equals keep their order."""

        def places(output: list[object]) -> list[int]:
            return [_place(value, column.values, budget) for value, column in zip(output, self.outputs, strict=True)]

        return sorted(pairs, key=lambda pair: places(pair[1]))

    def _result(self, output: Sequence[object]) -> object:
        if len(self.outputs) == 1:
            return output[0]
        return {column.name: value for column, value in zip(self.outputs, output, strict=True)}

    def _default(self, scope: Mapping[str, Json], budget: Budget) -> object:
        if all(column.default is None for column in self.outputs):
            return None
        values = [column.default and column.default.evaluate_within(scope, budget) for column in self.outputs]
        result = self._result(values)
        return _AGGREGATIONS[self.aggregation](budget, [result]) if self.policy in SEVERAL else result


def _place(value: object, values: Sequence[object], budget: Budget) -> int:
    for place, known in enumerate(values):
        if equal(value, known, budget):
            return place
    return len(values)


def _all(budget: Budget, results: list[object]) -> object:
    return results


def _count(budget: Budget, results: list[object]) -> object:
    return Decimal(len(results))


_AGGREGATIONS: dict[str, Callable[[Budget, list[object]], object]] = {
    "": _all,
    "SUM": sum_of_list,
    "MIN": min_of_list,
    "MAX": max_of_list,
    "COUNT": _count,
}
AGGREGATIONS = frozenset(_AGGREGATIONS)
