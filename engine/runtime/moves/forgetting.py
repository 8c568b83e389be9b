"""Old rehearsals go: the newest are kept, and those whose orders are not over."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from engine.runtime.batches import BatchStatus
from engine.runtime.models import BatchRow, RehearsalRow, RehearsedCaseRow
from engine.runtime.resources import Resources

SLICE = 5000  # rows deleted in one transaction
OF_REHEARSAL = (RehearsalRow.batch_id, RehearsalRow.move_id, RehearsalRow.undo_id)


def forget_rehearsals(resources: Resources) -> int:
    """Drop all rehearsals but the newest `rehearsals_kept`; gives how many. The moves that they have led to stay."""
    with resources.reading() as connection:
        old = _old(connection, resources.rehearsals_kept)
    for rehearsal in old:
        while resources.write(partial(_forget_cases, rehearsal)):
            pass
        resources.write(partial(_forget, rehearsal))
    return len(old)


def _old(connection: sa.Connection, kept: int) -> Sequence[UUID]:
    """Rehearsals beyond the newest, unless one of their orders runs or is paused."""
    newest = sa.select(RehearsalRow.id).order_by(RehearsalRow.started_at.desc(), RehearsalRow.id).limit(kept)
    going_on = BatchRow.status.in_([BatchStatus.RUNNING, BatchStatus.PAUSED])
    busy = sa.exists().where(going_on, sa.or_(*(BatchRow.id == order for order in OF_REHEARSAL)))
    query = sa.select(RehearsalRow.id).where(RehearsalRow.id.not_in(newest.scalar_subquery()), ~busy)
    return connection.scalars(query).all()


def _forget_cases(rehearsal: UUID, connection: sa.Connection) -> int:
    mine = RehearsedCaseRow.rehearsal_id == rehearsal
    some = sa.select(RehearsedCaseRow.case_id).where(mine).limit(SLICE)
    return connection.execute(sa.delete(RehearsedCaseRow).where(mine, RehearsedCaseRow.case_id.in_(some))).rowcount


def _forget(rehearsal: UUID, connection: sa.Connection) -> None:
    connection.execute(sa.delete(RehearsalRow).where(RehearsalRow.id == rehearsal))
