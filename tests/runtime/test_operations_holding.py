"""Held cases, changed due moments, mended data, and the same verbs on many cases at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import NotFound, NotYours, Refused, StepFailed, TaskNotOpen
from engine.runtime.batches import BatchStatus
from engine.runtime.event_texts import text_of
from engine.runtime.models import HistoryRow
from engine.runtime.services import Service, ServiceCall
from engine.runtime.values import Actor, CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, AUDITOR, BOB, EVE, START, STRANGER, Office

WHY = "Menunggu putusan badan kepegawaian."
ANSWERS = d.form("answers", {"type": "textfield", "id": "t", "key": "text", "label": "Teks"})
MAKE = Callable[..., Office]
LINE = d.process(
    "work", d.start(), d.user_task("write", due="P10D", remind="P3D", escalate="none"),
    d.boundary("late", "write", d.after("P20D")), d.user_task("take_over"), d.user_task("check", performer="supervisor"),
    d.end(), *d.path("begun", "write", "check", "finished"), *d.path("late", "take_over", "finished"),
)  # fmt: skip


@pytest.fixture
def office_of(database: sa.Engine, tmp_path: Path) -> Iterator[MAKE]:
    def make(*parts: str, services: dict[str, Service] | None = None) -> Office:
        documents = {"work.bpmn": d.diagram(*parts), "answers.form.json": ANSWERS}
        return Office(database, documents, tmp_path, services)

    yield make


def test_a_held_case_takes_no_answer_and_says_why(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)

    with pytest.raises(TaskNotOpen, match="ditangguhkan"):
        office.completes("write", text="now")
    task = office.engine.task(office.task("write").id, by=ALICE)
    assert (office.case().status, task.may_act) == (CaseStatus.SUSPENDED, False)
    held = office.engine.case(office.id, by=ALICE).suspended_by
    assert held is not None
    assert (held.actor_name, held.data["reason"], held.at) == ("Eve", WHY, START)

    office.engine.operations.resume(office.id, reason="Putusan sudah ada.", by=EVE)
    assert office.engine.case(office.id, by=ALICE).suspended_by is None
    office.completes("write", text="now")
    office.completes("check", by=BOB)
    assert office.case().status is CaseStatus.COMPLETED
    assert office.happened() == ["case_opened", "case_suspended", "case_resumed", "task_completed", "task_completed"]
    assert office.engine.verify().breach is None


def test_timers_of_a_held_case_wait_and_fire_when_it_goes_on(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    office.clock.advance(timedelta(days=25))
    while office.engine.sweep():
        pass
    assert office.open() == ["write"]

    office.engine.operations.resume(office.id, reason="Putusan sudah ada.", by=EVE)
    while office.engine.sweep():
        pass

    assert office.open() == ["take_over"]


def test_messages_to_a_held_case_are_kept(office_of: MAKE) -> None:
    office = office_of(
        d.message_named("m1", "decree"),
        d.process(
            "work", d.start(), d.catch("decreed", d.message("m1")), d.user_task("read"), d.end(),
            *d.path("begun", "decreed", "read", "finished"),
        ),
    )  # fmt: skip
    office.opens()
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    assert office.engine.send_message("decree", business_key="2026/alice", payload={}, by=EVE) is False
    office.engine.flush_outbox(lambda effect: None)
    assert office.open() == []

    office.engine.operations.resume(office.id, reason="Putusan sudah ada.", by=EVE)
    office.engine.flush_outbox(lambda effect: None)
    assert office.open() == ["read"]


def test_a_held_case_is_not_held_twice_and_may_be_cancelled(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    with pytest.raises(Refused):
        office.engine.operations.resume(office.id, reason=WHY, by=EVE)
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    with pytest.raises(Refused):
        office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    with pytest.raises(Refused, match="lanjutkan"):
        office.engine.operations.reset(office.id, "write", reason=WHY, by=EVE)
    office.engine.cancel_case(office.id, reason=WHY, by=EVE)
    assert office.case().status is CaseStatus.CANCELLED


def test_a_changed_due_moment_lays_the_reminders_out_anew(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    task = office.task("write")
    due = START + timedelta(days=15)

    office.engine.operations.change_due(task.id, due, reason=WHY, by=EVE)

    assert office.task("write").due_at == due
    office.waits(timedelta(days=11))
    assert "reminder_sent" not in office.happened()
    office.waits(timedelta(days=3))
    event = next(event for event in office.engine.history(office.id, by=ALICE) if event.type == "due_changed")
    assert (event.actor, event.element, event.data["reason"], event.data["due_at"]) == (
        "eve", "write", WHY, due.isoformat(),
    )  # fmt: skip
    assert "reminder_sent" in office.happened()
    with pytest.raises(Refused, match="masa depan"):
        office.engine.operations.change_due(task.id, START, reason=WHY, by=EVE)
    with pytest.raises(NotFound):
        office.engine.operations.change_due(office.id, due, reason=WHY, by=EVE)
    office.completes("write")
    with pytest.raises(Refused, match="selesai"):
        office.engine.operations.change_due(task.id, due + timedelta(days=30), reason=WHY, by=EVE)


def test_a_drawn_timer_fires_at_its_new_moment(office_of: MAKE) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.catch("wait", d.after("P5D")), d.user_task("write"), d.end(),
            *d.path("begun", "wait", "write", "finished"),
        )
    )  # fmt: skip
    office.opens()
    [waiting] = office.engine.operations.view(office.id, by=EVE).tokens
    assert waiting.armed_until == START + timedelta(days=5)

    office.engine.operations.change_timer(office.id, waiting.number, START + timedelta(days=9), reason=WHY, by=EVE)

    office.waits(timedelta(days=8))
    assert office.open() == []
    office.waits(timedelta(days=1))
    assert office.open() == ["write"]
    assert office.happened() == ["case_opened", "timer_moved", "timer_fired"]


def test_mended_data_is_used_from_then_on_and_old_and_new_are_sealed(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("write"), d.service_task("add", "plus_one", result="total", n="amount"),
            d.user_task("read"), d.end(), *d.path("begun", "write", "add", "read", "finished"),
        ),
        services={"plus_one": lambda call: int(call.arguments["n"]) + 1},
    )  # fmt: skip
    office.opens(amount="not a number")
    with pytest.raises(StepFailed):
        office.completes("write", text="kept")
    assert office.case().status is CaseStatus.INCIDENT

    office.engine.operations.edit_data(office.id, {"amount": 41}, reason=WHY, by=EVE)
    assert office.engine.retry_incident(office.engine.incidents(by=EVE).items[0].id, by=EVE)

    assert office.data()["total"] == 42
    event = next(event for event in office.engine.history(office.id, by=AUDITOR) if event.type == "data_edited")
    assert (event.actor, event.data["keys"], event.data["reason"]) == ("eve", ["amount"], WHY)
    assert (event.data["old.amount"], event.data["new.amount"]) == ("not a number", 41)
    with database.connect() as connection:
        bodies = str([text_of(body, office.id) for body in connection.scalars(sa.select(HistoryRow.body))])
    assert "data_edited" in bodies
    assert "not a number" not in bodies and WHY not in bodies
    with pytest.raises(Refused, match="berubah"):
        office.engine.operations.edit_data(office.id, {"amount": 41}, reason=WHY, by=EVE)
    assert office.engine.verify().breach is None


def test_secret_and_undisclosed_data_stays_so(office_of: MAKE) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("confide", performer="supervisor", secret="true", share="text"),
            d.user_task("rate", performer="supervisor", disclose="deliver"), d.user_task("deliver", performer="supervisor"),
            d.end(), *d.path("begun", "confide", "rate", "deliver", "finished"),
        )
    )  # fmt: skip
    office.opens()
    office.completes("confide", by=BOB, text="between us")
    office.completes("rate", by=BOB, text="well")

    control = office.engine.operations.view(office.id, by=EVE)
    assert (control.data, control.secret) == ({"rate": {"text": "well"}}, ["confide"])
    with pytest.raises(Refused, match="rahasia"):
        office.engine.operations.edit_data(office.id, {"confide": {}}, reason=WHY, by=EVE)
    office.engine.operations.edit_data(office.id, {"rate": {"text": "very well"}}, reason=WHY, by=EVE)
    assert "very well" not in str(office.engine.history(office.id, by=ALICE))
    assert "very well" in str(office.engine.history(office.id, by=AUDITOR))


def test_a_held_case_of_an_actor_is_not_the_actors_to_release(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    task = office.task("write")
    alice = Actor("alice", "Alice", roles=frozenset({"operator"}))
    for by in (ALICE, AUDITOR, STRANGER, alice):
        for attempt in (
            lambda by: office.engine.operations.resume(office.id, reason=WHY, by=by),
            lambda by: office.engine.operations.change_due(task.id, START + timedelta(days=1), reason=WHY, by=by),
            lambda by: office.engine.operations.change_timer(office.id, 1, START, reason=WHY, by=by),
        ):
            with pytest.raises(NotYours):
                attempt(by)


def test_many_incidents_of_one_cause_are_one_group_and_retried_as_one_order(office_of: MAKE) -> None:
    broken = {"is": True}

    def flaky(call: ServiceCall) -> Any:
        if broken["is"] or call.case.business_key == "2026/1":
            raise OSError("no route to the payroll")
        return "ok"

    office = office_of(
        d.process(
            "work", d.start(), d.user_task("write"), d.service_task("pay", "payroll"), d.end(),
            *d.path("begun", "write", "pay", "finished"),
        ),
        services={"payroll": flaky},
    )  # fmt: skip
    for number in range(4):
        office.opens(key=f"2026/{number}")
        with pytest.raises(StepFailed):
            office.completes("write", text="kept")
    [group] = office.engine.incident_groups(by=EVE)
    assert (group.element, group.count) == ("pay", 4)
    of_group = office.engine.incidents(by=EVE, element=group.element, cause=group.cause).items
    assert len(of_group) == 4
    assert office.engine.incidents(by=EVE, element="write").total == 0

    broken["is"] = False
    order = office.engine.batches.start("retry_incidents", "Coba lagi", [str(each.id) for each in of_group], {}, by=EVE)
    office.engine.batches.run()

    batch = office.engine.batches.view(order, by=EVE)
    assert (batch.status, batch.done, batch.failed) == (BatchStatus.DONE, 3, 1)
    assert "no route" in (office.engine.batches.items(order, outcome="failed", by=EVE).items[0].said or "")
    assert office.engine.incidents(by=EVE).total == 1
    again = office.engine.batches.start("retry_incidents", "Lagi", [str(of_group[0].id)], {}, by=EVE)
    office.engine.batches.run()
    assert office.engine.batches.view(again, by=EVE).skipped == 1
    assert office.engine.verify().breach is None


def test_many_cases_are_held_released_given_time_and_cancelled(office_of: MAKE) -> None:
    office = office_of(LINE)
    ids = [str(office.opens(key=f"2026/{number}")) for number in range(3)]
    batches = office.engine.batches

    def orders(kind: str, items: list[str], **payload: str) -> tuple[int, int, int]:
        order = batches.start(kind, kind, items, {"reason": WHY, **payload}, by=EVE)
        batches.run()
        batch = batches.view(order, by=EVE)
        return batch.done, batch.skipped, batch.failed

    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    assert orders("suspend_cases", ids) == (2, 1, 0)
    assert office.engine.cases(by=AUDITOR, status="suspended").total == 3
    assert orders("resume_cases", ids) == (3, 0, 0)
    due = START + timedelta(days=15)
    assert orders("change_due", [str(office.task("write").id)], due_at=due.isoformat()) == (1, 0, 0)
    assert office.task("write").due_at == due
    assert orders("cancel_cases", ids) == (3, 0, 0)
    assert orders("cancel_cases", ids) == (0, 3, 0)
    with pytest.raises(NotYours):
        batches.start("cancel_cases", "Batal", ids, {"reason": WHY}, by=STRANGER)
    history = office.engine.history(office.id, by=AUDITOR)
    assert [(event.actor, event.data["reason"]) for event in history if event.type == "case_cancelled"] == [
        ("eve", WHY)
    ]


@pytest.mark.parametrize("where", ["timer", "due"])
def test_a_moment_that_is_none_parks_its_case_and_is_mended_in_the_data(office_of: MAKE, where: str) -> None:
    late = [d.catch("wait", d.at("until"))] if where == "timer" else [d.user_task("wait", due="until")]
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("write"), *late, d.end(), *d.path("begun", "write", "wait", "finished")
        )
    )
    office.opens(until="some day")
    with pytest.raises(StepFailed, match="wait"):
        office.completes("write")
    assert office.case().status is CaseStatus.INCIDENT

    office.engine.operations.edit_data(office.id, {"until": "2026-02-01"}, reason=WHY, by=EVE)
    assert office.engine.retry_incident(office.engine.incidents(by=EVE).items[0].id, by=EVE)
    assert office.case().status is CaseStatus.ACTIVE
