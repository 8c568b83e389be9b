"""Cases parked because something failed: raise, list, try again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, StepFailed
from engine.runtime.models import CaseRow, IncidentRow, TimerRow
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, CaseStatus, Incident, Json, Page

OPEN, RESOLVED = "open", "resolved"


def raise_incident(
    resources: Resources,
    connection: sa.Connection,
    case_id: UUID,
    failure: StepFailed,
    work: Mapping[str, Json],
    *,
    by: Actor,
) -> None:
    """Park a case with the cause; `work` says what was being done, so that it can be done again."""
    step = Step.on(resources, connection, case_id, by=by)
    step.case["status"] = CaseStatus.INCIDENT
    existing = connection.execute(
        sa.select(IncidentRow.id, IncidentRow.attempts).where(
            IncidentRow.case_id == case_id, IncidentRow.status == OPEN
        )
    ).first()
    found = {
        "element": failure.element,
        "label": failure.label,
        "cause": failure.cause,
        "work": dict(work),
        "at": step.now,
    }
    if existing is None:
        connection.execute(sa.insert(IncidentRow), {**found, "case_id": case_id, "status": OPEN, "attempts": 1})
    else:
        connection.execute(
            sa.update(IncidentRow).where(IncidentRow.id == existing.id).values(**found, attempts=existing.attempts + 1)
        )
    step.record("incident_raised", {"element": failure.element, "name": failure.label}, {"cause": failure.cause})
    step.save()


def incidents(connection: sa.Connection, *, status: str, limit: int, offset: int) -> Page[Incident]:
    """Incidents, the newest first."""
    query = (
        sa.select(*IncidentRow.__table__.c, CaseRow.subject_name)
        .join(CaseRow, CaseRow.id == IncidentRow.case_id)
        .where(IncidentRow.status == status)
    )
    total = (
        connection.scalar(sa.select(sa.func.count()).select_from(IncidentRow).where(IncidentRow.status == status)) or 0
    )
    rows = connection.execute(query.order_by(IncidentRow.at.desc()).limit(limit).offset(offset)).mappings()
    return Page([_to_incident(row) for row in rows], total, offset, limit)


def open_incident_of(connection: sa.Connection, case_id: UUID) -> Incident | None:
    """The incident that parks a case, if one does."""
    row = connection.execute(
        sa.select(*IncidentRow.__table__.c, CaseRow.subject_name)
        .join(CaseRow, CaseRow.id == IncidentRow.case_id)
        .where(IncidentRow.case_id == case_id, IncidentRow.status == OPEN)
    ).mappings()
    return next((_to_incident(found) for found in row), None)


def resume(resources: Resources, connection: sa.Connection, incident_id: int, *, by: Actor) -> Mapping[str, Any]:
    """Take a case out of its parking place; gives the incident's row, whose work is to be done again.

    Raises:
        NotFound: there is no such open incident.
    """
    row = (
        connection.execute(
            sa.select(*IncidentRow.__table__.c).where(IncidentRow.id == incident_id, IncidentRow.status == OPEN)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("Insiden ini tidak ada atau sudah selesai.")
    step = Step.on(resources, connection, row["case_id"], by=by)
    connection.execute(sa.update(IncidentRow).where(IncidentRow.id == incident_id).values(status=RESOLVED))
    if step.case["status"] != CaseStatus.INCIDENT:
        return {**row, "work": {}}  # the case was cancelled meanwhile: nothing is done again
    step.case["status"] = CaseStatus.ACTIVE
    connection.execute(
        sa.update(TimerRow).where(TimerRow.case_id == row["case_id"]).values(next_at=TimerRow.due_at, attempts=0)
    )
    step.record("incident_resolved", {"element": row["element"], "name": row["label"]}, {})
    step.save()
    return dict(row)


def _to_incident(row: Mapping[Any, Any]) -> Incident:
    return Incident(
        id=row["id"],
        case_id=row["case_id"],
        element=row["element"],
        label=row["label"],
        cause=row["cause"],
        at=row["at"],
        status=row["status"],
        attempts=row["attempts"],
        subject_name=row["subject_name"],
    )
