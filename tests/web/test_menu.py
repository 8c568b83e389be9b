"""The main menu holds what fits beside each other; the rest is one menu that opens without scripts."""

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast

OVERFLOW = "list => list.scrollWidth - list.clientWidth"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_place_is_in_sight_or_in_the_menu_of_the_others(
    browser: Browser, address: str, cast: Cast, width: int
) -> None:
    screen = Screen(browser, address, width=width, scripts=False)
    screen.signs_in(cast.personnel, PASSWORD)
    page = screen.page
    others = page.locator(".siklus-nav__more")

    expect(page.locator(".siklus-nav__list > li")).to_have_count(6)
    assert width == PHONE or page.locator(".siklus-nav__list").evaluate(OVERFLOW) <= 0
    expect(others.get_by_role("link", name="Impor")).not_to_be_visible()
    others.locator("summary").click()
    others.get_by_role("link", name="Impor").click()

    expect(page).to_have_url(f"{address}/impor")
    expect(others.locator("summary")).to_have_text("Impor")
    screen.closes()


def test_the_entry_of_the_open_page_is_brought_into_sight_on_a_phone(
    browser: Browser, address: str, cast: Cast
) -> None:
    screen = Screen(browser, address, width=PHONE)
    screen.signs_in(cast.personnel, PASSWORD)

    screen.page.locator(".siklus-nav__list > li").last.get_by_role("link").click()

    expect(screen.page.locator(".siklus-nav__list [aria-current]")).to_be_in_viewport(ratio=0.99)
    assert screen.troubles == []
    screen.closes()
