"""Answers as a tree along the form: blank, from a post, from JSON, with a row more or less.

Every walk follows the form, never what was sent: a key that the form does not have is not looked at.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid4, uuid5

from engine.forms.fields import FILE_CAP, ROW_BUDGET, ROW_CAP, FileInput, Input, Part, Rows, inputs
from engine.forms.scope import Answers, Json

Posted = Mapping[str, Sequence[str]]
Tree = Mapping[str, Json]
_ROW_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_ROW_NUMBER = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)


def blank(parts: tuple[Part, ...], given: Tree, form_id: str) -> Answers:
    """What a form starts with: what is given, else defaults, and as many rows as a list must have."""
    return fit(parts, given, form_id, fresh=True)


def fit(parts: tuple[Part, ...], given: Tree, form_id: str, prefix: str = "", *, fresh: bool = False) -> Answers:
    """Answers for exactly these parts: known keys with fitting values, no answer (or `fresh`: the first) elsewhere."""
    answers: Answers = {}
    for part in inputs(parts):
        if isinstance(part, Rows):
            rows = given.get(part.key)
            if not isinstance(rows, list):
                rows = [{}] * part.start_rows if fresh else []
            answers[part.key] = fit_rows(part, rows, form_id, prefix + part.key, fresh=fresh)
        elif part.key in given:
            answers[part.key] = part.coerce(given[part.key])
        else:
            answers[part.key] = part.first() if fresh else part.empty
    return answers


def fit_rows(part: Rows, rows: Sequence[Json], form_id: str, path: str, *, fresh: bool = False) -> list[Answers]:
    kept = [row for row in rows if isinstance(row, Mapping)][:ROW_CAP]
    ids = row_ids([row.get("_id") for row in kept], f"{form_id}:{path}")
    return [
        {"_id": row_id, **fit(part.parts, row, form_id, f"{path}.{number}.", fresh=fresh)}
        for number, (row_id, row) in enumerate(zip(ids, kept, strict=True))
    ]


def row_ids(wanted: Sequence[Json], place: str) -> list[str]:
    """Each row's own id: the one it has, else one that follows from its place; never the same twice."""
    given = [name if isinstance(name, str) and _ROW_ID.fullmatch(name) else None for name in wanted]
    taken: set[str] = set()
    ids = []
    for number, name in enumerate(given):
        if name is None or name in taken:
            name = str(uuid5(NAMESPACE_URL, f"{place}.{number}"))
            if name in taken or name in given:
                name = str(uuid4())
        taken.add(name)
        ids.append(name)
    return ids


@dataclass
class Decoder:
    """Reads one post; `rows_left` bounds what a hostile one can make of row counts."""

    form_id: str
    posted: Posted
    rows_left: int = ROW_BUDGET

    def level(self, parts: tuple[Part, ...], stored: Tree | None, prefix: str = "") -> Answers:
        answers: Answers = {}
        for part in inputs(parts):
            path = prefix + part.key
            kept = None if stored is None else stored.get(part.key)
            if isinstance(part, Rows):
                answers[part.key] = self.rows(part, path, kept, known=stored is not None)
            else:
                answers[part.key] = self.input(part, path, kept)
        return answers

    def input(self, part: Input, path: str, kept: Json) -> Json:
        """What was posted; a field that the page did not show, or showed to read, keeps what is stored."""
        values = self.file_ids(path) if isinstance(part, FileInput) else self.posted.get(path)
        if part.readonly or values is None:
            return part.empty if kept is None else part.coerce(kept)
        if isinstance(part, FileInput):
            return _with_details(part.coerce(list(values)), kept)
        return part.decode(list(values))

    def file_ids(self, path: str) -> list[str] | None:
        """Ids of "path.0", "path.1" ...; None when the page had no such field (it posts its own empty name)."""
        if path not in self.posted:
            return None
        return [self.posted[name][-1] for n in range(FILE_CAP) if (name := f"{path}.{n}") in self.posted]

    def rows(self, part: Rows, path: str, kept: Json, *, known: bool) -> list[Answers]:
        before = fit_rows(part, kept if isinstance(kept, list) else [], self.form_id, path)
        if f"{path}.n" not in self.posted:
            return before
        stored = {row["_id"]: row for row in before}
        wanted = [self.first(f"{path}.{number}._id") for number in range(self.count(path))]
        rows = []
        for number, row_id in enumerate(row_ids(wanted, f"{self.form_id}:{path}")):
            answers = self.level(part.parts, stored.get(row_id, {}) if known else None, f"{path}.{number}.")
            rows.append({"_id": row_id, **answers})
        return given_rows(stored, rows) if part.fixed and known else rows

    def count(self, path: str) -> int:
        text = self.first(f"{path}.n")
        wanted = min(int(text), ROW_CAP, self.rows_left) if _ROW_NUMBER.fullmatch(text) else 0
        self.rows_left -= wanted
        return wanted

    def first(self, name: str) -> str:
        values = self.posted.get(name)
        return values[-1] if values else ""


