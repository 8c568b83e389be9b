"""Days off as they are typed or pasted from a decree, and what a list of them changes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.agency import Holiday, remove_holiday, set_holiday
from engine.cycle.calendar import MONTHS
from engine.cycle.holidays import JOINT_LEAVE
from engine.cycle.models import HolidayRow
from engine.errors import FormInvalid
from engine.runtime.values import Json

MOST = 200  # days in one change
SATURDAY = 5
WEEKDAYS = "senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu|ahad"
SEPARATORS = " \t,;:.-–|()"
_NUMBER = re.compile(r"\d{1,3}[.)]\s+")  # "12. " before a line of a decree
_WEEKDAY = re.compile(rf"\(?\b(?:{WEEKDAYS})\b\)?(?:\s*[-–]\s*\(?\b(?:{WEEKDAYS})\b\)?)?", re.IGNORECASE)
_WORDS = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?\s+([A-Za-z]+)\s+(\d{4})(.*)")  # 20-24 Maret 2026 ...
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(.*)")
_FIGURES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(.*)")


@dataclass(frozen=True)
class DayChange:
    """Days that become days off or get another name, and days that become working days again."""

    put: tuple[Holiday, ...]
    removed: tuple[date, ...]

    def to_json(self) -> dict[str, Json]:
        put = [{"day": one.day.isoformat(), "name": one.name, "joint_leave": one.joint_leave} for one in self.put]
        return {"put": put, "removed": [day.isoformat() for day in self.removed]}

    @classmethod
    def of(cls, words: Mapping[str, Json]) -> "DayChange":
        put = (Holiday(date.fromisoformat(one["day"]), one["name"], one["joint_leave"]) for one in words["put"])
        return cls(tuple(put), tuple(map(date.fromisoformat, words["removed"])))

    def on(self, days_off: frozenset[date]) -> frozenset[date]:
        """The days off after the change."""
        return (days_off - set(self.removed)) | {one.day for one in self.put}

    def moves_work(self, days_off: frozenset[date]) -> bool:
        """Whether any day of Monday to Friday becomes a day off or a working day."""
        return any(day.weekday() < SATURDAY for day in days_off ^ self.on(days_off))

    def write(self, session: Session) -> None:
        for day in self.removed:
            remove_holiday(session, day)
        for one in self.put:
            set_holiday(session, one.day, one.name, joint_leave=one.joint_leave)


def asked(session: Session, text: str, removed: Iterable[date]) -> DayChange:
    """What was typed, less what stands in the calendar already.

    Raises:
        FormInvalid: a line that is no day and name, too many of them, or nothing would change.
    """
    known = {row.day: (row.name, row.joint_leave) for row in session.scalars(sa.select(HolidayRow))}
    put = {one.day: one for one in read(text)}
    gone = tuple(sorted(day for day in set(removed) if day in known and day not in put))
    new = tuple(put[day] for day in sorted(put) if known.get(day) != (put[day].name, put[day].joint_leave))
    if not new and not gone:
        raise FormInvalid({"hari": "Tidak ada yang berubah: tulis hari baru, nama baru, atau tandai yang dihapus."})
    if len(new) + len(gone) > MOST:
        raise FormInvalid({"hari": f"Paling banyak {MOST} hari sekali ubah."})
    return DayChange(new, gone)


def read(text: str) -> Iterator[Holiday]:
    """The days of a list, one day or span of days with its name on a line; a name that begins with "Cuti Bersama" is one.

    Days are written as 2026-03-20, 20/03/2026, 20 Maret 2026 or 20-24 Maret 2026. Weekdays and numbers of a list are
    left out. Raises FormInvalid, naming the line.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield from _line(_NUMBER.sub("", line.strip(), count=1), number)


def _line(line: str, number: int) -> Iterator[Holiday]:
    found = _span(_WEEKDAY.sub(" ", line).strip(SEPARATORS))
    if found is None:
        raise FormInvalid({"hari": f"Baris {number}: tulis tanggal lalu namanya, misalnya 20 Maret 2026 Idulfitri."})
    first, last, rest = found
    name = " ".join(rest.strip(SEPARATORS).split())
    if not name or first > last:
        raise FormInvalid({"hari": f"Baris {number}: tulis nama hari libur sesudah tanggalnya."})
    for day in range((last - first).days + 1):
        yield Holiday(first + timedelta(days=day), name, name.casefold().startswith(JOINT_LEAVE.casefold()))


def _span(line: str) -> tuple[date, date, str] | None:
    """First and last day, and what is written after them."""
    try:
        if iso := _ISO.match(line):
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
            return day, day, iso[4]
        if figures := _FIGURES.match(line):
            day = date(int(figures[3]), int(figures[2]), int(figures[1]))
            return day, day, figures[4]
        if words := _WORDS.match(line):
            month = [name.casefold() for name in MONTHS].index(words[3].casefold()) + 1
            first = date(int(words[4]), month, int(words[1]))
            return first, first.replace(day=int(words[2] or words[1])), words[5]
    except ValueError:
        return None
    return None
