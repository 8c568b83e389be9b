"""What a form is made of once it has been read: the parts, and how each takes a value."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from engine.feel import Expression
from engine.forms.entry import as_decimal, as_json, clean, read_number
from engine.forms.scope import Json
from engine.forms.texts import EMPTY, Prose, Text

ROW_CAP = 200  # rows of one list
ROW_BUDGET = 2_000  # rows of one form, inner lists included
FILE_CAP = 20
CHOICE_CAP = 500
SHORT_TEXT = 1_000
LONG_TEXT = 10_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """Anything that a form shows. `path` is the way through the form's keys ("rhk.indikator.iki"); it names the part.

    `slot` tells parts of one level apart: the key, or a number for parts without one.
    """

    path: str
    slot: str
    label: Text = EMPTY
    hint: Text = EMPTY
    hide: Expression | None = None
    row: str = ""  # parts with the same row of the layout stand side by side
    columns: int | None = None  # of 16


@dataclass(frozen=True, kw_only=True)
class Input(Part):
    """A part that takes an answer; `check` is a condition with its own sentence."""

    required: bool = False
    required_when: Expression | None = None
    readonly: bool = False
    check: Expression | None = None
    check_message: Text = EMPTY

    @property
    def key(self) -> str:
        return self.slot

    @property
    def empty(self) -> Json:
        return None

    def first(self) -> Json:
        """What a blank form holds."""
        return self.empty

    def decode(self, values: "list[str]") -> Json:
        """The answer in what a browser posted: typed where it parses, else the text as it was typed."""
        return self.coerce(clean(values[-1])) if values else self.empty

    def coerce(self, value: Json) -> Json:
        """The answer in a JSON value from anywhere, made fit for this kind of field."""
        return value if isinstance(value, str) and value.strip() else self.empty


class TextFormat(StrEnum):
    ANY = ""
    EMAIL = "email"
    PHONE = "phone"
    NIP = "nip"


@dataclass(frozen=True, kw_only=True)
class TextInput(Input):
    long: bool = False  # several lines
    min_length: int = 0
    max_length: int = SHORT_TEXT
    counted: bool = False  # the form itself sets the greatest length: the page counts
    pattern: re.Pattern[str] | None = None
    pattern_message: Text = EMPTY
    format: TextFormat = TextFormat.ANY
    prefix: Text = EMPTY
    suffix: Text = EMPTY
    default: str | None = None

    def first(self) -> Json:
        return self.default

    def coerce(self, value: Json) -> Json:
        if not isinstance(value, str):
            number = as_decimal(value)
            return None if number is None else f"{number:f}"
        return clean(value) or None


Bound: TypeAlias = Decimal | Expression | None


@dataclass(frozen=True, kw_only=True)
class NumberInput(Input):
    min: Bound = None
    max: Bound = None
    decimals: int | None = None
    grouped: bool = True
    prefix: Text = EMPTY
    suffix: Text = EMPTY
    default: int | float | None = None

    def first(self) -> Json:
        return self.default

    def coerce(self, value: Json) -> Json:
        if isinstance(value, str):
            number = read_number(value)
            return (clean(value) or None) if number is None or len(value) > 40 else as_json(number)
        number = as_decimal(value)
        return None if number is None else as_json(number)


@dataclass(frozen=True, kw_only=True)
class Checkbox(Input):
    default: bool = False

    @property
    def empty(self) -> Json:
        return False

    def first(self) -> Json:
        return self.default

    def coerce(self, value: Json) -> Json:
        return value is True or (isinstance(value, str) and value in ("true", "on", "1"))


@dataclass(frozen=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class Choice(Input):
    """One of several ("radio", "select") or some of them ("checklist", "taglist").

    Options stand in the form, or come from the case data at `source`: a list of texts, or of objects whose
    `value_key` and `label_key` are read ("value" or "id", "label", "text" or "name" when they are not set).
    """

    widget: str
    options: tuple[Option, ...] = ()
    source: tuple[str, ...] = ()
    value_key: str = ""
    label_key: str = ""
    default: str | tuple[str, ...] | None = None

    @property
    def many(self) -> bool:
        return self.widget in ("checklist", "taglist")

    @property
    def empty(self) -> Json:
        return [] if self.many else None

    def first(self) -> Json:
        return list(self.default) if isinstance(self.default, tuple) else self.default or self.empty

    def decode(self, values: list[str]) -> Json:
        return self.coerce(values) if self.many else super().decode(values)

    def coerce(self, value: Json) -> Json:
        if not self.many:
            return code_of(value)
        listed = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(code for item in listed[:CHOICE_CAP] if (code := code_of(item))))


def code_of(value: Json) -> str | None:
    """An option's value as text; numbers of the case data may be values too."""
    if isinstance(value, str):
        return clean(value) or None
    number = as_decimal(value)
    return None if number is None else f"{number:f}"


