"""The page of the organisation predicate."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor

Visit = Callable[[str], Visitor]
WHY = "LKjIP 2026 dan arahan pimpinan"


@pytest.fixture
def unit(application: Application, visit: Visit) -> str:
    """The unit that the employee's appraiser leads."""
    chief = application.cycle.employee(visit("appraiser").actor.person, by=SYSTEM).employee.unit
    assert chief is not None
    return chief


def test_units_are_listed_and_personnel_enter_a_decree_once_with_its_number(visit: Visit, unit: str) -> None:
    office, place = visit("personnel"), f"/predikat-organisasi/2026/{unit}"

    page = office.opens("/predikat-organisasi").get_data(as_text=True)
    assert place in page
    assert "belum mempunyai predikat" in page
    refused = office.sends(place, {"cara": "keputusan", "predicate": "", "reason": "ya"})
    assert refused.status_code == 422
    assert "Pilih salah satu" in refused.get_data(as_text=True)
    assert office.sends(place, {"cara": "keputusan", "predicate": "BAIK", "reason": "SK 12/2027"}).status_code == 302
    page = office.opens(place).get_data(as_text=True)
    assert "SK 12/2027" in page
    assert "Alasan koreksi" in page


def test_who_leads_nothing_above_reads_or_is_turned_away(visit: Visit, unit: str) -> None:
    place = f"/predikat-organisasi/2026/{unit}"

    assert visit("employee").opens(place).status_code == 403
    for part in ("appraiser", "auditor"):
        page = visit(part).opens(place)
        assert page.status_code == 200
        assert "<form method=" not in page.get_data(as_text=True).split("<main")[1]
        assert visit(part).sends(place, {"cara": "nilai", "pk": "DI_ATAS_EKSPEKTASI",
                                         "expectation": "DI_ATAS_EKSPEKTASI", "reason": WHY}).status_code == 403  # fmt: skip
    assert visit("auditor").opens("/predikat-organisasi/2026/tidak-ada").status_code == 404


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_fit_a_phone_and_a_desk(width: int, unit: str, cast: Cast, browser: Browser, address: str) -> None:
    screen = Screen(browser, address, width=width)
    screen.signs_in(cast.personnel, PASSWORD)
    for place in ("/predikat-organisasi", f"/predikat-organisasi/2026/{unit}"):
        screen.opens(place)
        assert screen.violations() == []
        assert screen.troubles == []
    screen.closes()
