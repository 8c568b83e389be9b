"""The rules that every set of documents must keep, one to a file; each names the trap or the rule of the standard
behind it.
"""

from collections.abc import Callable, Iterator

from engine.errors import Problem
from engine.runtime.lint import (
    boundaries,
    branching,
    calls,
    choices,
    compensation,
    conditions,
    data,
    decision_types,
    decisions,
    directions,
    endless_loops,
    errors,
    event_gateways,
    event_sub_processes,
    executable,
    expressions,
    flows,
    form_types,
    ids,
    kinds,
    lanes,
    links,
    loops,
    messages,
    pools,
    scripts,
    service_tasks,
    settings,
    shared_names,
    shown,
    soundness,
    starts_and_ends,
    style,
    timers,
    transactions,
    triggers,
    types,
    unknown_names,
    unreachable,
    user_tasks,
)
from engine.runtime.lint.model import Model

Rule = Callable[[Model], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    ids.rule,
    executable.rule,
    kinds.rule,
    triggers.rule,
    links.rule,
    compensation.rule,
    transactions.rule,
    event_sub_processes.rule,
    event_gateways.rule,
    boundaries.rule,
    messages.rule,
    errors.rule,
    flows.rule,
    pools.rule,
    lanes.rule,
    directions.rule,
    starts_and_ends.rule,
    unreachable.rule,
    branching.rule,
    conditions.rule,
    choices.rule,
    endless_loops.rule,
    soundness.rule,
    loops.rule,
    data.rule,
    shown.rule,
    calls.rule,
    user_tasks.rule,
    service_tasks.rule,
    decisions.rule,
    scripts.rule,
    timers.rule,
    expressions.rule,
    types.rule,
    form_types.rule,
    decision_types.rule,
    unknown_names.rule,
    shared_names.rule,
    settings.rule,
    style.rule,
)


def lint(model: Model) -> Iterator[Problem]:
    """Everything that the rules find."""
    for rule in RULES:
        yield from rule(model)
