"""RFC 8785 bytes of a JSON value: what is hashed.

Where a value is made of texts, whole numbers and plain keys only, the fast writer gives the same bytes; anything
else (fractions above all, which JSON writers print in their own ways) goes to the reference.
"""

from typing import Any

import orjson
import rfc8785

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
    """Most of what is hashed are texts: they are passed over first."""
    pending, keys = [value], []
    for one in pending:
        kind = type(one)
        if kind is str or kind is bool or one is None:
            continue
        if kind is dict:
            keys += one
            pending += one.values()
        elif kind is list:
            pending += one
        elif kind is not int or not -EXACT < one < EXACT:
            return False
    return set(map(type, keys)) <= {str} and "".join(keys).isascii()
