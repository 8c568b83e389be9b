"""One's own data over the usual."""

from collections.abc import Mapping
from typing import Any


def merged(usual: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Contexts are merged, all else is replaced."""
    found = dict(usual)
    for key, value in own.items():
        nested = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = merged(found[key], value) if nested else value
    return found
