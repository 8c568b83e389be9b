"""A message whose name starts a process opens one case for each business key, however often it comes."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.errors import NotYours, Refused
from engine.runtime.models import CaseRow, PendingMessageRow
from engine.runtime.values import Actor, Case, Json
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, STRANGER, Office

SEND = Callable[..., Office]
OPERATOR = Actor("olaf", "Olaf", roles=frozenset({"operator"}))
ABOUT = d.properties(subject="message.who", unit='"unit-2"', cycle='"2026"', title='"About " + message.what')


def complaint(settings: str = "", *extra: str) -> tuple[str, ...]:
    """A process that the message `complaint_in` begins, and what it takes with it is `said`."""
    begun = d.start("came", settings + d.message("complaint_in", "said"))
    return (
        d.message_named("complaint_in"),
        d.process("complaint", begun, d.user_task("read"), d.end("closed"), *d.path("came", "read", "closed"), *extra),
    )


def sends(office: Office, key: str = "2026/alice", by: Actor = EVE, **payload: Json) -> bool:
    return office.engine.send_message("complaint_in", business_key=key, payload=payload, by=by)


def opened(office: Office) -> list[Case]:
    return [case for case in office.engine.cases(by=AUDITOR).items if case.process == "complaint"]


def kept(office: Office) -> int:
    with office.engine.database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(PendingMessageRow)) or 0


def test_a_message_opens_a_case_whose_start_says_whom_it_is_about(office_of: SEND) -> None:
    office = office_of(*complaint(ABOUT))
    assert sends(office, "2026/c-1", who="alice", what="noise")

    (case,) = opened(office)
    assert (case.subject, case.subject_name, case.unit, case.cycle) == ("alice", "Alice", "unit-2", "2026")
    assert (case.business_key, case.title) == ("2026/c-1", "About noise")
    office.case_id = case.id
    assert office.open() == ["read"]
    assert office.data()["said"] == {"who": "alice", "what": "noise"}
    (event,) = office.engine.history(case.id, by=AUDITOR)
    assert (event.type, event.actor) == ("case_opened", "eve")


def test_a_message_that_comes_again_has_the_effect_of_once(office_of: SEND) -> None:
    office = office_of(*complaint(ABOUT))
    assert sends(office, "2026/c-1", who="alice", what="noise")
    assert not sends(office, "2026/c-1", who="alice", what="noise")
    assert sends(office, "2026/c-2", who="alice", what="smell")

    assert sorted(case.business_key for case in opened(office)) == ["2026/c-1", "2026/c-2"]
    assert kept(office) == 0


def test_the_case_with_the_same_key_says_whom_it_is_about(office_of: SEND) -> None:
    work = d.process("work", d.start(), d.user_task("a"), d.end(), *d.path("begun", "a", "finished"))
    office = office_of(*complaint(), work)
    with pytest.raises(Refused, match="Isi pengaturan itu"):
        sends(office)
    office.opens()
    assert sends(office, text="hello")

    (case,) = opened(office)
    assert (case.subject, case.unit, case.cycle, case.title) == ("alice", "unit-1", "2026", "complaint")


def test_who_may_open_no_cases_opens_none_by_a_message(office_of: SEND) -> None:
    office = office_of(*complaint(ABOUT))
    for actor in (OPERATOR, STRANGER):
        with pytest.raises(NotYours):
            sends(office, "2026/c-1", by=actor, who="alice", what="noise")
    assert opened(office) == []


def test_another_case_opens_one_by_what_it_throws(office_of: SEND) -> None:
    thrower = d.process(
        "work",
        d.start(),
        d.send_task("complain", "complaint_in", '{ text: "too loud" }'),
        d.user_task("wait"),
        d.end(),
        *d.path("begun", "complain", "wait", "finished"),
    )
    office = office_of(*complaint(), thrower)
    office.opens()
    assert opened(office) == []
    office.engine.flush_outbox(lambda effect: None)

    (case,) = opened(office)
    office.case_id = case.id
    assert office.data()["said"] == {"text": "too loud"}
    (event,) = office.engine.history(case.id, by=AUDITOR)
    assert event.actor == "system"


def test_what_cannot_be_begun_is_tried_again(office_of: SEND) -> None:
    works = False

    def note(call: object) -> Json:
        if not works:
            raise ValueError("printer on fire")
        return None

    begins = d.process(
        "complaint",
        d.start("came", d.message("complaint_in")),
        d.service_task("note", "office/note"),
        d.user_task("read"),
        d.end("closed"),
        *d.path("came", "note", "read", "closed"),
    )
    thrower = d.process(
        "work", d.start(), d.send_task("complain", "complaint_in"), d.end(), *d.path("begun", "complain", "finished")
    )
    office = office_of(d.message_named("complaint_in"), begins, thrower, services={"office/note": note})
    office.opens()
    office.engine.flush_outbox(lambda effect: None)
    assert opened(office) == []
    works = True
    office.clock.advance(timedelta(minutes=30))
    office.engine.flush_outbox(lambda effect: None)

    assert len(opened(office)) == 1


def test_who_waits_for_it_comes_before_what_it_begins(office_of: SEND) -> None:
    work = d.process(
        "work",
        d.start(),
        d.catch("heard", d.message("complaint_in")),
        d.user_task("a"),
        d.end(),
        *d.path("begun", "heard", "a", "finished"),
    )
    office = office_of(*complaint(), work)
    office.opens()
    assert sends(office)
    assert office.open() == ["a"]
    assert opened(office) == []
    assert sends(office)
    assert len(opened(office)) == 1
    assert not sends(office)
    assert kept(office) == 1  # a case may come to wait for it


def test_a_process_that_a_message_begins_may_be_opened_by_hand(office_of: SEND) -> None:
    plain = (d.start("plain"), *d.path("plain", "read"))
    office = office_of(*complaint("", *plain))
    first: UUID = office.opens("complaint")
    assert office.open() == ["read"]
    assert "said" not in office.data()
    office.opens("complaint", "2026/other", at="came", n=1)
    assert office.case_id != first
    assert office.data()["n"] == 1

    alone = office_of(*complaint())
    alone.opens("complaint")
    assert alone.open() == ["read"]


def test_two_processes_may_begin_with_one_message(office_of: SEND) -> None:
    other = d.process(
        "note",
        d.start("came_too", d.message("complaint_in")),
        d.user_task("look"),
        d.end("e"),
        *d.path("came_too", "look", "e"),
    )
    work = d.process("work", d.start(), d.user_task("a"), d.end(), *d.path("begun", "a", "finished"))
    office = office_of(*complaint(), other, work)
    office.opens()
    assert sends(office)

    with office.engine.database.connect() as connection:
        assert set(connection.scalars(sa.select(CaseRow.process))) == {"complaint", "note", "work"}
