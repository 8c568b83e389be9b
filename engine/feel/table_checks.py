"""Static checks of a decision table: rules that overlap or contradict, rules that never hit, combinations that no rule
covers; each with an example.

A cell that reads more than its input is taken to match nothing when looking for overlaps and anything when looking for
gaps, so that what is reported is true. What is too large to be proved is said to be so.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lxml import etree

from engine.errors import Severity, nearest
from engine.feel import nodes
from engine.feel.constants import constants_of
from engine.feel.dmn_source import Source
from engine.feel.table_samples import Axis, axes_of, example
from engine.feel.table_searches import Effort, TooLarge, gaps, never_first, overlaps
from engine.feel.tables import HitPolicy, InputColumn, Rule, Table

_ONE_HIT = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})
MOST_GAPS = 3
MOST_OVERLAPS = 20


def check_rules(table: Table, element: etree._Element, source: Source) -> None:
    """Reports what the rules of a table leave open, say twice, or never say.

    Overlaps of UNIQUE rules, contradictions of ANY rules and cells outside their column's values are errors; gaps and
    rules that never come first are warnings.
    """
    if not table.rules or not table.inputs:
        return
    for rule in table.rules:
        _check_cells(table, rule, source)
    axes = axes_of(table)
    if table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        _check_overlaps(table, axes, source)
    try:
        effort = Effort()
        _check_gaps(table, axes, effort, element, source)
        if table.policy is HitPolicy.FIRST:
            _check_order(table, axes, effort, source)
    except TooLarge:
        source.report(
            element, "dmn-too-large",
            "Tabel ini terlalu besar untuk dibuktikan lengkap; celah dan aturan yang tidak terpakai tidak dicari habis.",
            "Bagi menjadi beberapa tabel, atau kurangi kolomnya.",
            id=table.id, label=table.name, severity=Severity.WARNING,
        )  # fmt: skip


def _check_overlaps(table: Table, axes: Sequence[Axis], source: Source) -> None:
    found = overlaps(axes, len(table.rules))
    pairs = ((table.rules[one], table.rules[other], example(axes, picks)) for one, other, picks in found)
    if table.policy is HitPolicy.ANY:
        pairs = ((one, other, case) for one, other, case in pairs if _contradict(one, other))
    for first, second, case in islice(pairs, MOST_OVERLAPS):
        _report_overlap(table, first, second, case, source)


def _contradict(first: Rule, second: Rule) -> bool:
    """Whether two rules surely give different outputs; of formulas nothing is known."""
    pairs = [(one.node, other.node) for one, other in zip(first.outputs, second.outputs, strict=True)]
    return any(
        isinstance(one, nodes.Literal) and isinstance(other, nodes.Literal) and one.value != other.value
        for one, other in pairs
    )


def _report_overlap(table: Table, first: Rule, second: Rule, case: str, source: Source) -> None:
    severity = Severity.ERROR if _independent(table.inputs) else Severity.WARNING
    if table.policy is HitPolicy.ANY:
        message = (
            f"Aturan {second.number} memberi hasil lain daripada aturan {first.number} ({first.id}), "
            f"misalnya untuk {case}."
        )
        _report(
            table, second, "dmn-conflict", message, "Samakan hasilnya, atau persempit salah satunya.", source, severity
        )
    else:
        message = (
            f"Aturan {second.number} tumpang tindih dengan aturan {first.number} ({first.id}), misalnya untuk {case}."
        )
        mend = "Persempit salah satunya, atau ganti aturan pemilihan tabel."
        _report(table, second, "dmn-overlap", message, mend, source, severity)


def _independent(columns: Sequence[InputColumn]) -> bool:
    """Whether the inputs can take any combination of values: no two different expressions read the same name."""
    seen: dict[str, str] = {}
    for column in columns:
        text = column.expression.text.strip()
        for name in column.expression.possible:
            if seen.setdefault(name, text) != text:
                return False
    return True


def _check_gaps(table: Table, axes: Sequence[Axis], effort: Effort, element: etree._Element, source: Source) -> None:
    if table.policy not in _ONE_HIT or any(column.default is not None for column in table.outputs):
        return
    for picks in gaps(axes, len(table.rules), MOST_GAPS, effort):
        source.report(
            element, "dmn-gap", f"Tidak ada aturan untuk {example(axes, picks)}.",
            "Tambahkan aturan, atau nilai bawaan untuk hasilnya.",
            id=table.id, label=table.name, severity=Severity.WARNING,
        )  # fmt: skip


def _check_order(table: Table, axes: Sequence[Axis], effort: Effort, source: Source) -> None:
    """Rules of a FIRST table before which an earlier one always comes; null may be the value of any input."""
    axes = [axis.with_null() for axis in axes]
    for position, rule in enumerate(table.rules):
        if position and never_first(axes, position, effort):
            message = f"Aturan {rule.number} tidak pernah dipakai: aturan sebelumnya selalu lebih dulu cocok."
            mend = "Hapus, persempit aturan sebelumnya, atau pindahkan ke atas."
            _report(table, rule, "dmn-unreachable", message, mend, source, Severity.WARNING)


def _check_cells(table: Table, rule: Rule, source: Source) -> None:
    """Texts in cells that the column's own list does not have: an input with such a value is refused."""
    for column, cell in zip(table.inputs, rule.tests, strict=True):
        allowed = None if column.allowed is None else constants_of(column.allowed.node)
        if allowed is None or not all(isinstance(value, str) for value in allowed):
            continue
        for text in _texts(constants_of(cell.node) or ()):
            if text not in allowed:
                known = ", ".join(f'"{value}"' for value in allowed)
                message = (
                    f'Aturan {rule.number} membaca "{text}", yang tidak ada di daftar nilai kolom "{column.label}".'
                )
                mend = nearest(text, _texts(allowed), f"Nilai yang ada: {known}.")
                _report(table, rule, "dmn-values", message, mend, source, Severity.ERROR)


def _texts(values: Iterable[object]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))


def _report(table: Table, row: Rule, rule: str, message: str, mend: str, source: Source, severity: Severity) -> None:
    label = f"{table.name}, aturan {row.number}"
    source.report(None, rule, message, mend, id=row.id, label=label, severity=severity, line=row.line)
