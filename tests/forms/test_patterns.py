"""Patterns: those that always answer fast are taken, others are refused when the form is read."""

import pytest

from engine.forms.patterns import UnsafePattern, compile_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{18}$",
        r"^https?://[^ ]+$",
        r"^[A-Z]{2,4}-\d{1,6}/\d{4}$",
        r"^(?:19|20)\d{2}$",
        r"^\d+(\.\d+)?$",
        r"^(\d{3}\.)*\d{3}$",
        r"^[^@]+@[^@]+$",
        r"[\]a-z\\]{3}",
        r"^a\{2\}$",
        "",
    ],
)
def test_sensible_patterns_are_taken(pattern: str) -> None:
    assert compile_pattern(pattern, 200)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*b",
        "(a|aa)+$",
        "(a?){30}a{30}",
        "(a|b|ab)*c",
        "((a+)b?)+",
        "(?:a+){2,}",
        ".*.*.*.*=.*",
        "^(.+)(.+)(.+)(.+)$",
        r"(a)\1",
        "(?=a)b",
        "(?P<n>a)",
        "a++",
        "a+?",
        "a{,5}",
        "(a+){,50}",
        "[a",
        "(a",
        "a)",
        "*a",
        "a{5,2}",
        "a\\",
        r"\p{L}",
        "(((a{9999}){9999}){9999})",
        "x" * 201,
    ],
)
def test_patterns_that_could_take_long_or_are_none_are_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern, 200)


def test_a_shorter_text_allows_a_more_open_pattern() -> None:
    pattern = "^[^@]+@[^@]+[.][a-z]+$"
    assert compile_pattern(pattern, 100)
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern, 1_000)
