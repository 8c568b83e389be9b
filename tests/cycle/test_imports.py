import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from engine.clock import VirtualClock
from engine.cycle.imports import ImportPreview, ImportRefused
from engine.cycle.imports.columns import parse_sheet
from engine.cycle.imports.kinds import kind_of
from engine.cycle.imports.reading import MAX_COLUMNS, read_sheet
from engine.cycle.models import EmployeeRow, HoldingRow, UnitRow
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.year import PerformanceCycle
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.values import Actor
from tests.cycle.agency import PERSONNEL

UNITS = """kode;nama;kode_induk;mandiri
KAB;Kabupaten Sukamaju;;
DINKES;Dinas Kesehatan;KAB;tidak
KESMAS;Bidang Kesehatan Masyarakat;DINKES;
"""
HEADINGS = "nip,nama,email,jenis,pangkat,jabatan,jenis_jabatan,jenjang,unit,kepala_unit,nip_atasan"
CAROL = "197001011995032001"
BOB = "198001012005011002"
ALICE = "199001012015012003"
EMPLOYEES = f"""{HEADINGS}
{CAROL},"dr. Carol, M.Kes.",carol@contoh.go.id,PNS,"Pembina, IV/a",Kepala Dinas,JPT Pratama,,DINKES,ya,
{BOB},Bob,,pns,"Penata, III/c",Kepala Bidang,ADMINISTRATOR,,KESMAS,ya,
'{ALICE[:8]} {ALICE[8:]},Alice,alice@contoh.go.id,PPPK,,Nutrisionis,FUNGSIONAL,ahli muda,KESMAS,,
"""


def preview(cycle: PerformanceCycle, kind: str, content: str | bytes, name: str = "data.csv") -> ImportPreview:
    return cycle.preview_import(kind, content.encode() if isinstance(content, str) else content, name, by=PERSONNEL)


def imports(cycle: PerformanceCycle, kind: str, content: str | bytes) -> ImportPreview:
    found = preview(cycle, kind, content)
    cycle.confirm_import(found.id, by=PERSONNEL)
    return found


@pytest.fixture
def loaded(cycle: PerformanceCycle) -> PerformanceCycle:
    """Three units and three people, from files."""
    imports(cycle, "units", UNITS)
    imports(cycle, "employees", EMPLOYEES)
    return cycle


def count(database: sa.Engine, table: type[UnitRow | EmployeeRow | HoldingRow]) -> int:
    with database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def faults(found: ImportPreview) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in found.faulty]


def test_nothing_is_written_before_someone_confirms(cycle: PerformanceCycle, database: sa.Engine) -> None:
    found = preview(cycle, "units", UNITS)

    assert [row.key for row in found.new] == ["KAB", "DINKES", "KESMAS"]
    assert count(database, UnitRow) == 0
    result = cycle.confirm_import(found.id, by=PERSONNEL)
    assert (result.new, result.changed, result.faulty) == (3, 0, 0)
    assert count(database, UnitRow) == 3


def test_people_come_with_posts_and_superiors(loaded: PerformanceCycle, people: People, database: sa.Engine) -> None:
    page = loaded.employees(by=PERSONNEL)

    assert [person.name for person in page.items] == ["Alice", "Bob", "dr. Carol, M.Kes."]
    alice = page.items[0]
    assert (alice.nip, alice.kind, alice.tier, alice.unit) == (ALICE, "PPPK", "Ahli Muda", "KESMAS")
    assert alice.starts == date(2026, 1, 1)  # no date given: since new year
    with database.connect() as connection:
        chosen = people.superiors(Organisation(connection, date(2026, 1, 2)), alice.id)
    assert chosen.appraiser.person is not None
    assert chosen.appraiser.person.nip == BOB


def test_the_same_file_again_changes_nothing(loaded: PerformanceCycle) -> None:
    for kind, content in (("units", UNITS), ("employees", EMPLOYEES)):
        again = preview(loaded, kind, content)
        assert (len(again.new), len(again.changed), again.unchanged, again.faulty) == (0, 0, 3, [])
        with pytest.raises(Refused, match="Tidak ada yang berubah"):
            loaded.confirm_import(again.id, by=PERSONNEL)


def test_a_change_shows_the_old_value_beside_the_new(loaded: PerformanceCycle) -> None:
    found = preview(loaded, "employees", EMPLOYEES.replace("alice@contoh.go.id", "alice@dinkes.go.id"))
    (changed,) = found.changed

    assert (changed.name, changed.key) == ("Alice", ALICE)
    assert [(one.field, one.old, one.new) for one in changed.differences] == [
        ("email", "alice@contoh.go.id", "alice@dinkes.go.id")
    ]


