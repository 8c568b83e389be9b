"""Random lives of random diagrams: the engine, saved and loaded after each act, does what the standard's tokens do.

FUZZ_RUNS sets how many diagrams are drawn; each is lived through three times.
"""

import os
import re
from bisect import bisect_left
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition, SignalEventDefinition

from engine.feel import Environment, FeelFunction
from engine.runtime.bpmn_reader import read
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, Machine, build
from engine.runtime.workflow.patches import counters
from engine.runtime.workflow.scopes import current_data
from engine.runtime.workflow.script import Script
from tests.runtime.lives import START, Host
from tests.runtime.oracle import Oracle
from tests.runtime.random_diagrams import Artist

DRAWN = int(os.environ.get("FUZZ_RUNS", "25"))
_VALUE = re.compile(r"[vo]\d+")
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
        self.machine, self.coins, self._sent = machine, coins, list[str]()
        self.ticks = list[int]()  # of the library's clock, when each act began
        codec.start_counting()
        self.run = CaseRun(machine, "work", self._script(now))
        self.run.start({}, _nothing)
        self._save()

    def open(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.run.open_tasks())

    def awaited(self, kind: str) -> list[str]:
        definitions = (
            one
            for task in self.run.waiting()
            for one in getattr(task.task_spec.event_definition, "event_definitions", [task.task_spec.event_definition])
        )
        named = {"message": MessageEventDefinition, "signal": SignalEventDefinition}[kind]
        return sorted(one.name for one in definitions if isinstance(one, named))

    def is_done(self) -> bool:
        return self.run.is_done()

    def sent(self) -> list[str]:
        sent, self._sent = self._sent, []
        return sorted(sent)

    def known(self) -> dict[str, int]:
        data = self.run.data if self.is_done() else current_data(self.run)
        return {name: value for name, value in data.items() if _VALUE.fullmatch(name) and value is not None}

    def act(self, name: str, now: datetime, number: int) -> None:
        counters.id, counters.tick = self.counted
        self.ticks.append(counters.tick)
        self.run = codec.loads(self.state, self.machine, self._script(now))
        if name.startswith("message"):
            self.run.deliver_message(name, {})
        elif name.startswith("signal"):
            self.run.deliver_signal(name, {})
        elif name:
            ready = [task for task in self.run.open_tasks() if task.task_spec.bpmn_id == name]
            task = min(ready, key=self._age)
            task.data = {**task.data, name: number} if name[0] in "vw" else task.data
            task.run()
        self.run.advance(_nothing)
        self._save()

    def _age(self, task: Any) -> tuple[int, tuple[int, ...], int]:
        """In which act a task came, and of which run; what comes in one act comes in no order."""
        place, scope = list[int](), task.workflow
        while scope is not self.run:
            place.insert(0, scope.parent_task_id)
            scope = self.run.get_task_from_id(scope.parent_task_id).workflow
        return bisect_left(self.ticks, task.last_state_change), tuple(place), task.id

    def _save(self) -> None:
        self._sent += [name for _, name, _ in self.run.thrown()]
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
        mine, right = _seen(ours), _seen(theirs)
        if mine != right:
            return f"after {acts}: {mine} here, {right} by the standard"
        if theirs.is_done():
            return None
        hour, came = theirs.next_hour(), [*theirs.awaited("message"), *theirs.awaited("signal")]
        choices = [*theirs.open(), *theirs.open(), *came, *(["hour"] if hour else [])]
        if not choices:
            return None  # it waits for ever, both here and there
        name, number = random.choice(choices), random.randrange(100)
        acts.append(f"{name}={number}" if name[0] in "vw" else name)
        coins.act += 1
        now += timedelta(seconds=7)
        if name == "hour" and hour is not None:
            now = max(now, hour)
        for late in iter(theirs.next_hour, None):
            if late > now:
                break
            ours.act("", now, number)
            theirs.pass_to(now)
        if name != "hour" and name in (*theirs.open(), *theirs.awaited("message"), *theirs.awaited("signal")):
            ours.act(name, now, number)
            theirs.now = now
            _happens(theirs, name, number)
    return None


def _happens(oracle: Oracle, name: str, number: int) -> None:
    if name.startswith("message"):
        oracle.message(name)
    elif name.startswith("signal"):
        oracle.signal(name)
    else:
        oracle.complete(name, number)


def _seen(case: Ours | Oracle) -> object:
    """What can be seen of a case; when it is done only what it has come to."""
    waits = () if case.is_done() else (case.open(), case.awaited("message"), case.awaited("signal"))
    return waits, case.is_done(), case.sent(), case.known()


@pytest.mark.parametrize("part", range(5))
def test_random_diagrams_run_as_the_standard_says(part: int) -> None:
    for seed in range(part, DRAWN, 5):
        drawing = Artist(Random(seed)).diagram()
        for life in range(LIVES):
            found = difference(drawing, seed * LIVES + life)
            assert found is None, f"diagram {seed}, life {life} {found}"
