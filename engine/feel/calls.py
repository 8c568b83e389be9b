"""Function calls as closures: arguments are bound to parameters while compiling, checked by type while running."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.errors import EngineError
from engine.feel.budget import ITEMS, TEXT, Budget, FeelFunction, exhausted, too_long_list, too_long_text
from engine.feel.errors import FeelError
from engine.feel.values import lift

Scope = Mapping[str, object]
Closure = Callable[[Scope, Budget], object]
Fit = Callable[[object, Budget], object]

MISFIT = object()  # what a Fit answers for a value of another type: the call is null


@dataclass(frozen=True)
class Parameter:
    """`many` takes all further arguments; `optional` may be left out (the function's own default holds)."""

    name: str
    fit: Fit
    optional: bool = False
    many: bool = False


@dataclass(frozen=True)
class Signature:
    """One way to call a library function. `function` takes the budget, then the arguments in order."""

    name: str
    parameters: tuple[Parameter, ...]
    function: Callable[..., object]

    def bind(self, named: tuple[str, ...] | None, count: int) -> list[int | None] | None:
        """For each parameter the index of its argument, None for one left out; None altogether if the call does not fit."""
        if named is None:
            return self._bind_by_position(count)
        known = [parameter.name for parameter in self.parameters]
        if not set(named) <= set(known):
            return None
        bound = [named.index(name) if name in named else None for name in known]
        missing = (
            index is None and not parameter.optional for index, parameter in zip(bound, self.parameters, strict=True)
        )
        return None if any(missing) else bound

    def _bind_by_position(self, count: int) -> list[int | None] | None:
        many = bool(self.parameters) and self.parameters[-1].many
        least = sum(not parameter.optional for parameter in self.parameters)
        if count < least or (count > len(self.parameters) and not many):
            return None
        return [index if index < count else None for index in range(max(count, len(self.parameters)))]

    def __str__(self) -> str:
        words = [p.name + ("?" if p.optional else "") + (", ..." if p.many else "") for p in self.parameters]
        return f"{self.name}({', '.join(words)})"


def library_call(signature: Signature, arguments: list[Closure], bound: list[int | None]) -> Closure:
    """A call whose arguments are bound; trailing parameters left out are not passed, others are null."""
    while bound and bound[-1] is None:
        bound = bound[:-1]
    parameters = signature.parameters
    pairs = tuple(
        (_left_out, _as_it_is) if index is None else (arguments[index], parameters[min(place, len(parameters) - 1)].fit)
        for place, index in enumerate(bound)
    )
    function = signature.function

    def run(scope: Scope, budget: Budget) -> object:
        budget.left -= 1
        if budget.left < 0:
            raise exhausted()
        values = []
        for read, fit in pairs:
            value = fit(read(scope, budget), budget)
            if value is MISFIT:
                return None
            values.append(value)
        return function(budget, *values)

    return run


def _left_out(scope: Scope, budget: Budget) -> object:
    return None


def _as_it_is(value: object, budget: Budget) -> object:
    return value


def product_call(name: str, arguments: list[Closure], named: tuple[str, ...] | None) -> Closure:
    """A call of a function that the environment brings along."""

    def run(scope: Scope, budget: Budget) -> object:
        budget.spend()
        function = budget.environment.functions.get(name)
        if function is None:
            raise FeelError(f'Fungsi "{name}" tidak tersedia di sini.', "Pakai fungsi yang tersedia.")
        values = [argument(scope, budget) for argument in arguments]
        return _carried_out(function, _in_order(function, values, named), budget)

    return run


def _in_order(function: FeelFunction, values: list[object], named: tuple[str, ...] | None) -> list[object]:
    mend = f"Bentuknya: {function.name}({', '.join(function.parameters)})."
    if named is None:
        if len(values) > len(function.parameters):
            raise FeelError(f'Fungsi "{function.name}" mendapat terlalu banyak argumen.', mend)
        return values
    given = dict(zip(named, values, strict=True))
    if not set(named) <= set(function.parameters):
        raise FeelError(f'Fungsi "{function.name}" tidak memiliki argumen bernama demikian.', mend)
    return [given.get(name) for name in function.parameters]


def _carried_out(function: FeelFunction, values: list[object], budget: Budget) -> object:
    try:
        result = lift(function.call(*values, **function.beside(budget.environment.zone)))
    except EngineError:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as cause:
        raise FeelError(
            f'Fungsi "{function.name}" tidak dapat memakai nilai ini.',
            f"Bentuknya: {function.name}({', '.join(function.parameters)}).",
        ) from cause
    if isinstance(result, list) and len(result) > ITEMS:
        raise too_long_list()
    if isinstance(result, str) and len(result) > TEXT:
        raise too_long_text()
    return result
