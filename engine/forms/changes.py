"""What differs between two answers to one form; rows are told apart by their own ids, not by their places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.forms.fields import Checkbox, FileInput, Input, Part, Rows, inputs
from engine.forms.scope import Answers, Json, Scope
from engine.forms.showing import answer_lines
from engine.forms.visibility import lists_of

POSITION = "_position"  # last step of the path of a row that moved; old and new are places, counted from 1


@dataclass(frozen=True)
class FieldChange:
    """One difference.

    A row that came has no old, one that went no new, and both hold the whole row. Places in `path` are those of the
    new answers; of a row that went, those of the old.
    """

    path: str
    old: Json
    new: Json


def differences(
    parts: tuple[Part, ...], old: Mapping[str, Json], new: Mapping[str, Json], prefix: str = ""
) -> Iterator[FieldChange]:
    """Every difference, in the order of the form."""
    for part in inputs(parts):
        path = prefix + part.key
        if isinstance(part, Rows):
            yield from _rows(part, lists_of(old, part.key), lists_of(new, part.key), path)
        else:
            before, after = _plain(part, old.get(part.key)), _plain(part, new.get(part.key))
            if before != after:
                yield FieldChange(path, before, after)


def _plain(part: Input, value: Json) -> Json:
    """An answer in one form: nothing answered is null, and files are their ids and names."""
    if isinstance(part, FileInput):
        entries = part.coerce(value)
        return [{key: file[key] for key in ("id", "name") if key in file} for file in entries] or None
    return value if value or (value == 0 and not isinstance(part, Checkbox)) or value is True else None


def _rows(part: Rows, old: Sequence[Answers], new: Sequence[Answers], path: str) -> Iterator[FieldChange]:
    before = {row.get("_id"): (number, row) for number, row in enumerate(old)}
    after = {row.get("_id") for row in new}
    order = {row_id: place for place, row_id in enumerate(row_id for row_id in before if row_id in after)}
    kept = 0
    for number, row in enumerate(new):
        row_id, place = row.get("_id"), f"{path}.{number}"
        if row_id not in before:
            yield FieldChange(place, None, row)
            continue
        if order[row_id] != kept:
            yield FieldChange(f"{place}.{POSITION}", before[row_id][0] + 1, number + 1)
        kept += 1
        yield from differences(part.parts, before[row_id][1], row, f"{place}.")
    for number, row in enumerate(old):
        if row.get("_id") not in after:
            yield FieldChange(f"{path}.{number}", row, None)


class AnyChange(Protocol):
    """A change as histories keep it."""

    @property
    def path(self) -> str: ...
    @property
    def old(self) -> Json: ...
    @property
    def new(self) -> Json: ...


@dataclass(frozen=True)
class ChangeView:
    """A change to read: `kind` is changed, added, removed or moved; `label` names rows and field."""

    kind: str
    path: str
    label: str
    old: Sequence[str]
    new: Sequence[str]


def show_change(parts: tuple[Part, ...], change: AnyChange, scope: Scope, locale: str) -> ChangeView:
    """A change in words; a path that the form no longer has is shown as it stands."""
    labels, part, in_row = _names(parts, change.path.split("."), scope, locale)
    label = " \u203a ".join(labels)
    if change.path.endswith(f".{POSITION}"):
        return ChangeView("moved", change.path, label, (str(change.old),), (str(change.new),))
    if in_row and isinstance(part, Rows):
        kind = "removed" if change.new is None else "added"
        return ChangeView(
            kind, change.path, label, _row(part, change.old, scope, locale), _row(part, change.new, scope, locale)
        )
    return ChangeView(
        "changed", change.path, label, _lines(part, change.old, scope, locale), _lines(part, change.new, scope, locale)
    )


def _names(
    parts: tuple[Part, ...], steps: Sequence[str], scope: Scope, locale: str
) -> tuple[list[str], Part | None, bool]:
    """The labels along a path, the part it leads to, and whether it ends at a row."""
    labels: list[str] = []
    part: Part | None = None
    in_row = False
    for step in steps:
        if isinstance(part, Rows) and not in_row and step.isdecimal():
            item = part.item_label
            name = part.label if any(item.expressions) or not item.source else item
            labels[-1] = f"{name.show(scope, locale)} {int(step) + 1}"
            in_row = True
        elif step != POSITION:
            inside = part.parts if isinstance(part, Rows) else parts
            part = next((inner for inner in inputs(inside) if inner.key == step), None)
            labels.append((part.label.show(scope, locale) if part else "") or step)
            in_row = False
    return labels, part, in_row


def _lines(part: Part | None, value: Json, scope: Scope, locale: str) -> tuple[str, ...]:
    if isinstance(part, Input):
        return answer_lines(part, value, scope, locale)
    return () if value is None else (str(value),)


def _row(part: Rows, row: Json, scope: Scope, locale: str) -> tuple[str, ...]:
    """A whole row in lines: "Indikator: Persentase"."""
    if not isinstance(row, Mapping):
        return ()
    lines = []
    for inner in inputs(part.parts):
        label = inner.label.show(scope, locale)
        if isinstance(inner, Rows):
            for number, entry in enumerate(lists_of(row, inner.key)):
                lines += [f"{label} {number + 1} \u203a {line}" for line in _row(inner, entry, scope, locale)]
        elif answered := answer_lines(inner, row.get(inner.key), scope.inner(row), locale):
            lines.append(f"{label}: {' '.join(answered)}")
    return tuple(lines)
