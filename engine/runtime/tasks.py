"""Tasks of people: view, draft, complete, claim."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine.errors import FormInvalid, KeyReused, NotFound, NotYours, StaleTask, TaskNotOpen
from engine.feel import Environment, compile_expression, to_json
from engine.forms import Form
from engine.prepared import Prepared
from engine.runtime import history, sealing, secrecy
from engine.runtime.access import is_readable, may_act, require_readable
from engine.runtime.definitions import ALL_OF_TASK, TASKS
from engine.runtime.event_texts import text_of
from engine.runtime.files import files_of
from engine.runtime.inbox import to_task
from engine.runtime.models import CaseKeyRow, CaseRow, CommandRow, HistoryRow, TaskRow
from engine.runtime.reading import case_key, submitted_answers
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.secret_keys import secret_key, secret_key_for
from engine.runtime.steps import IN_HAND, NAMES_IN_HAND, Step
from engine.runtime.values import Actor, CaseStatus, Json, Receipt, Task, TaskStatus, TaskView
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import NOT_FINISHED, READY

ONE_TASK = (
    sa.select(*ALL_OF_TASK, *CaseRow.__table__.c)
    .select_from(TASKS)
    .join(CaseRow, CaseRow.id == TaskRow.case_id)
    .where(TaskRow.id == sa.bindparam("task"))
)
CASE_OF_TASK = sa.select(TaskRow.case_id).where(TaskRow.id == sa.bindparam("task"))
_OTHER = aliased(TaskRow)
KEY_USED = (  # for what else a submission key was used: another task, or a submission of the first versions
    sa.select(_OTHER.id).where(_OTHER.submit_key == sa.bindparam("key")).scalar_subquery().label("key_of"),
    sa.select(CommandRow.digest).where(CommandRow.key == sa.bindparam("key")).scalar_subquery().label("command"),
)
LOCK_TASK = (  # the case first, as every step does: whoever waits for it then reads both as they have become
    sa.select(*ALL_OF_TASK, *KEY_USED, *IN_HAND)
    .select_from(TASKS)
    .join(CaseRow, CaseRow.id == TaskRow.case_id)
    .outerjoin(CaseKeyRow, CaseKeyRow.case_id == CaseRow.id)
    .where(TaskRow.id == sa.bindparam("task"))
    .with_for_update(of=[CaseRow, TaskRow])
)
SAVE_DRAFT = Prepared(
    sa.update(TaskRow)
    .where(TaskRow.id == sa.bindparam("task"))
    .values(draft=sa.bindparam("draft_"), draft_saved_at=sa.bindparam("now"), revision=sa.bindparam("revision_"))
)
EVENT = sa.select(HistoryRow.body, HistoryRow.hash).where(
    HistoryRow.case_id == sa.bindparam("case"), HistoryRow.seq == sa.bindparam("seq")
)
KEY_REUSED = "Kunci pengiriman ini sudah dipakai untuk isi lain. Muat ulang halaman lalu kirim lagi."
TASK_ROW = [column.name for column in ALL_OF_TASK]
CASE_ROW = [column.name for column in CaseRow.__table__.c]
TASK_NAMES = [*TASK_ROW, "key_of", "command"]


def view(resources: Resources, connection: sa.Connection, task_id: UUID, *, by: Actor) -> TaskView:
    """A task with its answers so far and the case data that its form may show.

    Raises:
        NotFound: there is no such task, or the actor is no party of its case.
    """
    row, case = readable_task(connection, task_id, by)
    release = resources.release(connection, release_of(row, case))
    element = release.elements[row["element"]]
    acts = (
        row["status"] == TaskStatus.OPEN and case["status"] == CaseStatus.ACTIVE and may_act(row, case["subject"], by)
    )
    data = _data_at(resources.release(connection, case["release"]), case, row["number"])
    if acts:
        if secrecy.is_secret(element.properties):
            row["draft"] = _open_draft(resources, connection, row, case_key(resources, connection, case["id"]), by)
        environment = resources.environment(resources.clock.now(), resources.zone_named(case["zone"]))
        answers = row["draft"] if row["draft"] is not None else _first_answers(environment, release, row, data)
    else:
        answers = submitted_answers(resources, connection, row, by=by) or {}
        data = data if by.person == row["closed_by"] or "auditor" in by.roles else _public(resources, data)
    form = release.documents.forms[row["form"]]
    is_guest = secrecy.is_guest(element.properties) and not is_readable(connection, case["id"], by)
    if is_guest:
        data = {**_public(resources, data), **{name: data[name] for name in form.names if name in data}}
    return TaskView(
        task=_line(row, case),
        answers=answers,
        context=data,
        note=row["note"],
        instructions=element.documentation,
        may_act=acts,
        draft_saved_at=row["draft_saved_at"],
        release=release.number,
        process=row["process"],
        form=form,
        is_guest=is_guest,
        on_behalf_of=_called(resources, connection, row["on_behalf_of"]),
    )


def _called(resources: Resources, connection: sa.Connection, person: str | None) -> str | None:
    return resources.directory.names(connection, [person]).get(person, person) if person is not None else None


def line(connection: sa.Connection, task_id: UUID, *, by: Actor) -> Task:
    """A task as lists show it; NotFound for who is no party of its case."""
    return _line(*readable_task(connection, task_id, by))


def complete(
    resources: Resources,
    connection: sa.Connection,
    task_id: UUID,
    answers: Mapping[str, Json] | None,
    *,
    revision: int,
    key: str,
    by: Actor,
    locale: str,
) -> Receipt:
    """Accept a task's answers and move the case on; the same key again gives the same receipt.

    `answers` None sends the stored draft.

    Raises:
        NotFound, NotYours, TaskNotOpen, StaleTask, FormInvalid, KeyReused, StepFailed
    """
    row, case = lock_task(connection, task_id, key)
    digest = _digest(task_id, by, answers, revision)
    earlier = _answered(resources, connection, row, key, digest)
    if earlier is not None:
        return to_receipt(earlier)
    step = Step.of(resources, connection, case, by=by)
    _require_mine(connection, row, case, by)
    if secrecy.is_secret(step.release.elements[row["element"]].properties):
        row["draft"] = _open_draft(resources, connection, row, case["key"], by)
    if row["revision"] != revision:
        raise stale(row, answers or {})
    step.submission = (key, digest)
    try:
        return to_receipt(_take(step, row, answers if answers is not None else row["draft"] or {}, locale))
    except sa.exc.IntegrityError as error:
        if "submit_key" in str(error.orig):  # taken in this moment, for another task
            raise KeyReused(KEY_REUSED) from error
        raise


def save_draft(
    resources: Resources,
    connection: sa.Connection,
    task_id: UUID,
    answers: Mapping[str, Json],
    *,
    revision: int,
    by: Actor,
) -> int:
    """Keep what was typed; gives the new revision.

    Raises:
        NotFound, NotYours, TaskNotOpen
        StaleTask: another page has stored something newer.
    """
    row, case = lock_task(connection, task_id)
    _require_mine(connection, row, case, by)
    release = resources.release(connection, case["release"])
    form = release.documents.forms[row["form"]]
    if form.file_fields(answers):
        answers = form.with_files(answers, files_of(connection, case["id"]))
    secret = secrecy.is_secret(release.elements[row["element"]].properties)
    if secret:
        old = sealing.unwrap(case["wrapped"], resources.kek, case["id"])
        row["draft"] = _open_draft(resources, connection, row, old, by)
    if row["draft"] == answers:
        return int(row["revision"])  # an older page that says the same loses nothing
    if row["revision"] != revision:
        raise stale(row, answers)
    draft = _closed_draft(resources, connection, row, answers, by) if secret else dict(answers)
    _keep_draft(resources, connection, row, draft)
    return revision + 1


def keep_for_retry(
    resources: Resources, connection: sa.Connection, task_id: UUID, answers: Mapping[str, Json], *, by: Actor
) -> None:
    """Keep the answers of a submit that failed as the task's draft, whatever its revision."""
    row, case = lock_task(connection, task_id)
    element = resources.release(connection, case["release"]).elements[row["element"]]
    draft = dict(answers)
    if secrecy.is_secret(element.properties):
        draft = _closed_draft(resources, connection, row, answers, by)
    _keep_draft(resources, connection, row, draft)


