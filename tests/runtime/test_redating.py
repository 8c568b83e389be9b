"""Due moments and drawn timers laid out anew when the calendar has changed: what moves, what stays, who is told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import Refused
from engine.feel import FeelFunction
from engine.runtime import redating
from engine.runtime.foreseeing import taken_back
from engine.runtime.outbox import Effect
from engine.runtime.redating import Move, Redated, Rules
from engine.runtime.values import Json
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, JAKARTA, START, Office

SEND = Callable[..., Office]
WHY = "Cuti bersama ditambah satu hari."
AFTER = "later(today(), 5)"
WORK = d.process(
    "work", d.start(),
    d.user_task("write", due=AFTER, remind="P2D", escalate="none"),
    d.user_task("read", due="plan.read"),
    d.end(),
    *d.path("begun", "write", "read", "finished"),
)  # fmt: skip


def later(days: int) -> Mapping[str, FeelFunction]:
    """A calendar in which five days of work are this many days."""
    return {"later": FeelFunction("later", ("date", "n"), lambda day, count: day + timedelta(days=days))}


def plan(day: int) -> dict[str, Json]:
    return {"read": f"2026-02-{day:02d}"}


def rules(before: int, after: int, *, old: int = 10, new: int = 10) -> Rules:
    def renew(case: Mapping[str, Any], data: Mapping[str, Json]) -> Mapping[str, Json]:
        return {"plan": plan(new) if data["plan"] == plan(old) else data["plan"]}

    return Rules(later(before), later(after), renew)


@pytest.fixture
def office(office_of: SEND) -> Office:
    office = office_of(d.process("empty", d.start(), d.end(), *d.path("begun", "finished")))
    office.resources.registry = replace(office.resources.registry, functions=later(7))
    return office


def seen(office: Office, changed: Rules) -> Redated:
    """What would move: done, and taken back."""

    def work(connection: sa.Connection) -> Redated:
        with taken_back(connection):
            return redated(office, connection, changed, WHY)

    return office.resources.write(work)


def carried_out(office: Office, changed: Rules, reason: str = WHY) -> Redated:
    return office.resources.write(lambda connection: redated(office, connection, changed, reason))


def redated(office: Office, connection: sa.Connection, changed: Rules, reason: str) -> Redated:
    told = {"change": "1"}
    return redating.redate(office.resources, connection, office.id, changed, reason=reason, by=EVE, told=told)


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=JAKARTA)


def test_a_due_moment_follows_the_calendar_and_its_holder_is_told_once(office: Office) -> None:
    office.publishes(WORK)
    office.opens(plan=plan(10))
    before, after = end_of(date(2026, 1, 9)), end_of(date(2026, 1, 12))
    assert office.task("write").due_at == before
    preview = seen(office, rules(7, 10))
    assert [(move.kind, move.element, move.before, move.after) for move in preview.moves] == [
        ("task", "write", before, after)
    ]
    assert office.task("write").due_at == before, "a preview writes nothing"
    office.engine.flush_outbox(lambda effect: None)

    assert carried_out(office, rules(7, 10)) == preview

    told: list[Effect] = []
    office.engine.flush_outbox(told.append)
    assert [effect.payload["template"] for effect in told] == ["due_changed"]
    assert office.task("write").due_at == after
    event = office.engine.history(office.id, by=AUDITOR)[-1]
    assert (event.type, event.actor, event.data["reason"]) == ("dates_moved", "eve", WHY)
    assert [item["element"] for item in event.data["shifted"]] == ["write"]
    assert office.engine.verify().breach is None
    assert not carried_out(office, rules(7, 10)), "carried out twice it moves nothing more"


def test_reminders_are_laid_out_anew(office: Office) -> None:
    office.publishes(WORK)
    office.opens(plan=plan(10))
    carried_out(office, rules(7, 10))
    office.waits(timedelta(days=8, hours=-2))
    assert "reminder_sent" not in [event.type for event in office.engine.history(office.id, by=AUDITOR)]
    office.waits(timedelta(hours=3))
    assert [event.type for event in office.engine.history(office.id, by=AUDITOR)][-1] == "reminder_sent"


def test_what_was_moved_by_hand_stays(office: Office) -> None:
    office.publishes(WORK)
    office.opens(plan=plan(10))
    by_hand = START + timedelta(days=20)
    office.engine.operations.change_due(office.task("write").id, by_hand, reason=WHY, by=EVE)
    assert not seen(office, rules(7, 10))
    assert not carried_out(office, rules(7, 10))
    assert office.task("write").due_at == by_hand


def test_nothing_moves_into_the_past(office: Office) -> None:
    office.publishes(WORK)
    office.opens(plan=plan(10))
    office.clock.advance(timedelta(days=5))
    assert not seen(office, rules(7, 3))
    assert [move.after for move in seen(office, rules(7, 5)).moves] == [end_of(date(2026, 1, 7))]


def test_new_data_of_the_case_moves_what_is_reckoned_by_it_now_and_later(office: Office) -> None:
    office.publishes(WORK)
    office.opens(plan=plan(10))
    found = carried_out(office, rules(7, 7, new=12))
    assert (found.moves, found.data) == ([], ["plan"])
    office.completes("write", text="done")
    assert office.task("read").due_at == end_of(date(2026, 2, 12))
    assert [move.after for move in carried_out(office, rules(7, 7, old=12, new=16)).moves] == [
        end_of(date(2026, 2, 16))
    ]


TIMERS = d.process(
    "work", d.start(),
    d.user_task("write"), d.boundary("lapsed", "write", d.at(AFTER)), d.end("late"),
    d.catch("wait", d.at(AFTER)), d.end(),
    *d.path("begun", "write", "wait", "finished"), *d.path("lapsed", "late"),
)  # fmt: skip


def test_a_drawn_timer_follows_from_the_moment_at_which_it_was_reached(office: Office) -> None:
    office.publishes(TIMERS)
    office.opens(plan=plan(10))
    office.clock.advance(timedelta(days=2))
    midnight = datetime(2026, 1, 9, tzinfo=JAKARTA)
    assert [(move.element, move.before, move.after) for move in seen(office, rules(7, 8)).moves] == [
        ("lapsed", midnight, midnight + timedelta(days=1))
    ]
    office.completes("write", text="done")
    office.clock.advance(timedelta(days=3))
    [move] = carried_out(office, rules(7, 9)).moves
    assert isinstance(move, Move)
    assert (move.element, move.before) == ("wait", midnight + timedelta(days=2))
    office.waits(timedelta(days=5))
    assert office.case().status == "active"
    office.waits(timedelta(days=2))
    assert office.case().status == "completed"


def test_a_reason_is_asked_for(office: Office) -> None:
    office.publishes(WORK)
    office.opens(plan=plan(10))
    with pytest.raises(Refused, match="paling sedikit 10 huruf"):
        carried_out(office, rules(7, 10), reason="ya")
