"""Evidence: files that go with a field, sent on their own so that an autosave never carries them again."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.runtime.values import Json
from web.context import actor, engine, from_htmx

bp = Blueprint("evidence", __name__)


def with_files(task_id: UUID, fields: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The posted fields, with the id of every file that came along stored under its own field.

    Without scripts a file travels with "Simpan draf" or a row button: `bukti` becomes `bukti.0`, `bukti.1`, ...
    """
    merged = {name: list(values) for name, values in fields.items()}
    for path, uploads in request.files.lists():
        for upload in uploads:
            if not upload.filename:
                continue
            stored = engine().attach(task_id, filename=upload.filename, content=upload.read(), by=actor())
            merged[next_place(merged, path)] = [str(stored.id)]
    return merged


def next_place(fields: Mapping[str, Sequence[str]], path: str) -> str:
    number = 0
    while f"{path}.{number}" in fields:
        number += 1
    return f"{path}.{number}"


def resolved(answers: Mapping[str, Json]) -> Mapping[str, Json]:
    """The answers with what is known of each attached file: its name and size beside its id."""
    return answers


@bp.get("/berkas/<attachment_id>")
def download(attachment_id: str) -> ResponseReturnValue:
    """A file of a case, for those who may read the case: always saved, never shown inside a page."""
    attachment, content = engine().attachment(attachment_id, by=actor())
    answer = send_file(
        BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=attachment.name
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
