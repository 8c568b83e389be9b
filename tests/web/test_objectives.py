"""The pages about objectives: the tree, a unit's agreement, chains, findings, and an SKP judged while it is written."""

import html
import json
import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from click.testing import CliRunner

from engine.bootstrap import Application
from engine.cycle import skps
from tests.web.conftest import Cast, Visitor
from web.cli import main

Visit = Callable[[str], Visitor]
YEAR, UNIT = "2026", "unit-00"
GOOD = "Seluruh puskesmas menangani balita gizi kurang sesuai tata laksana"
BAD = "Mengikuti rapat koordinasi stunting"


@pytest.fixture
def person(application: Application, cast: Cast) -> str:
    account = application.cycle.account_of(cast.employee)
    assert account is not None
    return account.person


def plan(application: Application, person: str, text: str, **other: object) -> str:
    """Set an SKP of one result; gives the result's id."""
    indicator = {"aspek": "KUALITAS", "iki": "Cakupan", "target_nilai": 90, "satuan": "persen", "polaritas": "NAIK"}
    row = {"_id": "r1", "klasifikasi": "UTAMA", "rhk": text, "indikator": [indicator], **other}
    with application.engine.database.begin() as connection:
        skps.record(
            connection,
            case_id=uuid4(),
            subject=person,
            unit=UNIT,
            cycle=YEAR,
            skp={"rhk": [row]},
            by_team=False,
            now=application.engine.clock.now(),
        )
        return str(skps.results(connection, person, YEAR)[0]["id"])


def test_everybody_sees_what_the_agency_wants_and_how_far_it_is(visit: Visit) -> None:
    page = visit("employee").opens("/sasaran").get_data(as_text=True)

    assert "Menurunnya prevalensi stunting balita" in page
    assert "18,2 persen" in page
    assert "tercapai 95,6%" in page
    assert "5 orang mendukung" in page
    assert 'href="/sasaran/keselarasan' not in page


def test_the_tree_is_shown_as_on_a_day(visit: Visit) -> None:
    before = visit("employee").opens("/sasaran?siklus=2026&tanggal=2025-12-31").get_data(as_text=True)

    assert "belum ada dalam perjanjian kinerja" in before
    assert "Belum ada tujuan dan sasaran" in visit("employee").opens("/sasaran?tanggal=2019-12-31").get_data(
        as_text=True
    )


def test_a_chain_says_what_a_result_rests_on(visit: Visit, application: Application, person: str) -> None:
    nothing = visit("employee").opens(f"/sasaran/pegawai/{person}").get_data(as_text=True)
    head = application.cycle.alignment.matrix(UNIT, YEAR, by=visit("auditor").actor).head
    assert head is not None
    top = plan(application, head.id, "Menurunnya prevalensi stunting balita di kabupaten", acuan="PK 1")
    plan(application, person, GOOD, rhk_pimpinan=top)
    page = visit("employee").opens(f"/sasaran/pegawai/{person}").get_data(as_text=True)

    assert "Belum ada SKP" in nothing
    assert "Menurunnya prevalensi stunting balita di kabupaten" in page
    assert head.name in page
    assert visit("colleague").opens(f"/sasaran/pegawai/{head.id}").status_code == 403


def test_the_matrix_of_a_unit_shows_people_against_the_heads_results(
    visit: Visit, application: Application, person: str
) -> None:
    auditor = visit("auditor")
    head = application.cycle.alignment.matrix(UNIT, YEAR, by=auditor.actor).head
    assert head is not None
    top = plan(application, head.id, "Menurunnya prevalensi stunting balita di kabupaten", acuan="PK 1")
    plan(application, person, GOOD, rhk_pimpinan=top)

    page = auditor.opens(f"/sasaran/unit/{UNIT}").get_data(as_text=True)

    assert GOOD in page
    assert "belum ada SKP" in page
    assert "Versi 1" in page
    assert visit("employee").opens(f"/sasaran/unit/{UNIT}").status_code == 403


