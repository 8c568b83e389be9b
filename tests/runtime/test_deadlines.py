"""Due moments of many tasks changed by one rule: whom it hits, what becomes of them, who is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from engine.errors import NotYours, Refused
from engine.feel import FeelFunction
from engine.runtime.deadlines import NewDue, Wanted
from engine.runtime.lint.model import Words
from engine.runtime.outbox import Effect
from engine.runtime.values import Actor
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, AUDITOR, EVE, START, Office

SEND = Callable[..., Office]
WHY = "Libur bersama diperpanjang."
LINE = d.process(
    "work", d.start(), d.user_task("write", due="P10D", remind="P3D", escalate="none"), d.user_task("read"), d.end(),
    *d.path("begun", "write", "read", "finished"),
)  # fmt: skip
BOTH = Wanted("work", "write", ("unit-1",))


def outcomes(office: Office, order: UUID) -> dict[str, int]:
    while office.engine.batches.run():
        pass
    batch = office.engine.batches.view(order, by=EVE)
    return {"done": batch.done, "skipped": batch.skipped, "failed": batch.failed}


def test_many_due_moments_move_on_and_what_was_closed_meanwhile_is_skipped(office_of: SEND) -> None:
    office = office_of(LINE)
    first, second = office.opens(key="2026/1"), office.opens(key="2026/2")
    deadlines = office.engine.deadlines
    [kind] = deadlines.kinds(by=EVE)
    assert (kind.process, kind.element, kind.count) == ("work", "write", 2)
    found = deadlines.find(BOTH, by=EVE)
    assert {task.case_id for task in found.items} == {first, second}
    later = START + timedelta(days=15)
    assert [deadlines.moved(task, NewDue(days=5)) for task in found.items] == [later, later]

    order = deadlines.order(BOTH, NewDue(days=5), expected=2, title="Geser", reason=WHY, by=EVE)
    office.completes("write", text="done")
    told: list[Effect] = []
    office.engine.flush_outbox(lambda effect: None)

    assert outcomes(office, order) == {"done": 1, "skipped": 1, "failed": 0}
    office.engine.flush_outbox(told.append)
    assert [(effect.payload["template"], effect.case_id) for effect in told] == [("due_changed", first)]
    office.case_id = first
    assert office.task("write").due_at == later
    event = office.engine.history(first, by=AUDITOR)[-1]
    assert (event.type, event.actor, event.data["reason"]) == ("due_changed", "eve", WHY)
    assert event.data["due_before"] == (START + timedelta(days=10)).isoformat()
    assert [timer for timer in office.armed() if timer == "write"] == ["write"], "one reminder, laid out anew"
    assert office.engine.verify().breach is None


def test_one_moment_for_all_and_days_of_work(office_of: SEND) -> None:
    office = office_of(LINE)
    office.opens()
    registry = office.resources.registry
    friday_to_monday = FeelFunction("work days", ("date", "n"), lambda day, count: date(2026, 1, 19))
    office.resources.registry = replace(
        registry, functions={"work days": friday_to_monday}, words=Words(working_days="work days")
    )
    deadlines = office.engine.deadlines
    order = deadlines.order(BOTH, NewDue(days=3, working=True), expected=1, title="Geser", reason=WHY, by=EVE)
    assert outcomes(office, order)["done"] == 1
    assert office.task("write").due_at == datetime(2026, 1, 19, 1, 0, tzinfo=UTC)

    same = START + timedelta(days=60)
    order = deadlines.order(BOTH, NewDue(at=same), expected=1, title="Tetapkan", reason=WHY, by=EVE)
    assert outcomes(office, order)["done"] == 1
    assert office.task("write").due_at == same


def test_a_task_without_a_due_moment_is_told_as_failed(office_of: SEND) -> None:
    office = office_of(
        d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
    )
    office.opens()
    order = office.engine.deadlines.order(BOTH, NewDue(days=3), expected=1, title="Geser", reason=WHY, by=EVE)
    assert outcomes(office, order) == {"done": 0, "skipped": 0, "failed": 1}
    [item] = office.engine.batches.items(order, by=EVE).items
    assert item.said == "Tugas ini tidak mempunyai tenggat yang dapat digeser; tetapkan satu tanggal."


@pytest.mark.parametrize(
    ("new", "expected", "reason", "words"),
    [
        (NewDue(days=3), 2, WHY, "Kini ada 1 tugas, bukan 2"),
        (NewDue(days=0), 1, WHY, "antara 1 dan 366"),
        (NewDue(at=START), 1, WHY, "masa depan"),
        (NewDue(days=3), 1, "ya", "paling sedikit 10 huruf"),
    ],
)
def test_what_cannot_be_ordered_is_refused(
    office_of: SEND, new: NewDue, expected: int, reason: str, words: str
) -> None:
    office = office_of(LINE)
    office.opens()
    with pytest.raises(Refused, match=words):
        office.engine.deadlines.order(BOTH, new, expected=expected, title="Geser", reason=reason, by=EVE)


def test_only_operators_and_never_about_oneself(office_of: SEND) -> None:
    office = office_of(LINE)
    office.opens()
    alice = Actor("alice", "Alice", roles=frozenset({"operator"}))
    assert office.engine.deadlines.find(BOTH, by=alice).total == 0
    assert office.engine.deadlines.kinds(by=alice) == []
    for by in (ALICE, AUDITOR):
        with pytest.raises(NotYours):
            office.engine.deadlines.find(BOTH, by=by)
        with pytest.raises(NotYours):
            office.engine.deadlines.kinds(by=by)
        with pytest.raises(NotYours):
            office.engine.deadlines.order(BOTH, NewDue(days=3), expected=1, title="x", reason=WHY, by=by)


def test_a_lapse_drawn_at_the_same_moment_moves_along(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work", d.start(), d.user_task("write", due="P10D", remind="none", escalate="none"),
            d.boundary("lapsed", "write", d.after("P10D")), d.boundary("much_later", "write", d.after("P20D")),
            d.user_task("take_over"), d.end(), *d.path("begun", "write", "finished"),
            *d.path("lapsed", "take_over", "finished"), *d.path("much_later", "finished"),
        )
    )  # fmt: skip
    office.opens()
    due = START + timedelta(days=15)

    office.engine.operations.change_due(office.task("write").id, due, reason=WHY, by=EVE)

    event = office.engine.history(office.id, by=AUDITOR)[-1]
    assert [each["element"] for each in event.data["shifted"]] == ["lapsed"]
    office.waits(timedelta(days=14))
    assert office.open() == ["write"]
    office.waits(timedelta(days=1))
    assert office.open() == ["take_over"]
    assert office.engine.verify().breach is None
