"""ISO 8601 texts and FEEL values as moments: what "due" and timers mean (pure).

Months are calendar months: 31 January and one month is the last day of February.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from engine.errors import EngineError
from engine.feel import Months

_DURATION = re.compile(
    r"(?P<sign>-)?P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<times>\d{0,3})/(?P<first>[^/]+)(?:/(?P<second>[^/]+))?")
END_OF_DAY = time(23, 59, 59)


class BadMoment(EngineError):
    """A value that is no date, moment, duration or cycle."""


@dataclass(frozen=True)
class Span:
    """A duration: whole calendar months and an exact rest."""

    months: int
    rest: timedelta

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """The moment one span after `start`, in UTC; days and months are counted on the local calendar."""
        local = start.astimezone(zone)
        index = local.year * 12 + local.month - 1 + self.months
        year, month = divmod(index, 12)
        day = min(local.day, monthrange(year, month + 1)[1])
        return (local.replace(year=year, month=month + 1, day=day) + self.rest).astimezone(UTC)


@dataclass(frozen=True)
class Cycle:
    """A repeated timer: how often (None: for ever), when next, and the span between two."""

    times: int | None
    next: datetime
    span: Span


def span(value: object) -> Span:
    """Read a duration: ISO text, FEEL days-and-time or years-and-months."""
    if isinstance(value, timedelta):
        return Span(0, value)
    if isinstance(value, Months):
        return Span(value.months, timedelta())
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise BadMoment(f"{value!r} bukan durasi ISO 8601; tulis misalnya P14D, PT4H atau P6M.")
    sign = -1 if found["sign"] else 1
    months = int(found["years"] or 0) * 12 + int(found["months"] or 0)
    rest = timedelta(
        weeks=int(found["weeks"] or 0),
        days=int(found["days"] or 0),
        hours=int(found["hours"] or 0),
        minutes=int(found["minutes"] or 0),
        seconds=float(found["seconds"] or 0),
    )
    return Span(sign * months, sign * rest)


def is_span(value: object) -> bool:
    """Whether a value is a duration of any writing."""
    return isinstance(value, timedelta | Months) or (
        isinstance(value, str) and _DURATION.fullmatch(value.strip()) is not None
    )


def moment(value: object, *, since: datetime, zone: tzinfo, day_ends: bool = False) -> datetime:
    """Read a moment in UTC: an aware date and time, a day, or a duration from `since`.

    A bare day is its first instant on the local calendar, or its last second when `day_ends`
    (a deadline "31 January" ends with that day).

    Raises:
        BadMoment: the value is none of these, or a date and time without an offset.
    """
    if isinstance(value, str) and not is_span(value):
        value = _read(value.strip())
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise BadMoment(f"{value.isoformat()} tidak menyebut zona waktu; tambahkan misalnya +07:00.")
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, END_OF_DAY if day_ends else time(), zone).astimezone(UTC)
    return span(value).after(since, zone)


def cycle(value: object, *, since: datetime, zone: tzinfo) -> Cycle:
    """Read a repeated timer: R3/P7D, R/2027-01-01T00:00+07:00/P1M, R2/P1D/2027-01-31."""
    found = _CYCLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise BadMoment(f"{value!r} bukan siklus ISO 8601; tulis misalnya R3/P7D.")
    times = int(found["times"]) if found["times"] else None
    first, second = found["first"], found["second"]
    if second is None:
        every = span(first)
        return Cycle(times, every.after(since, zone), every)
    if is_span(first):
        every = span(first)
        end = moment(second, since=since, zone=zone)
        return Cycle(times, Span(-every.months, -every.rest).after(end, zone), every)
    return Cycle(times, moment(first, since=since, zone=zone), span(second))


def _read(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMoment(f"{text!r} bukan tanggal atau saat ISO 8601; tulis misalnya 2027-01-31.") from error
