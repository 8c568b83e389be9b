"""The page on which a window of the year is opened again: seen first, carried out then, for personnel alone."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.clock import VirtualClock
from tests.web.browser import PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor, text

Visit = Callable[[str], Visitor]
WHY = "Jaringan kantor terputus dua pekan."
ASKED = {"jendela": "skp", "siklus": "2026", "sampai": "2026-02-20", "kembalikan": "ya", "alasan": WHY}


@pytest.fixture
def clock() -> VirtualClock:
    """The day after drafts were due: the team has taken over."""
    return VirtualClock(datetime(2026, 1, 15, 1, 0, tzinfo=UTC))


def test_one_person_gets_the_skp_back(visit: Visit, later: Application, cast: Cast) -> None:
    personnel = visit("personnel")
    assert visit("employee").tasks() == []
    assert "Penilaian Triwulan II saja" in text(personnel.opens("/kalender/jendela"))
    unknown = personnel.sends("/kalender/jendela", {**ASKED, "nip": "123"})
    assert (unknown.status_code, "tulis NIP satu pegawai" in text(unknown)) == (422, True)
    dateless = personnel.sends("/kalender/jendela", {**ASKED, "nip": cast.employee, "sampai": "besok"})
    assert (dateless.status_code, "Tulis tanggalnya." in text(dateless)) == (422, True)
    silent = personnel.sends("/kalender/jendela", {**ASKED, "nip": cast.employee, "alasan": ""})
    assert (silent.status_code, "paling sedikit 10 huruf" in text(silent)) == (422, True)

    page = personnel.sends("/kalender/jendela", {**ASKED, "nip": cast.employee}).headers["Location"]
    while later.engine.batches.run():
        pass
    seen = text(personnel.opens(page))
    assert "Jendela dibuka kembali" in seen and "Kembali ke pegawai" in seen and "1 tenggat bergeser" in seen
    personnel.sends(f"{page}/jalankan")
    while later.engine.batches.run():
        pass

    [task] = visit("employee").tasks()
    assert (task.element, task.due_at) == ("draft_skp", datetime(2026, 2, 20, 16, 59, 59, tzinfo=UTC))
    assert visit("colleague").tasks() == []


@pytest.mark.parametrize("part", ["employee", "auditor", "operator"])
def test_windows_are_for_personnel(visit: Visit, part: str) -> None:
    visitor = visit(part)
    assert visitor.opens("/kalender/jendela").status_code == 403
    assert visitor.sends("/kalender/jendela", ASKED).status_code == 403


def test_a_window_is_opened_without_scripts_on_a_phone(
    browser: Browser, address: str, cast: Cast, later: Application
) -> None:
    screen = Screen(browser, address, width=PHONE, scripts=False)
    try:
        screen.signs_in(cast.personnel, PASSWORD)
        screen.opens("/kalender")
        screen.page.click("text=Buka kembali jendela")
        screen.page.fill("#nip", cast.employee)
        screen.page.fill("#sampai", "2026-02-20")
        screen.page.check("#kembalikan")
        screen.page.fill("#alasan", WHY)
        screen.page.click("button:has-text('Lihat siapa yang terkena')")
        while later.engine.batches.run():
            pass
        screen.page.reload()
        assert screen.page.locator(".siklus-row__meta:has-text('Kembali ke pegawai')").count() == 1
        assert screen.troubles == []
    finally:
        screen.closes()
