"""The pages of a rehearsal in a real browser: on a phone, at a desk, without scripts."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.runtime.values import Actor
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD

OWNER = Actor("process_owner", roles=frozenset({"process_owner"}))


@pytest.fixture
def closes(address: str) -> Iterator[ExitStack]:
    """Windows that are closed before the server is, whatever happens."""
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(("width", "scripts"), [(DESK, True), (PHONE, True), (PHONE, False)])
def test_a_rehearsal_is_read_carried_out_and_taken_back(
    browser: Browser, address: str, application: Application, closes: ExitStack, width: int, scripts: bool
) -> None:
    engine = application.engine
    files = engine.loaded().documents.files
    renamed = {name: content.replace(b"draft_skp", b"write_skp") for name, content in files.items()}
    engine.publish_files(renamed, note="Nama langkah menyusun SKP berganti", by=OWNER)
    screen = Screen(browser, address, width=width, scripts=scripts)
    closes.callback(screen.closes)
    screen.signs_in("process_owner", PASSWORD)
    screen.opens("/rancang/gladi")
    assert not scripts or screen.violations() == []

    screen.page.click("button:has-text('Mulai gladi')")
    _works(application)
    screen.page.reload()
    assert screen.page.locator("text=Belum dapat pindah: 16").count()
    screen.page.select_option('[name="ganti.draft_skp"]', "write_skp")
    screen.page.click("button:has-text('Gladi lagi')")
    _works(application)
    screen.page.reload()
    assert not scripts or screen.violations() == []

    screen.page.check("#sure")
    screen.page.click("button:has-text('Pindahkan')")
    _works(application)
    screen.page.reload()
    assert screen.page.locator("text=16 perkara pindah").count()
    assert {case.release for case in engine.cases(by=AUDITOR).items} == {2}

    screen.page.click("button:has-text('Batalkan pemindahan')")
    _works(application)
    screen.page.reload()
    assert screen.page.locator("text=16 perkara kembali").count()
    assert screen.troubles == []


AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))


def _works(application: Application) -> None:
    while application.engine.batches.run():
        pass
