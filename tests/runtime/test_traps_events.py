"""The traps of SpiffWorkflow 3.2.0 that lie in events and sub-processes: each runs right, or is refused by name."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import DefinitionError, StepFailed
from engine.runtime.services import BpmnError
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import EVE, Office

SEND = Callable[..., Office]


def straight(*steps: str) -> list[str]:
    ids = ["begun", *(step.split('id="', 1)[1].split('"', 1)[0] for step in steps), "finished"]
    return [d.start(), *steps, d.end(), *d.path(*ids)]


def refused(office_of: SEND, *parts: str) -> set[str]:
    with pytest.raises(DefinitionError) as refusal:
        office_of(*parts)
    return {problem.rule for problem in refusal.value.problems}


def test_trap_2_an_event_sub_process_of_one_case_leaves_the_next_case_alone(office_of: SEND) -> None:
    aside = d.sub_process(
        "aside",
        d.start("told_begun", d.message("told"), interrupting=False),
        d.user_task("handle"),
        d.end("handled"),
        *d.path("told_begun", "handle", "handled"),
        triggered=True,
    )
    office = office_of(d.message_named("told"), d.process("work", *straight(d.user_task("ask")), aside))
    office.opens(key="2026/first")
    office.engine.send_message("told", business_key="2026/first", payload={}, by=EVE)
    assert office.open() == ["ask", "handle"]

    office.opens(key="2026/second")
    assert office.open() == ["ask"]
    office.completes("ask", text="x")
    assert office.case().status == CaseStatus.COMPLETED


@pytest.mark.parametrize("definition", [d.error("bad"), d.escalation("risen"), d.after("P1D"), d.conditional("never")])
def test_trap_3_an_event_sub_process_neither_starts_by_itself_nor_keeps_its_scope_open(
    office_of: SEND, definition: str
) -> None:
    aside = d.sub_process(
        "aside",
        d.start("aside_begun", definition, interrupting=True),
        d.user_task("handle"),
        d.end("handled"),
        *d.path("aside_begun", "handle", "handled"),
        triggered=True,
    )
    steps = straight(d.user_task("ask"), d.exclusive("how", default="how_to_finished"))
    thrown = [d.end("bad_end", d.error("bad")), d.end("up_end", d.escalation("risen"))]
    flows = [d.flow("how", "bad_end", when='ask.text = "bad"'), d.flow("how", "up_end", when='ask.text = "up"')]
    named = [d.error_named("bad"), d.escalation_named("risen")]
    office = office_of(*named, d.process("work", *steps, *thrown, *flows, aside))
    office.opens(never=False)
    assert office.open() == ["ask"]

    office.completes("ask", text="well")
    assert office.case().status == CaseStatus.COMPLETED
    assert office.armed() == []


def test_trap_4_what_is_thrown_is_thrown_and_links_lead_on(office_of: SEND) -> None:
    parts = [
        d.start(),
        d.user_task("ask"),
        d.undone_by("ask", d.user_task("take_back")),
        d.throw("away", d.link("on")),
        d.catch("here", d.link("on")),
        d.throw("undo", d.compensate()),
        d.end("closing", d.signal("closed")),
        *d.path("begun", "ask", "away"),
        *d.path("here", "undo", "closing"),
    ]
    hears = d.process(
        "hears", d.start("h1"), d.catch("hear", d.signal("closed")), d.end("h2"), *d.path("h1", "hear", "h2")
    )
    office = office_of(d.signal_named("closed"), d.process("work", *parts), hears)
    listener = office.opens("hears")
    office.opens()
    office.completes("ask", text="x")
    assert office.open() == ["take_back"]
    office.completes("take_back", text="x")
    assert office.case().status == CaseStatus.COMPLETED

    office.works()
    office.case_id = listener
    assert office.case().status == CaseStatus.COMPLETED


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_trap_4_a_timer_that_would_be_thrown_is_refused(office_of: SEND, kind: str) -> None:
    thrower = d.throw("odd", d.after("P1D")).replace("intermediateThrowEvent", kind)

    assert "unsupported-event" in refused(office_of, d.process("work", *straight(thrower)))


@pytest.mark.parametrize("thrower", ["error", "escalation"])
def test_trap_5_an_instance_that_throws_reaches_its_own_edge_and_no_other(office_of: SEND, thrower: str) -> None:
    def one(name: str) -> list[str]:
        throws = getattr(d, thrower)("bad")
        ask, when = f"{name}_ask", f"{name}_ask.text"
        inner = d.sub_process(
            name,
            d.start(f"{name}_in"),
            d.user_task(ask),
            d.exclusive(f"{name}_how", default=f"{name}_how_to_{name}_out"),
            d.end(f"{name}_bad", throws),
            d.end(f"{name}_out"),
            *d.path(f"{name}_in", ask, f"{name}_how", f"{name}_out"),
            d.flow(f"{name}_how", f"{name}_bad", when=f'{when} = "bad"'),
        )
        edge = d.boundary(f"{name}_edge", name, getattr(d, thrower)("bad"))
        return [
            inner,
            edge,
            d.user_task(f"{name}_saved"),
            d.end(f"{name}_end"),
            *d.path(f"{name}_edge", f"{name}_saved", f"{name}_end"),
        ]

    named = d.error_named("bad") if thrower == "error" else d.escalation_named("bad")
    parts = [d.start(), d.parallel("fork"), d.parallel("join"), d.end(), *one("left"), *one("right")]
    flows = [*d.path("begun", "fork", "left", "join", "finished"), *d.path("fork", "right", "join")]
    office = office_of(named, d.process("work", *parts, *flows))
    office.opens()
    office.completes("left_ask", text="bad")

    assert office.open() == ["left_saved", "right_ask"]


def test_trap_5_codes_are_matched_the_nearest_catches_and_one_without_code_catches_any(office_of: SEND) -> None:
    def fails(call: Any) -> None:
        raise BpmnError(str(call.arguments["code"]), "as asked")

    inner = d.sub_process(
        "inner",
        d.start("in"),
        d.service_task("do", "fails", code="code"),
        d.end("out"),
        *d.path("in", "do", "out"),
    )
    outer = d.sub_process(
        "outer",
        d.start("o1"),
        inner,
        d.boundary("near_edge", "inner", d.error("near")),
        d.user_task("by_near"),
        d.end("o2"),
        d.end("o3"),
        *d.path("o1", "inner", "o2"),
        *d.path("near_edge", "by_near", "o3"),
    )
    parts = [
        *straight(outer),
        d.boundary("any", "outer", d.error()),
        d.boundary("known", "outer", d.error("bad")),
        d.user_task("by_code"),
        d.user_task("by_any"),
        d.end("e1"),
        d.end("e2"),
        *d.path("known", "by_code", "e1"),
        *d.path("any", "by_any", "e2"),
    ]
    named = [d.error_named("bad"), d.error_named("near")]
    office = office_of(*named, d.process("work", *parts), services={"fails": fails})
    office.opens(key="2026/0", code="near")
    assert office.open() == ["by_near"]
    office.opens(key="2026/1", code="bad")
    assert office.open() == ["by_code"]
    office.opens(key="2026/2", code="other")
    assert office.open() == ["by_any"]


def test_trap_5_an_error_of_a_called_process_is_caught_at_the_call(office_of: SEND) -> None:
    called = d.process(
        "part", d.start("p1"), d.user_task("ask"), d.end("p2", d.error("bad")), *d.path("p1", "ask", "p2")
    )
    steps = straight(d.call("go", "part"))
    edge = [
        d.boundary("caught", "go", d.error("bad")),
        d.user_task("saved"),
        d.end("e"),
        *d.path("caught", "saved", "e"),
    ]
    office = office_of(d.error_named("bad"), d.process("work", *steps, *edge), called)
    office.opens()
    office.completes("ask", text="x")

    assert office.open() == ["saved"]


def test_trap_5_an_escalation_that_nobody_catches_goes_on(office_of: SEND) -> None:
    steps = straight(d.throw("up", d.escalation("risen")), d.user_task("after"))
    office = office_of(d.escalation_named("risen"), d.process("work", *steps))
    office.opens()

    assert office.open() == ["after"]


def test_trap_7_an_uncaught_error_is_an_incident_with_its_element_and_code(office_of: SEND) -> None:
    parts = [d.start(), d.user_task("ask"), d.end("broken", d.error("bad")), *d.path("begun", "ask", "broken")]
    office = office_of(d.error_named("bad", "E-17"), d.process("work", *parts))
    office.opens()

    with pytest.raises(StepFailed):
        office.completes("ask", text="x")

    assert office.case().status == CaseStatus.INCIDENT
    incident = office.engine.incidents(by=EVE).items[0]
    assert incident.element == "broken"
    assert "E-17" in incident.cause


@pytest.mark.parametrize("id", ["End", "Start", "work.EndJoin", "ask.BoundaryEventSplit", "ask.BoundaryEventJoin"])
def test_trap_10_reserved_ids_are_refused(office_of: SEND, id: str) -> None:
    parts = [d.start(), d.user_task("ask"), d.end(id), *d.path("begun", "ask", id)]

    assert "reserved-id" in refused(office_of, d.process("work", *parts))


def test_trap_11_an_exception_is_no_error_of_the_diagram_and_changes_nothing(office_of: SEND) -> None:
    def breaks(call: Any) -> None:
        raise ZeroDivisionError("by accident")

    steps = straight(d.user_task("ask"), d.service_task("do", "breaks"))
    edge = [d.boundary("caught", "do", d.error()), d.end("e"), *d.path("caught", "e")]
    office = office_of(d.process("work", *steps, *edge), services={"breaks": breaks})
    office.opens()

    with pytest.raises(StepFailed):
        office.completes("ask", text="x")
    assert (office.open(), office.case().status) == (["ask"], CaseStatus.INCIDENT)


def test_trap_11b_an_incident_says_what_the_service_said(office_of: SEND) -> None:
    def breaks(call: Any) -> None:
        raise LookupError("no such unit: B-12")

    office = office_of(
        d.process("work", *straight(d.user_task("ask"), d.service_task("do", "breaks"))), services={"breaks": breaks}
    )
    office.opens()
    with pytest.raises(StepFailed):
        office.completes("ask", text="x")

    incident = office.engine.incidents(by=EVE).items[0]
    assert incident.element == "do"
    assert "no such unit: B-12" in incident.cause


def test_trap_12_ad_hoc_sub_processes_are_refused(office_of: SEND) -> None:
    inner = d.sub_process("odd", d.start("in"), d.end("out"), *d.path("in", "out")).replace(
        "subProcess", "adHocSubProcess"
    )

    assert "unsupported" in refused(office_of, d.process("work", *straight(inner)))


def test_trap_13_comments_inside_a_script_do_no_harm(office_of: SEND) -> None:
    script = d.script_task("count", "{ n: 3 }").replace("<bpmn:script>", "<bpmn:script><!-- three -->")
    office = office_of(d.process("work", *straight(script, d.user_task("ask"))))
    office.opens()

    assert office.data()["n"] == 3


def test_trap_14_a_message_to_oneself_waits_for_its_catcher(office_of: SEND) -> None:
    steps = straight(
        d.throw("says", d.message("told")),
        d.user_task("ask"),
        d.catch("hears", d.message("told")),
        d.user_task("heard"),
    )
    office = office_of(d.message_named("told"), d.process("work", *steps))
    office.opens()
    office.works()
    office.completes("ask", text="x")
    office.works()

    assert office.open() == ["heard"]


def test_trap_14_a_signal_heard_inside_is_heard_outside_too_and_by_its_thrower_once(office_of: SEND) -> None:
    parts = [
        d.start(),
        d.user_task("ask"),
        d.boundary("hears", "ask", d.signal("rung"), interrupting=False),
        d.user_task("heard"),
        d.end("e"),
        d.parallel("fork"),
        d.user_task("push"),
        d.throw("rings", d.signal("rung")),
        d.parallel("join"),
        d.end(),
        *d.path("begun", "fork", "ask", "join", "finished"),
        *d.path("fork", "push", "rings", "join"),
        *d.path("hears", "heard", "e"),
    ]
    office = office_of(d.signal_named("rung"), d.process("work", *parts))
    other = office.opens(key="2026/other")
    own = office.opens(key="2026/own")
    office.completes("push", text="x")
    office.works()

    assert office.open() == ["ask", "heard"]
    office.case_id = other
    assert office.open() == ["ask", "heard", "push"]
    assert own != other


CONDITION = 'draft.text = "ready"'


def beside(*parts: str) -> str:
    """What waits for a condition, beside the tasks that may make it true."""
    return d.process(
        "work",
        d.start(),
        d.parallel("fork"),
        d.user_task("draft"),
        d.user_task("again", result="draft"),
        d.end("written"),
        *parts,
        *d.path("begun", "fork", "draft", "again", "written"),
    )


def test_trap_26_a_condition_is_looked_at_on_arrival_and_after_each_change_beside_it(office_of: SEND) -> None:
    waits = [
        d.catch("wait", d.conditional(CONDITION)),
        d.user_task("go"),
        d.end(),
        *d.path("fork", "wait", "go", "finished"),
    ]
    office = office_of(beside(*waits))
    office.opens(key="2026/1")
    assert office.open() == ["draft"]
    office.completes("draft", text="no")
    assert office.open() == ["again"]
    office.completes("again", text="ready")
    assert office.open() == ["go"]
    assert office.data()["draft"] == {"text": "ready"}

    office.opens(key="2026/2", draft={"text": "ready"})
    assert office.open() == ["draft", "go"]


def test_trap_26_an_interrupting_condition_fires_once_and_null_is_not_true(office_of: SEND) -> None:
    waits = [
        d.user_task("ask"),
        d.boundary("enough", "ask", d.conditional("draft.text = null or " + CONDITION)).replace(
            "draft.text = null or ", ""
        ),
        d.user_task("instead"),
        d.end(),
        d.end("e"),
        *d.path("fork", "ask", "finished"),
        *d.path("enough", "instead", "e"),
    ]
    office = office_of(beside(*waits))
    office.opens()
    assert office.open() == ["ask", "draft"]
    office.completes("draft", text="ready")
    assert office.open() == ["again", "instead"]
    office.completes("again", text="ready")
    assert office.open() == ["instead"]


def test_trap_26_one_that_does_not_interrupt_fires_again_only_after_it_was_false(office_of: SEND) -> None:
    waits = [
        d.user_task("ask"),
        d.boundary("noticed", "ask", d.conditional("n > 5"), interrupting=False),
        d.user_task("look"),
        d.end("e"),
        d.end(),
        d.user_task("step"),
        d.script_task("take", "{ n: number(step.text) }"),
        d.exclusive("more", default="more_to_step"),
        d.end("enough"),
        d.parallel("fork"),
        *d.path("begun", "fork", "ask", "finished"),
        *d.path("fork", "step", "take", "more", "step"),
        d.flow("more", "enough", when="n = 0"),
        *d.path("noticed", "look", "e"),
    ]
    office = office_of(d.process("work", d.start(), *waits))
    office.opens(n=1)
    for number, looks in (("7", 1), ("8", 1), ("2", 1), ("9", 2), ("9", 2)):
        office.completes("step", text=number)
        assert office.open().count("look") == looks


def test_trap_26_a_condition_sees_what_changes_inside_a_sub_process_but_not_inside_a_called_process(
    office_of: SEND,
) -> None:
    inside = [
        d.start("in"),
        d.user_task("draft"),
        d.user_task("polish"),
        d.end("out"),
        *d.path("in", "draft", "polish", "out"),
    ]

    def guarded(host: str, *others: str) -> Office:
        steps = straight(host)
        edge = [d.boundary("enough", "inner", d.conditional(CONDITION)), d.user_task("instead"), d.end("e")]
        flows = d.path("enough", "instead", "e")
        return office_of(d.process("work", *steps, *edge, *flows), *others)

    office = guarded(d.sub_process("inner", *inside))
    office.opens(key="2026/1")
    office.completes("draft", text="ready")
    assert office.open() == ["instead"]

    office = guarded(d.call("inner", "part"), d.process("part", *inside))
    office.opens(key="2026/2")
    office.completes("draft", text="ready")
    assert office.open() == ["polish"]
