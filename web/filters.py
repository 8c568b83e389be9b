"""Dates, spans, names and states as people read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import lazy_gettext
from markupsafe import Markup, escape

from engine.cycle.listings import Unit
from engine.runtime.values import CaseStatus, Task, TaskStatus
from web.context import application, engine
from web.language import gettext, language, ngettext

PHASES = {
    "planning": lazy_gettext("Perencanaan"),
    "implementation": lazy_gettext("Pelaksanaan"),
    "monitoring": lazy_gettext("Pemantauan"),
    "coaching": lazy_gettext("Pembinaan"),
    "appraisal": lazy_gettext("Penilaian"),
    "follow_up": lazy_gettext("Tindak lanjut"),
}
PERFORMERS = {
    "employee": lazy_gettext("Pegawai yang dinilai"),
    "appraiser": lazy_gettext("Pejabat penilai kinerja"),
    "previous_appraiser": lazy_gettext("Pejabat penilai sebelumnya"),
    "leaver_appraiser": lazy_gettext("Pejabat penilai pegawai yang berhenti"),
    "appraiser_superior": lazy_gettext("Atasan pejabat penilai"),
    "performance_team": lazy_gettext("Tim pengelola kinerja"),
    "team_leader": lazy_gettext("Ketua tim"),
    "counsellor": lazy_gettext("Konselor"),
    "authorised_official": lazy_gettext("Pejabat yang berwenang"),
    "appointing_authority": lazy_gettext("Pejabat pembina kepegawaian"),
    "objection_decider": lazy_gettext("Pemutus keberatan"),
    "assessment_team": lazy_gettext("Tim penilai kinerja"),
    "admin": lazy_gettext("Admin instansi"),
}
STATUSES = {
    CaseStatus.ACTIVE: lazy_gettext("Berjalan"),
    CaseStatus.COMPLETED: lazy_gettext("Selesai"),
    CaseStatus.CANCELLED: lazy_gettext("Dibatalkan"),
    CaseStatus.INCIDENT: lazy_gettext("Terhenti karena gangguan"),
    CaseStatus.SUSPENDED: lazy_gettext("Ditangguhkan"),
}


CYCLE_STATUSES = {
    "prepared": lazy_gettext("Disiapkan"),
    "open": lazy_gettext("Dibuka"),
    "closed": lazy_gettext("Ditutup"),
}
OPENING_STATUSES = {
    "running": lazy_gettext("Sedang berjalan"),
    "done": lazy_gettext("Selesai"),
    "incomplete": lazy_gettext("Belum lengkap"),
}


ZONES = {timedelta(hours=7): "WIB", timedelta(hours=8): "WITA", timedelta(hours=9): "WIT"}


def local(moment: datetime, zone: str | None = None) -> datetime:
    """A moment on the wall of a zone's people; None: the agency's."""
    return moment.astimezone(ZoneInfo(zone) if zone else application().settings.zone)


def today() -> date:
    return local(engine().clock.now()).date()


def as_moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def moment(value: datetime | str | None) -> Markup:
    """A day and time in the agency's zone, as <time>: "24 Nov 2026, 09.41"."""
    if value is None:
        return Markup("–")
    at = local(as_moment(value))
    text = f"{format_date(at, 'd MMM y', locale=language())}, {clock_time(at)}"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)


def clock_time(at: datetime) -> str:
    return format_time(at, "HH.mm" if language() == "id" else "HH:mm", locale=language())


def day(value: date | datetime | str | None, zone: str | None = None) -> Markup:
    """A day as <time>: "24 November 2026"; a moment is its local day."""
    if value is None or value == "":
        return Markup("–")
    found = as_day(value, zone)
    return Markup('<time datetime="{}">{}</time>').format(found.isoformat(), plain_day(found))


def plain_day(value: date | datetime | str) -> str:
    return format_date(as_day(value), "d MMMM y", locale=language())


