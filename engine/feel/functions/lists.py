"""List functions. Items are lifted as they are taken out; the lists of documents are never changed."""

from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cmp_to_key

from engine.feel.budget import DEPTH, Budget, fitting_list, too_deep
from engine.feel.functions.library import feel
from engine.feel.numbers import NUMBERS, finite
from engine.feel.operators import equal, less
from engine.feel.values import lift, lifted, type_name


@feel("list contains", "list: list, element: any")
def list_contains(budget: Budget, items: list[object], element: object) -> object:
    budget.spend(len(items) >> 2)
    return any(equal(item, element, budget) is True for item in lifted(items))


@feel("count", "list: list")
def count(budget: Budget, items: list[object]) -> object:
    return Decimal(len(items))


@feel("is empty", "list: list")
def is_empty(budget: Budget, items: list[object]) -> object:
    return not items


def _extreme(items: list[object], budget: Budget, better: Callable[[object, object], bool | None]) -> object:
    """The item that none other beats; null for no items or for some that cannot be compared."""
    best: object = None
    for number, item in enumerate(lifted(items)):
        if item is None or (number and better(item, best) is None):
            return None
        if number == 0 or better(item, best):
            best = item
    return best


@feel("min", "list: list")
def min_of_list(budget: Budget, items: list[object]) -> object:
    return _extreme(items, budget, lambda item, best: less(item, best, budget))


@feel("max", "list: list")
def max_of_list(budget: Budget, items: list[object]) -> object:
    return _extreme(items, budget, lambda item, best: less(best, item, budget))


def _numbers(items: list[object]) -> list[Decimal] | None:
    """The items if all are numbers, else None."""
    numbers = [item for item in lifted(items) if isinstance(item, Decimal)]
    return numbers if len(numbers) == len(items) else None


def _total(items: list[object]) -> Decimal | None:
    numbers = _numbers(items)
    if not numbers:
        return None
    total = Decimal(0)
    for number in numbers:
        total = NUMBERS.add(total, number)
    return finite(total)


@feel("sum", "list: list")
def sum_of_list(budget: Budget, items: list[object]) -> object:
    return _total(items)


@feel("mean", "list: list")
def mean_of_list(budget: Budget, items: list[object]) -> object:
    total = _total(items)
    return None if total is None else finite(NUMBERS.divide(total, Decimal(len(items))))


@feel("product", "list: list")
def product_of_list(budget: Budget, items: list[object]) -> object:
    numbers = _numbers(items)
    if not numbers:
        return None
    result = Decimal(1)
    for number in numbers:
        result = NUMBERS.multiply(result, number)
    return finite(result)


@feel("median", "list: list")
def median_of_list(budget: Budget, items: list[object]) -> object:
    numbers = sorted(_numbers(items) or [])
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return finite(NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2)))


@feel("stddev", "list: list")
def stddev_of_list(budget: Budget, items: list[object]) -> object:
    """The standard deviation of a sample; null for fewer than two numbers."""
    numbers, total = _numbers(items), _total(items)
    if not numbers or total is None or len(numbers) < 2:
        return None
    mean = NUMBERS.divide(total, Decimal(len(numbers)))
    squares = Decimal(0)
    for number in numbers:
        gap = NUMBERS.subtract(number, mean)
        squares = NUMBERS.add(squares, NUMBERS.multiply(gap, gap))
    return finite(NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(numbers) - 1))))


