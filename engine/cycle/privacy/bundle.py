"""A copy of one's own data as a ZIP: JSON for machines, a page and a workbook for people, the files themselves."""

import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from engine.cycle.privacy.gathering import Section
from engine.cycle.reports.workbook import Cell, workbook
from engine.errors import NotFound
from engine.runtime import files
from engine.runtime.values import Json

IN_MEMORY = 8 * 1024 * 1024  # a larger ZIP lies on the disk while it is sent
SHEETS = 200
LONGEST_CELL = 32_000  # a spreadsheet takes 32,767 letters
FOLDERS = {
    "berkas": ("sha256", "name"),
    "dokumen": ("content", "code"),
}  # section -> columns: the hash, the file's name
TEMPLATES = Environment(
    loader=PackageLoader("engine.cycle.privacy"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def bundle(sections: Sequence[Section], *, person: str, agency: str, made_at: str, data_dir: Path) -> IO[bytes]:
    """The ZIP, ready to be read from its beginning; a file that the storage has lost is named in `berkas-hilang.txt`."""
    told = [section for section in sections if section.rows]
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the reader closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", _json(told, person, agency, made_at))
        archive.writestr("data.html", _page(told, person, agency, made_at))
        archive.writestr("data.xlsx", workbook(_sheet(section) for section in told[:SHEETS]))
        _add_files(archive, told, data_dir)
    file.seek(0)
    return file


def _json(sections: Sequence[Section], person: str, agency: str, made_at: str) -> bytes:
    whole = {"pegawai": person, "instansi": agency, "dibuat": made_at}
    parts = {section.name: {"judul": section.title, "baris": list(section.rows)} for section in sections}
    return orjson.dumps({**whole, "bagian": parts}, option=orjson.OPT_INDENT_2)


def _page(sections: Sequence[Section], person: str, agency: str, made_at: str) -> str:
    return TEMPLATES.get_template("copy.html").render(sections=sections, person=person, agency=agency, made_at=made_at)


def _sheet(section: Section) -> tuple[str, Sequence[str], list[list[Cell]]]:
    headings = list(dict.fromkeys(key for row in section.rows for key in row if key != "isian_mentah"))
    name = section.name[:31]
    return name, headings, [[_cell(row.get(key)) for key in headings] for row in section.rows]


def _cell(value: Json) -> Cell:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if value is None or isinstance(value, str | int | float):
        return value[:LONGEST_CELL] if isinstance(value, str) else value
    return orjson.dumps(value).decode()[:LONGEST_CELL]


def _add_files(archive: zipfile.ZipFile, sections: Sequence[Section], data_dir: Path) -> None:
    lost = []
    for section in sections:
        if section.name not in FOLDERS:
            continue
        for number, row in enumerate(section.rows, start=1):
            name = _file_name(section.name, number, row)
            try:
                content = files.stored(data_dir, str(row[FOLDERS[section.name][0]]))
            except NotFound:
                lost.append(name)
            else:
                archive.writestr(name, content)
    if lost:
        archive.writestr("berkas-hilang.txt", "\n".join(lost))


def _file_name(section: str, number: int, row: Mapping[str, Json]) -> str:
    """A name that every system takes, and that no other file of the copy has."""
    name = str(row[FOLDERS[section][1]])
    safe = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in name)[-80:].strip(".")
    return f"{section}/{number:03d}-{safe}{'.pdf' if section == 'dokumen' else ''}"
