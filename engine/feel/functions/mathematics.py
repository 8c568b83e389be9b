"""Number functions."""

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.feel.budget import Budget
from engine.feel.functions.library import feel
from engine.feel.numbers import NUMBERS, finite
from engine.feel.values import Months


def _rounded(number: Decimal, scale: int, rounding: str) -> Decimal | None:
    """The number with so many decimal places (negative: tens, hundreds); it is left alone when it has fewer."""
    exponent = number.as_tuple().exponent
    if not -6000 <= scale <= 6000 or not isinstance(exponent, int):
        return None
    if -exponent <= scale:
        return number
    return finite(number.quantize(Decimal((0, (1,), -scale)), rounding=rounding, context=NUMBERS))


def _rounding(name: str, rounding: str, *, default: bool) -> None:
    @feel(name, f"n: number, scale{'?' if default else ''}: whole")
    def rounded(budget: Budget, number: Decimal, scale: int = 0) -> object:
        return _rounded(number, scale, rounding)


_rounding("decimal", ROUND_HALF_EVEN, default=False)
_rounding("floor", ROUND_FLOOR, default=True)
_rounding("ceiling", ROUND_CEILING, default=True)
_rounding("round up", ROUND_UP, default=False)
_rounding("round down", ROUND_DOWN, default=False)
_rounding("round half up", ROUND_HALF_UP, default=False)
_rounding("round half down", ROUND_HALF_DOWN, default=False)


@feel("modulo", "dividend: number, divisor: number")
def modulo(budget: Budget, dividend: Decimal, divisor: Decimal) -> object:
    """The rest with the divisor's sign."""
    if not divisor:
        return None
    rest = NUMBERS.remainder(dividend, divisor)
    if rest and rest.is_finite() and (rest < 0) != (divisor < 0):
        rest = NUMBERS.add(rest, divisor)
    return finite(rest)


@feel("sqrt", "number: number")
def sqrt(budget: Budget, number: Decimal) -> object:
    return finite(NUMBERS.sqrt(number)) if number >= 0 else None


@feel("log", "number: number")
def log(budget: Budget, number: Decimal) -> object:
    return finite(NUMBERS.ln(number)) if number > 0 else None


@feel("exp", "number: number")
def exp(budget: Budget, number: Decimal) -> object:
    return finite(NUMBERS.exp(number))


@feel("odd", "number: number")
def odd(budget: Budget, number: Decimal) -> object:
    rest = modulo(budget, number, Decimal(2))
    return rest == 1 if number == number.to_integral_value() else None


@feel("even", "number: number")
def even(budget: Budget, number: Decimal) -> object:
    rest = modulo(budget, number, Decimal(2))
    return rest == 0 if number == number.to_integral_value() else None


@feel("abs", "n: quantity")
def abs_(budget: Budget, value: Decimal | timedelta | Months) -> object:
    if isinstance(value, Decimal):
        return value.copy_abs()
    return Months(abs(value.months)) if isinstance(value, Months) else abs(value)
