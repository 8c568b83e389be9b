"""Unary tests: the cells of decision tables."""

import pytest

from engine.feel import compile_unary
from tests.feel.evaluation import ENVIRONMENT, matches

CELLS = [
    ("-", "1", True),
    ("", "null", True),
    ("5", "5", True),
    ("5", "5.0", True),
    ("5", "6", False),
    ("5", '"5"', None),
    ("5", "null", False),
    ("-5", "-5", True),
    ("null", "null", True),
    ("null", "1", False),
    ("true", "true", True),
    ("true", "null", False),
    ("true", "false", False),
    ('"A"', '"A"', True),
    ('"A", "B"', '"B"', True),
    ('"A", "B"', '"C"', False),
    ('not("A", "B")', '"C"', True),
    ('not("A", "B")', '"A"', False),
    ('not("A")', "null", True),
    ("not(null)", "1", True),
    ("not(< 5)", "null", None),
    ("< 5", "4", True),
    ("< 5", "5", False),
    ("<= 5, > 9", "10", True),
    ("!= 5", "4", True),
    ("= 5", "5", True),
    ("< 5", "null", None),
    ("< 5", '"a"', None),
    ("[1..5]", "5", True),
    ("[1..5)", "5", False),
    ("]1..5[", "1", False),
    ("(1..5), [7..8]", "7", True),
    ("not([1..5])", "6", True),
    ("> limit", "6", True),
    ("limit", "5", True),
    ("limit + 1, 3", "6", True),
    ("[limit..9]", "7", True),
    ("list", "2", True),
    ("list", "9", False),
    ("? > 5", "6", True),
    ("? > 5 and ? < limit * 2", "7", True),
    ("? * 2 = 10", "5", True),
    ('contains(?, "b")', '"abc"', True),
    ("count(?) > 1", "[1, 2]", True),
    ('list contains(?, "x")', '["x"]', True),
    ("limit > 3", '"anything"', True),
    ("limit > 9", '"anything"', False),
    ("not(limit > 9)", '"anything"', True),
    ("not(?) and limit > 1", "false", True),
    ('< @"2027-02-01"', "today()", True),
    ('@"2027-01-15"', "today()", True),
    ('[@"2027-01-01"..@"2027-01-31"]', '"2027-01-20"', True),
    ('> date("2027-02-01")', '"2027-01-20"', False),
    ('> @"P3D"', '@"P4D"', True),
    ("5", "[1, 5]", True),
    ("[1, 5]", "[1, 5]", True),
    ('"2027-01-15"', "today()", True),
    ("for i in list return i", "2", True),
    ("some i in list satisfies i = ?", "2", True),
]


@pytest.mark.parametrize(("cell", "input", "expected"), CELLS)
def test_a_cell_matches_what_it_says(cell: str, input: str, expected: bool | None) -> None:
    assert matches(cell, input, {"limit": 5, "list": [1, 2]}) is expected


def test_a_cell_tells_the_names_that_it_reads() -> None:
    assert compile_unary("> limit, [low..9]").names == {"limit", "low"}
    assert compile_unary("-").names == set()


def test_one_cell_serves_many_inputs() -> None:
    cell = compile_unary("? > 5")

    assert [cell.matches(number, {}, ENVIRONMENT) for number in (1.5, 7, None)] == [None, None, None]
