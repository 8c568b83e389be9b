"""What nobody asks for any more goes: keys of submissions, once their time is over, and old rehearsals."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.runtime.models import CommandRow, TaskRow
from engine.runtime.moves.forgetting import forget_rehearsals
from engine.runtime.resources import Resources

BETWEEN = timedelta(days=1)
SLICE = 1000


class Tidying:
    """Forgets old rehearsals, and submission keys some days after their task has closed.

    The same page sent again later is then told that its task is done, in place of getting its receipt again;
    nothing happens twice, because a task closes once.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._next_at: datetime | None = None

    def run(self) -> int:
        """Tidy once a day, in short transactions; gives how many submissions and rehearsals were forgotten."""
        now = self._resources.clock.now()
        if self._next_at is not None and now < self._next_at:
            return 0
        before = now - self._resources.submissions_kept
        forgotten = self._resources.write(lambda connection: _forget_commands(connection, before))
        while some := self._resources.write(lambda connection: _forget_keys(connection, before)):
            forgotten += some
        forgotten += forget_rehearsals(self._resources)
        self._next_at = now + BETWEEN
        return forgotten


def _forget_keys(connection: sa.Connection, before: datetime) -> int:
    old = sa.select(TaskRow.id).where(TaskRow.submit_key.is_not(None), TaskRow.closed_at < before).limit(SLICE)
    return connection.execute(
        sa.update(TaskRow).where(TaskRow.id.in_(old)).values(submit_key=None, submit_digest=None, submit_seq=None)
    ).rowcount


def _forget_commands(connection: sa.Connection, before: datetime) -> int:
    return connection.execute(sa.delete(CommandRow).where(CommandRow.at < before)).rowcount
