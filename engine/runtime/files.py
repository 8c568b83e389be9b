"""Evidence: stored once by the hash of its content, named by us, served only to parties of its case."""

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

import puremagic
import sqlalchemy as sa

from engine.db import new_id
from engine.errors import NotFound, NotYours, TaskNotOpen, UploadRefused
from engine.runtime.access import may_act, require_readable
from engine.runtime.circles import Circles
from engine.runtime.definitions import ALL_OF_TASK, TASKS
from engine.runtime.models import CaseRow, FileRow, TaskDefinitionRow, TaskRow
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, Attachment, Json, TaskStatus

FILES_OF_CASE = sa.select(FileRow.id, FileRow.name, FileRow.size, FileRow.sha256).where(
    FileRow.case_id == sa.bindparam("case")
)
OF_CASE = (CaseRow.subject, CaseRow.unit, CaseRow.zone, CaseRow.release.label("case_release"))
NOT_YOURS = "Berkas ini tidak ada, atau bukan untuk Anda."
MEGABYTE = 1024 * 1024
MEDIA_TYPES: Mapping[str, str] = {  # by extension; the content must be of the same kind
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".txt": "text/plain",
    ".csv": "text/csv",
}
PLAIN = (".txt", ".csv")  # have no signature: they must be text, and no markup
ZIPPED = (".docx", ".xlsx", ".pptx", ".odt", ".ods")


def attach(
    resources: Resources, connection: sa.Connection, task_id: UUID, *, filename: str, content: bytes, by: Actor
) -> Attachment:
    """Keep a file as evidence for an open task of the actor's.

    Raises:
        UploadRefused: too large, empty, or of a kind or content that is not taken.
        NotFound, NotYours, TaskNotOpen
    """
    name = _plain_name(filename)
    media_type = checked_type(name, content, resources.upload_max_bytes)
    query = sa.select(*ALL_OF_TASK, CaseRow.subject).select_from(TASKS).join(CaseRow, CaseRow.id == TaskRow.case_id)
    task = connection.execute(query.where(TaskRow.id == task_id)).mappings().first()
    if task is None:
        raise NotFound("Tugas ini tidak ada, atau bukan untuk Anda.")
    if not may_act(task, task["subject"], by):
        require_readable(connection, task["case_id"], by)
        raise NotYours("Tugas ini bukan untuk Anda.")
    if task["status"] != TaskStatus.OPEN:
        raise TaskNotOpen("Tugas ini sudah selesai; berkas tidak dapat ditambahkan lagi.")
    step = Step.on(resources, connection, task["case_id"], by=by)
    told = {
        "task": str(task_id),
        "element": task["element"],
        "process": task["process"],
        "readers": step.release.elements[task["element"]].properties.get("readers"),
    }
    return _added(step, name, media_type, content, told, task_id)


def _added(
    step: Step, name: str, media_type: str, content: bytes, told: Mapping[str, Json], task_id: UUID | None
) -> Attachment:
    """The row of a file, its content, and the event of the case."""
    digest = hashlib.sha256(content).hexdigest()
    row: dict[str, Any] = {
        "id": new_id(),
        "case_id": step.case["id"],
        "task_id": task_id,
        "name": name,
        "size": len(content),
        "sha256": digest,
        "media_type": media_type,
        "uploaded_by": step.actor.person,
        "uploaded_at": step.now,
    }
    step.connection.execute(sa.insert(FileRow), row)
    keep(step.resources.data_dir, content)  # after its row: who sweeps contents that nobody uses waits for it
    step.record(
        "file_added", {**told, "file": str(row["id"]), "sha256": digest, "size": len(content)}, {"filename": name}
    )
    step.save()
    return to_attachment({**row, "subject": step.case["subject"]})


def _plain_name(filename: str) -> str:
    return PurePath(filename.replace("\\", "/")).name[:200] or "berkas"


