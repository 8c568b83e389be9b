"""Reads scenarios from their files; what is unknown is refused with its line, nothing is guessed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine.errors import DefinitionError, Problem
from engine.runtime.sandbox.plain_yaml import Lined, PlainYamlError, read_yaml
from engine.runtime.sandbox.scenario import Action, Do, End, Expect, Opening, Scenario, Tell, Until, Wait
from engine.runtime.values import Json

KEYS = ("name", "source", "process", "opens", "data", "given", "steps", "end")
DOING = ("answers", "form", "note", "due")
STATUSES = ("active", "completed")
LONGEST_WAIT = 3_700  # days
MOST_STEPS = 500
MEND = "Lihat docs/scenarios.md untuk bentuknya."


def read_scenario(content: bytes, file: str, performers: Collection[str]) -> Scenario:
    """The scenario of a file.

    Raises:
        DefinitionError: lists everything that is wrong with its form.
    """
    try:
        raw = read_yaml(content)
    except PlainYamlError as error:
        raise DefinitionError([Problem(file, str(error), MEND, line=error.line, rule="scenario")]) from error
    return _Reading(file, performers).scenario(raw)


def action_of(step: Mapping[str, Any], performers: Collection[str]) -> Action:
    """The action that a step says.

    Raises:
        ValueError: a sentence says what is wrong with it.
    """
    if "wait" in step:
        return _only(step, Wait(_days(step["wait"])), "wait")
    if "until" in step:
        return _only(step, Until(_moment(step["until"])), "until")
    if "open" in step:
        return _only(step, Expect(_names(step["open"])), "open")
    for kind in ("message", "signal"):
        if kind in step:
            return _only(step, Tell(kind, _text(step[kind]), _context(step.get("payload", {}))), kind, "payload")
    doing = [key for key in step if key in performers]
    if len(doing) != 1:
        known = ", ".join([*sorted(performers), "wait", "until", "open", "message", "signal"])
        raise ValueError(f"Langkah menyebut satu di antara: {known}.")
    return _only(step, _doing(step, doing[0]), doing[0], *DOING)


def _doing(step: Mapping[str, Any], performer: str) -> Do:
    note, due = step.get("note"), step.get("due")
    if "answers" in step and "form" in step:
        raise ValueError("Langkah memakai answers atau form, tidak keduanya.")
    return Do(
        performer,
        _text(step[performer]),
        _context(step.get("answers", {})),
        _context(step["form"]) if "form" in step else None,
        _text(note) if note is not None else None,
        _day(due) if due is not None else None,
    )


class _Reading:
    """Gathers what is wrong with one file."""

    def __init__(self, file: str, performers: Collection[str]) -> None:
        self.file, self.performers = file, performers
        self.problems: list[Problem] = []

    def scenario(self, raw: Any) -> Scenario:
        if not isinstance(raw, Lined):
            raise DefinitionError([self._problem("Skenario berupa daftar kunci dan nilai.", 1)])
        self._unknown(raw, KEYS)
        opening = Opening(
            self._take(raw, "process", _text, ""),
            self._take(raw, "name", _text, ""),
            self._take(raw, "opens", _opens, None, needed=False),
            self._take(raw, "data", _context, {}, needed=False),
            self._take(raw, "given", _context, {}, needed=False),
        )
        source = self._take(raw, "source", _text, "")
        steps, lines = self._steps(raw)
        end = self._end(raw)
        if self.problems:
            raise DefinitionError(self.problems)
        return Scenario(self.file, source, opening, steps, end, lines, raw.lines.get("end"))

    def _steps(self, raw: Lined) -> tuple[tuple[Action, ...], tuple[int, ...]]:
        given = self._take(raw, "steps", _list, [])
        if len(given) > MOST_STEPS:
            self.problems.append(self._problem(f"Paling banyak {MOST_STEPS} langkah.", raw.lines["steps"]))
            return (), ()
        steps, lines = [], []
        for number, step in enumerate(given, 1):
            line = step.line if isinstance(step, Lined) else raw.lines["steps"]
            try:
                if not isinstance(step, Lined):
                    raise ValueError("Langkah berupa kunci dan nilai.")
                steps.append(action_of(step, self.performers))
                lines.append(line)
            except ValueError as error:
                self.problems.append(self._problem(f"Langkah {number}: {error}", line))
        return tuple(steps), tuple(lines)

    def _end(self, raw: Lined) -> End:
        end = self._take(raw, "end", _mapping, {})
        if isinstance(end, Lined):
            self._unknown(end, ("status", "open", "calls"))
            return End(
                self._take(end, "status", _status, ""),
                self._take(end, "open", _names, (), needed=False),
                self._take(end, "calls", _calls, (), needed=False),
            )
        return End("")

    def _take(self, raw: Lined, key: str, read: Any, otherwise: Any, *, needed: bool = True) -> Any:
        if key not in raw:
            if needed:
                self.problems.append(self._problem(f'Kunci "{key}" belum ada.', raw.line))
            return otherwise
        try:
            return read(raw[key])
        except ValueError as error:
            self.problems.append(self._problem(f"{key}: {error}", raw.lines[key]))
            return otherwise

    def _unknown(self, raw: Lined, known: Sequence[str]) -> None:
        for key in raw:
            if key not in known:
                message = f'Kunci "{key}" tidak dikenal; yang dikenal: {", ".join(known)}.'
                self.problems.append(self._problem(message, raw.lines[key]))

    def _problem(self, message: str, line: int) -> Problem:
        return Problem(self.file, message, MEND, line=line, rule="scenario")


def _only(step: Mapping[str, Any], action: Action, *known: str) -> Action:
    unknown = [key for key in step if key not in known]
    if unknown:
        raise ValueError(f'Kunci "{unknown[0]}" tidak dikenal di sini; yang dikenal: {", ".join(known)}.')
    return action


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("Tulis teks.")
    return value.strip()


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("Tulis daftar.")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("Tulis kunci dan nilai.")
    return value


def _names(value: Any) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(value))


def _context(value: Any) -> dict[str, Json]:
    """A mapping as JSON; days and moments become ISO text."""
    return {key: _json(one) for key, one in _mapping(value).items()}


def _json(value: Any) -> Json:
    if isinstance(value, Mapping):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_json(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError("Nilai ini bukan teks, angka, ya/tidak, tanggal atau daftar.")


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LONGEST_WAIT:
        raise ValueError(f"Tulis jumlah hari, 1 sampai {LONGEST_WAIT}.")
    return value


def _moment(value: Any) -> date | datetime:
    """A day or a moment (local when it names no offset), as YAML reads it or as ISO text."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date):
        raise ValueError("Tulis hari (2026-01-31) atau saat setempat (2026-01-31T20:00:00).")
    return value


def _opens(value: Any) -> datetime:
    moment = _moment(value)
    if not isinstance(moment, datetime):
        raise ValueError("Tulis saat setempat (2026-01-02T08:00:00).")
    return moment


def _day(value: Any) -> date:
    moment = _moment(value)
    if isinstance(moment, datetime):
        raise ValueError("Tulis hari (2026-01-31).")
    return moment


def _status(value: Any) -> str:
    if value not in STATUSES:
        raise ValueError(f"Tulis satu di antara: {', '.join(STATUSES)}.")
    return str(value)


def _calls(value: Any) -> tuple[tuple[str, Mapping[str, Json]], ...]:
    found = []
    for one in _list(value):
        call = _mapping(one)
        if len(call) != 1:
            raise ValueError("Tiap panggilan menyebut satu layanan dengan nilainya.")
        (service, arguments), *_ = call.items()
        found.append((service, _context(arguments or {})))
    return tuple(found)
