"""The page of days off: a decree is pasted, whom it moves is seen, then it holds; readers cannot change it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.clock import VirtualClock
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor, text

Visit = Callable[[str], Visitor]
WHY = "SKB tiga menteri, cuti bersama tambahan."
DECREE = "19-20 Januari 2026 Cuti Bersama tambahan"


@pytest.fixture
def clock() -> VirtualClock:
    """The day after drafts were due: what comes next is due in working days."""
    return VirtualClock(datetime(2026, 1, 15, 1, 0, tzinfo=UTC))


def test_a_decree_is_pasted_seen_and_carried_out(visit: Visit, later: Application) -> None:
    personnel = visit("personnel")
    assert "17 Agustus 2026" in text(personnel.opens("/kalender?tahun=2026"))
    refused = personnel.sends("/kalender", {"hari": "kapan-kapan libur", "alasan": WHY, "tahun": "2026"})
    assert (refused.status_code, "Baris 1" in text(refused), "kapan-kapan" in text(refused)) == (422, True, True)
    short = personnel.sends("/kalender", {"hari": DECREE, "alasan": "ya"})
    assert (short.status_code, "paling sedikit 10 huruf" in text(short)) == (422, True)

    sent = personnel.sends("/kalender", {"hari": DECREE, "alasan": WHY})
    assert sent.status_code == 303
    page = sent.headers["Location"]
    assert "Jalankan perubahan" not in text(personnel.opens(page))
    while later.engine.batches.run():
        pass
    seen = text(personnel.opens(page))
    assert "tenggat bergeser" in seen and "→" in seen and WHY in seen
    assert personnel.sends(f"{page}/jalankan").status_code == 303
    while later.engine.batches.run():
        pass
    assert "Dijalankan" in text(personnel.opens(page))
    calendar = text(personnel.opens("/kalender?tahun=2026"))
    assert calendar.count("hapus-2026-01-19") and calendar.count("hapus-2026-01-20") and WHY in calendar
    moved = later.dates.moves(later.dates.changes(by=personnel.actor).items[0].id, by=personnel.actor).items[0]
    assert "Tenggat dihitung ulang" in text(visit("auditor").opens(f"/perkara/{moved.case_id}"))


def test_a_day_is_taken_out_and_a_change_dropped(visit: Visit, later: Application) -> None:
    personnel = visit("personnel")
    holiday = later.cycle.holidays(2026)[1].day
    personnel.opens("/kalender")
    page = personnel.sends("/kalender", {"hapus": holiday.isoformat(), "alasan": WHY}).headers["Location"]
    assert "menjadi hari kerja" in text(personnel.opens(page))
    assert personnel.sends(f"{page}/batalkan").status_code == 303
    assert "Dibatalkan" in text(personnel.opens(page))
    assert holiday in {one.day for one in later.cycle.holidays(2026)}
    assert personnel.sends(f"{page}/apa").status_code == 404


def test_auditors_read_and_others_see_nothing(visit: Visit, later: Application) -> None:
    auditor = visit("auditor")
    assert 'name="alasan"' not in text(auditor.opens("/kalender"))
    assert auditor.sends("/kalender", {"hari": DECREE, "alasan": WHY}).status_code == 403
    assert "Belum ada hari libur" in text(auditor.opens("/kalender?tahun=2031"))
    assert visit("employee").opens("/kalender").status_code == 403


@pytest.fixture
def closes(address: str) -> Iterator[ExitStack]:
    """Windows that are closed before the server is, whatever happens."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (PHONE, False)])
def test_the_calendar_is_changed_in_a_browser(
    browser: Browser, address: str, cast: Cast, later: Application, closes: ExitStack, width: int, scripts: bool
) -> None:
    screen = Screen(browser, address, width=width, scripts=scripts)
    closes.callback(screen.closes)
    screen.signs_in(cast.personnel, PASSWORD)
    screen.opens("/kalender?tahun=2026")
    assert not scripts or screen.violations() == []
    screen.page.fill("#hari", DECREE)
    screen.page.fill("#alasan", WHY)
    screen.page.click("button:has-text('Lihat siapa yang terkena')")
    while later.engine.batches.run():
        pass
    screen.page.reload()
    assert not scripts or screen.violations() == []
    screen.page.click("button:has-text('Jalankan perubahan')")
    while later.engine.batches.run():
        pass
    assert date(2026, 1, 19) in {one.day for one in later.cycle.holidays(2026)}
    assert screen.troubles == []
