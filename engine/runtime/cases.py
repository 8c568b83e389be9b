"""Cases: open, list, look at, cancel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import insert_new, new_id, table_of
from engine.errors import NotFound, Refused
from engine.prepared import Prepared
from engine.runtime import history, sealing
from engine.runtime.access import about, readable, require_not_about, require_readable
from engine.runtime.inbox import TASKS_OF_CASES, to_task
from engine.runtime.incidents import open_incident_of
from engine.runtime.models import CaseKeyRow, CaseRow, SubscriptionRow, TaskRow, TimerRow
from engine.runtime.opening import Openings
from engine.runtime.reading import element_states, suspension, visits
from engine.runtime.reasons import require_reason
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.steps import DIRECTORY_VERSION, Step, save_rows
from engine.runtime.values import ENDED, Actor, Case, CaseStatus, CaseView, OpenCase, Page, TaskStatus
from engine.runtime.workflow import codec
from engine.runtime.workflow.waits import standing
from engine.runtime.writes import Writes

NEW_KEYS = Prepared(sa.insert(CaseKeyRow).inline(), ["case_id", "wrapped"])
CASE_COLUMNS = [column for column in CaseRow.__table__.c if column.name != "state"]


def open_all(
    resources: Resources, connection: sa.Connection, release: LoadedRelease, requests: Sequence[OpenCase], *, by: Actor
) -> list[tuple[UUID, bool]]:
    """Open cases in bulk; gives each one's id and whether it is new. A business key is opened once, ever.

    Raises:
        StepFailed: a process could not reach its first wait; nothing of this call is kept.
    """
    known = _existing(connection, requests)
    new = {(one.process, one.business_key): one for one in requests if (one.process, one.business_key) not in known}
    opened = _insert(resources, connection, release, list(new.values()))
    if len(opened) < len(new):
        known = _existing(connection, requests)  # another worker was faster by a moment
    writes = Writes()
    directory = connection.scalar(DIRECTORY_VERSION) if opened else None
    openings, steps = Openings(alike=len(opened) > 1 and resources.watch is None), []
    for key, row in opened.items():
        step = Step(resources, connection, {**row, "directory": directory}, release, by, row["opened_at"], writes)
        openings.open(step, new[key], _start_of(release, new[key]))
        steps.append(step)
    save_rows(connection, steps)
    writes.flush(connection)
    ids = {**known, **{key: row["id"] for key, row in opened.items()}}
    fresh = set(opened)
    return [(ids[key], _take_first(fresh, key)) for key in ((one.process, one.business_key) for one in requests)]


def cases(
    resources: Resources,
    connection: sa.Connection,
    *,
    by: Actor,
    search: str,
    unit: Sequence[str] | None,
    phase: str | None,
    status: str | None,
    cycle: str | None,
    subject: str | None,
    limit: int,
    offset: int,
) -> Page[Case]:
    """The cases that an actor may open, filtered, by the subject's name."""
    conditions = [readable(by)]
    if search.strip():
        conditions.append(sa.or_(*about(resources.directory, connection, search)))
    if unit is not None:
        conditions.append(CaseRow.unit.in_(unit))
    for column, value in (
        (CaseRow.phase, phase),
        (CaseRow.status, status),
        (CaseRow.cycle, cycle),
        (CaseRow.subject, subject),
    ):
        if value:
            conditions.append(column == value)
    return page(connection, conditions, limit=limit, offset=offset)


def page(
    connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]], *, limit: int, offset: int
) -> Page[Case]:
    """The cases that meet some conditions, by the subject's name."""
    total = connection.scalar(sa.select(sa.func.count()).select_from(CaseRow).where(*conditions)) or 0
    query = sa.select(*CASE_COLUMNS).where(*conditions).order_by(CaseRow.subject_name, CaseRow.id)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return Page([to_case(row) for row in rows], total, offset, limit)


def view(resources: Resources, connection: sa.Connection, case_id: UUID, *, by: Actor) -> CaseView:
    """One case with all that its page needs.

    Raises:
        NotFound: there is no such case, or it is not for this actor.
    """
    require_readable(connection, case_id, by)
    return look(resources, connection, case_id, by=by)


def look(resources: Resources, connection: sa.Connection, case_id: UUID, *, by: Actor) -> CaseView:
    """One case for whoever was let in before; raises NotFound."""
    row = connection.execute(sa.select(*CaseRow.__table__.c).where(CaseRow.id == case_id)).mappings().first()
    if row is None:
        raise NotFound("Perkara ini tidak ada.")
    release = resources.release(connection, row["release"])
    now = set(standing(codec.loads(row["state"], release.machine, None)))
    owner = {element.id: element.process for element in release.elements.values()}
    runs = row["status"] not in ENDED
    states = element_states(visits(connection, case_id), now if runs else set(), owner)
    entered = [process for process in release.documents.processes.values() if process.id in states]
    entered.sort(key=lambda process: process.id != row["process"])
    tasks = connection.execute(
        TASKS_OF_CASES.where(TaskRow.case_id == case_id, TaskRow.status == TaskStatus.OPEN).order_by(
            TaskRow.due_at.asc().nulls_last()
        )
    ).mappings()
    timers = connection.execute(
        sa.select(TimerRow.element, TimerRow.kind, TimerRow.due_at)
        .where(TimerRow.case_id == case_id)
        .order_by(TimerRow.due_at)
    )
    return CaseView(
        case=to_case(row),
        open_tasks=[to_task(task) for task in tasks],
        elements=states,
        processes=[(process.id, process.name) for process in entered],
        timers=[
            {
                "element": timer.element,
                "name": release.elements[timer.element].name,
                "kind": timer.kind,
                "due_at": timer.due_at,
            }
            for timer in timers
        ],
        incident=open_incident_of(connection, case_id),
        suspended_by=suspension(resources, connection, case_id, by=by)
        if row["status"] == CaseStatus.SUSPENDED
        else None,
    )


