"""Random lives of random diagrams: the engine, saved and loaded after each act, does what the standard's tokens do.

FUZZ_RUNS sets how many diagrams are drawn; each is lived through three times.
"""

import os
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from engine.feel import Environment, FeelFunction
from engine.runtime.bpmn_reader import read
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, Machine, build
from engine.runtime.workflow.patches import counters
from engine.runtime.workflow.script import Script
from tests.runtime.lives import START, Host
from tests.runtime.oracle import Oracle
from tests.runtime.random_diagrams import Artist

DRAWN = int(os.environ.get("FUZZ_RUNS", "25"))
LIVES, STEPS = 3, 25
HOST = Host({}, lambda decision, context: None)


class Coins:
    """Coins that fall anew with each act, and the same for all who ask in it."""

    def __init__(self, seed: int) -> None:
        self.seed, self.act = seed, 0

    def toss(self, name: str) -> bool:
        return sha256(f"{self.seed}/{self.act}/{name}".encode()).digest()[0] < 110


class Ours:
    """One case on the engine."""

    def __init__(self, machine: Machine, now: datetime, coins: Coins) -> None:
        self.machine, self.coins = machine, coins
        codec.start_counting()
        self.run = CaseRun(machine, "work", self._script(now))
        self.run.start({}, _nothing)
        self._save()

    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.run.open_tasks())

    def awaited(self) -> list[str]:
        definitions = (
            one
            for task in self.run.waiting()
            for one in getattr(task.task_spec.event_definition, "event_definitions", [task.task_spec.event_definition])
        )
        return sorted(one.name for one in definitions if type(one).__name__ == "Message")

    def act(self, name: str, now: datetime) -> None:
        counters.id, counters.tick = self.counted
        self.run = codec.loads(self.state, self.machine, self._script(now))
        if name.startswith("message"):
            self.run.deliver_message(name, {})
        elif name:
            ready = [task for task in self.run.open_tasks() if task.task_spec.bpmn_id == name]
            min(ready, key=lambda task: (task.last_state_change, task.id)).run()
        self.run.advance(_nothing)
        self._save()

    def _save(self) -> None:
        self.run.prune()
        self.state, self.counted = codec.dumps(self.run), (counters.id, counters.tick)

    def _script(self, now: datetime) -> Script:
        toss = FeelFunction("coin", ("name",), lambda name: self.coins.toss(str(name)))
        return Script(Environment(now, ZoneInfo("Asia/Jakarta"), {"coin": toss}), HOST)


def _nothing(_task: object) -> None:
    """Nobody listens."""


def difference(drawing: bytes, seed: int) -> str | None:
    """Live one life of a diagram; gives the first difference in words, or None."""
    root = etree.fromstring(drawing)
    read_in = read(root, "work.bpmn")
    names = {id: named.code or named.name or id for id, named in read_in.named.items()}
    random, now, coins = Random(seed), START, Coins(seed)
    ours = Ours(build({"work.bpmn": root}), now, coins)
    theirs = Oracle({process.id: process for process in read_in.processes}, names, now, coins.toss)
    acts: list[str] = []
    for _ in range(STEPS):
        mine = (ours.open(), ours.awaited(), ours.run.is_done())
        right = (theirs.open(), theirs.awaited(), theirs.is_done())
        if mine != right:
            return f"after {acts}: {mine} here, {right} by the standard"
        if theirs.is_done():
            return None
        hour = theirs.next_hour()
        choices = [*theirs.open(), *theirs.open(), *theirs.awaited(), *(["hour"] if hour else [])]
        if not choices:
            return None  # it waits for ever, both here and there
        name = random.choice(choices)
        acts.append(name)
        coins.act += 1
        now += timedelta(seconds=7)
        if name == "hour" and hour is not None:
            now = max(now, hour)
        for late in iter(theirs.next_hour, None):
            if late > now:
                break
            ours.act("", now)
            theirs.pass_to(now)
        if name != "hour" and name in (*theirs.open(), *theirs.awaited()):
            ours.act(name, now)
            theirs.now = now
            (theirs.message if name.startswith("message") else theirs.complete)(name)
    return None


@pytest.mark.parametrize("part", range(5))
def test_random_diagrams_run_as_the_standard_says(part: int) -> None:
    for seed in range(part, DRAWN, 5):
        drawing = Artist(Random(seed)).diagram()
        for life in range(LIVES):
            found = difference(drawing, seed * LIVES + life)
            assert found is None, f"diagram {seed}, life {life} {found}"
