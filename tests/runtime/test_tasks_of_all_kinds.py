"""Tasks of every kind, and choices that are drawn without a gateway, in real cases saved and loaded at every step."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import Refused, StepFailed
from tests.runtime import diagrams as d
from tests.runtime.office import EVE, Office

SEND = Callable[..., Office]


@pytest.mark.parametrize("kind", ["task", "manualTask"])
def test_a_task_that_asks_nobody_is_noted_and_passed(office_of: SEND, kind: str) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.plain_task("shelve", kind),
            d.user_task("after"),
            d.end(),
            *d.path("begun", "shelve", "after", "finished"),
        )
    )
    office.opens()
    assert office.open() == ["after"]
    assert "shelve" in office.happened_last()


def test_a_receive_task_waits_for_its_message_and_keeps_one_that_came_early(office_of: SEND) -> None:
    office = office_of(
        d.message_named("letter"),
        d.process(
            "work",
            d.start(),
            d.user_task("ask"),
            d.receive_task("wait_for_letter", "letter"),
            d.user_task("after"),
            d.end(),
            *d.path("begun", "ask", "wait_for_letter", "after", "finished"),
        ),
    )
    office.opens()
    assert not office.engine.send_message("letter", business_key="2026/alice", payload={"text": "early"}, by=EVE)
    office.completes("ask", text="x")
    office.engine.flush_outbox(lambda effect: None)
    assert office.open() == ["after"]


def test_an_event_at_the_edge_of_a_receive_task_leaves_it(office_of: SEND) -> None:
    office = office_of(
        d.message_named("letter"),
        d.process(
            "work",
            d.start(),
            d.receive_task("wait_for_letter", "letter"),
            d.boundary("late", "wait_for_letter", d.after("P3D")),
            d.user_task("remind"),
            d.user_task("after"),
            d.end(),
            d.end("reminded"),
            *d.path("begun", "wait_for_letter", "after", "finished"),
            *d.path("late", "remind", "reminded"),
        ),
    )
    office.opens()
    office.waits(timedelta(days=4))
    assert office.open() == ["remind"]
    assert not office.engine.send_message("letter", business_key="2026/alice", payload={}, by=EVE)


def test_a_send_task_sends_its_message_to_the_case_that_waits(office_of: SEND) -> None:
    office = office_of(
        d.message_named("letter"),
        d.process(
            "work",
            d.start(),
            d.send_task("send_letter", "letter", payload='{greeting: "hello"}'),
            d.receive_task("wait_for_letter", "letter", variable="received"),
            d.user_task("after"),
            d.end(),
            *d.path("begun", "send_letter", "wait_for_letter", "after", "finished"),
        ),
    )
    office.opens()
    for _ in range(2):  # it goes out, is kept, and comes back to the same case
        office.engine.flush_outbox(lambda effect: None)
    assert office.open() == ["after"]
    assert office.data()["received"] == {"greeting": "hello"}


def choosing(*flows: str, default: str | None = None, edge: str = "") -> str:
    return d.process(
        "work",
        d.start(),
        d.user_task("ask", result="ask", default=default),
        edge,
        d.user_task("one"),
        d.user_task("two"),
        d.user_task("three"),
        *(d.end(f"end_{id}") for id in ("one", "two", "three")),
        d.flow("begun", "ask"),
        *flows,
        *(d.flow(id, f"end_{id}") for id in ("one", "two", "three")),
    )


@pytest.mark.parametrize(
    ("answer", "opened"), [("a", ["one"]), ("b", ["two"]), ("ab", ["one", "two"]), ("c", ["three"])]
)
def test_conditional_flows_out_of_a_task_choose_like_an_inclusive_gateway(
    office_of: SEND, answer: str, opened: list[str]
) -> None:
    office = office_of(
        choosing(
            d.flow("ask", "one", when='contains(ask.text, "a")'),
            d.flow("ask", "two", when='contains(ask.text, "b")'),
            d.flow("ask", "three"),
            default="ask_to_three",
        )
    )
    office.opens()
    office.completes("ask", text=answer)
    assert office.open() == opened
    assert office.happened_last() == ["ask"]
    for id in opened:
        office.completes(id, text="x")
    assert office.case().status == "completed"


def test_a_flow_without_condition_is_taken_beside_those_that_hold(office_of: SEND) -> None:
    office = office_of(
        choosing(
            d.flow("ask", "one", when='ask.text = "a"'),
            d.flow("ask", "two", when='ask.text = "b"'),
            d.flow("ask", "three"),
        )
    )
    office.opens()
    office.completes("ask", text="b")
    assert office.open() == ["three", "two"]


def test_several_flows_out_of_a_task_fork(office_of: SEND) -> None:
    office = office_of(choosing(*(d.flow("ask", id) for id in ("one", "two", "three"))))
    office.opens()
    office.completes("ask", text="x")
    assert office.open() == ["one", "three", "two"]


def test_trap_9_a_condition_on_the_only_flow_out_of_a_task_counts(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("ask", result="ask"),
            d.user_task("after"),
            d.end(),
            d.flow("begun", "ask"),
            d.flow("ask", "after", when='ask.text = "go"'),
            d.flow("after", "finished"),
        )
    )
    office.opens(key="2026/1")
    with pytest.raises(StepFailed, match="alur baku") as failure:
        office.completes("ask", text="stay")
    assert failure.value.element == "ask"
    office.opens(key="2026/2")
    office.completes("ask", text="go")
    assert office.open() == ["after"]


def test_a_task_that_forks_keeps_the_events_at_its_edge(office_of: SEND) -> None:
    edge = d.boundary("late", "ask", d.after("P1D")) + d.user_task("instead") + d.end("end_late")
    flows = (d.flow("ask", "one"), d.flow("ask", "two"), d.flow("ask", "three"), *d.path("late", "instead", "end_late"))
    office = office_of(choosing(*flows, edge=edge))
    office.opens(key="2026/1")
    office.waits(timedelta(days=2))
    assert office.open() == ["instead"]
    office.opens(key="2026/2")
    office.completes("ask", text="x")
    assert office.open() == ["one", "three", "two"]


def several_starts() -> str:
    return d.process(
        "work",
        d.start("from_paper"),
        d.start("from_web"),
        d.user_task("type_in"),
        d.exclusive("meet"),
        d.user_task("check"),
        d.end(),
        *d.path("from_paper", "type_in", "meet"),
        *d.path("from_web", "meet", "check", "finished"),
    )


def test_a_case_begins_at_the_start_that_is_chosen(office_of: SEND) -> None:
    office = office_of(several_starts())
    office.opens(key="2026/1", at="from_paper")
    assert office.open() == ["type_in"]
    office.completes("type_in", text="x")
    office.completes("check", text="x")
    assert office.case().status == "completed"
    office.opens(key="2026/2", at="from_web")
    assert office.open() == ["check"]


@pytest.mark.parametrize("start", [None, "from_air"])
def test_a_case_needs_a_start_that_there_is(office_of: SEND, start: str | None) -> None:
    office = office_of(several_starts())
    with pytest.raises(Refused, match=r"from_paper \(.*from_web"):
        office.opens(at=start)
