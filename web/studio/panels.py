"""The panels below a play: its steps with what each changed, history, data, mails and decisions; each in pages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext, lazy_gettext

from engine.runtime.documents import Documents
from engine.runtime.sandbox.play import Play
from engine.runtime.sandbox.scenario import Action, Do, Expect, Tell, Until, Wait, moment_of
from engine.runtime.sandbox.variables import Change
from engine.runtime.sandbox.verbs import Stand
from engine.runtime.sandbox.witness import Asked
from engine.runtime.values import Json
from web import filters
from web.context import application, page_number
from web.pages import Pages
from web.studio.room import bp

PER_PAGE = 20
NAMES = {
    "langkah": lazy_gettext("Langkah"),
    "riwayat": lazy_gettext("Riwayat"),
    "data": lazy_gettext("Data"),
    "surat": lazy_gettext("Surat"),
    "keputusan": lazy_gettext("Keputusan"),
}
SHORT = 90  # letters of a value that stand on the line
T = TypeVar("T")


@dataclass(frozen=True)
class Panel:
    """One panel: its code, how many entries each panel has, and the entries of this page."""

    code: str
    counts: Mapping[str, int]
    entries: Sequence[Any]
    pages: Pages


@dataclass(frozen=True)
class Step:
    """An action that was taken, in words, and what it changed."""

    number: int
    words: str
    code: str  # as a scenario writes it
    changes: Sequence[Change]


@dataclass(frozen=True)
class Letter:
    """A mail as one recipient would have it."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True)
class Mail:
    """A notice that has left, and the mails that it would be."""

    at: datetime
    kind: str
    letters: Sequence[Letter]


@dataclass(frozen=True)
class Decision:
    """A decision that was asked, under the names of its table and of the element that asked."""

    at: datetime
    name: str
    element: str
    asked: Asked


def panel(stand: Stand) -> Panel:
    """The panel that the address asks for."""
    play = stand.play
    data = sorted(play.witness.data.items())
    lists: Mapping[str, Sequence[Any]] = {
        "langkah": list(enumerate(stand.kept.actions, 1))[::-1],
        "riwayat": list(reversed(play.history)),
        "data": data,
        "surat": play.sent[::-1],
        "keputusan": play.asked[::-1],
    }
    code = request.args.get("lihat", "")
    code = code if code in NAMES else "langkah"
    pages = Pages(len(lists[code]), PER_PAGE, page_number())
    here = lists[code][(pages.number - 1) * PER_PAGE :][:PER_PAGE]
    return Panel(code, {name: len(found) for name, found in lists.items()}, _entries(code, here, stand), pages)


def _entries(code: str, here: Sequence[Any], stand: Stand) -> Sequence[Any]:
    match code:
        case "langkah":
            return [_step(number, action, stand) for number, action in here]
        case "surat":
            return [_mail(stand.play, *sent) for sent in here]
        case "keputusan":
            return [_decision(asked, stand.documents) for asked in here]
    return here


def _step(number: int, action: Action, stand: Stand) -> Step:
    done = number < len(stand.play.data)
    return Step(number, words(action, stand.documents), _code(action), stand.play.changed(number) if done else ())


def _code(action: Action) -> str:
    kept = {key: value for key, value in action.to_json().items() if key not in ("form", "answers")}
    return ", ".join(f"{key}: {value}" for key, value in kept.items())


def words(action: Action, documents: Documents) -> str:
    """An action as a sentence."""
    match action:
        case Do():
            who = filters.performer(action.performer)
            return str(gettext("%(who)s mengirim: %(task)s", who=who, task=label(documents, action.element)))
        case Wait():
            return str(gettext("%(days)s hari berlalu", days=action.days))
        case Until(moment=datetime() as moment):
            at = filters.local(moment_of(moment, application().settings.zone))
            return str(
                gettext("Waktu maju sampai %(moment)s", moment=f"{filters.plain_day(at)}, {filters.clock_time(at)}")
            )
        case Until():
            return str(gettext("Waktu maju sampai akhir %(day)s", day=filters.plain_day(action.moment)))
        case Tell():
            return str(gettext("Dari luar datang: %(name)s", name=action.name))
        case Expect():
            tasks = ", ".join(label(documents, one) for one in action.open)
            return str(gettext("Yang terbuka: %(tasks)s", tasks=tasks or gettext("tidak ada")))


def label(documents: Documents, element: str) -> str:
    """What the diagrams call an element."""
    found = (one.elements[element] for one in documents.processes.values() if element in one.elements)
    return next((one.label for one in found), element)


def _mail(play: Play, at: datetime, effect: Any) -> Mail:
    letters = [
        Letter(f"{one['name']} <{one['to']}>", one["subject"], one["sentence"])
        for one in application().letters(play, at, effect)
    ]
    return Mail(at, effect.payload["template"], letters)


def _decision(asked: Asked, documents: Documents) -> Decision:
    found = documents.decisions.get(asked.decision)
    return Decision(asked.at, found.name if found else asked.decision, label(documents, asked.element), asked)


@bp.app_template_filter("is_long")
def is_long(value: Json) -> bool:
    """Whether a value is better folded away."""
    return len(shown(value)) > SHORT


@bp.app_template_filter("shown")
def shown(value: Json) -> str:
    """A value for people: texts as they are, lists and contexts over several lines."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2 if len(str(value)) > SHORT else None)
