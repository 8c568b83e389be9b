"""Joins that would wait for ever: after a case has moved to other specs, or before it is allowed to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway

from engine.runtime.workflow.gateways import onward
from engine.runtime.workflow.machine import READY, STARTED, WAITING


@dataclass(frozen=True)
class EndlessWait:
    """A parallel join that some token reaches, and the input along which none can come any more."""

    join: Any  # task specs
    missing: Any


def endless_waits(workflow: Any) -> Iterator[EndlessWait]:
    """The joins of one process level that could never have all their inputs, given where its tokens stand.

    An input can still come if some token has a way to it that does not lead through the join itself: which of
    several alternatives the token will take is not asked.
    """
    standing = [task for task in workflow.tasks.values() if task._state & (READY | WAITING | STARTED)]
    joins = [spec for spec in workflow.spec.task_specs.values() if isinstance(spec, ParallelGateway)]
    for join in joins:
        if len(join.inputs) > 1:
            yield from _missing(join, standing)


def _missing(join: Any, standing: list[Any]) -> Iterator[EndlessWait]:
    """A join that nothing waits at and nothing can reach waits for nothing; else each input must be able to come."""
    waits = [task for task in standing if task.task_spec is join]
    others = {task.task_spec for task in standing if task.task_spec is not join}
    coming = onward(others, join)
    if not waits and not any(source in coming for source in join.inputs):
        return
    arrived = {task.parent.task_spec for task in waits}
    for source in join.inputs:
        if source not in arrived and source not in coming:
            yield EndlessWait(join, source)
