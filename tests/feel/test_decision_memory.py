"""A decision that reads nothing but its inputs may remember its answers; nobody can tell."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import FeelError
from tests.feel.decision_files import decision, read, table
from tests.feel.evaluation import ENVIRONMENT

ROWS = [
    (["1", "-"], ['"one"']),
    (["true", "-"], ['"yes"']),
    (["null", '"a"'], ['"none"']),
    (["> 1", "not(null)"], ["x"]),
]
KINDS = read(decision("kinds", table("FIRST", ["x", "y"], ["z"], ROWS))).decisions["kinds"]
VALUES = st.sampled_from([None, True, False, 0, 1, 1.0, 2, 2.5, "a", "1", "", [1], {"a": 1}])


@given(st.lists(st.dictionaries(st.sampled_from(["x", "y", "other"]), VALUES), min_size=2, max_size=12))
def test_answers_are_those_of_a_decision_that_remembers_nothing(contexts: list[dict[str, object]]) -> None:
    forgetful = replace(KINDS, memory=None)

    assert KINDS.memory is not None
    for context in [*contexts, *contexts]:
        assert KINDS.evaluate(context, ENVIRONMENT) == forgetful.evaluate(context, ENVIRONMENT)


def test_equal_answers_are_worked_out_once() -> None:
    assert KINDS.evaluate({"x": 1, "other": 1}, ENVIRONMENT) is KINDS.evaluate({"x": 1, "other": 2}, ENVIRONMENT)


@pytest.mark.parametrize("cell", ["today()", "[1, 2][item > x]", "for i in [x] return i"])
def test_what_may_depend_on_more_than_the_inputs_is_asked_each_time(cell: str) -> None:
    known = read(decision("d", table("FIRST", ["x"], ["y"], [(["-"], [cell])]))).decisions["d"]

    assert known.memory is None


def test_the_day_is_never_remembered() -> None:
    days = read(decision("d", table("FIRST", ["x"], ["y"], [(["-"], ["today()"])]))).decisions["d"]
    tomorrow = replace(ENVIRONMENT, now=ENVIRONMENT.now + timedelta(days=1))

    assert days.evaluate({"x": 1}, ENVIRONMENT).value != days.evaluate({"x": 1}, tomorrow).value


def test_an_error_comes_each_time() -> None:
    both = read(decision("d", table("UNIQUE", ["x"], ["y"], [(["> a"], ["1"]), (["> 5"], ["2"])]))).decisions["d"]

    for _ in range(2):
        with pytest.raises(FeelError):
            both.evaluate({"x": 7, "a": 6}, ENVIRONMENT)