def test_a_move_ends_the_old_post_the_day_before(loaded: PerformanceCycle, clock: VirtualClock) -> None:
    clock.advance(timedelta(days=212))  # 2 August
    file = f"nip;nama;jenis;jabatan;jenis_jabatan;unit;berlaku_mulai\n{ALICE};Alice;PPPK;Nutrisionis;FUNGSIONAL;DINKES;01/08/2026\n"
    imports(loaded, "employees", file)
    alice = loaded.employees(by=PERSONNEL, search="alice").items[0]

    assert (alice.unit, alice.tier, alice.email) == ("DINKES", "Ahli Muda", "alice@contoh.go.id")
    posts = loaded.employee(alice.id, by=PERSONNEL).posts
    assert [(post.unit, post.starts, post.ends) for post in posts] == [
        ("DINKES", date(2026, 8, 1), None),
        ("KESMAS", date(2026, 1, 1), date(2026, 7, 31)),
    ]
    assert loaded.employee(alice.id, by=PERSONNEL, on=date(2026, 7, 31)).employee.unit == "KESMAS"


def test_who_keeps_leading_stays_head_in_a_file_without_that_column(loaded: PerformanceCycle) -> None:
    file = f"nip;nama;jenis;jabatan;jenis_jabatan;unit\n{BOB};Bob;PNS;Kepala Bidang Kesmas;ADMINISTRATOR;KESMAS\n"
    imports(loaded, "employees", file)

    bob = loaded.employees(by=PERSONNEL, search="bob").items[0]
    assert (bob.heads_unit, bob.position) == (True, "Kepala Bidang Kesmas")


def test_two_heads_swap_only_in_one_file(loaded: PerformanceCycle) -> None:
    heads = f"{HEADINGS}\n{ALICE},Alice,,PPPK,,Kepala Bidang,ADMINISTRATOR,,KESMAS,ya,\n"
    assert faults(preview(loaded, "employees", heads)) == [(2, "kepala_unit")]

    leaves = f"{BOB},Bob,,PNS,,Analis,PELAKSANA,,KESMAS,tidak,\n"
    assert faults(imports(loaded, "employees", heads + leaves)) == []
    assert {person.name: person.heads_unit for person in loaded.employees(by=PERSONNEL).items} == {
        "Alice": True, "Bob": False, "dr. Carol, M.Kes.": True,
    }  # fmt: skip


def test_a_head_whose_leaving_is_faulty_still_leads(loaded: PerformanceCycle) -> None:
    heads = f"{HEADINGS}\n{ALICE},Alice,,PPPK,,Kepala Bidang,ADMINISTRATOR,,KESMAS,ya,\n"
    leaves = f"{BOB},Bob,,PNS,,Analis,PELAKSANA,,NOWHERE,tidak,\n"

    assert faults(preview(loaded, "employees", heads + leaves)) == [(2, "kepala_unit"), (3, "unit")]


def test_a_named_superior_may_come_in_the_same_file(
    loaded: PerformanceCycle, people: People, database: sa.Engine
) -> None:
    dan = "199101012016011004"
    file = f"{HEADINGS}\n{ALICE},Alice,,PPPK,,Nutrisionis,FUNGSIONAL,,KESMAS,,{dan}\n{dan},Dan,,PNS,,Kepala Seksi,PENGAWAS,,DINKES,,\n"
    imports(loaded, "employees", file)
    alice = loaded.employees(by=PERSONNEL, search="alice").items[0]

    with database.connect() as connection:
        chosen = people.superiors(Organisation(connection, date(2026, 1, 2)), alice.id).appraiser
    assert chosen.person is not None
    assert chosen.person.nip == dan


def test_each_faulty_cell_is_named_and_the_good_rows_go_in(loaded: PerformanceCycle, database: sa.Engine) -> None:
    rows = [
        "12345,Siti,,PNS,,Analis,PELAKSANA,,KESMAS,,",
        "199201012017012005,Tono,bukan-surel,PNS,,Analis,PELAKSANA,,KESMAS,,",
        "199201012017012006,,,PNS,,Analis,PELAKSANA,,KESMAS,,",
        "199201012017012007,Wati,,HONORER,,Analis,PELAKSANA,,KESMAS,,",
        "199201012017012008,Yani,,PNS,,Analis,PELAKSANA,,MARS,,",
        "199201012017012009,Zaki,,PNS,,Analis,PELAKSANA,,KESMAS,mungkin,",
        "199201012017012010,Umar,,PNS,,Analis,PELAKSANA,,KESMAS,,199201012017012010",
        "199201012017012011,Vera,,PNS,,Analis,PELAKSANA,,KESMAS,,199901012020011099",
        "199201012017012012,=HYPERLINK(1),,PNS,,Analis,PELAKSANA,,KESMAS,,",
        "199201012017012013,Baik,,PNS,,Analis,PELAKSANA,,KESMAS,,",
        "199201012017012013,Baik lagi,,PNS,,Analis,PELAKSANA,,KESMAS,,",
    ]
    found = preview(loaded, "employees", "\n".join([HEADINGS, *rows]))

    assert faults(found) == [
        (2, "nip"), (3, "email"), (4, "nama"), (5, "jenis"), (6, "unit"), (7, "kepala_unit"),
        (8, "nip_atasan"), (9, "nip_atasan"), (10, "nama"), (12, "nip"),
    ]  # fmt: skip
    assert [row.name for row in found.new] == ["Baik"]
    assert all(fault.message.endswith(".") for fault in found.faulty)
    result = loaded.confirm_import(found.id, by=PERSONNEL)
    assert (result.new, result.faulty) == (1, 10)
    assert count(database, EmployeeRow) == 4


