"""What expressions mean."""

from datetime import date, datetime
from typing import Any

import pytest

from engine.feel import FeelError, compile_expression, compile_moment, compile_script
from tests.feel.evaluation import ENVIRONMENT, FUNCTIONS, ZONE, json, value

CASE = {
    "x": 5,
    "rate": 0.1,
    "name": "Alice",
    "approved": True,
    "nothing": None,
    "goals": [{"w": 1, "title": "a"}, {"w": 2, "title": "b"}, {"w": 2.5}],
    "deep": {"in": {"side": 7}, "two words": 8},
    "due": "2027-01-31T23:59:59+07:00",
    "starts": "2027-01-01",
    "item": "outer",
    "big": 2**53,
}

MEANINGS: list[tuple[str, Any]] = [
    # numbers are decimal
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 2 - 3", 5),
    ("2 ** 3 ** 2", 64),
    ("-2 ** 2", 4),
    ("0.1 + 0.2 = 0.3", True),
    ("rate + 0.2 = 0.3", True),
    ("7 / 2", 3.5),
    ("1 / 0", None),
    ("0 ** 0 = null", True),
    ("1.5e3", 1500),
    (".5 + .5", 1),
    ("- - 3", 3),
    ("x * x", 25),
    ("big + 1 - 1 = big", True),
    # a boolean is not a number, a text not a list
    ("true + 1", None),
    ("approved * 2", None),
    ('"a" + 1', None),
    ('"a" + "b"', "ab"),
    ('"ab" * 3', None),
    # three-valued logic
    ("true and null", None),
    ("false and null", False),
    ("true or null", True),
    ("false or null", None),
    ("1 and true", None),
    ("1 and false", False),
    ("not(null)", None),
    ("not(true)", False),
    ("missing.path.deeper", None),
    ("missing > 3", None),
    ("if null then 1 else 2", 2),
    ("if 1 then 1 else 2", 2),
    ('if x > 3 then "high" else if x > 1 then "mid" else "low"', "high"),
    # comparison
    ("null = null", True),
    ("nothing != null", False),
    ("1 = null", False),
    ('1 = "1"', None),
    ("true = 1", None),
    ('"a" < "b"', True),
    ("true < false", None),
    ("[1, 2] = [1, 2]", True),
    ("[1, 2] = [1, 3]", False),
    ("[1, [2]] = [1, [2.0]]", True),
    ("{a: 1, b: 2} = {b: 2, a: 1}", True),
    ("{a: 1} = {a: 1, b: null}", False),
    ('goals[1] = {w: 1, title: "a"}', True),
    ("x between 1 and 5", True),
    ("x between 6 and 9", False),
    ("x between null and 9", None),
    ("missing between 1 and 9", None),
    ("x in [1..5]", True),
    ("x in [1..5)", False),
    ("x in (1..5]", True),
    ("x in ]1..5[", False),
    ("x in (4..6)", True),
    ("x in (1, 3, 5)", True),
    ("x in (> 7, < 6)", True),
    ("x in > 7", False),
    ("x in [1, 5]", True),
    ("x in ([1..2], [4..6])", True),
    ("x in 5 and true", True),
    ('name in ("Bob", "Alice")', True),
    ("null in [1..5]", None),
    ("1 in [[2..3], [0..1]]", True),
    # lists
    ("[1, 2, 3][2]", 2),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][4]", None),
    ("[1, 2, 3][0]", None),
    ("[1, 2, 3][1.5]", None),
    ("[1, 2, 3][item > 1]", [2, 3]),
    ("[1, 2, 3][x - 3]", 2),
    ("goals[w > 1].w", [2, 2.5]),
    ("goals.w", [1, 2, 2.5]),
    ("goals.title", ["a", "b", None]),
    ("goals[w > rate].title[1]", "a"),
    ('goals[title = "b"][1].w', 2),
    ("goals[item.w = 1]", [{"w": 1, "title": "a"}]),
    ("goals[missing]", []),
    ("missing[1]", None),
    ("missing[item > 1]", []),
    ("x[1]", 5),
    ("x[item > 9]", []),
    ("[][1]", None),
    ("[][item > 1]", []),
    ("[[1, 2], [3]][1][2]", 2),
    # loops
    ("for i in 1..3 return i * i", [1, 4, 9]),
    ("for i in 3..1 return i", [3, 2, 1]),
    ("for i in [1..3] return i", [1, 2, 3]),
    ("for g in goals return g.w * 2", [2, 4, 5]),
    ("for i in [1, 2], j in [10, 20] return i + j", [11, 21, 12, 22]),
    ("for i in [[1, 2], [3]], j in i return j", [1, 2, 3]),
    ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
    ("for i in 1..2 return partial", [[], [[]]]),
    ("for i in missing return i", None),
    ("for i in 7 return i", [7]),
    ("for i in 1.5..3 return i", []),
    ('for d in @"2027-01-30"..@"2027-02-01" return d.day', [30, 31, 1]),
    ("some g in goals satisfies g.w > 2", True),
    ("some g in goals satisfies g.w > 3", False),
    ("some g in goals satisfies g.none > 3", None),
    ("every g in goals satisfies g.w >= 1", True),
    ("every g in goals satisfies g.w > 1", False),
    ("every g in [] satisfies false", True),
    ("some g in [] satisfies true", False),
    ("some i in [1, 2], j in [2, 3] satisfies i = j", True),
    ("some g in missing satisfies true", None),
    # contexts
    ("{a: 1, b: a + 1}.b", 2),
    ('{"two words": 3, first name: 4}', {"two words": 3, "first name": 4}),
    ("deep.in.side", 7),
    ('get value(deep, "two words")', 8),
    ("{x: x}", {"x": 5}),
    ("{}", {}),
    ("{a: {b: [1]}}.a.b[1]", 1),
    # types
    ("x instance of number", True),
    ("name instance of string", True),
    ("approved instance of boolean", True),
    ("approved instance of number", False),
    ("nothing instance of Any", False),
    ("nothing instance of Null", True),
    ("goals instance of list", True),
    ("[1, 2] instance of list<number>", True),
    ('[1, "2"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True),
    ("{b: 1} instance of context<a: number>", False),
    ("[1..3] instance of range<number>", True),
    ("deep instance of context", True),
    ("today() instance of date", True),
    ("now() instance of date and time", True),
    ('@"P1D" instance of days and time duration', True),
    ('@"P1M" instance of years and months duration', True),
    ('@"10:00:00" instance of time', True),
    # names
    ("[item][1]", "outer"),
    ("date", None),
    ("if_else", None),
    ("// a comment\n 1 /* another */ + 1", 2),
    ('"say \\"hi\\"\\n\\u00e9"', 'say "hi"\né'),
    # calls
    ("substring(string: name, start position: 2, length: 3)", "lic"),
    ('working days after(@"2027-01-01", 3)', "2027-01-04"),
    ("working days after(date: starts, n: 3)", "2027-01-04"),
    ("raw() + 1", 2.5),
]


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_an_expression_means_what_dmn_says(text: str, expected: Any) -> None:
    result = json(text, CASE)

    assert result == expected
    assert type(result) is type(expected) or {type(result), type(expected)} <= {int, float}


