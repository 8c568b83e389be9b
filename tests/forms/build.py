"""Writes small forms for tests, in few words, and answers them the way browsers do."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Problem
from engine.feel import Environment
from engine.forms import FieldView, Form, check_form, load_form

Component = dict[str, Any]
ZONE = ZoneInfo("Asia/Jakarta")
NOW = Environment(now=datetime(2026, 3, 10, 2, 0, tzinfo=UTC), zone=ZONE)


def field(type: str, key: str, label: str | None = None, **settings: Any) -> Component:
    """A component that answers under a key; validate settings may stand in `validate`."""
    return {"type": type, "key": key, "label": label or key.capitalize(), **settings}


def rows(path: str, *components: Component, label: str | None = None, **settings: Any) -> Component:
    """A list; minRows, maxRows and itemLabel go into its properties, as the editor writes them."""
    own = {
        name: settings.pop(name)
        for name in ("minRows", "maxRows", "itemLabel", "check", "checkMessage")
        if name in settings
    }
    listed = {"type": "dynamiclist", "path": path, "label": label or path.capitalize(), "components": list(components)}
    return {**listed, "properties": own, **settings}


def group(*components: Component, **settings: Any) -> Component:
    return {"type": "group", "label": "Kelompok", "components": list(components), **settings}


def text(content: str, **settings: Any) -> Component:
    return {"type": "text", "text": content, **settings}


def options(*pairs: str) -> list[dict[str, str]]:
    """options("YA", "Ya", "TIDAK", "Tidak")"""
    return [{"value": value, "label": label} for value, label in zip(pairs[::2], pairs[1::2], strict=True)]


def document(*components: Component, **root: Any) -> bytes:
    base = {"type": "default", "id": "contoh", "title": "Contoh", "schemaVersion": 19, "components": list(components)}
    return json.dumps({**base, **root}).encode()


def make(*components: Component, **root: Any) -> Form:
    return load_form(document(*components, **root), "contoh.form.json")


def problems(*components: Component, **root: Any) -> Sequence[Problem]:
    """What the checker says, errors and warnings about anything but missing translations."""
    found = check_form(document(*components, **root), "contoh.form.json")[1]
    return [problem for problem in found if problem.rule != "form-translation"]


def errors(form: Form, answers: Mapping[str, Any], locale: str = "id", **context: Any) -> dict[str, str]:
    return form.validate(answers, context, NOW, locale).errors


def clean(form: Form, answers: Mapping[str, Any], **context: Any) -> dict[str, Any]:
    """The clean answers without row ids; fails when something is wrong."""
    validated = form.validate(answers, context, NOW, "id")
    assert validated.errors == {}
    return without_ids(validated.clean)


def without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key != "_id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def view(form: Form, answers: Mapping[str, Any] | None = None, locale: str = "id", **context: Any) -> list[FieldView]:
    """Every field that the page shows, outer ones first."""
    given = form.blank(context, NOW) if answers is None else answers
    return list(flat(form.view(given, context, NOW, locale)))


def flat(fields: Sequence[FieldView]) -> list[FieldView]:
    found = []
    for one in fields:
        found += [one, *flat(one.fields), *(inner for row in one.rows for inner in flat(row.fields))]
    return found


def shown(form: Form, answers: Mapping[str, Any] | None = None, **context: Any) -> list[str]:
    """The names of the fields that the page shows."""
    return [one.path for one in view(form, answers, **context) if one.path]


def typed(fields: Sequence[FieldView]) -> dict[str, list[str]]:
    """What a browser posts for the fields of a page, as they are drawn."""
    post: dict[str, list[str]] = {}
    for one in fields:
        if one.kind == "list":
            post[f"{one.path}.n"] = [str(len(one.rows))]
            for row in one.rows:
                post |= {f"{row.path}._id": [row.row_id], **typed(row.fields)}
        elif one.kind in ("group", "columns"):
            post |= typed(one.fields)
        elif one.path and not one.readonly:
            post |= typed_input(one)
    return post


def typed_input(one: FieldView) -> dict[str, list[str]]:
    if one.kind == "file":
        return {one.path: [""], **{f"{one.path}.{file.place}": [file.id] for file in one.files}}
    if one.kind == "checkbox":
        return {one.path: ["", "true"] if one.value else [""]}
    if one.kind in ("radio", "checklist", "taglist"):
        return {one.path: ["", *(option.value for option in one.options if option.chosen)]}
    if one.kind == "select":
        return {one.path: [next((option.value for option in one.options if option.chosen), "")]}
    return {one.path: [one.entry]}
