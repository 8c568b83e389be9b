"""Forms of open tasks on another release: whether they ask otherwise, and what of a draft has no place any more."""

from collections.abc import Iterator, Mapping

from engine.forms import Form
from engine.forms.fields import Part, Rows, inputs
from engine.runtime.documents import FORM, Documents
from engine.runtime.values import Json


def same_form(old: Documents, old_form: str, new: Documents, new_form: str) -> bool:
    """Whether two releases ask the same under these forms."""
    return old_form == new_form and old.files.get(f"{old_form}{FORM}") == new.files.get(f"{new_form}{FORM}")


def lost_fields(old: Form, new: Form, draft: Mapping[str, Json]) -> tuple[str, ...]:
    """The labels of what was filled in and cannot be filled in in the new form.

    The draft itself is left as it is: a form never looks at what it does not ask.
    """
    kept = new.protect(draft, draft)
    return tuple(dict.fromkeys(_lost(old.parts, draft, kept)))


def _lost(parts: tuple[Part, ...], given: Mapping[str, Json], kept: Mapping[str, Json]) -> Iterator[str]:
    for part in inputs(parts):
        value = given.get(part.key)
        if value in (None, "", [], {}):
            continue
        label = part.label.source or part.key
        held = kept.get(part.key)
        if isinstance(part, Rows) and isinstance(value, list) and isinstance(held, list):
            rows = {row.get("_id"): row for row in held}
            for row in value:
                yield from (f"{label}: {inner}" for inner in _lost(part.parts, row, rows.get(row.get("_id"), {})))
        elif part.key not in kept or (held in (None, "", []) and value not in (None, "", [])):
            yield label
