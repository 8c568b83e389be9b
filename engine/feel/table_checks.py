"""Static checks of a decision table: rules that overlap and combinations that no rule covers, each with an example.

Each input is tried with the constants of its column, with a value between each two and one beyond each end. For what
cells can say about one input that is every case there is. A cell that reads more than its input is taken to match nothing
when looking for overlaps and anything when looking for gaps, so that what is reported is true.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from lxml import etree

from engine.errors import Severity
from engine.feel.budget import Budget
from engine.feel.constants import NOWHERE, constants_of
from engine.feel.dmn_source import Source
from engine.feel.errors import FeelError
from engine.feel.expressions import UnaryTests
from engine.feel.functions.conversion import shown
from engine.feel.tables import HitPolicy, InputColumn, Rule, Table
from engine.feel.values import Months

_ONE_HIT = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})
MOST_MASKS = 5_000  # sets of rules that are followed while looking for gaps
MOST_GAPS = 3
MOST_OVERLAPS = 20
OTHER_TEXT = "(nilai lain)"


@dataclass(frozen=True)
class Sample:
    """A value of an input; `sure` and `maybe` are bit sets of the rules that match it."""

    value: object
    sure: int
    maybe: int


@dataclass(frozen=True)
class Axis:
    """All columns that read one expression, with the values to try."""

    expression: str
    samples: tuple[Sample, ...]


def check_completeness(table: Table, element: etree._Element, source: Source) -> None:
    """Reports overlaps of UNIQUE rules as errors and uncovered combinations as warnings."""
    if not table.rules or not table.inputs:
        return
    axes = tuple(_axes(table))
    if table.policy is HitPolicy.UNIQUE:
        for first, second, example in _overlaps(table, axes):
            _report_overlap(table, first, second, example, source)
    if table.policy in _ONE_HIT and all(column.default is None for column in table.outputs):
        for example in gaps(axes, len(table.rules)):
            source.report(
                element, "dmn-gap", f"Tidak ada aturan untuk {example}.", "Tambahkan aturan, atau nilai bawaan untuk hasilnya.",
                id=table.id, label=table.name, severity=Severity.WARNING,
            )  # fmt: skip


def _report_overlap(table: Table, first: Rule, second: Rule, example: str, source: Source) -> None:
    severity = Severity.ERROR if _independent(table.inputs) else Severity.WARNING
    source.report(
        None, "dmn-overlap",
        f"Aturan {second.number} tumpang tindih dengan aturan {first.number} ({first.id}), misalnya untuk {example}.",
        "Persempit salah satunya, atau ganti aturan pemilihan tabel.",
        id=second.id, label=f"{table.name}, aturan {second.number}", severity=severity, line=second.line,
    )  # fmt: skip


def _independent(columns: Sequence[InputColumn]) -> bool:
    """Whether the inputs can take any combination of values: no two different expressions read the same name."""
    seen: dict[str, str] = {}
    for column in columns:
        text = column.expression.text.strip()
        for name in column.expression.possible:
            if seen.setdefault(name, text) != text:
                return False
    return True


# ------------------------------------------------------------------------------------------------ samples


def _axes(table: Table) -> Iterator[Axis]:
    groups: dict[str, list[int]] = {}
    for index, column in enumerate(table.inputs):
        groups.setdefault(column.expression.text.strip(), []).append(index)
    for text, indexes in groups.items():
        yield Axis(text, tuple(_merged(_samples(table, indexes))))


def _samples(table: Table, indexes: Sequence[int]) -> Iterator[Sample]:
    columns = [table.inputs[index] for index in indexes]
    limits = [column.allowed for column in columns if column.allowed is not None]
    cells = {rule.tests[index] for index in indexes for rule in table.rules}.union(limits)  # equal texts are one cell
    constants = {cell: constants_of(cell.node) for cell in cells}
    values = candidates([value for found in constants.values() for value in found or ()], columns[0].type)
    verdicts = [(value, {cell: _verdict(cell, constants[cell], value) for cell in cells}) for value in values]
    allowed = [pair for pair in verdicts if all(pair[1][limit] is not False for limit in limits)]
    for value, verdict in allowed or verdicts:
        sure = maybe = 0
        for bit, rule in enumerate(table.rules):
            said = [verdict[rule.tests[index]] for index in indexes]
            sure |= all(word is True for word in said) << bit
            maybe |= all(word is not False for word in said) << bit
        yield Sample(value, sure, maybe)


def _verdict(cell: UnaryTests, constants: tuple[object, ...] | None, value: object) -> bool | None:
    """Whether a cell matches a value; None when that depends on more than the value."""
    if constants is None:
        return None
    try:
        return cell.matches_within(value, {}, Budget(NOWHERE)) is True
    except FeelError:
        return None


def _merged(samples: Iterator[Sample]) -> Iterator[Sample]:
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


# ------------------------------------------------------------------------------------------------ overlaps and gaps


def _overlaps(table: Table, axes: Sequence[Axis]) -> Iterator[tuple[Rule, Rule, str]]:
    """Pairs of rules that match together, with an example; at most MOST_OVERLAPS."""
    count = 0
    for first in range(len(table.rules)):
        beside = -1
        for axis in axes:
            beside &= _shared(axis, first)
        for second in range(first + 1, len(table.rules)):
            if beside >> second & 1:
                both = 1 << first | 1 << second
                picks = [next(s for s in axis.samples if s.sure & both == both) for axis in axes]
                yield table.rules[first], table.rules[second], _example(axes, picks)
                count += 1
                if count == MOST_OVERLAPS:
                    return


def _shared(axis: Axis, rule: int) -> int:
    """The rules that match some value which this rule matches."""
    found = 0
    for sample in axis.samples:
        if sample.sure >> rule & 1:
            found |= sample.sure
    return found


def gaps(axes: Sequence[Axis], rule_count: int) -> list[str]:
    """Combinations that no rule can match, as examples; none when there are too many sets of rules to follow."""
    reached: dict[int, tuple[Sample, ...]] = {(1 << rule_count) - 1: ()}
    for axis in axes[:-1]:
        following: dict[int, tuple[Sample, ...]] = {}
        for mask, path in reached.items():
            for sample in axis.samples:
                following.setdefault(mask & sample.maybe, (*path, sample))
        reached = following
        if len(reached) > MOST_MASKS:
            return []
    found = []
    for mask, path in reached.items():
        for sample in axes[-1].samples:
            if not mask & sample.maybe:
                found.append(_example(axes, (*path, sample)))
                if len(found) == MOST_GAPS:
                    return found
    return found


def _example(axes: Sequence[Axis], picks: Sequence[Sample]) -> str:
    return ", ".join(f"{axis.expression} = {_value(pick.value)}" for axis, pick in zip(axes, picks, strict=True))


def _value(value: object) -> str:
    return OTHER_TEXT if value == OTHER_TEXT else shown(value)
