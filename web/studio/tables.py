"""Decision tables as the studio shows them: columns, rules and notes, read from the DMN as it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from engine.runtime.xml import parse
from web.studio.facts import all_text, local_name

HIT_POLICIES = {
    "UNIQUE": "tepat satu aturan berlaku",
    "FIRST": "aturan pertama yang cocok berlaku",
    "ANY": "semua aturan yang cocok sama hasilnya",
    "PRIORITY": "hasil yang paling utama berlaku",
    "COLLECT": "semua aturan yang cocok dihimpun",
    "RULE ORDER": "semua yang cocok, menurut urutan aturan",
    "OUTPUT ORDER": "semua yang cocok, menurut urutan hasil",
}


@dataclass(frozen=True)
class Column:
    """An input or output of a table: its label, and the expression or name behind it."""

    label: str
    expression: str
    type: str


@dataclass(frozen=True)
class Rule:
    id: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True)
class Table:
    """One decision: a table, or a literal expression when `expression` is set."""

    id: str
    name: str
    about: str
    hit_policy: str
    hit_words: str
    inputs: Sequence[Column]
    outputs: Sequence[Column]
    rules: Sequence[Rule]
    expression: str = ""
    requires: Sequence[str] = ()


def tables_of(content: bytes, file: str) -> tuple[Table, ...]:
    """Every decision of a DMN file, in its order.

    Raises:
        DefinitionError: the XML is unreadable or unsafe.
    """
    return tuple(table_of(node) for node in parse(content, file).iter() if local_name(node) == "decision")


def file_title(content: bytes, file: str) -> str:
    """What the file calls itself, or its tables' names where it does not.

    Raises:
        DefinitionError: the XML is unreadable or unsafe.
    """
    return parse(content, file).get("name") or ", ".join(table.name for table in tables_of(content, file))


def table_of(decision: etree._Element) -> Table:
    table = child(decision, "decisionTable")
    literal = child(decision, "literalExpression")
    about = child(decision, "description")
    policy = (table.get("hitPolicy") if table is not None else None) or "UNIQUE"
    return Table(
        id=decision.get("id") or "",
        name=decision.get("name") or decision.get("id") or "",
        about=all_text(about) if about is not None else "",
        hit_policy=policy if table is not None else "",
        hit_words=HIT_POLICIES.get(policy, policy) if table is not None else "",
        inputs=[] if table is None else [input_of(node) for node in children(table, "input")],
        outputs=[] if table is None else [output_of(node) for node in children(table, "output")],
        rules=[] if table is None else [rule_of(node) for node in children(table, "rule")],
        expression=all_text(literal) if literal is not None else "",
        requires=[
            (node.get("href") or "").lstrip("#")
            for requirement in children(decision, "informationRequirement")
            for node in children(requirement, "requiredDecision")
        ],
    )


def input_of(node: etree._Element) -> Column:
    expression = child(node, "inputExpression")
    text = all_text(expression) if expression is not None else ""
    kind = (expression.get("typeRef") if expression is not None else None) or ""
    return Column(node.get("label") or text, text, kind)


def output_of(node: etree._Element) -> Column:
    return Column(node.get("label") or node.get("name") or "", node.get("name") or "", node.get("typeRef") or "")


def rule_of(node: etree._Element) -> Rule:
    return Rule(
        id=node.get("id") or "",
        inputs=[all_text(cell) for cell in children(node, "inputEntry")],
        outputs=[all_text(cell) for cell in children(node, "outputEntry")],
        notes=[all_text(cell) for tag in ("description", "annotationEntry") for cell in children(node, tag)],
    )


def child(node: etree._Element, tag: str) -> etree._Element | None:
    return next(iter(children(node, tag)), None)


def children(node: etree._Element, tag: str) -> list[etree._Element]:
    return [one for one in node if local_name(one) == tag]