TIMES: list[tuple[str, Any]] = [
    ("today()", "2027-01-15"),
    ("now()", "2027-01-15T10:00:00+07:00"),
    ('@"2027-01-31" - today()', "P16D"),
    ('today() - @"2027-01-31"', "-P16D"),
    ('today() + @"P14D"', "2027-01-29"),
    ('@"P14D" + today()', "2027-01-29"),
    ('today() - @"P1M"', "2026-12-15"),
    ('@"2024-02-29" + @"P1Y"', "2025-02-28"),
    ('@"2027-01-31" + @"P1M"', "2027-02-28"),
    ('now() + @"PT36H"', "2027-01-16T22:00:00+07:00"),
    ('now() - @"P1Y2M"', "2025-11-15T10:00:00+07:00"),
    ("now() - now()", "PT0S"),
    ('@"23:30:00" + @"PT1H"', "00:30:00"),
    ('@"10:00:00" - @"08:30:00"', "PT1H30M"),
    ('@"P1DT2H" * 2', "P2DT4H"),
    ('@"P1D" / 2', "PT12H"),
    ('@"P1D" / @"PT6H"', 4),
    ('@"P1Y" / @"P1M"', 12),
    ('@"P1Y" * 1.5', "P1Y6M"),
    ('@"P1Y" - @"P1M"', "P11M"),
    ('-@"P1Y2M"', "-P1Y2M"),
    ('@"P1D" + @"P1M"', None),
    ("today() + 1", None),
    ('@"9999-12-31" + @"P1D"', None),
    ('@"9999-12-31" + @"P1Y"', None),
    ("today().year", 2027),
    ("today().month", 1),
    ("today().day", 15),
    ("today().weekday", 5),
    ("now().hour", 10),
    ("now().time offset", "PT7H"),
    ("now().timezone", "Asia/Jakarta"),
    ('@"P1DT2H3M4.5S".days', 1),
    ('@"P1DT2H3M4.5S".hours', 2),
    ('@"P1DT2H3M4.5S".minutes', 3),
    ('@"P1DT2H3M4.5S".seconds', 4),
    ('@"-P1DT2H".days', -1),
    ('@"P14M".years', 1),
    ('@"P14M".months', 2),
    ('@"P14M".days', None),
    ('@"2027-01-01" < @"2027-01-02"', True),
    ('@"2027-01-15T10:00:00+07:00" = @"2027-01-15T03:00:00Z"', True),
    ('@"10:00:00+07:00" = @"03:00:00Z"', True),
    ('@"10:00:00" < @"09:00:00Z"', None),
    ('@"2027-01-15" < now()', True),
    ('@"P1D" > @"PT23H"', True),
    ('@"P1D" > @"P1M"', None),
    ('today() in [@"2027-01-01"..@"2027-01-31"]', True),
    # case data keeps dates as text
    ("due > now()", True),
    ("due - now()", "P16DT13H59M59S"),
    ('due - @"P3D"', "2027-01-28T23:59:59+07:00"),
    ("starts < today()", True),
    ("today() = starts", False),
    ("starts.year", 2027),
    ("due.day", 31),
    ("name.year", None),
    ("name < today()", None),
    ('[@"2027-01-10"..due] instance of range', True),
    # no offset: the case's zone
    ('@"2027-01-15T10:00:00" = now()', True),
    ('date and time("2027-01-15T10:00:00")', "2027-01-15T10:00:00+07:00"),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_time_is_reckoned_on_the_calendar_of_the_case(text: str, expected: Any) -> None:
    assert json(text, CASE) == expected


def test_a_moment_is_aware_and_a_day_is_a_date() -> None:
    assert value("now()") == datetime(2027, 1, 15, 10, tzinfo=ZONE)
    assert value("today()") == date(2027, 1, 15)


@pytest.mark.parametrize(
    "text",
    ["P14D", "PT6H", "-P3D", "P1Y6M", "2027-01-31", "2027-01-31T18:00", "2027-01-31T18:00:00+07:00", "R3/P7D", " P1D "],
)
def test_a_bare_duration_date_or_cycle_of_a_timer_means_itself(text: str) -> None:
    assert compile_moment(text).evaluate({}, ENVIRONMENT) == text.strip()


def test_a_timer_may_also_be_an_expression() -> None:
    assert compile_moment('today() + @"P1D"').evaluate({}, ENVIRONMENT) == date(2027, 1, 16)
    assert compile_moment("P").evaluate({"P": "P1D"}, ENVIRONMENT) == "P1D"
    with pytest.raises(FeelError):
        compile_moment("R3/")


def test_a_script_is_one_context_whose_entries_see_one_another() -> None:
    script = compile_script("{ total: sum(weights), enough: total >= 100 }")

    assert script.evaluate({"weights": [60, 40]}, ENVIRONMENT) == {"total": 100, "enough": True}
    with pytest.raises(FeelError, match="satu konteks"):
        compile_script("total + 1")


def test_an_expression_tells_the_names_that_it_reads() -> None:
    expression = compile_expression(
        "for g in goals return g.w * factor + sum(other[w > least].w) + {a: b, c: a}.c + (if x in [lo..hi] then 1 else 2)"
    )

    assert expression.names == {"goals", "factor", "other", "b", "x", "lo", "hi"}
    assert expression.possible == expression.names | {"w", "least"}
    assert compile_expression("for i in 1..3, j in i return partial").names == set()
    assert compile_expression("some i in a satisfies i = c").names == {"a", "c"}
    assert compile_expression("working days after(d, n)", FUNCTIONS).names == {"d", "n"}


def test_equal_texts_are_compiled_once() -> None:
    assert compile_expression("approved = true") is compile_expression("approved = true", ())


def test_data_is_never_changed() -> None:
    goals = [{"w": 1}, {"w": 2.5}]
    context = {"goals": goals, "d": {"k": [1]}}
    before = repr(context)

    for text in (
        "append(goals, 1)", 'context put(d, "k", 2)', "reverse(goals)", "sort(goals.w)", "goals[w > 1]", "remove(goals, 1)",
        "concatenate(goals, goals)", 'context put(d, ["k", "z"], 1)', "insert before(goals, 1, 0)", "{goals: 1, d: 2}",
        "for goals in goals return goals", "context merge([d, {k: 3}])", "flatten([goals, [goals]])", 'sort(goals, "w")',
    ):  # fmt: skip
        value(text, context)

    assert repr(context) == before
    assert context["goals"] is goals