def diagram(resources: Resources, connection: sa.Connection, case_id: UUID, process: str, *, by: Actor) -> bytes:
    """The BPMN file of a process, as the case's release has it."""
    require_readable(connection, case_id, by)
    number = connection.scalar(sa.select(CaseRow.release).where(CaseRow.id == case_id))
    documents = resources.release(connection, number or 0).documents
    if process not in documents.processes:
        raise NotFound(f"Proses {process} tidak ada dalam rilis perkara ini.")
    return documents.files[documents.processes[process].file]


def cancel(resources: Resources, connection: sa.Connection, case_id: UUID, *, reason: str, by: Actor) -> None:
    """End a case for good, with a reason; its tasks are withdrawn and its timers go.

    Raises:
        Refused: it has ended already, or no reason is given.
    """
    words = require_reason(reason)
    step = Step.on(resources, connection, case_id, by=by)
    require_not_about(step.case["subject"], by)
    if step.case["status"] in ENDED:
        raise Refused("Perkara ini sudah berakhir.")
    withdrawn = [task.task_spec.bpmn_id for task in step.load().before.tasks.values()]
    connection.execute(
        sa.update(TaskRow)
        .where(TaskRow.case_id == case_id, TaskRow.status == TaskStatus.OPEN)
        .values(status=TaskStatus.WITHDRAWN, closed_at=step.now)
    )
    for table in (TimerRow, SubscriptionRow):
        connection.execute(sa.delete(table).where(table.case_id == case_id))
    step.case.update(status=CaseStatus.CANCELLED, closed_at=step.now)
    step.record("case_cancelled", {"withdrawn": withdrawn}, {"reason": words})
    step.save()


def to_case(row: Mapping[Any, Any]) -> Case:
    """The value that goes out."""
    return Case(
        id=row["id"],
        process=row["process"],
        business_key=row["business_key"],
        title=row["title"],
        subject=row["subject"],
        subject_name=row["subject_name"],
        unit=row["unit"],
        cycle=row["cycle"],
        phase=row["phase"],
        status=CaseStatus(row["status"]),
        release=row["release"],
        version=row["version"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        updated_at=row["updated_at"],
        seq=row["seq"],
        head=row["head"].hex(),
    )


def _existing(connection: sa.Connection, requests: Sequence[OpenCase]) -> dict[tuple[str, str], UUID]:
    keys = [request.business_key for request in requests]
    rows = connection.execute(
        sa.select(CaseRow.process, CaseRow.business_key, CaseRow.id).where(CaseRow.business_key.in_(keys))
    )
    return {(row.process, row.business_key): row.id for row in rows}


def _take_first(fresh: set[tuple[str, str]], key: tuple[str, str]) -> bool:
    """Whether a key is new; the second time in one call it is not."""
    if key not in fresh:
        return False
    fresh.remove(key)
    return True


def _insert(
    resources: Resources, connection: sa.Connection, release: LoadedRelease, requests: Sequence[OpenCase]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Take the business keys of new cases, all at once; gives the rows of those that are ours, by process and key."""
    now = resources.clock.now()
    rows = [_row(resources, release, request, now) for request in requests]
    if not rows:
        return {}
    insert = insert_new(connection, table_of(CaseRow)).returning(CaseRow.id)
    ours = set(connection.scalars(insert, rows))
    taken = [{**row, "key": sealing.new_key(), "parties": None} for row in rows if row["id"] in ours]
    if taken:
        NEW_KEYS.run_all(
            connection,
            [{"case_id": row["id"], "wrapped": sealing.wrap(row["key"], resources.kek, row["id"])} for row in taken],
        )
    return {(row["process"], row["business_key"]): row for row in taken}


def _row(resources: Resources, release: LoadedRelease, request: OpenCase, now: datetime) -> dict[str, Any]:
    if request.process not in release.machine.specs:
        raise NotFound(f"Proses {request.process} tidak ada dalam rilis {release.number}.")
    _start_of(release, request)  # refused before anything is written
    case_id = new_id()
    return {
        "id": case_id,
        "process": request.process,
        "business_key": request.business_key,
        "title": request.title,
        "subject": request.subject,
        "subject_name": request.subject_name,
        "unit": request.unit,
        "cycle": request.cycle,
        "zone": request.zone,
        "phase": resources.registry.words.first_phase,
        "status": CaseStatus.ACTIVE,
        "release": release.number,
        "version": 1,
        "state": b"",
        "seq": 0,
        "head": history.genesis(case_id),
        "opened_at": now,
        "closed_at": None,
        "updated_at": now,
    }


def _start_of(release: LoadedRelease, request: OpenCase) -> str | None:
    """The start event at which a case begins; None where there is no choice."""
    process = release.documents.processes[request.process]
    starts = process.starts
    plain = [id for id, element in starts.items() if element.kind == "none"]
    usual = plain or list(starts)
    if request.start is None and len(usual) == 1:
        return None if plain == list(starts) else usual[0]
    if request.start not in starts:
        choices = ", ".join(f'{id} ("{element.label}")' for id, element in sorted(starts.items()))
        raise Refused(f'Proses "{process.label}" dapat dimulai di: {choices}. Sebutkan salah satu.')
    return request.start
