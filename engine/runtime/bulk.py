"""The operator's verbs on many cases at once: kinds of bulk work, each item as its single verb would do it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, TaskNotOpen
from engine.runtime import cases, holding, retrying
from engine.runtime.batches import Batches, Skipped
from engine.runtime.deadlines import CHANGE_DUE, NewDue, change_due
from engine.runtime.models import CaseRow, IncidentRow, TaskRow
from engine.runtime.reassigning import REASSIGN
from engine.runtime.resources import Resources
from engine.runtime.values import ENDED, Actor, Case, CaseStatus, Json

RETRY, CANCEL, SUSPEND, RESUME = "retry_incidents", "cancel_cases", "suspend_cases", "resume_cases"
KINDS = frozenset({RETRY, CANCEL, SUSPEND, RESUME, CHANGE_DUE, REASSIGN})
OPERATORS = frozenset({"operator"})


def register(batches: Batches, resources: Resources) -> None:
    """Let batches carry out an operator's verbs. Items are ids of incidents, cases or tasks.

    The payload holds the "reason" of all but retries, "shift" of cases that go on, and the NewDue of due moments.
    """
    handlers = {RETRY: _retry, CANCEL: _cancel, SUSPEND: _suspend, RESUME: _resume, CHANGE_DUE: _change_due}
    for kind, handler in handlers.items():
        batches.register(kind, partial(handler, resources), OPERATORS)


def cases_of(connection: sa.Connection, kind: str, items: Sequence[str]) -> Mapping[str, Case]:
    """The case behind each item of an operator's bulk work; an item whose case is unknown is left out."""
    found = [(case, item) for case, item in connection.execute(_owners(kind, items))]
    query = sa.select(*cases.CASE_COLUMNS).where(CaseRow.id.in_([case for case, _ in found]))
    known = {row["id"]: cases.to_case(row) for row in connection.execute(query).mappings()}
    return {str(item): known[case] for case, item in found}


def _owners(kind: str, items: Sequence[str]) -> sa.Select[Any, Any]:
    """Pairs of case and item."""
    if kind == RETRY:
        ids = [int(item) for item in items]
        return sa.select(IncidentRow.case_id, IncidentRow.id).where(IncidentRow.id.in_(ids))
    keys = [UUID(item) for item in items]
    if kind == CHANGE_DUE:
        return sa.select(TaskRow.case_id, TaskRow.id).where(TaskRow.id.in_(keys))
    return sa.select(CaseRow.id, CaseRow.id.label("item")).where(CaseRow.id.in_(keys))


def _retry(resources: Resources, connection: sa.Connection, item: str, _payload: Mapping[str, Json], by: Actor) -> str:
    still_open = sa.select(IncidentRow.id).where(IncidentRow.id == int(item), IncidentRow.status == "open")
    if connection.scalar(still_open) is None:
        raise Skipped("Gangguan ini sudah diatasi.")
    retrying.retry(resources, connection, int(item), by=by)
    return "Berhasil; perkaranya berjalan lagi."


def _cancel(resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    _skip_if(connection, item, "Perkara ini sudah berakhir.", *ENDED)
    cases.cancel(resources, connection, UUID(item), reason=payload["reason"], by=by)
    return "Dibatalkan."


def _suspend(resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    _skip_if(connection, item, "Perkara ini sudah ditangguhkan.", CaseStatus.SUSPENDED)
    holding.suspend(resources, connection, UUID(item), reason=payload["reason"], by=by)
    return "Ditangguhkan."


def _resume(resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    _skip_if(connection, item, "Perkara ini sudah berjalan.", CaseStatus.ACTIVE)
    shift = payload.get("shift", False)
    holding.resume(resources, connection, UUID(item), reason=payload["reason"], shift=shift, by=by)
    return "Dilanjutkan."


def _change_due(
    resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor
) -> str:
    try:
        change_due(resources, connection, UUID(item), NewDue.of(payload), reason=payload["reason"], by=by)
    except TaskNotOpen as closed:
        raise Skipped("Tugas ini sudah selesai atau ditarik.") from closed
    return "Tenggat diubah."


def _skip_if(connection: sa.Connection, item: str, why: str, *statuses: CaseStatus) -> None:
    status = connection.scalar(sa.select(CaseRow.status).where(CaseRow.id == UUID(item)))
    if status is None:
        raise NotFound("Perkara ini tidak ada.")
    if status in statuses:
        raise Skipped(why)
