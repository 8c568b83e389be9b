"""What people do most, walked in a browser and counted: pages, clicks, and never a dead end."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from engine.runtime.values import Actor
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import OPENED, PASSWORD, filled, settings_of
from tests.web.wide import SUBORDINATES, Span, wide_agency


@pytest.fixture(scope="session")
def wide_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Span]:
    folder = tmp_path_factory.mktemp("wide")
    return folder, wide_agency(folder, sqlite_template)


@pytest.fixture
def span(wide_folder: tuple[Path, Span]) -> Span:
    return wide_folder[1]


@pytest.fixture
def application(wide_folder: tuple[Path, Span], tmp_path: Path, clock: VirtualClock) -> Iterator[Application]:
    """The agency of seventeen below one, a copy of one's own."""
    shutil.copytree(wide_folder[0], tmp_path / "data")
    started = start(settings_of(tmp_path / "data"), clock)
    yield started
    started.engine.database.dispose()


class Walk:
    """A window in which pages and clicks are counted."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.page, self.clicks = screen, screen.page, 0
        self.visited: list[str] = []  # addresses, in order
        screen.page.on("framenavigated", self._arrived)

    def _arrived(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.visited.append(frame.url.removeprefix(self.screen.address))

    def clicks_on(self, what: str) -> None:
        self.clicks += 1
        self.page.locator(what).first.click()


def holds_dialogue(walk: Walk) -> None:
    """Note what was agreed, check, declare, send."""
    page = walk.page
    page.fill('[name="tanggal"]', "2026-01-05")
    page.fill('[name="topik"]', "Target cakupan dan dukungan anggaran tahun ini.")
    page.fill('[name="kesepakatan"]', "Target dinaikkan setelah data dasar diperiksa.")
    page.check('[name="sepakat"][value="SEPAKAT"]')
    page.click('button[value="check"]')
    page.wait_for_url("**/periksa")
    page.check("#pernyataan")
    page.click('main button:has-text("Kirim")')
    expect(page.locator(".govuk-panel__title")).to_have_text("Terkirim")


def whose(page: Page) -> str:
    return page.locator(".siklus-over").first.inner_text().split(" · ")[0]


def holds_all_but(application: Application, head: Actor, left: int) -> None:
    """The same dialogues, held without a browser, until so many are left."""
    engine = application.engine
    for task in engine.inbox(by=head, element="hold_dialogue", limit=SUBORDINATES).items[left:]:
        answers = filled(application, task, head, sepakat="SEPAKAT")
        engine.complete_task(task.id, answers, revision=task.revision, key=str(task.id), by=head)


def test_an_appraiser_of_seventeen_is_led_from_review_to_review(
    browser: Browser, address: str, span: Span, application: Application
) -> None:
    walk = Walk(Screen(browser, address, width=PHONE))
    screen, page = walk.screen, walk.page
    screen.signs_in(span.login, PASSWORD)
    page.select_option("#jenis", label=f"Lakukan dialog kinerja ({SUBORDINATES})")
    page.click("main form[role=search] button")
    expect(page.locator(".siklus-row")).to_have_count(SUBORDINATES)
    assert screen.violations() == []
    titles = page.locator(".siklus-row__title").all_inner_texts()
    assert len(set(titles)) == SUBORDINATES, "each says whom it is about"

    walk.clicks_on(".siklus-row__title a")
    page.wait_for_selector("#f")
    seen, before = [whose(page)], len(walk.visited) - 1
    for left in range(SUBORDINATES - 1, SUBORDINATES - 4, -1):
        expect(page.locator("main")).to_contain_text(f"{left} tugas serupa lagi")
        holds_dialogue(walk)
        expect(page.locator("main")).to_contain_text(f"Masih {left} tugas serupa")
        walk.clicks_on("text=Kerjakan berikutnya")
        page.wait_for_selector("#f")
        seen.append(whose(page))
    pages = list(dict.fromkeys(walk.visited[before:]))  # each once: a form that is sent comes back to its own address
    assert len(pages) == 1 + 3 * 3, "her first task; then what she checks, the receipt, and the next one"
    assert all(place.startswith("/tugas/") for place in pages), "never the list"
    walk.clicks_on("text=Lewati:")
    page.wait_for_function("name => !document.querySelector('.siklus-over').textContent.startsWith(name)", arg=seen[-1])
    assert len({*seen, whose(page)}) == 5

    holds_all_but(application, Actor(span.head), 1)
    screen.opens("/tugas?jenis=hold_dialogue")
    walk.clicks_on(".siklus-row__title a")
    holds_dialogue(walk)
    assert screen.violations() == []
    expect(page.locator("main")).to_contain_text("Susun SKP")
    walk.clicks_on("text=Kerjakan berikutnya")
    expect(page.locator("h1")).to_contain_text("Susun SKP")
    screen.opens("/tugas?jenis=hold_dialogue")
    expect(page.locator("main")).to_contain_text("Tidak ada lagi tugas jenis ini")
    screen.opens("/")
    expect(page.locator("#jenis")).to_contain_text(f"Tetapkan SKP ({SUBORDINATES})")
    assert screen.troubles == []
    screen.closes()


def test_the_team_reminds_every_late_person_of_a_unit_in_three_clicks(
    browser: Browser, address: str, span: Span, application: Application, clock: VirtualClock
) -> None:
    clock.go_to(OPENED + timedelta(days=11))  # SKPs were due on 14 January; no worker has looked yet
    walk = Walk(Screen(browser, address, width=DESK))
    walk.screen.signs_in(span.team, PASSWORD)

    walk.clicks_on('nav a:has-text("Laporan")')
    unit = 'a[href*="/laporan/terlambat"][href*="unit=unit-22"]'
    late = int(walk.page.locator(unit).first.inner_text().split()[0])
    walk.clicks_on(unit)
    walk.clicks_on('button:has-text("Ingatkan yang dipilih")')

    assert late > 0
    assert walk.clicks == 3
    expect(walk.page.locator("main")).to_contain_text("pengingat dikirim")
    assert walk.page.locator("text=hari ini sudah").count() >= late
    assert walk.page.locator('[name="tugas"]').count() == 0, "nobody was left out"
    assert walk.screen.violations() == walk.screen.troubles == []
    walk.screen.closes()


def test_an_employee_reads_on_one_page_what_is_expected_by_when_and_what_comes_after(
    browser: Browser, address: str, span: Span
) -> None:
    for login, now in ((span.employee, "Sekarang ditunggu: Dialog kinerja"), (span.login, "Susun SKP")):
        walk = Walk(Screen(browser, address, width=PHONE))
        walk.screen.signs_in(login, PASSWORD)
        walk.clicks_on("text=Setelah ini")
        first = walk.page.locator("section.siklus-card").first
        expect(first).to_contain_text(now)
        expect(first).to_contain_text("Januari 2026")
        folded = walk.page.locator("main details:not([open]) > summary")
        while folded.count():
            folded.first.click()
        page = walk.page.locator("main").inner_text()
        told = ("paling lambat 31 Januari 2026", "Bila tidak", "Anda menerima hasil evaluasi", "mengajukan keberatan")
        assert [words for words in told if words not in page] == []
        assert walk.clicks == 1
        assert walk.screen.violations() == walk.screen.troubles == []
        walk.screen.closes()
