"""What a case would tell people if nobody did anything: lived on a clock of its own, and taken back.

Messages that other cases would send it are not foreseen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.runtime import timers
from engine.runtime.models import OutboxRow, TimerRow
from engine.runtime.outbox import EFFECT, NEW, Effect
from engine.runtime.resources import Resources

MOST = 500  # timers of one case: a diagram that beats every minute is not followed for a month


@contextmanager
def taken_back(connection: sa.Connection) -> Iterator[None]:
    """Whatever is written in here has not been, afterwards."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def foresee(
    resources: Resources, connection: sa.Connection, case_id: UUID, until: datetime
) -> Iterator[tuple[datetime, Effect]]:
    """The notices that a case would queue until a moment, each with its moment, in their order.

    To be read to the end inside `taken_back`: the case lives on while one reads.

    Raises:
        StepFailed: the case would be parked on the way; what was given until then holds.
    """
    clock = VirtualClock(resources.clock.now())
    ahead, told = replace(resources, clock=clock), set(_queued(connection, case_id))
    for _ in range(MOST):
        at = connection.scalar(sa.select(sa.func.min(TimerRow.next_at)).where(TimerRow.case_id == case_id))
        if at is None or at > until:
            return
        clock.go_to(max(at, clock.now()))
        for timer in timers.claim(connection, clock.now(), MOST, case_id=case_id):
            timers.fire(ahead, connection, timer)
        for key, effect in _queued(connection, case_id).items():
            if key not in told:
                told.add(key)
                yield clock.now(), effect


def _queued(connection: sa.Connection, case_id: UUID) -> dict[str, Effect]:
    query = sa.select(*EFFECT).where(OutboxRow.case_id == case_id, OutboxRow.kind == "mail", OutboxRow.status == NEW)
    return {row.key: Effect(*row) for row in connection.execute(query.order_by(OutboxRow.id))}
