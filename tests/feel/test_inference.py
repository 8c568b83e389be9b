"""Types before anything runs: what is said to come to nothing does come to nothing, and what fits is let pass."""

from itertools import product

import pytest

from engine.feel import compile_expression
from engine.feel.inference import RESULTS, Finding, infer
from engine.feel.shapes import ANYTHING, NULL, Shape, context_of, joined, list_of, of, read_shape, text_of
from engine.feel.values import type_name
from tests.feel.evaluation import value

NAMES = {
    "score": of("number"),
    "told": of("string"),
    "agreed": of("boolean"),
    "grade": text_of(["BAIK", "SANGAT_BAIK"]),
    "day": of("date"),
    "ask": context_of({"n": of("number"), "rows": list_of(context_of({"done": of("boolean"), "mark": of("number")}))}),
    "marks": list_of(of("number")),
}


def shape(text: str) -> Shape:
    return infer(compile_expression(text).node, NAMES)[0]


def findings(text: str) -> tuple[Finding, ...]:
    return infer(compile_expression(text).node, NAMES)[1]


@pytest.mark.parametrize(
    "text",
    [
        'score > "90"',
        "told > 90",
        "score = agreed",
        "agreed < true",
        'score in ("A", "B")',
        'score in ["1".."9"]',
        "told between 1 and 9",
        "told + 1",
        "told * told",
        "agreed and score",
        'if told then 1 else 2',
        "marks[told > 1]",
        "some x in marks satisfies x",
        'every row in ask.rows satisfies row.done = "YA"',
        'count(marks) = "3"',
        'ask.n >= "3"',
        'ask.rows[mark > "3"]',
        'for x in marks return x = "3"',
        "{ a: score, b: a + told }",
        "day > 3",
        "day > duration(\"P1D\")",
    ],
)  # fmt: skip
def test_what_surely_comes_to_nothing_is_found(text: str) -> None:
    found = findings(text)

    assert {one.certain for one in found} == {True}
    assert found[0].message and found[0].mend


