"""What in the expressions of forms surely goes wrong, because of what is known of their fields and of case data.

A condition that is none never holds, and a bound of another type bounds nothing: the page says nothing of either.
"""

from collections.abc import Iterator, Mapping

from engine.errors import Problem, Severity
from engine.feel.inference import infer
from engine.feel.shapes import Shape
from engine.forms import Form
from engine.forms.source import Asked
from engine.runtime.lint.known import known_shapes
from engine.runtime.lint.model import Model
from engine.runtime.lint.types import MOMENTS, wrong_calls

NAME = "form-type"
_COMPARE = "Tulis perbandingan, misalnya nilai >= 90 atau disetujui = true."
_NEEDED = {  # setting -> the types that will do, and what to write
    **dict.fromkeys(("hide", "requiredWhen", "check"), (frozenset({"boolean"}), _COMPARE)),
    "dataSource": (frozenset({"list", "context"}), "Sebut data yang berisi daftar, misalnya =skp.rhk."),
}
_BOUNDS = {
    "number": (frozenset({"number"}), "Tulis angka, atau FEEL yang menghasilkan angka."),
    "datetime": (MOMENTS, "Tulis tanggal atau jam, atau FEEL yang menghasilkannya."),
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield comparisons and sums without meaning, conditions and bounds of another type, and calls that do not fit."""
    known = known_shapes(model)
    for form in model.forms.values():
        for asked in form.content.asked:
            yield from _of(model, form, asked, known)


def _of(model: Model, form: Form, asked: Asked, known: Mapping[str, Shape]) -> Iterator[Problem]:
    shape, findings = infer(asked.expression.node, {**known, **form.shapes_at(asked.level)})
    place = f'Pada "{asked.setting}"'
    for finding in findings:
        severity = Severity.ERROR if finding.certain else Severity.WARNING
        yield _problem(form, asked, f"{place}: {finding.message}", finding.mend, severity)
    bounds = _BOUNDS.get(asked.kind) if asked.setting in ("min", "max") else None
    needed, mend = bounds or _NEEDED.get(asked.setting, (frozenset(), ""))
    if needed and shape.kinds and not shape.kinds & needed:
        yield _problem(form, asked, f"{place}: hasilnya {shape.words}, yang tidak dapat dipakai di sini.", mend)
    for name, form_of_call in wrong_calls(model, asked.expression.node):
        yield _problem(form, asked, f'{place}: argumen fungsi "{name}" tidak cocok.', form_of_call)


def _problem(form: Form, asked: Asked, message: str, mend: str, severity: Severity = Severity.ERROR) -> Problem:
    rule = NAME if severity is Severity.ERROR else "unlikely-option"
    return Problem(form.content.file, message, mend, asked.path or None, asked.label, None, rule, severity)
