"""Dates, times and durations: reading them from text, their parts, and arithmetic."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.values import Months

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d|@[A-Za-z_+\-/0-9]{1,40})?", re.ASCII)
_YEARS = re.compile(r"(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-?)P(?:(\d{1,7})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?)?", re.ASCII
)
_MOST_MONTHS = 120_000  # ten thousand years
_LONGEST = timedelta(days=100_000_000)  # far from where Python's own arithmetic overflows
_MICROSECOND = timedelta(microseconds=1)


def read_date(text: str) -> date | None:
    """The date that a text writes ("2027-01-31"), or None."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    return make_date(*(int(part) for part in found.groups()))


def make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def read_time(text: str) -> time | None:
    """The time of day that a text writes ("08:00:00", "08:00:00+07:00", "08:00@Asia/Jakarta"), or None."""
    found = _TIME.fullmatch(text.removeprefix("T"))
    if found is None:
        return None
    hour, minute, second, fraction, offset = found.groups()
    zone = read_offset(offset) if offset else None
    if offset and zone is None:
        return None
    micros = int((fraction or "0").ljust(6, "0")[:6])
    try:
        return time(int(hour), int(minute), int(second or 0), micros, tzinfo=zone)
    except ValueError:
        return None


def read_offset(text: str) -> tzinfo | None:
    """The zone of "Z", "+07:00" or "@Asia/Jakarta", or None."""
    if text == "Z":
        return UTC
    try:
        if text.startswith("@"):
            return ZoneInfo(text[1:])
        span = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
        return timezone(-span if text[0] == "-" else span)
    except (ValueError, LookupError, OSError):
        return None


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """The moment that a text writes; without an offset it is in `zone`, a bare date its first instant. None: no moment."""
    day_text, separator, time_text = text.partition("T")
    day = read_date(day_text)
    if day is None:
        return None
    clock = read_time(time_text) if separator else time()
    return None if clock is None else join(day, clock, zone)


def join(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=clock.tzinfo or zone)


def read_duration(text: str) -> Months | timedelta | None:
    """The duration that an ISO text writes, of either kind, or None."""
    return read_months(text) or read_span(text)


def read_months(text: str) -> Months | None:
    found = _YEARS.fullmatch(text)
    if found is None or not text[-1].isalpha() or text.endswith("P"):
        return None
    sign, years, months = found.groups()
    total = int(years or 0) * 12 + int(months or 0)
    return make_months(-total if sign else total)


def make_months(months: int) -> Months | None:
    return Months(months) if abs(months) <= _MOST_MONTHS else None


def read_span(text: str) -> timedelta | None:
    found = _DAYS.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        return None
    sign, weeks, days, hours, minutes, seconds, fraction = found.groups()
    try:
        span = timedelta(
            weeks=int(weeks or 0),
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "0").ljust(6, "0")[:6]),
        )
    except OverflowError:
        return None
    return make_span(-span if sign and abs(span) <= _LONGEST else span)


def make_span(span: timedelta) -> timedelta | None:
    return span if abs(span) <= _LONGEST else None


def read_any(text: str, zone: tzinfo) -> object:
    """The temporal value of an `@"..."` literal, or None."""
    return read_date(text) or read_moment(text, zone) or _time_or_duration(text)


def _time_or_duration(text: str) -> object:
    clock = read_time(text)
    return clock if clock is not None else read_duration(text)


def beside(text: str, other: object, zone: tzinfo) -> object:
    """A text read as the kind of temporal value that stands beside it, or None."""
    kind = type(other)
    if kind is datetime:
        return read_moment(text, zone)
    if kind is date:
        return read_date(text) or read_moment(text, zone)
    if kind is time:
        return read_time(text)
    return read_months(text) if kind is Months else read_span(text)


# ------------------------------------------------------------------------------------------------ arithmetic


def add(left: object, right: object) -> object:
    """Sum of two temporal values, or None where none is defined."""
    if isinstance(left, (timedelta, Months)) and not isinstance(right, (timedelta, Months)):
        left, right = right, left
    try:
        return _shifted(left, right)
    except OverflowError:
        return None


def _shifted(value: object, by: object) -> object:
    if isinstance(by, Months):
        if isinstance(value, Months):
            return make_months(value.months + by.months)
        return add_months(value, by.months) if isinstance(value, date) else None
    if not isinstance(by, timedelta):
        return None
    if isinstance(value, timedelta):
        return make_span(value + by)
    if isinstance(value, datetime):
        return (value.astimezone(UTC) + by).astimezone(value.tzinfo)
    if isinstance(value, date):
        return value + timedelta(days=by.days)
    return _turned(value, by) if isinstance(value, time) else None


