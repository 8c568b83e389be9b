"""Open tasks go to whoever performs them now: with their drafts, one event of a case, and a mail."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import NotYours, Refused
from engine.runtime.outbox import Effect
from engine.runtime.values import Actor, Assignment
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, AUDITOR, BOB, CAROL, DAN, EVE, PERFORMERS, START, Office

SEND = Callable[..., Office]
WHY = "Atasan yang tercatat keliru."
TODAY = START.date()
TWO = d.process(
    "work", d.start(), d.parallel("split"), d.user_task("check", performer="supervisor"),
    d.user_task("weigh", performer="supervisor"), d.user_task("sort", performer="pool"), d.parallel("join"), d.end(),
    *d.path("begun", "split", "check", "join", "finished"), *d.path("split", "weigh", "join"),
    *d.path("split", "sort", "join"),
)  # fmt: skip


class Moved:
    """A directory in which carol has become the supervisor."""

    def __init__(self, office: Office, to: Assignment) -> None:
        self._of, self._to = office.directory, to

    def resolve(self, connection: sa.Connection, performer: str, **_facts: Any) -> Assignment:
        return self._to if performer == "supervisor" else PERFORMERS[performer]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


def moved(office: Office, to: Assignment | None = None) -> None:
    office.resources.directory = Moved(office, to or Assignment("carol", why="her new supervisor"))


def orders(office: Office, by: Actor = EVE, reason: str = WHY, **more: Any) -> Any:
    assignments, resources = office.engine.assignments, office.resources
    return resources.write(
        lambda connection: assignments.order(connection, ["alice"], title="Alih", reason=reason, by=by, **more)
    )


def works(office: Office) -> None:
    while office.engine.batches.run():
        pass


def test_what_is_misplaced_goes_with_its_draft_in_one_event_and_the_new_person_is_told(office_of: SEND) -> None:
    office = office_of(TWO)
    office.opens()
    check = office.task("check")
    office.engine.save_draft(check.id, {"text": "halfway"}, revision=check.revision, by=BOB)
    office.engine.flush_outbox(lambda effect: None)
    moved(office)
    with office.resources.reading() as connection:
        found = office.engine.assignments.misplaced(connection, {"alice", "zoe"}, TODAY)
    assert [(one.task.element, one.task.assignee, one.to.person) for one in found] == [
        ("check", "bob", "carol"),
        ("weigh", "bob", "carol"),
    ]

    order = orders(office)
    works(office)

    batch = office.engine.batches.view(order, by=EVE)
    assert (batch.total, batch.done) == (1, 1)
    assert "dari Bob kepada Carol" in (office.engine.batches.items(order, by=EVE).items[0].said or "")
    view = office.engine.task(check.id, by=CAROL)
    assert (view.may_act, view.answers) == (True, {"text": "halfway"})
    assert office.engine.task(office.task("weigh").id, by=BOB).may_act is False
    event = office.engine.history(office.id, by=AUDITOR)[-1]
    assert (event.type, event.actor, event.data["reason"]) == ("tasks_handed_over", "eve", WHY)
    assert [(one["from_name"], one["to_name"], one["why"]) for one in event.data["handed_over"]] == [
        ("Bob", "Carol", "her new supervisor")
    ] * 2
    told: list[Effect] = []
    office.engine.flush_outbox(told.append)
    assert [effect.payload["template"] for effect in told] == ["task_handed_over"] * 2
    assert orders(office) is None
    assert office.engine.verify().breach is None


def test_a_task_that_a_member_of_the_group_has_taken_stays(office_of: SEND) -> None:
    office = office_of(TWO)
    office.opens()
    moved(office, Assignment(group="pool", why="nobody else"))
    orders(office)
    works(office)
    check = office.task("check")
    assert (check.assignee, check.group) == (None, "pool")
    office.engine.claim(check.id, by=DAN)
    assert orders(office) is None


def test_an_order_for_a_later_day_waits_for_it_and_then_looks_again(office_of: SEND) -> None:
    office = office_of(TWO)
    office.opens()
    tomorrow = START.replace(day=START.day + 1)
    order = orders(office, not_before=tomorrow)
    works(office)
    assert office.engine.batches.view(order, by=EVE).waiting == 1
    office.clock.go_to(tomorrow)
    works(office)
    assert office.engine.batches.view(order, by=EVE).skipped == 1


def test_only_with_a_reason_and_the_capability(office_of: SEND) -> None:
    office = office_of(TWO)
    office.opens()
    moved(office)
    with pytest.raises(Refused, match="paling sedikit 10 huruf"):
        orders(office, reason="ya")
    for by in (ALICE, AUDITOR):
        with pytest.raises(NotYours):
            orders(office, by=by)
