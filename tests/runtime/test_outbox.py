"""What is carried out leaves no row behind, and nobody settles what is somebody else's; keys of submissions expire."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import TaskNotOpen
from engine.runtime import outbox
from engine.runtime.models import CommandRow, OutboxRow, TaskRow
from engine.runtime.outbox import Effect
from engine.runtime.services import ServiceCall
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, EVE, START, Office

SEND = Callable[..., Office]
PROCESS = d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))


def queued(database: sa.Engine, key: str) -> None:
    row = {"key": key, "kind": "mail", "payload": {}, "status": "new", "attempts": 0, "next_at": START}
    with database.begin() as connection:
        connection.execute(sa.insert(OutboxRow), row)


def left(database: sa.Engine) -> list[tuple[str, str]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(OutboxRow.key, OutboxRow.status))]


def claimed(database: sa.Engine) -> list[Effect]:
    with database.begin() as connection:
        return list(outbox.claim(connection, START + timedelta(hours=1), 10))


def settled(database: sa.Engine, effect: Effect, error: str | None) -> None:
    with database.begin() as connection:
        outbox.settle(connection, [(effect, error)], START)


def test_what_was_carried_out_leaves_no_row(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(PROCESS)
    office.opens()
    sent: list[str] = []

    office.engine.flush_outbox(lambda effect: sent.append(effect.key))

    assert sent == [f"{office.id}/1/0"]
    assert left(database) == []
    assert office.engine.flush_outbox(lambda effect: sent.append(effect.key)) == 0


def test_a_worker_that_comes_late_settles_nothing_but_its_own(database: sa.Engine) -> None:
    queued(database, "first")
    (late,) = claimed(database)
    settled(database, late, None)
    queued(database, "second")  # on SQLite under the number of the first

    settled(database, late, None)
    settled(database, late, "OSError: late")

    (second,) = claimed(database)
    assert (second.key, second.attempts) == ("second", 1)


def test_what_fails_stays_until_it_is_given_up(database: sa.Engine) -> None:
    queued(database, "first")
    (effect,) = claimed(database)

    settled(database, effect, "OSError: no route")
    assert left(database) == [("first", "new")]
    settled(database, Effect(effect.id, "first", None, "mail", {}, outbox.MAX_ATTEMPTS), "OSError: no route")

    assert left(database) == [("first", "dead")]


def test_the_key_of_a_submission_is_forgotten_some_days_later(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(PROCESS)
    office.opens()
    task = office.task("write")
    office.engine.complete_task(task.id, {"text": "once"}, revision=1, key="click", by=ALICE)
    with database.begin() as connection:
        connection.execute(sa.insert(CommandRow), {"key": "old", "digest": "d", "answer": {}, "at": office.clock.now()})
    office.clock.advance(timedelta(days=13))
    assert office.engine.tidying.run() == 0
    assert office.engine.complete_task(task.id, {"text": "once"}, revision=1, key="click", by=ALICE).seq == 2

    office.clock.advance(timedelta(days=2))
    assert office.engine.tidying.run() == 2

    with pytest.raises(TaskNotOpen, match="sudah selesai"):
        office.engine.complete_task(task.id, {"text": "once"}, revision=1, key="click", by=ALICE)
    with database.connect() as connection:
        kept = connection.execute(sa.select(TaskRow.submit_key, TaskRow.submit_digest, TaskRow.submit_seq)).one()
        assert connection.scalar(sa.select(sa.func.count()).select_from(CommandRow)) == 0
    assert tuple(kept) == (None, None, None)
    assert office.happened() == ["case_opened", "task_completed"]


def test_a_thrown_message_whose_receiver_fails_is_held_by_its_incident(office_of: SEND, database: sa.Engine) -> None:
    broken = {"is": True}

    def reads(_call: ServiceCall) -> str:
        if broken["is"]:
            raise OSError("no route to the archive")
        return "ok"

    asks = d.process("asks", d.start(), d.throw("ask", d.message("m1")), d.end(), *d.path("begun", "ask", "finished"))
    answers = d.process(
        "work", d.start("in"), d.catch("asked", d.message("m1")), d.service_task("file", "reads"), d.user_task("read"),
        d.end("out"), *d.path("in", "asked", "file", "read", "out"),
    )  # fmt: skip
    office = office_of(d.message_named("m1", "question"), answers, asks, services={"reads": reads})
    receiver = office.opens()
    office.opens(process="asks")

    office.works()

    assert left(database) == []
    [incident] = office.engine.incidents(by=EVE).items
    assert (incident.case_id, incident.element) == (receiver, "file")
    office.case_id = receiver
    assert office.case().status is CaseStatus.INCIDENT
    broken["is"] = False
    assert office.engine.retry_incident(incident.id, by=EVE)
    assert office.open() == ["read"]
