"""The operator's verbs on many cases at once: kinds of bulk work, each item as its single verb would do it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound
from engine.runtime import cases, operations, retrying
from engine.runtime.batches import Batches, Skipped
from engine.runtime.models import CaseRow, IncidentRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, CaseStatus, Json

RETRY, CANCEL, SUSPEND, RESUME, CHANGE_DUE = (
    "retry_incidents",
    "cancel_cases",
    "suspend_cases",
    "resume_cases",
    "change_due",
)
OPERATORS = frozenset({"operator"})


def register(batches: Batches, resources: Resources) -> None:
    """Let batches carry out an operator's verbs. Items are ids of incidents, cases or tasks.

    The payload holds the "reason" of all but retries, and "due_at" (ISO text) of changed due moments.
    """
    handlers = {RETRY: _retry, CANCEL: _cancel, SUSPEND: _suspend, RESUME: _resume, CHANGE_DUE: _change_due}
    for kind, handler in handlers.items():
        batches.register(kind, partial(handler, resources), OPERATORS)


def _retry(resources: Resources, connection: sa.Connection, item: str, _payload: Mapping[str, Json], by: Actor) -> str:
    still_open = sa.select(IncidentRow.id).where(IncidentRow.id == int(item), IncidentRow.status == "open")
    if connection.scalar(still_open) is None:
        raise Skipped("Gangguan ini sudah diatasi.")
    retrying.retry(resources, connection, int(item), by=by)
    return "Berhasil; perkaranya berjalan lagi."


def _cancel(resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    _skip_if(connection, item, "Perkara ini sudah berakhir.", CaseStatus.CANCELLED, CaseStatus.COMPLETED)
    cases.cancel(resources, connection, UUID(item), reason=payload["reason"], by=by)
    return "Dibatalkan."


def _suspend(resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    _skip_if(connection, item, "Perkara ini sudah ditangguhkan.", CaseStatus.SUSPENDED)
    operations.suspend(resources, connection, UUID(item), reason=payload["reason"], by=by)
    return "Ditangguhkan."


def _resume(resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    _skip_if(connection, item, "Perkara ini sudah berjalan.", CaseStatus.ACTIVE)
    operations.resume(resources, connection, UUID(item), reason=payload["reason"], by=by)
    return "Dilanjutkan."


def _change_due(
    resources: Resources, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor
) -> str:
    due_at = datetime.fromisoformat(payload["due_at"])
    operations.change_due(resources, connection, UUID(item), due_at, reason=payload["reason"], by=by)
    return "Tenggat diubah."


def _skip_if(connection: sa.Connection, item: str, why: str, *statuses: CaseStatus) -> None:
    status = connection.scalar(sa.select(CaseRow.status).where(CaseRow.id == UUID(item)))
    if status is None:
        raise NotFound("Perkara ini tidak ada.")
    if status in statuses:
        raise Skipped(why)
