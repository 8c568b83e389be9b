"""Gateways that split and join, in rounds too, in real cases that are saved and loaded at every step."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from tests.runtime import diagrams as d
from tests.runtime.office import Office

SEND = Callable[..., Office]
LEFT_AND_RIGHT = (*d.path("split", "left", "join"), *d.path("split", "right", "join"))


def rounds(gateway: Callable[[str], str], *flows: str, left: str | None = None) -> str:
    """A process that splits and joins again until the answer to "more" is not "yes"."""
    return d.process(
        "work",
        d.start(),
        d.exclusive("again"),
        gateway("split"),
        left or d.user_task("left", result="left"),
        d.user_task("right", result="right"),
        gateway("join"),
        d.user_task("more", result="more"),
        d.exclusive("enough", default="enough_to_finished"),
        d.end(),
        *d.path("begun", "again", "split"),
        *flows,
        *d.path("join", "more", "enough", "finished"),
        d.flow("enough", "again", when='more.text = "yes"'),
    )


def test_trap_6_a_parallel_join_in_a_loop_waits_for_both_in_every_round(office_of: SEND) -> None:
    office = office_of(rounds(d.parallel, *LEFT_AND_RIGHT))
    office.opens()
    sizes = []
    for number in range(12):
        first, second = ("left", "right") if number % 2 else ("right", "left")
        office.completes(first, text=f"{first} {number}")
        assert office.open() == [second]
        office.completes(second, text=f"{second} {number}")
        assert office.open() == ["more"]
        seen = office.data()
        assert (seen["left"]["text"], seen["right"]["text"]) == (f"left {number}", f"right {number}")
        office.completes("more", text="yes" if number < 11 else "no")
        sizes.append(office.tree())
    assert office.case().status == "completed"
    assert len(set(sizes[2:-1])) == 1, sizes


def test_trap_6_an_inclusive_join_in_a_loop_waits_for_those_that_were_chosen(office_of: SEND) -> None:
    flows = (
        d.flow("split", "left", when='more = null or more.text = "yes"'),
        d.flow("split", "right", when="number >= 1"),
        *d.path("left", "join"),
        *d.path("right", "join"),
    )
    office = office_of(rounds(lambda id: d.inclusive(id), *flows))
    office.opens(number=1)
    for _ in range(3):
        office.completes("right", text="r")
        assert office.open() == ["left"]
        office.completes("left", text="l")
        assert office.open() == ["more"]
        office.completes("more", text="yes")
    assert office.open() == ["left", "right"]


def test_a_join_in_a_loop_stays_small_when_its_branches_have_events_at_their_edges(office_of: SEND) -> None:
    left = d.user_task("left", result="left") + d.boundary("late", "left", d.after("P1D")) + d.user_task("instead")
    merged = (d.exclusive("merge"), *d.path("left", "merge", "join"), *d.path("late", "instead", "merge"))
    office = office_of(
        rounds(d.parallel, *d.path("split", "left"), *d.path("split", "right", "join"), *merged, left=left)
    )
    office.opens()
    sizes = []
    for number in range(12):
        if number % 3 == 0:
            office.waits(timedelta(days=2))
            office.completes("instead", text="late")
        else:
            office.completes("left", text="in time")
        office.completes("right", text="r")
        office.completes("more", text="yes")
        sizes.append(office.tree())
    assert max(sizes[6:]) <= max(sizes[2:6]), sizes


BRANCHES = ("a", "b", "c")


def three_branches() -> str:
    return d.process(
        "work",
        d.start(),
        d.parallel("split"),
        *(d.user_task(id, result=id) for id in BRANCHES),
        d.parallel("join"),
        d.user_task("after"),
        d.end(),
        d.flow("begun", "split"),
        *(flow for id in BRANCHES for flow in d.path("split", id, "join")),
        *d.path("join", "after", "finished"),
    )


def test_three_branches_join_one_by_one(office_of: SEND) -> None:
    office = office_of(three_branches())
    for number in range(6):
        order = Random(number).sample(BRANCHES, 3)
        office.opens(key=f"2026/{number}")
        for position, id in enumerate(order):
            assert office.open() == sorted(order[position:])
            office.completes(id, text=f"{id}!")
        assert office.open() == ["after"]
        assert {id: office.data()[id]["text"] for id in BRANCHES} == {id: f"{id}!" for id in BRANCHES}


def test_a_state_of_version_1_knows_who_came_to_a_join(office_of: SEND) -> None:
    """There the tokens that waited were cancelled, but for the last."""
    office = office_of(three_branches())
    office.opens()
    office.completes("a", text="a!")
    office.completes("b", text="b!")
    office.rewrites_state(_as_version_1)
    office.completes("c", text="c!")
    assert office.open() == ["after"]
    assert [office.data()[id]["text"] for id in BRANCHES] == ["a!", "b!", "c!"]


def _as_version_1(state: dict[str, Any]) -> None:
    state["v"] = 1
    rows = [row for level in state["w"] for row in level[-1] if row[2] == "join" and row[3] == TaskState.WAITING]
    assert len(rows) == 2
    rows[0][3] = TaskState.CANCELLED


def test_an_inclusive_join_goes_on_when_the_other_way_is_left(office_of: SEND) -> None:
    """The token that may still come takes another way: then nothing more is waited for."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.parallel("split"),
            d.user_task("one"),
            d.user_task("two", result="two"),
            d.exclusive("which", default="which_to_elsewhere"),
            d.user_task("elsewhere"),
            d.inclusive("join"),
            d.user_task("after"),
            d.end(),
            d.end("gone"),
            d.flow("begun", "split"),
            *d.path("split", "one", "join"),
            *d.path("split", "two", "which", "elsewhere", "gone"),
            d.flow("which", "join", when='two.text = "join"'),
            *d.path("join", "after", "finished"),
        )
    )
    office.opens()
    office.completes("one", text="x")
    assert office.open() == ["two"]
    office.completes("two", text="leave")
    assert office.open() == ["after", "elsewhere"]


