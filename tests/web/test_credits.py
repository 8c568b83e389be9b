"""The pages about credits: an official's own, the list for who cares for units, the file for the personnel system."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.cycle.models import HoldingRow, PostRow, RatingRow
from engine.db import new_id
from tests.web.conftest import Cast, Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def official(application: Application, cast: Cast) -> str:
    """The employee as Ahli Muda with a final year; gives the person."""
    account = application.cycle.account_of(cast.employee)
    assert account is not None
    with application.engine.database.begin() as connection:
        post = sa.select(HoldingRow.post_id).where(HoldingRow.employee_id == account.person)
        connection.execute(sa.update(PostRow).where(PostRow.id.in_(post)).values(tier="Ahli Muda"))
        connection.execute(
            sa.insert(RatingRow).values(
                case_id=new_id(),
                cycle_id="2026",
                subject=account.person,
                unit_id="unit-00",
                period="annual",
                predicate="BAIK",
                status="FINAL",
                given_at=application.engine.clock.now(),
                superseded=False,
            )
        )
    return account.person


def test_an_official_reads_conversion_accumulation_and_what_is_missing(visit: Visit, official: str) -> None:
    page = visit("employee").opens("/angka-kredit/saya").get_data(as_text=True)

    assert "Jumlah dalam jenjang Ahli Muda: 25" in page
    assert "25 dari 100" in page
    assert "kurang 75" in page
    assert visit("colleague").opens(f"/angka-kredit/pegawai/{official}").status_code == 403
    assert visit("employee").opens("/angka-kredit").status_code == 403


def test_who_cares_for_units_reads_the_list_and_takes_it_along(visit: Visit, official: str) -> None:
    page = visit("auditor").opens("/angka-kredit").get_data(as_text=True)
    file = visit("auditor").opens("/angka-kredit/unduh").get_data(as_text=True)

    assert f"/angka-kredit/pegawai/{official}" in page
    assert "Jumlah 25 dari 100 untuk naik pangkat" in page
    assert "Ahli Muda,25.00,75.00,175.00,0" in file
    assert "/angka-kredit" in visit("personnel").opens("/pegawai").get_data(as_text=True)


def test_who_has_no_functional_post_is_told_so(visit: Visit) -> None:
    assert "hanya untuk pejabat fungsional" in visit("operator").opens("/angka-kredit/saya").get_data(as_text=True)
