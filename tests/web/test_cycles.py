"""What personnel do: prepare and open a year, watch it, know the people, import them; and what operators mend."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest

from engine.bootstrap import Application
from tests.web.conftest import Cast, Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def personnel(visit: Visit) -> Visitor:
    return visit("personnel")


def test_a_year_is_prepared_and_a_faulty_one_is_refused_with_what_was_typed(personnel: Visitor) -> None:
    personnel.opens("/siklus")

    assert personnel.sends("/siklus", {"year": "2027"}).location == "/siklus/2027"
    for wrong in ("dua ribu", "2027", "99"):
        answer = personnel.sends("/siklus", {"year": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.get_data(as_text=True)


def test_a_year_is_opened_for_a_unit_and_its_progress_is_shown(personnel: Visitor, application: Application) -> None:
    personnel.opens("/siklus")
    personnel.sends("/siklus", {"year": "2027"})
    opening = personnel.sends("/siklus/2027/buka", {"unit": "unit-21"}).location

    running = personnel.opens(opening).get_data(as_text=True)
    while application.work():
        pass
    done = personnel.opens(opening).get_data(as_text=True)

    assert "Sedang berjalan" in running
    assert 'hx-trigger="every 2s"' in running
    assert "Selesai." in done
    assert "hx-trigger" not in done


def test_progress_links_to_the_cases_behind_each_figure(personnel: Visitor, visit: Visit) -> None:
    page = visit("auditor").opens("/siklus/2026").get_data(as_text=True)

    assert "/perkara?siklus=2026&amp;tahap=planning" in page
    assert "16 / 16" in page


def test_an_employees_page_says_who_appraises_and_why(personnel: Visitor, cast: Cast, application: Application) -> None:
    account = application.cycle.account_of(cast.employee)
    appraiser = application.cycle.account_of(cast.appraiser)
    assert account is not None
    assert appraiser is not None

    page = personnel.opens(f"/pegawai/{account.person}").get_data(as_text=True)

    assert appraiser.name in page
    assert personnel.opens("/pegawai/tidak-ada").status_code == 404
    assert account.name in personnel.opens(f"/pegawai?cari={cast.employee}").get_data(as_text=True)


def test_an_import_is_looked_at_before_anything_is_written(personnel: Visitor, application: Application) -> None:
    sheet = (
        "nip,nama,jenis,jabatan,jenis_jabatan,unit\n"
        "199001012015011001,Siti Rahma,PNS,Pengolah Data,PELAKSANA,unit-21\n"
        "123,Salah NIP,PNS,Pengolah Data,PELAKSANA,unit-21\n"
    )
    personnel.opens("/impor")
    preview = personnel.sends("/impor", {"kind": "employees", "file": (BytesIO(sheet.encode()), "pegawai.csv")})
    page = preview.get_data(as_text=True)

    assert "Siti Rahma" in page
    assert "Baris 3" in page
    assert application.cycle.employees(by=personnel.actor, search="Siti Rahma").total == 0

    confirm = re.findall(r'action="(/impor/[0-9a-f-]+)"', page)[0]
    result = personnel.sends(confirm).get_data(as_text=True)

    assert "Impor selesai" in result
    assert application.cycle.employees(by=personnel.actor, search="Siti Rahma").total == 1


def test_a_file_that_is_no_table_is_refused_in_words(personnel: Visitor) -> None:
    personnel.opens("/impor")

    nothing = personnel.sends("/impor", {"kind": "employees"})
    picture = personnel.sends("/impor", {"kind": "employees", "file": (BytesIO(b"\x89PNG\r\n"), "foto.png")})

    assert nothing.status_code == picture.status_code == 422
    assert "Pilih berkas CSV atau XLSX" in nothing.get_data(as_text=True)


def test_operators_see_that_nothing_is_parked(visit: Visit) -> None:
    operator = visit("operator")

    assert "Tidak ada gangguan." in operator.opens("/gangguan").get_data(as_text=True)
    assert "Belum ada gangguan" in operator.opens("/gangguan?keadaan=selesai").get_data(as_text=True)
