"""`for`, `some`, `every` and filters as closures."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.feel.budget import Budget, fitting_list
from engine.feel.calls import Closure, Scope
from engine.feel.numbers import whole
from engine.feel.operators import counted
from engine.feel.values import Range, lift


@dataclass(frozen=True, slots=True)
class Rounds:
    """One iterator of a loop: its name, and what it runs over (`domain`, or the numbers from there to `until`)."""

    name: str
    domain: Closure
    until: Closure | None

    def items(self, scope: Scope, budget: Budget) -> list[object] | None:
        """What it runs over here; None for null."""
        start = self.domain(scope, budget)
        if self.until is not None:
            return counted(start, self.until(scope, budget), budget)
        if isinstance(start, list):
            return start
        if isinstance(start, Range):
            closed = start.start_included and start.end_included
            return counted(start.start, start.end, budget) if closed else None
        return None if start is None else [start]


def selected(scope: Scope, names: frozenset[str]) -> dict[str, object]:
    """A small scope of only these names."""
    return {name: scope[name] for name in names if name in scope}


def iteration(rounds: tuple[Rounds, ...], body: Closure, names: frozenset[str], partial: bool) -> Closure:
    """`for ... return body`; the body reads `names` from outside, and `partial` (the results so far) if told so."""

    def run(scope: Scope, budget: Budget) -> object:
        inner = selected(scope, names)
        results: list[object] = []
        for found in _combinations(rounds, 0, inner, budget):
            if not found:
                return None
            if partial:
                inner["partial"] = fitting_list(list(results), budget)
            results.append(body(inner, budget))
            if len(results) & 1023 == 0:
                fitting_list(results, budget)
        return fitting_list(results, budget)

    return run


def _combinations(rounds: tuple[Rounds, ...], index: int, scope: dict[str, object], budget: Budget) -> Iterator[bool]:
    """Sets each combination in the scope and yields True; False once if a domain is null."""
    if index == len(rounds):
        yield True
        return
    this = rounds[index]
    items = this.items(scope, budget)
    if items is None:
        yield False
        return
    for item in items:
        budget.spend()
        scope[this.name] = lift(item)
        yield from _combinations(rounds, index + 1, scope, budget)


def quantification(every: bool, rounds: tuple[Rounds, ...], body: Closure, names: frozenset[str]) -> Closure:
    """`some`/`every ... satisfies body`, three-valued: null when nothing decides and something was null."""

    def run(scope: Scope, budget: Budget) -> bool | None:
        inner = selected(scope, names)
        unknown = False
        for found in _combinations(rounds, 0, inner, budget):
            if not found:
                return None
            value = body(inner, budget)
            if value is (not every):
                return not every
            unknown = unknown or value is not every
        return None if unknown else every

    return run


def filtered(target: Closure, condition: Closure, names: frozenset[str]) -> Closure:
    """`target[condition]`: items for which it is true, or the item at a position when it is a number."""

    def run(scope: Scope, budget: Budget) -> object:
        items = target(scope, budget)
        if not isinstance(items, list):
            items = [] if items is None else [items]
        outer = selected(scope, names)
        if not items:
            return None if type(condition(outer, budget)) is Decimal else []
        kept = []
        for item in items:
            budget.spend()
            item = lift(item)
            verdict = condition(_inside(outer, item, names), budget)
            if verdict is True:
                kept.append(item)
            elif type(verdict) is Decimal:
                return at_position(items, verdict)
        return fitting_list(kept, budget)

    return run


def _inside(outer: dict[str, object], item: object, names: frozenset[str]) -> dict[str, object]:
    """The scope of a filter's condition: the item, and its members where it is a context."""
    scope = {**outer, "item": item}
    if isinstance(item, dict):
        for name in names:
            if name in item:
                scope[name] = item[name]
    return scope


def at_position(items: list[object], position: Decimal) -> object:
    """The item at a position counted from 1, or from the end when negative; null when there is none."""
    index = whole(position)
    if index is None or not 0 < abs(index) <= len(items):
        return None
    return lift(items[index - 1 if index > 0 else index])


def indexed(target: Closure, position: Decimal) -> Closure:
    """`target[1]`."""

    def run(scope: Scope, budget: Budget) -> object:
        items = target(scope, budget)
        if not isinstance(items, list):
            items = [] if items is None else [items]
        return at_position(items, position)

    return run
