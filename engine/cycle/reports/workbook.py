"""Tables as an XLSX that is safe to open: no cell is a formula, and numbers that name something stay text."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from engine.cycle.spreadsheets import guarded

Cell = str | int | float | date | datetime | None
WIDEST = 60


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> bytes:
    """An XLSX of sheets: title, headings, rows. Texts are text cells, whatever they begin with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, headings, rows in sheets:
        _fill(book.create_sheet(title[:31]), headings, rows)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Worksheet, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    widths = [len(heading) for heading in headings]
    for column, heading in enumerate(headings, start=1):
        _write(sheet, 1, column, heading)
        sheet.cell(1, column).font = Font(bold=True)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            _write(sheet, number, column, value)
            widths[column - 1] = max(widths[column - 1], len(str(value or "")))
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = min(width, WIDEST) + 2
    sheet.freeze_panes = "A2"


def _write(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    cell = sheet.cell(row, column)
    if not isinstance(value, str):
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        return
    cell.value = guarded(value)
    cell.data_type = "s"
    cell.number_format = "@"
