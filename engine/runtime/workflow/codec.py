"""Our own form of a case's state: the task tree only, never the spec, compressed.

A row of a task is [id, parent, spec name, state, triggered, tick, internal data, data]. Data is written as a
difference: to the parent's; where that is forgotten, to the newest data of the same process that came before;
at a process's beginning, to its caller's. User data is never interpreted. What the states of the shipped diagrams have in common stands in
a dictionary of the compressor, which each state names by its number.
"""

import threading
from pathlib import Path
from typing import Any

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow
from SpiffWorkflow.task import Task

from engine.errors import EngineError
from engine.runtime.workflow.gateways import wait_again
from engine.runtime.workflow.machine import FINISHED, WAITING, CaseRun, Machine, SubCase
from engine.runtime.workflow.patches import counters
from engine.runtime.workflow.sameness import is_same

VERSION = 2
READABLE = (1, 2)  # in version 1 the tokens that wait at a join were cancelled, but for the last
SAME, EMPTY = 0, -1  # the data is the parent's; the data was forgotten
_MISSING = object()
LEVEL = 5
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
DICTIONARIES = {
    number: zstandard.ZstdCompressionDict((Path(__file__).parent / "dictionaries" / f"{number}.zstd").read_bytes())
    for number in (1, 2)
}
DICTIONARY = DICTIONARIES[2]  # with which states are written
_local = threading.local()  # (de)compressors are not thread safe


class UnknownState(EngineError):
    """A stored state that this version cannot read; it is refused, never guessed."""


def dumps(run: CaseRun) -> bytes:
    """The case as compressed bytes; raises TypeError for data that is not plain JSON."""
    return compressed(text(run))


def text(run: CaseRun) -> bytes:
    """The case as JSON, which `compressed` makes a state of; raises TypeError for data that is not plain JSON."""
    return orjson.dumps(_encode(run), option=OPTIONS)


def compressed(raw: bytes) -> bytes:
    """A state's text with the dictionary, which the bytes then name."""
    if not hasattr(_local, "compress"):
        _local.compress = zstandard.ZstdCompressor(level=LEVEL, dict_data=DICTIONARY).compress
    state: bytes = _local.compress(raw)
    return state


def opened(state: bytes) -> bytes:
    """A state's text again, with the dictionary that it names.

    States written before there was a dictionary name none, and are read with any.

    Raises:
        zstandard.ZstdError, KeyError: the bytes are damaged, or name a dictionary of a newer version.
    """
    number = zstandard.get_frame_parameters(state).dict_id or 1
    if not hasattr(_local, "decompress"):
        _local.decompress = {}
    if number not in _local.decompress:
        _local.decompress[number] = zstandard.ZstdDecompressor(dict_data=DICTIONARIES[number]).decompress
    text: bytes = _local.decompress[number](state)
    return text


def loads(state: bytes, machine: Machine, script: Any) -> CaseRun:
    """The case from its bytes, on the shared specs.

    Raises:
        UnknownState: the bytes are of an unknown version or damaged.
    """
    try:
        document = orjson.loads(opened(state))
    except (zstandard.ZstdError, orjson.JSONDecodeError, KeyError) as error:
        raise UnknownState(f"Keadaan perkara rusak dan tidak dapat dibaca: {error}") from error
    if document.get("v") not in READABLE:
        raise UnknownState(f"Keadaan perkara berversi {document.get('v')!r}; versi ini hanya mengenal {READABLE}.")
    return _decode(document, machine, script)


def start_counting() -> None:
    """Begin the task numbers of a new case."""
    counters.id = counters.tick = 0


def _encode(run: CaseRun) -> dict[str, Any]:
    levels = []
    for workflow in run.levels():
        newest = _caller_data(run, workflow)
        tasks, rows, stack = workflow.tasks, [], [workflow.task_tree]
        while stack:  # depth first: a parent always comes before its children
            task = stack.pop()
            parent = tasks.get(task._parent)
            against = parent.data if parent is not None and parent.data else newest
            newest = task.data or newest
            rows.append(
                [
                    task.id,
                    task._parent,
                    task.task_spec.name,
                    task._state,
                    1 if task.triggered else 0,
                    task.last_state_change,
                    task.internal_data or 0,
                    _delta(against, task.data),
                ]
            )
            stack.extend(tasks[child] for child in reversed(task._children))
        levels.append(
            [
                getattr(workflow, "parent_task_id", None),
                workflow.spec.name,
                workflow.data,
                workflow.correlations,
                workflow.last_task.id if workflow.last_task is not None else None,
                workflow.success,
                workflow.completed,
                workflow.task_tree.id,
                rows,
            ]
        )
    return {"v": VERSION, "p": run.process, "n": counters.id, "t": counters.tick, "w": levels}


