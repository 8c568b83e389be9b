"""The options of a choice: from the form, or from the case data."""

from collections.abc import Mapping

from engine.forms.entry import show
from engine.forms.fields import CHOICE_CAP, Choice, code_of
from engine.forms.scope import Json, Scope

VALUE_KEYS = ("value", "id")
LABEL_KEYS = ("label", "text", "name")


def options_of(part: Choice, scope: Scope, locale: str) -> dict[str, str]:
    """Value -> label, in order."""
    if not part.source:
        return {option.value: option.label.show(scope, locale) for option in part.options}
    entries = scope.find(part.source)
    options: dict[str, str] = {}
    for entry in entries[:CHOICE_CAP] if isinstance(entries, list) else ():
        value, label = _option(part, entry, scope, locale)
        if value:
            options.setdefault(value, label or value)
    return options


def _option(part: Choice, entry: Json, scope: Scope, locale: str) -> tuple[str, str]:
    if not isinstance(entry, Mapping):
        return code_of(entry) or "", show(entry, locale, scope.zone)
    value = _first(entry, (part.value_key,) if part.value_key else VALUE_KEYS)
    label = _first(entry, (part.label_key,) if part.label_key else LABEL_KEYS)
    return code_of(value) or "", show(label, locale, scope.zone)


def _first(entry: Mapping[str, Json], keys: tuple[str, ...]) -> Json:
    return next((entry[key] for key in keys if entry.get(key) not in (None, "")), None)
