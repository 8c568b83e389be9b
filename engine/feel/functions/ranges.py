"""Range functions of DMN 1.3 and 1.4 (Allen's relations); each takes points, ranges, or both, as DMN's table says."""

from collections.abc import Callable

from engine.feel.budget import Budget
from engine.feel.functions.conversion import number_from
from engine.feel.functions.library import feel
from engine.feel.operators import comparable, less_or_equal
from engine.feel.temporal import read_any
from engine.feel.values import Range

_Relation = Callable[[Range, Range, Callable[[object, object], int]], bool]


class _Incomparable(Exception):
    """Two ends of different types: the relation is null."""


def _order(budget: Budget) -> Callable[[object, object], int]:
    """A comparison of two ends: -1, 0 or 1."""

    def order(left: object, right: object) -> int:
        pair = comparable(left, right, budget)
        if pair is None:
            raise _Incomparable
        a, b = pair
        if a == b:
            return 0
        return -1 if less_or_equal(a, b, budget) else 1

    return order


def _as_range(value: object) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _relation(name: str, shapes: tuple[str, ...], holds: _Relation) -> None:
    """Registers a relation; `shapes` tells which of "p" (point) and "r" (range) it takes, in order."""

    @feel(name, "a: known, b: known")
    def related(budget: Budget, a: object, b: object) -> object:
        shape = ("r" if isinstance(a, Range) else "p") + ("r" if isinstance(b, Range) else "p")
        if shape not in shapes:
            return None
        try:
            return holds(_as_range(a), _as_range(b), _order(budget))
        except _Incomparable:
            return None


def _before(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    gap = order(a.end, b.start)
    return gap < 0 or (gap == 0 and not (a.end_included and b.start_included))


def _meets(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    return a.end_included and b.start_included and order(a.end, b.start) == 0


def _starts_no_later(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    gap = order(a.start, b.start)
    return gap < 0 or (gap == 0 and (a.start_included or not b.start_included))


def _ends_no_earlier(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    gap = order(a.end, b.end)
    return gap > 0 or (gap == 0 and (a.end_included or not b.end_included))


def _includes(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    return _starts_no_later(a, b, order) and _ends_no_earlier(a, b, order)


def _overlaps(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    return not _before(a, b, order) and not _before(b, a, order)


def _overlaps_before(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    first = not _starts_no_later(b, a, order)
    return first and _overlaps(a, b, order) and _ends_no_earlier(b, a, order)


def _overlaps_after(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    last = not _ends_no_earlier(b, a, order)
    return last and _overlaps(a, b, order) and _starts_no_later(b, a, order)


def _finishes(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    same = a.end_included == b.end_included and order(a.end, b.end) == 0
    return same and _starts_no_later(b, a, order)


def _starts(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    same = a.start_included == b.start_included and order(a.start, b.start) == 0
    return same and _ends_no_earlier(b, a, order)


def _coincides(a: Range, b: Range, order: Callable[[object, object], int]) -> bool:
    same_start = a.start_included == b.start_included and order(a.start, b.start) == 0
    return same_start and a.end_included == b.end_included and order(a.end, b.end) == 0


def _swapped(holds: _Relation) -> _Relation:
    return lambda a, b, order: holds(b, a, order)


_relation("before", ("pp", "pr", "rp", "rr"), _before)
_relation("after", ("pp", "pr", "rp", "rr"), _swapped(_before))
_relation("meets", ("rr",), _meets)
_relation("met by", ("rr",), _swapped(_meets))
_relation("overlaps", ("rr",), _overlaps)
_relation("overlaps before", ("rr",), _overlaps_before)
_relation("overlaps after", ("rr",), _overlaps_after)
_relation("finishes", ("pr", "rr"), _finishes)
_relation("finished by", ("rp", "rr"), _swapped(_finishes))
_relation("includes", ("rp", "rr"), _includes)
_relation("during", ("pr", "rr"), _swapped(_includes))
_relation("starts", ("pr", "rr"), _starts)
_relation("started by", ("rp", "rr"), _swapped(_starts))
_relation("coincides", ("pp", "rr"), _coincides)


@feel("range", "from: text")
def range_from(budget: Budget, text: str) -> object:
    """The range that a text writes, with numbers, dates or durations: "[1..5]"."""
    if len(text) > 200 or len(text) < 4 or text[0] not in "[(]" or text[-1] not in "])[":
        return None
    low, separator, high = text[1:-1].partition("..")
    start, end = _end(low, budget), _end(high, budget)
    if not separator or (low and start is None) or (high and end is None) or (start is None and end is None):
        return None
    if start is not None and end is not None and less_or_equal(start, end, budget) is not True:
        return None
    return Range(start, end, text[0] == "[", text[-1] == "]")


def _end(text: str, budget: Budget) -> object:
    text = text.strip()
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    if text.startswith('@"') and text.endswith('"'):
        return read_any(text[2:-1], budget.environment.zone)
    return number_from(budget, text)
