"""What a step changes in the data of a case (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.runtime.values import Json

MISSING = object()


@dataclass(frozen=True)
class Change:
    """A value at a path such as "employee.kind" or "periods[2].code"; `old` or `new` is None for one that is not there."""

    path: str
    old: Json
    new: Json


def changes(before: Mapping[str, Json], after: Mapping[str, Json]) -> Sequence[Change]:
    """Every difference, at the deepest path that tells it, in the order of the paths."""
    return sorted(_between("", dict(before), dict(after)), key=lambda change: change.path)


def leaves(data: Mapping[str, Json], path: str = "") -> Iterator[tuple[str, Json]]:
    """Every value inside contexts, with its path; lists are values."""
    for key, value in data.items():
        inner = f"{path}.{key}" if path else key
        if isinstance(value, dict) and value:
            yield from leaves(value, inner)
        else:
            yield inner, value


def _between(path: str, old: Json, new: Json) -> Iterator[Change]:
    if old == new and old is not MISSING:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            inner = f"{path}.{key}" if path else key
            yield from _between(inner, old.get(key, MISSING), new.get(key, MISSING))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (was, now) in enumerate(zip(old, new, strict=True), 1):
            yield from _between(f"{path}[{number}]", was, now)
    else:
        yield Change(path, None if old is MISSING else old, None if new is MISSING else new)