def test_units_do_not_stand_above_themselves(loaded: PerformanceCycle) -> None:
    circle = "kode,nama,kode_induk\nKAB,Kabupaten,KESMAS\nDINKES,Dinas Kesehatan,KAB\n"

    assert faults(preview(loaded, "units", circle)) == [(2, "kode_induk"), (3, "kode_induk")]


def test_units_do_not_end_with_people_in_them_or_before_they_begin(loaded: PerformanceCycle) -> None:
    file = (
        "kode,nama,kode_induk,berlaku_mulai,berakhir\n"
        "KESMAS,Bidang,DINKES,,2026-06-30\n"
        "BARU,Baru,HILANG,,\n"
        "LAIN,Lain,KAB,2026-05-01,2026-04-01\n"
        "a b,Salah,,,\n"
    )

    assert faults(preview(loaded, "units", file)) == [(2, "berakhir"), (3, "kode_induk"), (4, "berakhir"), (5, "kode")]


def test_data_that_moved_since_the_preview_has_to_be_looked_at_again(loaded: PerformanceCycle) -> None:
    renamed = preview(loaded, "units", UNITS.replace("Dinas Kesehatan", "Dinkes"))
    imports(loaded, "units", UNITS.replace("Dinas Kesehatan", "Dinas Kesehatan Kabupaten"))

    with pytest.raises(Refused, match="sudah berubah"):
        loaded.confirm_import(renamed.id, by=PERSONNEL)
    assert loaded.import_preview(renamed.id, by=PERSONNEL).changed[0].differences[0].old == "Dinas Kesehatan Kabupaten"


def test_a_file_is_imported_once(cycle: PerformanceCycle) -> None:
    found = imports(cycle, "units", UNITS)

    with pytest.raises(Refused, match="sudah diimpor"):
        cycle.confirm_import(found.id, by=PERSONNEL)
    with pytest.raises(NotFound):
        cycle.confirm_import(type(found.id)(int=0), by=PERSONNEL)


def test_only_the_agency_s_personnel_import(cycle: PerformanceCycle) -> None:
    scoped = Actor("lia", roles=frozenset({"personnel"}), groups=frozenset({"personnel:SDK"}))
    for actor in (Actor("alice"), Actor("x", roles=frozenset({"auditor"})), scoped):
        with pytest.raises(NotYours):
            cycle.preview_import("units", UNITS.encode(), "unit.csv", by=actor)


def test_unknown_columns_are_ignored_and_named(cycle: PerformanceCycle) -> None:
    assert preview(cycle, "units", "kode,nama,Warna Dinding\nKAB,Kabupaten,biru\n").ignored_columns == (
        "warna_dinding",
    )


# files as they come


@pytest.mark.parametrize(
    "content",
    [
        UNITS.encode(),
        UNITS.encode("utf-8-sig"),
        UNITS.encode("utf-16"),
        UNITS.replace(";", ",").encode(),
        UNITS.replace(";", "\t").replace("\n", "\r\n").encode(),
        b"sep=;\r\n" + UNITS.encode(),
        UNITS.replace("kode;nama", "Kode ; NAMA").encode(),
    ],
)
def test_csv_is_read_in_its_usual_writings(content: bytes) -> None:
    sheet = read_sheet(content)

    assert sheet.headings[:2] == ("kode", "nama")
    assert [row.cells["kode"] for row in sheet.rows] == ["KAB", "DINKES", "KESMAS"]


def test_old_windows_letters_and_quoted_delimiters_are_read() -> None:
    sheet = read_sheet('nip;nama\n1;"Réné; S.E."\n\n2;Ümit\n'.encode("cp1252"))

    assert [(row.number, row.cells["nama"]) for row in sheet.rows] == [(2, "Réné; S.E."), (4, "Ümit")]


