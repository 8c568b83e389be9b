"""Event sub-processes, interrupting or not, at every level, in real cases that are saved and loaded at every step."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.runtime.services import BpmnError
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, Office

SEND = Callable[..., Office]
NAMED = (d.message_named("told"), d.signal_named("rung"), d.error_named("bad"), d.escalation_named("risen"))


def handler(definition: str, *, interrupting: bool, id: str = "aside") -> str:
    """An event sub-process in which somebody handles what has happened."""
    return d.sub_process(
        id,
        d.start(f"{id}_begun", definition, interrupting=interrupting),
        d.user_task(f"{id}_handle"),
        d.end(f"{id}_done"),
        *d.path(f"{id}_begun", f"{id}_handle", f"{id}_done"),
        triggered=True,
    )


def at_the_top(*handlers: str) -> list[str]:
    """Two tasks side by side, one of which has a timer at its edge."""
    work = d.process(
        "work",
        d.start(),
        d.parallel("fork"),
        d.user_task("one"),
        d.boundary("late", "one", d.after("P40D"), interrupting=False),
        d.end("told_off"),
        d.user_task("two"),
        d.parallel("join"),
        d.end(),
        *handlers,
        *d.path("begun", "fork", "one", "join", "finished"),
        *d.path("fork", "two", "join"),
        *d.path("late", "told_off"),
    )
    return [*NAMED, work]


def in_a_sub_process(*handlers: str) -> list[str]:
    work = d.process(
        "work",
        d.start(),
        d.sub_process("inner", d.start("in"), *side_by_side(*handlers)),
        d.user_task("after"),
        d.end(),
        *d.path("begun", "inner", "after", "finished"),
    )
    return [*NAMED, work]


def in_a_called_process(*handlers: str) -> list[str]:
    work = d.process(
        "work",
        d.start(),
        d.call("inner", "part"),
        d.user_task("after"),
        d.end(),
        *d.path("begun", "inner", "after", "finished"),
    )
    return [*NAMED, work, d.process("part", d.start("in"), *side_by_side(*handlers))]


def side_by_side(*handlers: str) -> list[str]:
    return [
        d.parallel("fork"),
        d.user_task("one"),
        d.user_task("two"),
        d.parallel("join"),
        d.end("out"),
        *handlers,
        *d.path("in", "fork", "one", "join", "out"),
        *d.path("fork", "two", "join"),
    ]


def tell(office: Office) -> None:
    office.engine.send_message("told", business_key="2026/alice", payload={}, by=EVE)


def ring(office: Office) -> None:
    office.engine.send_signal("rung", payload={}, by=EVE)


def a_week(office: Office) -> None:
    office.waits(timedelta(days=8))


HAPPENS = {"message": (d.message("told"), tell), "signal": (d.signal("rung"), ring), "timer": (d.after("P7D"), a_week)}
PLACES = {"top": at_the_top, "inside": in_a_sub_process, "called": in_a_called_process}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", HAPPENS)
def test_one_that_interrupts_cancels_everything_else_in_its_scope_and_ends_it(
    office_of: SEND, kind: str, place: str
) -> None:
    definition, happen = HAPPENS[kind]
    office = office_of(*PLACES[place](handler(definition, interrupting=True)))
    office.opens()
    office.completes("one", text="kept")

    happen(office)
    assert office.open() == ["aside_handle"]
    assert office.armed() == []
    assert office.awaited() == []
    assert office.data()["one"] == {"text": "kept"}

    office.completes("aside_handle", text="handled")
    if place != "top":
        assert office.open() == ["after"]
        assert office.data()["aside_handle"] == {"text": "handled"}
        assert office.data()["one"] == {"text": "kept"}
        office.completes("after", text="x")
    assert office.case().status == CaseStatus.COMPLETED


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", HAPPENS)
def test_one_that_does_not_interrupt_runs_beside_and_the_scope_waits_for_it(
    office_of: SEND, kind: str, place: str
) -> None:
    definition, happen = HAPPENS[kind]
    office = office_of(*PLACES[place](handler(definition, interrupting=False)))
    office.opens()
    office.completes("one", text="kept")

    happen(office)
    assert office.open() == ["aside_handle", "two"]
    assert office.engine.task(office.task("aside_handle").id, by=AUDITOR).context["one"] == {"text": "kept"}

    office.completes("two", text="kept")
    assert office.open() == ["aside_handle"]
    office.completes("aside_handle", text="handled")
    if place != "top":
        assert office.open() == ["after"]
        assert office.data()["aside_handle"] == {"text": "handled"}
        office.completes("after", text="x")
    assert office.case().status == CaseStatus.COMPLETED
    assert (office.armed(), office.awaited()) == ([], [])


@pytest.mark.parametrize("place", PLACES)
def test_a_message_may_come_again_and_again_and_several_wait_at_once(office_of: SEND, place: str) -> None:
    handlers = (
        handler(d.message("told"), interrupting=False),
        handler(d.signal("rung"), interrupting=True, id="stop"),
    )
    office = office_of(*PLACES[place](*handlers))
    office.opens()
    assert office.awaited() == ["rung", "told"]

    tell(office)
    tell(office)
    assert office.open() == ["aside_handle", "aside_handle", "one", "two"]
    office.completes("aside_handle", text="x")
    tell(office)
    assert office.open() == ["aside_handle", "aside_handle", "one", "two"]
    ring(office)
    assert office.open() == ["stop_handle"]
    assert office.awaited() == []


@pytest.mark.parametrize("place", ["inside", "called"])
def test_one_beside_does_not_bring_back_what_the_others_have_changed_meanwhile(office_of: SEND, place: str) -> None:
    """Its end is the last: what it knew at its start must not win over newer answers; its own answers stay."""
    told = handler(d.message("told", variable="told"), interrupting=False)
    parts = [d.user_task("first"), d.user_task("second", result="first"), d.end("out"), told]
    inside = [d.start("in"), *parts, *d.path("in", "first", "second", "out")]
    inner = d.sub_process("inner", *inside) if place == "inside" else d.call("inner", "part")
    flows = d.path("begun", "inner", "after", "finished")
    work = d.process("work", d.start(), inner, d.user_task("after"), d.end(), *flows)
    office = office_of(*NAMED, work, *([d.process("part", *inside)] if place == "called" else []))
    office.opens()
    office.completes("first", text="old")
    office.engine.send_message("told", business_key="2026/alice", payload={"by": "bob"}, by=EVE)
    office.completes("second", text="new")
    office.completes("aside_handle", text="handled")

    data = office.data()
    assert (data["first"], data["aside_handle"], data["told"]) == ({"text": "new"}, {"text": "handled"}, {"by": "bob"})


def test_a_cycle_begins_one_at_each_beat(office_of: SEND) -> None:
    office = office_of(*at_the_top(handler(d.every("R2/P7D"), interrupting=False)))
    office.opens()
    office.waits(timedelta(days=30))

    assert office.open() == ["aside_handle", "aside_handle", "one", "two"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_begins_one_when_it_becomes_true(office_of: SEND, interrupting: bool) -> None:
    office = office_of(*at_the_top(handler(d.conditional('one.text = "stop"'), interrupting=interrupting)))
    office.opens()
    assert office.open() == ["one", "two"]

    office.completes("one", text="stop")
    assert office.open() == (["aside_handle"] if interrupting else ["aside_handle", "two"])


def test_a_condition_that_goes_on_holding_begins_none_again_when_branches_meet(office_of: SEND) -> None:
    parts = [
        d.start(),
        d.parallel("fork"),
        d.user_task("one"),
        d.user_task("two"),
        d.parallel("join"),
        d.user_task("after"),
        d.end(),
        handler(d.conditional('one.text = "much"'), interrupting=False),
        *d.path("begun", "fork", "one", "join", "after", "finished"),
        *d.path("fork", "two", "join"),
    ]
    office = office_of(d.process("work", *parts))
    office.opens()
    office.completes("one", text="much")
    office.completes("aside_handle", text="x")
    office.completes("two", text="x")

    assert office.open() == ["after"]


def throwing(definition: str, *handlers: str) -> list[str]:
    """A process that throws at the end of a sub-process, or of the process itself."""
    work = d.process(
        "work",
        d.start(),
        d.parallel("fork"),
        d.user_task("one"),
        d.end("thrown", definition),
        d.user_task("two"),
        d.end(),
        *handlers,
        *d.path("begun", "fork", "one", "thrown"),
        *d.path("fork", "two", "finished"),
    )
    return [*NAMED, work]


def test_an_error_of_its_scope_begins_one_and_cancels_the_rest(office_of: SEND) -> None:
    office = office_of(*throwing(d.error("bad"), handler(d.error("bad"), interrupting=True)))
    office.opens()
    assert office.open() == ["one", "two"]

    office.completes("one", text="broken")
    assert office.open() == ["aside_handle"]
    office.completes("aside_handle", text="x")
    assert office.case().status == CaseStatus.COMPLETED


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_begins_one_beside_or_instead(office_of: SEND, interrupting: bool) -> None:
    office = office_of(*throwing(d.escalation("risen"), handler(d.escalation("risen"), interrupting=interrupting)))
    office.opens()

    office.completes("one", text="up")
    assert office.open() == (["aside_handle"] if interrupting else ["aside_handle", "two"])


def test_an_error_inside_is_caught_by_the_event_sub_process_of_the_nearest_scope(office_of: SEND) -> None:
    def fails(call: object) -> None:
        raise BpmnError("bad", "no such thing")

    inner = d.sub_process(
        "inner",
        d.start("in"),
        d.service_task("call", "fails"),
        d.end("out"),
        handler(d.error("bad"), interrupting=True, id="near"),
        *d.path("in", "call", "out"),
    )
    far = handler(d.error("bad"), interrupting=True, id="far")
    parts = [d.start(), inner, d.user_task("after"), d.end(), far, *d.path("begun", "inner", "after", "finished")]
    office = office_of(*NAMED, d.process("work", *parts), services={"fails": fails})
    office.opens()

    assert office.open() == ["near_handle"]
    office.completes("near_handle", text="x")
    assert office.open() == ["after"]


def test_what_one_throws_itself_goes_outwards(office_of: SEND) -> None:
    again = d.sub_process(
        "near",
        d.start("near_begun", d.error("bad"), interrupting=True),
        d.end("near_done", d.error("bad")),
        *d.path("near_begun", "near_done"),
        triggered=True,
    )
    inner = d.sub_process("inner", d.start("in"), d.end("out", d.error("bad")), again, *d.path("in", "out"))
    parts = [
        d.start(),
        inner,
        d.boundary("outside", "inner", d.error("bad")),
        d.user_task("rescued"),
        d.end(),
        d.end("saved"),
        *d.path("begun", "inner", "finished"),
        *d.path("outside", "rescued", "saved"),
    ]
    office = office_of(*NAMED, d.process("work", *parts))
    office.opens()

    assert office.open() == ["rescued"]
