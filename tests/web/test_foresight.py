"""The plan of letters as process owners see it."""

from collections.abc import Callable

import sqlalchemy as sa

from engine.bootstrap import Application
from engine.cycle.models import EmployeeRow
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]


def test_a_plan_is_made_and_read_by_day_and_by_person(visit: Visit, application: Application) -> None:
    with application.engine.database.begin() as connection:
        connection.execute(sa.update(EmployeeRow).values(email=EmployeeRow.id + "@sukamaju.go.id"))
    owner = visit("process_owner")
    assert "Belum ada rencana" in owner.opens("/rencana-surat").get_data(as_text=True)

    assert owner.sends("/rencana-surat", {"hari": "12"}).status_code == 302
    assert 'hx-trigger="every 2s"' in owner.opens("/rencana-surat").get_data(as_text=True)
    while application.engine.batches.run():
        pass
    page = owner.opens("/rencana-surat").get_data(as_text=True)

    assert "12 Januari 2026" in page  # the reminders of Sunday leave on Monday morning
    assert "hx-trigger" not in page
    first = application.foresight.readers(by=owner.actor).items[0]
    assert "Pengingat: Susun SKP" in owner.opens(f"/rencana-surat/{first.person}").get_data(as_text=True)


def test_nonsense_is_refused_and_others_see_nothing(visit: Visit) -> None:
    owner = visit("process_owner")
    owner.opens("/rencana-surat")
    owner.sends("/rencana-surat", {"hari": "seminggu"})
    assert "Pilih 1 sampai 60 hari." in owner.opens("/rencana-surat").get_data(as_text=True)
    assert visit("employee").opens("/rencana-surat").status_code == 403
    assert visit("auditor").sends("/rencana-surat", {"hari": "12"}).status_code == 403