class MomentKind(StrEnum):
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"


MomentBound: TypeAlias = date | datetime | time | Expression | None


@dataclass(frozen=True, kw_only=True)
class MomentInput(Input):
    """A day, a time or both; answers are ISO text."""

    kind: MomentKind
    min: MomentBound = None
    max: MomentBound = None
    not_past: bool = False
    default: str | None = None

    def first(self) -> Json:
        return self.default

    def coerce(self, value: Json) -> Json:
        return (clean(value).strip() or None) if isinstance(value, str) else None


@dataclass(frozen=True, kw_only=True)
class FileInput(Input):
    """Attached files: {"id", "name", "size", "sha256"}; a browser posts ids only."""

    accept: tuple[str, ...] = ()  # ".pdf", "image/*"
    max_files: int = 1
    max_bytes: int | None = None

    @property
    def empty(self) -> Json:
        return []

    def coerce(self, value: Json) -> Json:
        entries = [{"id": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else []
        kept = {entry["id"]: entry for item in entries[:FILE_CAP] if (entry := _file(item))}
        return list(kept.values())


_FILE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_FILE_KEYS: Mapping[str, type] = {"name": str, "size": int, "sha256": str, "media_type": str}


def _file(item: Json) -> dict[str, Json] | None:
    if not isinstance(item, Mapping) or not isinstance(item.get("id"), str) or not _FILE_ID.fullmatch(item["id"]):
        return None
    known = {key: item[key] for key, kind in _FILE_KEYS.items() if isinstance(item.get(key), kind)}
    return {"id": item["id"], **known}


@dataclass(frozen=True, kw_only=True)
class Group(Part):
    """Parts that belong together; it has no key, its answers lie beside those around it."""

    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rows(Part):
    """A list whose rows each answer the same parts."""

    parts: tuple[Part, ...] = ()
    min_rows: int = 0
    max_rows: int = ROW_CAP
    start_rows: int = 0
    item_label: Text = EMPTY
    fixed: bool = False  # rows are given; nobody adds, removes or moves one
    check: Expression | None = None
    check_message: Text = EMPTY

    @property
    def key(self) -> str:
        return self.slot


@dataclass(frozen=True)
class Column:
    key: tuple[str, ...]
    label: Text
    options: tuple[Option, ...] = ()  # codes written out


@dataclass(frozen=True, kw_only=True)
class Table(Part):
    """Case data to read, row by row."""

    source: Expression
    table_columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class Passage(Part):
    """Text to read, in each language."""

    prose: Mapping[str, Prose] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Line(Part):
    """A rule across the page, or just room ("separator", "spacer")."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Documents(Part):
    """Files of the case data to read."""

    source: Expression


def inputs(parts: tuple[Part, ...]) -> Iterator[Input | Rows]:
    """The parts of one level that hold answers; groups are looked through."""
    for part in parts:
        if isinstance(part, Group):
            yield from inputs(part.parts)
        elif isinstance(part, Input | Rows):
            yield part


def every(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Each part at any depth, outer ones first."""
    for part in parts:
        yield part
        if isinstance(part, Group | Rows):
            yield from every(part.parts)
