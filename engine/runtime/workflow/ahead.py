"""What lies ahead of a token: the library lays it out when the token comes, and a state does without it.

Most tasks of a case's tree are such predictions. They say nothing that the diagram does not say, so they are
forgotten at the end of a step and laid out anew for the few tokens that move in a later one.
"""

from typing import Any

from SpiffWorkflow.util.task import TaskState

AHEAD = TaskState.FUTURE | TaskState.PREDICTED_MASK
RESTING = TaskState.WAITING | TaskState.STARTED


def forget_ahead(workflow: Any) -> None:
    """Take off what hangs on tokens that rest; those that were triggered have laid out nothing."""
    for task in list(workflow.tasks.values()):
        if _rests(task) and not task.triggered:
            for child in task.children:
                if child._state & AHEAD and not child.triggered:
                    _drop(workflow, child)


def lay_out_again(task: Any) -> None:
    """Before a token moves: lay out what was forgotten, as the library had done it."""
    if not task.triggered and all(child.triggered for child in task.children):
        lay_out(task)


def lay_out(task: Any) -> None:
    """Lay out what lies ahead of a task, without touching what it has begun already."""
    begun, task._children = task._children, []
    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    task._children = [*task._children, *begun]


def _rests(task: Any) -> bool:
    return bool(task._state & RESTING or (task._state == TaskState.READY and task.task_spec.manual))


def _drop(workflow: Any, task: Any) -> None:
    workflow.tasks[task._parent]._children.remove(task.id)
    stack = [task]
    while stack:
        below = stack.pop()
        stack += below.children
        del workflow.tasks[below.id]
