"""Cases parked because something failed: raise, list, try again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, StepFailed
from engine.runtime.access import require_not_about
from engine.runtime.models import CaseRow, IncidentRow
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, CaseStatus, Incident, IncidentGroup, Json, Page
from engine.runtime.waking import wake

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


def incidents(
    connection: sa.Connection, *, status: str, element: str | None, cause: str | None, limit: int, offset: int
) -> Page[Incident]:
    """Incidents, the newest first."""
    wanted = [IncidentRow.status == status]
    wanted += [IncidentRow.element == element] if element else []
    wanted += [IncidentRow.cause == cause] if cause else []
    query = (
        sa.select(*IncidentRow.__table__.c, CaseRow.subject_name)
        .join(CaseRow, CaseRow.id == IncidentRow.case_id)
        .where(*wanted)
    )
    total = connection.scalar(sa.select(sa.func.count()).select_from(IncidentRow).where(*wanted)) or 0
    rows = connection.execute(
        query.order_by(IncidentRow.at.desc(), IncidentRow.id).limit(limit).offset(offset)
    ).mappings()
    return Page([_to_incident(row) for row in rows], total, offset, limit)


def groups(connection: sa.Connection, *, limit: int) -> list[IncidentGroup]:
    """Open incidents of one element and one cause taken together, the most frequent first."""
    count = sa.func.count()
    query = (
        sa.select(
            IncidentRow.element, sa.func.max(IncidentRow.label), IncidentRow.cause, count, sa.func.min(IncidentRow.at)
        )
        .where(IncidentRow.status == OPEN)
        .group_by(IncidentRow.element, IncidentRow.cause)
        .order_by(count.desc(), IncidentRow.element)
        .limit(limit)
    )
    return [IncidentGroup(*row) for row in connection.execute(query)]


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
    row = open_work_of(connection, incident_id)
    step = Step.on(resources, connection, row["case_id"], by=by)
    require_not_about(step.case["subject"], by)
    connection.execute(sa.update(IncidentRow).where(IncidentRow.id == incident_id).values(status=RESOLVED))
    if step.case["status"] != CaseStatus.INCIDENT:
        return {**row, "work": {}}  # the case was cancelled meanwhile: nothing is done again
    step.case["status"] = CaseStatus.ACTIVE
    left_out = wake(step)
    step.record("incident_resolved", {"element": row["element"], "name": row["label"], "left_out": left_out}, {})
    step.save()
    return dict(row)


def close_open(connection: sa.Connection, case_id: UUID) -> None:
    """Close the incidents of a case that has gone another way."""
    connection.execute(
        sa.update(IncidentRow).where(IncidentRow.case_id == case_id, IncidentRow.status == OPEN).values(status=RESOLVED)
    )


def open_work_of(connection: sa.Connection, incident_id: int) -> Mapping[Any, Any]:
    """The row of an open incident; raises NotFound."""
    query = sa.select(*IncidentRow.__table__.c).where(IncidentRow.id == incident_id, IncidentRow.status == OPEN)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound("Insiden ini tidak ada atau sudah selesai.")
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
