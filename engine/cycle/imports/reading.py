"""Files from outside as rows of text: CSV in the usual writings, XLSX; refused when they would swell or cannot be read.

Source: reference RELIABILITY 5.1, WEB 4.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 60
MAX_CELL = 500
MAX_MEMBERS = 200
MAX_INFLATED = 100 * 1024 * 1024
MAX_RATIO = 200
CHUNK = 64 * 1024
DOCTYPES = ("<!DOCTYPE", "<!ENTITY")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class ImportRefused(Refused):
    """A file that cannot be read as a table, with what to do about it."""


@dataclass(frozen=True)
class SheetRow:
    """A row by its number in the file; `numbers` are the columns that the workbook held as a number, not as text."""

    number: int
    cells: Mapping[str, str]
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """The rows of a file under its headings, as lower-case keys."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


Raw = tuple[int, Sequence[object]]


def read_sheet(content: bytes, *, max_bytes: int = MAX_BYTES) -> Sheet:
    """Read a CSV or XLSX file; the content decides which it is, not the name.

    Raises:
        ImportRefused: too large, not a table, or written in a way that nobody can read.
    """
    if len(content) > max_bytes:
        raise ImportRefused(f"Berkas lebih besar dari {max_bytes // (1024 * 1024)} MB. Bagi menjadi beberapa berkas.")
    if not content.strip():
        raise ImportRefused("Berkas ini kosong.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused("Berkas ini berformat Excel lama (.xls) atau dilindungi kata sandi. Simpan sebagai .xlsx.")
    return _sheet(_workbook_rows(content) if content.startswith(b"PK\x03\x04") else _csv_rows(content))


def check_archive(file: BinaryIO) -> None:
    """Count what an XLSX really holds before anything reads it as one.

    Raises:
        ImportRefused: too many parts, too much when inflated, encrypted, damaged, or with a DOCTYPE.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise ImportRefused(f"Berkas XLSX berisi lebih dari {MAX_MEMBERS} bagian.")
            inflated = 0
            for member in members:
                for chunk in _chunks(archive, member):
                    inflated += len(chunk)
                    if inflated > MAX_INFLATED or inflated > max(size, CHUNK) * MAX_RATIO:
                        raise ImportRefused("Isi berkas XLSX ini terlalu besar setelah dibuka.")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise ImportRefused("Berkas XLSX ini rusak atau dilindungi kata sandi.") from error
    file.seek(0)


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as part:
        first = True
        while chunk := part.read(CHUNK):
            if first and any(_has(chunk, word) for word in DOCTYPES):
                raise ImportRefused("Berkas XLSX ini memuat DOCTYPE dan tidak dibaca.")
            first = False
            yield chunk


def _has(chunk: bytes, word: str) -> bool:
    return any(word.encode(encoding) in chunk for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def _workbook_rows(content: bytes) -> Iterator[Raw]:
    file = io.BytesIO(content)
    check_archive(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        yield from enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1)
    except (InvalidFileException, KeyError, ValueError, IndexError, TypeError, SyntaxError, AttributeError) as error:
        raise ImportRefused("Berkas ini bukan lembar kerja XLSX yang dapat dibaca.") from error


def _csv_rows(content: bytes) -> Iterator[Raw]:
    text = _decoded(content)
    lines = text.splitlines(keepends=True)
    delimiter, skipped = _delimiter(lines)
    reader = csv.reader(lines[skipped:], delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num + skipped, row
    except csv.Error as error:
        line = reader.line_num + skipped
        raise ImportRefused(f"Baris {line} tidak dapat dibaca sebagai CSV; periksa tanda kutipnya.") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ImportRefused("Berkas ini bukan CSV atau XLSX yang dapat dibaca. Simpan ulang sebagai CSV UTF-8 atau XLSX.")


def _delimiter(lines: Sequence[str]) -> tuple[str, int]:
    """The delimiter of the heading line, and how many lines stand before it (`sep=;` of Excel)."""
    first = lines[0].strip() if lines else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], 1
    heading = re.sub(r'"[^"]*"', "", first)
    return max((";", ",", "\t"), key=heading.count), 0


def _sheet(rows: Iterable[Raw]) -> Sheet:
    """Put rows under the first that is not blank; blank ones are left out."""
    headings: tuple[str, ...] | None = None
    found: list[SheetRow] = []
    for number, raw in rows:
        if number > MAX_ROWS + 1:
            raise ImportRefused(f"Berkas berisi lebih dari {MAX_ROWS:,} baris.".replace(",", "."))
        texts = [_text(cell) for cell in raw]
        if not any(texts):
            continue
        if headings is None:
            headings = _headings(texts)
            continue
        if len(texts) > len(headings) and any(texts[len(headings) :]):
            raise ImportRefused(f"Baris {number} mempunyai lebih banyak kolom daripada judulnya.")
        numbers = frozenset(
            name
            for name, cell in zip(headings, raw, strict=False)
            if isinstance(cell, int | float) and not isinstance(cell, bool)
        )
        found.append(
            SheetRow(number, {name: text for name, text in zip(headings, texts, strict=False) if name}, numbers)
        )
    if headings is None:
        raise ImportRefused("Berkas ini tidak berisi baris judul.")
    return Sheet(headings, tuple(found))


def _headings(texts: Sequence[str]) -> tuple[str, ...]:
    while texts and not texts[-1]:
        texts = texts[:-1]
    if len(texts) > MAX_COLUMNS:
        raise ImportRefused(f"Berkas berisi lebih dari {MAX_COLUMNS} kolom.")
    keys = tuple(re.sub(r"[\W_]+", "_", text.casefold()).strip("_") for text in texts)
    twice = sorted({key for key in keys if key and keys.count(key) > 1})
    if twice:
        raise ImportRefused(f"Judul kolom berulang: {', '.join(twice)}.")
    return keys


def _text(cell: object) -> str:
    """A cell as people read it: dates in ISO, whole numbers without a point, one line, no control characters."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = unicodedata.normalize("NFC", str(cell)).replace("\u00a0", " ").replace("\ufeff", "")
    return " ".join(CONTROL.sub(" ", text).split())