def as_day(value: date | datetime | str, zone: str | None = None) -> date:
    """A day of the calendar: a moment is its local day."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return local(value, zone).date() if isinstance(value, datetime) else value


def month_name(value: date) -> str:
    """A month with its year: "November 2026"."""
    return format_date(value, "MMMM y", locale=language())


def weekday_name(value: date) -> str:
    """The short name of a day of the week: "Sen"."""
    return format_date(value, "EEE", locale=language())


def weekday(value: datetime, zone: str | None = None) -> str:
    """A day with its name, for deadlines: "Selasa, 24 November 2026 pukul 23.59"; a zone of its own is named."""
    at = local(value, zone)
    words = gettext(
        "%(day)s pukul %(time)s", day=format_datetime(at, "EEEE, d MMMM y", locale=language()), time=clock_time(at)
    )
    return f"{words} {ZONES.get(at.utcoffset() or timedelta(), zone)}" if zone else words


def due_words(due: datetime | None, zone: str | None = None) -> str:
    """How far a deadline is, in words: "terlambat 3 hari", "hari ini pukul 23.59", "besok", "5 hari lagi"."""
    if due is None:
        return gettext("tanpa tenggat")
    now = engine().clock.now()
    days = (local(due, zone).date() - local(now, zone).date()).days
    if due < now:
        return lateness(now - due, -days)
    if days == 0:
        return gettext("hari ini pukul %(time)s", time=clock_time(local(due, zone)))
    if days == 1:
        return gettext("besok")
    return ngettext("%(num)d hari lagi", "%(num)d hari lagi", days)


def lateness(span: timedelta, days: int) -> str:
    if days > 0:
        return ngettext("terlambat %(num)d hari", "terlambat %(num)d hari", days)
    hours = int(span.total_seconds() // 3600)
    return ngettext("terlambat %(num)d jam", "terlambat %(num)d jam", hours) if hours else gettext("baru saja lewat")


def urgency(due: datetime | None) -> str:
    """The group of a deadline: "late", "week" (the next seven days) or "later"."""
    if due is None:
        return "later"
    now = engine().clock.now()
    if due < now:
        return "late"
    return "week" if due <= now + timedelta(days=7) else "later"


def task_name(task: Task) -> str:
    return task.name_en if language() == "en" and task.name_en else task.name


def named(item: Mapping[str, object]) -> str:
    """The name of a step of a receipt, in the reader's language."""
    return str((item.get("name_en") if language() == "en" else None) or item.get("name") or "")


def task_state(task: Task) -> tuple[str, str]:
    """A task's state in words, and the kind of its tag."""
    if task.status is TaskStatus.COMPLETED:
        return gettext("Selesai"), "done"
    if task.status is TaskStatus.WITHDRAWN:
        return gettext("Ditarik"), "plain"
    if task.case_status is CaseStatus.SUSPENDED:
        return gettext("Ditangguhkan"), "returned"
    if task.returned:
        return gettext("Dikembalikan"), "returned"
    if task.has_draft:
        return gettext("Draf"), "draft"
    return gettext("Baru"), "plain"


def phase(code: str) -> str:
    return str(PHASES.get(code, code or "–"))


def performer(code: str) -> str:
    return str(PERFORMERS.get(code, code))


def status(value: CaseStatus) -> str:
    return str(STATUSES[value])


def cycle_status(code: str) -> str:
    return str(CYCLE_STATUSES.get(code, code))


def opening_status(code: str) -> str:
    return str(OPENING_STATUSES.get(code, code))


def unit_choices(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Units for a select, each set in below the one above it."""
    depths: dict[str | None, int] = {}
    for unit in units:
        depths[unit.id] = depths.get(unit.parent, -1) + 1
    return [(unit.id, "\u2003" * depths[unit.id] + unit.name) for unit in units]


def code_counts(codes: Mapping[str, int]) -> list[tuple[str, str]]:
    """Codes of findings for a select, each with how often it was found."""
    return [(code, f"{code} ({count})") for code, count in sorted(codes.items())]


def number(value: float | int) -> str:
    return format_decimal(value, locale=language())


def file_size(size: int) -> str:
    """A file's size: "340 KB", "1,2 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{format_decimal(round(size / 1_000_000, 1), locale=language())} MB"


def lines(text: str) -> Markup:
    """Text with its own line breaks kept."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        moment=moment,
        day=day,
        weekday=weekday,
        month_name=month_name,
        weekday_name=weekday_name,
        due_words=due_words,
        urgency=urgency,
        task_name=task_name,
        named=named,
        task_state=task_state,
        phase=phase,
        performer=performer,
        status=status,
        cycle_status=cycle_status,
        opening_status=opening_status,
        unit_choices=unit_choices,
        code_counts=code_counts,
        number=number,
        file_size=file_size,
        lines=lines,
    )
