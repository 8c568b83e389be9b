"""Our only lines that ask the time."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")  # WIB; an agency's own zone comes from its parameters


class Clock(Protocol):
    """What tells the time: aware moments in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that moves only when told to: a year runs in seconds."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def go_to(self, moment: datetime) -> None:
        """Move forward to a moment; raises ValueError for one that has passed."""
        if moment < self._now:
            raise ValueError(
                f"the clock stands at {self._now.isoformat()} and does not go back to {moment.isoformat()}"
            )
        self._now = moment.astimezone(UTC)

    def advance(self, span: timedelta) -> None:
        self.go_to(self._now + span)


def today(clock: Clock, zone: tzinfo = JAKARTA) -> date:
    """The local day at this moment."""
    return clock.now().astimezone(zone).date()
