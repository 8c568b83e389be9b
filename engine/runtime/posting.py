"""Messages and signals on their way: to the cases that wait, to the processes that they begin, or kept for later."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.errors import StepFailed
from engine.runtime import beginnings, incidents, messages, releases
from engine.runtime.beginnings import Message
from engine.runtime.resources import Resources
from engine.runtime.values import SYSTEM, Actor, Json

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """Brings what was sent to cases, each in a transaction of its own."""

    resources: Resources

    def send(self, message: Message, *, by: Actor) -> bool:
        """Give a message to the case that waits for it, else to what it begins; False when neither is there.

        Raises:
            NotYours: it would open a case, and the actor may not.
            Refused: it would open a case, and nothing says whom about.
            StepFailed: the receiver is parked, and its incident holds the message; or no case could be opened.
        """
        return self._give(message, by) or self._begin_or_keep(message, by)

    def send_thrown(self, message: Message) -> None:
        """Send what a diagram has thrown; a receiver that fails holds the message itself."""
        try:
            if self._give(message, SYSTEM):
                return
        except StepFailed as failure:
            log.warning("message %s parked its receiver: %s", message.name, failure)
            return
        self._begin_or_keep(message, SYSTEM)

    def broadcast(self, name: str, payload: Mapping[str, Json], by: Actor, besides: UUID | None = None) -> int:
        """Give a signal to every case that waits for it; gives how many took it."""
        with self.resources.reading() as connection:
            waiting = [case_id for case_id in messages.subscribers(connection, name) if case_id != besides]
        return sum(self._deliver(case_id, "signal", name, payload, by) for case_id in waiting)

    def deliver_kept(self, now: datetime, limit: int) -> None:
        """Deliver messages that came too early and are now waited for, each in its own transaction."""
        self.resources.write(lambda connection: messages.forget_expired(connection, now))
        with self.resources.reading() as connection:
            waited_for = messages.waited_for(connection, limit)
        for kept in waited_for:
            self._deliver(kept["case_id"], kept["kind"], kept["name"], kept["payload"], SYSTEM, kept=kept["id"])

    def _give(self, message: Message, by: Actor) -> bool:
        with self.resources.reading() as connection:
            waiting = messages.receivers(connection, message.name, message.business_key)
        return any(self._hand_over(case_id, "message", message.name, message.payload, by) for case_id in waiting)

    def _begin_or_keep(self, message: Message, by: Actor) -> bool:
        """Whether a case was opened; what comes again when that case is there is kept only if some diagram catches it."""

        def work(connection: sa.Connection) -> bool:
            number = connection.scalar(releases.NEWEST)
            release = self.resources.release(connection, number) if number is not None else None
            begins = release is not None and message.name in release.machine.begun_by
            if release is not None and begins:
                if beginnings.open_all(self.resources, connection, release, message, by=by):
                    return True
                if message.name not in release.machine.caught:
                    return False
            messages.keep(self.resources, connection, message.name, message.business_key, message.payload, by=by)
            return False

        return self.resources.write(work)

    def _deliver(
        self, case_id: UUID, kind: str, name: str, payload: Mapping[str, Json], by: Actor, *, kept: int | None = None
    ) -> bool:
        """As `_hand_over`; False also when the case was parked."""
        try:
            return self._hand_over(case_id, kind, name, payload, by, kept=kept)
        except StepFailed as failure:
            log.warning("case %s parked by a %s: %s", case_id, kind, failure)
            return False

    def _hand_over(
        self, case_id: UUID, kind: str, name: str, payload: Mapping[str, Json], by: Actor, *, kept: int | None = None
    ) -> bool:
        """Give a message or a signal to one case; False when it does not wait for it.

        Raises:
            StepFailed: the case is parked, and its incident holds the message.
        """

        def give(connection: sa.Connection) -> bool:
            taken = messages.deliver(self.resources, connection, case_id, kind, name, payload, by=by)
            if taken and kept is not None:
                messages.forget(connection, kept)
            return taken

        def park(connection: sa.Connection) -> None:
            work = {"do": kind, "name": name, "payload": dict(payload)}
            incidents.raise_incident(self.resources, connection, case_id, reason, work, by=SYSTEM)
            if kept is not None:
                messages.forget(connection, kept)

        try:
            return self.resources.write(give)
        except StepFailed as failure:
            reason = failure
            self.resources.write(park)
            raise
