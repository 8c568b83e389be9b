"""Context functions. Contexts of documents are never changed; a new one is made."""

from engine.feel.budget import ITEMS, Budget, fitting_list, too_long_list
from engine.feel.functions.library import feel
from engine.feel.values import lift, lifted


@feel("get value", "m: context, key: text")
def get_value(budget: Budget, context: dict[str, object], key: str) -> object:
    return lift(context.get(key))


@feel("get entries", "m: context")
def get_entries(budget: Budget, context: dict[str, object]) -> object:
    return fitting_list([{"key": key, "value": lift(value)} for key, value in context.items()], budget)


@feel("context", "entries: list")
def context_of(budget: Budget, entries: list[object]) -> object:
    """A context of [{key: ..., value: ...}]; null when an entry is malformed or a key comes twice."""
    made: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            return None
        if entry["key"] in made:
            return None
        made[entry["key"]] = lift(entry["value"])
    return made


@feel("context put", "context: context, key: text, value: any")
def context_put(budget: Budget, context: dict[str, object], key: str, value: object) -> object:
    return _fitting({**context, key: value}, budget)


@feel("context put", "context: context, keys: list, value: any")
def context_put_nested(budget: Budget, context: dict[str, object], keys: list[object], value: object) -> object:
    """Puts a value at the end of a path of keys; contexts on the way are made where there are none."""
    if not keys or len(keys) > 40:
        return None
    key, rest = keys[0], keys[1:]
    if not isinstance(key, str):
        return None
    if not rest:
        return _fitting({**context, key: value}, budget)
    below = context.get(key, {})
    inner = context_put_nested(budget, below, rest, value) if isinstance(below, dict) else None
    return None if inner is None else _fitting({**context, key: inner}, budget)


@feel("context merge", "contexts: list")
def context_merge(budget: Budget, contexts: list[object]) -> object:
    """All entries together; the last of a name holds."""
    made: dict[str, object] = {}
    for context in lifted(contexts):
        if not isinstance(context, dict):
            return None
        made.update(context)
        _fitting(made, budget)
    return made


def _fitting(context: dict[str, object], budget: Budget) -> dict[str, object]:
    if len(context) > ITEMS:
        raise too_long_list()
    budget.spend(len(context) >> 3)
    return context