def _turned(clock: time, by: timedelta) -> time:
    moment = datetime.combine(date(2000, 1, 1), clock.replace(tzinfo=None)) + timedelta(seconds=by.seconds)
    return (moment + timedelta(microseconds=by.microseconds)).time().replace(tzinfo=clock.tzinfo)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last; raises OverflowError outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def last_day(day: date) -> date:
    """The last day of a day's month."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def moved(moment: datetime, zone: tzinfo) -> datetime | None:
    """The same moment as another zone's clocks show it; None at the edge of the calendar."""
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):
        return None


def subtract(left: object, right: object, zone: tzinfo) -> object:
    """Difference of two temporal values, or None where none is defined."""
    if isinstance(right, timedelta):
        return None if isinstance(left, Months) else _safe_negative(left, right)
    if isinstance(right, Months):
        return add(left, Months(-right.months)) if isinstance(left, (date, Months)) else None
    if isinstance(left, time) and isinstance(right, time):
        return compare_times(left, right)
    if isinstance(left, date) and isinstance(right, date):
        if type(left) is date and type(right) is date:
            return left - right
        return instant(left, zone) - instant(right, zone)
    return None


def _safe_negative(left: object, right: timedelta) -> object:
    try:
        return _shifted(left, -right)
    except OverflowError:
        return None


def instant(day: date, zone: tzinfo) -> datetime:
    """A moment itself, or a day's first instant."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(), tzinfo=zone)


def _seconds(clock: time) -> timedelta:
    offset = clock.utcoffset() or timedelta()
    return (
        timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond) - offset
    )


def compare_times(left: time, right: time) -> timedelta | None:
    """How much later the left is; None when only one of the two knows its offset."""
    if (left.utcoffset() is None) is not (right.utcoffset() is None):
        return None
    return _seconds(left) - _seconds(right)


def seconds(span: timedelta) -> Decimal:
    """A span in seconds, exactly."""
    return Decimal(span // _MICROSECOND).scaleb(-6)


def from_seconds(number: Decimal) -> timedelta | None:
    """A span of so many seconds, to the microsecond; None when it is too long."""
    if not number.is_finite() or number.adjusted() > 14:
        return None
    try:
        return make_span(timedelta(microseconds=int(number.scaleb(6))))
    except OverflowError:
        return None


# ------------------------------------------------------------------------------------------------ parts


def part(value: object, name: str) -> object:
    """A property such as .year or .days, or None: the value has no such part."""
    for kind in (datetime, date, time, timedelta, Months):
        if isinstance(value, kind):
            reader = _PARTS[kind].get(name)
            return None if reader is None else reader(value)
    return None


def _offset(value: datetime | time) -> timedelta | None:
    return value.utcoffset()


def _zone_name(value: datetime | time) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _count(number: int) -> Decimal:
    return Decimal(number)


def _magnitude(total: int, size: int, within: int | None = None) -> Decimal:
    """Whole units of a size in a total, signed like the total; `within` wraps them (hours within a day)."""
    units = abs(total) // size
    units = units % within if within else units
    return Decimal(-units if total < 0 else units)


def _whole_seconds(span: timedelta) -> int:
    sign = -1 if span < timedelta() else 1
    return sign * (abs(span) // timedelta(seconds=1))


_DAY_PARTS: dict[str, Callable[..., object]] = {
    "year": lambda v: _count(v.year),
    "month": lambda v: _count(v.month),
    "day": lambda v: _count(v.day),
    "weekday": lambda v: _count(v.isoweekday()),
}
_CLOCK_PARTS: dict[str, Callable[..., object]] = {
    "hour": lambda v: _count(v.hour),
    "minute": lambda v: _count(v.minute),
    "second": lambda v: _count(v.second),
    "time offset": _offset,
    "timezone": _zone_name,
}
_PARTS: dict[type, dict[str, Callable[..., object]]] = {
    date: _DAY_PARTS,
    time: _CLOCK_PARTS,
    datetime: {**_DAY_PARTS, **_CLOCK_PARTS},
    timedelta: {
        "days": lambda v: _magnitude(_whole_seconds(v), 86_400),
        "hours": lambda v: _magnitude(_whole_seconds(v), 3_600, 24),
        "minutes": lambda v: _magnitude(_whole_seconds(v), 60, 60),
        "seconds": lambda v: _magnitude(_whole_seconds(v), 1, 60),
    },
    Months: {"years": lambda v: _magnitude(v.months, 12), "months": lambda v: _magnitude(v.months, 1, 12)},
}
PART_NAMES = frozenset(name for parts in _PARTS.values() for name in parts)
