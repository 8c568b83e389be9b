"""Messages to one case and signals to all; a message that comes before its catcher waits is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.models import CaseRow, PendingMessageRow, SubscriptionRow
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import HELD, Actor, CaseStatus, Json

KEPT_FOR = timedelta(days=90)
ANY_KEPT = sa.select(PendingMessageRow.id).limit(1)


def receivers(connection: sa.Connection, name: str, business_key: str) -> Sequence[UUID]:
    """The cases with this key that wait for a message."""
    return connection.scalars(
        sa.select(SubscriptionRow.case_id)
        .join(CaseRow, CaseRow.id == SubscriptionRow.case_id)
        .where(CaseRow.business_key == business_key, SubscriptionRow.kind == "message", SubscriptionRow.name == name)
        .distinct()
        .order_by(SubscriptionRow.case_id)
    ).all()


def receivers_below(connection: sa.Connection, name: str, business_key: str) -> Sequence[tuple[UUID, str]]:
    """The cases that wait for a message and have this key, or one that continues it ("2026/a" and "2026/a/2"); with their keys."""
    meant = sa.or_(
        CaseRow.business_key == business_key, CaseRow.business_key.startswith(f"{business_key}/", autoescape=True)
    )
    query = (
        sa.select(CaseRow.id, CaseRow.business_key)
        .join(SubscriptionRow, SubscriptionRow.case_id == CaseRow.id)
        .where(meant, SubscriptionRow.kind == "message", SubscriptionRow.name == name)
    )
    return [(row.id, row.business_key) for row in connection.execute(query.distinct().order_by(CaseRow.business_key))]


def keep(
    resources: Resources,
    connection: sa.Connection,
    name: str,
    business_key: str,
    payload: Mapping[str, Json],
    *,
    by: Actor,
    kind: str = "message",
    case_id: UUID | None = None,
) -> None:
    """Keep a message that nobody waits for yet, or a signal for a case that is held."""
    connection.execute(
        sa.insert(PendingMessageRow),
        {
            "business_key": business_key,
            "name": name,
            "payload": dict(payload),
            "sent_by": by.person,
            "expires_at": resources.clock.now() + KEPT_FOR,
            "kind": kind,
            "case_id": case_id,
        },
    )


def subscribers(connection: sa.Connection, name: str) -> Sequence[UUID]:
    """The cases that wait for a signal."""
    return connection.scalars(
        sa.select(SubscriptionRow.case_id)
        .where(SubscriptionRow.kind == "signal", SubscriptionRow.name == name)
        .distinct()
        .order_by(SubscriptionRow.case_id)
    ).all()


def deliver(
    resources: Resources,
    connection: sa.Connection,
    case_id: UUID,
    kind: str,
    name: str,
    payload: Mapping[str, Json],
    *,
    by: Actor,
) -> bool:
    """Let one case take a message or a signal; False when it no longer waits. One that is held hears a signal later."""
    step = Step.on(resources, connection, case_id, by=by)
    if step.case["status"] != CaseStatus.ACTIVE:
        if kind == "signal" and step.case["status"] in HELD:
            key = step.case["business_key"]
            keep(resources, connection, name, key, payload, by=by, kind=kind, case_id=case_id)
        return False
    step.load()
    give = step.run.deliver_message if kind == "message" else step.run.deliver_signal
    if give(name, payload) == 0:
        return False
    step.finish(f"{kind}_received", {"name": name}, {"payload": dict(payload)} if payload else {})
    step.save()
    return True


def any_kept(connection: sa.Connection) -> bool:
    """Whether any message waits for its catcher."""
    return connection.scalar(ANY_KEPT) is not None


def waited_for(connection: sa.Connection, limit: int) -> Sequence[sa.RowMapping]:
    """Kept messages whose catcher now waits: their id, case, kind, name and payload, the oldest first."""
    caught = sa.and_(
        SubscriptionRow.case_id == CaseRow.id,
        SubscriptionRow.kind == PendingMessageRow.kind,
        SubscriptionRow.name == PendingMessageRow.name,
        sa.or_(PendingMessageRow.case_id.is_(None), PendingMessageRow.case_id == CaseRow.id),
    )
    kept = PendingMessageRow
    query = (
        sa.select(kept.id, CaseRow.id.label("case_id"), kept.kind, kept.name, kept.payload)
        .join(CaseRow, CaseRow.business_key == PendingMessageRow.business_key)
        .join(SubscriptionRow, caught)
        .where(CaseRow.status == CaseStatus.ACTIVE)
    )
    return connection.execute(query.order_by(PendingMessageRow.id).limit(limit)).mappings().all()


def forget(connection: sa.Connection, kept: int) -> None:
    """Drop a kept message: it was delivered, or its case's incident holds it now."""
    connection.execute(sa.delete(PendingMessageRow).where(PendingMessageRow.id == kept))


def forget_expired(connection: sa.Connection, now: datetime) -> None:
    """Drop messages that nobody has waited for in their time."""
    connection.execute(sa.delete(PendingMessageRow).where(PendingMessageRow.expires_at < now))