def test_a_token_too_many_waits_for_the_next_round(office_of: SEND) -> None:
    """Two tokens come on one flow before the other flow has any: the join fires once for each pair."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.parallel("split"),
            d.user_task("left"),
            d.user_task("right"),
            d.parallel("twice"),
            d.script_task("count", "{counted: true}"),
            d.exclusive("merge"),
            d.exclusive("again"),
            d.user_task("other"),
            d.parallel("join"),
            d.user_task("after"),
            d.end(),
            d.flow("begun", "split"),
            *d.path("split", "left", "merge"),
            *d.path("split", "right", "merge"),
            *d.path("split", "twice", "again", "other", "join"),
            *d.path("twice", "count", "again"),
            *d.path("merge", "join", "after", "finished"),
        )
    )
    office.opens()
    office.completes("left", text="x")
    office.completes("right", text="x")
    assert office.open() == ["other", "other"]
    office.completes("other", text="x")
    assert office.open() == ["after", "other"]
    office.completes("other", text="x")
    assert office.open() == ["after", "after"]
    office.completes("after", text="x")
    office.completes("after", text="x")
    assert office.case().status == "completed"


@pytest.mark.parametrize("gateway", [d.exclusive, d.inclusive])
def test_a_gateway_without_a_way_out_stops_the_case_by_its_name(office_of: SEND, gateway: Callable[..., str]) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("ask", result="ask"),
            gateway("which"),
            d.user_task("yes"),
            d.user_task("no"),
            d.end(),
            *d.path("begun", "ask", "which"),
            d.flow("which", "yes", when='ask.text = "yes"'),
            d.flow("which", "no", when='ask.text = "no"'),
            *d.path("yes", "finished"),
            *d.path("no", "finished"),
        )
    )
    office.opens()
    with pytest.raises(StepFailed, match="alur baku") as failure:
        office.completes("ask", text="perhaps")
    assert failure.value.element == "which"
    assert office.case().status == "incident"


def test_trap_19_an_answer_of_an_earlier_round_never_wins_over_a_new_one(office_of: SEND) -> None:
    """The branch that comes last still has what the other had answered in the round before."""
    office = office_of(rounds(d.parallel, *LEFT_AND_RIGHT))
    office.opens()
    for number in range(2):
        office.completes("left", text=f"left {number}")
        office.completes("right", text=f"right {number}")
        assert office.data()["left"]["text"] == f"left {number}"
        office.completes("more", text="yes")


def test_a_change_from_one_to_true_is_a_change(office_of: SEND) -> None:
    """Python holds 1 and true for equal; states are stored as differences."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("first"),
            d.script_task("say", "{flag: true, many: [1, true]}"),
            d.user_task("second"),
            d.end(),
            *d.path("begun", "first", "say", "second", "finished"),
        )
    )
    office.opens(flag=1, many=[True, 1])
    office.completes("first", text="x")
    assert (office.data()["flag"], office.data()["many"]) == (True, [1, True])
    assert [type(value) for value in (office.data()["flag"], *office.data()["many"])] == [bool, int, bool]
