"""The start data of a play as plain fields: what was typed, and what is wrong with it."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from engine.runtime.sandbox.overlay import merged
from engine.runtime.sandbox.starting import Kind, StartField
from engine.runtime.values import Json

PREFIX = "isi."  # of the fields' names


def groups_of(fields: Sequence[StartField]) -> Mapping[str, Sequence[StartField]]:
    """The fields by the name at the head of their path; those that stand alone first."""
    groups: dict[str, list[StartField]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(field)
    return groups


def typed_data(fields: Sequence[StartField], typed: Mapping[str, str]) -> tuple[Mapping[str, Json], Mapping[str, str]]:
    """The start data that were typed, and by path what could not be read; what was left empty is as usual."""
    data: dict[str, Json] = {}
    errors: dict[str, str] = {}
    for field in fields:
        text = typed.get(PREFIX + field.path, "").strip()
        if text:
            try:
                data = merged(data, field.data(text))
            except (ValueError, KeyError):
                errors[field.path] = gettext("%(name)s: %(mend)s", name=field.label or field.path, mend=_mend(field))
    return data, errors


def _mend(field: StartField) -> str:
    match field.kind:
        case Kind.NUMBER:
            return str(gettext("tulis angka, misalnya 14."))
        case Kind.DAY:
            return str(gettext("tulis tanggal seperti 2026-01-31."))
    return str(gettext("pilih salah satu yang ditawarkan."))
