"""What holds for any text and any value."""

import json
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import (
    FeelError,
    Months,
    compile_expression,
    compile_moment,
    compile_script,
    compile_unary,
    read_decisions,
    to_json,
)
from engine.feel.budget import Budget
from engine.feel.functions import LIBRARY
from engine.feel.functions.conversion import string_from
from tests.feel.evaluation import ENVIRONMENT, FUNCTIONS, value

WORDS = [
    *(
        "1",
        "0",
        "-",
        "+",
        "*",
        "/",
        "**",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
    ),
    *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "and", "or", "between", "instance of"),
    *(
        "x",
        "goals",
        "w",
        "item",
        "partial",
        "null",
        "true",
        "false",
        "?",
        "not",
        '"a"',
        '"2027-01-31"',
        '@"P1D"',
        "number",
    ),
    *("1e6000", "0.1", '@"2027-01-31"', "list<number>", "a:", "//", "\n", "d.k", "goals[1]", "[1..5]", "now()"),
    *(f"{name}(" for name in sorted(LIBRARY)),
]
DATA: dict[str, Any] = {"x": 5, "w": 0.5, "goals": [{"w": 1}, {"w": 2.5, "t": "a"}, None], "d": {"k": [1, [2]]}}

sentences = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
texts = st.one_of(sentences, st.text(max_size=40), st.text('"\\@+-*/()[]{}<>=!?.,:0123456789abcxyz \n', max_size=40))
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
jsons = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
calls = st.tuples(st.sampled_from(sorted(LIBRARY)), st.lists(st.sampled_from(["a", "b", "c"]), min_size=0, max_size=4))


@settings(max_examples=300, deadline=None)
@given(texts)
def test_no_text_raises_anything_but_a_feel_error(text: str) -> None:
    before = json.dumps(DATA)
    for compiler in (compile_expression, compile_moment, compile_script, compile_unary):
        try:
            compiled = compiler(text, FUNCTIONS)
            if compiler is compile_unary:
                assert compiled.matches(Decimal(5), DATA, ENVIRONMENT) in (True, False, None)  # type: ignore[union-attr]
            else:
                json.dumps(to_json(compiled.evaluate(DATA, ENVIRONMENT)))  # type: ignore[union-attr]
        except FeelError as error:
            assert error.message and error.line >= 1 and error.column >= 1
            assert error.caret.count("\n") <= 1
    assert json.dumps(DATA) == before


@settings(max_examples=300, deadline=None)
@given(calls, jsons, jsons, jsons)
def test_no_function_raises_anything_but_a_feel_error(call: tuple[str, list[str]], a: Any, b: Any, c: Any) -> None:
    name, arguments = call
    context = {"a": a, "b": b, "c": c}
    before = repr(context)
    try:
        to_json(value(f"{name}({', '.join(arguments)})", context))
    except FeelError as error:
        assert error.message
    assert repr(context) == before


@settings(max_examples=150, deadline=None)
@given(jsons)
def test_json_passes_through_an_expression_unchanged(data: Any) -> None:
    result = to_json(value("x", {"x": data}))

    assert result == data
    assert json.loads(json.dumps(result)) == result


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)
)
def test_a_number_written_as_text_reads_back_as_itself(number: float) -> None:
    read = compile_expression(value("string(x)", {"x": number})).evaluate({}, ENVIRONMENT)

    assert to_json(read) == number


@settings(max_examples=100, deadline=None)
@given(
    st.dates().map(lambda day: day)
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas(min_value=timedelta(days=-9_000_000), max_value=timedelta(days=9_000_000))
    | st.integers(-100_000, 100_000).map(Months)
)
def test_a_temporal_value_written_as_text_reads_back_as_itself(moment: date | datetime | timedelta | Months) -> None:
    written = string_from(Budget(ENVIRONMENT), moment)

    assert compile_expression(f'@"{written}"').evaluate({}, ENVIRONMENT) == moment
    assert to_json(moment) == written


@settings(max_examples=100, deadline=None)
@given(jsons, jsons)
def test_equality_is_mutual_and_true_of_oneself(a: Any, b: Any) -> None:
    context = {"a": a, "b": b}

    assert value("a = a", context) is True
    assert value("a = b", context) is value("b = a", context)
    assert value("a != b", context) is (None if value("a = b", context) is None else not value("a = b", context))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-100, 100), max_size=20))
def test_lists_keep_their_laws(numbers: list[int]) -> None:
    context = {"n": numbers}

    assert to_json(value("reverse(reverse(n))", context)) == numbers
    assert to_json(value("sort(n)", context)) == sorted(numbers)
    assert to_json(value("n[item > 0]", context)) == [number for number in numbers if number > 0]
    assert to_json(value("count(distinct values(n))", context)) == len(set(numbers))
    assert value("every i in n satisfies i < 5", context) is (not value("some i in n satisfies i >= 5", context))


@settings(max_examples=100, deadline=None)
@given(st.text("ab()|*+?{}[]^$.\\d1,-", max_size=14), st.text("ab1-", max_size=30))
def test_any_pattern_is_searched_or_refused_in_bounded_time(pattern: str, text: str) -> None:
    started = time.process_time()
    try:
        for expression in ("matches(t, p)", 'replace(t, p, "x")', "split(t, p)"):
            value(expression, {"t": text, "p": pattern})
    except FeelError as error:
        assert error.mend
    assert time.process_time() - started < 2


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_bytes_break_the_reading_of_decisions(content: bytes) -> None:
    assert not read_decisions(content, "x.dmn").usable