def test_personnel_check_all_skps_and_filter_what_was_found(
    visit: Visit, application: Application, person: str
) -> None:
    plan(application, person, BAD)
    personnel = visit("personnel")
    assert "belum diperiksa" in personnel.opens("/sasaran/keselarasan").get_data(as_text=True)

    assert personnel.sends("/sasaran/keselarasan", {"siklus": YEAR}).location == "/sasaran/keselarasan?siklus=2026"
    page = personnel.opens("/sasaran/keselarasan?kode=PH-01").get_data(as_text=True)
    none = personnel.opens("/sasaran/keselarasan?kode=AL-11").get_data(as_text=True)

    assert BAD in page
    assert "PH-01 (1)" in page
    assert "Tidak ada temuan yang cocok" in none
    assert visit("employee").opens("/sasaran/keselarasan").status_code == 403
    auditor = visit("auditor")
    auditor.opens("/sasaran/keselarasan")
    assert auditor.sends("/sasaran/keselarasan", {"siklus": YEAR}).status_code == 403


def test_an_skp_is_judged_while_it_is_typed_and_before_it_is_sent(visit: Visit, application: Application) -> None:
    employee = visit("employee")
    (task,) = [one for one in employee.tasks() if one.element == "draft_skp"]
    page = employee.opens(f"/tugas/{task.id}").get_data(as_text=True)
    assert f'hx-post="/tugas/{task.id}/keselarasan"' in page

    typed = {"rhk.n": "1", "rhk.0.rhk": BAD, "rhk.0.klasifikasi": "UTAMA", "revision": str(task.revision)}
    part = employee.sends(f"/tugas/{task.id}/keselarasan", typed).get_data(as_text=True)
    assert "<html" not in part
    assert "Kalimat diawali kata kegiatan “Mengikuti”" in part
    assert "kembali kepada Anda" in part
    assert employee.tasks()[0].revision == task.revision  # looking stores nothing

    employee.sends(f"/tugas/{task.id}", {**typed, "_do": "draft"})
    again = employee.opens(f"/tugas/{task.id}").get_data(as_text=True)
    assert "Kalimat diawali kata kegiatan “Mengikuti”" in again
    assert visit("colleague").sends(f"/tugas/{task.id}/keselarasan", typed).status_code in (403, 404)


def test_personnel_publish_a_draft_and_are_told_what_stands_against_it(visit: Visit, application: Application) -> None:
    personnel = visit("personnel")
    target = b"unit,tahun,kode_indikator,nomor,target\nunit-00,2026,IKU-1,1,17\n"
    found = application.cycle.preview_import("agreements", target, "pk.csv", by=personnel.actor)
    application.cycle.confirm_import(found.id, by=personnel.actor)

    assert "Terbitkan" in personnel.opens(f"/sasaran/unit/{UNIT}").get_data(as_text=True)
    assert personnel.sends(f"/sasaran/unit/{UNIT}/terbitkan", {"siklus": YEAR}).status_code == 303
    assert "Versi 2" in personnel.opens(f"/sasaran/unit/{UNIT}").get_data(as_text=True)
    again = personnel.sends(f"/sasaran/unit/{UNIT}/terbitkan", {"siklus": YEAR})
    assert again.status_code == 422
    assert "sudah diterbitkan" in again.get_data(as_text=True)


