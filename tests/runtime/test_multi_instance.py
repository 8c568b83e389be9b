"""Activities that run for each of several items, in real cases that are saved and loaded at every step."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import StepFailed
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, Office

SEND = Callable[..., Office]
ITEMS = ["a", "b", "c"]


def each(loop: str, *, after: str = "", result: str = "said") -> str:
    """Ask for each, then look at the whole."""
    return d.process(
        "work",
        d.start(),
        d.user_task("ask", result=result, loop=loop, note="item"),
        d.user_task("look"),
        d.end(),
        *d.path("begun", "ask", "look", "finished"),
        after,
    )


def answers(office: Office, item: str, text: str) -> None:
    """Answer the task that is about one item."""
    task = next(task for task in office.tasks() if office.engine.task(task.id, by=ALICE).note == item)
    office.sent += 1
    office.engine.complete_task(task.id, {"text": text}, revision=1, key=f"{office.id}-{office.sent}", by=ALICE)


@pytest.mark.parametrize("order", [("c", "a", "b"), ("b", "c", "a")])
def test_trap_20_results_stand_in_the_order_of_the_items(office_of: SEND, order: tuple[str, ...]) -> None:
    office = office_of(each(d.for_each("items", "item", "all", "said")))
    office.opens(items=ITEMS)
    assert office.open() == ["ask", "ask", "ask"]
    for item in order:
        answers(office, item, f"of {item}")

    assert [said["text"] for said in office.data()["all"]] == ["of a", "of b", "of c"]
    assert not {"item", "said"} & office.data().keys()


def test_trap_20_an_item_covers_a_name_that_is_there_already(office_of: SEND) -> None:
    for loop in (d.for_each("items", "item"), d.for_each("items", "item", "all", "said", sequential=True)):
        office = office_of(each(loop))
        office.opens(key=loop, items=ITEMS, item="outside", said="before")
        for item in ITEMS:
            answers(office, item, item)
        assert office.data()["item"] == "outside"


def test_sequential_instances_come_one_by_one(office_of: SEND) -> None:
    office = office_of(each(d.for_each("items", "item", "all", "said", sequential=True)))
    office.opens(items=ITEMS)
    for number, item in enumerate(ITEMS):
        assert office.open() == ["ask"]
        assert len(office.data()["all"]) == number
        answers(office, item, item * 2)

    assert [said["text"] for said in office.data()["all"]] == ["aa", "bb", "cc"]


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize(
    "loop", [d.for_each, lambda items, _item, *rest, **more: d.times(f"count({items})", *rest, **more)]
)
def test_nothing_to_do_is_done_at_once(office_of: SEND, loop: Callable[..., str], sequential: bool) -> None:
    office = office_of(each(loop("items", "item", "all", "said", sequential=sequential)))
    office.opens(items=[])

    assert office.open() == ["look"]
    assert office.data()["all"] == []


@pytest.mark.parametrize("sequential", [True, False])
def test_trap_12_a_loop_by_number_writes_its_results_again_in_a_second_round(office_of: SEND, sequential: bool) -> None:
    again = d.exclusive("again", default="on") + d.flow("look", "again") + d.flow("again", "finished", id="on")
    back = d.flow("again", "ask", when='look.text = "again"')
    model = each(d.times("n", "all", "said", sequential=sequential)).replace(d.flow("look", "finished"), "")
    office = office_of(model.replace("</bpmn:process>", again + back + "</bpmn:process>"))
    office.opens(n=2)
    for number in range(3):
        for _ in range(2):
            office.completes("ask", text=f"round {number}")
        assert [said["text"] for said in office.data()["all"]] == [f"round {number}"] * 2
        sizes = office.tree()
        office.completes("look", text="again" if number < 2 else "enough")
    assert office.case().status == "completed"
    assert sizes < 16


@pytest.mark.parametrize("sequential", [True, False])
def test_a_completion_condition_ends_the_rest(office_of: SEND, sequential: bool) -> None:
    until = "numberOfCompletedInstances >= 2 and all[-1].text = said.text"
    office = office_of(each(d.for_each("items", "item", "all", "said", sequential=sequential, until=until)))
    office.opens(items=[*ITEMS, "d"])
    answers(office, "a", "first")
    assert "look" not in office.open()
    answers(office, "b", "second")

    assert office.open() == ["look"]
    assert [said["text"] for said in office.data()["all"]] == ["first", "second"]
    assert office.engine.history(office.id, by=ALICE)[-1].data.get("withdrawn", []) == (
        [] if sequential else ["ask"] * 2
    )


def test_instances_that_collect_nothing_leave_what_each_changed(office_of: SEND) -> None:
    inner = d.sub_process(
        "each",
        d.start("s"),
        d.user_task("ask", result="said", note="item"),
        d.script_task("keep", '{ kept: context put(kept, item, said.text), item: "spoiled" }'),
        d.end("e"),
        *d.path("s", "ask", "keep", "e"),
        loop=d.for_each("items", "item"),
    )
    office = office_of(
        d.process("work", d.start(), inner, d.user_task("look"), d.end(), *d.path("begun", "each", "look", "finished"))
    )
    office.opens(items=ITEMS, kept={})
    for item in reversed(ITEMS):
        answers(office, item, item.upper())

    assert office.data()["kept"] == {"a": "A", "b": "B", "c": "C"}
    assert "item" not in office.data()


@pytest.mark.parametrize("called", [True, False])
def test_an_event_at_an_inner_edge_is_its_own_instances_only(office_of: SEND, called: bool) -> None:
    inside = (
        d.start("s"),
        d.user_task("ask", result="said", note="item"),
        d.boundary("late", "ask", d.after('if item = "a" then duration("P1D") else duration("P9D")')),
        d.script_task("given_up", '{ said: { text: "late" } }'),
        d.end("e"),
        d.end("e2"),
        *d.path("s", "ask", "e"),
        *d.path("late", "given_up", "e2"),
    )
    loop = d.for_each("items", "item", "all", "said")
    each_one = d.call("each", "one", loop=loop) if called else d.sub_process("each", *inside, loop=loop)
    work = d.process(
        "work", d.start(), each_one, d.user_task("look"), d.end(), *d.path("begun", "each", "look", "finished")
    )
    office = office_of(work, d.process("one", *inside) if called else "")
    office.opens(items=ITEMS)
    office.waits(timedelta(days=2))
    assert office.open() == ["ask", "ask"]
    answers(office, "b", "in time")
    answers(office, "c", "in time")

    assert [said["text"] for said in office.data()["all"]] == ["late", "in time", "in time"]


def test_instances_within_instances(office_of: SEND) -> None:
    inner = d.sub_process(
        "rows",
        d.start("s"),
        d.user_task("ask", result="said", note="cell", loop=d.for_each("row", "cell", "line", "said")),
        d.end("e"),
        *d.path("s", "ask", "e"),
        loop=d.for_each("rows_given", "row", "all", "line"),
    )
    office = office_of(
        d.process("work", d.start(), inner, d.user_task("look"), d.end(), *d.path("begun", "rows", "look", "finished"))
    )
    office.opens(rows_given=[["a", "b"], [], ["c"]])
    for cell in ("c", "b", "a"):
        answers(office, cell, cell.upper())

    assert [[said["text"] for said in line] for line in office.data()["all"]] == [["A", "B"], [], ["C"]]


@pytest.mark.parametrize(
    ("loop", "data", "cause"),
    [
        (d.for_each("items", "item"), {"items": None}, "bukan daftar"),
        (d.for_each("items", "item"), {"items": [0] * 1001}, "lebih dari 1000"),
        (d.times("n"), {"n": -1}, "bilangan bulat"),
        (d.times("n"), {"n": 1.5}, "bilangan bulat"),
        (d.times("n", sequential=True), {"n": 10**6}, "bilangan bulat"),
        (d.times("n"), {"n": None}, "bilangan bulat"),
    ],
)
def test_a_loop_that_cannot_be_counted_names_itself(
    office_of: SEND, loop: str, data: dict[str, object], cause: str
) -> None:
    office = office_of(each(loop))
    with pytest.raises(StepFailed) as failed:
        office.opens(**data)  # type: ignore[arg-type]

    assert (failed.value.element, failed.value.label) == ("ask", "ask")
    assert cause in failed.value.cause


def test_an_event_at_the_edge_of_all_instances_takes_all_of_them(office_of: SEND) -> None:
    edge = d.boundary("late", "ask", d.after("P3D")) + d.flow("late", "look")
    office = office_of(each(d.for_each("items", "item", "all", "said"), after=edge))
    office.opens(items=ITEMS)
    answers(office, "b", "in time")
    office.waits(timedelta(days=4))

    assert office.open() == ["look"]


@pytest.mark.parametrize("sequential", [True, False])
def test_an_error_in_one_instance_that_the_edge_catches_ends_all_of_them(office_of: SEND, sequential: bool) -> None:
    inner = d.sub_process(
        "each",
        d.start("s"),
        d.user_task("ask", note="item"),
        d.end("e", d.error("bad")),
        *d.path("s", "ask", "e"),
        loop=d.for_each("items", "item", sequential=sequential),
    )
    edge = d.boundary("failed", "each", d.error("bad"))
    parts = [inner, edge, d.user_task("look"), d.user_task("mend"), d.end(), d.end("e2")]
    flows = [*d.path("begun", "each", "look", "finished"), *d.path("failed", "mend", "e2")]
    office = office_of(d.error_named("bad"), d.process("work", d.start(), *parts, *flows))
    office.opens(items=ITEMS)
    answers(office, "a", "no good")

    assert office.open() == ["mend"]
