"""What is known of case data, and what in expressions surely goes wrong because of it.

FEEL makes null of a comparison that has no meaning, so that a flow is quietly never taken. Errors are certain whatever a
case does; a text that is like none of the options is a warning only, for cases of earlier documents may still hold it.
"""

import inspect
from collections.abc import Iterator, Mapping

from engine.errors import Problem
from engine.feel import FeelFunction
from engine.feel.inference import Finding, calls_in, infer
from engine.feel.nodes import Call, Literal, Node
from engine.feel.shapes import ANYTHING, Shape
from engine.runtime.bpmn import Flow
from engine.runtime.lint.formulas import GIVEN, TIME, UNTIL, Formula, formulas
from engine.runtime.lint.known import known_shapes
from engine.runtime.lint.model import Model, error, warning
from engine.runtime.lint.timers import bare_kind

NAME = "type"
CONDITIONS = ("syarat alur", "syarat peristiwa", "syarat pengulangan", UNTIL, "correlation")
_SPANS = frozenset({"days and time duration", "years and months duration"})
MOMENTS = frozenset({"date", "date and time", "string"}) | _SPANS
_NEEDED = {  # place -> the types that will do, and what to write
    "jumlah pengulangan": (frozenset({"number", "string"}), "Tulis bilangan bulat."),
    "due": (MOMENTS, "Tulis lama waktu, tanggal atau saat."),
    "timeDate": (MOMENTS, "Tulis misalnya 2027-01-31T23:59:00+07:00."),
    "timeDuration": (_SPANS | {"string"}, "Tulis misalnya P14D atau PT4H."),
    "timeCycle": (frozenset({"string"}), "Tulis misalnya R3/P7D."),
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield comparisons and sums that have no meaning, conditions that are none, and calls that no function takes."""
    known = known_shapes(model)
    for formula in formulas(model):
        parsed = formula.parsed(model)
        if parsed is None:
            continue
        names = {name: shape for name, shape in known.items() if name not in GIVEN.get(formula.place, frozenset())}
        shape, findings = infer(parsed.node, names)
        for finding in findings:
            yield _problem(formula, finding)
        yield from _result(formula, shape, parsed.node)
        yield from _calls(model, formula, parsed.node)
    yield from _collections(model, known)


def _problem(formula: Formula, finding: Finding) -> Problem:
    say = error if finding.certain else warning
    line = None if formula.text.line is None else formula.text.line + formula.text.value.count("\n", 0, finding.at)
    rule = NAME if finding.certain else "unlikely-option"
    message = f"Pada {formula.place}: {finding.message}"
    return say(formula.process, formula.thing, rule, message, finding.mend, line=line)


def _result(formula: Formula, shape: Shape, node: Node) -> Iterator[Problem]:
    """Say that a value is of no use where it stands."""
    place = _place(formula)
    if place in CONDITIONS and shape.kinds and "boolean" not in shape.kinds:
        message = f"Hasil {formula.place} adalah {shape.words}, bukan benar atau salah; ia tidak pernah terpenuhi."
        yield _wrong(formula, message, "Tulis perbandingan, misalnya nilai >= 90 atau disetujui = true.")
    needed, mend = _NEEDED.get(place, (frozenset(), ""))
    if needed and shape.kinds and not shape.kinds & needed:
        yield _wrong(formula, f"Hasil {formula.place} adalah {shape.words}, yang tidak dapat dipakai di sini.", mend)
    elif needed and isinstance(node, Literal) and isinstance(node.value, str) and formula.text.value.strip()[:1] == '"':
        yield from _quoted(formula, place, node.value, mend)


def _quoted(formula: Formula, place: str, text: str, mend: str) -> Iterator[Problem]:
    """Say that a text between quotation marks is no time of the kind that is wanted."""
    kind = bare_kind(text)
    if place == "jumlah pengulangan" or (place == "due" and kind in ("timeDate", "timeDuration")) or kind == place:
        return
    yield _wrong(formula, f'"{text}" pada {formula.place} tidak dapat dibaca sebagai waktu di sini.', mend)


def _place(formula: Formula) -> str:
    """Where a formula stands; of a timer, which kind it is."""
    if formula.place != TIME or isinstance(formula.thing, Flow):
        return formula.place
    return next((t.timer for t in formula.thing.triggers if t.text is formula.text and t.timer), formula.place)


def _wrong(formula: Formula, message: str, mend: str) -> Problem:
    return error(formula.process, formula.thing, NAME, message, mend, line=formula.text.line)


def _calls(model: Model, formula: Formula, node: Node) -> Iterator[Problem]:
    for name, form in wrong_calls(model, node):
        message = f'Pada {formula.place}: argumen fungsi "{name}" tidak cocok.'
        yield error(formula.process, formula.thing, "arguments", message, form, line=formula.text.line)


def wrong_calls(model: Model, node: Node) -> Iterator[tuple[str, str]]:
    """The functions of the product that get other arguments than they take, each with the form that it has."""
    for call in calls_in(node):
        function = model.registry.functions.get(call.name)
        if function is not None and not _fits(function, call):
            yield function.name, f"Bentuknya: {function.name}({', '.join(function.parameters)})."


def _fits(function: FeelFunction, call: Call) -> bool:
    """Whether a function of the product takes a call's arguments."""
    if call.named is not None and not set(call.named) <= set(function.parameters):
        return False
    given = len(function.parameters) if call.named is not None else len(call.arguments)
    try:
        inspect.signature(function.call).bind(*[None] * given, **function.beside(None))
    except TypeError:
        return False
    return given <= len(function.parameters)


def _collections(model: Model, known: Mapping[str, Shape]) -> Iterator[Problem]:
    """Say that what an activity runs through is no list."""
    for process, element in model.elements:
        items = element.loop.items if element.loop else None
        shape = known.get(items or "", ANYTHING)
        if element.loop and shape.kinds and not shape.kinds & {"list", "context"}:
            message = f'"{items}" adalah {shape.words}, bukan daftar; tidak ada yang dapat diulang untuk tiap butirnya.'
            yield error(process, element, NAME, message, "Sebut data yang berisi daftar.", line=element.loop.line)
