"""Timers, due dates, reminders and escalations.

Their texts are expressions that SpiffWorkflow looks at only when a case arrives (trap 21); a bare ISO text can be
checked now: a duration where a duration is meant, a date with its offset (trap 23), a cycle that comes to an end.
"""

import re
from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error
from engine.runtime.moments import is_span

NAME = "timer"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?")
_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
_CYCLE = re.compile(r"R(\d*)/(.+)")
_WRONG = {
    "timeDuration": ("lamanya waktu", "Tulis misalnya P14D atau PT4H."),
    "timeDate": ("tanggal atau saat", "Tulis misalnya 2027-01-31T23:59:00+07:00."),
    "timeCycle": ("pengulangan waktu", "Tulis misalnya R3/P7D."),
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield timers without a time, with one of the wrong kind, and cycles where nothing can come back."""
    for process, element in model.elements:
        for trigger in element.triggers:
            if trigger.kind != "timer":
                continue
            text = trigger.text.value.strip() if trigger.text else ""
            if not trigger.timer or not text:
                message = "Peristiwa waktu ini tidak menyebut kapan."
                yield error(
                    process, element, NAME, message, "Isi tanggal, lama waktu atau pengulangan.", line=trigger.line
                )
                continue
            yield from _kind(process, element, trigger.timer, text, trigger.line)
            if trigger.timer == "timeCycle" and not _may_return(process, element):
                message = "Pengulangan waktu hanya berlaku pada peristiwa tepi yang tidak menghentikan."
                yield error(process, element, NAME, message, "Pakai lama waktu atau tanggal.", line=trigger.line)
        if element.type == "userTask":
            yield from _reminders(process, element)


def _kind(process: Process, element: Element, timer: str, text: str, line: int | None) -> Iterator[Problem]:
    what, mend = _WRONG[timer]
    kind = bare_kind(text)
    if kind is not None and kind != timer:
        yield error(process, element, NAME, f'"{text}" bukan {what}.', mend, line=line)
    elif kind == "timeDate" and _MOMENT.match(text) and not _OFFSET.search(text):
        message = f'Saat "{text}" tidak menyebut zona waktu.'
        yield error(process, element, NAME, message, "Tambahkan misalnya +07:00 di belakangnya.", line=line)
    elif kind == "timeDuration" and text.startswith("-"):
        yield error(process, element, NAME, f'Lama waktu "{text}" negatif.', "Tulis lama waktu ke depan.", line=line)
    elif kind == "timeCycle" and not _comes_to_an_end(text):
        message = f'"{text}" tidak menyebut berapa kali dan setiap berapa lama.'
        yield error(process, element, NAME, message, mend, line=line)


def _comes_to_an_end(text: str) -> bool:
    found = _CYCLE.fullmatch(text)
    return found is not None and bool(found[1]) and any(is_span(part) for part in found[2].split("/"))


def bare_kind(text: str) -> str | None:
    """What a bare ISO text is; None for any other expression."""
    if _CYCLE.fullmatch(text):
        return "timeCycle"
    if is_span(text):
        return "timeDuration"
    return "timeDate" if _DATE.fullmatch(text) or _MOMENT.match(text) else None


def _may_return(process: Process, element: Element) -> bool:
    scope = process.elements.get(element.parent)
    starts = element.type == "startEvent" and scope is not None and scope.triggered
    return (element.type == "boundaryEvent" or starts) and not element.interrupting


def _reminders(process: Process, element: Element) -> Iterator[Problem]:
    for setting in ("remind", "escalate"):
        text = element.properties.get(setting, "").strip()
        if not text or text == "none":
            continue
        for part in text.split(","):
            if not is_span(part) or part.strip().startswith("-"):
                message = f'"{part.strip()}" pada {setting} bukan lama waktu.'
                mend = "Tulis daftar lama waktu, misalnya P3D, P0D; atau none."
                yield error(process, element, NAME, message, mend)
    due = element.properties.get("due", "").strip()
    if due and bare_kind(due) == "timeCycle":
        message = f'Tenggat "{due}" adalah pengulangan, bukan satu saat.'
        yield error(process, element, NAME, message, "Tulis lama waktu, tanggal atau ekspresi yang menghasilkannya.")
    elif due and bare_kind(due) == "timeDate" and _MOMENT.match(due) and not _OFFSET.search(due):
        message = f'Tenggat "{due}" tidak menyebut zona waktu.'
        yield error(process, element, NAME, message, "Tambahkan misalnya +07:00 di belakangnya.")
