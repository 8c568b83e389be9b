"""Data objects: filled and read through associations, each in the scope that it is drawn in."""

from collections.abc import Callable

import pytest

from engine.runtime.values import Json
from tests.runtime import diagrams as d
from tests.runtime.lint.looking import errors
from tests.runtime.office import ALICE, EVE, Office

SEND = Callable[..., Office]


def line(*steps: str, objects: str = "") -> str:
    """A process of steps one after the other; each is an element with its id first."""
    ids = [step.split('id="', 1)[1].split('"', 1)[0] for step in steps]
    return d.process("work", d.start(), *steps, d.end(), objects, *d.path("begun", *ids, "finished"))


def test_a_result_goes_into_a_data_object_and_from_there_into_an_input(office_of: SEND) -> None:
    office = office_of(
        line(
            d.user_task("ask", loop=d.writes("plan")),
            d.user_task("check", note="draft.text", loop=d.reads("plan", into="draft")),
            d.user_task("look"),
            objects=d.data_object("plan"),
        )
    )
    office.opens(draft="of another matter")
    office.completes("ask", text="three letters")
    assert office.engine.task(office.task("check").id, by=ALICE).note == "three letters"
    office.completes("check", text="good")

    data = office.data()
    assert (data["plan"], data["draft"]) == ({"text": "three letters"}, "of another matter")


def test_values_are_changed_on_their_way_by_feel(office_of: SEND) -> None:
    office = office_of(
        line(
            d.user_task("ask", loop=d.writes("plan", "upper case(ask.text)")),
            d.script_task("count", "{ n: string length(longer) }", data=d.reads("plan", "longer", 'rencana + "!"')),
            d.user_task("look"),
            objects=d.data_object("plan", "rencana"),
        )
    )
    office.opens()
    office.completes("ask", text="abc")

    data = office.data()
    assert (data["rencana"], data["n"]) == ("ABC", 4)
    assert "longer" not in data


def test_an_assignment_fills_a_name(office_of: SEND) -> None:
    assigned = (
        '<bpmn:property id="end" name="__targetRef_placeholder"/><bpmn:dataInputAssociation>'
        "<bpmn:sourceRef>plan_drawn</bpmn:sourceRef><bpmn:targetRef>end</bpmn:targetRef>"
        "<bpmn:assignment><bpmn:from>plan.text</bpmn:from><bpmn:to>wording</bpmn:to></bpmn:assignment>"
        "</bpmn:dataInputAssociation>"
    )
    office = office_of(
        line(
            d.user_task("ask", loop=d.writes("plan")),
            d.user_task("check", note="wording", loop=assigned),
            objects=d.data_object("plan"),
        )
    )
    office.opens()
    office.completes("ask", text="hello")
    assert office.engine.task(office.task("check").id, by=ALICE).note == "hello"


def test_a_data_object_belongs_to_the_sub_process_that_it_is_drawn_in(office_of: SEND) -> None:
    inner = d.sub_process(
        "inside",
        d.start("s"),
        d.user_task("ask", note='if plan = null then "empty" else "full"', loop=d.writes("inner_plan")),
        d.script_task("keep", "{ kept: plan.text }"),
        d.end("e"),
        d.data_object("inner_plan", "plan"),
        *d.path("s", "ask", "keep", "e"),
    )
    office = office_of(line(inner, d.user_task("look")))
    office.opens(plan="of the whole")
    assert office.engine.task(office.task("ask").id, by=ALICE).note == "empty"
    office.completes("ask", text="of the part")

    assert (office.data()["plan"], office.data()["kept"]) == ("of the whole", "of the part")


def test_a_called_process_has_data_objects_of_its_own(office_of: SEND) -> None:
    called = d.process(
        "part",
        d.start("s"),
        d.user_task("ask", loop=d.writes("plan")),
        d.script_task("keep", "{ kept: plan.text }"),
        d.end("e"),
        d.data_object("plan"),
        *d.path("s", "ask", "keep", "e"),
    )
    office = office_of(line(d.call("calls", "part"), d.user_task("look")), called)
    office.opens(plan="of the whole")
    office.completes("ask", text="of the part")

    assert (office.data()["plan"], office.data()["kept"]) == ("of the whole", "of the part")


