"""What the pages of forms need beside their templates: posts as decode takes them, links to errors, words.

`macros/field.html` draws a form:

    form_fields(fields, url)        the fields inside <form id="f">; `url` is where drafts and row buttons go
    error_summary(fields, errors)   first thing inside the form: htmx swaps it together with the fields
    summary_list(rows, change="")   answers to read; `change` is the form's address for "Ubah" links
    changes_list(changes)           what differs between two answers

Row buttons are submit buttons named `_do` ("add:rhk", "del:rhk.0", "up:rhk.1", "down:rhk.0"); with scripts they, fields
on which others depend, and chosen files go to `url` and swap #f by htmx. A page posts the same names with and without.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from engine.forms import Answers, FieldView, Form, words
from engine.runtime.values import Json
from web.language import language


@dataclass(frozen=True)
class ErrorLink:
    """A sentence of the summary, the HTML id that it leads to, and the row it is about."""

    id: str
    sentence: str
    context: str = ""


def posted(fields: "MultiDict[str, str]") -> dict[str, list[str]]:
    """A post as `Form.decode` takes it: every value under its name."""
    return {name: list(values) for name, values in fields.lists()}


def answers_from(form: Form, fields: Mapping[str, Sequence[str]], stored: Mapping[str, Json]) -> Answers:
    """The answers in a post. What the page did not ask for (hidden, read-only, given rows) stays as it is stored."""
    return form.decode(fields, stored)


def error_links(fields: Sequence[FieldView], errors: Mapping[str, str]) -> list[ErrorLink]:
    """The errors in the order of the page; those of fields that it does not show come last and lead to the form."""
    wrong = {view.path: view for view in every_field(fields) if view.path in errors}
    links = [ErrorLink(view.id, errors[path], view.context) for path, view in wrong.items()]
    return links + [ErrorLink("f", sentence) for path, sentence in errors.items() if path not in wrong]


def every_field(fields: Sequence[FieldView]) -> Iterator[FieldView]:
    for view in fields:
        yield view
        yield from every_field(view.fields)
        for row in view.rows:
            yield from every_field(row.fields)


def file_url(attachment_id: str) -> str:
    return url_for("evidence.download", attachment_id=attachment_id)


def on_lines(texts: Sequence[str]) -> Markup:
    """Texts below each other."""
    return Markup("<br>").join(texts)


def register(app: Flask) -> None:
    """Give the macros their words and links."""
    app.jinja_env.filters["on_lines"] = on_lines
    app.jinja_env.globals.update(
        form_words=lambda: words(language()), form_error_links=error_links, form_file_url=file_url
    )
