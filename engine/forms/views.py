"""What templates draw: values only, each text already in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.forms.scope import Json
from engine.forms.texts import Block


@dataclass(frozen=True)
class OptionView:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class FileView:
    """An attached file; `place` is the number in its field's list."""

    id: str
    name: str
    size: str  # "340 KB", or nothing where it is not known
    place: int


@dataclass(frozen=True)
class RowView:
    """One row of a list: its own id, its label ("Indikator 2"), its fields, and which buttons it has."""

    id: str  # of the HTML element
    row_id: str
    path: str  # "rhk.0"
    label: str
    fields: Sequence["FieldView"]
    can_delete: bool
    can_up: bool
    can_down: bool


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """A part of a form as a page shows it.

    `kind` is one of: text textarea number checkbox radio select checklist taglist date time datetime file,
    list group columns, table prose documents separator spacer. What a kind does not need is left empty.
    """

    kind: str
    path: str = ""  # the name under which it posts
    id: str = ""  # of the HTML element
    label: str = ""
    hint: str = ""
    context: str = ""  # which row it stands in, for those who only hear the page
    error: str = ""
    required: bool = False
    readonly: bool = False
    drives: bool = False  # its answer changes what the page shows
    value: Json = None
    entry: str = ""  # what stands in the entry field
    shown: str = ""  # what a reader sees
    prefix: str = ""
    suffix: str = ""
    max_length: int | None = None  # where the page counts characters
    unread: bool = False  # a date or time that was typed and is none
    min: str = ""  # of a date or time: bounds known beforehand
    max: str = ""
    whole: bool = False  # a number without decimals
    width: int | None = None  # of 16 columns
    options: Sequence[OptionView] = ()
    files: Sequence[FileView] = ()
    accept: str = ""
    multiple: bool = False
    max_bytes: int | None = None
    size_limit: str = ""
    fields: Sequence["FieldView"] = ()  # of a group or columns
    rows: Sequence[RowView] = ()  # of a list
    item: str = ""  # what a row of the list is called
    can_add: bool = False
    headings: Sequence[str] = ()  # of a table
    cells: Sequence[Sequence[str]] = ()
    numeric: Sequence[bool] = ()  # which columns of a table hold numbers
    blocks: Sequence[Block] = ()  # of prose


@dataclass(frozen=True)
class SummaryItem:
    """One row of a list, to read."""

    label: str
    rows: Sequence["SummaryRow"]


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """A label with what was answered. `kind`: value, files, group, list, table, prose.

    `lines` is empty where nothing was answered.
    """

    kind: str
    path: str = ""
    id: str = ""
    label: str = ""
    lines: Sequence[str] = ()
    files: Sequence[FileView] = ()
    rows: Sequence["SummaryRow"] = ()  # of a group
    items: Sequence[SummaryItem] = ()  # of a list
    headings: Sequence[str] = ()
    cells: Sequence[Sequence[str]] = ()
    numeric: Sequence[bool] = ()
    blocks: Sequence[Block] = ()
