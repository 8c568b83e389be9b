"""Case data and answers as people read them: tables, documents, files, chosen options."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from engine.forms.entry import as_decimal, show, show_size, write_number
from engine.forms.fields import (
    Checkbox,
    Choice,
    Column,
    Documents,
    FileInput,
    Input,
    MomentInput,
    NumberInput,
    Table,
    TextInput,
)
from engine.forms.messages import say
from engine.forms.options import options_of
from engine.forms.rules import read, show_any
from engine.forms.scope import Json, Scope
from engine.forms.views import FileView

TABLE_ROWS = 500


def table_cells(part: Table, scope: Scope, locale: str) -> tuple[tuple[tuple[str, ...], ...], tuple[bool, ...]]:
    """The cells of a table as text, and which columns hold only numbers."""
    found = scope.ask(part.source)
    entries = found if isinstance(found, list) else [] if found is None else [found]
    values = [[cell(column, entry) for column in part.table_columns] for entry in entries[:TABLE_ROWS]]
    texts = tuple(
        tuple(show_cell(column, value, scope, locale) for column, value in zip(part.table_columns, row, strict=True))
        for row in values
    )
    return texts, tuple(is_numeric([row[number] for row in values]) for number in range(len(part.table_columns)))


def headings_of(part: Table, scope: Scope, locale: str) -> tuple[str, ...]:
    return tuple(column.label.show(scope, locale) for column in part.table_columns)


def cell(column: Column, entry: object) -> object:
    """The value of an entry in a column; a bare value stands in each."""
    if not isinstance(entry, Mapping):
        return entry
    value: object = entry
    for name in column.key:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def show_cell(column: Column, value: object, scope: Scope, locale: str) -> str:
    labels = {option.value: option.label for option in column.options}
    if isinstance(value, str) and value in labels:
        return labels[value].show(scope, locale)
    return show(value, locale, scope.zone)


def is_numeric(values: Sequence[object]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(as_decimal(value) is not None for value in present)


def documents(part: Documents, scope: Scope) -> tuple[FileView, ...]:
    found = scope.ask(part.source)
    return files(found if isinstance(found, list) else [])


def files(entries: Sequence[Json]) -> tuple[FileView, ...]:
    return tuple(
        FileView(str(entry["id"]), str(entry.get("name") or entry["id"]), file_size(entry.get("size")), place)
        for place, entry in enumerate(entries)
        if isinstance(entry, Mapping) and entry.get("id")
    )


def file_size(size: object) -> str:
    number = as_decimal(size)
    return "" if number is None else show_size(int(number))


def entry_text(part: Input, value: Json, scope: Scope) -> str:
    """What stands in an entry field: a number with a comma, a moment in local time, a text as it was typed."""
    if value is None or isinstance(value, bool | list):
        return ""
    if isinstance(part, NumberInput):
        number = as_decimal(value)
        return str(value) if number is None else write_number(number, grouped=False)
    if isinstance(part, MomentInput) and isinstance(moment := read(part.kind, str(value), scope), datetime):
        return moment.astimezone(scope.zone).strftime("%Y-%m-%dT%H:%M")
    return str(value)


def answer_lines(part: Input, value: Json, scope: Scope, locale: str) -> tuple[str, ...]:
    """An answer to read, in lines; none where nothing was answered."""
    if value is None or value == [] or value == "":
        return ()
    match part:
        case Checkbox():
            return (say(locale, "yes" if value is True else "no"),)
        case Choice():
            labels = options_of(part, scope, locale)
            return tuple(labels.get(code, code) for code in (value if isinstance(value, list) else [str(value)]))
        case NumberInput():
            return (with_affixes(part, show_number(part, value), scope, locale),)
        case MomentInput():
            moment = read(part.kind, value, scope)
            return (show_any(moment, scope, locale) if moment else str(value),)
        case TextInput():
            text = with_affixes(part, str(value), scope, locale)
            return tuple(text.split("\n"))
        case FileInput():
            return tuple(file.name for file in files(value))
    return (show(value, locale, scope.zone),)


def show_number(part: NumberInput, value: Json) -> str:
    number: Decimal | None = as_decimal(value)
    return str(value) if number is None else write_number(number, grouped=part.grouped)


def with_affixes(part: TextInput | NumberInput, text: str, scope: Scope, locale: str) -> str:
    before, after = part.prefix.show(scope, locale), part.suffix.show(scope, locale)
    return " ".join(filter(None, (before, text, after)))
