"""What the library has no right answer for: a case that is saved, pruned and loaded at every step lives as one that stays
in memory whole.

FUZZ_RUNS sets how many lives each diagram gets.
"""

import os
from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from engine.feel import Environment
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, Machine, build
from engine.runtime.workflow.patches import counters
from engine.runtime.workflow.script import Script
from tests.runtime import diagrams as d
from tests.runtime.lives import START, Host

LIVES, STEPS = int(os.environ.get("FUZZ_RUNS", "25")), 40
AWAY = 10**6  # where the second life's task numbers begin


def aside(id: str, definition: str, *, interrupting: bool) -> str:
    return d.sub_process(
        id,
        d.start(f"{id}_in", definition, interrupting=interrupting),
        d.user_task(f"{id}_do"),
        d.end(f"{id}_out"),
        *d.path(f"{id}_in", f"{id}_do", f"{id}_out"),
        triggered=True,
    )


def looped(*inside: str, edges: tuple[str, ...] = (), kind: Any = d.sub_process) -> str:
    """A sub-process `body` that is done again while `again` is true, then undone as a whole."""
    return d.process(
        "work",
        d.start(),
        kind("body", d.start("in"), *inside),
        *edges,
        d.exclusive("more", default="more_to_undo"),
        d.throw("undo", d.compensate("body")),
        d.user_task("last"),
        d.end(),
        d.flow("begun", "body"),
        d.flow("body", "more"),
        d.flow("more", "body", when="again"),
        *d.path("more", "undo", "last", "finished"),
    )


WORK = [
    d.parallel("fork"),
    d.user_task("a"),
    d.undone_by("a", d.user_task("un_a")),
    d.user_task("b", result="b_said", loop=d.times("2")),
    d.undone_by("b", d.script_task("un_b", "{ undone: if undone = null then 1 else undone + 1 }")),
    d.parallel("join"),
]
FLOWS = [*d.path("in", "fork", "a", "join"), *d.path("fork", "b", "join")]
NAMED = [d.message_named("m", "withdraw"), d.error_named("bad")]
DIAGRAMS = {
    "compensation in a loop": d.diagram(looped(*WORK, d.end("out"), *FLOWS, *d.path("join", "out"))),
    "event sub-processes in a loop": d.diagram(
        *NAMED,
        looped(
            *WORK,
            aside("note", d.message("m"), interrupting=False),
            aside("late", d.after("P9D"), interrupting=True),
            aside("big", d.conditional("n > 70"), interrupting=False),
            d.end("out"),
            *FLOWS,
            *d.path("join", "out"),
        ),
    ),
    "a transaction in a loop": d.diagram(
        *NAMED,
        looped(
            *WORK,
            d.exclusive("well", default="well_to_out"),
            d.end("stop", d.cancel()),
            d.end("fail", d.error("bad")),
            d.end("out"),
            *FLOWS,
            *d.path("join", "well", "out"),
            d.flow("well", "stop", when="p"),
            d.flow("well", "fail", when="q"),
            kind=d.transaction,
            edges=(
                d.boundary("stopped", "body", d.cancel()),
                d.boundary("failed", "body", d.error("bad")),
                d.boundary("asked", "body", d.message("m"), interrupting=False),
                d.user_task("answer"),
                d.end("answered"),
                d.user_task("mend"),
                *d.path("stopped", "mend", "more"),
                d.flow("failed", "mend"),
                *d.path("asked", "answer", "answered"),
            ),
        ),
    ),
}


class Life:
    """One case, whole in memory or saved after each act."""

    def __init__(self, machine: Machine, data: dict[str, Any], first_number: int, *, saved: bool) -> None:
        self.machine, self.saved, self.now = machine, saved, START
        counters.id, counters.tick = first_number, 0
        self.run = CaseRun(machine, "work", self._script())
        self.run.start(data, lambda task: None)
        self._keep()

    def act(self, name: str | None, answers: dict[str, Any]) -> None:
        """Do the first open task of a name; or take a message; or let four days pass."""
        counters.id, counters.tick = self.counted
        if name is None:
            self.now += timedelta(days=4)
        self.run.script_engine = self._script()
        if self.saved:
            self.run = codec.loads(self.state, self.machine, self._script())
        if name == "withdraw":
            self.run.deliver_message("withdraw", {})
        elif name is not None:
            task = next(task for task in self._in_order() if task.task_spec.bpmn_id == name)
            task.data = {**task.data, **answers}
            task.run()
        self.run.advance(lambda task: None)
        self._keep()

    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.run.open_tasks())

    def data(self) -> list[str]:
        return sorted(str(sorted(task.data.items())) for task in self.run.open_tasks())

    def _in_order(self) -> list[Any]:
        return sorted(self.run.open_tasks(), key=lambda task: task.last_state_change)

    def _keep(self) -> None:
        if self.saved:
            self.run.prune()
            self.state = codec.dumps(self.run)
        self.counted = counters.id, counters.tick

    def _script(self) -> Script:
        return Script(Environment(self.now, ZoneInfo("Asia/Jakarta"), {}), Host({}, lambda decision, context: None))


@pytest.mark.parametrize("title", DIAGRAMS)
def test_a_pruned_case_lives_as_a_whole_one(title: str) -> None:
    machine = build({"work.bpmn": etree.fromstring(DIAGRAMS[title])})
    for seed in range(LIVES):
        random = Random(seed)
        first = {"again": True, "n": 0, "p": False, "q": False}
        saved, whole = Life(machine, dict(first), 0, saved=True), Life(machine, dict(first), AWAY, saved=False)
        for step in range(STEPS):
            seen = (saved.open(), saved.run.is_done(), saved.data())
            assert seen == (whole.open(), whole.run.is_done(), whole.data()), (seed, step)
            if saved.run.is_done():
                break
            name = random.choice([*saved.open(), "withdraw", None])
            answers = {
                "again": random.random() < 0.6,
                "n": random.randrange(100),
                "p": random.random() < 0.3,
                "q": random.random() < 0.2,
            }
            saved.act(name, answers)
            whole.act(name, answers)
