"""What is known of case data before a case runs, name by name. No rule of its own; the rule on types reads it.

A name's shape comes from all that write it: forms, decisions, services, scripts, and what cases start with. Where one of
them is not known, nothing is known of the name.
"""

from collections.abc import Iterator, Mapping

from engine.feel import Decision, compile_script, shapes
from engine.feel.dmn_reader import LiteralDecision
from engine.feel.errors import FeelError
from engine.feel.inference import infer
from engine.feel.nodes import ContextOf
from engine.feel.shapes import ANYTHING, Shape
from engine.feel.tables import SEVERAL, OutputColumn, Table
from engine.forms import Form
from engine.forms.shapes import shape_of
from engine.runtime.bpmn import Element, grouped
from engine.runtime.lint.model import Model
from engine.runtime.lint.names import script_names


def known_shapes(model: Model) -> Mapping[str, Shape]:
    """Name -> what is known of it; names of which nothing is known are not in it."""
    known: Mapping[str, Shape] = {}
    for _ in range(2):  # scripts that read what other scripts have written
        written = grouped((name, shape) for name, shape in _written(model, known))
        found = {name: shapes.joined(some) for name, some in written.items()}
        known = {name: shape for name, shape in found.items() if shape.kinds}
    return known


def _written(model: Model, known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    for name in model.registry.data or ():
        yield name, model.registry.shapes.get(name, ANYTHING)
    for names in model.named.values():
        yield from ((named.variable, ANYTHING) for named in names.values() if named.variable)
    for _, element in model.elements:
        yield from _of(model, element, known)


def _of(model: Model, element: Element, known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    if element.loop is not None:
        yield from ((name, ANYTHING) for name in (element.loop.item, element.loop.output) if name)
    if element.script is not None:
        yield from _of_script(model, element.script.value, known)
    if element.result:
        yield element.result, _result(model, element)
    yield from ((one.name, ANYTHING) for one in (*element.inputs, *element.outputs) if one.name and one.moves)
    yield from ((trigger.variable, ANYTHING) for trigger in element.triggers if trigger.variable)


def _result(model: Model, element: Element) -> Shape:
    if element.type == "userTask":
        form: Form | None = model.forms.get(element.properties.get("form", ""))
        return ANYTHING if form is None else shape_of(form.parts)
    if element.type == "businessRuleTask":
        return decided(model.decisions.get(element.decision or ""))
    name = element.operation.name if element.operation else ""
    return model.registry.results.get(name, ANYTHING)


def _of_script(model: Model, script: str, known: Mapping[str, Shape]) -> Iterator[tuple[str, Shape]]:
    try:
        node = compile_script(script, tuple(model.registry.functions)).node
    except FeelError:
        yield from ((name, ANYTHING) for name in script_names(script))
        return
    if isinstance(node, ContextOf):
        fields = infer(node, known)[0].fields or {}
        yield from fields.items()


def decided(decision: Decision | None) -> Shape:
    """What a decision gives."""
    logic = decision.logic if decision is not None else None
    if isinstance(logic, LiteralDecision):
        return infer(logic.expression.node, {})[0]
    if not isinstance(logic, Table):
        return ANYTHING
    columns = [_column(logic, index, column) for index, column in enumerate(logic.outputs)]
    one = columns[0]
    if len(columns) > 1:
        one = shapes.context_of({column.name: shape for column, shape in zip(logic.outputs, columns, strict=True)})
    if logic.policy not in SEVERAL:
        return one
    if logic.aggregation:
        return shapes.of("number") if logic.aggregation in ("SUM", "COUNT") else ANYTHING
    return shapes.list_of(one)


def _column(table: Table, index: int, column: OutputColumn) -> Shape:
    entries = [rule.outputs[index] for rule in table.rules]
    if column.default is not None:
        entries.append(column.default)
    return shapes.joined(infer(entry.node, {})[0] for entry in entries)
