"""RFC 8785 bytes of a JSON value: what is hashed.

Where a value is made of texts, whole numbers and plain keys only, the fast writer gives the same bytes; anything
else (fractions above all, which JSON writers print in their own ways) goes to the reference.
"""

from collections.abc import Collection
from typing import Any

import orjson
import rfc8785

TEXTS = frozenset({str, bool, type(None)})
LOOKED_INTO = frozenset({int, list, dict})
EXACT = 2**53  # beyond, RFC 8785 has no whole numbers


def dumps(value: Any) -> bytes:
    """The bytes of a value; raises rfc8785.CanonicalizationError for what has none."""
    if not _is_plain(value):
        return rfc8785.dumps(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a character: the reference says what is wrong with it
        return rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    """Level by level, and kinds before values: most of what is hashed are texts."""
    levels: list[Collection[Any]] = [[value]]
    for level in levels:
        kinds = set(map(type, level)) - TEXTS
        if not kinds <= LOOKED_INTO:
            return False
        for one in level if kinds else ():
            kind = type(one)
            if kind is dict:
                if not _has_plain_keys(one):
                    return False
                levels.append(one.values())
            elif kind is list:
                levels.append(one)
            elif kind is int and not -EXACT < one < EXACT:
                return False
    return True


def _has_plain_keys(value: dict[Any, Any]) -> bool:
    return set(map(type, value)) <= {str} and "".join(value).isascii()