class CaseFiles:
    """Files of cases that belong to no task, for rooms that keep their own lists of them."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def add(
        self, connection: sa.Connection, case_id: UUID, *, filename: str, content: bytes, place: str, by: Actor
    ) -> Attachment:
        """Keep a file as evidence of a case, in a transaction of somebody else's; `place` says in words where it was handed in.

        Who may do so is asked by whoever calls.

        Raises:
            UploadRefused: too large, empty, or of a kind or content that is not taken.
            NotFound: there is no such case.
        """
        name = _plain_name(filename)
        media_type = checked_type(name, content, self._resources.upload_max_bytes)
        step = Step.on(self._resources, connection, case_id, by=by)
        return _added(step, name, media_type, content, {"name": place}, None)


def attachment(
    resources: Resources, connection: sa.Connection, attachment_id: UUID, *, by: Actor
) -> tuple[Attachment, bytes]:
    """A stored file and its content; NotFound unless the actor may read its case and what its task holds."""
    query = sa.select(*FileRow.__table__.c, *OF_CASE).join(CaseRow, CaseRow.id == FileRow.case_id)
    row = connection.execute(query.where(FileRow.id == attachment_id)).mappings().first()
    if row is None:
        raise NotFound(NOT_YOURS)
    if row["uploaded_by"] != by.person:
        require_readable(connection, row["case_id"], by)
        if not _is_in_circle(resources, connection, row, by):
            raise NotFound(NOT_YOURS)
    return to_attachment(row), stored(resources.data_dir, row["sha256"])


def keep(data_dir: Path, content: bytes) -> str:
    """Write content under its SHA-256, whole or not at all; gives the hash."""
    digest = hashlib.sha256(content).hexdigest()
    path = _place(data_dir, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{new_id().hex}")
        draft.write_bytes(content)
        draft.replace(path)
    return digest


def stored(data_dir: Path, digest: str) -> bytes:
    """The content with this hash; raises NotFound when the storage has lost it."""
    path = _place(data_dir, digest)
    if not path.exists():
        raise NotFound("Isi berkas ini tidak ditemukan di penyimpanan; hubungi petugas.")
    return path.read_bytes()


def drop(data_dir: Path, digest: str) -> None:
    """Forget a content for good; one that is gone already is no failure."""
    _place(data_dir, digest).unlink(missing_ok=True)


def files_of(connection: sa.Connection, case_id: UUID) -> dict[str, dict[str, Json]]:
    """What a form's answers keep of each file of a case, by the file's id."""
    rows = connection.execute(FILES_OF_CASE, {"case": case_id})
    return {str(row.id): {"id": str(row.id), "name": row.name, "size": row.size, "sha256": row.sha256} for row in rows}


def checked_type(name: str, content: bytes, max_bytes: int) -> str:
    """The media type of a file whose extension and content agree.

    Raises:
        UploadRefused: says which limit or kind.
    """
    if len(content) > max_bytes:
        raise UploadRefused(
            f"Berkas {name} berukuran {len(content) / MEGABYTE:.1f} MB; paling besar {max_bytes // MEGABYTE} MB."
        )
    if not content:
        raise UploadRefused(f"Berkas {name} kosong.")
    suffix = PurePath(name).suffix.lower()
    kinds = ", ".join(sorted(known.removeprefix(".") for known in MEDIA_TYPES))
    if suffix not in MEDIA_TYPES:
        raise UploadRefused(f"Jenis berkas {suffix or 'tanpa akhiran'} tidak diterima. Yang diterima: {kinds}.")
    if not _content_fits(suffix, content):
        raise UploadRefused(f"Isi berkas {name} bukan {suffix.removeprefix('.')}; simpan ulang lalu unggah lagi.")
    return MEDIA_TYPES[suffix]


def to_attachment(row: Mapping[Any, Any]) -> Attachment:
    """The value that goes out."""
    return Attachment(
        id=row["id"],
        name=row["name"],
        size=row["size"],
        sha256=row["sha256"],
        media_type=row["media_type"],
        subject=row["subject"],
        task_id=row["task_id"],
        uploaded_by=row["uploaded_by"],
        uploaded_at=row["uploaded_at"],
    )


def _is_in_circle(resources: Resources, connection: sa.Connection, row: Mapping[Any, Any], by: Actor) -> bool:
    """Whether the actor may read what the file's task holds, by the drawing of the release that the task was done on."""
    of_task = sa.select(TaskDefinitionRow.element, TaskDefinitionRow.process, TaskRow.release).select_from(TASKS)
    task = connection.execute(of_task.where(TaskRow.id == row["task_id"])).one_or_none()
    if task is None:
        return True
    element = resources.release(connection, task.release or row["case_release"]).elements[task.element]
    case = {"id": row["case_id"], **{name: row[name] for name in ("subject", "unit", "zone")}}
    return Circles(resources, connection, case, by).may_read(task.process, element.properties.get("readers"))


def _content_fits(suffix: str, content: bytes) -> bool:
    if suffix in PLAIN:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return "\0" not in text and not text.lstrip().startswith("<")
    if suffix in ZIPPED:
        return content.startswith(b"PK\x03\x04")
    try:
        found = {match.extension for match in puremagic.magic_string(content)}
    except puremagic.PureError:
        return False
    same = {".jpg", ".jpeg"} if suffix in (".jpg", ".jpeg") else {suffix}
    return bool(found & same)


def _place(data_dir: Path, digest: str) -> Path:
    return data_dir / "files" / digest[:2] / digest
