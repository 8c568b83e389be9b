"""An empty workbook to fill in: headings, cells that keep NIPs as text, lists of choices, and a page of help."""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from engine.cycle.imports.columns import Column
from engine.cycle.imports.kinds import kind_of

PREPARED_ROWS = 500


def template(kind: str) -> bytes:
    """The XLSX for a kind of file."""
    return sheet_of(kind_of(kind).columns)


def sheet_of(columns: Sequence[Column]) -> bytes:
    """An XLSX with these columns, and what each may hold."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # a new workbook has one
    sheet.title = "Data"
    for number, column in enumerate(columns, start=1):
        _prepare(sheet, number, column)
    sheet.freeze_panes = "A2"
    _help(book.create_sheet("Petunjuk"), columns)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _prepare(sheet: Worksheet, number: int, column: Column) -> None:
    letter = get_column_letter(number)
    heading = sheet.cell(1, number, column.key)
    heading.font = Font(bold=True)
    sheet.column_dimensions[letter].width = max(len(column.key), len(column.example)) + 4
    if column.text_only:
        for row in range(2, PREPARED_ROWS + 2):
            sheet.cell(row, number).number_format = "@"
    if column.choices:
        choices = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        choices.add(f"{letter}2:{letter}{PREPARED_ROWS + 1}")
        sheet.add_data_validation(choices)


def _help(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.append(["Kolom", "Wajib", "Isi", "Contoh", "Pilihan"])
    for column in columns:
        wanted = "ya" if column.required else "tidak"
        sheet.append([column.key, wanted, column.help, column.example, ", ".join(column.choices)])
    for letter, width in zip("ABCDE", (18, 8, 50, 30, 60), strict=True):
        sheet.column_dimensions[letter].width = width
