"""SKPs come from a file as drafts of the open tasks, and never over what somebody has typed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from engine.bootstrap import Application
from engine.cycle.imports import ImportPreview
from engine.cycle.reports.workbook import workbook
from engine.errors import Refused
from engine.runtime.values import Actor, Task
from tests.cycle.agency import PERSONNEL
from tests.cycle.house import Post

ALICE, ANDI, DAN = Actor("alice"), Actor("andi"), Actor("dan")
HEADINGS = ("nip", "nama", "klasifikasi", "rencana_hasil_kerja", "aspek", "indikator", "target", "satuan")
RESULT = "Meningkatnya cakupan imunisasi dasar lengkap"


@pytest.fixture
def house(opened_house: tuple[Application, Post]) -> Application:
    return opened_house[0]


def nip_of(house: Application, person: Actor) -> str:
    return house.cycle.employee(person.person, by=PERSONNEL).employee.nip


def draft_task(house: Application, person: Actor) -> Task:
    (task,) = [one for one in house.engine.inbox(by=person).items if one.form == "skp"]
    return task


def rows(house: Application, person: Actor, *texts: tuple[str, str, float | str]) -> list[tuple[str | float, ...]]:
    nip, name = nip_of(house, person), person.person.title()
    return [(nip, name, "UTAMA", text, "KUANTITAS", indicator, target, "persen") for text, indicator, target in texts]


def previewed(house: Application, *people: list[tuple[str | float, ...]]) -> ImportPreview:
    content = workbook([("Data", list(HEADINGS), [row for person in people for row in person])])
    assert load_workbook(BytesIO(content))["Data"]["A2"].data_type == "s"  # a NIP is never a number
    return house.cycle.preview_import("skp", content, "skp.xlsx", by=PERSONNEL)


def test_a_file_becomes_a_draft_that_its_owner_goes_on_with(house: Application) -> None:
    found = previewed(
        house,
        rows(house, ALICE, (RESULT, "Cakupan", 92), (RESULT, "Bayi terlambat", 5), ("Data gizi dipakai", "Data", 1)),
    )
    result = house.cycle.confirm_import(found.id, by=PERSONNEL)
    view = house.engine.task(draft_task(house, ALICE).id, by=ALICE)

    assert (found.ignored_columns, result.new, result.faulty) == (("nama",), 1, 0)
    assert [row["rhk"] for row in view.answers["rhk"]] == [RESULT, "Data gizi dipakai"]
    assert [one["iki"] for one in view.answers["rhk"][0]["indikator"]] == ["Cakupan", "Bayi terlambat"]
    assert view.answers["rhk"][0]["indikator"][0]["target_nilai"] == 92
    assert set(view.answers) > {"rhk"}  # what the form starts with otherwise stays
    house.engine.save_draft(view.task.id, view.answers, revision=view.task.revision, by=ALICE)


def test_what_was_typed_stays_and_nobody_gets_a_part_of_an_skp(house: Application) -> None:
    task = draft_task(house, ALICE)
    house.engine.save_draft(task.id, {"rhk": [{"rhk": "Tulisan Alice sendiri"}]}, revision=task.revision, by=ALICE)
    wrong = rows(house, ANDI, (RESULT, "Cakupan", 92), ("Data gizi dipakai", "Data", "banyak"))
    stranger = [("1" * 18, "Siapa", "UTAMA", RESULT, "KUANTITAS", "Cakupan", 1, "persen")]

    found = previewed(house, rows(house, ALICE, (RESULT, "Cakupan", 92)), wrong, stranger)

    assert found.new == []
    assert {(fault.row, fault.message.split(";")[0]) for fault in found.faulty} >= {
        (2, "Pegawai sudah mulai mengisi SKP"),
        (3, "Baris lain pegawai ini salah"),
        (5, "Tidak ada tugas menyusun SKP yang terbuka."),
    }
    assert house.engine.task(task.id, by=ALICE).answers["rhk"] == [{"rhk": "Tulisan Alice sendiri"}]


def test_what_is_typed_between_looking_and_confirming_stays(house: Application) -> None:
    task = draft_task(house, DAN)
    found = previewed(house, rows(house, DAN, (RESULT, "Cakupan", 92)))
    house.engine.save_draft(task.id, {"rhk": [{"rhk": "Tulisan Dan"}]}, revision=task.revision, by=DAN)

    with pytest.raises(Refused, match="sudah berubah"):
        house.cycle.confirm_import(found.id, by=PERSONNEL)

    assert house.engine.task(task.id, by=DAN).answers["rhk"] == [{"rhk": "Tulisan Dan"}]


def test_a_page_that_was_open_meanwhile_says_so(house: Application) -> None:
    before = draft_task(house, ALICE)
    found = previewed(house, rows(house, ALICE, (RESULT, "Cakupan", 92)))
    house.cycle.confirm_import(found.id, by=PERSONNEL)

    with pytest.raises(Refused):
        house.engine.save_draft(before.id, {"rhk": []}, revision=before.revision, by=ALICE)


def test_weights_of_a_year_in_numbers_come_with_the_file(house: Application) -> None:
    head = [*HEADINGS, "bobot", "jenis_kinerja_utama", "lingkup", "target_maksimum"]
    main = [*rows(house, ALICE, (RESULT, "Cakupan", 92))[0], 60, "Rencana aksi", None, "ya"]
    other = [*rows(house, ALICE, ("Data gizi dipakai", "Data", 1))[0], None, None, "instansi", "tidak"]
    wrong = [*rows(house, ANDI, (RESULT, "Cakupan", 92))[0], 101, None, None, None]
    content = workbook([("Data", head, [main, other, wrong])])

    found = house.cycle.preview_import("skp", content, "skp.xlsx", by=PERSONNEL)
    house.cycle.confirm_import(found.id, by=PERSONNEL)
    first, second = house.engine.task(draft_task(house, ALICE).id, by=ALICE).answers["rhk"]

    assert (first["bobot"], first["jenis_utama"]) == (60, "RENCANA_AKSI")
    assert [one["indikator"][0].get("target_maksimum") for one in (first, second)] == [True, None]
    assert (second.get("bobot"), second["lingkup"]) == (None, "INSTANSI")
    assert [fault.message for fault in found.faulty] == ["Bobot lebih dari 0 dan paling banyak 100."]
