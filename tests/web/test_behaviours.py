"""What scripts add to pages: typed text survives a lost connection, keys walk the inbox, picture and timeline meet."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from engine.bootstrap import Application
from tests.web.browser import Screen
from tests.web.conftest import PASSWORD, Cast, Visitor, filled

TYPED = "Seluruh puskesmas memberi layanan gizi"


@pytest.fixture
def screen(browser: Browser, address: str, cast: Cast) -> Iterator[Screen]:
    """The employee's window, signed in."""
    made = Screen(browser, address)
    made.signs_in(cast.employee, PASSWORD)
    yield made
    made.closes()


def types_without_connection(screen: Screen, path: str) -> str:
    """Write into the first large field after the connection is gone; gives the field's name."""
    screen.opens(path)
    box = screen.page.locator("#f textarea").first
    screen.context.set_offline(True)
    box.fill(TYPED)
    expect(screen.page.locator("[data-autosave-status]")).to_contain_text("Sambungan terputus", timeout=8_000)
    return box.get_attribute("name") or ""


def test_what_was_typed_without_a_connection_is_sent_when_it_is_back(
    screen: Screen, app: Flask, application: Application, cast: Cast
) -> None:
    employee = Visitor(app, application, cast.employee)
    types_without_connection(screen, f"/tugas/{employee.tasks()[0].id}")

    screen.context.set_offline(False)

    expect(screen.page.locator("[data-autosave-status]")).to_contain_text("ersimpan", timeout=20_000)
    assert TYPED in str(application.engine.task(employee.tasks()[0].id, by=employee.actor).answers)


def test_what_was_typed_before_the_window_was_closed_is_offered_again(
    screen: Screen, app: Flask, application: Application, cast: Cast
) -> None:
    path = f"/tugas/{Visitor(app, application, cast.employee).tasks()[0].id}"
    name = types_without_connection(screen, path)
    screen.page.close()
    screen.context.set_offline(False)

    other = screen.context.new_page()
    other.goto(screen.address + path)
    expect(other.locator(".siklus-kept")).to_contain_text("belum sampai ke server")
    other.get_by_role("button", name="Pulihkan").click()

    expect(other.locator(f'[name="{name}"]')).to_have_value(TYPED)
    expect(other.locator("[data-autosave-status]")).to_contain_text("ersimpan pukul", timeout=8_000)


def test_j_and_k_walk_the_inbox_and_enter_opens(screen: Screen) -> None:
    screen.opens("/")

    screen.page.keyboard.press("j")
    link = screen.page.locator("[data-row] a:focus, a[data-row]:focus")
    expect(link).to_have_count(1)
    screen.page.keyboard.press("Enter")

    screen.page.wait_for_url("**/tugas/**")


def test_an_element_of_the_picture_and_its_entry_point_at_each_other(
    screen: Screen, app: Flask, application: Application, cast: Cast
) -> None:
    employee = Visitor(app, application, cast.employee)
    task = employee.tasks()[0]
    answers = filled(application, task, employee.actor, klasifikasi="UTAMA")
    application.engine.complete_task(task.id, answers, revision=task.revision, key="k1", by=employee.actor)
    screen.opens(f"/perkara/{task.case_id}")
    entry = screen.page.locator('[data-element="draft_skp"]').and_(screen.page.locator("li")).first
    screen.page.wait_for_selector(".djs-shape")

    entry.get_by_role("button", name="Tunjukkan di diagram").click()
    shape = screen.page.locator('.djs-shape[data-element-id="draft_skp"]')
    expect(shape).to_have_class(re.compile("is-done.*selected"))
    assert "is-selected" in (entry.get_attribute("class") or "")
    assert screen.troubles == []
