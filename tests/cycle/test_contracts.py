"""A PPPK whose results fall: coached, counselled, and the renewal of the contract put before the authority in time (WX-14)."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.events.contracts import Contract
from engine.cycle.models import ActionRow, EmployeeKind, EmployeeRow
from engine.errors import FormInvalid
from engine.runtime.values import Actor, Task
from tests.cycle.agency import Agency, example
from tests.cycle.house import Post
from tests.cycle.test_lines import DIAN, TODAY
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import AUDITOR, does, goes_to, happens, plans, year_of

WX14 = example(14)
ENDS = date.fromisoformat(WX14["pegawai"]["akhir_kontrak"])
GIVEN = {  # cells of table D1
    "BAIK": ("SESUAI_EKSPEKTASI", "SESUAI_EKSPEKTASI"),
    "BUTUH_PERBAIKAN": ("DI_BAWAH_EKSPEKTASI", "SESUAI_EKSPEKTASI"),
    "KURANG_MISCONDUCT": ("SESUAI_EKSPEKTASI", "DI_BAWAH_EKSPEKTASI"),
}
LATE = {
    "TW1": date(2026, 4, 11),
    "TW2": date(2026, 7, 11),
    "TW3": date(2026, 10, 11),
}  # the employee's report has lapsed


@pytest.fixture
def contracted(house: tuple[Application, Post], populated: sa.Engine) -> tuple[Application, Post]:
    """Alice works under a contract; dan is the appointing authority."""
    with populated.begin() as connection:
        connection.execute(sa.update(EmployeeRow).where(EmployeeRow.id == "alice").values(kind=EmployeeKind.PPPK))
        Agency(connection).joins("dan", "appointing_authority")
    return house


def waiting(application: Application, person: str) -> dict[str, Task]:
    found = application.engine.inbox(by=Actor(person), limit=200).items
    return {task.element: task for task in found if task.subject == "alice"}


def test_results_that_fall_are_met_and_the_renewal_is_reviewed_by_a_person(
    contracted: tuple[Application, Post], clock: VirtualClock, populated: sa.Engine
) -> None:
    application, post = contracted
    happens(application, Contract("alice", ENDS, "PK-14", TODAY))
    plans(application, "alice", "bob")
    (case,) = year_of(application, "alice")
    after_first, after_second, at, decided = WX14["expect"]
    for period in WX14["periodik"]:
        due = date.fromisoformat(at["tanggal"])
        if clock.now().date() < due < LATE[period["periode"]]:
            goes_to(application, clock, due - timedelta(days=1))
            assert "review_renewal" not in waiting(application, "dan")
            goes_to(application, clock, due)
            assert waiting(application, "dan")["review_renewal"].case_id == case.id, at["dasar"]
        goes_to(application, clock, LATE[period["periode"]])
        hasil, perilaku = GIVEN[period["predikat"]]
        post.mails.clear()
        does(application, "bob", "rate_period", rating_hasil=hasil, rating_perilaku=perilaku)
        does(application, "alice", "acknowledge_period")
        open_now = {task.form: task for task in application.engine.case(case.id, by=Actor("alice")).open_tasks}
        assert ("coaching_session" in open_now) == (period["periode"] != "TW1")
        if period["periode"] == after_first["setelah"]:
            coaching = open_now["coaching_session"].due_at
            assert coaching is not None
            assert coaching.date() == date(2026, 7, 24), f"{after_first['batas_hari_kerja']} working days"
        assert ("counselling" in open_now) == (period["periode"] == after_second["setelah"])
    goes_to(application, clock, date(2026, 10, 13))
    assert "carol@sukamaju.go.id" in {str(mail["To"]) for mail in post.mails}, "two low periods in a row go up the line"
    assert "report_repeated_low" in str([one.data for one in application.engine.history(case.id, by=AUDITOR)])
    with populated.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(ActionRow)) == 0
        assert decided["otomatis"] is False

    does(application, "dan", "review_renewal", keputusan="TIDAK_PERPANJANG", alasan="Tiga periode terakhir menurun.")

    with populated.connect() as connection:
        assert connection.scalars(sa.select(ActionRow.code)).all() == ["KONTRAK_TIDAK_DIPERPANJANG"]
        employed = sa.select(EmployeeRow.ends).where(EmployeeRow.id == "alice")
        assert connection.scalar(employed) is None, "personnel carry it out"
    assert [one.kind for one in application.cycle.lines.events("alice", by=DIAN)] == [
        "PPPK_KONTRAK_BERAKHIR",
        "KONTRAK_PPPK",
    ]
    assert application.cycle.contracts.announce_due() == 0, "an end is told of once"


@pytest.mark.parametrize(
    ("contract", "field"),
    [
        (Contract("alice", TODAY, "PK-1", TODAY), "until"),
        (Contract("alice", ENDS, " ", TODAY), "letter"),
        (Contract("andi", ENDS, "PK-1", TODAY), "until"),
    ],
)
def test_a_contract_that_cannot_be_is_refused_by_its_field(
    contract: Contract, field: str, contracted: tuple[Application, Post]
) -> None:
    with pytest.raises(FormInvalid) as refused:
        contracted[0].cycle.lines.rehearse(contract, by=DIAN)
    assert set(refused.value.errors) == {field}
