"""The pages on which a lapsed report is given back: found, understood, ordered, and closed to everybody else."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.runtime.values import Case
from tests.cycle.house import works
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor, filled, skp_answers, text
from tests.web.test_papers import case_of

Visit = Callable[[str], Visitor]
ASKED = {"sampai": "2026-04-30", "alasan": "Pegawai dirawat sampai batasnya lewat."}


@pytest.fixture
def lapsed(application: Application, visit: Visit, clock: VirtualClock) -> Case:
    """The employee's SKP was set, and the report of the first quarter not given in time."""
    employee = visit("employee")
    for part, element, decided in (
        (employee, "draft_skp", None),
        (visit("appraiser"), "hold_dialogue", {"sepakat": "SEPAKAT"}),
        (visit("appraiser"), "set_skp", {"keputusan": "TETAPKAN"}),
    ):
        [task] = [one for one in part.tasks() if one.element == element and one.subject == employee.actor.person]
        by = part.actor
        answers = filled(application, task, by, **decided) if decided else skp_answers(application, task, by)
        application.engine.complete_task(task.id, answers, revision=task.revision, key=str(task.id), by=by)
    for day in ((4, 1), (4, 13)):
        clock.go_to(datetime(2026, *day, 3, tzinfo=UTC))
        works(application)
    return case_of(application, employee)


def test_personnel_gives_a_lapsed_report_back(visit: Visit, lapsed: Case) -> None:
    personnel, page = visit("personnel"), f"/laporan-lewat/{lapsed.id}/TW1"
    assert page in text(personnel.opens("/laporan-lewat"))
    assert "Yang terjadi bila dikembalikan" in text(personnel.opens(page))
    assert "Tulis tanggalnya." in text(personnel.sends(page, {**ASKED, "sampai": "besok"}))
    past = personnel.sends(page, {**ASKED, "sampai": "2026-04-01"})
    assert (past.status_code, "harus sesudah hari ini" in text(past), ASKED["alasan"] in text(past)) == (
        422,
        True,
        True,
    )
    assert personnel.sends(page, {**ASKED, "alasan": ""}).status_code == 422

    assert personnel.sends(page, ASKED).location == "/laporan-lewat"

    assert "Laporan dikembalikan kepada" in text(personnel.opens("/laporan-lewat"))
    assert personnel.opens(page).status_code == 404
    [task] = [one for one in visit("employee").tasks() if one.element == "report_period"]
    assert ASKED["alasan"] in text(visit("employee").opens(f"/tugas/{task.id}"))
    for part in ("employee", "colleague", "appraiser", "auditor"):
        assert visit(part).opens(page).status_code == 403, part
        assert "boleh Anda kembalikan" in text(visit(part).opens("/laporan-lewat"))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_on_the_pages(browser: Browser, address: str, cast: Cast, lapsed: Case, width: int) -> None:
    screen = Screen(browser, address, width=width)
    try:
        screen.signs_in(cast.personnel, PASSWORD)
        screen.opens("/laporan-lewat")
        assert screen.violations() == []
        screen.page.click(".siklus-row__title a")
        screen.page.click("main form button")
        assert screen.page.locator("#sampai-error").count() == 1
        assert screen.violations() == []
        assert screen.troubles == []
    finally:
        screen.closes()
