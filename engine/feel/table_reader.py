"""A <decisionTable> -> Table."""

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree

from engine.errors import nearest
from engine.feel import nodes
from engine.feel.constants import constants_of
from engine.feel.dmn_source import Source, child, children, line_of, text_of
from engine.feel.expressions import Expression, UnaryTests, compile_expression, compile_unary
from engine.feel.table_checks import check_rules
from engine.feel.tables import AGGREGATIONS, HitPolicy, InputColumn, OutputColumn, Rule, Table

_NUMBERS = ("number", "integer", "long", "double")
_TYPES: Mapping[str, type] = {"string": str, "boolean": bool, **dict.fromkeys(_NUMBERS, Decimal)}


def read_table(element: etree._Element, id: str, name: str, source: Source) -> Table | None:
    """The table of a decision; None when a part of it cannot be read. Problems go to the source."""
    return _TableReader(element, id, name, source).table()


class _TableReader:
    def __init__(self, element: etree._Element, id: str, name: str, source: Source) -> None:
        self.element = element
        self.id = id
        self.name = name
        self.source = source

    def report(
        self, element: etree._Element, rule: str, message: str, mend: str, *, id: str = "", label: str = ""
    ) -> None:
        self.source.report(element, rule, message, mend, id=id or self.id, label=label or self.name)

    def table(self) -> Table | None:
        policy, aggregation = self.policy(), self.aggregation()
        inputs = [self.input(column, number) for number, column in enumerate(children(self.element, "input"), 1)]
        outputs = [self.output(column, number) for number, column in enumerate(children(self.element, "output"), 1)]
        if not outputs:
            self.report(
                self.element, "dmn-output", "Tabel ini tidak memiliki kolom hasil.", "Tambahkan satu kolom hasil."
            )
        self.check_output_names(outputs)
        if aggregation and len(outputs) > 1:
            self.report(
                self.element, "dmn-aggregation", "Agregasi hanya berlaku untuk satu kolom hasil.", "Pisahkan tabelnya."
            )
        rules = [
            self.rule(row, number, outputs, len(inputs)) for number, row in enumerate(children(self.element, "rule"), 1)
        ]
        if policy is None or not outputs or None in inputs or None in rules:
            return None
        table = Table(
            self.id,
            self.name,
            policy,
            aggregation,
            tuple(column for column in inputs if column is not None),
            tuple(outputs),
            tuple(rule for rule in rules if rule is not None),
        )
        check_rules(table, self.element, self.source)
        return table

    def policy(self) -> HitPolicy | None:
        given = self.element.get("hitPolicy", "UNIQUE")
        if given in set(HitPolicy):
            return HitPolicy(given)
        self.report(
            self.element,
            "hit-policy",
            f'Aturan pemilihan "{given}" tidak dikenal.',
            f"Yang ada: {', '.join(HitPolicy)}.",
        )
        return None

    def aggregation(self) -> str:
        given = self.element.get("aggregation", "")
        if given and self.element.get("hitPolicy") != HitPolicy.COLLECT:
            self.report(self.element, "dmn-aggregation", "Agregasi hanya berlaku untuk COLLECT.", "Hapus agregasinya.")
        if given not in AGGREGATIONS:
            known = ", ".join(sorted(AGGREGATIONS - {""}))
            self.report(self.element, "dmn-aggregation", f'Agregasi "{given}" tidak dikenal.', f"Yang ada: {known}.")
            return ""
        return given

    def input(self, element: etree._Element, number: int) -> InputColumn | None:
        id, label = element.get("id", self.id), f"{self.name}, masukan {number}"
        inner = child(element, "inputExpression")
        text = text_of(inner)
        if not text.strip():
            mend = "Tulis nama datanya, misalnya rating_hasil."
            self.report(element, "dmn-input", "Kolom masukan ini tidak memiliki ekspresi.", mend, id=id, label=label)
            return None
        expression = self.source.compiled(compile_expression, text, element, id=id, label=label)
        allowed = self.cells(child(element, "inputValues"), id, label)
        if expression is None:
            return None
        kind = "" if inner is None else inner.get("typeRef", "")
        return InputColumn(id, element.get("label") or text.strip(), expression, kind, allowed)

    def cells(self, element: etree._Element | None, id: str, label: str) -> UnaryTests | None:
        """The values that a column allows; None when it says nothing."""
        if element is None or not text_of(element).strip():
            return None
        tests = self.source.compiled(compile_unary, text_of(element), element, id=id, label=label)
        return tests if tests is not None and tests.node.tests else None

    def output(self, element: etree._Element, number: int) -> OutputColumn:
        id, label = element.get("id", self.id), f"{self.name}, hasil {number}"
        allowed = self.cells(child(element, "outputValues"), id, label)
        values = constants_of(allowed.node) if allowed is not None else ()
        inner = child(element, "defaultOutputEntry")
        default = None
        if inner is not None and text_of(inner).strip():
            default = self.source.compiled(compile_expression, text_of(inner), inner, id=id, label=label)
        return OutputColumn(id, element.get("name", ""), values or (), default, element.get("typeRef", ""))

    def check_output_names(self, outputs: list[OutputColumn]) -> None:
        names = [column.name for column in outputs]
        if len(outputs) > 1 and not all(names):
            self.report(self.element, "dmn-output", "Kolom hasil belum memiliki nama.", "Beri nama setiap kolom hasil.")
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            self.report(self.element, "dmn-output", f'Dua kolom hasil bernama "{name}".', "Beri nama yang berbeda.")

    def rule(self, element: etree._Element, number: int, outputs: list[OutputColumn], input_count: int) -> Rule | None:
        id, label = element.get("id", f"{self.id}_{number}"), f"{self.name}, aturan {number}"
        cells, entries = list(children(element, "inputEntry")), list(children(element, "outputEntry"))
        if len(cells) != input_count or len(entries) != len(outputs):
            message = f"Aturan ini memiliki {len(cells)} masukan dan {len(entries)} hasil, tabelnya {input_count} dan {len(outputs)}."
            self.report(element, "dmn-rule", message, "Lengkapi sel yang kurang.", id=id, label=label)
            return None
        tests = [self.source.compiled(compile_unary, text_of(cell), cell, id=id, label=label) for cell in cells]
        results = [self.result(entry, column, id, label) for entry, column in zip(entries, outputs, strict=True)]
        if None in tests or None in results:
            return None
        return Rule(
            id,
            number,
            tuple(test for test in tests if test is not None),
            tuple(result for result in results if result is not None),
            self.annotation(element),
            line_of(element),
        )

    def result(self, element: etree._Element, column: OutputColumn, id: str, label: str) -> Expression | None:
        """An output cell; an empty one is null."""
        text = text_of(element)
        expression = self.source.compiled(
            compile_expression, text if text.strip() else "null", element, id=id, label=label
        )
        if expression is not None and isinstance(expression.node, nodes.Literal):
            self.check_result(expression.node.value, column, element, id, label)
        return expression

    def check_result(self, value: object, column: OutputColumn, element: etree._Element, id: str, label: str) -> None:
        if value is None:
            return
        said, named = text_of(element).strip(), f' "{column.name}"' if column.name else ""
        if not isinstance(value, _TYPES.get(column.type, object)):
            self.report(
                element, "dmn-type", f"Hasil {said} bukan {column.type}, jenis yang disebut kolom{named}.",
                "Tulis nilai dari jenis itu (teks dalam tanda petik), atau ganti jenis kolomnya.", id=id, label=label,
            )  # fmt: skip
        elif column.values and value not in column.values:
            texts = [one for one in column.values if isinstance(one, str)]
            self.report(
                element, "dmn-values", f"Hasil {said} tidak ada di daftar nilai kolom{named}.",
                nearest(str(value), texts, "Tambahkan ke daftar nilai kolomnya, atau pakai salah satu nilainya."),
                id=id, label=label,
            )  # fmt: skip

    def annotation(self, element: etree._Element) -> str:
        texts = [text_of(entry).strip() for entry in children(element, "annotationEntry")]
        description = child(element, "description")
        if description is not None:
            texts.append((description.text or "").strip())
        return "; ".join(text for text in texts if text)