@feel("mode", "list: list")
def mode_of_list(budget: Budget, items: list[object]) -> object:
    """The most frequent numbers, ascending."""
    numbers = _numbers(items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


def _all(items: list[object]) -> bool | None:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def _any(items: list[object]) -> bool | None:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@feel("all", "list: list")
def all_of_list(budget: Budget, items: list[object]) -> object:
    return _all(items)


@feel("any", "list: list")
def any_of_list(budget: Budget, items: list[object]) -> object:
    return _any(items)


def _also_of_arguments(name: str, of_list: Callable[[Budget, list[object]], object]) -> None:
    """Lets a function of one list be called with the items as arguments: sum(1, 2, 3)."""

    @feel(name, "value: any, values*: any")
    def of_arguments(budget: Budget, *items: object) -> object:
        return of_list(budget, list(items))


for _name, _function in {
    "min": min_of_list,
    "max": max_of_list,
    "sum": sum_of_list,
    "mean": mean_of_list,
    "product": product_of_list,
    "median": median_of_list,
    "stddev": stddev_of_list,
    "mode": mode_of_list,
    "all": all_of_list,
    "any": any_of_list,
}.items():
    _also_of_arguments(_name, _function)


@feel("sublist", "list: list, start position: whole, length?: whole")
def sublist(budget: Budget, items: list[object], start: int, length: int | None = None) -> object:
    if start == 0 or abs(start) > len(items) or (length is not None and length < 0):
        return None
    first = start - 1 if start > 0 else len(items) + start
    return items[first:] if length is None else items[first : first + length]


@feel("append", "list: list, item*: any")
def append(budget: Budget, items: list[object], *more: object) -> object:
    return fitting_list([*items, *more], budget)


@feel("concatenate", "list*: list")
def concatenate(budget: Budget, *lists: list[object]) -> list[object]:
    result: list[object] = []
    for items in lists:
        result = fitting_list(result + items, budget)
    return result


@feel("insert before", "list: list, position: whole, newItem: any")
def insert_before(budget: Budget, items: list[object], position: int, item: object) -> object:
    index = _index(items, position)
    return None if index is None else fitting_list([*items[:index], item, *items[index:]], budget)


@feel("remove", "list: list, position: whole")
def remove(budget: Budget, items: list[object], position: int) -> object:
    index = _index(items, position)
    return None if index is None else items[:index] + items[index + 1 :]


@feel("list replace", "list: list, position: whole, newItem: any")
def list_replace(budget: Budget, items: list[object], position: int, item: object) -> object:
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


def _index(items: list[object], position: int) -> int | None:
    """The Python index of a position from 1, or from the end when negative; None when there is none."""
    if not 0 < abs(position) <= len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@feel("reverse", "list: list")
def reverse(budget: Budget, items: list[object]) -> object:
    return items[::-1]


@feel("index of", "list: list, match: any")
def index_of(budget: Budget, items: list[object], match: object) -> object:
    budget.spend(len(items) >> 2)
    return [Decimal(place) for place, item in enumerate(lifted(items), 1) if equal(item, match, budget) is True]


@feel("distinct values", "list: list")
def distinct_values(budget: Budget, items: list[object]) -> object:
    found: dict[Hashable, object] = {}
    for item in lifted(items):
        found.setdefault(_identity(item, budget, 0), item)
    return list(found.values())


@feel("duplicate values", "list: list")
def duplicate_values(budget: Budget, items: list[object]) -> object:
    seen: dict[Hashable, int] = {}
    firsts: dict[Hashable, object] = {}
    for item in lifted(items):
        key = _identity(item, budget, 0)
        seen[key] = seen.get(key, 0) + 1
        firsts.setdefault(key, item)
    return [firsts[key] for key, times in seen.items() if times > 1]


@feel("union", "list*: list")
def union(budget: Budget, *lists: list[object]) -> object:
    return distinct_values(budget, concatenate(budget, *lists))


def _identity(value: object, budget: Budget, depth: int) -> Hashable:
    """A key that equal values share."""
    budget.spend(1 if depth else 0)
    value = lift(value)
    if depth > DEPTH:
        raise too_deep()
    if isinstance(value, list):
        return ("list", tuple(_identity(item, budget, depth + 1) for item in value))
    if isinstance(value, dict):
        return ("context", frozenset((key, _identity(item, budget, depth + 1)) for key, item in value.items()))
    return (type_name(value), value if isinstance(value, Hashable) else id(value))


@feel("flatten", "list: list")
def flatten(budget: Budget, items: list[object]) -> object:
    result: list[object] = []
    _flatten_into(result, items, budget, 0)
    return fitting_list(result, budget)


def _flatten_into(result: list[object], items: list[object], budget: Budget, depth: int) -> None:
    if depth > DEPTH:
        raise too_deep()
    budget.spend(1 + len(items))
    for item in items:
        if isinstance(item, (list, tuple)):
            _flatten_into(result, list(item), budget, depth + 1)
        else:
            result.append(lift(item))


@feel("sort", "list: list")
def sort(budget: Budget, items: list[object]) -> object:
    """Ascending; null when the items cannot be compared with one another."""
    return _sorted(list(lifted(items)), list(lifted(items)), budget)


@feel("sort", "list: list, key: text")
def sort_by_key(budget: Budget, items: list[object], key: str) -> object:
    """Contexts ascending by one of their members, whose name is a text."""
    keys = [lift(item.get(key)) if isinstance(item, dict) else None for item in items]
    return _sorted(keys, list(items), budget)


def _sorted(keys: list[object], items: list[object], budget: Budget) -> object:
    budget.spend(len(items))
    if any(less(keys[0], key, budget) is None for key in keys):
        return None

    def order(left: tuple[object, object], right: tuple[object, object]) -> int:
        if less(left[0], right[0], budget):
            return -1
        return 1 if less(right[0], left[0], budget) else 0

    return [item for _, item in sorted(zip(keys, items, strict=True), key=cmp_to_key(order))]


@feel("partition", "list: list, size: whole")
def partition(budget: Budget, items: list[object], size: int) -> object:
    """The list in pieces of a size."""
    if size < 1:
        return None
    return fitting_list([items[at : at + size] for at in range(0, len(items), size)], budget)
