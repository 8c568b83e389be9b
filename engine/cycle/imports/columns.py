"""The columns of the files: what each may hold, and what to say when it does not."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.cycle.imports.reading import MAX_CELL, ImportRefused, Sheet, SheetRow
from engine.cycle.models import EmployeeKind, PostKind
from engine.cycle.ratings import TIERS
from engine.cycle.spreadsheets import GUARD, bare
from engine.runtime.values import Json

UNIT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
INDONESIAN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
YES, NO = {"ya", "y", "1", "benar", "true"}, {"tidak", "t", "n", "0", "salah", "false", "-"}


class BadCell(ValueError):
    """What is wrong with a cell, as a sentence."""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place of a file."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class Column:
    """A column: its heading, how its text becomes a value, and a word of help for the template."""

    key: str
    parse: Callable[[str], Json]
    help: str
    required: bool = False
    example: str = ""
    choices: tuple[str, ...] = ()
    text_only: bool = False  # a number cell has lost digits: it must be text


@dataclass(frozen=True)
class Parsed:
    """A row with its values; only the columns that the file has."""

    row: int
    values: Mapping[str, Json]
    faults: tuple[Fault, ...] = field(default=())


def parse_sheet(sheet: Sheet, columns: Sequence[Column]) -> tuple[list[Parsed], tuple[str, ...]]:
    """Every row's values, and the headings that nobody knows.

    Raises:
        ImportRefused: a required column is missing.
    """
    known = {column.key for column in columns}
    missing = [column.key for column in columns if column.required and column.key not in sheet.headings]
    if missing:
        raise ImportRefused(f"Kolom wajib tidak ada: {', '.join(missing)}. Pakai judul kolom dari templat.")
    present = [column for column in columns if column.key in sheet.headings]
    return (
        [_parse_row(row, present) for row in sheet.rows],
        tuple(heading for heading in sheet.headings if heading and heading not in known),
    )


def nip(text: str) -> str:
    """18 digits; blanks and a leading apostrophe are forgiven."""
    digits = text.lstrip(GUARD).replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise BadCell("NIP hanya berisi angka.")
    if len(digits) != 18:
        raise BadCell(f"NIP harus 18 angka; di sini {len(digits)}.")
    return digits


def words(most: int = 200) -> Callable[[str], str]:
    """A text of some length; a formula only as our own export lets it out, behind an apostrophe."""

    def parse(text: str) -> str:
        if len(text) > most:
            raise BadCell(f"Paling banyak {most} karakter.")
        if text.startswith(("=", "+", "@")):
            raise BadCell(f'Tidak boleh diawali "{text[0]}".')
        return bare(text)

    return parse


def unit_code(text: str) -> str:
    if not UNIT_CODE.fullmatch(text):
        raise BadCell("Kode unit berisi huruf, angka, titik, garis bawah, atau tanda hubung, paling banyak 64.")
    return text


def email(text: str) -> str:
    if len(text) > 200 or not EMAIL.fullmatch(text):
        raise BadCell("Alamat surel ini tidak benar.")
    return text


def yes_or_no(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise BadCell('Isi "ya" atau "tidak".')


def day(text: str) -> str:
    """A date as ISO text; 31/01/2026 is read too."""
    found = INDONESIAN_DAY.fullmatch(text)
    try:
        parsed = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError as error:
        raise BadCell("Tanggal ditulis 2026-01-31 atau 31/01/2026.") from error
    if not 1950 <= parsed.year <= 2100:
        raise BadCell("Tahun tanggal ini tidak masuk akal.")
    return parsed.isoformat()


def _folded(text: str) -> str:
    return text.casefold().replace(" ", "").replace("_", "").replace("-", "")


def one_of(choices: Sequence[str]) -> Callable[[str], str]:
    """One of some codes; blanks for underscores and any case are forgiven."""
    by_key = {_folded(choice): choice for choice in choices}

    def parse(text: str) -> str:
        if _folded(text) not in by_key:
            raise BadCell(f"Isi salah satu: {', '.join(choices)}.")
        return by_key[_folded(text)]

    return parse


EMPLOYEE_KINDS = tuple(kind.value for kind in EmployeeKind)
POST_KINDS = tuple(kind.value for kind in PostKind)
UNIT_COLUMNS = (
    Column("kode", unit_code, "Kode unit yang tetap.", required=True, example="DINKES-KESMAS", text_only=True),
    Column("nama", words(), "Nama unit.", required=True, example="Bidang Kesehatan Masyarakat"),
    Column("kode_induk", unit_code, "Kode unit di atasnya; kosong untuk puncak.", example="DINKES", text_only=True),
    Column("mandiri", yes_or_no, "Unit kerja mandiri/UPT/sekolah.", example="tidak", choices=("ya", "tidak")),
    Column("berlaku_mulai", day, "Hari pertama unit ini; kosong: 1 Januari tahun ini.", example="2026-01-01"),
    Column("berakhir", day, "Hari terakhir unit ini."),
)
EMPLOYEE_COLUMNS = (
    Column("nip", nip, "18 angka, sebagai teks.", required=True, example="198501012010011001", text_only=True),
    Column("nama", words(), "Nama dengan gelar.", required=True, example="Dewi Lestari, S.K.M."),
    Column("email", email, "Alamat surel dinas.", example="dewi@contoh.go.id"),
    Column("jenis", one_of(EMPLOYEE_KINDS), "Jenis pegawai.", required=True, example="PNS", choices=EMPLOYEE_KINDS),
    Column("pangkat", words(100), "Pangkat dan golongan ruang.", example="Penata, III/c"),
    Column("jabatan", words(), "Nama jabatan.", required=True, example="Nutrisionis Ahli Muda"),
    Column(
        "jenis_jabatan",
        one_of(POST_KINDS),
        "Jenis jabatan.",
        required=True,
        example="FUNGSIONAL",
        choices=POST_KINDS,
    ),
    Column("jenjang", one_of(TIERS), "Jenjang jabatan fungsional.", example="Ahli Muda", choices=TIERS),
    Column("unit", unit_code, "Kode unit tempat bekerja.", required=True, example="DINKES-KESMAS", text_only=True),
    Column("kepala_unit", yes_or_no, "Memimpin unit itu.", example="tidak", choices=("ya", "tidak")),
    Column("nip_atasan", nip, "Atasan langsung, bila bukan kepala unit.", text_only=True),
    Column("berlaku_mulai", day, "Sejak kapan keadaan ini berlaku; kosong: hari ini.", example="2026-01-01"),
    Column("berhenti", day, "Hari kerja terakhir (pensiun, pindah)."),
    Column("akhir_kontrak", day, "PPPK: hari terakhir kontrak yang berjalan."),
)


def _parse_row(row: SheetRow, columns: Sequence[Column]) -> Parsed:
    values: dict[str, Json] = {}
    faults: list[Fault] = []
    for column in columns:
        text = row.cells.get(column.key, "")
        try:
            values[column.key] = _value(column, text, column.key in row.numbers)
        except BadCell as bad:
            faults.append(Fault(row.number, column.key, str(bad)))
    return Parsed(row.number, values, tuple(faults))


def _value(column: Column, text: str, was_number: bool) -> Json:
    if not text:
        if column.required:
            raise BadCell("Wajib diisi.")
        return None
    if was_number and column.text_only and len(text) > 15:
        raise BadCell("Sel ini berisi angka, dan Excel membulatkannya. Ubah format sel menjadi Teks, lalu ketik lagi.")
    if len(text) > MAX_CELL:
        raise BadCell(f"Paling banyak {MAX_CELL} karakter.")
    return column.parse(text)
