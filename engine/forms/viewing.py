"""From answers to what a page draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any, TypedDict

from engine.forms.entry import show_size
from engine.forms.fields import (
    Checkbox,
    Choice,
    Documents,
    FileInput,
    Group,
    Input,
    Line,
    MomentInput,
    NumberInput,
    Part,
    Passage,
    Rows,
    Table,
    TextInput,
)
from engine.forms.messages import say
from engine.forms.options import options_of
from engine.forms.places import Place, row_label
from engine.forms.rules import Rules, read
from engine.forms.scope import Answers, Json, Scope
from engine.forms.showing import answer_lines, documents, entry_text, files, headings_of, table_cells
from engine.forms.views import FieldView, OptionView, RowView
from engine.forms.visibility import shown


class Looks(TypedDict):
    """What every kind of view has."""

    id: str
    label: str
    hint: str
    context: str
    width: int | None


@dataclass(frozen=True)
class Viewer:
    """Draws a form's parts for one reader."""

    hidden: frozenset[str]
    locale: str
    errors: Mapping[str, str]
    drivers: frozenset[str]

    def level(self, parts: tuple[Part, ...], answers: Answers, outside: Scope, place: Place) -> tuple[FieldView, ...]:
        return self.parts(parts, answers, outside.inner(answers), place)

    def parts(self, parts: tuple[Part, ...], answers: Answers, scope: Scope, place: Place) -> tuple[FieldView, ...]:
        """The views of one level; neighbours of one row of the layout come together in "columns"."""
        drawn = [(part, self.part(part, answers, scope, place)) for part in shown(parts, self.hidden, place.prefix)]
        views: list[FieldView] = []
        for row, members in groupby(drawn, key=lambda pair: pair[0].row if pair[0].columns else ""):
            side_by_side = [view for _, view in members]
            if row and len(side_by_side) > 1:
                views.append(FieldView(kind="columns", fields=tuple(side_by_side)))
            else:
                views.extend(side_by_side)
        return tuple(views)

    def part(self, part: Part, answers: Answers, scope: Scope, place: Place) -> FieldView:
        looks = Looks(
            id=place.id_of(part),
            label=part.label.show(scope, self.locale),
            hint=part.hint.show(scope, self.locale),
            context=place.context,
            width=part.columns,
        )
        match part:
            case Input():
                return self.input(part, answers.get(part.key), scope, place.prefix + part.key, looks)
            case Rows():
                return self.rows(part, answers, scope, place, looks)
            case Group():
                return FieldView(kind="group", fields=self.parts(part.parts, answers, scope, place), **looks)
            case Table():
                cells, numeric = table_cells(part, scope, self.locale)
                headings = headings_of(part, scope, self.locale)
                return FieldView(kind="table", headings=headings, cells=cells, numeric=numeric, **looks)
            case Passage():
                prose = part.prose.get(self.locale) or part.prose.get("id")
                return FieldView(kind="prose", blocks=prose.show(scope, self.locale) if prose else (), **looks)
            case Documents():
                return FieldView(kind="documents", files=documents(part, scope), **looks)
            case Line():
                return FieldView(kind=part.kind, **looks)
        raise TypeError(f"no view for {type(part).__name__}")

    def input(self, part: Input, value: Json, scope: Scope, path: str, looks: Looks) -> FieldView:
        return FieldView(
            kind=kind_of(part),
            path=path,
            error=self.errors.get(path, ""),
            required=Rules(scope, self.locale).is_required(part),
            readonly=part.readonly,
            drives=part.path in self.drivers,
            value=value,
            entry=entry_text(part, value, scope),
            shown="\n".join(answer_lines(part, value, scope, self.locale)),
            **looks,
            **self.special(part, value, scope),
        )

    def special(self, part: Input, value: Json, scope: Scope) -> dict[str, Any]:
        """What only this kind of input has, as fields of a FieldView."""
        match part:
            case TextInput() | NumberInput():
                affixes = {
                    "prefix": part.prefix.show(scope, self.locale),
                    "suffix": part.suffix.show(scope, self.locale),
                }
                if isinstance(part, NumberInput):
                    return {**affixes, "whole": part.decimals == 0}
                return {**affixes, "max_length": part.max_length if part.counted and part.long else None}
            case Choice():
                return {"options": self.options(part, value, scope)}
            case MomentInput():
                unread = value is not None and read(part.kind, str(value), scope) is None
                return {"min": bound_text(part.min), "max": bound_text(part.max), "unread": unread}
            case FileInput():
                return {
                    "files": files(value or ()),
                    "accept": ",".join(part.accept),
                    "multiple": part.max_files > 1,
                    "max_bytes": part.max_bytes,
                    "size_limit": "" if part.max_bytes is None else show_size(part.max_bytes),
                }
        return {}

    def options(self, part: Choice, value: Json, scope: Scope) -> tuple[OptionView, ...]:
        chosen = value if isinstance(value, list) else [value]
        return tuple(
            OptionView(code, label, code in chosen) for code, label in options_of(part, scope, self.locale).items()
        )

    def rows(self, part: Rows, answers: Answers, scope: Scope, place: Place, looks: Looks) -> FieldView:
        path = place.prefix + part.key
        entries = answers.get(part.key) or []
        free = not part.fixed
        views = []
        for number, row in enumerate(entries):
            within = scope.inner(row)
            inside = place.row(part, row, number, row_label(part, within, number, self.locale))
            views.append(
                RowView(
                    id=inside.id.removesuffix("-"),
                    row_id=row["_id"],
                    path=inside.path,
                    label=inside.label,
                    fields=self.parts(part.parts, row, within, inside),
                    can_delete=free and len(entries) > part.min_rows,
                    can_up=free and number > 0,
                    can_down=free and number < len(entries) - 1,
                )
            )
        return FieldView(
            kind="list",
            path=path,
            error=self.errors.get(path, ""),
            rows=tuple(views),
            item=self.item(part, scope),
            can_add=free and len(entries) < part.max_rows,
            required=part.min_rows > 0,
            drives=part.path in self.drivers,
            **looks,
        )

    def item(self, part: Rows, scope: Scope) -> str:
        """What the add button adds; an item label that needs a row's answers cannot say it."""
        if any(part.item_label.expressions) or not part.item_label.source:
            return say(self.locale, "add_row")
        return part.item_label.show(scope, self.locale)


def kind_of(part: Input) -> str:
    """The kind of view that an input has."""
    match part:
        case TextInput():
            return "textarea" if part.long else "text"
        case NumberInput():
            return "number"
        case Checkbox():
            return "checkbox"
        case Choice():
            return part.widget
        case MomentInput():
            return part.kind.value
    return "file"


def bound_text(bound: object) -> str:
    """A bound that is fixed in the document, for the browser's own date picker."""
    if isinstance(bound, datetime):
        return bound.strftime("%Y-%m-%dT%H:%M")
    return bound.isoformat() if isinstance(bound, date | time) else ""
