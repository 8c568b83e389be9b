"""Writes small decision files: `table("UNIQUE", ["a"], ["y"], [(["> 5"], ["1"])])`."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.feel import Decided, DecisionFile, read_decisions
from tests.feel.evaluation import ENVIRONMENT, FUNCTIONS

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
Row = tuple[Sequence[str], Sequence[str]]


def text(content: str) -> str:
    return f"<text>{escape(content)}</text>"


def table(
    policy: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    rows: Sequence[Row],
    *,
    aggregation: str = "",
    types: Sequence[str] = (),
    allowed: Sequence[str] = (),
    values: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> str:
    """A <decisionTable>; rule ids are r1, r2, ... and each annotation says "source of" its rule."""
    parts = [
        f"<decisionTable hitPolicy={quoteattr(policy)}" + (f' aggregation="{aggregation}">' if aggregation else ">")
    ]
    for number, expression in enumerate(inputs):
        kind = f" typeRef={quoteattr(types[number])}" if number < len(types) else ""
        limit = (
            f"<inputValues>{text(allowed[number])}</inputValues>" if number < len(allowed) and allowed[number] else ""
        )
        parts.append(f"<input><inputExpression{kind}>{text(expression)}</inputExpression>{limit}</input>")
    for number, name in enumerate(outputs):
        known = f"<outputValues>{text(values[number])}</outputValues>" if number < len(values) else ""
        fallback = (
            f"<defaultOutputEntry>{text(defaults[number])}</defaultOutputEntry>" if number < len(defaults) else ""
        )
        parts.append(f"<output name={quoteattr(name)}>{known}{fallback}</output>")
    for number, (cells, entries) in enumerate(rows, 1):
        inner = "".join(f"<inputEntry>{text(cell)}</inputEntry>" for cell in cells)
        inner += "".join(f"<outputEntry>{text(entry)}</outputEntry>" for entry in entries)
        note = f"<annotationEntry>{text(f'source of r{number}')}</annotationEntry>"
        parts.append(f'<rule id="r{number}">{inner}{note}</rule>')
    return "".join(parts) + "</decisionTable>"


def decision(id: str, logic: str, *, variable: str = "", requires: Sequence[str] = ()) -> str:
    named = f"<variable name={quoteattr(variable)}/>" if variable else ""
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>' for other in requires
    )
    return f"<decision id={quoteattr(id)} name={quoteattr('Keputusan ' + id)}>{named}{needs}{logic}</decision>"


def literal(expression: str) -> str:
    return f"<literalExpression>{text(expression)}</literalExpression>"


def read(*decisions: str, namespace: str = NAMESPACE) -> DecisionFile:
    document = f'<definitions xmlns="{namespace}" id="f" name="f" namespace="n">{"".join(decisions)}</definitions>'
    return read_decisions(document.encode(), "file.dmn", FUNCTIONS)


def decide(logic: str, **context: Any) -> Decided:
    """What a sound table or expression gives."""
    file = read(decision("d", logic))
    assert file.usable, file.problems
    return file.decisions["d"].evaluate(context, ENVIRONMENT)
