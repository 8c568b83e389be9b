"""Working days and the deadlines of a year (pure).

A legal date that falls on a day off stays where it is unless the parameter `batas.hari_libur` moves it.
Source: DOMAIN 2.1, 2.4, 2.8, 2.9, 2.12.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from engine.cycle.parameters import Parameters
from engine.feel import FeelFunction

END_OF_DAY = time(23, 59, 59)
FURTHEST = 2_600  # working days that may be counted at once: ten years
DAY = timedelta(days=1)
PERIOD_DUE = {
    "periode.lapor_hari": 5,
    "periode.batas_hari": 12,
    "periode.atasan_hari": 22,
}  # working days after a late SKP
ANNUAL_AFTER = {
    "annual_report": 5,
    "organisation": 8,
    "inputs": 8,
    "annual_rating": 13,
    "annual_final": 20,
    "superior_final": 30,
}  # as well


@dataclass(frozen=True)
class WorkCalendar:
    """The days on which an agency works, and its clock on the wall."""

    days_off: frozenset[date]  # holidays and joint leave; weekends need no entry
    zone: tzinfo

    def works_on(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.days_off

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after a day, or before it for a negative count; 0 is the day itself.

        Raises:
            ValueError: more than ten years away.
        """
        if abs(count) > FURTHEST:
            raise ValueError(f"{count} working days are more than ten years")
        step = DAY if count > 0 else -DAY
        left = abs(count)
        while left:
            day += step
            left -= self.works_on(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`."""
        return sum(self.works_on(start + DAY * number) for number in range(1, (end - start).days + 1))

    def end_of(self, day: date) -> datetime:
        """The last second of a local day."""
        return datetime.combine(day, END_OF_DAY, self.zone)

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    def local_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def moved(self, day: date, rule: str) -> date:
        """A legal date under `batas.hari_libur`: TETAP stays, MAJU comes earlier, MUNDUR later."""
        if rule == "TETAP" or self.works_on(day):
            return day
        return self.after(day, -1 if rule == "MAJU" else 1)


@dataclass(frozen=True)
class Deadlines:
    """Until when each step of the year is to be done: ends of local days."""

    draft: datetime
    dialogue: datetime
    review: datetime
    set: datetime
    team_set: datetime
    leader_wait: datetime
    annual_report: datetime
    organisation: datetime
    inputs: datetime
    annual_rating: datetime
    annual_final: datetime
    superior_final: datetime

    def to_json(self) -> dict[str, str]:
        return {name: moment.isoformat() for name, moment in vars(self).items()}


@dataclass(frozen=True)
class Period:
    """A measurement period of the year, and until when it is reported and rated."""

    code: str  # "TW1"
    name: str  # "Triwulan I"
    number: int
    starts: date
    ends: date
    opens: datetime
    report_due: datetime
    rate_due: datetime
    superior_due: datetime

    def to_json(self) -> dict[str, str | int]:
        return {
            name: value.isoformat() if isinstance(value, date) else value  # a datetime is a date
            for name, value in vars(self).items()
        }


def year_deadlines(year: int, parameters: Parameters, calendar: WorkCalendar, opening: datetime) -> Deadlines:
    """The deadlines of a case that opens now; all lie after the opening.

    Who is there before the team's drafting date has the legal dates. For who joins later all planning dates
    count from the opening, and a later date that planning has overtaken counts from the day the SKP is due.
    """
    opened = calendar.local_day(opening)
    fixed = _fixed_planning(year, parameters, calendar)
    plan = fixed if opened < fixed["draft"] else _late_planning(opened, parameters, calendar)
    after = _annual(year + 1, parameters, calendar)
    if after["annual_report"] <= plan["set"]:
        after = {name: calendar.after(plan["set"], days) for name, days in ANNUAL_AFTER.items()}
    return Deadlines(**{name: calendar.end_of(day) for name, day in (plan | after).items()})


def year_periods(
    year: int,
    parameters: Parameters,
    calendar: WorkCalendar,
    opening: datetime,
    *,
    serves_from: date | None = None,
    serves_until: date | None = None,
) -> tuple[Period, ...]:
    """The periods of a year that have not ended at the opening and in which the person serves.

    A period that the person serves in part is cut to that part. Reports and ratings are never due before the SKP is.
    """
    opened = calendar.local_day(opening)
    set_by = calendar.local_day(year_deadlines(year, parameters, calendar, opening).set)
    first = serves_from or date.min
    last = serves_until or date.max
    periods = []
    for code, name, number, starts, ends in spans(parameters.text("periode.jenis"), year):
        starts, ends = max(starts, first), min(ends, last)
        if ends < opened or ends < starts:
            continue
        due = [ends + DAY * parameters.number(key) for key in PERIOD_DUE]
        if due[0] <= set_by:  # planning has overtaken the period
            due = [max(day, calendar.after(set_by, days)) for day, days in zip(due, PERIOD_DUE.values(), strict=True)]
        opens = max(calendar.start_of(starts), opening.astimezone(calendar.zone).replace(microsecond=0))
        periods.append(Period(code, name, number, starts, ends, opens, *map(calendar.end_of, due)))
    return tuple(periods)


def period_names(kind: str, year: int) -> Mapping[str, str]:
    """Code and name of each period of a kind, in order."""
    return {code: name for code, name, _number, _starts, _ends in spans(kind, year)}


def calendar_functions(days_off: Callable[[], frozenset[date]]) -> Mapping[str, FeelFunction]:
    """What documents may call: `working days after(date, n)` and `end of day(date)`; null for what is no date or number."""

    def working_days_after(day: object, count: object, zone: tzinfo) -> date | None:
        start = _as_day(day, zone)
        try:
            number = int(count)  # type: ignore[call-overload]  # a FEEL value of any kind; a wrong one gives null
            return None if start is None else WorkCalendar(days_off(), zone).after(start, number)
        except (TypeError, ValueError, OverflowError):
            return None

    def end_of_day(day: object, zone: tzinfo) -> datetime | None:
        start = _as_day(day, zone)
        return None if start is None else WorkCalendar(frozenset(), zone).end_of(start)

    functions = (
        FeelFunction("working days after", ("date", "n"), working_days_after, local=True),
        FeelFunction("end of day", ("date",), end_of_day, local=True),
    )
    return {function.name: function for function in functions}


def _fixed_planning(year: int, parameters: Parameters, calendar: WorkCalendar) -> dict[str, date]:
    rule = parameters.text("batas.hari_libur")
    draft, set_by, team = (
        calendar.moved(parameters.day(key, year), rule)
        for key in ("skp.mulai_susun_pengelola", "skp.batas", "skp.batas_pengelola")
    )
    dialogue = min(calendar.after(draft, parameters.number("skp.dialog_hari_kerja")), set_by)
    return {
        "draft": draft,
        "dialogue": dialogue,
        "review": min(calendar.after(dialogue, parameters.number("skp.reviu_hari_kerja")), set_by),
        "set": set_by,
        "team_set": max(team, set_by),
        "leader_wait": set_by - DAY * parameters.number("skp.tunggu_pimpinan_hari"),
    }


def _late_planning(opened: date, parameters: Parameters, calendar: WorkCalendar) -> dict[str, date]:
    draft = calendar.after(opened, max(parameters.number("skp.susulan_hari_kerja"), 1))
    dialogue = calendar.after(draft, parameters.number("skp.dialog_hari_kerja"))
    review = calendar.after(dialogue, parameters.number("skp.reviu_hari_kerja"))
    set_by = calendar.after(review, 2)
    return {
        "draft": draft,
        "dialogue": dialogue,
        "review": review,
        "set": set_by,
        "team_set": calendar.after(set_by, 4),
        "leader_wait": calendar.after(opened, 3),
    }


def _annual(year: int, parameters: Parameters, calendar: WorkCalendar) -> dict[str, date]:
    keys = {
        "annual_report": "tahunan.lapor",
        "organisation": "organisasi.batas",
        "inputs": "tahunan.masukan",
        "annual_rating": "tahunan.usul",
        "annual_final": "tahunan.batas",
        "superior_final": "tahunan.atasan",
    }
    rule = parameters.text("batas.hari_libur")
    return {name: calendar.moved(parameters.day(key, year), rule) for name, key in keys.items()}


MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
ROMAN = ("I", "II", "III", "IV")


def spans(kind: str, year: int) -> Iterator[tuple[str, str, int, date, date]]:
    """Code, name, number, first and last day of each period of a kind; raises ValueError for an unknown kind."""
    lengths = {"BULAN": 1, "TRIWULAN": 3, "SEMESTER": 6, "TAHUN": 12}
    if kind not in lengths:
        raise ValueError(f"unknown kind of period: {kind}")
    months = lengths[kind]
    for number in range(1, 12 // months + 1):
        starts = date(year, (number - 1) * months + 1, 1)
        ends = (date(year + (number * months == 12), number * months % 12 + 1, 1)) - DAY
        code, name = {
            "BULAN": (f"B{number:02d}", MONTHS[number - 1]),
            "TRIWULAN": (f"TW{number}", f"Triwulan {ROMAN[(number - 1) % 4]}"),
            "SEMESTER": (f"SM{number}", f"Semester {ROMAN[(number - 1) % 4]}"),
            "TAHUN": ("TH", f"Tahun {year}"),
        }[kind]
        yield code, name, number, starts, ends


def period_named(code: str, year: int) -> tuple[str, date, date]:
    """Name, first and last day of the period with this code ("TW1"); raises ValueError for an unknown code."""
    for kind in ("BULAN", "TRIWULAN", "SEMESTER", "TAHUN"):
        for known, name, _number, starts, ends in spans(kind, year):
            if known == code:
                return name, starts, ends
    raise ValueError(f"unknown period: {code}")


def _as_day(value: object, zone: tzinfo) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(zone).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
