"""Events of many people from a file: each row is seen as it will be, and nothing happens twice."""

import io
from datetime import date
from uuid import uuid4

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from engine.bootstrap import Application
from engine.cycle.events.files import COLUMNS, template
from engine.cycle.imports import ImportRefused
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.values import Actor, CaseStatus
from tests.cycle.house import Post, works
from tests.cycle.test_lines import DIAN, TODAY
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import open_elements, plans, year_of

WHY = "Keputusan bupati nomor 12 tahun 2026."
DAY = TODAY.isoformat()


def sheet(application: Application, *rows: dict[str, object]) -> bytes:
    """An XLSX with the columns of the template; people are named by their ids."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    page.append([column.key for column in COLUMNS])
    for row in rows:
        filled = {"tanggal": DAY, "alasan": WHY, "nomor_surat": "SK-12", **row}
        for name in ("nip", "nip_atasan"):
            if filled.get(name):
                filled[name] = application.cycle.employee(str(filled[name]), by=DIAN).employee.nip
        page.append([filled.get(column.key) for column in COLUMNS])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


MOVE = {"peristiwa": "MUTASI", "unit": "SDK", "jabatan": "Staf data", "jenis_jabatan": "PELAKSANA"}


def test_events_are_seen_row_by_row_and_carried_out_once(house: tuple[Application, Post]) -> None:
    application, _ = house
    files = application.cycle.event_files
    content = sheet(
        application,
        {"nip": "andi", **MOVE},
        {"nip": "alice", "peristiwa": "GANTI_PENILAI", "nip_atasan": "sari"},
        {"nip": "dan", "peristiwa": "PENSIUN", "tanggal": "2026-01-04"},
        {"nip": "dan", "peristiwa": "PENSIUN", "tanggal": "2026-01-04"},
        {"nip": "tuti", "peristiwa": "CUTI", "sampai": "2026-03-31"},
        {"nip": "tuti", "peristiwa": "KONTRAK_PPPK", "sampai": "2026-12-31"},
        {"nip": "alice", **MOVE, "unit": "TIDAK-ADA"},
    )
    seen = files.preview(content, "sk.xlsx", by=DIAN)
    assert [(line.row, line.name) for line in seen.lines] == [(2, "Andi"), (3, "Alice"), (4, "Dan")]
    assert [line.closes for line in seen.lines] == [1, 0, 1]
    assert [(fault.row, fault.column) for fault in seen.faulty] == [
        (5, "peristiwa"),
        (6, "jenis_cuti"),
        (7, "sampai"),
        (8, "unit"),
    ]
    assert len(year_of(application, "andi")) == 1, "a preview changes nothing"
    assert not application.cycle.lines.events("andi", by=DIAN)

    with pytest.raises(NotFound):
        files.confirm(seen.id, by=Actor("mira", roles=frozenset({"personnel"})))
    assert files.confirm(seen.id, by=DIAN) == 3
    works(application)

    old, new = year_of(application, "andi")
    assert (old.status, open_elements(application, new.id)) == (CaseStatus.COMPLETED, {"draft_skp": "andi"})
    assert [case.status for case in year_of(application, "dan")] == [CaseStatus.COMPLETED]
    appraiser = application.cycle.employee("alice", by=DIAN).superiors.appraiser.person
    assert appraiser is not None and appraiser.id == "sari"
    with pytest.raises(Refused, match="sudah diimpor"):
        files.confirm(seen.id, by=DIAN)
    again = files.preview(content, "sk.xlsx", by=DIAN)
    assert not again.lines and {fault.message for fault in again.faulty} >= {"Peristiwa ini sudah dicatat."}
    with pytest.raises(Refused, match="Tidak ada peristiwa"):
        files.confirm(again.id, by=DIAN)


def test_a_file_that_was_overtaken_is_not_carried_out(house: tuple[Application, Post]) -> None:
    application, _ = house
    files = application.cycle.event_files
    content = sheet(application, {"nip": "andi", **MOVE}, {"nip": "alice", "peristiwa": "PENSIUN"})
    first, second = (files.preview(content, name, by=DIAN) for name in ("a.xlsx", "b.xlsx"))
    assert files.confirm(first.id, by=DIAN) == 2
    with pytest.raises(Refused):
        files.confirm(second.id, by=DIAN)
    with pytest.raises(NotFound):
        files.confirm(uuid4(), by=DIAN)
    with pytest.raises(NotYours):
        files.preview(content, "c.xlsx", by=Actor("alice"))
    with pytest.raises(ImportRefused):
        files.preview(b"nip;nama\n1;2\n", "d.csv", by=DIAN)


def test_the_template_has_the_columns_that_are_read() -> None:
    book = load_workbook(io.BytesIO(template()))
    assert [cell.value for cell in next(book.worksheets[0].iter_rows(max_row=1))] == [one.key for one in COLUMNS]
    assert date.fromisoformat(str(next(one.example for one in COLUMNS if one.key == "tanggal")))


def test_a_reorganisation_moves_many_at_once_and_changes_the_skps_that_are_set(
    house: tuple[Application, Post],
) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    moved = {**MOVE, "peristiwa": "REORGANISASI"}
    people = [{"nip": person, **moved} for person in ("alice", "andi")]
    seen = application.cycle.event_files.preview(sheet(application, *people), "reorganisasi.xlsx", by=DIAN)
    assert not seen.faulty
    assert [(line.name, line.closes, line.moves) for line in seen.lines] == [("Alice", 0, 1), ("Andi", 0, 0)]
    assert "Sari menyetujuinya" in seen.lines[0].sentences[0] and "belum ditetapkan" in seen.lines[1].sentences[0]
    assert application.cycle.event_files.confirm(seen.id, by=DIAN) == 2
    works(application)

    (case,) = year_of(application, "alice")
    found = open_elements(application, case.id)
    assert (found["draft_skp_change"], found["clarify_again"], found["give_feedback"]) == ("alice", "sari", "sari")
    (own,) = year_of(application, "andi")
    assert open_elements(application, own.id) == {"draft_skp": "andi"}, "one year, in the new unit"