@pytest.mark.parametrize("sequential", [True, False])
def test_instances_go_through_a_data_object_and_fill_another(office_of: SEND, sequential: bool) -> None:
    loop = d.for_each("items_drawn", "item", "answers_drawn", "said", sequential=sequential)
    office = office_of(
        line(
            d.script_task("fill", "{ items: [1, 2] }", data=d.writes("items")),
            d.user_task("ask", result="said", note="string(item) + hint", loop=d.reads("hint", "hint") + loop),
            d.user_task("look"),
            objects=d.data_object("items") + d.data_object("answers") + d.data_object("hint"),
        )
    )
    office.opens(hint="?")
    for _ in range(2):
        task = office.tasks()[0]
        note = office.engine.task(task.id, by=ALICE).note or ""
        office.engine.complete_task(task.id, {"text": note}, revision=task.revision, key=note, by=ALICE)

    assert [said["text"] for said in office.data()["answers"]] == ["1?", "2?"]


def test_each_instance_of_a_sub_process_has_its_own(office_of: SEND) -> None:
    inner = d.sub_process(
        "inside",
        d.start("s"),
        d.user_task("ask", loop=d.writes("own_plan")),
        d.end("e"),
        d.data_object("own_plan", "plan"),
        *d.path("s", "ask", "e"),
        loop=d.for_each("items", "item", "plans", "plan"),
    )
    office = office_of(line(inner, d.user_task("look")))
    office.opens(items=["a", "b"])
    for text in ("one", "two"):
        office.completes("ask", text=text)

    assert sorted(plan["text"] for plan in office.data()["plans"]) == ["one", "two"]
    assert "plan" not in office.data()


def test_events_carry_data_too(office_of: SEND) -> None:
    office = office_of(
        d.message_named("told"),
        line(
            d.catch("heard", d.writes("plan") + d.message("told", "said")),
            d.user_task("look"),
            objects=d.data_object("plan"),
        ),
    )
    office.opens()
    payload: dict[str, Json] = {"n": 1}
    assert office.engine.send_message("told", business_key="2026/alice", payload=payload, by=EVE)
    assert office.data()["plan"] == {"n": 1}


def test_what_is_only_drawn_changes_nothing(office_of: SEND) -> None:
    office = office_of(line(d.user_task("ask"), d.user_task("look"), objects=d.data_object("plan")))
    office.opens(plan="kept")
    office.completes("ask", text="a")
    assert office.data()["plan"] == "kept"


STORE = '<bpmn:dataStoreReference id="store_drawn" name="register"/>'
ELSEWHERE = d.sub_process(
    "inside", d.start("s"), d.user_task("b"), d.end("e"), d.data_object("plan"), *d.path("s", "b", "e")
)


@pytest.mark.parametrize(
    "parts",
    [
        (d.user_task("a", loop=d.writes("store")), d.user_task("b"), STORE),
        (d.user_task("a", loop=d.reads("store", "x")), d.user_task("b"), STORE),
        (d.user_task("a", loop=d.writes("begun").replace("begun_drawn", "begun")), d.user_task("b"), ""),
        (d.user_task("a", loop=d.writes("plan")), ELSEWHERE, ""),
        (d.user_task("a", loop=d.writes("plan")), d.user_task("b"), d.data_object("plan", "the plan")),
        (d.script_task("a", "{ x: 1 }", data=d.writes("plan")), d.user_task("b"), d.data_object("plan")),
        (d.user_task("a", loop=d.reads("plan", "two words")), d.user_task("b"), d.data_object("plan")),
    ],
    ids=["store written", "store read", "no object", "elsewhere", "label", "nothing to write", "input"],
)
def test_connections_that_do_not_run_are_refused(parts: tuple[str, str, str]) -> None:
    assert ("data-association", "a") in errors(line(*parts[:2], objects=parts[2]))


def test_the_feel_of_a_connection_is_checked() -> None:
    broken = line(d.user_task("a", loop=d.writes("plan", "1 +")), objects=d.data_object("plan"))
    assert ("feel", "a") in errors(broken)
