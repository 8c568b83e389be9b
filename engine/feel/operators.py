"""Comparison and arithmetic of values. What has no meaning is null, as DMN says; what is too much is a FeelError."""

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from engine.feel import temporal
from engine.feel.budget import DEPTH, ITEMS, Budget, fitting_text, too_deep, too_long_list
from engine.feel.numbers import NUMBERS, finite
from engine.feel.values import TEMPORAL, Months, Range, lift

_ORDERED = frozenset({Decimal, str, date, datetime, timedelta, Months})
_TEMPORAL = frozenset(TEMPORAL)
_ZERO = timedelta()

Operation = Callable[[object, object, Budget], object]


# ------------------------------------------------------------------------------------------------ comparison


def equal(left: object, right: object, budget: Budget) -> bool | None:
    """Whether two values are the same; null when they cannot be compared."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is type(right):
        if kind in _ORDERED or kind is bool:
            return left == right
        if kind is list or kind is dict:
            return _same(left, right, budget, 0)
        if kind is Range:
            return left == right
    pair = comparable(left, right, budget)
    if pair is not None:
        return pair[0] == pair[1]
    if isinstance(left, dict) and isinstance(right, dict):
        return _same(left, right, budget, 0)
    return None


def _same(left: object, right: object, budget: Budget, depth: int) -> bool:
    budget.spend()
    if depth > DEPTH:
        raise too_deep()
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            _same(lift(a), lift(b), budget, depth + 1) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _same(lift(value), lift(right[key]), budget, depth + 1) for key, value in left.items()
        )
    if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        return False
    return equal(left, right, budget) is True


def comparable(left: object, right: object, budget: Budget) -> tuple[object, object] | None:
    """The two values in a form that Python can order, or None."""
    kind, other = type(left), type(right)
    if kind is other:
        if kind in _ORDERED:
            return left, right
        if kind is time:
            gap = temporal.compare_times(cast(time, left), cast(time, right))
            return None if gap is None else (gap, _ZERO)
        return None
    zone = budget.environment.zone
    if kind is str and other in _TEMPORAL:
        read = temporal.beside(cast(str, left), right, zone)
        return None if read is None else comparable(read, right, budget)
    if other is str and kind in _TEMPORAL:
        read = temporal.beside(cast(str, right), left, zone)
        return None if read is None else comparable(left, read, budget)
    if isinstance(left, date) and isinstance(right, date):
        return temporal.instant(left, zone), temporal.instant(right, zone)
    return None


def unequal(left: object, right: object, budget: Budget) -> bool | None:
    same = equal(left, right, budget)
    return None if same is None else not same


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[object, object, Budget], bool | None]:
    def ordered(left: object, right: object, budget: Budget) -> bool | None:
        if type(left) is type(right) and type(left) in _ORDERED:
            return compare(left, right)
        pair = comparable(left, right, budget)
        return None if pair is None else compare(pair[0], pair[1])

    return ordered


less = _ordering(operator.lt)
less_or_equal = _ordering(operator.le)
greater = _ordering(operator.gt)
greater_or_equal = _ordering(operator.ge)

COMPARISONS: dict[str, Callable[[object, object, Budget], bool | None]] = {
    "=": equal,
    "!=": unequal,
    "<": less,
    "<=": less_or_equal,
    ">": greater,
    ">=": greater_or_equal,
}


def within(value: object, span: Range, budget: Budget) -> bool | None:
    """Whether a value lies in a range; null when it cannot be compared with its ends."""
    above = below = True
    if span.start is not None:
        reached = (greater_or_equal if span.start_included else greater)(value, span.start, budget)
        if reached is None:
            return None
        above = reached
    if span.end is not None:
        reached = (less_or_equal if span.end_included else less)(value, span.end, budget)
        if reached is None:
            return None
        below = reached
    return above and below if value is not None else None


def belongs(value: object, target: object, budget: Budget) -> bool | None:
    """A unary test without operator: in the range, in the list (or one of its ranges), or equal."""
    if isinstance(target, Range):
        return within(value, target, budget)
    if isinstance(target, list):
        return _in_list(value, target, budget)
    if isinstance(value, list) and not isinstance(target, list):
        return _in_list(target, value, budget)
    return equal(value, target, budget)


def _in_list(value: object, items: list[object], budget: Budget) -> bool:
    if isinstance(value, list) and equal(value, items, budget):
        return True
    for item in items:
        budget.spend()
        item = lift(item)
        found = within(value, item, budget) if isinstance(item, Range) else equal(value, item, budget)
        if found:
            return True
    return False


# ------------------------------------------------------------------------------------------------ arithmetic


def add(left: object, right: object, budget: Budget) -> object:
    kind, other = type(left), type(right)
    if kind is Decimal and other is Decimal:
        return finite(NUMBERS.add(cast(Decimal, left), cast(Decimal, right)))
    if kind is str and other is str:
        return fitting_text(cast(str, left) + cast(str, right), budget)
    return temporal.add(*_temporals(left, right, budget))


def subtract(left: object, right: object, budget: Budget) -> object:
    if type(left) is Decimal and type(right) is Decimal:
        return finite(NUMBERS.subtract(left, right))
    return temporal.subtract(*_temporals(left, right, budget), budget.environment.zone)


def _temporals(left: object, right: object, budget: Budget) -> tuple[object, object]:
    """Both values, a text beside a temporal one read as such."""
    if type(left) is str and type(right) in _TEMPORAL:
        return temporal.read_any(left, budget.environment.zone), right
    if type(right) is str and type(left) in _TEMPORAL:
        return left, temporal.read_any(right, budget.environment.zone)
    return left, right


def multiply(left: object, right: object, budget: Budget) -> object:
    if type(left) is Decimal and type(right) is Decimal:
        return finite(NUMBERS.multiply(left, right))
    if type(left) is Decimal:
        left, right = right, left
    if type(right) is not Decimal:
        return None
    if isinstance(left, timedelta):
        return temporal.from_seconds(NUMBERS.multiply(temporal.seconds(left), right))
    return _months(NUMBERS.multiply(Decimal(left.months), right)) if isinstance(left, Months) else None


def divide(left: object, right: object, budget: Budget) -> object:
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return divide(temporal.seconds(left), temporal.seconds(right), budget)
    if isinstance(left, Months) and isinstance(right, Months):
        return divide(Decimal(left.months), Decimal(right.months), budget)
    if type(right) is not Decimal or not right:
        return None
    if type(left) is Decimal:
        return finite(NUMBERS.divide(left, right))
    if isinstance(left, timedelta):
        return temporal.from_seconds(NUMBERS.divide(temporal.seconds(left), right))
    return _months(NUMBERS.divide(Decimal(left.months), right)) if isinstance(left, Months) else None


def _months(number: Decimal) -> Months | None:
    return temporal.make_months(int(number)) if number.is_finite() and number.adjusted() < 7 else None


def power(left: object, right: object, budget: Budget) -> object:
    if type(left) is not Decimal or type(right) is not Decimal:
        return None
    return finite(NUMBERS.power(left, right))


def negative(value: object) -> object:
    if type(value) is Decimal:
        return value.copy_negate()
    if isinstance(value, timedelta):
        return -value
    return Months(-value.months) if isinstance(value, Months) else None


ARITHMETIC: dict[str, Operation] = {"+": add, "-": subtract, "*": multiply, "/": divide, "**": power}


# ------------------------------------------------------------------------------------------------ counting


def counted(start: object, end: object, budget: Budget) -> list[object]:
    """The whole numbers or days from start to end, downwards when the end is lower; [] where there are none."""
    if type(start) is Decimal and type(end) is Decimal:
        return _counted_numbers(start, end, budget)
    if type(start) is date and type(end) is date:
        days = (end - start).days
        _pay(abs(days) + 1, budget)
        step = 1 if days >= 0 else -1
        return [start + timedelta(days=step * number) for number in range(abs(days) + 1)]
    return []


def _counted_numbers(start: Decimal, end: Decimal, budget: Budget) -> list[object]:
    if start != start.to_integral_value() or end != end.to_integral_value():
        return []
    span = NUMBERS.subtract(end, start)
    if abs(span) >= ITEMS:
        raise too_long_list()
    _pay(abs(int(span)) + 1, budget)
    step = 1 if span >= 0 else -1
    return [NUMBERS.add(start, Decimal(step * number)) for number in range(abs(int(span)) + 1)]


def _pay(count: int, budget: Budget) -> None:
    if count > ITEMS:
        raise too_long_list()
    budget.spend(count >> 3)
