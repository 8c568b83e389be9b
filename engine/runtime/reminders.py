"""When an open task is spoken of: before it is due, on the day, and after (pure)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache

from engine.runtime.moments import Span, span

DEFAULT_REMIND = "P3D, P0D"
DEFAULT_ESCALATE = "P3D, P7D, P14D"  # superior, performance team, authorised official by default of table D11
NONE = "none"
MORNING = time(7)  # when people begin: a deadline of midnight is spoken of while there is still a day to act
DAY = timedelta(days=1)


def reminder_times(
    due_at: datetime | None, properties: Mapping[str, str], now: datetime, zone: tzinfo
) -> list[datetime]:
    """All moments, in order, at which someone is reminded of a task; those that have passed are left out.

    `remind` counts back from the due moment, `escalate` forward; both are lists of ISO durations or "none". Whole days
    are counted to the morning of that local day, hours exactly.
    """
    if due_at is None:
        return []
    remind, escalate = properties.get("remind", DEFAULT_REMIND), properties.get("escalate", DEFAULT_ESCALATE)
    return [moment for moment in _around(due_at, remind, escalate, zone) if moment > now]


@lru_cache(maxsize=256)  # a whole agency's tasks are due on the same few days
def _around(due_at: datetime, remind: str, escalate: str, zone: tzinfo) -> tuple[datetime, ...]:
    before = [Span(-each.months, -each.rest) for each in _spans(remind)]
    return tuple(sorted({_spoken_of(each, due_at, zone) for each in [*before, *_spans(escalate)]}))


def _spoken_of(each: Span, due_at: datetime, zone: tzinfo) -> datetime:
    exact = each.after(due_at, zone)
    if each.rest % DAY:
        return exact
    return min(exact, datetime.combine(exact.astimezone(zone), MORNING, zone).astimezone(exact.tzinfo))


def days_late(due_at: datetime, at: datetime, zone: tzinfo) -> int:
    """Whole local days from the due day to the day of a reminder; negative before it is due."""
    return (at.astimezone(zone).date() - due_at.astimezone(zone).date()).days


def _spans(text: str) -> list[Span]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [] if parts == [NONE] else [span(part) for part in parts]
