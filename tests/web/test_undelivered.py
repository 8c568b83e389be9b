"""Mails and messages that were given up, as an operator sees them: none, many, and another try for one or for all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import MAX_ATTEMPTS, Effect
from engine.runtime.values import Actor
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD

OPERATOR = Actor("operator", roles=frozenset({"operator"}))


@pytest.fixture
def closes(address: str) -> Iterator[ExitStack]:
    """Windows that are closed before the server is, whatever happens."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def given_up(application: Application, clock: VirtualClock) -> Callable[[int], None]:
    """Queue mails again that were sent at the opening of the year, and let their server be away until they are given up."""

    def make(count: int) -> None:
        engine = application.engine
        case = engine.operations.find(by=OPERATOR).items[0]
        with engine.database.begin() as connection:
            rows = [_queued(case.id, number, clock) for number in range(count)]
            connection.execute(sa.insert(OutboxRow), rows)
        for _ in range(MAX_ATTEMPTS + 1):
            engine.flush_outbox(_away, limit=count)
            clock.advance(timedelta(days=1))
        assert engine.operations.undelivered(by=OPERATOR).total == count

    return make


def _queued(case: object, number: int, clock: VirtualClock) -> dict[str, object]:
    return {
        "key": f"{case}/1/{number + 100}",
        "case_id": case,
        "kind": "mail",
        "payload": {"template": "notice", "performers": ["employee"], "data": {}},
        "status": "new",
        "attempts": 0,
        "next_at": clock.now(),
    }


def _away(effect: Effect) -> None:
    raise ConnectionRefusedError("surat.contoh.go.id: sambungan ditolak")


@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (PHONE, True), (PHONE, False)])
def test_what_was_given_up_is_tried_again_one_by_one_and_all_at_once(
    browser: Browser,
    address: str,
    application: Application,
    given_up: Callable[[int], None],
    closes: ExitStack,
    width: int,
    scripts: bool,
) -> None:
    screen = Screen(browser, address, width=width, scripts=scripts)
    closes.callback(screen.closes)
    screen.signs_in("operator", PASSWORD)
    screen.opens("/gangguan/kiriman")
    assert screen.page.locator("text=Semua kiriman sampai.").count()
    assert not scripts or screen.violations() == []
    given_up(53)

    screen.opens("/gangguan/kiriman")
    assert screen.page.locator("text=surat.contoh.go.id").count() == 50
    assert not scripts or screen.violations() == []
    screen.page.click("text=Berikutnya")
    assert screen.page.locator("text=surat.contoh.go.id").count() == 3
    screen.opens("/gangguan/kiriman")
    screen.page.locator("input[name=pilih]").first.check()
    screen.page.click("button:has-text('Coba lagi yang dipilih')")
    assert screen.page.locator("text=1 kiriman dicoba lagi").count()
    screen.page.click("button:has-text('Coba lagi semua')")

    assert screen.page.locator("text=52 kiriman dicoba lagi").count()
    assert screen.page.locator("text=Semua kiriman sampai.").count()
    sent: list[Effect] = []
    while application.engine.flush_outbox(sent.append):
        pass
    assert len([effect for effect in sent if effect.payload["template"] == "notice"]) == 53
    assert screen.troubles == []
