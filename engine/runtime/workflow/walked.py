"""Which way a case has gone: pairs of elements with a sequence flow between them."""

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine.runtime.workflow.implicit import drawn
from engine.runtime.workflow.machine import COMPLETED, READY, STARTED, WAITING, CaseRun
from engine.runtime.workflow.names import EDGE_SPLIT, INSTANCE

ENTERED = READY | WAITING | STARTED | COMPLETED


def walked(run: CaseRun, seen: set[int]) -> list[tuple[str, str]]:
    """Pairs (source, target) entered since the last call, to be asked before a step is pruned; `seen` grows.

    Pairs that no drawn flow joins may be among them: a loop and its instances, a task and its boundary.
    """
    found = []
    for workflow in run.levels():
        for task in workflow.tasks.values():
            if task.id in seen or not task._state & ENTERED:
                continue
            seen.add(task.id)
            parent = workflow.tasks.get(task._parent)
            if parent is not None:
                found.append((_place(parent.task_spec), _place(task.task_spec)))
    return found


def _place(spec: Any) -> str:
    """The id of the element behind a spec."""
    if isinstance(spec, BoundaryEventSplit):
        return str(spec.name).removesuffix(EDGE_SPLIT)
    return drawn(str(spec.bpmn_id or spec.name).removesuffix(INSTANCE))
