"""A parked case tries again: out of its parking place and through what had failed, in one transaction."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from engine.errors import StepFailed
from engine.runtime import incidents, messages, tasks, timers
from engine.runtime.models import TaskRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, Json


def retry(resources: Resources, connection: sa.Connection, incident_id: int, *, by: Actor) -> None:
    """Do again what failed; the case is parked as before when the transaction is rolled back.

    Raises:
        NotFound: there is no such open incident.
        StepFailed: it failed again.
    """
    incident = incidents.resume(resources, connection, incident_id, by=by)
    case_id: UUID = incident["case_id"]
    work: Mapping[str, Json] = incident["work"]
    if work.get("do") in ("message", "signal"):
        messages.deliver(resources, connection, case_id, work["do"], work["name"], work["payload"], by=by)
    elif work.get("do") == "complete":
        _complete(resources, connection, work, f"incident-{incident_id}-{incident['attempts']}")
    elif work.get("do") == "timer":
        _fire_due(resources, connection, case_id)


def park_again(
    resources: Resources, connection: sa.Connection, incident_id: int, failure: StepFailed, *, by: Actor
) -> None:
    """Note that another try has failed, with its cause."""
    incident = incidents.open_work_of(connection, incident_id)
    incidents.raise_incident(resources, connection, incident["case_id"], failure, incident["work"], by=by)


def _complete(resources: Resources, connection: sa.Connection, work: Mapping[str, Json], key: str) -> None:
    """Send the answers that were kept as a draft, for the one who had sent them."""
    task = UUID(work["task"])
    revision = connection.scalar(sa.select(TaskRow.revision).where(TaskRow.id == task)) or 0
    who = Actor(work["person"], groups=frozenset(work["groups"]))
    tasks.complete(resources, connection, task, None, revision=revision, key=key, by=who, locale="id")


def _fire_due(resources: Resources, connection: sa.Connection, case_id: UUID) -> None:
    now = resources.clock.now()
    while due := timers.claim(connection, now, 1, case_id=case_id):
        timers.fire(resources, connection, due[0])
