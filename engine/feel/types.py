"""`instance of`: whether a value has a type."""

from collections.abc import Callable

from engine.feel.budget import Budget
from engine.feel.nodes import Type
from engine.feel.values import Range, lift, type_name

Check = Callable[[object, Budget], bool]


def instance_of(wanted: Type) -> Check:
    """The check for a type; null is an instance of Null only."""
    parts = {key: instance_of(part) for key, part in wanted.parts}
    inner = parts.get("", _anything)
    if wanted.name == "list" and parts:
        return lambda value, budget: isinstance(value, list) and _all(value, inner, budget)
    if wanted.name == "range" and parts:
        return lambda value, budget: isinstance(value, Range) and _all(_ends(value), inner, budget)
    if wanted.name == "context" and parts:
        return lambda value, budget: (
            isinstance(value, dict)
            and all(key in value and check(lift(value[key]), budget) for key, check in parts.items())
        )
    if wanted.name == "Any":
        return lambda value, budget: value is not None
    return lambda value, budget: type_name(value) == wanted.name


def _anything(value: object, budget: Budget) -> bool:
    return True


def _all(items: list[object], check: Check, budget: Budget) -> bool:
    budget.spend(len(items))
    return all(check(lift(item), budget) for item in items)


def _ends(span: Range) -> list[object]:
    return [end for end in (span.start, span.end) if end is not None]
