"""What in the cells of decision tables surely goes wrong: tests that no value of their column passes, inputs and outputs
of another type than their column says.

A test of another type is quietly never true, so that its rule never hits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import Problem, Severity
from engine.feel import Decision, compile_expression, shapes
from engine.feel.errors import FeelError
from engine.feel.expressions import Expression, UnaryTests
from engine.feel.inference import Finding, infer, infer_tests
from engine.feel.nodes import Node
from engine.feel.shapes import ANYTHING, Shape
from engine.feel.tables import InputColumn, OutputColumn, Rule, Table
from engine.runtime.lint.known import decided, known_shapes
from engine.runtime.lint.model import Model
from engine.runtime.lint.types import MOMENTS, wrong_calls

NAME = "dmn-type"
_TYPES = {  # what a column may say -> the types of its values; dates come as texts, too (7.3.2 and 10.3.2 of DMN 1.3)
    "string": frozenset({"string"}) | MOMENTS,
    "boolean": frozenset({"boolean"}),
    **dict.fromkeys(("number", "integer", "long", "double"), frozenset({"number"})),
    **dict.fromkeys(("date", "time", "dateTime"), MOMENTS),
    **dict.fromkeys(("dayTimeDuration", "yearMonthDuration"), MOMENTS),
}
_IN_WORDS = {"string": "teks", "boolean": "benar atau salah", "date": "tanggal", "time": "jam", "dateTime": "saat"}


def rule(model: Model) -> Iterator[Problem]:
    """Yield cells, inputs and outputs that do not have the type of their column, and calls that do not fit."""
    known = known_shapes(model)
    for id, decision in model.decisions.items():
        names = _names(model, id, known)
        for below in decision.required:
            names = {**names, below.variable: decided(below)}
        if isinstance(decision.logic, Table):
            yield from _Columns(model, decision, decision.logic, names).problems()


def _names(model: Model, id: str, known: Mapping[str, Shape]) -> Mapping[str, Shape]:
    """What is known of the names that a decision reads: of case data, unless a task gives it others."""
    tasks = [element for _, element in model.of_type("businessRuleTask") if element.decision == id]
    found = [_given(model, element.properties.get("inputs", ""), known) for element in tasks]
    names = {name for given in found for name in given}
    return {name: shapes.joined(given.get(name, ANYTHING) for given in found) for name in names}


def _given(model: Model, inputs: str, known: Mapping[str, Shape]) -> Mapping[str, Shape]:
    if not inputs.strip():
        return known
    try:
        node = compile_expression(inputs, tuple(model.registry.functions)).node
    except FeelError:
        return {}
    return infer(node, known)[0].fields or {}


@dataclass(frozen=True)
class _Columns:
    """One table, read cell by cell."""

    model: Model
    decision: Decision
    table: Table
    names: Mapping[str, Shape]

    def problems(self) -> Iterator[Problem]:
        for index, column in enumerate(self.table.inputs):
            yield from self.input(index, column)
        for index, output in enumerate(self.table.outputs):
            yield from self.output(index, output)

    def input(self, index: int, column: InputColumn) -> Iterator[Problem]:
        place = f'Kolom "{column.label}"'
        shape, findings = infer(column.expression.node, self.names)
        yield from self.found(findings, place, None)
        yield from self.calls(column.expression.node, place, None)
        wanted = _TYPES.get(column.type)
        if wanted and shape.kinds and not shape.kinds & wanted:
            message = f"{place}: {column.expression.text.strip()} adalah {shape.words}, bukan {_word(column.type)}."
            yield self.problem(message, "Ganti jenis kolomnya, atau data yang dibacanya.", None)
            return
        value = Shape(_TYPES[column.type]) if wanted and shape.kinds is None else shape
        if column.allowed is not None:
            yield from self.tests(column.allowed, value, f"{place}, daftar nilai", None)
        for rule in self.table.rules:
            yield from self.tests(rule.tests[index], value, f"{place}, aturan {rule.number}", rule)

    def tests(self, tests: UnaryTests, value: Shape, place: str, row: Rule | None) -> Iterator[Problem]:
        yield from self.found(infer_tests(tests.node, value, self.names), place, row)
        for test in tests.node.tests:
            yield from self.calls(test.operand, place, row)

    def output(self, index: int, column: OutputColumn) -> Iterator[Problem]:
        named = f'Hasil "{column.name}"' if column.name else "Hasil"
        cells: list[tuple[Expression, str, Rule | None]] = [
            (rule.outputs[index], f"{named}, aturan {rule.number}", rule) for rule in self.table.rules
        ]
        if column.default is not None:
            cells.append((column.default, f"{named}, nilai bawaan", None))
        for cell, place, row in cells:
            shape, findings = infer(cell.node, self.names)
            yield from self.found(findings, place, row)
            yield from self.calls(cell.node, place, row)
            wanted = _TYPES.get(column.type)
            if wanted and shape.kinds and not shape.kinds & wanted:
                message = f"{place}: {cell.text.strip()} adalah {shape.words}, bukan {_word(column.type)}."
                yield self.problem(message, "Tulis nilai dari jenis kolomnya, atau ganti jenis kolomnya.", row)

    def found(self, findings: tuple[Finding, ...], place: str, row: Rule | None) -> Iterator[Problem]:
        for finding in findings:
            severity = Severity.ERROR if finding.certain else Severity.WARNING
            yield self.problem(f"{place}: {finding.message}", finding.mend, row, severity)

    def calls(self, node: Node, place: str, row: Rule | None) -> Iterator[Problem]:
        for name, form in wrong_calls(self.model, node):
            yield self.problem(f'{place}: argumen fungsi "{name}" tidak cocok.', form, row)

    def problem(self, message: str, mend: str, row: Rule | None, severity: Severity = Severity.ERROR) -> Problem:
        rule = NAME if severity is Severity.ERROR else "unlikely-option"
        element = row.id if row is not None else self.table.id
        line = row.line if row is not None else self.decision.line
        return Problem(self.decision.file, message, mend, element, self.table.name, line, rule, severity)


def _word(type: str) -> str:
    return _IN_WORDS.get(type, "angka" if type in ("number", "integer", "long", "double") else "lama waktu")
