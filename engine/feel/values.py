"""The values of FEEL and how they compare.

null None, boolean bool, number Decimal, string str, date `date`, time `time`, date and time aware `datetime`,
days and time duration `timedelta`, years and months duration `Months`, list, context dict, `Range`.

Case data is JSON: its numbers are int and float, its dates ISO text. `lift` makes a Decimal of a number whenever a value
is taken out of a variable, a list or a context, so containers are never copied; and a text that stands beside a date,
a time or a duration is read as one (`deadlines.draft < now()`), or else means null.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.budget import DEPTH, RESULT_NODES, RESULT_TEXT, Budget, too_deep
from engine.feel.errors import FeelError
from engine.feel.numbers import SAFE_INTEGER, from_float, from_int

Json = Any  # a JSON value: null, boolean, number, text, list, object


@dataclass(frozen=True, order=True)
class Months:
    """A years and months duration."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if self.months < 0 else "") + "P" + text


@dataclass(frozen=True)
class Range:
    """All values between two ends; an end that is None is open to infinity."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True


TEMPORAL = (date, datetime, time, timedelta, Months)
Reader = Callable[[str, Budget], object]


def lift(value: object) -> object:
    """The FEEL value of what stands in a container: JSON numbers become Decimal."""
    kind = type(value)
    if kind is int:
        return from_int(value)  # type: ignore[arg-type]  # `kind is int` says so, faster than isinstance
    if kind is float:
        return from_float(value)  # type: ignore[arg-type]  # as above
    if kind is tuple:
        return list(value)  # type: ignore[call-overload]  # as above
    return value


def lifted(items: list[object]) -> Iterator[object]:
    return map(lift, items)


def type_name(value: object) -> str:
    """The name of a value's type in FEEL."""
    return _TYPE_NAMES.get(type(value), "Any")


_TYPE_NAMES: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    Months: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}


def measured(value: object) -> object:
    """A result, if the JSON made of it stays within bounds; raises FeelError when shared parts would blow it up."""
    if not isinstance(value, (str, list, dict)):
        return value
    nodes = text = 0
    pending = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        if isinstance(item, str):
            text += len(item)
        elif isinstance(item, (list, dict)):
            parts = item if isinstance(item, list) else item.values()
            nodes += len(parts)
            if depth > DEPTH:
                raise too_deep()
            if nodes <= RESULT_NODES:
                pending.extend((part, depth + 1) for part in parts)
        if nodes > RESULT_NODES or text > RESULT_TEXT:
            raise FeelError("Hasil ekspresi ini terlalu besar.", "Ambil hanya bagian yang diperlukan.")
    return value


def to_json(value: object) -> Json:
    """A value as case data keeps it: numbers int (whole, within 2^53) or float, moments and durations ISO text.

    Containers are copied. Raises FeelError for a range or anything else that JSON cannot hold, and for a value too large.
    """
    measured(value)
    return _json(value)


def _json(value: object) -> Json:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float, Decimal)):
        return _json_number(value)
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, TEMPORAL):
        return iso(value)
    raise FeelError(
        f"Nilai bertipe {type_name(value)} tidak dapat disimpan.", "Simpan batas awal dan akhirnya, bukan rentangnya."
    )


def _json_number(value: int | float | Decimal) -> int | float:
    number = lift(value) if not isinstance(value, Decimal) else value
    if not isinstance(number, Decimal) or not number.is_finite():
        raise FeelError("Nilai ini bukan bilangan yang dapat disimpan.", "Periksa hitungannya.")
    if abs(number) <= SAFE_INTEGER and number == number.to_integral_value():
        return int(number)
    result = float(number)
    if abs(result) == float("inf"):
        raise FeelError("Bilangan ini terlalu besar untuk disimpan.", "Periksa perkalian atau pangkatnya.")
    return result


def iso(value: date | time | timedelta | Months) -> str:
    """The ISO text of a temporal value: 2027-01-31, 08:00:00+07:00, P1DT2H, P1Y6M."""
    if isinstance(value, timedelta):
        return _iso_span(value)
    return str(value) if isinstance(value, Months) else value.isoformat()


def _iso_span(span: timedelta) -> str:
    sign = "-" if span < timedelta() else ""
    span = abs(span)
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{span.microseconds:06d}".rstrip("0") if span.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{span.days}D" if span.days else ""
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days}" if days else "PT0S"
