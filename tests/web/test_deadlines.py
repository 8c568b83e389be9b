"""The due dates of many tasks on one page: whom a change hits, its order, and what a long hold does to them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.runtime.deadlines import NewDue, Wanted
from engine.runtime.models import OutboxRow
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Visitor

Visit = Callable[[str], Visitor]
WHY = "Libur bersama diperpanjang."


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def works(application: Application) -> None:
    while application.engine.batches.run():
        pass


def test_the_due_dates_of_a_unit_move_on_after_they_were_seen(
    visit: Visit, application: Application, clock: VirtualClock
) -> None:
    operator, employee = visit("operator"), visit("employee")
    task = employee.tasks()[0]
    process = application.engine.deadlines.kinds(by=operator.actor)[0].process
    unit = application.engine.case(task.case_id, by=employee.actor).case.unit
    chosen = {"tugas": f"{process}/{task.element}", "unit": unit}
    page = text(operator.opens("/kendali/tenggat"))
    assert "16 tugas terkena" in page and 'name="alasan"' not in page
    nothing = text(operator.opens(f"/kendali/tenggat?tugas={process}/nothing"))
    assert "Tidak ada tugas terbuka yang cocok." in nothing

    path = f"/kendali/tenggat?tugas={chosen['tugas']}&unit={unit}&cara=hari&hari="
    assert "antara 1 dan 366" in text(operator.sends("/kendali/tenggat", {**chosen, "cara": "hari", "alasan": WHY}))
    seen = text(operator.opens(path + "7"))
    count = application.engine.deadlines.find(Wanted(process, task.element, (unit,)), by=operator.actor).total
    assert 0 < count < 16 and f"{count} tugas terkena" in seen and "→" in seen and 'name="alasan"' in seen
    change = {**chosen, "cara": "hari", "hari": "7", "jumlah": count}
    short = operator.sends("/kendali/tenggat", {**change, "alasan": "ya"})
    assert (short.status_code, "paling sedikit 10 huruf" in text(short)) == (422, True)
    sent = operator.sends("/kendali/tenggat", {**change, "alasan": WHY})
    assert sent.status_code == 303
    works(application)

    assert f"{count} berhasil" in text(operator.opens(sent.headers["Location"]))
    assert task.due_at is not None
    assert employee.tasks()[0].due_at == task.due_at + timedelta(days=7)
    assert WHY in text(employee.opens(f"/perkara/{task.case_id}"))
    with application.engine.database.connect() as connection:
        told = connection.scalars(sa.select(OutboxRow.payload).where(OutboxRow.case_id == task.case_id)).all()
    assert "due_changed" in [payload["template"] for payload in told]


def test_days_of_work_are_counted_by_the_agencys_calendar(visit: Visit, application: Application) -> None:
    operator = visit("operator")
    task = visit("employee").tasks()[0]
    assert task.due_at is not None
    page = text(operator.opens("/kendali/tenggat?cara=kerja&hari=10"))
    zone = application.settings.zone
    due = application.engine.deadlines.moved(task, NewDue(days=10, working=True))
    assert due > task.due_at + timedelta(days=13) and due.astimezone(zone).time() == task.due_at.astimezone(zone).time()
    assert due.astimezone(zone).isoformat(timespec="seconds") in page


def test_a_long_hold_offers_to_move_on_what_passed(visit: Visit, application: Application, clock: VirtualClock) -> None:
    operator, employee = visit("operator"), visit("employee")
    task = employee.tasks()[0]
    path = f"/kendali/{task.case_id}"
    operator.opens(f"{path}/tangguhkan")
    operator.sends(f"{path}/tangguhkan", {"alasan": WHY})
    assert 'name="geser"' not in text(operator.opens(f"{path}/lanjutkan"))
    clock.advance(timedelta(days=40))
    visitor = visit("operator")
    assert 'name="geser"' in text(visitor.opens(f"{path}/lanjutkan"))

    visitor.sends(f"{path}/lanjutkan", {"alasan": WHY, "geser": "ya"})

    assert task.due_at is not None
    assert visit("employee").tasks()[0].due_at == task.due_at + timedelta(days=40)


@pytest.mark.parametrize("part", ["employee", "auditor", "process_owner"])
def test_only_operators_change_due_dates(visit: Visit, part: str) -> None:
    visitor = visit(part)
    assert visitor.opens("/kendali/tenggat").status_code == 403
    assert visitor.sends("/kendali/tenggat", {"cara": "hari", "hari": "3", "alasan": WHY}).status_code == 403


@pytest.fixture
def closes(address: str) -> Iterator[ExitStack]:
    """Windows that are closed before the server is, whatever happens."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (PHONE, False), (PHONE, True)])
def test_due_dates_are_moved_in_a_browser(
    browser: Browser, address: str, application: Application, closes: ExitStack, width: int, scripts: bool
) -> None:
    screen = Screen(browser, address, width=width, scripts=scripts)
    closes.callback(screen.closes)
    screen.signs_in("operator", PASSWORD)
    screen.opens("/kendali/tenggat")
    screen.page.fill("#hari", "5")
    screen.page.click("button:has-text('Lihat siapa yang terkena')")
    assert not scripts or screen.violations() == []
    screen.page.fill("#alasan", WHY)
    screen.page.click("button:has-text('Ubah tenggat 16 tugas')")
    works(application)
    screen.page.reload()
    assert screen.page.locator("text=16 berhasil").count()
    assert screen.troubles == []
