"""Names in expressions that nothing writes, and fields that a form does not have.

An unknown name is null in FEEL: a mistyped condition is quietly never true. Warnings, for data may also come from
outside.
"""

import re
from collections.abc import Iterator, Mapping

from engine.errors import Problem, nearest
from engine.runtime.lint.formulas import GIVEN, Formula, formulas
from engine.runtime.lint.model import Model, warning
from engine.runtime.lint.names import emptied_names, own_names

_PATH = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*\.\s*([^\W\d]\w*)")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def rule(model: Model) -> Iterator[Problem]:
    """Yield names that no element writes and no case starts with, and fields that a task's form does not have."""
    known = _known(model)
    fields = _fields(model)
    for formula in formulas(model):
        parsed = formula.parsed(model)
        if parsed is None:
            continue
        if known is not None:
            for name in sorted(parsed.names - known - GIVEN.get(formula.place, frozenset())):
                message = f'Tidak ada yang mengisi "{name}" yang dibaca pada {formula.place}; nilainya akan kosong.'
                mend = nearest(name, known, "Periksa ejaannya.")
                yield warning(formula.process, formula.thing, "unknown-name", message, mend, line=formula.text.line)
        yield from _unknown_fields(formula, parsed.names, fields)


def _known(model: Model) -> frozenset[str] | None:
    """All names that case data may hold; None when it is not known what cases start with."""
    if model.registry.data is None:
        return None
    written = {name for _, element in model.elements for name in own_names(element)}
    looped = {
        name
        for _, element in model.elements
        if element.loop
        for name in (element.loop.item, element.loop.output, element.loop.result)
        if name
    }
    payloads = {named.variable for names in model.named.values() for named in names.values() if named.variable}
    return model.registry.data | written | looped | payloads


def _fields(model: Model) -> Mapping[str, frozenset[str]]:
    """Result name -> the fields that it can have; only names that nothing but user tasks with known forms write."""
    fields: dict[str, frozenset[str]] = {}
    others: set[str] = set(model.registry.data or ())
    for _, element in model.elements:
        form = model.forms.get(element.properties.get("form", "")) if element.type == "userTask" else None
        result = element.result
        if form is not None and result is not None:
            fields[result] = fields.get(result, frozenset()) | form.keys
            others |= own_names(element) - {result}
        else:
            others |= own_names(element) - emptied_names(element)
        if element.loop is not None:
            others |= {name for name in (element.loop.item, element.loop.output) if name}
    return {name: keys for name, keys in fields.items() if name not in others}


def _unknown_fields(formula: Formula, names: frozenset[str], fields: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    paths = set(_PATH.findall(_TEXT.sub('""', formula.text.value)))
    for name, field in sorted(paths):
        if name in names and name in fields and field not in fields[name]:
            message = f'Formulir yang mengisi "{name}" tidak memiliki isian "{field}"; nilainya akan kosong.'
            mend = nearest(field, fields[name], "Tulis kunci isian formulir itu.")
            yield warning(formula.process, formula.thing, "unknown-field", message, mend, line=formula.text.line)
