"""Releases and the drafts they grow from: edit, check, publish. Running cases stay on theirs."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.errors import NotFound, Refused, StaleDocument
from engine.runtime.documents import DECISIONS, DIAGRAM, FORM, SCENARIO, digest
from engine.runtime.models import CaseRow, DraftDocumentRow, ReleaseFileRow, ReleaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.reasons import require_reason
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.values import Actor, CaseStatus, Check, Document, Release, TaskStatus

KINDS: Mapping[str, str] = {DIAGRAM: "bpmn", DECISIONS: "dmn", FORM: "form", SCENARIO: "scenario"}
NEWEST = sa.select(sa.func.max(ReleaseRow.number))
MAX_BYTES = 4 * 1024 * 1024


def newest(connection: sa.Connection) -> int:
    """The number of the release that new cases take.

    Raises:
        NotFound: nothing was published yet.
    """
    number: int | None = connection.scalar(NEWEST)
    if number is None:
        raise NotFound("Belum ada rilis. Terbitkan dokumen lebih dulu: siklus publish.")
    return number


def publish_files(
    resources: Resources, connection: sa.Connection, files: Mapping[str, bytes], *, note: str, by: Actor
) -> Release:
    """Check a whole set and close it as a new release.

    Raises:
        DefinitionError: lists everything that is wrong.
        Refused: no note, or the same set was published before.
    """
    words = require_new(connection, files, note)
    documents = resources.candidate(files).documents
    number = (connection.scalar(sa.select(sa.func.max(ReleaseRow.number))) or 0) + 1
    now = resources.clock.now()
    row = {
        "number": number,
        "sha256": documents.sha256,
        "note": words,
        "published_at": now,
        "published_by": by.person,
    }
    connection.execute(sa.insert(ReleaseRow), row)
    connection.execute(
        sa.insert(ReleaseFileRow),
        [{"release": number, "name": name, "content": content} for name, content in files.items()],
    )
    connection.execute(sa.delete(DraftDocumentRow))
    return Release(number, documents.sha256, note.strip(), now, by.person, 0)


def require_new(connection: sa.Connection, files: Mapping[str, bytes], note: str) -> str:
    """The note of a set that may become a release; asked before its scenarios are played, and again when it is closed.

    Raises:
        Refused: no note, or the same set was published before.
    """
    earlier = connection.scalar(sa.select(ReleaseRow.number).where(ReleaseRow.sha256 == digest(files)))
    if earlier is not None:
        raise Refused(f"Dokumen ini sama persis dengan rilis {earlier}; tidak ada yang perlu diterbitkan.")
    return require_reason(note, "apa yang berubah dan mengapa")


def publish_drafts(
    resources: Resources, connection: sa.Connection, *, note: str, played: str | None, by: Actor
) -> Release:
    """Publish the newest release with all drafts laid over it; `played` is the digest of the set that was played.

    Raises:
        StaleDocument: somebody has changed a draft since.
    """
    if not has_drafts(connection):
        raise Refused("Tidak ada draf yang dapat diterbitkan.")
    files = with_drafts(connection)
    if played is not None and digest(files) != played:
        raise StaleDocument("Draf berubah selagi skenario dijalankan. Terbitkan lagi.")
    return publish_files(resources, connection, files, note=note, by=by)


def check_drafts(resources: Resources, connection: sa.Connection) -> Check:
    """What is wrong with the set that publishing now would make."""
    return Check(resources.problems(with_drafts(connection)))


def releases(connection: sa.Connection) -> Sequence[Release]:
    """All releases, the newest first, each with how many cases live on it."""
    counts = dict(
        connection.execute(
            sa.select(CaseRow.release, sa.func.count())
            .where(CaseRow.status == CaseStatus.ACTIVE)
            .group_by(CaseRow.release)
        ).all()
    )
    rows = connection.execute(sa.select(*ReleaseRow.__table__.c).order_by(ReleaseRow.number.desc())).mappings()
    return [Release(**row, cases=counts.get(row["number"], 0)) for row in rows]


def documents(resources: Resources, connection: sa.Connection) -> Sequence[Document]:
    """Every document of the newest release and every draft."""
    number = newest(connection)
    release = resources.release(connection, number)
    standing = cases_by_file(connection, release)
    drafts = {row["name"]: row for row in connection.execute(sa.select(*DraftDocumentRow.__table__.c)).mappings()}
    found = []
    for name in sorted({*release.documents.files, *drafts}):
        draft = drafts.get(name)
        key, title = _key_and_title(release, name)
        found.append(
            Document(
                name=name,
                kind=kind_of(name),
                title=title,
                key=key,
                published=number if name in release.documents.files else None,
                draft_revision=draft["revision"] if draft else None,
                draft_by=draft["saved_by"] if draft else None,
                draft_at=draft["saved_at"] if draft else None,
                running_cases=standing.get(name, 0),
            )
        )
    return found


def cases_by_file(connection: sa.Connection, release: LoadedRelease) -> Mapping[str, int]:
    """File of a diagram -> how many running cases were opened as one of its processes or have a task open in one."""
    homes = {process.id: process.file for process in release.documents.processes.values()}
    if not homes:
        return {}
    cases, tasks, definitions = table_of(CaseRow).c, table_of(TaskRow).c, table_of(TaskDefinitionRow).c
    running = cases.status == CaseStatus.ACTIVE
    opened = sa.select(cases.process, cases.id).where(running)
    working = sa.select(definitions.process, cases.id).where(
        running,
        tasks.case_id == cases.id,
        tasks.status == TaskStatus.OPEN,
        definitions.id == tasks.definition,
    )
    places = sa.union(opened, working).subquery().c
    home = sa.case(homes, value=places.process)
    counted = sa.select(home, sa.func.count(places.id.distinct())).where(places.process.in_(homes)).group_by(home)
    return dict(connection.execute(counted).all())


def document(resources: Resources, connection: sa.Connection, name: str) -> tuple[bytes, int, bool]:
    """A document's content, its revision (0: no draft) and whether it is a draft."""
    draft = connection.execute(
        sa.select(DraftDocumentRow.content, DraftDocumentRow.revision).where(DraftDocumentRow.name == name)
    ).first()
    if draft is not None:
        return draft.content, draft.revision, True
    return published(resources, connection, name), 0, False