def workbook(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_with_its_dates_and_blank_rows(loaded: PerformanceCycle) -> None:
    headings = [*HEADINGS.split(","), "berlaku_mulai"]
    row = [
        "199201012017012013",
        "Ika",
        None,
        "PNS",
        None,
        "Analis",
        "PELAKSANA",
        None,
        "KESMAS",
        False,
        None,
        date(2026, 3, 1),
    ]
    found = preview(loaded, "employees", workbook(headings, [None] * 12, row), "pegawai.xlsx")

    assert found.new[0].row == 3
    assert found.new[0].values["berlaku_mulai"] == "2026-03-01"


def test_a_nip_that_excel_has_rounded_is_refused(loaded: PerformanceCycle) -> None:
    row = [199201012017012013, "Ika", None, "PNS", None, "Analis", "PELAKSANA", None, "KESMAS", None, None]
    (fault,) = preview(loaded, "employees", workbook(HEADINGS.split(","), row)).faulty

    assert (fault.row, fault.column) == (2, "nip")
    assert "Teks" in fault.message


@pytest.mark.parametrize("kind", ["units", "employees"])
def test_a_filled_in_template_can_be_imported(kind: str, loaded: PerformanceCycle) -> None:
    book = load_workbook(io.BytesIO(loaded.template(kind)))
    sheet, guide = book["Data"], book["Petunjuk"]
    headings = [cell.value for cell in sheet[1]]
    assert [row[0].value for row in guide.iter_rows(min_row=2)] == headings
    values = {row[0].value: row[3].value for row in guide.iter_rows(min_row=2)}
    for number, heading in enumerate(headings, start=1):
        sheet.cell(2, number, {"unit": "KESMAS", "kode": "KESMAS-2"}.get(heading, values[heading]))
    file = io.BytesIO()
    book.save(file)

    found = preview(loaded, kind, file.getvalue(), "templat.xlsx")
    assert (len(found.new), found.faulty, found.ignored_columns) == (1, [], ())
    if kind == "employees":
        assert sheet["A2"].number_format == "@"


def bomb(size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * size)
    return file.getvalue()


def lying(content: bytes) -> bytes:
    """The same archive, whose directory tells of one byte."""
    name = content.rindex(b"PK\x01\x02")
    return content[: name + 24] + struct.pack("<I", 1) + content[name + 28 :]


def parts(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.xml", b"x")
    return file.getvalue()


def entities() -> bytes:
    original = zipfile.ZipFile(io.BytesIO(workbook(["kode", "nama"], ["A", "B"])))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in original.namelist():
            content = original.read(name)
            if name == "xl/workbook.xml":
                content = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "kosong"),
        (b" \n \n", "kosong"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "Excel lama"),
        (b"PK\x03\x04" + b"junk" * 50, "rusak"),
        (bomb(30_000_000), "terlalu besar setelah dibuka"),
        (lying(bomb(30_000_000)), "rusak"),
        (parts(201), "lebih dari 200 bagian"),
        (parts(3), "bukan lembar kerja"),
        (entities(), "DOCTYPE"),
        (b"kode,nama\nA,\x00\x01\x02", "bukan CSV"),
        (b'kode,nama\nA,"never closed\n', "tanda kutip"),
        (b"kode,nama\nA,B,C\n", "lebih banyak kolom"),
        (b"kode,kode\nA,B\n", "berulang"),
        (b"a," * 70 + b"b\n", "lebih dari 60 kolom"),
        (b"kode,nama\n" + b"A,B\n" * 100_001, "lebih dari 100.000 baris"),
        (b"nama\nDinas\n", "Kolom wajib tidak ada: kode"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(ImportRefused, match=says):
        parse_sheet(read_sheet(content), kind_of("units").columns)


def test_a_file_beyond_the_limit_is_not_even_looked_at() -> None:
    with pytest.raises(ImportRefused, match="lebih besar dari 1 MB"):
        read_sheet(b"x" * (1024 * 1024 + 1), max_bytes=1024 * 1024)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        sheet = read_sheet(content)
    except ImportRefused as refused:
        assert str(refused).endswith(".")
    else:
        assert all(len(row.cells) <= MAX_COLUMNS for row in sheet.rows)


def test_five_thousand_people_come_in_at_once(cycle: PerformanceCycle, database: sa.Engine) -> None:
    units = ["kode;nama;kode_induk", "KAB;Kabupaten;"] + [f"U{number};Unit {number};KAB" for number in range(200)]
    imports(cycle, "units", "\n".join(units))
    rows = ["nip;nama;jenis;jabatan;jenis_jabatan;unit;kepala_unit"]
    for number in range(5000):
        head = "ya" if number < 200 else "tidak"
        rows.append(
            f"19900101201501{number:04d};Orang {number};PNS;Jabatan {number % 7};PENGAWAS;U{number % 200};{head}"
        )
    imports(cycle, "employees", "\n".join(rows))

    assert count(database, EmployeeRow) == count(database, HoldingRow) == 5000
