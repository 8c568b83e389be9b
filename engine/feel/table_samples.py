"""Values to try in a decision table's columns, and which rules match each.

Each input is tried with the constants of its column, with a value between each two and one beyond each end. For what
cells can say about one input that is every case there is. A cell that reads more than its input may match anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.feel.budget import Budget
from engine.feel.constants import NOWHERE, constants_of
from engine.feel.errors import FeelError
from engine.feel.expressions import UnaryTests
from engine.feel.functions.conversion import shown
from engine.feel.tables import Table
from engine.feel.values import Months

OTHER_TEXT = "(nilai lain)"


@dataclass(frozen=True)
class Sample:
    """A value of an input; `sure` and `maybe` are bit sets of the rules that match it; `allowed` by the columns' lists."""

    value: object
    sure: int
    maybe: int
    allowed: bool = True


@dataclass(frozen=True)
class Axis:
    """All columns that read one expression, with the values to try; null apart where no cell names it."""

    expression: str
    samples: tuple[Sample, ...]
    null: Sample

    def with_null(self) -> "Axis":
        """The axis with null among the values: it may always come."""
        return Axis(self.expression, (*self.samples, self.null), self.null)


def axes_of(table: Table) -> tuple[Axis, ...]:
    """The axes of a table, in the order of its columns."""
    groups: dict[str, list[int]] = {}
    for index, column in enumerate(table.inputs):
        groups.setdefault(column.expression.text.strip(), []).append(index)
    return tuple(_axis(table, text, indexes) for text, indexes in groups.items())


def _axis(table: Table, text: str, indexes: Sequence[int]) -> Axis:
    columns = [table.inputs[index] for index in indexes]
    limits = [column.allowed for column in columns if column.allowed is not None]
    cells = {rule.tests[index] for index in indexes for rule in table.rules}.union(limits)  # equal texts are one cell
    constants = {cell: constants_of(cell.node) for cell in cells}

    def sample(value: object) -> Sample:
        said = {cell: _verdict(cell, constants[cell], value) for cell in cells}
        rows = [[said[rule.tests[index]] for index in indexes] for rule in table.rules]
        sure = sum(all(word is True for word in row) << bit for bit, row in enumerate(rows))
        maybe = sum(all(word is not False for word in row) << bit for bit, row in enumerate(rows))
        allowed = all(said[limit] is not False for limit in limits)
        return Sample(value, sure, maybe, allowed)

    values = candidates([value for found in constants.values() for value in found or ()], columns[0].type)
    samples = [sample(value) for value in values]
    usual = [one for one in samples if one.allowed] or samples
    return Axis(text, tuple(_merged(usual)), sample(None))


def _verdict(cell: UnaryTests, constants: tuple[object, ...] | None, value: object) -> bool | None:
    """Whether a cell matches a value; None when that depends on more than the value."""
    if constants is None:
        return None
    try:
        return cell.matches_within(value, {}, Budget(NOWHERE)) is True
    except FeelError:
        return None


def _merged(samples: Sequence[Sample]) -> Iterator[Sample]:
    """One sample for each set of rules."""
    seen: set[tuple[int, int]] = set()
    for sample in samples:
        if (sample.sure, sample.maybe) not in seen:
            seen.add((sample.sure, sample.maybe))
            yield sample


def candidates(constants: Sequence[object], kind: str) -> list[object]:
    """Values that tell apart everything that cells with these constants can tell apart."""
    if kind == "boolean" or (constants and all(isinstance(value, bool) for value in constants)):
        return [True, False]
    found: list[object] = []
    if None in constants:
        found.append(None)
    texts = list(dict.fromkeys(value for value in constants if isinstance(value, str)))
    if texts or kind == "string":
        found += [*texts, OTHER_TEXT]
    found += [value for value in (True, False) if any(value is constant for constant in constants)]
    for group in (Decimal, datetime, date, timedelta, Months):
        found += _between(sorted({value for value in constants if type(value) is group}), kind)
    found += {value for value in constants if type(value) is time}
    return found or [None]


def _between(points: Sequence[object], kind: str) -> Iterator[object]:
    """The points, a value between each two, and one beyond each end."""
    if not points:
        return
    yield from _beyond(points[0], -1)
    for index, point in enumerate(points):
        yield point
        if index + 1 < len(points):
            yield from _middle(point, points[index + 1], kind)
    yield from _beyond(points[-1], 1)


def _beyond(point: object, direction: int) -> Iterator[object]:
    try:
        if isinstance(point, Decimal):
            yield point + direction
        elif isinstance(point, Months):
            yield Months(point.months + direction)
        elif isinstance(point, (date, timedelta)):
            yield point + timedelta(days=direction)
    except OverflowError:
        return  # the calendar ends here


def _middle(low: object, high: object, kind: str) -> Iterator[object]:
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        if kind not in ("integer", "long"):
            yield (low + high) / 2
        elif high - low > 1:
            yield low.to_integral_value() + 1
    elif isinstance(low, Months) and isinstance(high, Months):
        if high.months - low.months > 1:
            yield Months(low.months + 1)
    elif type(low) is date and type(high) is date:
        if (high - low).days > 1:
            yield low + timedelta(days=1)
    elif isinstance(low, datetime) and isinstance(high, datetime):
        yield low + (high - low) / 2
    elif isinstance(low, timedelta) and isinstance(high, timedelta):
        yield (low + high) / 2


def example(axes: Sequence[Axis], picks: Sequence[Sample]) -> str:
    """A combination in words: `nilai = 5, status = "A"`."""
    return ", ".join(f"{axis.expression} = {_value(pick.value)}" for axis, pick in zip(axes, picks, strict=True))


def _value(value: object) -> str:
    return OTHER_TEXT if value == OTHER_TEXT else shown(value)
