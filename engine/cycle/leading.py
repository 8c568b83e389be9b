"""The order of planning: subordinates wait while their leader's SKP is being made, and hear when it is set.

Source: DOMAIN 2.3 (last step), 2.4 no. 2 (strictly from the top down), 2.12 (SKP_PIMPINAN_SIAP).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from engine.cycle import remembered
from engine.cycle.models import ItemStatus, OpeningItemRow, OpeningRow, SkpVersionRow
from engine.cycle.starting import PROCESS
from engine.runtime.models import CaseRow, OutboxRow, PartyRow, SubscriptionRow
from engine.runtime.outbox import queued
from engine.runtime.values import LIVE, Json

READY = "SKP_PIMPINAN_SIAP"
LATE = "SKP pimpinan Anda belum ditetapkan. Susun SKP terhadap perjanjian kinerja unit; selaraskan setelah SKP pimpinan ada."
_LEADER: sa.BindParameter[str] = sa.bindparam("leader")
_CYCLE: sa.BindParameter[str] = sa.bindparam("cycle")
_HELD = (  # a leader who is about to set the SKP goes first, or sees who waits
    sa.select(CaseRow.status)
    .where(CaseRow.process == PROCESS, CaseRow.subject == _LEADER, CaseRow.cycle == _CYCLE)
    .with_for_update(read=True)
)
_PLANNED = sa.select(
    sa.exists().where(SkpVersionRow.subject == _LEADER, SkpVersionRow.cycle_id == _CYCLE),
    sa.exists().where(
        OpeningItemRow.employee_id == _LEADER,
        OpeningItemRow.status == ItemStatus.WAITING,
        OpeningItemRow.opening_id.in_(sa.select(OpeningRow.id).where(OpeningRow.cycle_id == _CYCLE)),
    ),
)


class LeaderPlan(StrEnum):
    """Where the plan of a leader stands."""

    SET = "DITETAPKAN"
    MAKING = "DISUSUN"
    NONE = "TIDAK_ADA"  # the leader makes no SKP here: outside of the cycle, or without a case that could bring one


def plan_of(connection: sa.Connection, leader: str, cycle: str) -> LeaderPlan:
    """Where a leader's SKP of a cycle stands; a case that is about to be opened will bring one.

    Asked once in a transaction: the lock keeps the leader's case as it is, and `skps.record` asks again.
    """
    known, key = remembered.within(connection), ("plan", leader, cycle)
    if key not in known:
        known[key] = _plan_of(connection, leader, cycle)
    plan: LeaderPlan = known[key]
    return plan


def _plan_of(connection: sa.Connection, leader: str, cycle: str) -> LeaderPlan:
    names = {"leader": leader, "cycle": cycle}
    live = any(status in LIVE for status in connection.scalars(_HELD, names))
    is_set, comes = connection.execute(_PLANNED, names).one()
    if is_set:
        return LeaderPlan.SET
    return LeaderPlan.MAKING if comes or live else LeaderPlan.NONE


def waiting_under(connection: sa.Connection, leader: str, cycle: str) -> list[str]:
    """The cases of a cycle, by their business keys, that wait for a leader and to which this one is a party."""
    query = (
        sa.select(CaseRow.business_key)
        .join(SubscriptionRow, SubscriptionRow.case_id == CaseRow.id)
        .join(PartyRow, PartyRow.case_id == CaseRow.id)
        .where(SubscriptionRow.kind == "message", SubscriptionRow.name == READY)
        .where(PartyRow.identity == f"p:{leader}", CaseRow.cycle == cycle, CaseRow.subject != leader)
    )
    return sorted(set(connection.scalars(query)))


def waiting(connection: sa.Connection, keys: Sequence[str]) -> list[str]:
    """Which of these cases, by their business keys, wait for a leader."""
    query = (
        sa.select(CaseRow.business_key)
        .join(SubscriptionRow, SubscriptionRow.case_id == CaseRow.id)
        .where(SubscriptionRow.kind == "message", SubscriptionRow.name == READY, CaseRow.business_key.in_(keys))
    )
    return sorted(set(connection.scalars(query)))


def tell(
    connection: sa.Connection,
    keys: Iterable[str],
    cause: str,
    payload: Mapping[str, Json],
    now: datetime,
) -> None:
    """Queue SKP_PIMPINAN_SIAP to cases by their business keys, once for each `cause`; it leaves after the commit."""
    rows = [
        queued(f"{READY}/{cause}/{key}", "message", {"name": READY, "key": key, "payload": dict(payload)}, now)
        for key in keys
    ]
    if rows:
        connection.execute(sa.insert(OutboxRow), rows)
