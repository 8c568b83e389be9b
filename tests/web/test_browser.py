"""In a real browser: nothing that axe objects to, nothing wider than a phone, and the same work with scripts and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor, skp_answers

Visit = Callable[[str], Visitor]


def finished(visit: Visit, application: Application) -> str:
    """The colleague's SKP, sent; gives the case's address."""
    colleague = visit("colleague")
    task = colleague.tasks()[0]
    answers = skp_answers(application, task, colleague.actor)
    application.engine.complete_task(task.id, answers, revision=task.revision, key="sent", by=colleague.actor)
    return f"/perkara/{task.case_id}"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, address: str, visit: Visit, application: Application, cast: Cast, width: int
) -> None:
    task, case = visit("employee").tasks()[0], finished(visit, application)
    opening = application.cycle.openings("2026", by=SYSTEM)[0].id
    places = {
        "employee": ("/", "/tugas?kotak=selesai", f"/tugas/{task.id}", "/perkara", "/profil", "/tentang", "/tidak-ada"),
        "colleague": ("/tugas?kotak=selesai", case, f"{case}/isian/2"),
        "personnel": (
            "/siklus",
            "/siklus/2026",
            f"/siklus/2026/pembukaan/{opening}",
            "/pegawai",
            f"/pegawai/{task.subject}",
            "/impor",
        ),
        "operator": (
            "/gangguan",
            "/kendali",
            f"/kendali/{task.case_id}",
            f"/kendali/{task.case_id}/tangguhkan",
            f"/kendali/{task.case_id}/tenggat?tugas={task.id}",
            f"/kendali/{task.case_id}/data?kunci=cycle",
            f"/kendali/{task.case_id}/kembalikan",
            "/pekerjaan",
        ),
    }
    found = {}
    for part, paths in places.items():
        screen = Screen(browser, address, width=width)
        screen.opens("/masuk")
        found["/masuk"] = screen.violations()
        screen.signs_in(getattr(cast, part, part), PASSWORD)
        for path in paths:
            screen.opens(path)
            found[path] = screen.violations()
        assert screen.troubles == []
        screen.closes()

    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_on_a_form_with_errors_and_its_check_page(
    browser: Browser, address: str, visit: Visit, application: Application, cast: Cast, width: int
) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    screen = Screen(browser, address, width=width)
    screen.signs_in(cast.employee, PASSWORD)
    screen.opens(f"/tugas/{task.id}")
    screen.page.click('button[value="check"]')
    expect(screen.page.locator(".govuk-error-summary")).to_be_visible()
    assert screen.violations() == []

    answers = skp_answers(application, task, employee.actor)
    revision = application.engine.task(task.id, by=employee.actor).task.revision
    application.engine.save_draft(task.id, answers, revision=revision, by=employee.actor)
    screen.opens(f"/tugas/{task.id}/periksa")
    assert screen.violations() == []
    screen.page.check("#pernyataan")
    screen.page.click('main button:has-text("Kirim")')
    expect(screen.page.locator(".govuk-panel__title")).to_have_text("Terkirim")
    assert screen.violations() == []
    assert screen.troubles == []
    screen.closes()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_grows_by_a_row_and_keeps_its_text(
    browser: Browser, address: str, visit: Visit, cast: Cast, scripts: bool
) -> None:
    task = visit("employee").tasks()[0]
    screen = Screen(browser, address, width=PHONE, scripts=scripts)
    screen.signs_in(cast.employee, PASSWORD)
    screen.opens(f"/tugas/{task.id}")
    result = screen.page.locator('[name="rhk.0.rhk"]')
    result.fill("Seluruh puskesmas memberi layanan sesuai standar")
    screen.page.click('button[value="add:rhk"]')

    expect(screen.page.locator('[name="rhk.1.rhk"]')).to_have_count(1)
    expect(result).to_have_value("Seluruh puskesmas memberi layanan sesuai standar")
    assert screen.troubles == []
    screen.closes()


def test_typing_is_saved_by_itself_and_goes_on_undisturbed(
    browser: Browser, address: str, visit: Visit, cast: Cast, application: Application
) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    screen = Screen(browser, address)
    screen.signs_in(cast.employee, PASSWORD)
    screen.opens(f"/tugas/{task.id}")
    result = screen.page.locator('[name="rhk.0.rhk"]')
    result.click()
    result.press_sequentially("Menurunnya angka stunting")
    expect(screen.page.locator("#status")).to_contain_text("ersimpan")
    expect(screen.page.locator("#f")).to_have_attribute("data-revision", "2")
    result.press_sequentially(" di kecamatan")

    expect(screen.page.locator("#f")).to_have_attribute("data-revision", "3")
    expect(result).to_have_value("Menurunnya angka stunting di kecamatan")
    expect(result).to_be_focused()
    stored = application.engine.task(task.id, by=employee.actor).answers
    assert stored["rhk"][0]["rhk"] == "Menurunnya angka stunting di kecamatan"
    assert screen.troubles == []
    screen.closes()


def test_a_whole_task_is_done_without_scripts(
    browser: Browser, address: str, visit: Visit, cast: Cast, application: Application
) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    application.engine.save_draft(
        task.id, skp_answers(application, task, employee.actor), revision=task.revision, by=employee.actor
    )
    screen = Screen(browser, address, width=PHONE, scripts=False)
    screen.signs_in(cast.employee, PASSWORD)
    screen.page.click("text=Susun SKP")
    screen.page.click('button[value="check"]')
    screen.page.check("#pernyataan")
    screen.page.click('main button:has-text("Kirim")')

    expect(screen.page.locator(".govuk-panel__title")).to_have_text("Terkirim")
    assert employee.tasks() == []
    screen.closes()


def test_the_diagram_shows_where_the_case_stands(
    browser: Browser, address: str, visit: Visit, cast: Cast, application: Application
) -> None:
    case = finished(visit, application)
    screen = Screen(browser, address)
    screen.signs_in(cast.colleague, PASSWORD)
    screen.opens(case)

    expect(screen.page.locator('[data-element-id="hold_dialogue"].is-now')).to_be_visible()
    expect(screen.page.locator('[data-element-id="draft_skp"].is-done')).to_be_attached()
    assert screen.troubles == []
    screen.closes()


def test_an_operator_chooses_cases_by_hand_and_watches_them_being_held(
    browser: Browser, address: str, application: Application
) -> None:
    for scripts in (True, False):
        screen = Screen(browser, address, width=PHONE, scripts=scripts)
        screen.signs_in("operator", PASSWORD)
        screen.opens("/kendali")
        for box in screen.page.locator("input[name=pilih]").all()[:2]:
            box.click()
        screen.page.fill("#alasan", "Menunggu putusan badan kepegawaian.")
        screen.page.get_by_role("button", name="Tangguhkan" if scripts else "Lanjutkan", exact=True).click()
        expect(screen.page.get_by_role("status")).to_contain_text("Sedang berjalan")
        application.engine.batches.run()
        if not scripts:
            screen.page.reload()
        expect(screen.page.locator("#kemajuan")).to_contain_text("2 berhasil")
        if scripts:
            assert screen.violations() == []
        assert screen.troubles == []
        screen.closes()
