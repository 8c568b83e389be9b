"""All FEEL expressions of a process in one list. No rule of its own; rules about expressions read it."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.feel import Expression, compile_expression, compile_moment, compile_script
from engine.feel.errors import FeelError
from engine.runtime.bpmn import COUNTERS, Element, Flow, Process, Text
from engine.runtime.lint.model import Model

CATCHES = ("intermediateCatchEvent", "boundaryEvent", "startEvent", "receiveTask")
CORRELATED = ("correlation",)  # reads the payload as `message`, beside the case's data
OPENING = ("subject", "unit", "cycle", "title")  # whom a case is about that a message opens; they read the payload too
TIME = "waktu"
UNTIL = "syarat selesai pengulangan"
GIVEN = {
    **dict.fromkeys((*CORRELATED, *OPENING), frozenset({"message"})),
    UNTIL: COUNTERS,
}  # place -> names that are known only there


@dataclass(frozen=True)
class Formula:
    """One expression: where it stands, in words for people, and how it is read ("value", "moment" or "script")."""

    process: Process
    thing: Element | Flow
    place: str
    text: Text
    reads: str = "value"

    def compiled(self, model: Model) -> Expression:
        """The expression, parsed. Raises FeelError."""
        read = {"value": compile_expression, "moment": compile_moment, "script": compile_script}[self.reads]
        return read(self.text.value, tuple(model.registry.functions))

    def parsed(self, model: Model) -> Expression | None:
        """The expression, or None when it cannot be parsed (a problem of the rule `expressions`)."""
        try:
            return self.compiled(model)
        except FeelError:
            return None


def formulas(model: Model) -> Iterator[Formula]:
    """Every expression of every process."""
    for process in model.processes.values():
        for flow in process.flows:
            if flow.condition is not None:
                yield Formula(process, flow, "syarat alur", flow.condition)
        for element in process.elements.values():
            yield from _of(process, element)


def _of(process: Process, element: Element) -> Iterator[Formula]:
    for trigger in element.triggers:
        if trigger.text is not None and trigger.kind == "timer" and trigger.text.value.strip():
            yield Formula(process, element, TIME, trigger.text, "moment")
        if trigger.text is not None and trigger.kind == "conditional":
            yield Formula(process, element, "syarat peristiwa", trigger.text)
        if trigger.payload is not None:
            yield Formula(process, element, "muatan pesan", trigger.payload)
    if element.loop is not None:
        loop = element.loop
        for place, text in (
            ("jumlah pengulangan", loop.cardinality),
            (UNTIL, loop.until),
            ("syarat pengulangan", loop.condition),
        ):
            if text is not None:
                yield Formula(process, element, place, text)
    if element.operation is not None:
        for name, value in element.operation.parameters:
            if value is not None:
                yield Formula(process, element, f"parameter {name}", value)
    if element.script is not None:
        yield Formula(process, element, "skrip", element.script, "script")
    yield from _carried(process, element)
    yield from _settings(process, element)


def _carried(process: Process, element: Element) -> Iterator[Formula]:
    for carried in (*element.inputs, *element.outputs):
        if carried.text is not None:
            yield Formula(process, element, "sambungan data", carried.text)


def _settings(process: Process, element: Element) -> Iterator[Formula]:
    of_type = {"userTask": ("prefill", "note", "due"), "businessRuleTask": ("inputs",), "startEvent": OPENING}
    for setting in (*(CORRELATED if element.type in CATCHES else ()), *of_type.get(element.type, ())):
        value = element.properties.get(setting, "")
        if value.strip():
            yield Formula(
                process, element, setting, Text(value, element.line), "moment" if setting == "due" else "value"
            )
