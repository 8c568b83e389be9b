"""Whether two JSON values are the same to whoever reads them."""

from typing import Any


def is_same(one: Any, other: Any) -> bool:
    """Equal, and of the same kinds all through: to Python 1 and true are equal, to a reader they are not."""
    if one is other:
        return True
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return all(map(is_same, one, other))
    return True
