"""Evidence: files that go with a field, sent on their own so that an autosave never carries them again."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from uuid import UUID

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from engine.cycle.privacy.readings import ReadKind
from engine.errors import UploadRefused
from web.context import actor, engine
from web.readings import tells_of

bp = Blueprint("evidence", __name__)


def with_files(task_id: UUID, fields: Mapping[str, Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The posted fields with the id of every file that came along, and by field why a file was not taken.

    A file travels alone when scripts send it, with "Simpan draf" when there are none; `bukti` becomes `bukti.0`, ...
    """
    merged = {name: list(values) for name, values in fields.items()}
    refused: dict[str, str] = {}
    for path, uploads in request.files.lists():
        for upload in uploads:
            if not upload.filename:
                continue
            try:
                stored = engine().attach(task_id, filename=upload.filename, content=upload.read(), by=actor())
            except UploadRefused as refusal:
                refused[path] = str(refusal)
            else:
                merged[next_place(merged, path)] = [str(stored.id)]
    return merged, refused


def next_place(fields: Mapping[str, Sequence[str]], path: str) -> str:
    number = 0
    while f"{path}.{number}" in fields:
        number += 1
    return f"{path}.{number}"


@bp.get("/berkas/<uuid:attachment_id>")
def download(attachment_id: UUID) -> ResponseReturnValue:
    """A file of a case, for those who may read the case: always saved, never shown inside a page."""
    attachment, content = engine().attachment(attachment_id, by=actor())
    tells_of(attachment.subject, ReadKind.EVIDENCE, attachment_id)
    answer = send_file(
        BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=attachment.name
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
