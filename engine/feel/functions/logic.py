"""Boolean functions and those that take anything."""

from engine.feel.budget import Budget
from engine.feel.functions.library import feel
from engine.feel.operators import equal


@feel("not", "negand: boolean")
def not_(budget: Budget, value: bool) -> object:
    return not value


@feel("is", "value1: any, value2: any")
def is_(budget: Budget, left: object, right: object) -> object:
    """Whether two values have one type and are the same."""
    return type(left) is type(right) and equal(left, right, budget) is True


@feel("get or else", "value: any, default: any")
def get_or_else(budget: Budget, value: object, default: object) -> object:
    return default if value is None else value


@feel("is defined", "value: any")
def is_defined(budget: Budget, value: object) -> object:
    return value is not None


@feel("assert", "value: any, condition: any")
def assert_(budget: Budget, value: object, condition: object) -> object:
    """The value if the condition is true, else null."""
    return value if condition is True else None
