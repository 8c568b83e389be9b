"""Evaluates expressions at one fixed moment: Friday 15 January 2027, 10:00 in Jakarta."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import Environment, FeelFunction, compile_expression, compile_unary, to_json

ZONE = ZoneInfo("Asia/Jakarta")


def days_after(day: Any, number: Any) -> Any:
    start = datetime.fromisoformat(day).date() if isinstance(day, str) else day
    return start + timedelta(days=int(number))


FUNCTIONS = {
    "working days after": FeelFunction("working days after", ("date", "n"), days_after),
    "raw": FeelFunction("raw", (), lambda: 1.5),
}
ENVIRONMENT = Environment(datetime(2027, 1, 15, 10, tzinfo=ZONE), ZONE, FUNCTIONS)


def value(text: str, context: Mapping[str, Any] | None = None) -> Any:
    """What an expression gives."""
    return compile_expression(text, FUNCTIONS).evaluate(context or {}, ENVIRONMENT)


def json(text: str, context: Mapping[str, Any] | None = None) -> Any:
    """The same as JSON."""
    return to_json(value(text, context))


def matches(cell: str, input: Any, context: Mapping[str, Any] | None = None) -> bool | None:
    """Whether a decision table's cell matches the value of an expression."""
    return compile_unary(cell, FUNCTIONS).matches(value(input, context), context or {}, ENVIRONMENT)
