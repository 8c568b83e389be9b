"""Answers as a browser posts them."""

from collections.abc import Mapping
from decimal import Decimal

from engine.forms.entry import write_number
from engine.runtime.values import Json


def as_posted(answers: Json, path: str = "") -> dict[str, str]:
    """{"rows": [{"name": "x"}]} -> {"rows.n": "1", "rows.0.name": "x"}."""
    if isinstance(answers, Mapping):
        parts = {f"{path}.{key}" if path else key: value for key, value in answers.items()}
        return {name: text for part, value in parts.items() for name, text in as_posted(value, part).items()}
    if isinstance(answers, list):
        rows = {f"{path}.{number}": row for number, row in enumerate(answers)}
        return {f"{path}.n": str(len(answers))} | {
            name: text for part, row in rows.items() for name, text in as_posted(row, part).items()
        }
    return {path: _text(answers)}


def answered(fields: Mapping[str, str]) -> int:
    """How many posted values are answers: neither left empty, nor the count of a list, nor what a page hides."""
    hidden = {"n", "_id", "revision"}
    return sum(bool(value) and name.rpartition(".")[2] not in hidden for name, value in fields.items())


def _text(value: Json) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return write_number(Decimal(repr(value)), grouped=False)
    return "" if value is None else str(value)
