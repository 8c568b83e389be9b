"""How each kind of form-js component is read, and why some are refused."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypedDict

from engine.feel import Expression
from engine.forms.entry import as_json, read_day, read_time
from engine.forms.fields import (
    CHOICE_CAP,
    FILE_CAP,
    LONG_TEXT,
    SHORT_TEXT,
    Bound,
    Checkbox,
    Choice,
    Column,
    Documents,
    FileInput,
    Line,
    MomentBound,
    MomentInput,
    MomentKind,
    NumberInput,
    Option,
    Part,
    Passage,
    Table,
    TextFormat,
    TextInput,
)
from engine.forms.patterns import UnsafePattern, compile_pattern
from engine.forms.source import Source
from engine.forms.texts import Text

PATTERNED_TEXT = 200  # the greatest length of a text with a pattern that sets none
MAX_UPLOAD = 1_000_000_000
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII)
_NAME_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_ACCEPT = re.compile(r"\.[A-Za-z0-9]{1,10}|[a-z]+/(\*|[A-Za-z0-9.+-]+)", re.ASCII)

REFUSED: Mapping[str, tuple[str, str]] = {
    "html": ("HTML tidak didukung karena dapat membawa skrip.", 'Pakai "Text view" dengan Markdown.'),
    "iframe": ("Halaman lain di dalam formulir tidak didukung.", "Tulis tautannya di dalam teks."),
    "image": ("Gambar di dalam formulir tidak didukung.", "Tulis isinya sebagai teks atau tabel."),
    "expression": (
        "Isian yang dihitung tidak didukung.",
        "Hitung di dalam proses (script task atau tabel keputusan) dan tampilkan dengan {{ }} atau tabel.",
    ),
    "button": ("Tombol tidak didukung; halaman tugas sudah punya tombolnya.", "Hapus tombol ini."),
}


class Common(TypedDict):
    """The settings that every part has."""

    path: str
    slot: str
    label: Text
    hint: Text
    hide: Expression | None
    row: str
    columns: int | None


class Answering(Common):
    """The settings that every input has."""

    required: bool
    required_when: Expression | None
    readonly: bool
    check: Expression | None
    check_message: Text


def common(source: Source, slot: str) -> Common:
    layout = source.component.get("layout")
    layout = layout if isinstance(layout, Mapping) else {}
    columns = layout.get("columns")
    row = layout.get("row")
    return Common(
        path=source.path,
        slot=slot,
        label=source.text("label"),
        hint=source.text("description" if source.setting("description") else "help"),
        hide=source.expression("hide", inside="conditional"),
        row=row if isinstance(row, str) else "",
        columns=columns if isinstance(columns, int) and 1 <= columns <= 16 else None,
    )


def answering(source: Source, slot: str) -> Answering:
    settings = common(source, slot)
    hide = settings["hide"]
    if hide is not None and slot in hide.names:
        source.wrong(
            "Syarat tampil membaca isian ini sendiri.", "Pakai isian lain di dalam syaratnya.", rule="form-condition"
        )
    if not settings["label"].source:
        source.wrong("Isian ini tidak punya label.", "Beri label.", rule="form-label")
    check = source.expression("check", drives=False)
    return Answering(
        **settings,
        required=source.flag("required", inside="validate"),
        required_when=source.expression("requiredWhen"),
        readonly=source.flag("readonly") or source.flag("disabled"),
        check=check,
        check_message=source.text("checkMessage", drives=False),
    )


def read_text(source: Source, slot: str) -> TextInput:
    long = source.kind == "textarea"
    pattern, text_format = source.string("pattern", inside="validate"), read_format(source)
    if pattern.lower() in ("nip", "email", "phone"):
        text_format, pattern = TextFormat(pattern.lower()), ""
    usual = PATTERNED_TEXT if pattern else LONG_TEXT if long else SHORT_TEXT
    longest = source.whole("maxLength", usual, LONG_TEXT, inside="validate") or usual
    shortest = source.whole("minLength", 0, LONG_TEXT, inside="validate")
    if shortest > longest:
        source.wrong('"minLength" lebih besar dari "maxLength".', rule="form-bounds")
    return TextInput(
        **answering(source, slot),
        long=long,
        min_length=shortest,
        max_length=longest,
        counted=source.setting("maxLength", inside="validate") is not None,
        pattern=read_pattern(source, pattern, longest),
        pattern_message=source.text("patternMessage", inside="validate", drives=False),
        format=text_format,
        prefix=source.text("prefixAdorner", inside="appearance"),
        suffix=source.text("suffixAdorner", inside="appearance"),
        default=source.string("defaultValue") or None,
    )


def read_format(source: Source) -> TextFormat:
    named = source.string("format") or source.string("validationType", inside="validate")
    if named in ("", "custom"):
        return TextFormat.ANY
    try:
        return TextFormat(named)
    except ValueError:
        source.wrong(
            f'Bentuk teks "{named}" tidak dikenal.', 'Pilih "email", "phone", "nip" atau "custom".', rule="form-setting"
        )
        return TextFormat.ANY


def read_pattern(source: Source, pattern: str, longest: int) -> re.Pattern[str] | None:
    if not pattern:
        return None
    try:
        return compile_pattern(pattern, longest)
    except UnsafePattern as error:
        source.wrong(f'Pola "{pattern}" tidak dapat dipakai: {error}.', rule="form-pattern")
        return None


def read_number(source: Source, slot: str) -> NumberInput:
    least, most = bound(source, "min"), bound(source, "max")
    if isinstance(least, Decimal) and isinstance(most, Decimal) and least > most:
        source.wrong('"min" lebih besar dari "max".', rule="form-bounds")
    default = source.setting("defaultValue")
    number = source.decimal(default)
    if default is not None and number is None:
        source.wrong("Nilai awal harus berupa angka.", rule="form-default")
    decimals = source.setting("decimalDigits")
    return NumberInput(
        **answering(source, slot),
        min=least,
        max=most,
        decimals=None if decimals is None else source.whole("decimalDigits", 0, 10),
        grouped=source.setting("grouping") not in (False, "false"),
        prefix=source.text("prefixAdorner", inside="appearance"),
        suffix=source.text("suffixAdorner", inside="appearance"),
        default=None if number is None else as_json(number),
    )


def bound(source: Source, name: str) -> Bound:
    """A fixed number, or FEEL after "=" that gives one."""
    value = source.setting(name, inside="validate")
    if isinstance(value, str) and value.startswith("="):
        return source.expression(name, inside="validate", drives=False)
    number = source.decimal(value)
    if value is not None and number is None:
        source.wrong(f'"{name}" harus angka, atau FEEL sesudah tanda "=".', rule="form-bounds")
    return number


def read_checkbox(source: Source, slot: str) -> Checkbox:
    return Checkbox(**answering(source, slot), default=source.flag("defaultValue"))


def read_choice(source: Source, slot: str) -> Choice:
    if source.setting("valuesExpression") is not None:
        source.wrong(
            "Pilihan dari ekspresi tidak didukung.",
            'Tulis pilihannya, atau sebut data kasus di "valuesKey" (Options source: Input data).',
            rule="form-options",
        )
    values, key = source.component.get("values"), source.string("valuesKey")
    if key and not _NAME_PATH.fullmatch(key):
        source.wrong(f'"valuesKey" harus nama data kasus, misalnya skp.rhk; bukan "{key}".', rule="form-options")
        key = ""
    if key:
        source.uses([key.partition(".")[0]], drives=True)
    elif not values and source.setting("valuesExpression") is None and not source.setting("valuesKey"):
        source.wrong(
            "Tidak ada pilihan.", 'Tulis pilihannya, atau sebut data kasus di "valuesKey".', rule="form-options"
        )
    options = read_options(source, values) if values and not key else ()
    return Choice(
        **answering(source, slot),
        widget=source.kind,
        options=options,
        source=tuple(key.split(".")) if key else (),
        value_key=source.string("optionValue"),
        label_key=source.string("optionLabel"),
        default=default_choice(source, options, dynamic=bool(key)),
    )


def read_options(source: Source, values: Any) -> tuple[Option, ...]:
    options: dict[str, Option] = {}
    for item in values if isinstance(values, list) else [None]:
        value = item.get("value") if isinstance(item, Mapping) else None
        label = item.get("label") if isinstance(item, Mapping) else None
        if not isinstance(value, str) or not value or not isinstance(label, str) or not label:
            source.wrong(
                'Tiap pilihan memerlukan "value" dan "label" berupa teks.', "Lengkapi pilihannya.", rule="form-options"
            )
        elif value in options:
            source.wrong(f'Pilihan "{value}" ada dua kali.', "Beri nilai yang berbeda.", rule="form-options")
        else:
            options[value] = Option(value, source.translated(label))
    if len(options) > CHOICE_CAP:
        source.wrong(f"Lebih dari {CHOICE_CAP} pilihan.", rule="form-options")
    return tuple(options.values())


def default_choice(source: Source, options: tuple[Option, ...], *, dynamic: bool) -> str | tuple[str, ...] | None:
    default = source.setting("defaultValue")
    if default is None or default == []:
        return None
    many = source.kind in ("checklist", "taglist")
    listed = default if isinstance(default, list) else [default]
    known = {option.value for option in options}
    if isinstance(default, list) != many or not all(
        isinstance(value, str) and (dynamic or value in known) for value in listed
    ):
        source.wrong("Nilai awal tidak ada di antara pilihan.", rule="form-default")
        return None
    return tuple(listed) if many else str(default)


def read_moment(source: Source, slot: str) -> MomentInput:
    subtype = source.string("subtype") or "date"
    if subtype not in set(MomentKind):
        source.wrong(
            f'Jenis waktu "{subtype}" tidak dikenal.', 'Pilih "date", "time" atau "datetime".', rule="form-setting"
        )
        subtype = "date"
    kind = MomentKind(subtype)
    if not source.setting("label"):  # form-js names days and times apart
        named = "timeLabel" if kind is MomentKind.TIME else "dateLabel"
        source = Source(source.reading, {**source.component, "label": source.setting(named)}, source.path, source.level)
    default = source.string("defaultValue")
    if default and fixed_moment(kind, default) is None:
        source.wrong("Nilai awal harus tanggal atau jam ISO, misalnya 2027-01-31.", rule="form-default")
        default = ""
    return MomentInput(
        **answering(source, slot),
        kind=kind,
        min=moment_bound(source, kind, "min"),
        max=moment_bound(source, kind, "max"),
        not_past=source.flag("disallowPassedDates"),
        default=default or None,
    )


def moment_bound(source: Source, kind: MomentKind, name: str) -> MomentBound:
    value = source.string(name, inside="validate")
    if not value:
        return None
    if value.startswith("="):
        return source.expression(name, inside="validate", drives=False)
    moment = fixed_moment(kind, value)
    if moment is None:
        source.wrong(f'"{name}" harus tanggal atau jam ISO, atau FEEL sesudah tanda "=".', rule="form-bounds")
    return moment


def fixed_moment(kind: MomentKind, text: str) -> date | time | datetime | None:
    """A bound as it stands in the document; a day and time without offset is local."""
    if kind is MomentKind.DATE:
        return read_day(text)
    if kind is MomentKind.TIME:
        return read_time(text)
    try:
        return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None


def read_files(source: Source, slot: str) -> FileInput:
    accept = tuple(item.strip() for item in source.string("accept").split(",") if item.strip())
    for item in accept:
        if not _ACCEPT.fullmatch(item):
            source.wrong(f'Jenis berkas "{item}" tidak dikenal.', 'Tulis misalnya ".pdf,.jpg".', rule="form-setting")
    settings = answering(source, slot)
    most = source.whole("maxFiles", FILE_CAP, FILE_CAP) or FILE_CAP
    return FileInput(
        **settings,
        accept=tuple(item.lower() for item in accept),
        max_files=most if source.flag("multiple") else 1,
        max_bytes=source.whole("maxBytes", 0, MAX_UPLOAD) or None,
    )


def read_table(source: Source, slot: str) -> Table | None:
    if source.setting("columnsExpression") is not None:
        source.wrong("Kolom dari ekspresi tidak didukung.", "Tulis kolomnya satu per satu.", rule="form-table")
        return None
    rows = source.expression("dataSource")
    columns = source.component.get("columns")
    if not isinstance(columns, list) or not columns:
        source.wrong("Tabel tidak punya kolom.", "Tambahkan kolom.", rule="form-table")
        return None
    if rows is None:
        if not source.setting("dataSource"):
            source.wrong("Tabel tidak punya sumber data.", 'Isi "dataSource", misalnya =skp.rhk.', rule="form-table")
        return None
    return Table(
        **common(source, slot),
        source=rows,
        table_columns=tuple(column for item in columns if (column := read_column(source, item))),
    )


def read_column(source: Source, item: Any) -> Column | None:
    key = item.get("key") if isinstance(item, Mapping) else None
    label = item.get("label") if isinstance(item, Mapping) else None
    if not isinstance(key, str) or not _NAME_PATH.fullmatch(key) or not isinstance(label, str):
        source.wrong('Tiap kolom memerlukan "key" (nama) dan "label".', "Lengkapi kolomnya.", rule="form-table")
        return None
    values = item.get("values")
    return Column(tuple(key.split(".")), source.translated(label), read_options(source, values) if values else ())


def read_passage(source: Source, slot: str) -> Passage:
    if not source.setting("text"):
        source.wrong("Teks ini kosong.", "Isi teksnya atau hapus.", rule="form-text", warning=True)
    return Passage(**common(source, slot), prose=source.prose("text"))


def read_line(source: Source, slot: str) -> Line:
    return Line(**common(source, slot), kind=source.kind)


def read_documents(source: Source, slot: str) -> Documents | None:
    documents = source.expression("dataSource")
    if documents is None:
        if not source.setting("dataSource"):
            source.wrong("Pratinjau dokumen tidak punya sumber data.", 'Isi "dataSource".', rule="form-table")
        return None
    titled = {**source.component, "label": source.setting("label") or source.setting("title")}
    return Documents(**common(Source(source.reading, titled, source.path, source.level), slot), source=documents)


ANSWERING: Mapping[str, Callable[[Source, str], Part]] = {
    "textfield": read_text,
    "textarea": read_text,
    "number": read_number,
    "checkbox": read_checkbox,
    "radio": read_choice,
    "select": read_choice,
    "checklist": read_choice,
    "taglist": read_choice,
    "datetime": read_moment,
    "filepicker": read_files,
}
SHOWING: Mapping[str, Callable[[Source, str], Part | None]] = {
    "text": read_passage,
    "table": read_table,
    "separator": read_line,
    "spacer": read_line,
    "documentPreview": read_documents,
}
