"""What is known of a form's clean answers before anybody has given them."""

from collections.abc import Mapping

from engine.feel import shapes
from engine.feel.shapes import ANYTHING, Shape
from engine.forms.fields import (
    Checkbox,
    Choice,
    FileInput,
    Input,
    MomentInput,
    MomentKind,
    NumberInput,
    Part,
    Rows,
    TextInput,
    every,
    inputs,
)
from engine.forms.source import Level

_MOMENTS = {MomentKind.DATE: "date", MomentKind.TIME: "time", MomentKind.DATETIME: "date and time"}


def shape_of(parts: tuple[Part, ...]) -> Shape:
    """A context with the keys of one level; of read-only fields nothing is known, for nobody checks what they show."""
    return shapes.context_of({part.key: _part(part) for part in inputs(parts)})


def shapes_at(parts: tuple[Part, ...], level: Level) -> Mapping[str, Shape]:
    """What is known of the names that a form's expressions see at a level: the nearest of each."""
    by_path = {part.path: _part(part) for part in every(parts) if isinstance(part, Input | Rows)}
    levels = reversed(list(level))
    return {key: by_path.get(path, ANYTHING) for one in levels for key, path in one.keys.items()}


def _part(part: Input | Rows) -> Shape:
    if isinstance(part, Rows):
        return shapes.list_of(shape_of(part.parts))
    if part.readonly:
        return ANYTHING
    if isinstance(part, Choice):
        option = shapes.of("string") if part.source else shapes.text_of(option.value for option in part.options)
        return shapes.list_of(option) if part.many else option
    if isinstance(part, MomentInput):
        return shapes.of(_MOMENTS[part.kind])
    if isinstance(part, FileInput):
        return shapes.of("list")
    kinds = {TextInput: "string", NumberInput: "number", Checkbox: "boolean"}
    kind = kinds.get(type(part))
    return ANYTHING if kind is None else shapes.of(kind)
