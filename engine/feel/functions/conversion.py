"""Conversions: text, numbers, contexts made of parts."""

import re
from decimal import Decimal

from engine.feel.budget import DEPTH, TEXT, Budget, fitting_text, too_deep, too_long_text
from engine.feel.functions.library import feel
from engine.feel.numbers import from_text, plain
from engine.feel.values import TEMPORAL, Range, iso, lift

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)
_SEPARATORS = (" ", ",", ".", "")


@feel("number", "from: any")
def number_from(budget: Budget, value: object) -> object:
    """The number that a text writes with a decimal point."""
    if isinstance(value, Decimal):
        return value
    text = value.strip() if isinstance(value, str) else ""
    return from_text(text) if len(text) <= 100 and _NUMBER.fullmatch(text) else None


@feel("number", "from: text, grouping separator: text or null, decimal separator: text or null")
def number_with_separators(budget: Budget, text: str, grouping: str | None, point: str | None) -> object:
    """number("1.234,5", ".", ",") = 1234.5."""
    grouping, point = grouping or "", point or "."
    if grouping not in _SEPARATORS or point not in (".", ",") or grouping == point or len(text) > 100:
        return None
    bare = text.replace(grouping, "") if grouping else text
    if point == "," and "." in bare:
        return None
    return number_from(budget, bare.replace(point, "."))


@feel("string", "from: any")
def string_from(budget: Budget, value: object) -> object:
    """A value in words; null stays null."""
    if value is None:
        return None
    parts: list[str] = []
    _write(value, parts, budget, 0)
    if sum(map(len, parts)) > TEXT:
        raise too_long_text()
    return fitting_text("".join(parts), budget)


def shown(value: object) -> str:
    """A scalar as an expression writes it, for messages; a long text is cut."""
    if isinstance(value, (list, dict)):
        return "daftar" if isinstance(value, list) else "konteks"
    text = _scalar(lift(value), quoted=True)
    return text if len(text) <= 80 else text[:77] + "..."


def _write(value: object, parts: list[str], budget: Budget, depth: int) -> None:
    """Adds the pieces of a value's text; nested texts are quoted."""
    if depth > DEPTH:
        raise too_deep()
    value = lift(value)
    if isinstance(value, list):
        _write_list(value, parts, budget, depth)
    elif isinstance(value, dict):
        _write_context(value, parts, budget, depth)
    else:
        text = _scalar(value, quoted=depth > 0)
        budget.spend(len(text) >> 8)
        parts.append(text)


def _write_list(items: list[object], parts: list[str], budget: Budget, depth: int) -> None:
    parts.append("[")
    for place, item in enumerate(items):
        budget.spend()
        parts.append(", " if place else "")
        _write(item, parts, budget, depth + 1)
    parts.append("]")


def _write_context(entries: dict[str, object], parts: list[str], budget: Budget, depth: int) -> None:
    parts.append("{")
    for place, (key, item) in enumerate(entries.items()):
        budget.spend()
        name = str(key)
        parts.append((", " if place else "") + (name if name.isidentifier() else _quoted(name)) + ": ")
        _write(item, parts, budget, depth + 1)
    parts.append("}")


def _scalar(value: object, *, quoted: bool) -> str:
    if isinstance(value, str):
        return _quoted(value) if quoted else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, TEMPORAL):
        return iso(value)
    if isinstance(value, Range):
        start, end = (_scalar(edge, quoted=True) for edge in (value.start, value.end))
        return f"{'[' if value.start_included else '('}{start}..{end}{']' if value.end_included else ')'}"
    return "null"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
