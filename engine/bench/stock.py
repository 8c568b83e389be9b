"""The same lives on the library as it comes: its own runner and its own serializer, one JSON text in one row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.default.task_spec import EventConverter
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.spiff.serializer.task_spec import SpiffBpmnTaskConverter, SubWorkflowTaskConverter
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.bench.lives import Act, Life
from engine.bench.measure import Samples
from engine.feel import Environment, to_json
from engine.runtime.resources import LoadedRelease
from engine.runtime.services import Service, ServiceCall
from engine.runtime.values import Json
from engine.runtime.workflow import patches
from engine.runtime.workflow.events import EventSubProcessStart
from engine.runtime.workflow.machine import Machine, build
from engine.runtime.workflow.script import Script
from engine.runtime.workflow.specs import BusinessRuleTask, ServiceTask, SharingCallActivity, SharingSubProcess
from engine.runtime.workflow.timers import CycleTimer, DateTimer, DurationTimer

ROW = sa.Table(
    "bench_rows", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.LargeBinary)
)
LOAD = sa.select(ROW.c.state).where(ROW.c.id == sa.bindparam("row"))
SAVE = sa.update(ROW).where(ROW.c.id == sa.bindparam("row")).values(state=sa.bindparam("state_"))


class _ServiceConverter(SpiffBpmnTaskConverter):  # type: ignore[misc]  # the library is untyped
    def to_dict(self, spec: Any) -> dict[str, Any]:
        return {
            **super().to_dict(spec),
            **{name: getattr(spec, name) for name in ("operation", "parameters", "result")},
        }


class _RuleConverter(SpiffBpmnTaskConverter):  # type: ignore[misc]  # the library is untyped
    def to_dict(self, spec: Any) -> dict[str, Any]:
        return {**super().to_dict(spec), **{name: getattr(spec, name) for name in ("decision", "given", "result")}}


class _StartConverter(EventConverter):  # type: ignore[misc]  # the library is untyped
    """The library keeps such a start in a way of its own that costs no less."""

    def to_dict(self, spec: Any) -> dict[str, Any]:
        return {**super().to_dict(spec), "interrupting": spec.interrupting}


OURS = {
    EventSubProcessStart: _StartConverter,
    ServiceTask: _ServiceConverter,
    BusinessRuleTask: _RuleConverter,
    SharingCallActivity: SubWorkflowTaskConverter,
    SharingSubProcess: SubWorkflowTaskConverter,
    DateTimer: TimerConditionalEventDefinitionConverter,
    DurationTimer: TimerConditionalEventDefinitionConverter,
    CycleTimer: TimerConditionalEventDefinitionConverter,
}


def converters(machine: Machine) -> dict[type, type]:
    """The library's converters; a class of ours is written as the library's own that it refines."""
    known = {**DEFAULT_CONFIG, **OURS}
    specs = {id(spec): spec for spec in [*machine.specs.values(), *machine.sub_specs.values()]}.values()
    tasks = [task for spec in specs for task in spec.task_specs.values()]
    used = {type(part) for task in tasks for part in (task, getattr(task, "event_definition", None))}
    refined = {kind: next((base for base in kind.__mro__ if base in known), None) for kind in used}
    return known | {kind: known[base] for kind, base in refined.items() if base is not None}


class NotWaiting(Exception):
    """The library does not wait where the recorded life went on."""


class Replay:
    """Leads recorded lives again; services answer what they answered then, and cost nothing."""

    def __init__(
        self,
        database: sa.Engine,
        release: LoadedRelease,
        environment: Environment,
        answers: Mapping[Any, Sequence[Json]],
    ) -> None:
        patches.undo()
        self.database, self.release, self.environment = database, release, environment
        self.answers = {case: list(given) for case, given in answers.items()}
        self.specs = build(release.documents.trees)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(converters(self.specs)))
        self.case: Any = None

    def begin(self, row: int, life: Life, process: str) -> None:
        """The opening of one life: run to the first waits, save, commit."""
        self.case = life.case_id
        workflow = BpmnWorkflow(
            self.specs.specs[process], self.specs.sub_specs, script_engine=self._script(life.opened_at)
        )
        workflow.task_tree.set_data(**life.data)
        _settle(workflow)
        with self.database.begin() as connection:
            connection.execute(sa.insert(ROW), {"id": row, "state": self.serializer.serialize_json(workflow).encode()})

    def lead(self, row: int, life: Life, process: str, samples: Samples) -> int:
        """One life; the steps that people made are measured: read, load, complete, run on, save, commit.

        Returns how many acts were left when the library had gone another way (it runs some constructs otherwise).
        """
        self.begin(row, life, process)
        for number, act in enumerate(life.acts):
            try:
                if act.element is None:
                    self._step(row, act)
                    continue
                with samples.one():
                    self._step(row, act)
            except NotWaiting:
                return len(life.acts) - number
        return 0

    def call_service(self, name: str, arguments: Any, data: Any, element: str) -> Json:
        return self.answers[self.case].pop(0)

    def decide(self, decision: str, context: Mapping[str, Json], element: str) -> Json:
        return to_json(self.release.documents.decisions[decision].evaluate(context, self.environment).value)

    def _step(self, row: int, act: Act) -> None:
        with self.database.begin() as connection:
            text = connection.execute(LOAD, {"row": row}).scalar_one()
            workflow = self.serializer.deserialize_json(text.decode())
            for spec in (workflow.spec, *workflow.subprocess_specs.values()):
                spec.local_data = frozenset()  # ours, which the library does not keep: no shipped diagram needs it
            workflow.script_engine = self._script(act.at)
            if act.element is not None:
                _complete(workflow, act)
            elif act.message is not None:
                workflow.catch(BpmnEvent(MessageEventDefinition(act.message), payload=dict(act.answers)))
            _settle(workflow)
            connection.execute(SAVE, {"row": row, "state_": self.serializer.serialize_json(workflow).encode()})

    def _script(self, at: datetime) -> Script:
        return Script(Environment(at, self.environment.zone, self.environment.functions), self)


def _complete(workflow: BpmnWorkflow, act: Act) -> None:
    for task in workflow.get_tasks(state=TaskState.READY, manual=True):
        if task.task_spec.bpmn_id == act.element:
            task.data = {**task.data, act.result: dict(act.answers)}
            task.run()
            return
    raise NotWaiting(act.element)


def floor(database: sa.Engine, size: int, rounds: int, samples: Samples) -> None:
    """The least a step can cost: read one row, JSON in and out, write it, commit."""
    state = _filler(size)
    with database.begin() as connection:
        connection.execute(sa.insert(ROW), {"id": 0, "state": state})
    for _ in range(rounds):
        with samples.one(), database.begin() as connection:
            text = connection.execute(LOAD, {"row": 0}).scalar_one()
            connection.execute(SAVE, {"row": 0, "state_": orjson.dumps(orjson.loads(text))})


def floor_of_insert(database: sa.Engine, size: int, rounds: int, samples: Samples) -> None:
    """The least an opening can cost: JSON out, one new row, commit."""
    content = orjson.loads(_filler(size))
    for number in range(rounds):
        with samples.one(), database.begin() as connection:
            connection.execute(sa.insert(ROW), {"id": -1 - number, "state": orjson.dumps(content)})


def noting(answered: dict[UUID, list[Json]], service: Service) -> Service:
    """A service that notes what it answers, for the replay."""

    def noted(call: ServiceCall) -> Json:
        answer = service(call)
        answered[call.case.id].append(answer)
        return answer

    return noted


def _filler(size: int) -> bytes:
    return orjson.dumps({"filler": ["x" * 40] * (size // 43)})


def _settle(workflow: BpmnWorkflow) -> None:
    """The library fires a timer as its last act and leaves the task ready: so it is run until nothing moves."""
    while True:
        workflow.do_engine_steps()
        if not any(not task.task_spec.manual for task in workflow.get_tasks(state=TaskState.READY)):
            return