@pytest.mark.parametrize(
    "text",
    [
        "score > 90",
        "score > other",
        'grade = "BAIK"',
        "grade != null",
        "told = grade",
        'day > "2027-01-31"',
        'day > date("2027-01-31")',
        "day < now()",
        'told > date("2027-01-31")',  # a text that may be a date
        '"x" + told',
        "score + ask.n",
        "ask.unknown > 3",
        "ask.rows[done].mark",
        "ask.rows[1].mark > 2",
        "ask.rows[item.mark > 2]",
        "some x in ask.rows satisfies x.done",
        "if agreed then score else told",
        'if agreed then score > 3 else told = "x"',
        "for x in 1..3 return x + score",
        "agreed and (unknown or score > 3)",
        "score in (1, 2, [3..9])",
        "get or else(score, 0) > 3",
        'get or else(unknown, "x") > 3',
        "{ a: 1, b: a + 2 }.b > 3",
        "score instance of number",
        "marks = [1, 2]",
        "null = score",
    ],
)
def test_what_may_come_true_is_let_pass(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize(
    ("text", "certain", "mend"),
    [
        ('grade = "SANGAT BAIK"', True, 'Mungkin yang dimaksud "SANGAT_BAIK".'),
        ('"sangat-baik" = grade', True, 'Mungkin yang dimaksud "SANGAT_BAIK".'),
        ('grade in ("BAIK", "Baik")', True, 'Mungkin yang dimaksud "BAIK".'),
        ('grade = "SANGAT_BAI"', False, 'Mungkin yang dimaksud "SANGAT_BAIK".'),
        ('grade != "LAMA"', False, 'Nilai yang ada: "BAIK", "SANGAT_BAIK".'),
    ],
)
def test_a_text_that_is_no_option_names_the_one_that_was_meant(text: str, certain: bool, mend: str) -> None:
    [found] = findings(text)

    assert (found.certain, found.mend) == (certain, mend)


VALUES = (
    "1",
    '"x"',
    "true",
    "[1]",
    "{ a: 1 }",
    '@"2027-01-31"',
    '@"P1D"',
    '@"P1M"',
    '@"08:00:00"',
    '@"2027-01-31T08:00:00Z"',
)


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"])
def test_nothing_that_evaluates_is_refused(operator: str) -> None:
    """For a value of every type beside one of every other."""
    for left, right in product(VALUES, VALUES):
        text = f"{left} {operator} {right}"
        names = {"left": of(type_name(value(left))), "right": of(type_name(value(right)))}
        found = infer(compile_expression(f"left {operator} right").node, names)[1]
        if found:
            assert value(text) is None, text


CALLS = {
    "not": "not(true)", "is": "is(1, 1)", "is defined": "is defined(1)", "list contains": "list contains([1], 1)",
    "is empty": "is empty([])", "all": "all([true])", "any": "any([true])", "contains": 'contains("ab", "a")',
    "starts with": 'starts with("ab", "a")', "ends with": 'ends with("ab", "b")', "matches": 'matches("ab", "a")',
    "odd": "odd(1)", "even": "even(2)", "number": 'number("1")', "count": "count([1])", "sum": "sum([1])",
    "mean": "mean([1])", "median": "median([1])", "stddev": "stddev([1, 2])", "product": "product([1])",
    "string length": 'string length("a")', "floor": "floor(1.5)", "ceiling": "ceiling(1.5)", "abs": "abs(-1)",
    "modulo": "modulo(5, 3)", "sqrt": "sqrt(4)", "log": "log(2)", "exp": "exp(1)", "decimal": "decimal(1.234, 1)",
    "round up": "round up(1.5, 0)", "round down": "round down(1.5, 0)", "round half up": "round half up(1.5, 0)",
    "round half down": "round half down(1.5, 0)", "day of year": 'day of year(@"2027-01-31")',
    "week of year": 'week of year(@"2027-01-31")', "string": "string(1)", "substring": 'substring("ab", 1)',
    "upper case": 'upper case("a")', "lower case": 'lower case("A")', "trim": 'trim(" a ")',
    "substring before": 'substring before("ab", "b")', "substring after": 'substring after("ab", "a")',
    "replace": 'replace("a", "a", "b")', "string join": 'string join(["a"])', "day of week": 'day of week(@"2027-01-31")',
    "month of year": 'month of year(@"2027-01-31")', "date": 'date("2027-01-31")', "today": "today()",
    "last day of month": 'last day of month(@"2027-01-31")', "now": "now()",
    "date and time": 'date and time("2027-01-31T08:00:00Z")', "time": 'time("08:00:00")',
    "years and months duration": 'years and months duration(@"2026-01-31", @"2027-01-31")', "append": "append([1], 2)",
    "concatenate": "concatenate([1], [2])", "distinct values": "distinct values([1])", "flatten": "flatten([1])",
    "sort": "sort([1])", "reverse": "reverse([1])", "sublist": "sublist([1], 1)", "union": "union([1])",
    "index of": "index of([1], 1)", "split": 'split("a", ",")', "remove": "remove([1], 1)",
    "insert before": "insert before([1], 1, 2)", "list replace": "list replace([1], 1, 2)",
    "duplicate values": "duplicate values([1, 1])", "partition": "partition([1], 1)", "get entries": "get entries({ a: 1 })",
    "mode": "mode([1])", "context": 'context([{ key: "a", value: 1 }])', "context put": 'context put({}, "a", 1)',
    "context merge": "context merge([{ a: 1 }])", "duration": 'duration("P1D")',
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_functions_give_what_is_said_of_them(name: str) -> None:
    assert type_name(value(CALLS[name])) in (RESULTS[name].kinds or ())


def test_shapes_join_to_what_holds_for_both() -> None:
    assert joined([]) == joined([NULL]) == NULL
    assert of("number") | NULL == of("number")
    assert of("number") | ANYTHING == ANYTHING
    assert text_of(["A"]) | text_of(["B"]) == text_of(["A", "B"])
    assert (text_of(["A"]) | of("string")).options is None
    assert (text_of(["A"]) | of("number")).options == {"A"}
    one, other = context_of({"a": of("number")}), context_of({"a": of("string"), "b": of("date")})
    assert (one | other).fields == {"a": of("number") | of("string"), "b": of("date")}
    assert (one | of("context")).fields is None


def test_a_type_in_feel_s_notation_is_a_shape() -> None:
    assert read_shape("list<context<id: string>>") == list_of(context_of({"id": of("string")}))
    assert read_shape("Any") == ANYTHING
