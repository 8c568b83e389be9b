"""The register of library functions, and the types of their parameters."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from engine.feel import temporal
from engine.feel.budget import Budget
from engine.feel.calls import MISFIT, Fit, Parameter, Signature
from engine.feel.numbers import whole
from engine.feel.values import Months, lift

LIBRARY: dict[str, list[Signature]] = {}  # name -> the ways to call it

Implementation = Callable[..., object]


def feel(name: str, parameters: str = "") -> Callable[[Implementation], Implementation]:
    """Registers a library function under its FEEL name.

    `parameters` reads like "string: text, start position: number, length?: number": name, then type; `?` may be left
    out, `*` takes all further arguments. A value of another type makes the call null before the function sees it.
    """

    def register(function: Implementation) -> Implementation:
        read = tuple(_parameter(part.strip()) for part in parameters.split(",") if part.strip())
        LIBRARY.setdefault(name, []).append(Signature(name, read, function))
        return function

    return register


def _parameter(text: str) -> Parameter:
    name, _, kind = text.partition(":")
    return Parameter(name.rstrip("?*"), _FITS[kind.strip()], optional=name.endswith("?"), many=name.endswith("*"))


def _kind(*kinds: type) -> Fit:
    def fit(value: object, budget: Budget) -> object:
        if type(value) in kinds:
            return value
        only = _only_item(value)
        return only if type(only) in kinds else MISFIT

    return fit


def _only_item(value: object) -> object:
    """The item of a list of one, as FEEL takes such a list for its item."""
    return lift(value[0]) if isinstance(value, list) and len(value) == 1 else None


def _text(value: object, budget: Budget) -> object:
    value = value if type(value) is str else _only_item(value)
    if not isinstance(value, str):
        return MISFIT
    budget.spend(len(value) >> 8)
    return value


def _whole(value: object, budget: Budget) -> object:
    number = whole(value if type(value) is Decimal else _only_item(value))
    return MISFIT if number is None else number


def _list(value: object, budget: Budget) -> object:
    if isinstance(value, list):
        budget.spend(len(value) >> 3)
        return value
    return MISFIT if value is None else [value]


def _context(value: object, budget: Budget) -> object:
    value = value if isinstance(value, dict) else _only_item(value)
    return value if isinstance(value, dict) else MISFIT


def _any(value: object, budget: Budget) -> object:
    return value


def _known(value: object, budget: Budget) -> object:
    return MISFIT if value is None else value


def _day(value: object, budget: Budget) -> object:
    """A date or a moment, also as text."""
    if isinstance(value, str):
        value = temporal.read_date(value) or temporal.read_moment(value, budget.environment.zone)
    return value if isinstance(value, date) else MISFIT


def _optional(fit: Fit) -> Fit:
    return lambda value, budget: None if value is None else fit(value, budget)


_FITS: dict[str, Fit] = {
    "text": _text,
    "number": _kind(Decimal),
    "whole": _whole,
    "boolean": _kind(bool),
    "list": _list,
    "context": _context,
    "any": _any,
    "known": _known,
    "day": _day,
    "quantity": _kind(Decimal, timedelta, Months),
    "text or null": _optional(_text),
    "span or null": _optional(_kind(timedelta)),
}