def _keep_draft(
    resources: Resources, connection: sa.Connection, row: Mapping[str, Any], draft: Mapping[str, Json]
) -> None:
    told = {"task": row["id"], "draft_": draft, "now": resources.clock.now(), "revision_": row["revision"] + 1}
    SAVE_DRAFT.run(connection, told)


def _open_draft(
    resources: Resources, connection: sa.Connection, row: Mapping[str, Any], case_key: bytes | None, by: Actor
) -> dict[str, Any] | None:
    """The secret draft of a task as this person typed it; those of before lie under the case's key."""
    for key in (secret_key(resources.secrets, connection, row["case_id"]), case_key):
        found = secrecy.open_draft(row["draft"], key, row["id"], by.person)
        if found is not None:
            return found
    return None


def _closed_draft(
    resources: Resources, connection: sa.Connection, row: Mapping[str, Any], answers: Mapping[str, Json], by: Actor
) -> dict[str, Json]:
    key = secret_key_for(resources.secrets, connection, row["case_id"])
    return secrecy.close_draft(answers, key, row["id"], by.person)


def claim(resources: Resources, connection: sa.Connection, task_id: UUID, *, by: Actor) -> None:
    """Take a task of one's group.

    Raises:
        NotFound, TaskNotOpen
        NotYours: it is not of a group of the actor's, or someone else has taken it.
    """
    _reassign(resources, connection, task_id, by, take=True)


