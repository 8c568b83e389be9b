"""Random lives of a diagram, led twice at once: on the library as it comes, in memory, and on ours, saved and loaded."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.feel import Environment, FeelFunction
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, Machine, build
from engine.runtime.workflow.patches import counters
from engine.runtime.workflow.script import Script

START = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)
STEPS = 80
LIBRARY_IDS_FROM = 10**6
Answer = Callable[[str, Random], Mapping[str, Any]]


class Host:
    """Services and decisions that answer the same to both."""

    def __init__(self, services: Mapping[str, Any], decide: Callable[[str, Mapping[str, Any]], Any]) -> None:
        self.services, self._decide = services, decide

    def call_service(self, name: str, arguments: Any, data: Any, element: str) -> Any:
        return self.services.get(name)

    def decide(self, decision: str, context: Mapping[str, Any], element: str) -> Any:
        return self._decide(decision, context)


@dataclass
class TwoLives:
    """One diagram's shared specs and a second, untouched set for the library."""

    trees: Mapping[str, Any]
    process: str
    answer: Answer
    host: Host
    functions: Mapping[str, FeelFunction] = field(default_factory=dict)
    spans: tuple[int, ...] = (4, 4, 30)  # days that may pass at once

    def __post_init__(self) -> None:
        self.ours: Machine = build(self.trees)
        self.theirs: Machine = build(self.trees)

    def lead(self, seed: int, data: Mapping[str, Any]) -> str | None:
        """Live one life; gives the first difference in words, or None."""
        random, now = Random(seed), START
        script = self._script(now)
        codec.start_counting()
        ours = CaseRun(self.ours, self.process, script)
        ours.start(dict(data), _nothing)
        ours.prune()
        saved, our_ids = codec.dumps(ours), counters.id
        counters.id = LIBRARY_IDS_FROM
        theirs = BpmnWorkflow(self.theirs.specs[self.process], self.theirs.sub_specs, script_engine=script)
        theirs.task_tree.set_data(**data)
        _settle(theirs)
        their_ids = counters.id
        for step in range(STEPS):
            script = self._script(now)
            ours = codec.loads(saved, self.ours, script)
            theirs.script_engine = script
            mine, their = _open(ours.open_tasks()), _open(_ready(theirs))
            if mine != their or ours.is_done() != theirs.is_completed():
                return f"seed {seed}, step {step}: open {mine} here, {their} in the library"
            if ours.is_done():
                same = _plain(ours.data) == _plain(theirs.data)
                return (
                    None
                    if same
                    else f"seed {seed}: data {_plain(ours.data)} here, {_plain(theirs.data)} in the library"
                )
            act, now = self._next_act(random, mine, now)
            counters.id = their_ids
            theirs.script_engine = self._script(now)
            act(_ready(theirs), lambda: theirs.send_event(_withdrawal()), theirs)
            _settle(theirs)
            their_ids, counters.id = counters.id, our_ids
            ours.script_engine = self._script(now)
            act(ours.open_tasks(), lambda run=ours: run.deliver_message("withdraw", {}), ours)
            ours.advance(_nothing)
            ours.prune()
            our_ids = counters.id
            saved = codec.dumps(ours)
        return None

    def _script(self, now: datetime) -> Script:
        return Script(Environment(now, ZoneInfo("Asia/Jakarta"), self.functions), self.host)

    def _next_act(self, random: Random, open_tasks: list[str], now: datetime) -> tuple[Callable[..., None], datetime]:
        """What happens next: a task is done, a message comes, or four days pass; the same for both."""
        if not open_tasks or random.random() < 0.15:
            if random.random() < 0.5:
                return _message, now
            return _nothing_happens, now + timedelta(days=random.choice(self.spans))
        name = random.choice(open_tasks)
        answers = dict(self.answer(name, random))

        def complete(tasks: list[Any], _send: Any, _run: Any) -> None:
            task = next(task for task in tasks if task.task_spec.name == name)
            task.data = {**task.data, **answers}
            task.run()

        return complete, now


def _message(_tasks: list[Any], send: Callable[[], object], run: Any) -> None:
    if any(event.name == "withdraw" for event in run.waiting_events()):
        send()


def _nothing_happens(_tasks: list[Any], _send: Any, _run: Any) -> None:
    """Only time has passed."""


def _nothing(_task: Any) -> None:
    """Nobody listens."""


def _withdrawal() -> BpmnEvent:
    return BpmnEvent(MessageEventDefinition("withdraw"), payload={})


def _ready(workflow: BpmnWorkflow) -> list[Any]:
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def _settle(workflow: BpmnWorkflow) -> None:
    for _ in range(6):
        workflow.refresh_timers()
        workflow.do_engine_steps()


def _open(tasks: list[Any]) -> list[str]:
    return sorted(task.task_spec.name for task in tasks)


def _plain(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)
