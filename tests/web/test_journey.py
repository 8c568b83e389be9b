"""The first weeks of a year, clicked through: goals set on a phone, sent back with a comment, mended, accepted."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Browser, Page, expect

from engine.bootstrap import Application
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor

COMMENT = "Targetnya terlalu rendah, naikkan ke 90 persen."


def test_goals_are_set_sent_back_mended_and_accepted(
    browser: Browser,
    address: str,
    visit: Callable[[str], Visitor],
    cast: Cast,
    application: Application,
) -> None:
    boss = visit("appraiser")
    case = next(case for case in application.engine.cases(by=visit("employee").actor).items)
    employee = Screen(browser, address, width=PHONE)
    employee.signs_in(cast.employee, PASSWORD)
    employee.page.click("text=Susun SKP")
    writes_a_plan(employee.page)
    sends(employee.page)

    appraiser = Screen(browser, address, width=DESK)
    appraiser.signs_in(cast.appraiser, PASSWORD)
    agrees(appraiser, boss, case.id)
    decides(appraiser, boss, case.id, "KEMBALIKAN")

    employee.opens("/")
    expect(employee.page.locator("main")).to_contain_text("Dikembalikan")
    employee.page.click("text=Susun SKP")
    expect(employee.page.locator("main")).to_contain_text(COMMENT)
    target = employee.page.locator('[name="rhk.0.indikator.0.target_nilai"]')
    expect(target).to_have_value("80")
    target.fill("90")
    sends(employee.page)

    agrees(appraiser, boss, case.id)
    decides(appraiser, boss, case.id, "TETAPKAN")

    employee.opens(f"/perkara/{case.id}")
    timeline = employee.page.locator("main")
    expect(timeline).to_contain_text(COMMENT)
    expect(timeline).to_contain_text("1 isian berubah")
    assert application.engine.case(case.id, by=boss.actor).case.phase == "implementation"
    assert employee.troubles == appraiser.troubles == []
    employee.closes()
    appraiser.closes()


def writes_a_plan(page: Page) -> None:
    """Two results with two indicators each, and the annexes."""
    page.click('button[value="add:rhk"]')
    expect(page.locator('[name="rhk.1.rhk"]')).to_have_count(1)
    for number, result in enumerate(("Meningkatnya cakupan paket gizi lengkap", "Menurunnya keluhan layanan gizi")):
        row = f"rhk.{number}"
        chooses(page, f"{row}.klasifikasi", "UTAMA")
        page.select_option(f'[name="{row}.rhk_pimpinan"]', f"PK:{number + 1}")
        page.fill(f'[name="{row}.rhk"]', f"{result} di seluruh kecamatan")
        chooses(page, f"{row}.metode", "NON_DIRECT")
        chooses(page, f"{row}.jenis_hasil", "RESULT")
        chooses(page, f"{row}.pendekatan", "KUANTITATIF")
        expect(page.locator(f'[name="{row}.indikator.0.iki"]')).to_be_visible()
        page.click(f'button[value="add:{row}.indikator"]')
        expect(page.locator(f'[name="{row}.indikator.1.iki"]')).to_be_visible()
        for place, aspect in enumerate(("KUANTITAS", "KUALITAS")):
            indicator = f"{row}.indikator.{place}"
            page.select_option(f'[name="{indicator}.aspek"]', aspect)
            page.fill(f'[name="{indicator}.iki"]', "Cakupan layanan")
            chooses(page, f"{indicator}.polaritas", "NAIK")
            page.fill(f'[name="{indicator}.target_nilai"]', "80")
            page.fill(f'[name="{indicator}.satuan"]', "persen")
    page.select_option('[name="dukungan.0.kategori"]', "ANGGARAN")
    page.fill('[name="dukungan.0.uraian"]', "Anggaran paket gizi")
    page.select_option('[name="pertanggungjawaban.0.jadwal"]', "BULANAN")
    page.fill('[name="pertanggungjawaban.0.kepada"]', "Kepala seksi")
    page.fill('[name="pertanggungjawaban.0.bentuk"]', "Laporan bulanan")
    page.fill('[name="pertanggungjawaban.0.bukti"]', "Rekap cakupan per puskesmas")
    chooses(page, "konsekuensi.0.jenis", "POSITIF")
    page.fill('[name="konsekuensi.0.uraian"]', "Usulan penghargaan")


def chooses(page: Page, name: str, value: str) -> None:
    page.check(f'[name="{name}"][value="{value}"]')


def goes_to(screen: Screen, who: Visitor, element: str, case_id: UUID) -> None:
    """Open the task that this case has for somebody."""
    task = next(task for task in who.tasks() if (task.element, task.case_id) == (element, case_id))
    screen.opens(f"/tugas/{task.id}")


def agrees(screen: Screen, who: Visitor, case_id: UUID) -> None:
    """The appraiser keeps a record of the dialogue."""
    goes_to(screen, who, "hold_dialogue", case_id)
    screen.page.fill('[name="tanggal"]', "2026-01-05")
    screen.page.fill('[name="topik"]', "Target cakupan dan dukungan anggaran tahun ini.")
    screen.page.fill('[name="kesepakatan"]', "Target dinaikkan setelah data dasar diperiksa.")
    chooses(screen.page, "sepakat", "SEPAKAT")
    sends(screen.page)


def decides(screen: Screen, who: Visitor, case_id: UUID, decision: str) -> None:
    """The appraiser sets the plan or sends it back."""
    goes_to(screen, who, "set_skp", case_id)
    chooses(screen.page, "keputusan", decision)
    if decision == "KEMBALIKAN":
        screen.page.fill('[name="catatan"]', COMMENT)
    sends(screen.page)


def sends(page: Page) -> None:
    """Check, declare, send."""
    page.click('button[value="check"]')
    page.wait_for_url("**/periksa")
    page.check("#pernyataan")
    page.click('main button:has-text("Kirim")')
    expect(page.locator(".govuk-panel__title")).to_have_text("Terkirim")