def published(resources: Resources, connection: sa.Connection, name: str) -> bytes:
    """A document as the newest release has it; NotFound for one that only a draft knows."""
    content = resources.release(connection, newest(connection)).documents.files.get(name)
    if content is None:
        raise NotFound(f"Dokumen {name} tidak ada dalam rilis terbaru.")
    return content


def save(
    resources: Resources, connection: sa.Connection, name: str, content: bytes, *, revision: int, by: Actor
) -> tuple[int, Check]:
    """Keep a draft, faulty or not; gives its new revision and what the check says of this file.

    Raises:
        StaleDocument: another author has saved it since.
        Refused: the name or the size cannot be.
    """
    kind_of(name)
    if len(content) > MAX_BYTES:
        raise Refused(f"Berkas {name} lebih dari {MAX_BYTES // 1024 // 1024} MB.")
    row = {
        "name": name,
        "content": content,
        "revision": revision + 1,
        "saved_at": resources.clock.now(),
        "saved_by": by.person,
    }
    if revision == 0:
        if (
            connection.execute(
                insert_new(connection, table_of(DraftDocumentRow)).returning(DraftDocumentRow.name), row
            ).first()
            is None
        ):
            raise _stale(name)
    else:
        update = sa.update(DraftDocumentRow).where(DraftDocumentRow.name == name, DraftDocumentRow.revision == revision)
        if connection.execute(update.values(**row)).rowcount != 1:
            raise _stale(name)
    problems = [problem for problem in resources.problems(with_drafts(connection)) if problem.file == name]
    return revision + 1, Check(tuple(problems))


def discard(connection: sa.Connection, name: str) -> None:
    """Drop a draft; the published document stands again."""
    connection.execute(sa.delete(DraftDocumentRow).where(DraftDocumentRow.name == name))


def kind_of(name: str) -> str:
    """ "bpmn", "dmn", "form" or "scenario", by the name's ending."""
    for ending, kind in KINDS.items():
        if name.endswith(ending) and "/" not in name and "\\" not in name and len(name) <= 100:
            return kind
    raise Refused(f"Nama berkas {name} harus berakhir dengan {', '.join(KINDS)}.")


def has_drafts(connection: sa.Connection) -> bool:
    """Whether anything differs from the newest release."""
    return connection.scalar(sa.select(DraftDocumentRow.name).limit(1)) is not None


def with_drafts(connection: sa.Connection) -> dict[str, bytes]:
    """The set that publishing now would make."""
    number = newest(connection)
    files = dict(
        connection.execute(
            sa.select(ReleaseFileRow.name, ReleaseFileRow.content).where(ReleaseFileRow.release == number)
        ).all()
    )
    files.update(connection.execute(sa.select(DraftDocumentRow.name, DraftDocumentRow.content)).all())
    return files


def _key_and_title(release: LoadedRelease, name: str) -> tuple[str, str]:
    if name in release.documents.scenarios:
        return name.removesuffix(SCENARIO), release.documents.scenarios[name].name
    stem = name.removesuffix(FORM).removesuffix(DIAGRAM).removesuffix(DECISIONS).removesuffix(SCENARIO)
    for process in release.documents.processes.values():
        if process.file == name:
            return process.id, process.name
    form = release.documents.forms.get(stem) if name.endswith(FORM) else None
    return stem, form.title("id") if form is not None else stem


def _stale(name: str) -> StaleDocument:
    return StaleDocument(f"{name} sudah disimpan orang lain. Muat ulang, lalu ulangi perubahan Anda.")
