"""A step: one transaction that a person or a timer starts, told in the history, safe against a second click."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.errors import FormInvalid, KeyReused, NotFound, NotYours, StaleTask, StepFailed, TaskNotOpen, UploadRefused
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseRow, CommandRow, ErasedRow, HistoryRow, OutboxRow, TaskRow, TimerRow
from engine.runtime.services import BpmnError, ServiceCall
from engine.runtime.values import CaseStatus, Task, TaskStatus
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, AUDITOR, BOB, CAROL, DAN, EVE, STRANGER, Office, disarm

SEND = Callable[..., Office]


def write_then_check(**settings: str) -> str:
    """Alice writes, Bob checks and may send it back."""
    return d.process(
        "work",
        d.start(),
        d.user_task("write", **settings),
        d.user_task("check", performer="supervisor"),
        d.exclusive("well", default="back"),
        d.end(),
        *d.path("begun", "write", "check", "well"),
        d.flow("well", "finished", when='check.text = "yes"'),
        d.flow("well", "write", id="back"),
    )


def test_a_sent_form_moves_the_case_and_gives_a_receipt(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()

    receipt = office.completes("write", text="four letters")

    assert office.open() == ["check"]
    assert receipt.seq == 2
    assert office.case().head.startswith(receipt.code)
    assert [step["who"] for step in receipt.next] == ["bob"]
    event = office.engine.history(office.id, by=AUDITOR)[1]
    assert (event.type, event.actor_name, event.answers) == ("task_completed", "Alice", {"text": "four letters"})


def test_the_same_key_gives_the_same_receipt_and_no_second_step(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    task = office.task("write")

    receipts = [
        office.engine.complete_task(task.id, {"text": "once"}, revision=1, key="click", by=ALICE) for _ in range(2)
    ]

    assert receipts[0] == receipts[1]
    assert office.happened() == ["case_opened", "task_completed"]
    with pytest.raises(KeyReused):
        office.engine.complete_task(task.id, {"text": "twice"}, revision=1, key="click", by=ALICE)


def test_a_key_used_for_another_task_is_refused(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    office.engine.complete_task(office.task("write").id, {"text": "a"}, revision=1, key="click", by=ALICE)

    with pytest.raises(KeyReused):
        office.engine.complete_task(office.task("check").id, {"text": "yes"}, revision=1, key="click", by=BOB)

    assert office.open() == ["check"]


def test_a_key_of_the_first_versions_still_gives_its_answer(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    task = office.task("write")
    receipt = office.engine.complete_task(task.id, {"text": "a"}, revision=1, key="click", by=ALICE)
    answer = {
        "task": str(task.id),
        "case": str(office.id),
        "seq": receipt.seq,
        "code": receipt.code,
        "at": receipt.at.isoformat(),
        "next": list(receipt.next),
    }
    with office.engine.database.begin() as connection:
        digest = connection.scalar(sa.select(TaskRow.submit_digest).where(TaskRow.id == task.id))
        connection.execute(sa.update(TaskRow).values(submit_key=None, submit_digest=None, submit_seq=None))
        row = {"key": "click", "digest": digest, "answer": answer, "at": receipt.at}
        connection.execute(sa.insert(CommandRow), row)

    again = office.engine.complete_task(task.id, {"text": "a"}, revision=1, key="click", by=ALICE)

    assert again == receipt
    with pytest.raises(KeyReused):
        office.engine.complete_task(task.id, {"text": "b"}, revision=1, key="click", by=ALICE)


@pytest.mark.parametrize("keys", [("click", "click"), ("click", "another")], ids=["one key", "two keys"])
def test_two_who_send_at_once_have_the_effect_of_one(office_of: SEND, keys: tuple[str, str]) -> None:
    office = office_of(write_then_check())
    office.opens()
    task, together, got = office.task("write"), Barrier(2), list[object]()

    def send(key: str) -> None:
        together.wait()
        try:
            got.append(office.engine.complete_task(task.id, {"text": "a"}, revision=1, key=key, by=ALICE))
        except TaskNotOpen as refused:
            got.append(type(refused))

    senders = [Thread(target=send, args=(key,)) for key in keys]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert office.happened() == ["case_opened", "task_completed"]
    same = keys[0] == keys[1]
    assert (got[0] == got[1]) if same else (TaskNotOpen in got)


def test_one_key_for_two_tasks_at_once_completes_one(office_of: SEND) -> None:
    office = office_of(write_then_check())
    cases = [office.opens(key=f"2026/{number}") for number in range(2)]
    tasks = [office.engine.case(case, by=AUDITOR).open_tasks[0] for case in cases]
    together, got = Barrier(2), list[object]()

    def send(task: Task) -> None:
        together.wait()
        try:
            got.append(office.engine.complete_task(task.id, {"text": "a"}, revision=1, key="click", by=ALICE))
        except KeyReused as refused:
            got.append(type(refused))

    senders = [Thread(target=send, args=(task,)) for task in tasks]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert got.count(KeyReused) == 1
    assert sum(len(office.engine.history(case, by=AUDITOR)) for case in cases) == 3


def test_a_task_is_done_once(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    task = office.task("write")
    office.completes("write", text="first")

    with pytest.raises(TaskNotOpen):
        office.engine.complete_task(task.id, {"text": "second"}, revision=1, key="late", by=ALICE)


def test_only_its_performer_may_act_and_a_stranger_learns_nothing(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    task = office.task("write")

    with pytest.raises(NotYours):
        office.completes("write", by=AUDITOR, text="mine")
    for attempt in (
        lambda: office.engine.task(task.id, by=STRANGER),
        lambda: office.engine.case(office.id, by=STRANGER),
        lambda: office.engine.history(office.id, by=STRANGER),
        lambda: office.engine.complete_task(task.id, {"text": "x"}, revision=1, key="k", by=STRANGER),
        lambda: office.engine.save_draft(task.id, {"text": "x"}, revision=1, by=STRANGER),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert office.engine.cases(by=STRANGER).total == 0


def test_a_draft_is_kept_and_an_older_page_is_shown_both_versions(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    task = office.task("write")
    newest = office.engine.save_draft(task.id, {"text": "from the phone"}, revision=1, by=ALICE)

    with pytest.raises(StaleTask) as stale:
        office.engine.complete_task(task.id, {"text": "from the desk"}, revision=1, key="k", by=ALICE)

    assert (stale.value.stored, stale.value.sent) == ({"text": "from the phone"}, {"text": "from the desk"})
    assert office.engine.task(task.id, by=ALICE).answers == {"text": "from the phone"}
    office.engine.complete_task(task.id, None, revision=newest, key="k2", by=ALICE)
    assert office.open() == ["check"]


def test_faulty_answers_change_nothing(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()

    with pytest.raises(FormInvalid) as invalid:
        office.completes("write", text="")

    assert set(invalid.value.errors) == {"text"}
    assert office.happened() == ["case_opened"]
    office.completes("write", text="better")


def test_a_returned_task_says_why_and_starts_with_what_was_sent(office_of: SEND) -> None:
    office = office_of(
        write_then_check(note="if check = null then null else check.text", prefill="if write = null then {} else write")
    )
    office.opens()
    office.completes("write", text="first try")
    office.completes("check", by=BOB, text="too short")

    task = office.task("write")
    view = office.engine.task(task.id, by=ALICE)

    assert (task.returned, view.note, view.answers) == (True, "too short", {"text": "first try"})
    office.completes("write", text="second try")
    change = office.engine.history(office.id, by=BOB)[-1].changes[0]
    assert (change.path, change.old, change.new) == ("text", "first try", "second try")


def test_a_lapse_takes_the_task_away_and_the_history_says_so(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("write"),
            d.boundary("late", "write", d.after("P3D")),
            d.user_task("take_over", performer="pool"),
            d.end(),
            *d.path("begun", "write", "finished"),
            *d.path("late", "take_over", "finished"),
        )
    )
    office.opens()
    task = office.task("write")
    office.engine.save_draft(task.id, {"text": "half"}, revision=1, by=ALICE)

    office.waits(timedelta(days=4))

    assert office.open() == ["take_over"]
    assert office.engine.task(task.id, by=ALICE).task.status is TaskStatus.WITHDRAWN
    fired = office.engine.history(office.id, by=ALICE)[-1]
    assert (fired.type, fired.element, fired.data["withdrawn"]) == ("timer_fired", "late", ["write"])


def test_one_of_a_pool_takes_a_task_and_may_give_it_back(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("sort", performer="pool"), d.end(), *d.path("begun", "sort", "finished")
        )
    )
    office.opens()
    task = office.task("sort")

    assert office.engine.inbox(by=DAN, box="team").total == 1
    office.engine.claim(task.id, by=CAROL)
    assert office.engine.inbox(by=DAN, box="team").total == 0
    with pytest.raises(NotYours):
        office.engine.claim(task.id, by=DAN)
    office.engine.release_claim(task.id, by=CAROL)
    office.completes("sort", by=DAN, text="done")

    assert office.case().status is CaseStatus.COMPLETED
    assert office.happened() == ["case_opened", "task_claimed", "task_released", "task_completed"]


def test_reminders_come_before_on_and_after_the_day_and_touch_no_state(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(write_then_check(due="P10D", remind="P3D, P0D", escalate="P2D"))
    office.opens()
    with database.connect() as connection:
        before = connection.scalar(sa.select(CaseRow.state))

    office.waits(timedelta(days=20))

    reminders = [event.data for event in office.engine.history(office.id, by=ALICE) if event.type == "reminder_sent"]
    assert [(told.get("days_late", 0), told["to"]) for told in reminders] == [
        (-3, ["alice"]),
        (0, ["alice"]),
        (2, ["alice"]),
    ]
    with database.connect() as connection:
        assert connection.scalar(sa.select(CaseRow.state)) == before
        kinds = connection.scalars(sa.select(OutboxRow.payload)).all()
    assert [payload["template"] for payload in kinds] == ["task_opened", "reminder", "reminder", "escalation"]


def test_no_reminder_comes_after_the_task_is_done(office_of: SEND) -> None:
    office = office_of(write_then_check(due="P10D"))
    office.opens()
    office.completes("write", text="in time")

    office.waits(timedelta(days=60))

    assert "reminder_sent" not in office.happened()


def test_a_failing_service_parks_one_case_and_an_operator_tries_again(office_of: SEND, database: sa.Engine) -> None:
    broken = {"is": True}

    def flaky(call: ServiceCall) -> Any:
        if broken["is"] and call.case.business_key == "2026/alice":
            raise OSError("no route to the payroll")
        return "ok"

    office = office_of(
        d.process(
            "work", d.start(), d.user_task("write"), d.service_task("pay", "payroll"), d.end(),
            *d.path("begun", "write", "pay", "finished"),
        ),
        services={"payroll": flaky},
    )  # fmt: skip
    other = office.opens(key="2026/other")
    parked = office.opens()

    with pytest.raises(StepFailed) as failed:
        office.completes("write", text="kept")

    assert (failed.value.element, "no route" in failed.value.cause) == ("pay", True)
    assert office.case().status is CaseStatus.INCIDENT
    incident = office.engine.incidents(by=EVE).items[0]
    assert (incident.case_id, incident.element) == (parked, "pay")
    office.case_id = other
    office.completes("write", text="goes on")
    assert office.case().status is CaseStatus.COMPLETED

    office.case_id = parked
    assert office.engine.retry_incident(incident.id, by=EVE) is False
    broken["is"] = False
    again = office.engine.incidents(by=EVE).items[0]
    assert office.engine.retry_incident(again.id, by=EVE) is True
    assert office.case().status is CaseStatus.COMPLETED
    sent = [event for event in office.engine.history(parked, by=AUDITOR) if event.type == "task_completed"]
    assert [(event.actor, event.answers) for event in sent] == [("alice", {"text": "kept"})]
    assert office.engine.verify().breach is None


def test_a_failing_timer_parks_its_case_and_others_fire(office_of: SEND) -> None:
    def never(call: ServiceCall) -> Any:
        if call.case.business_key == "2026/alice":
            raise ValueError("bad data")
        return None

    office = office_of(
        d.process(
            "work", d.start(), d.catch("wait", d.after("P1D")), d.service_task("act", "never"), d.end(),
            *d.path("begun", "wait", "act", "finished"),
        ),
        services={"never": never},
    )  # fmt: skip
    other, parked = office.opens(key="2026/other"), office.opens()

    office.waits(timedelta(days=2))

    assert office.case().status is CaseStatus.INCIDENT
    office.case_id = other
    assert office.case().status is CaseStatus.COMPLETED
    assert office.engine.incidents(by=EVE).items[0].case_id == parked


def test_a_business_error_of_a_service_takes_the_drawn_way(office_of: SEND) -> None:
    def refuses(call: ServiceCall) -> Any:
        raise BpmnError("no_budget", "nothing left")

    office = office_of(
        d.error_named("e1", "no_budget"),
        d.process(
            "work", d.start(), d.service_task("pay", "refuses"), d.boundary("broke", "pay", d.error("e1")),
            d.user_task("talk"), d.end(), *d.path("begun", "pay", "finished"), *d.path("broke", "talk", "finished"),
        ),
        services={"refuses": refuses},
    )  # fmt: skip
    office.opens()

    assert office.open() == ["talk"]


def test_a_secret_answer_is_read_by_nobody_but_the_one_who_gave_it(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("confide", performer="supervisor", secret="true"), d.user_task("go_on"), d.end(),
            *d.path("begun", "confide", "go_on", "finished"),
        )
    )  # fmt: skip
    office.opens()
    office.completes("confide", by=BOB, text="between us")

    assert "between us" not in str(office.data())
    for reader, expected in ((BOB, {"text": "between us"}), (ALICE, None), (AUDITOR, None)):
        event = office.engine.history(office.id, by=reader)[-1]
        assert (event.answers, event.hidden) == (expected, expected is None)


def test_a_rating_is_hidden_from_its_subject_until_it_is_delivered(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("rate", performer="supervisor", disclose="deliver"),
            d.user_task("deliver", performer="supervisor"), d.user_task("take_note"), d.end(),
            *d.path("begun", "rate", "deliver", "take_note", "finished"),
        )
    )  # fmt: skip
    office.opens()
    office.completes("rate", by=BOB, text="above expectation")

    assert office.engine.history(office.id, by=ALICE)[1].hidden
    assert office.engine.history(office.id, by=AUDITOR)[1].answers == {"text": "above expectation"}
    office.completes("deliver", by=BOB, text="here it is")
    assert office.engine.history(office.id, by=ALICE)[1].answers == {"text": "above expectation"}


def test_a_message_that_comes_too_early_waits_for_its_catcher(office_of: SEND) -> None:
    office = office_of(
        d.message_named("m1", "decree"),
        d.process(
            "work", d.start(), d.user_task("write"), d.catch("decreed", d.message("m1")), d.user_task("read"), d.end(),
            *d.path("begun", "write", "decreed", "read", "finished"),
        ),
    )  # fmt: skip
    office.opens()

    assert office.engine.send_message("decree", business_key="2026/alice", payload={}, by=EVE) is False
    office.completes("write", text="done")
    assert office.open() == []
    office.engine.flush_outbox(lambda effect: None)

    assert office.open() == ["read"]


def test_a_case_is_opened_once_for_each_business_key(office_of: SEND) -> None:
    office = office_of(write_then_check())

    assert office.opens() == office.opens()
    assert office.engine.cases(by=AUDITOR).total == 1


def test_an_endless_diagram_becomes_an_incident(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("write"), d.exclusive("merge"), d.script_task("turn", "{ n: 1 }"),
            d.exclusive("more", default="on"), d.end(),
            *d.path("begun", "write", "merge", "turn", "more"), d.flow("more", "merge", id="on"),
            d.flow("more", "finished", when="n = 2"),
        )
    )  # fmt: skip
    office.opens()

    with pytest.raises(StepFailed, match="berputar"):
        office.completes("write", text="go")
    assert office.case().status is CaseStatus.INCIDENT


def test_evidence_is_checked_kept_and_shown_to_parties_only(office_of: SEND) -> None:
    office = office_of(write_then_check())
    office.opens()
    task = office.task("write")

    kept = office.engine.attach(task.id, filename="../laporan.txt", content=b"isi laporan", by=ALICE)

    assert (kept.name, kept.size) == ("laporan.txt", 11)
    assert office.engine.attachment(kept.id, by=AUDITOR)[1] == b"isi laporan"
    with pytest.raises(NotFound):
        office.engine.attachment(kept.id, by=STRANGER)
    for name, content, words in (
        ("besar.pdf", b"%PDF-1.4" + b"x" * 2**20, "paling besar 1 MB"),
        ("jahat.exe", b"MZ", "tidak diterima"),
        ("palsu.pdf", b"<html><script>", "bukan pdf"),
        ("skrip.txt", b"<script>alert(1)</script>", "bukan txt"),
        ("kosong.pdf", b"", "kosong"),
    ):
        with pytest.raises(UploadRefused, match=words):
            office.engine.attach(task.id, filename=name, content=content, by=ALICE)


def test_a_broken_chain_is_named_by_its_first_event(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(write_then_check())
    office.opens()
    office.completes("write", text="the truth")
    assert office.engine.verify().breach is None

    with pytest.raises(sa.exc.DBAPIError, match="append only"), database.begin() as connection:
        connection.execute(sa.update(HistoryRow).values(body="{}"))
    with database.begin() as connection:
        disarm(connection)
        body = connection.scalar(sa.select(HistoryRow.body).where(HistoryRow.seq == 2))
        forged = text_of(body, office.id).replace('"alice"', '"bob"')
        connection.execute(sa.update(HistoryRow).where(HistoryRow.seq == 2).values(body=forged))

    breach = office.engine.verify().breach
    assert breach is not None
    assert (breach.case_id, breach.seq) == (office.id, 2)


def test_a_cut_tail_and_a_lost_case_are_found(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(write_then_check())
    office.opens()
    office.completes("write", text="the truth")
    with database.begin() as connection:
        disarm(connection)
        connection.exec_driver_sql("UPDATE history SET box = NULL WHERE seq = 2")
    breach = office.engine.verify().breach
    assert breach is not None and breach.seq == 2
    with database.begin() as connection:
        connection.execute(sa.delete(HistoryRow).where(HistoryRow.seq == 2))
    breach = office.engine.verify().breach
    assert breach is not None and breach.seq == 2


def test_only_a_box_whose_erasure_is_recorded_is_emptied_and_nothing_else(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(write_then_check())
    office.opens()
    office.completes("write", text="the truth")
    with database.begin() as connection:
        recorded = {"case_id": office.id, "seq": 2, "kind": "EVALUASI", "erased_at": office.clock.now()}
        connection.execute(sa.insert(ErasedRow), recorded)
    second = sa.update(HistoryRow).where(HistoryRow.seq == 2)
    for forbidden in (
        second.values(box=b"other"),
        second.values(box=None, hash=b"other"),
        second.values(box=None, body="{}"),
        second.values(box=None, seq=3),
        sa.update(HistoryRow).where(HistoryRow.seq == 1).values(box=None),
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append only"), database.begin() as connection:
            connection.execute(forbidden)

    with database.begin() as connection:
        connection.execute(second.values(box=None))

    breach = office.engine.verify().breach
    assert breach is not None and breach.seq == 2, "no event of the chain tells of it"


def test_timers_are_claimed_by_one_worker_only(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(write_then_check(due="P10D"))
    office.opens()
    office.clock.advance(timedelta(days=30))

    assert [office.engine.sweep(), office.engine.sweep()] == [5, 0]
    with database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(TimerRow)) == 0


def test_a_cancelled_case_keeps_its_reason_and_wants_nothing_more(office_of: SEND) -> None:
    office = office_of(write_then_check(due="P10D"))
    office.opens()

    office.engine.cancel_case(office.id, reason="Pegawai pensiun 1 Februari.", by=EVE)

    assert (office.case().status, office.open()) == (CaseStatus.CANCELLED, [])
    assert office.engine.next_timer_at() is None
    assert office.engine.history(office.id, by=AUDITOR)[-1].data["reason"] == "Pegawai pensiun 1 Februari."


def test_a_step_of_an_unknown_task_is_not_found(office_of: SEND) -> None:
    office = office_of(write_then_check())

    with pytest.raises(NotFound):
        office.engine.complete_task(uuid4(), {}, revision=1, key="k", by=ALICE)


def test_a_kept_message_that_fails_parks_its_case_and_reaches_the_others(office_of: SEND) -> None:
    broken = {"is": True}

    def reads(call: ServiceCall) -> Any:
        if broken["is"] and call.case.business_key == "2026/alice":
            raise OSError("no archive")
        return None

    office = office_of(
        d.message_named("m1", "decree"),
        d.process(
            "work", d.start(), d.user_task("write"), d.catch("decreed", d.message("m1")), d.service_task("file", "reads"),
            d.user_task("read"), d.end(), *d.path("begun", "write", "decreed", "file", "read", "finished"),
        ),
        services={"reads": reads},
    )  # fmt: skip
    parked, other = office.opens(), office.opens(key="2026/other")
    for key, case_id in (("2026/alice", parked), ("2026/other", other)):
        office.engine.send_message("decree", business_key=key, payload={}, by=EVE)
        office.case_id = case_id
        office.completes("write", text="done")

    office.engine.flush_outbox(lambda effect: None)

    assert office.open() == ["read"]
    office.case_id = parked
    assert office.case().status is CaseStatus.INCIDENT
    broken["is"] = False
    assert office.engine.retry_incident(office.engine.incidents(by=EVE).items[0].id, by=EVE) is True
    assert office.open() == ["read"]
