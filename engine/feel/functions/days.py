"""Date and time functions. Where a date or moment is wanted, its ISO text does as well."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from engine.feel import temporal
from engine.feel.budget import Budget
from engine.feel.functions.library import feel
from engine.feel.values import Months

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@feel("today")
def today(budget: Budget) -> object:
    """The local day of the environment."""
    return budget.environment.now.astimezone(budget.environment.zone).date()


@feel("now")
def now(budget: Budget) -> object:
    return budget.environment.now.astimezone(budget.environment.zone)


@feel("date", "from: day")
def date_from(budget: Budget, day: date) -> object:
    return day.date() if isinstance(day, datetime) else day


@feel("date", "year: whole, month: whole, day: whole")
def date_of(budget: Budget, year: int, month: int, day: int) -> object:
    return temporal.make_date(year, month, day)


@feel("date and time", "from: day")
def moment_from(budget: Budget, day: date) -> object:
    return temporal.instant(day, budget.environment.zone)


@feel("date and time", "date: day, timezone: text")
@feel("date and time", "date: day, time: known")
def moment_of(budget: Budget, day: date, clock: object) -> object:
    """A day with a time of day, or a moment as the clocks of a zone ("Asia/Makassar") show it."""
    zone = budget.environment.zone
    read = temporal.read_time(clock) if isinstance(clock, str) else clock
    if isinstance(read, time):
        return temporal.join(day.date() if isinstance(day, datetime) else day, read, zone)
    other = temporal.read_offset("@" + clock) if isinstance(clock, str) and len(clock) <= 40 else None
    return None if other is None else temporal.moved(temporal.instant(day, zone), other)


@feel("time", "from: known")
def time_from(budget: Budget, value: object) -> object:
    if isinstance(value, str):
        moment = temporal.read_moment(value, budget.environment.zone) if "-" in value and "T" in value else None
        value = moment or temporal.read_time(value)
    if isinstance(value, datetime):
        return value.timetz().replace(tzinfo=timezone(value.utcoffset() or timedelta()))
    if isinstance(value, date):
        return time()
    return value if isinstance(value, time) else None


@feel("time", "hour: whole, minute: whole, second: number, offset?: span or null")
def time_of(budget: Budget, hour: int, minute: int, second: Decimal, offset: timedelta | None = None) -> object:
    if not 0 <= second < 60:
        return None
    micros = int(second * 1_000_000)
    try:
        zone = None if offset is None else timezone(offset)
        return time(hour, minute, micros // 1_000_000, micros % 1_000_000, tzinfo=zone)
    except (ValueError, OverflowError):
        return None


@feel("duration", "from: text")
def duration(budget: Budget, text: str) -> object:
    return temporal.read_duration(text)


@feel("years and months duration", "from: day, to: day")
def months_between(budget: Budget, start: date, end: date) -> object:
    """Whole months from one day to another, negative when the second is earlier."""
    return Months(-_whole_months(end, start) if end_first(start, end, budget) else _whole_months(start, end))


def end_first(start: date, end: date, budget: Budget) -> bool:
    return temporal.instant(end, budget.environment.zone) < temporal.instant(start, budget.environment.zone)


def _whole_months(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - ((end.day, _clock_of(end)) < (start.day, _clock_of(start)))


def _clock_of(day: date) -> time:
    return day.time() if isinstance(day, datetime) else time()


@feel("day of week", "date: day")
def day_of_week(budget: Budget, day: date) -> object:
    return _DAYS[day.weekday()]


@feel("day of year", "date: day")
def day_of_year(budget: Budget, day: date) -> object:
    return Decimal(day.timetuple().tm_yday)


@feel("week of year", "date: day")
def week_of_year(budget: Budget, day: date) -> object:
    return Decimal(day.isocalendar().week)


@feel("month of year", "date: day")
def month_of_year(budget: Budget, day: date) -> object:
    return _MONTHS[day.month - 1]


@feel("last day of month", "date: day")
def last_day_of_month(budget: Budget, day: date) -> object:
    return temporal.last_day(day)