def given_rows(stored: Mapping[Json, Answers], rows: Sequence[Answers]) -> list[Answers]:
    """A list with given rows keeps exactly those, in their order; what was posted for them comes in."""
    sent = {row["_id"]: row for row in rows}
    return [sent.get(row_id, row) for row_id, row in stored.items()]


def _with_details(files: list[dict[str, Json]], kept: Json) -> list[dict[str, Json]]:
    """Names and sizes of files that were stored with the answers before."""
    known = {file.get("id"): file for file in kept if isinstance(file, dict)} if isinstance(kept, list) else {}
    return [known.get(file["id"], file) for file in files]


def protect(parts: tuple[Part, ...], answers: Tree, stored: Tree, form_id: str, prefix: str = "") -> Answers:
    """Answers from a program, with what may not be changed as it is stored: read-only fields, lists of given rows."""
    safe: Answers = {}
    for part in inputs(parts):
        given, kept = answers.get(part.key), stored.get(part.key)
        if isinstance(part, Rows):
            safe[part.key] = _protect_rows(part, given, kept, form_id, prefix + part.key)
        else:
            safe[part.key] = part.coerce(kept if part.readonly else given)
    return safe


def _protect_rows(part: Rows, given: Json, kept: Json, form_id: str, path: str) -> list[Answers]:
    rows = fit_rows(part, given if isinstance(given, list) else [], form_id, path)
    stored = {row["_id"]: row for row in fit_rows(part, kept if isinstance(kept, list) else [], form_id, path)}
    safe = [
        {"_id": row["_id"], **protect(part.parts, row, stored.get(row["_id"], {}), form_id, f"{path}.{number}.")}
        for number, row in enumerate(rows)
    ]
    return given_rows(stored, safe) if part.fixed else safe


def count_rows(answers: Json) -> int:
    """Rows at any depth."""
    if isinstance(answers, list):
        return sum(1 + count_rows(row) for row in answers if isinstance(row, Mapping) and "_id" in row)
    if isinstance(answers, Mapping):
        return sum(count_rows(value) for value in answers.values())
    return 0


def act(parts: tuple[Part, ...], answers: Answers, action: str, form_id: str) -> Answers:
    """Answers after "add:rhk", "del:rhk.0", "up:rhk.1" or "down:rhk.0"; unchanged where the action does not fit.

    "del:bukti.1" takes an attached file away.
    """
    verb, _, path = action.partition(":")
    steps = path.split(".")
    if verb == "add" and count_rows(answers) < ROW_BUDGET:
        return _at(parts, answers, steps, lambda part, items: _added(part, items, form_id, path))
    if verb in ("del", "up", "down") and _ROW_NUMBER.fullmatch(steps[-1]):
        number = int(steps[-1])
        return _at(parts, answers, steps[:-1], lambda part, items: _moved(part, items, verb, number))
    return answers


Change = Callable[[Rows | FileInput, list[Json]], list[Json]]


def _at(parts: tuple[Part, ...], answers: Answers, steps: Sequence[str], change: Change) -> Answers:
    """Answers with the list at these steps changed; the same answers where there is no such list."""
    part = next((part for part in inputs(parts) if steps and part.key == steps[0]), None)
    items = answers.get(steps[0]) if steps else None
    if not isinstance(part, Rows | FileInput) or not isinstance(items, list):
        return answers
    if len(steps) == 1:
        return {**answers, part.key: change(part, items)}
    if not isinstance(part, Rows) or not _ROW_NUMBER.fullmatch(steps[1]) or int(steps[1]) >= len(items):
        return answers
    number = int(steps[1])
    inner = _at(part.parts, items[number], steps[2:], change)
    return {**answers, part.key: [*items[:number], inner, *items[number + 1 :]]}


def _added(part: Rows | FileInput, items: list[Json], form_id: str, path: str) -> list[Json]:
    if not isinstance(part, Rows) or part.fixed or len(items) >= part.max_rows:
        return items
    place = f"{form_id}:{path}.{uuid4()}"
    return [*items, {"_id": str(uuid4()), **fit(part.parts, {}, place, fresh=True)}]


def _moved(part: Rows | FileInput, items: list[Json], verb: str, number: int) -> list[Json]:
    if number >= len(items) or (part.fixed if isinstance(part, Rows) else part.readonly):
        return items
    rest = [*items[:number], *items[number + 1 :]]
    if verb == "del":
        return items if isinstance(part, Rows) and len(items) <= part.min_rows else rest
    target = number + (-1 if verb == "up" else 1)
    return [*rest[:target], items[number], *rest[target:]] if 0 <= target < len(items) else items
