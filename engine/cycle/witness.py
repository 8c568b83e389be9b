"""Checkpoints on a schedule and at the close of a year, sent to the auditors: the history's witness outside.

Run by a process of its own, the only one that reads the signing key (`siklus signer`). Whoever has the capability
`auditor` and an address gets the file by mail, and so do the addresses of `titik_periksa.alamat`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.clock import today
from engine.cycle.models import CycleRow
from engine.cycle.parameters import Parameters, parameters_on
from engine.db import insert_new, table_of
from engine.runtime.access import require_role
from engine.runtime.checkpoints import READERS, Checkpoints, last_signed
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import queued
from engine.runtime.resources import Resources
from engine.runtime.values import Actor

TEMPLATE = "checkpoint"
PLACE = "keutuhan"


@dataclass(frozen=True)
class Schedule:
    """How often a checkpoint is signed (None: only at the close of a year), when it was last, and whether it is overdue."""

    every: timedelta | None
    last: datetime | None
    overdue: bool


class Witness:
    """Signs when it is time, and tells auditors whether it was."""

    def __init__(self, resources: Resources, checkpoints: Checkpoints) -> None:
        self._resources, self._checkpoints = resources, checkpoints

    def run(self, key: bytes, *, by: Actor) -> int:
        """Sign and send a checkpoint if one is due; gives how many. For the command line alone."""
        require_role(by)
        with self._resources.reading() as connection:
            if not self._is_due(connection):
                return 0
        return self._resources.write(lambda connection: self._sign(connection, key))

    def schedule(self, *, by: Actor) -> Schedule:
        """For auditors: overdue is what has been due for as long again as lies between two."""
        require_role(by, *READERS)
        with self._resources.reading() as connection:
            every, last = self._every(connection), last_signed(connection)
        late = every is not None and (last is None or self._now() >= last + 2 * every)
        return Schedule(every, last, late)

    def _sign(self, connection: sa.Connection, key: bytes) -> int:
        if not self._is_due(connection):  # another signer was faster
            return 0
        no, _ = self._checkpoints.signed(connection, key)
        payload = {
            "template": TEMPLATE,
            "people": list(self._resources.directory.holders(connection, READERS)),
            "addresses": list(self._parameters(connection).value("titik_periksa.alamat")),
            "checkpoint": no,
            "place": PLACE,
        }
        row = queued(f"checkpoint/{no}", "mail", payload, self._now())
        connection.execute(insert_new(connection, table_of(OutboxRow)), row)
        return 1

    def _is_due(self, connection: sa.Connection) -> bool:
        last, every = last_signed(connection), self._every(connection)
        closed = connection.scalar(sa.select(sa.func.max(CycleRow.closed_at)))
        if last is None:
            return every is not None or closed is not None
        return (every is not None and self._now() >= last + every) or (closed is not None and closed > last)

    def _every(self, connection: sa.Connection) -> timedelta | None:
        hours = self._parameters(connection).number("titik_periksa.jam")
        return timedelta(hours=hours) if hours else None

    def _parameters(self, connection: sa.Connection) -> Parameters:
        return parameters_on(connection, today(self._resources.clock, self._resources.zone))

    def _now(self) -> datetime:
        return self._resources.clock.now()