def _caller_data(run: CaseRun, workflow: Any) -> dict[str, Any]:
    """What a process was called with; nothing for the outermost."""
    if workflow is run:
        return {}
    caller: dict[str, Any] = run.get_task_from_id(workflow.parent_task_id).data
    return caller


def _delta(parent: dict[str, Any], child: dict[str, Any]) -> Any:
    if child is parent:
        return SAME
    if not child:
        return EMPTY if parent else SAME
    changed = {
        key: value
        for key, value in child.items()
        if (was := parent.get(key, _MISSING)) is not value and not is_same(was, value)  # mostly it is the very same
    }
    gone = [key for key in parent if key not in child]
    if gone:
        return [changed, gone]
    return [changed] if changed else SAME


def _decode(document: dict[str, Any], machine: Machine, script: Any) -> CaseRun:
    counters.id, counters.tick = document["n"], document["t"]
    run = CaseRun(machine, document["p"], script, deserializing=True)
    owners: dict[int, Any] = {}
    for number, level in enumerate(document["w"]):
        parent_id, spec_name, data, correlations, last, success, completed, root, rows = level
        workflow = run if number == 0 else _sub_case(run, parent_id, spec_name, owners)
        _read_tasks(workflow, rows, run, owners, _caller_data(run, workflow))
        workflow.task_tree = workflow.tasks[root]
        workflow.data, workflow.correlations = data, correlations
        workflow.success, workflow.completed = success, completed
        workflow.last_task = workflow.tasks.get(last)
        if document["v"] == 1:
            wait_again(workflow)
    return run


def _sub_case(run: CaseRun, parent_id: int, spec_name: str, owners: dict[int, Any]) -> SubCase:
    sub: SubCase = SubCase.__new__(SubCase)
    owner = owners[parent_id]
    sub.parent_task_id, sub.top_workflow, sub.depth = parent_id, run, owner.depth + 1
    BpmnBaseWorkflow.__init__(sub, run.machine.sub_specs[spec_name], deserializing=True)
    run.subprocesses[parent_id] = sub
    parent = owner.tasks[parent_id]
    sub.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return sub


def _read_tasks(workflow: Any, rows: list[Any], run: CaseRun, owners: dict[int, Any], caller: dict[str, Any]) -> None:
    specs, tasks, waiting = workflow.spec.task_specs, workflow.tasks, run.event_manager.tasks
    newest = (caller, 0)  # the newest data so far, and whether its task has finished
    for task_id, parent_id, name, state, triggered, tick, internal, delta in rows:
        task = Task.__new__(Task)
        spec = specs.get(name)
        if spec is None:
            spec = run.machine.ghost(name)
        task.id, task.workflow, task._parent, task._children, task._state = task_id, workflow, parent_id, [], state
        task.triggered, task.thread_id, task.task_spec, task.last_state_change = bool(triggered), 0, spec, tick
        task.internal_data = internal or {}
        parent = tasks[parent_id] if parent_id is not None else None
        if parent is not None:
            parent._children.append(task_id)
        finished = state & FINISHED
        against, settled = (parent.data, parent._state & FINISHED) if parent is not None and parent.data else newest
        if delta == SAME and finished and settled:
            task.data = against  # nobody writes into the data of finished tasks: they may share it
        else:
            task.data = _apply(against, delta)
        if task.data:
            newest = task.data, finished
        tasks[task_id] = task
        if state == WAITING and isinstance(spec, CatchingEvent):
            waiting[task_id] = task
        elif isinstance(spec, SubWorkflowTask):
            owners[task_id] = workflow


def _apply(parent: dict[str, Any], delta: Any) -> dict[str, Any]:
    if delta == EMPTY:
        return {}
    if delta == SAME:
        return parent.copy()
    data = {**parent, **delta[0]}
    for key in delta[1] if len(delta) > 1 else ():
        del data[key]
    return data
