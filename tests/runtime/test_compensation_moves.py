"""What may still be undone stays so when a case moves to another release, or a token is moved by hand."""

from collections.abc import Callable, Sequence

import pytest

from engine.errors import Refused
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import EVE, Office

SEND = Callable[..., Office]
WHY = "Diperbaiki bersama rilis baru."


def trip(*later: str, handler: str = "free_room") -> str:
    """A room, a hotel in a sub-process, more steps, then all is undone."""
    return d.process(
        "work",
        d.start(),
        d.user_task("room"),
        d.undone_by("room", d.user_task(handler)),
        d.sub_process(
            "trip",
            d.start("in"),
            d.user_task("hotel"),
            d.undone_by("hotel", d.user_task("free_hotel")),
            d.end("out"),
            *d.path("in", "hotel", "out"),
        ),
        *(d.user_task(id) for id in ("decide", *later)),
        d.throw("undo", d.compensate()),
        d.user_task("after"),
        d.end(),
        *d.path("begun", "room", "trip", "decide", *later, "undo", "after", "finished"),
    )


def booked(office: Office) -> Office:
    office.opens()
    for task in ("room", "hotel"):
        office.completes(task, text=task)
    assert office.open() == ["decide"]
    return office


def moves_to(office: Office, *parts: str) -> None:
    release = office.publishes(*parts)
    office.engine.moves.migrate_case(office.id, release, by=EVE)


def undoes(office: Office, handlers: Sequence[str]) -> None:
    for handler in handlers:
        assert office.open() == [handler]
        office.completes(handler, text="undone")
    assert office.open() == ["after"]
    office.completes("after", text="x")
    assert office.case().status == CaseStatus.COMPLETED


def test_a_case_that_moves_to_another_release_can_still_be_undone(office_of: SEND) -> None:
    office = booked(office_of(trip()))
    moves_to(office, trip("sign"))
    office.completes("decide", text="x")
    office.completes("sign", text="x")
    undoes(office, ["free_hotel", "free_room"])


def test_a_case_that_moves_twice_can_still_be_undone(office_of: SEND) -> None:
    office = booked(office_of(trip()))
    moves_to(office, trip("sign"))
    moves_to(office, trip("sign", "seal"))
    for task in ("decide", "sign", "seal"):
        office.completes(task, text="x")
    undoes(office, ["free_hotel", "free_room"])


def test_what_the_new_release_undoes_with_another_handler_is_undone_by_that(office_of: SEND) -> None:
    office = booked(office_of(trip()))
    moves_to(office, trip(handler="give_room_back"))
    office.completes("decide", text="x")
    undoes(office, ["free_hotel", "give_room_back"])


def test_a_case_that_moves_while_it_is_undone_goes_on_undoing(office_of: SEND) -> None:
    office = booked(office_of(trip()))
    office.completes("decide", text="x")
    assert office.open() == ["free_hotel"]
    moves_to(office, trip("sign"))
    undoes(office, ["free_hotel", "free_room"])


def test_a_case_whose_token_was_moved_by_hand_can_still_be_undone(office_of: SEND) -> None:
    office = booked(office_of(trip("sign")))
    view = office.engine.operations.view(office.id, by=EVE)
    (number,) = [token.number for token in view.tokens if token.element == "decide"]
    office.engine.operations.move_token(office.id, number, "sign", reason=WHY, by=EVE)
    office.completes("sign", text="x")
    undoes(office, ["free_hotel", "free_room"])


def test_a_case_that_was_reset_undoes_what_was_done_each_time(office_of: SEND) -> None:
    office = booked(office_of(trip()))
    office.engine.operations.reset(office.id, "room", reason=WHY, by=EVE)
    for task in ("room", "hotel", "decide"):
        office.completes(task, text="again")
    undoes(office, ["free_hotel", "free_room", "free_hotel", "free_room"])


def test_a_release_without_what_may_still_be_undone_is_refused_by_name(office_of: SEND) -> None:
    office = booked(office_of(trip()))
    steps = ("room", "decide", "after")
    flows = d.path("begun", *steps, "finished")
    release = office.publishes(d.process("work", d.start(), *map(d.user_task, steps), d.end(), *flows))
    with pytest.raises(Refused, match="trip"):
        office.engine.moves.migrate_case(office.id, release, by=EVE)
    assert office.open() == ["decide"]
