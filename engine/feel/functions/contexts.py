"""Context functions. Contexts of documents are never changed; a new one is made."""

from engine.feel.budget import ITEMS, NESTING, Budget, fitting_list, too_long_list
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


@feel("context put", "context: context, keys: list, value: any")
@feel("context put", "context: context, key: known, value: any")
def context_put(budget: Budget, context: dict[str, object], key: object, value: object) -> object:
    """Puts a value under a key, or at the end of a list of keys; contexts on the way are made where there are none."""
    keys = key if isinstance(key, list) else [key]
    if not 0 < len(keys) <= NESTING or not all(isinstance(part, str) for part in keys):
        return None
    return _put(context, keys, value, budget)


def _put(context: dict[str, object], keys: list[object], value: object, budget: Budget) -> dict[str, object] | None:
    key = str(keys[0])
    if len(keys) > 1:
        below = context.get(key, {})
        value = _put(below, keys[1:], value, budget) if isinstance(below, dict) else None
        if value is None:
            return None
    return _fitting({**context, key: value}, budget)


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
