"""What we change in the library, once, guarded by its exact version and by the differential test.

Task ids become small numbers that are stable for the life of a case, state changes get ticks of a
counter in place of the machine's time, log lines that nobody reads are no longer composed, a task whose
own error or escalation has ended its scope does not go on, what lies ahead of a token may be laid out late, a task
shares what it inherits in place of copying it, and the join at an activity's edge leaves those of the activity's later
rounds alone.
"""

import threading
from importlib.metadata import version
from typing import Any

from SpiffWorkflow import task as library_task
from SpiffWorkflow import workflow as library_workflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.util.task import TaskState

from engine.runtime.workflow.ahead import RESTING, lay_out_again

KNOWN_VERSION = "3.2.0"


class _Counters(threading.local):
    id = 0
    tick = 0


counters = _Counters()


def next_id() -> int:
    """The next task number of the case that this thread works on."""
    counters.id += 1
    return counters.id


class _Ticks:
    """Stands in for the `time` module: order is all that the library reads from it."""

    @staticmethod
    def time() -> int:
        counters.tick += 1
        return counters.tick


class _Silent:
    """Stands in for the library's logger."""

    level = 50

    def info(self, *_args: object, **_extra: object) -> None:
        """Say nothing."""

    debug = info


def _run_unless_cancelled(task: library_task.Task) -> bool | None:
    """As the library's, but a task that was cancelled by what it threw itself stays so."""
    lay_out_again(task)
    outcome: bool | None = task.task_spec._run(task)
    if task._state == TaskState.CANCELLED:
        return outcome
    if outcome is None:
        task._set_state(TaskState.STARTED)
    elif outcome is False:
        task.error()
    else:
        task.complete()
    return outcome


def _ready(task: library_task.Task) -> None:
    """As the library's; a token that has rested is laid out again before anything else can happen beside it."""
    if task._state & RESTING:
        lay_out_again(task)
    _originals[library_task.Task, "_ready"](task)


def _complete(task: library_task.Task) -> None:
    """As the library's, for a token that may have rested."""
    if task._state & RESTING:
        lay_out_again(task)
    _originals[library_task.Task, "complete"](task)


def _inherit_data(task: library_task.Task) -> None:
    """What the task above knows, shared and whole (ADR 11): the library copies it, and merges lists by position."""
    task.data = {**task.data, **task.parent.data}


def _find_tasks(join: Any, my_task: library_task.Task) -> list[library_task.Task]:
    """As the library's, without the joins of a round to which an event of this one has led."""
    split = my_task.find_ancestor(join.split_task)
    found = _originals[BoundaryEventJoin, "_find_tasks"](join, my_task)
    return [task for task in found if task.find_ancestor(join.split_task) is split]


_originals: dict[tuple[Any, str], Any] = {
    (library_task, "uuid4"): library_task.uuid4,
    (library_task, "time"): library_task.time,
    (library_task, "logger"): library_task.logger,
    (library_workflow, "logger"): library_workflow.logger,
    (library_task.Task, "collect_log_extras"): library_task.Task.collect_log_extras,
    (library_task.Task, "run"): library_task.Task.run,
    (library_task.Task, "_ready"): library_task.Task._ready,
    (library_task.Task, "_inherit_data"): library_task.Task._inherit_data,
    (library_task.Task, "complete"): library_task.Task.complete,
    (BoundaryEventJoin, "_find_tasks"): BoundaryEventJoin._find_tasks,
    (TaskState, "get_name"): TaskState.__dict__["get_name"],
}


def undo() -> None:
    """Give the library back as it came: to measure against it."""
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)


def apply() -> None:
    """Patch the library; called when this package is first used.

    Raises:
        RuntimeError: another version is installed than the one we know by heart.
    """
    installed = version("SpiffWorkflow")
    if installed != KNOWN_VERSION:
        raise RuntimeError(
            f"SpiffWorkflow {installed} is installed; the runtime was proved against {KNOWN_VERSION} only"
        )
    names = dict(zip(TaskState._values, TaskState._names, strict=True))
    library_task.uuid4 = next_id
    library_task.time = _Ticks
    library_task.logger = library_workflow.logger = _Silent()
    library_task.Task.collect_log_extras = lambda self, dct=None: {}
    library_task.Task.run = _run_unless_cancelled
    library_task.Task._ready = _ready
    library_task.Task._inherit_data = _inherit_data
    library_task.Task.complete = _complete
    BoundaryEventJoin._find_tasks = _find_tasks
    TaskState.get_name = staticmethod(lambda state: names.get(state, str(state)))
