"""Compensation, in real cases that are saved and loaded at every step."""

from collections.abc import Callable

import pytest

from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import Office

SEND = Callable[..., Office]


def booking(thrower: str, *, after: str = "after") -> str:
    """A room, then hotels in a sub-process, then a decision to undo."""
    return d.process(
        "work",
        d.start(),
        d.user_task("room"),
        d.undone_by("room", d.user_task("free_room")),
        d.sub_process(
            "trip",
            d.start("in"),
            d.user_task("hotel", result="stay", loop=d.times("2", "stays", "stay")),
            d.undone_by("hotel", d.user_task("free_hotel")),
            d.user_task("car"),
            d.end("out"),
            *d.path("in", "hotel", "car", "out"),
        ),
        d.user_task("decide"),
        thrower,
        d.user_task(after),
        d.end(),
        *d.path("begun", "room", "trip", "decide", "undo", after, "finished"),
    )


def booked(office: Office) -> Office:
    office.opens()
    for task in ("room", "hotel", "hotel", "car", "decide"):
        office.completes(task, text=task)
    return office


def test_all_of_a_scope_is_undone_the_last_first_and_those_inside_ended_sub_processes_too(office_of: SEND) -> None:
    office = booked(office_of(booking(d.throw("undo", d.compensate()))))

    for handler in ("free_hotel", "free_hotel", "free_room"):
        assert office.open() == [handler]
        office.completes(handler, text="undone")
    assert office.open() == ["after"]
    assert office.data()["free_room"] == {"text": "undone"}
    office.completes("after", text="x")
    assert office.case().status == CaseStatus.COMPLETED


def test_a_handler_sees_the_data_as_it_was_when_its_activity_was_done(office_of: SEND) -> None:
    parts = [
        d.start(),
        d.script_task("first", "{ n: 1 }"),
        d.undone_by("first", d.script_task("back", "{ seen: n }")),
        d.script_task("second", "{ n: 2 }"),
        d.throw("undo", d.compensate("first")),
        d.user_task("after"),
        d.end(),
    ]
    office = office_of(d.process("work", *parts, *d.path("begun", "first", "second", "undo", "after", "finished")))
    office.opens()

    assert (office.data()["seen"], office.data()["n"]) == (1, 2)


@pytest.mark.parametrize(("named", "undone"), [("room", ["free_room"]), ("trip", ["free_hotel", "free_hotel"])])
def test_one_activity_or_one_sub_process_may_be_undone_alone_and_only_once(
    office_of: SEND, named: str, undone: list[str]
) -> None:
    office = booked(office_of(booking(d.throw("undo", d.compensate(named)))))

    for handler in undone:
        assert office.open() == [handler]
        office.completes(handler, text="x")
    assert office.open() == ["after"]


def test_what_is_not_yet_done_is_not_undone(office_of: SEND) -> None:
    parts = [
        d.start(),
        d.parallel("fork"),
        d.user_task("done"),
        d.undone_by("done", d.user_task("undo_done_by_hand")),
        d.end("back", d.compensate()),
        d.user_task("open"),
        d.undone_by("open", d.user_task("undo_open_by_hand")),
        d.end(),
    ]
    flows = [*d.path("begun", "fork", "done", "back"), *d.path("fork", "open", "finished")]
    office = office_of(d.process("work", *parts, *flows))
    office.opens()
    office.completes("done", text="x")

    assert office.open() == ["open", "undo_done_by_hand"]
    office.completes("undo_done_by_hand", text="x")
    office.completes("open", text="x")
    assert office.case().status == CaseStatus.COMPLETED


def test_an_event_sub_process_undoes_the_scope_around_it(office_of: SEND) -> None:
    handler = d.sub_process(
        "aside",
        d.start("aside_begun", d.error("bad"), interrupting=True),
        d.throw("undo", d.compensate()),
        d.end("aside_done"),
        *d.path("aside_begun", "undo", "aside_done"),
        triggered=True,
    )
    parts = [d.start(), d.user_task("room"), d.undone_by("room", d.user_task("free_room")), d.end("e", d.error("bad"))]
    office = office_of(d.error_named("bad"), d.process("work", *parts, handler, *d.path("begun", "room", "e")))
    office.opens()
    office.completes("room", text="x")

    assert office.open() == ["free_room"]
    office.completes("free_room", text="x")
    assert office.case().status == CaseStatus.COMPLETED


def test_a_case_that_ends_well_undoes_nothing(office_of: SEND) -> None:
    parts = [d.start(), d.user_task("room"), d.undone_by("room", d.user_task("free_room")), d.end()]
    office = office_of(d.process("work", *parts, *d.path("begun", "room", "finished")))
    office.opens()
    office.completes("room", text="x")

    assert (office.open(), office.case().status) == ([], CaseStatus.COMPLETED)


def test_what_was_done_in_one_of_several_branches_can_still_be_undone_when_they_have_met(office_of: SEND) -> None:
    inside = [d.start("in"), d.user_task("room"), d.undone_by("room", d.user_task("free_room")), d.end("out")]
    parts = [
        d.start(),
        d.parallel("fork"),
        d.sub_process("trip", *inside, *d.path("in", "room", "out")),
        d.user_task("pack"),
        d.parallel("join"),
        d.user_task("decide"),
        d.end("undo", d.compensate()),
        *d.path("begun", "fork", "trip", "join", "decide", "undo"),
        *d.path("fork", "pack", "join"),
    ]
    office = office_of(d.process("work", *parts))
    office.opens()
    for task in ("room", "pack", "decide"):
        office.completes(task, text="x")

    assert office.open() == ["free_room"]
    office.completes("free_room", text="x")
    assert office.case().status == CaseStatus.COMPLETED


def test_two_who_undo_the_same_at_once_undo_each_activity_once(office_of: SEND) -> None:
    hotels = d.user_task("hotel", loop=d.times("3"))
    inside = [d.start("in"), hotels, d.undone_by("hotel", d.user_task("free_hotel")), d.end("out")]
    parts = [d.start(), d.sub_process("trip", *inside, *d.path("in", "hotel", "out")), d.parallel("fork"), d.end()]
    for side in ("left", "right"):
        parts += [d.user_task(side), d.throw(f"undo_{side}", d.compensate()), d.parallel("join")][
            : 2 + (side == "left")
        ]
        parts += d.path("fork", side, f"undo_{side}", "join")
    office = office_of(d.process("work", *parts, *d.path("begun", "trip", "fork"), *d.path("join", "finished")))
    office.opens()
    for task in ("hotel", "hotel", "hotel", "left", "right"):
        office.completes(task, text="x")

    assert office.open() == ["free_hotel", "free_hotel"]
    for left in (1, 1, 0):
        office.completes("free_hotel", text="x")
        assert office.open() == ["free_hotel"] * left
    assert office.case().status == CaseStatus.COMPLETED