def test_the_command_line_checks_the_newest_year(
    application: Application, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(application, person, BAD)
    monkeypatch.setenv("SIKLUS_DATA", str(application.settings.data_dir))
    monkeypatch.setenv("SIKLUS_DATABASE", application.settings.database_url)

    told = CliRunner().invoke(main, ["check-alignment", "--json"])

    assert told.exit_code == 0, told.output
    figures = json.loads(told.output)
    assert (figures["cycle"], figures["people"], figures["codes"]["PH-01"]) == (YEAR, 1, 1)


def test_what_was_reached_is_noted_by_quarter(visit: Visit, application: Application) -> None:
    personnel = visit("personnel")
    path = f"/sasaran/unit/{UNIT}/{YEAR}/capaian"
    assert path in personnel.opens(f"/sasaran/unit/{UNIT}").get_data(as_text=True)
    page = personnel.opens(path).get_data(as_text=True)
    code = re.findall(r'name="capaian/([^"]+)/TW1"', page)[0]
    assert f'name="capaian/{code}/TW2"' not in page, "a quarter that has not begun"

    wrong = personnel.sends(path, {f"capaian/{code}/TW1": "banyak"})
    assert (wrong.status_code, "Tulis angka" in wrong.get_data(as_text=True)) == (422, True)
    assert personnel.sends(path, {f"capaian/{code}/TW3": "19"}).status_code == 422
    assert personnel.sends(path, {f"capaian/{code}/TW1": "19,25"}).status_code == 303

    assert 'value="19,25"' in personnel.opens(path).get_data(as_text=True)
    (target,) = [
        one
        for one in application.cycle.objectives.agreement(UNIT, YEAR, by=personnel.actor, on=date(2026, 1, 5)).targets
        if one.indicator.code == code
    ]
    assert target.realised == 19.25
    assert visit("employee").opens(path).status_code == 403


def test_rows_of_a_draft_are_changed_in_place(visit: Visit, application: Application) -> None:
    personnel = visit("personnel")
    page, path = f"/sasaran/unit/{UNIT}", f"/sasaran/unit/{UNIT}/{YEAR}/konsep"
    personnel.opens(page)
    assert personnel.opens(path).status_code == 409, "what is published is not changed"
    assert personnel.sends(f"{path}/mulai").location == path
    form = personnel.opens(path).get_data(as_text=True)
    typed = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="((?:target|atas)/[^"]+)"[^>]*value="([^"]*)"', form)
    }
    typed |= {
        name: html.unescape(text)
        for name, text in re.findall(r'<textarea[^>]*name="(hasil/[^"]+)"[^>]*>([^<]*)<', form)
    }
    keys = [name.removeprefix("hasil/") for name in typed if name.startswith("hasil/")]
    code = next(name for name in typed if name.startswith("target/"))
    typed |= {f"peran/{key}": "MANDIRI" for key in keys} | {"versi": "2"}

    empty = personnel.sends(path, {**typed, code: "", f"hasil/{keys[0]}": ""})
    assert empty.status_code == 422
    assert "Tulis target sebagai angka" in empty.get_data(as_text=True)
    sent = {**typed, code: "17,5", f"hasil/{keys[0]}": GOOD, f"hapus/{keys[1]}": "ya"}
    assert personnel.sends(path, sent).status_code == 303

    found = application.cycle.objectives.agreement(UNIT, YEAR, by=personnel.actor)
    assert (found.version, found.status, found.targets[0].target) == (2, "draft", 17.5)
    assert len(found.roles) == len(keys) - 1
    assert GOOD in {role.text for role in found.roles}
    assert (
        application.cycle.objectives.agreement(UNIT, YEAR, by=personnel.actor, on=date(2026, 1, 5)).targets[0].target
        == 18.2
    )
    assert visit("employee").opens(path).status_code == 403


def test_the_tree_tells_of_supporters_who_are_not_aligned(visit: Visit, application: Application) -> None:
    personnel = visit("personnel")
    gap = "ada pendukung yang SKP-nya tidak selaras"
    assert gap not in personnel.opens("/sasaran").get_data(as_text=True)
    role = application.cycle.objectives.agreement(UNIT, YEAR, by=personnel.actor).roles[0]
    plan(application, role.person, BAD)
    personnel.opens("/sasaran/keselarasan")
    personnel.sends("/sasaran/keselarasan", {"siklus": YEAR})

    assert gap in personnel.opens("/sasaran").get_data(as_text=True)
