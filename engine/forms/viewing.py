"""From answers to what a page draws, and to what a reader reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby

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
from engine.forms.rules import Rules, read
from engine.forms.scope import Answers, Json, Scope
from engine.forms.showing import answer_lines, documents, entry_text, files, table_cells
from engine.forms.views import FieldView, OptionView, RowView, SummaryItem, SummaryRow
from engine.forms.visibility import shown


@dataclass(frozen=True)
class Place:
    """Where in the form parts stand: names start with `prefix`, HTML ids with `id`, `context` names the rows around."""

    prefix: str = ""
    id: str = "f-"
    context: str = ""

    def row(self, path: str, row_id: str, key: str, label: str) -> "Place":
        """Inside a row; HTML ids follow the row's own id, so that they stay when rows move."""
        return Place(f"{path}.", f"{self.id}{key}-{row_id}-", f"{label}, {self.context}" if self.context else label)


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
        view = self.inner(part, answers, scope, place)
        return replace(
            view,
            label=part.label.show(scope, self.locale),
            hint=part.hint.show(scope, self.locale),
            context=place.context,
            width=part.columns,
        )

    def inner(self, part: Part, answers: Answers, scope: Scope, place: Place) -> FieldView:
        html_id = place.id + part.slot.replace("#", "p")
        match part:
            case Input():
                return self.input(part, answers.get(part.key), scope, place.prefix + part.key, html_id)
            case Rows():
                return self.rows(part, answers, scope, place, html_id)
            case Group():
                return FieldView(kind="group", id=html_id, fields=self.parts(part.parts, answers, scope, place))
            case Table():
                cells, numeric = table_cells(part, scope, self.locale)
                headings = tuple(column.label.show(scope, self.locale) for column in part.table_columns)
                return FieldView(kind="table", id=html_id, headings=headings, cells=cells, numeric=numeric)
            case Passage():
                prose = part.prose.get(self.locale) or part.prose.get("id")
                return FieldView(kind="prose", id=html_id, blocks=prose.show(scope, self.locale) if prose else ())
            case Documents():
                return FieldView(kind="documents", id=html_id, files=documents(part, scope))
            case Line():
                return FieldView(kind=part.kind, id=html_id)
        raise TypeError(f"no view for {type(part).__name__}")

    def input(self, part: Input, value: Json, scope: Scope, path: str, html_id: str) -> FieldView:
        view = FieldView(
            kind=kind_of(part),
            path=path,
            id=html_id,
            error=self.errors.get(path, ""),
            required=Rules(scope, self.locale).is_required(part),
            readonly=part.readonly,
            drives=part.path in self.drivers,
            value=value,
            entry=entry_text(part, value, scope),
            shown="\n".join(answer_lines(part, value, scope, self.locale)),
        )
        match part:
            case TextInput() | NumberInput():
                view = replace(
                    view, prefix=part.prefix.show(scope, self.locale), suffix=part.suffix.show(scope, self.locale)
                )
                if isinstance(part, NumberInput):
                    return replace(view, whole=part.decimals == 0)
                return replace(view, max_length=part.max_length if part.counted and part.long else None)
            case Choice():
                return replace(view, options=self.options(part, value, scope))
            case MomentInput():
                unread = value is not None and read(part.kind, str(value), scope) is None
                return replace(view, min=bound_text(part.min), max=bound_text(part.max), unread=unread)
            case FileInput():
                return replace(
                    view,
                    files=files(value or ()),
                    accept=",".join(part.accept),
                    multiple=part.max_files > 1,
                    max_bytes=part.max_bytes,
                    size_limit="" if part.max_bytes is None else show_size(part.max_bytes),
                )
        return view

    def options(self, part: Choice, value: Json, scope: Scope) -> tuple[OptionView, ...]:
        chosen = value if isinstance(value, list) else [value]
        return tuple(
            OptionView(code, label, code in chosen) for code, label in options_of(part, scope, self.locale).items()
        )

    def rows(self, part: Rows, answers: Answers, scope: Scope, place: Place, html_id: str) -> FieldView:
        path = place.prefix + part.key
        entries = answers.get(part.key) or []
        free = not part.fixed
        views = []
        for number, row in enumerate(entries):
            label = self.row_label(part, row, scope, number)
            inside = place.row(f"{path}.{number}", row["_id"], part.key, label)
            views.append(
                RowView(
                    id=inside.id.removesuffix("-"),
                    row_id=row["_id"],
                    path=f"{path}.{number}",
                    label=label,
                    fields=self.level(part.parts, row, scope, inside),
                    can_delete=free and len(entries) > part.min_rows,
                    can_up=free and number > 0,
                    can_down=free and number < len(entries) - 1,
                )
            )
        return FieldView(
            kind="list",
            path=path,
            id=html_id,
            error=self.errors.get(path, ""),
            rows=tuple(views),
            item=self.item(part, scope),
            can_add=free and len(entries) < part.max_rows,
            required=part.min_rows > 0,
            drives=part.path in self.drivers,
        )

    def row_label(self, part: Rows, row: Answers, scope: Scope, number: int) -> str:
        """ "Indikator 2"; where the item label tells the row's own answers, just those words with the number."""
        return f"{part.item_label.show(scope.inner(row), self.locale) or say(self.locale, 'row')} {number + 1}"

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


def summarise(views: Sequence[FieldView]) -> tuple[SummaryRow, ...]:
    """Views as rows to read; what only asks is left out."""
    return tuple(row for view in views for row in _summary(view))


def _summary(view: FieldView) -> Iterator[SummaryRow]:
    match view.kind:
        case "columns":
            yield from summarise(view.fields)
        case "group":
            yield SummaryRow(kind="group", id=view.id, label=view.label, rows=summarise(view.fields))
        case "list":
            items = tuple(SummaryItem(row.label, summarise(row.fields)) for row in view.rows)
            yield SummaryRow(kind="list", path=view.path, id=view.id, label=view.label, items=items)
        case "table":
            yield SummaryRow(
                kind="table", label=view.label, headings=view.headings, cells=view.cells, numeric=view.numeric
            )
        case "file" | "documents":
            yield SummaryRow(kind="files", path=view.path, id=view.id, label=view.label, files=view.files)
        case "prose" | "separator" | "spacer":
            return
        case _:
            lines = tuple(view.shown.split("\n")) if view.shown else ()
            yield SummaryRow(kind="value", path=view.path, id=view.id, label=view.label, lines=lines)
