"""The flat runner with its pruning codec does what the library does, on random lives of many diagrams.

FUZZ_RUNS sets how many lives each diagram gets; 25 in the suite, thousands in `make fuzz`.
"""

import os
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from lxml import etree

from tests.runtime import diagrams as d
from tests.runtime.lives import Host, TwoLives

RUNS = int(os.environ.get("FUZZ_RUNS", "25"))
NO_HOST = Host({}, lambda decision, context: None)
AGAIN = [d.exclusive("again_q", default="stop"), d.flow("again_q", "finished", id="stop"), d.end()]


def looped(first: str, last: str, *parts: str) -> str:
    """A process that does its parts again while `again` is true."""
    return d.process(
        "work",
        d.start(),
        d.flow("begun", first),
        *parts,
        d.flow(last, "again_q"),
        d.flow("again_q", first, when="again"),
        *AGAIN,
    )


DIAGRAMS: Mapping[str, bytes] = {
    "a task with a boundary timer, again and again": d.diagram(
        looped(
            "u",
            "u",
            d.user_task("u"),
            d.boundary("late", "u", d.after("P3D")),
            d.user_task("v"),
            *d.path("late", "v", "again_q"),
        )
    ),
    "parallel work in a called process, in a loop": d.diagram(
        looped("both", "both", d.call("both", "pair")),
        d.process(
            "pair",
            d.start("p_begun"),
            d.parallel("fork"),
            d.user_task("a"),
            d.user_task("b"),
            d.parallel("join"),
            d.user_task("c"),
            d.end("p_finished"),
            *d.path("p_begun", "fork", "a", "join", "c", "p_finished"),
            *d.path("fork", "b", "join"),
        ),
    ),
    "an inclusive choice in a called process, in a loop": d.diagram(
        looped("some", "some", d.call("some", "choice")),
        d.process(
            "choice",
            d.start("p_begun"),
            d.inclusive("split", default="fc"),
            d.user_task("a"),
            d.user_task("b"),
            d.user_task("c"),
            d.inclusive("merge"),
            d.end("p_finished"),
            d.flow("p_begun", "split"),
            d.flow("split", "a", when="p"),
            d.flow("split", "b", when="q"),
            d.flow("split", "c", id="fc"),
            *d.path("a", "merge", "p_finished"),
            d.flow("b", "merge"),
            d.flow("c", "merge"),
        ),
    ),
    "sub-processes in one another, with timers": d.diagram(
        looped(
            "sp",
            "sp",
            d.sub_process(
                "sp",
                d.start("s1"),
                d.user_task("su"),
                d.boundary("nudge", "su", d.after("P3D"), interrupting=False),
                d.user_task("bs"),
                d.end("bse"),
                d.sub_process("ip", d.start("s2"), d.user_task("iu"), d.end("e2"), *d.path("s2", "iu", "e2")),
                d.end("e1"),
                *d.path("s1", "su", "ip", "e1"),
                *d.path("nudge", "bs", "bse"),
            ),
            d.boundary("over", "sp", d.after("P40D")),
            d.user_task("late"),
            d.end("gone"),
            *d.path("over", "late", "gone"),
        )
    ),
    "a parallel sub-process for each item": d.diagram(
        d.process(
            "work",
            d.start(),
            d.sub_process(
                "m",
                d.start("s1"),
                d.user_task("mu"),
                d.script_task("mc", "{ res: it * 2 }"),
                d.end("e1"),
                *d.path("s1", "mu", "mc", "e1"),
                loop=d.for_each("items", "it", "out", "res"),
            ),
            d.user_task("z"),
            d.end(),
            *d.path("begun", "m", "z", "finished"),
        )
    ),
    "an event gateway in a loop": d.diagram(
        d.message_named("m1", "withdraw"),
        looped(
            "u",
            "x",
            d.user_task("u"),
            d.event_gateway("g"),
            d.catch("m", d.message("m1")),
            d.catch("t", d.after("P3D")),
            d.user_task("u1"),
            d.user_task("u2"),
            d.exclusive("x"),
            *d.path("u", "g", "m", "u1", "x"),
            *d.path("g", "t", "u2", "x"),
        ),
    ),
    "reminders by a cycle": d.diagram(
        looped(
            "u",
            "u",
            d.user_task("u"),
            d.boundary("beat", "u", d.every("R3/P7D"), interrupting=False),
            d.user_task("t"),
            d.end("te"),
            *d.path("beat", "t", "te"),
        )
    ),
    "a message starts an event sub-process": d.diagram(
        d.message_named("m1", "withdraw"),
        d.process(
            "work",
            d.start(),
            d.user_task("u"),
            d.end(),
            *d.path("begun", "u", "finished"),
            d.sub_process(
                "es",
                d.start("es_start", d.message("m1"), interrupting=False),
                d.user_task("es_u"),
                d.end("es_end"),
                *d.path("es_start", "es_u", "es_end"),
                triggered=True,
            ),
        ),
    ),
}


def answers(name: str, random: Random) -> dict[str, Any]:
    number = random.randrange(100)
    return {
        "again": random.random() < 0.6,
        "p": random.random() < 0.5,
        "q": random.random() < 0.5,
        f"v_{name.partition(' ')[0]}": number,
    }


@pytest.mark.parametrize("title", DIAGRAMS)
def test_a_saved_and_pruned_case_lives_as_the_library_would_have_it(title: str) -> None:
    trees = {"work.bpmn": etree.fromstring(DIAGRAMS[title])}
    spans = (4,) if title == "reminders by a cycle" else (4, 4, 30)  # ours tells missed beats once, the library all
    lives = TwoLives(trees, "work", answers, NO_HOST, spans=spans)
    for seed in range(RUNS):
        data = {"items": [1, 2, 3], "again": True, "p": bool(seed & 1), "q": bool(seed & 2), "n": 0}
        assert lives.lead(seed, data) is None
