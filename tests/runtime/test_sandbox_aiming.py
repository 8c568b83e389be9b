"""Guesses for a search: which values make a rule hit, and where an expression has its value from."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from engine.feel import Environment, compile_expression, read_decisions
from engine.feel.tables import Table
from engine.feel.values import Json
from engine.runtime.sandbox.rule_inputs import accepted, hitting
from engine.runtime.sandbox.sources import sources
from tests.runtime import diagrams as d

ENVIRONMENT = Environment(now=datetime(2026, 1, 1, tzinfo=UTC), zone=UTC)
LEVEL = d.decision(
    "level",
    ["days", "late"],
    "level",
    [["[3..5]", "true", "1"], ["> 5", "not(true)", "2"], ["-", "-", "3"]],
    hit_policy="FIRST",
)


def table() -> Table:
    logic = read_decisions(LEVEL, "level.dmn").decisions["level"].logic
    assert isinstance(logic, Table)
    return logic


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("days", {"days": 7}),
        ("leave.days", {"leave": {"days": 7}}),
        ("leaves[1].days", {"leaves": [{"days": 7}]}),
        ('leaves[kind = "sick"][1].days', {"leaves": [{"kind": "sick", "days": 7}]}),
        ("if a then b else c.d", {"b": 7, "c": {"d": 7}}),
        ("a + b", {}),
        ("sum(leaves)", {}),
    ],
)
def test_an_expression_has_its_value_from_these_variables(text: str, found: Mapping[str, Json]) -> None:
    node = compile_expression(text).node

    assert {source.root: source.value for source in sources(node, 7)} == found


def test_what_is_found_gives_the_expression_its_value() -> None:
    expression = compile_expression('leaves[kind = "sick"][1].days')
    (source,) = sources(expression.node, "long")

    assert expression.evaluate({source.root: source.value}, ENVIRONMENT) == "long"
    assert source.key == "days"


def test_a_rule_takes_the_values_that_its_table_mentions_with_their_neighbours() -> None:
    level = table()

    assert accepted(level, level.rules[0], 0, ENVIRONMENT) == [3, 4, 5]
    assert accepted(level, level.rules[1], 0, ENVIRONMENT) == [6]
    assert accepted(level, level.rules[1], 1, ENVIRONMENT) == [False, None]
    assert accepted(level, level.rules[2], 0, ENVIRONMENT) == ()


def test_of_rules_in_order_the_earlier_ones_must_not_hit() -> None:
    level = table()

    for rule in level.rules:
        ways = hitting(level, rule, ENVIRONMENT)
        assert ways
        for values in ways:
            scope = {("days", "late")[place]: value for place, value in values.items()}
            decided = read_decisions(LEVEL, "level.dmn").decisions["level"].evaluate(scope, ENVIRONMENT)
            assert [hit.rule for hit in decided.hits] == [rule.id]
    assert hitting(level, level.rules[2], ENVIRONMENT) == [{}]