def release_claim(resources: Resources, connection: sa.Connection, task_id: UUID, *, by: Actor) -> None:
    """Give a taken task back to its group; its draft stays."""
    _reassign(resources, connection, task_id, by, take=False)


def form_of(resources: Resources, connection: sa.Connection, task_id: UUID, *, by: Actor) -> Form:
    """The form of a task, as its case's release has it."""
    row, case = readable_task(connection, task_id, by)
    return resources.release(connection, release_of(row, case)).documents.forms[row["form"]]


def readable_task(connection: sa.Connection, task_id: UUID, by: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    """A task's row and its case's, if the actor may know of them; NotFound otherwise."""
    row = connection.execute(ONE_TASK, {"task": task_id}).first()
    if row is None:
        raise NotFound("Tugas ini tidak ada, atau bukan untuk Anda.")
    size = len(TASK_ROW)
    task, case = dict(zip(TASK_ROW, row[:size], strict=True)), dict(zip(CASE_ROW, row[size:], strict=True))
    if not may_act(task, case["subject"], by):
        require_readable(connection, task["case_id"], by)
    return task, case


def lock_task(
    connection: sa.Connection, task_id: UUID, key: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A task's row and its case's, both locked until the transaction ends, read in one statement.

    Raises:
        NotFound: there is no such task.
    """
    row = connection.execute(LOCK_TASK, {"task": task_id, "key": key}).first()
    if row is None:
        raise NotFound("Tugas ini tidak ada, atau bukan untuk Anda.")
    size = len(TASK_NAMES)
    return dict(zip(TASK_NAMES, row[:size], strict=True)), dict(zip(NAMES_IN_HAND, row[size:], strict=True))


def release_of(task: Mapping[str, Any], case: Mapping[str, Any]) -> int:
    """The release on which a task is, or was, done: its case may have moved since."""
    number: int = task["release"] or case["release"]
    return number


def stale(row: Mapping[str, Any], sent: Mapping[str, Json]) -> StaleTask:
    """What to say of a page that is older than the stored draft."""
    return StaleTask(
        "Isian ini sudah diubah di tab atau perangkat lain. Pilih versi yang akan dipakai.",
        stored=row["draft"] or {},
        sent=sent,
        revision=row["revision"],
    )


def _line(row: Mapping[str, Any], case: Mapping[str, Any]) -> Task:
    of_case = {name: case[name] for name in ("subject", "subject_name", "title", "zone")}
    return to_task({**row, **of_case, "case_status": case["status"]})


def to_receipt(answer: Mapping[str, Any]) -> Receipt:
    """A stored answer as the value that goes out."""
    return Receipt(
        task_id=UUID(answer["task"]),
        case_id=UUID(answer["case"]),
        seq=answer["seq"],
        code=answer["code"],
        at=datetime.fromisoformat(answer["at"]),
        next=answer["next"],
    )


def _require_mine(connection: sa.Connection, row: Mapping[str, Any], case: Mapping[str, Any], by: Actor) -> None:
    if not may_act(row, case["subject"], by):
        require_readable(connection, row["case_id"], by)
        raise NotYours("Tugas ini bukan untuk Anda.")
    if row["status"] != TaskStatus.OPEN:
        raise TaskNotOpen("Tugas ini sudah selesai atau ditarik; tidak ada yang perlu Anda kirim.")
    if case["status"] == CaseStatus.SUSPENDED:
        raise TaskNotOpen(
            "Perkara ini sedang ditangguhkan, jadi belum ada yang dapat dikirim. Alasan dan nama pengelolanya ada di "
            "halaman perkara."
        )
    if case["status"] != CaseStatus.ACTIVE:
        raise TaskNotOpen("Perkara ini sedang dihentikan. Petugas sudah diberi tahu; coba lagi nanti.")


def _answered(
    resources: Resources, connection: sa.Connection, row: Mapping[str, Any], key: str, digest: str
) -> dict[str, Any] | None:
    """The stored answer when a submission key was used before, for the same content.

    Raises:
        KeyReused: it was used for other content.
    """
    if row["submit_key"] == key and row["submit_digest"] == digest:
        return _told_then(resources, connection, row)
    if row["command"] == digest:
        answer: dict[str, Any] = connection.execute(
            sa.select(CommandRow.answer).where(CommandRow.key == key)
        ).scalar_one()
        return answer
    if row["submit_key"] == key or row["key_of"] is not None or row["command"] is not None:
        raise KeyReused(KEY_REUSED)
    return None


def _told_then(resources: Resources, connection: sa.Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt of a completed task, read off its event in the history."""
    event = connection.execute(EVENT, {"case": row["case_id"], "seq": row["submit_seq"]}).one()
    body = orjson.loads(text_of(event.body, row["case_id"]))
    elements = resources.release(connection, body["data"]["release"]).elements
    return {
        "task": str(row["id"]),
        "case": str(row["case_id"]),
        "seq": row["submit_seq"],
        "code": event.hash.hex()[: history.RECEIPT_LENGTH],
        "at": body["at"],
        "next": [
            {
                "name": opened["name"],
                "name_en": elements[opened["element"]].properties.get("name:en", opened["name"]),
                "who": opened["person"] or opened["group"],
                "due_at": opened["due_at"],
            }
            for opened in body["data"].get("opened", [])
        ],
    }


def _digest(task_id: UUID, by: Actor, answers: Mapping[str, Json] | None, revision: int) -> str:
    content = orjson.dumps([str(task_id), by.person, revision, answers], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def _take(step: Step, row: Mapping[str, Any], answers: Mapping[str, Json], locale: str) -> dict[str, Any]:
    """Check the answers, put them into the case and run on."""
    step.load()
    element = step.release.elements[row["element"]]
    task = step.run.get_task_from_id(row["number"])
    form = step.release.documents.forms[row["form"]]
    stored = (
        row["draft"] if row["draft"] is not None else _first_answers(step.environment, step.release, row, task.data)
    )
    kept = form.protect(answers, stored)
    if form.file_fields(kept):
        kept = form.with_files(kept, files_of(step.connection, row["case_id"]))
    checked = form.validate(kept, task.data, step.environment, locale)
    if checked.errors:
        raise FormInvalid(checked.errors)
    result = element.properties.get("result", element.id)
    secret = secrecy.is_secret(element.properties)
    task.data = {**task.data, result: _shared(checked.clean, element.properties) if secret else checked.clean}
    step.completed = row["number"]
    step.elements.append(element.id)
    task.run()
    told = {
        "task": str(row["id"]),
        "element": element.id,
        "name": element.name,
        "process": element.process,
        "form": row["form"],
        "result": result,
        "performer": row["performer"],
        "on_behalf_of": row["on_behalf_of"],
        "secret": secret or None,
        "disclose": element.properties.get("disclose"),
        "readers": element.properties.get("readers"),
        "release": step.release.number,
    }
    entry = step.finish("task_completed", told, {f"answers.{name}": value for name, value in checked.clean.items()})
    step.save()
    return {
        "task": str(row["id"]),
        "case": str(row["case_id"]),
        "seq": step.case["seq"],
        "code": entry.hash.hex()[: history.RECEIPT_LENGTH],
        "at": step.now.isoformat(),
        "next": [_next_words(opened) for opened in step.opened],
    }


def _next_words(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "name_en": row["name_en"],
        "who": row["assignee"] or row["pool"],
        "due_at": row["due_at"].isoformat() if row["due_at"] else None,
    }


def _shared(clean: Mapping[str, Json], properties: Mapping[str, str]) -> dict[str, Json]:
    """What of a secret form may enter the case data: the keys that the diagram's author named."""
    names = {name.strip() for name in properties.get("share", "").split(",")}
    return {name: value for name, value in clean.items() if name in names}


def _data_at(release: LoadedRelease, case: Mapping[str, Any], number: int) -> dict[str, Json]:
    """The case data where a task stands; for one that is gone, the newest there is."""
    run = codec.loads(case["state"], release.machine, None)
    for workflow in run.levels():
        task = workflow.tasks.get(number)
        if task is not None and task._state == READY:
            return dict(task.data)
    standing: list[dict[str, Json]] = [
        task.data for workflow in run.levels() for task in workflow.tasks.values() if task._state & NOT_FINISHED
    ]
    fullest: dict[str, Json] = max(standing, key=len, default={})
    return dict(fullest or run.data)


def begins_with(
    resources: Resources, connection: sa.Connection, row: Mapping[str, Any], case: Mapping[str, Any]
) -> tuple[dict[str, Json], dict[str, Json]]:
    """The case data where an open task stands, and what its form starts with."""
    release = resources.release(connection, case["release"])
    data = _data_at(release, case, row["number"])
    environment = resources.environment(resources.clock.now(), resources.zone_named(case["zone"]))
    return data, _first_answers(environment, release, row, data)


def _first_answers(
    environment: Environment, release: LoadedRelease, row: Mapping[str, Any], data: Mapping[str, Json]
) -> dict[str, Json]:
    """What a form starts with: its defaults, and what the diagram carries over."""
    form = release.documents.forms[row["form"]]
    prefill = release.elements[row["element"]].properties.get("prefill")
    if not prefill:
        return form.blank(data, environment)
    carried = compile_expression(prefill, tuple(environment.functions)).evaluate(data, environment)
    return form.blank(data, environment, to_json(carried) or {})


def _public(resources: Resources, data: Mapping[str, Json]) -> dict[str, Json]:
    return {name: data[name] for name in resources.registry.words.public_data if name in data}


def _reassign(resources: Resources, connection: sa.Connection, task_id: UUID, by: Actor, *, take: bool) -> None:
    row, case = lock_task(connection, task_id)
    step = Step.of(resources, connection, case, by=by)
    _require_mine(connection, row, step.case, by)
    if row["pool"] is None:
        raise NotYours("Tugas ini ditujukan kepada Anda sendiri, bukan kepada tim.")
    person = by.person if take else None
    connection.execute(sa.update(TaskRow).where(TaskRow.id == task_id).values(assignee=person))
    step.let_in(row["element"], person, None)
    step.record("task_claimed" if take else "task_released", {"task": str(task_id), "element": row["element"]}, {})
    step.save()
