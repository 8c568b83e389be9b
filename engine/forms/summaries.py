"""Answers to read: what a page draws once nothing is asked any more."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.forms.fields import Documents, FileInput, Group, Input, Part, Rows, Table
from engine.forms.places import Place, row_label
from engine.forms.scope import Answers, Json, Scope
from engine.forms.showing import answer_lines, documents, files, headings_of, table_cells
from engine.forms.views import SummaryItem, SummaryRow
from engine.forms.visibility import shown


@dataclass(frozen=True)
class Reader:
    """Tells a form's answers to one reader; what only asks is left out."""

    hidden: frozenset[str]
    locale: str

    def parts(self, parts: tuple[Part, ...], answers: Answers, scope: Scope, place: Place) -> tuple[SummaryRow, ...]:
        """The rows of one level; `scope` has its answers."""
        visible = shown(parts, self.hidden, place.prefix)
        return tuple(row for part in visible for row in self.part(part, answers, scope, place))

    def part(self, part: Part, answers: Answers, scope: Scope, place: Place) -> Iterator[SummaryRow]:
        id, label = place.id_of(part), part.label.show(scope, self.locale)
        match part:
            case FileInput():
                found = files(answers.get(part.key) or ())
                yield SummaryRow(kind="files", path=place.prefix + part.key, id=id, label=label, files=found)
            case Input():
                lines = self.lines(part, answers.get(part.key), scope)
                yield SummaryRow(kind="value", path=place.prefix + part.key, id=id, label=label, lines=lines)
            case Rows():
                items = self.items(part, answers, scope, place)
                yield SummaryRow(kind="list", path=place.prefix + part.key, id=id, label=label, items=items)
            case Group():
                rows = self.parts(part.parts, answers, scope, place)
                yield SummaryRow(kind="group", id=id, label=label, rows=rows)
            case Table():
                cells, numeric = table_cells(part, scope, self.locale)
                headings = headings_of(part, scope, self.locale)
                yield SummaryRow(kind="table", label=label, headings=headings, cells=cells, numeric=numeric)
            case Documents():
                yield SummaryRow(kind="files", id=id, label=label, files=documents(part, scope))

    def lines(self, part: Input, value: Json, scope: Scope) -> tuple[str, ...]:
        text = "\n".join(answer_lines(part, value, scope, self.locale))
        return tuple(text.split("\n")) if text else ()

    def items(self, part: Rows, answers: Answers, scope: Scope, place: Place) -> tuple[SummaryItem, ...]:
        items = []
        for number, row in enumerate(answers.get(part.key) or []):
            within = scope.inner(row)
            inside = place.row(part, row, number, row_label(part, within, number, self.locale))
            items.append(SummaryItem(inside.label, self.parts(part.parts, row, within, inside)))
        return tuple(items)
