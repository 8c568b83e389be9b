"""The page of the daily log: a line in one go, the month, and what is wrong said beside its field."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.cycle.models import ParameterRow
from engine.runtime.values import Case
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import OPENED, PASSWORD, Cast, Visitor
from tests.web.test_papers import case as case

Visit = Callable[[str], Visitor]


@pytest.fixture
def daily(application: Application, case: Case) -> Case:
    """The employee's SKP is set, and the agency has chosen the daily log before the case opened."""
    row = {"key": "log.frekuensi", "value": "HARIAN", "starts": OPENED.date().replace(year=2020), "set_by": "dian"}
    with application.engine.database.begin() as connection:
        connection.execute(sa.insert(ParameterRow).values(**row, note="", set_at=OPENED))
    return case


def test_a_line_is_written_changed_and_deleted(visit: Visit, daily: Case) -> None:
    employee = visit("employee")
    assert 'href="/catatan"' in employee.opens("/").text
    page = employee.opens("/catatan").text
    (code,) = re.findall(r'<option value="([0-9a-f-]{36})" selected', page)
    line = {"tanggal": "2026-01-05", "rhk": code, "uraian": "Dua balita <ditimbang>", "volume": "2,5", "menit": "90"}

    assert employee.sends("/catatan", {**line, "menit": "lama"}).status_code == 422
    assert employee.sends("/catatan", line).location == "/catatan?bulan=2026-01"
    month = employee.opens("/catatan?bulan=2026-01").text
    assert "Dua balita &lt;ditimbang&gt;" in month
    assert "90 menit" in month
    (address,) = re.findall(r'href="(/catatan/\d+)"', month)
    assert 'value="2.5"' in employee.opens(address).text
    assert employee.sends(address, {**line, "uraian": "Tiga balita ditimbang"}).status_code == 303
    assert "Tiga balita ditimbang" in employee.opens("/catatan").text
    assert visit("colleague").opens(address).status_code == 404
    assert employee.sends(address, {"hapus": "ya"}).status_code == 303
    assert "Belum ada catatan" in employee.opens("/catatan").text


def test_a_file_comes_with_a_line_and_a_bad_one_leaves_the_line(visit: Visit, daily: Case) -> None:
    employee = visit("employee")
    (code,) = re.findall(r'<option value="([0-9a-f-]{36})" selected', employee.opens("/catatan").text)
    line = {"tanggal": "2026-01-05", "rhk": code, "uraian": "Dua balita ditimbang"}
    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

    assert employee.sends("/catatan", {**line, "bukti": (BytesIO(pdf), "timbang.pdf")}).status_code == 303
    (address,) = re.findall(r'href="(/catatan/\d+)"', employee.opens("/catatan").text)
    page = employee.opens(address).text
    (file,) = re.findall(r'href="/berkas/([0-9a-f-]{36})"', page)
    assert "timbang.pdf" in page and employee.opens(f"/berkas/{file}").data == pdf
    refused = employee.sends(address, {**line, "bukti": (BytesIO(b"MZ"), "timbang.exe")})
    assert (refused.status_code, "Jenis berkas" in refused.text) == (422, True)
    assert employee.sends(address, {**line, "lepas": file}).location == address
    assert "timbang.pdf" not in employee.opens(address).text


def test_who_keeps_no_daily_log_finds_none(visit: Visit, case: Case) -> None:
    employee = visit("employee")

    assert 'href="/catatan"' not in employee.opens("/").text
    assert employee.opens("/catatan").status_code == 404


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_on_the_log(browser: Browser, address: str, cast: Cast, daily: Case, width: int) -> None:
    screen = Screen(browser, address, width=width)
    screen.signs_in(cast.employee, PASSWORD)
    screen.opens("/catatan")
    screen.page.fill("#uraian", "Dua balita ditimbang ulang")
    screen.page.click("main form button")

    assert "Dua balita ditimbang ulang" in screen.page.inner_text("main")
    assert screen.violations() == []
    assert screen.troubles == []
    screen.closes()
