"""When mails may leave (pure)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """Mails leave from `first` until before `last` of local days on which `works_on` says so.

    `together`: what waits for one person goes as one mail. `active` False: nothing leaves, and nothing is kept.
    """

    first: time
    last: time
    works_on: Callable[[date], bool]
    together: bool = True
    active: bool = True

    def next(self, moment: datetime, zone: tzinfo) -> datetime:
        """The moment itself when mails may leave then, or else the next at which they may, in UTC."""
        local = moment.astimezone(zone)
        if self.works_on(local.date()) and self.first <= local.time() < self.last:
            return moment
        day = local.date() if local.time() < self.first else local.date() + DAY
        while not self.works_on(day):
            day += DAY
        return datetime.combine(day, self.first, zone).astimezone(UTC)


ALWAYS = Hours(time.min, time.max, lambda day: True, together=False)
