"""A case that was held for long goes on: reminders that still say something, and due moments that may move on."""

from collections.abc import Callable
from datetime import timedelta

from engine.runtime.outbox import Effect
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, START, Office

SEND = Callable[..., Office]
WHY = "Menunggu putusan badan kepegawaian."
LINE = d.process(
    "work", d.start(), d.user_task("write", due="P10D", remind="P5D, P3D, P0D", escalate="P3D, P7D"),
    d.boundary("late", "write", d.after("P20D")), d.user_task("take_over"), d.end(),
    *d.path("begun", "write", "finished"), *d.path("late", "take_over", "finished"),
)  # fmt: skip


def held(office: Office, days: int) -> None:
    office.opens()
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    office.clock.advance(timedelta(days=days))
    sweeps(office)


def sweeps(office: Office) -> None:
    while office.engine.sweep():
        pass


def test_of_missed_reminders_the_latest_of_each_kind_is_sent_and_the_rest_is_one_event(office_of: SEND) -> None:
    office = office_of(LINE)
    held(office, 18)

    office.engine.operations.resume(office.id, reason=WHY, by=EVE)
    sweeps(office)

    history = office.engine.history(office.id, by=AUDITOR)
    resumed = next(event for event in history if event.type == "case_resumed")
    assert [(each["element"], each["days_late"]) for each in resumed.data["left_out"]] == [
        ("write", -5), ("write", -3), ("write", 3),
    ]  # fmt: skip
    assert [event.data["days_late"] for event in history if event.type == "reminder_sent"] == [0, 7]
    mails: list[Effect] = []
    office.engine.flush_outbox(mails.append)
    assert [mail.payload["template"] for mail in mails] == ["task_opened", "reminder", "escalation"]
    assert office.engine.verify().breach is None


def test_what_passed_while_it_was_held_moves_on_by_that_time(office_of: SEND) -> None:
    office = office_of(LINE)
    held(office, 25)
    lapses = office.engine.operations.view(office.id, by=EVE).lapses
    assert {(lapse.label, lapse.due_then) for lapse in lapses} == {
        (office.task("write").name, START + timedelta(days=35)), ("late", START + timedelta(days=45)),
    }  # fmt: skip

    office.engine.operations.resume(office.id, reason=WHY, shift=True, by=EVE)
    sweeps(office)

    assert (office.open(), office.case().status) == (["write"], CaseStatus.ACTIVE)
    assert office.task("write").due_at == START + timedelta(days=35)
    assert "reminder_sent" not in office.happened()
    resumed = office.engine.history(office.id, by=AUDITOR)[-1]
    assert [each["element"] for each in resumed.data["shifted"]] == ["write", "late"]
    office.waits(timedelta(days=19))
    assert office.open() == ["write"]
    assert "reminder_sent" in office.happened()
    office.waits(timedelta(days=2))
    assert office.open() == ["take_over"]
    assert office.engine.verify().breach is None


def test_what_was_late_before_or_comes_later_keeps_its_moment(office_of: SEND) -> None:
    office = office_of(LINE)
    office.opens()
    office.waits(timedelta(days=12))
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    office.clock.advance(timedelta(days=2))
    assert office.engine.operations.view(office.id, by=EVE).lapses == []
    office.engine.operations.resume(office.id, reason=WHY, shift=True, by=EVE)
    assert office.task("write").due_at == START + timedelta(days=10)
    assert "shifted" not in office.engine.history(office.id, by=AUDITOR)[-1].data


def test_many_cases_go_on_with_their_moments_shifted(office_of: SEND) -> None:
    office = office_of(LINE)
    held(office, 15)
    order = office.engine.batches.start(
        "resume_cases", "Lanjutkan", [str(office.id)], {"reason": WHY, "shift": True}, by=EVE
    )
    office.engine.batches.run()
    assert office.engine.batches.view(order, by=EVE).done == 1
    assert office.task("write").due_at == START + timedelta(days=25)
