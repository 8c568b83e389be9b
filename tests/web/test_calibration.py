"""The calibration page as a leader sees it."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from engine.bootstrap import Application
from engine.cycle.models import RatingRow
from engine.runtime.values import SYSTEM
from tests.web.browser import DESK, PHONE, Screen
from tests.web.conftest import PASSWORD, Cast, Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def unit(application: Application, visit: Visit) -> str:
    """The unit of the appraiser, whose people all have cases; the agency above it was rated BAIK."""
    chief = application.cycle.employee(visit("appraiser").actor.person, by=SYSTEM).employee.unit
    assert chief is not None
    top = next(one.id for one in application.cycle.units(by=SYSTEM) if one.parent is None)
    application.cycle.predicates.decree(top, "2026", "BAIK", "LKjIP 2026", by=SYSTEM)
    return chief


def is_rated(application: Application, visit: Visit, unit: str) -> str:
    """The employee was found good; gives the employee's id."""
    person = visit("employee").actor.person
    case = application.engine.cases(by=visit("employee").actor).items[0].id
    row: dict[str, object] = {"case_id": UUID(str(case)), "cycle_id": "2026", "subject": person, "unit_id": unit}
    ratings = {"result_rating": "SESUAI_EKSPEKTASI", "behaviour_rating": "SESUAI_EKSPEKTASI", "predicate": "BAIK"}
    given = {"period": "annual", "status": "USULAN", "given_at": application.engine.clock.now()}
    with application.engine.database.begin() as connection:
        connection.execute(sa.insert(RatingRow).values({**row, **ratings, **given}))
    return person


def test_a_leader_tries_a_change_and_sees_the_whole(unit: str, visit: Visit, application: Application) -> None:
    person, chief = is_rated(application, visit, unit), visit("appraiser")

    listed = chief.opens("/kalibrasi").get_data(as_text=True)
    assert f"/kalibrasi/2026/{unit}" in listed
    page = chief.opens(f"/kalibrasi/2026/{unit}").get_data(as_text=True)
    assert "15 pegawai belum dinilai" in page or "14 pegawai belum dinilai" in page
    assert "Masih dapat dipenuhi" in page
    tried = f"?pegawai={person}&hasil=DI_BAWAH_EKSPEKTASI&perilaku=SESUAI_EKSPEKTASI"
    page = chief.opens(f"/kalibrasi/2026/{unit}{tried}").get_data(as_text=True)
    assert "Sebaran setelah perubahan" in page
    assert "semula 1" in page

    refused = chief.opens(f"/kalibrasi/2026/{unit}?pegawai={person}")
    assert refused.status_code == 422
    assert "Pilih nilai hasil kerja" in refused.get_data(as_text=True)


def test_the_page_is_for_leaders_and_performance_teams_alone(unit: str, visit: Visit) -> None:
    for part in ("employee", "colleague", "auditor", "operator", "process_owner"):
        visitor = visit(part)
        assert visitor.opens("/kalibrasi").status_code == 403
        assert visitor.opens(f"/kalibrasi/2026/{unit}").status_code == 403
        assert 'href="/kalibrasi"' not in visitor.opens("/tentang").get_data(as_text=True)
    for part in ("appraiser", "personnel"):
        visitor = visit(part)
        assert 'href="/kalibrasi"' in visitor.opens("/tentang").get_data(as_text=True)
        assert visitor.opens("/kalibrasi").status_code == 200
    assert visit("appraiser").opens("/kalibrasi/2026/tidak-ada").status_code == 404


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_change_is_seen_at_once_where_there_are_scripts(
    width: int, unit: str, visit: Visit, application: Application, cast: Cast, browser: Browser, address: str
) -> None:
    person = is_rated(application, visit, unit)
    screen = Screen(browser, address, width=width)
    screen.signs_in(cast.appraiser, PASSWORD)
    screen.opens(f"/kalibrasi/2026/{unit}")
    for name, value in (("pegawai", person), ("hasil", "DI_ATAS_EKSPEKTASI"), ("perilaku", "DI_ATAS_EKSPEKTASI")):
        screen.page.select_option(f"#{name}", value)
    expect(screen.page.locator("#coba")).to_contain_text("Sebaran setelah perubahan")
    assert screen.violations() == []
    assert screen.troubles == []
    screen.closes()
