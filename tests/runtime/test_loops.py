"""Standard loops, and lives of many rounds."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

import pytest
from lxml import etree

from engine.feel import Environment
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, build
from engine.runtime.workflow.script import Script
from tests.runtime import diagrams as d
from tests.runtime.lives import Host
from tests.runtime.office import JAKARTA, START, Office

SEND = Callable[..., Office]
MANY = 2_000


def repeated(loop: str) -> str:
    return d.process(
        "work",
        d.start(),
        d.user_task("ask", loop=loop),
        d.user_task("look"),
        d.end(),
        *d.path("begun", "ask", "look", "finished"),
    )


def rounds_of(office: Office, most: int = 9) -> int:
    """How often "ask" is asked while the answer is "again"."""
    for number in range(most):
        if office.open() == ["look"]:
            return number
        office.completes("ask", text="again")
    return most


def test_a_loop_asks_while_its_condition_holds_at_its_end(office_of: SEND) -> None:
    office = office_of(repeated(d.again_while('ask.text = "again"')))
    office.opens()
    office.completes("ask", text="again")
    office.completes("ask", text="again")
    assert office.open() == ["ask"]
    office.completes("ask", text="enough")
    assert office.open() == ["look"]


@pytest.mark.parametrize(
    ("loop", "rounds"),
    [
        (d.again_while("true", maximum=3), 3),
        (d.again_while(None, maximum=2), 2),
        (d.again_while("false"), 1),
        (d.again_while("false", before=True), 0),
        (d.again_while("nothing"), 1),
        (d.again_while("ask = null", before=True), 1),
        (d.again_while("true", maximum=2, before=True), 2),
        (d.again_while("false", before=True).replace('testBefore="true"', 'testBefore="1"'), 0),
    ],
)
def test_how_often_a_loop_runs(office_of: SEND, loop: str, rounds: int) -> None:
    office = office_of(repeated(loop))
    office.opens()

    assert rounds_of(office) == rounds


def test_a_sub_process_runs_again_with_the_data_of_its_last_round(office_of: SEND) -> None:
    inner = d.sub_process(
        "again",
        d.start("s"),
        d.user_task("ask"),
        d.script_task("count", "{ n: n + 1, all: append(all, ask.text) }"),
        d.end("e"),
        *d.path("s", "ask", "count", "e"),
        loop=d.again_while("n < 3"),
    )
    office = office_of(
        d.process("work", d.start(), inner, d.user_task("look"), d.end(), *d.path("begun", "again", "look", "finished"))
    )
    office.opens(n=0, all=[])
    for text in ("same", "same", "other"):
        office.completes("ask", text=text)

    assert (office.data()["n"], office.data()["all"]) == (3, ["same", "same", "other"])


def around(first: str, last: str, *parts: str) -> bytes:
    """Parts that are done again until the last day."""
    return d.diagram(
        d.process(
            "work",
            d.start(),
            d.exclusive("merge"),
            d.exclusive("more", default="stop"),
            d.end(),
            *parts,
            *d.path("begun", "merge", first),
            d.flow(last, "more"),
            d.flow("more", "merge", when="today() < date(last)"),
            d.flow("more", "finished", id="stop"),
        )
    )


LIVES: Mapping[str, bytes] = {
    "a task": around("u", "u", d.user_task("u")),
    "a task with an edge": around(
        "u", "u", d.user_task("u"), d.boundary("b", "u", d.after("P9D")), d.end("e"), *d.path("b", "e")
    ),
    "an event": around("c", "c", d.catch("c", d.after("P1D"))),
    "the first of two events": around(
        "g",
        "x",
        d.event_gateway("g"),
        d.catch("c", d.after("P1D")),
        d.catch("c2", d.after("P2D")),
        d.exclusive("x"),
        *d.path("g", "c", "x"),
        *d.path("g", "c2", "x"),
    ),
    "instances": around("u", "u", d.user_task("u", result="r", loop=d.for_each("items", "it", "out", "r"))),
    "a sub-process": around(
        "s", "s", d.sub_process("s", d.start("s1"), d.user_task("u"), d.end("s2"), *d.path("s1", "u", "s2"))
    ),
    "a split and a join": around(
        "f",
        "j",
        d.parallel("f"),
        d.user_task("u"),
        d.user_task("v"),
        d.parallel("j"),
        *d.path("f", "u", "j"),
        *d.path("f", "v", "j"),
    ),
    "a standard loop": around("u", "u", d.user_task("u", loop=d.again_while("true", maximum=50))),
}


@pytest.mark.parametrize("title", LIVES)
def test_trap_8_a_life_of_many_rounds_stays_flat_and_ends(title: str) -> None:
    """The library stops looking at a depth of 1,000, and calls the case complete."""
    machine = build({"work.bpmn": etree.fromstring(LIVES[title])})
    now, sizes, last = START, list[int](), (START + timedelta(days=MANY)).date()
    codec.start_counting()
    run = CaseRun(machine, "work", _script(now))
    run.start({"last": last.isoformat(), "items": [1, 2], "r": 0}, _nothing)
    while not run.is_done() and len(sizes) < 2 * MANY:
        run.prune()
        run = codec.loads(codec.dumps(run), machine, _script(now))
        sizes.append(sum(len(level.tasks) for level in run.levels()))
        now += timedelta(days=1, minutes=1)
        run.script_engine = _script(now)
        for task in run.open_tasks():
            task.run()
        run.advance(_nothing)

    assert MANY - 5 <= len(sizes) <= MANY + 50
    assert max(sizes[60:]) <= max(sizes[:60])


def _script(now: datetime) -> Script:
    return Script(Environment(now, JAKARTA, {}), Host({}, lambda decision, context: None))


def _nothing(_task: Any) -> None:
    """Nobody listens."""


INSIDE = (d.start("s"), d.user_task("ask"), d.script_task("count", "{ n: n + 1 }"), d.end("e"))


@pytest.mark.parametrize(
    "loop", [d.times("400", sequential=True), d.for_each("items", "item", sequential=True), d.again_while("n < 400")]
)
@pytest.mark.parametrize("inner", [INSIDE, ()])
def test_what_comes_one_after_the_other_costs_in_its_300th_round_what_it_cost_in_its_first(
    loop: str, inner: tuple[str, ...]
) -> None:
    again = d.sub_process("again", *inner, *d.path("s", "ask", "count", "e"), loop=loop) if inner else ""
    model = d.process("work", d.start(), again or d.user_task("again", loop=loop), d.end()).replace(
        "</bpmn:process>", "".join(d.path("begun", "again", "finished")) + "</bpmn:process>"
    )
    machine = build({"work.bpmn": etree.fromstring(d.diagram(model))})
    codec.start_counting()
    run = CaseRun(machine, "work", _script(START))
    run.start({"n": 100, "items": [0] * 400}, _nothing)
    sizes = []
    for _ in range(300):
        (task,) = run.open_tasks()
        task.run()
        run.advance(_nothing)
        run.prune()
        state = codec.dumps(run)
        sizes.append(len(state))
        run = codec.loads(state, machine, _script(START))

    assert fmean(sizes[-20:]) <= 1.15 * fmean(sizes[:20])  # what is random in them packs now better, now worse
