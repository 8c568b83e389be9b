"""Messages to many cases as bulk work: ordered in the transaction that made them true, brought at their hour."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.runtime import messages
from engine.runtime.batches import Batches, Skipped, noted
from engine.runtime.models import CaseRow, SubscriptionRow
from engine.runtime.regrouping import Regrouped, move_to_unit
from engine.runtime.resources import Resources
from engine.runtime.succeeding import succeed
from engine.runtime.values import LIVE, SYSTEM, Actor, Json, OpenCase

ANNOUNCE = "announce"  # kind of bulk work; items are business keys, the payload "name" and "payload" of the message


def announce(
    connection: sa.Connection,
    name: str,
    payload: Mapping[str, Json],
    cases: sa.ColumnElement[bool],
    *,
    title: str,
    now: datetime,
) -> UUID | None:
    """Order a message, in the name of the system, to those of these cases that wait for it now; None when none does."""
    waiting = (
        sa.select(CaseRow.business_key)
        .join(SubscriptionRow, SubscriptionRow.case_id == CaseRow.id)
        .where(SubscriptionRow.kind == "message", SubscriptionRow.name == name, CaseRow.status.in_(LIVE), cases)
        .distinct()
        .order_by(CaseRow.business_key)
    )
    keys = connection.scalars(waiting).all()
    what = {"name": name, "payload": dict(payload)}
    return noted(connection, ANNOUNCE, title, keys, what, by=SYSTEM, now=now) if keys else None


class Announcements:
    """Tells running cases what has happened to the people whom they are about."""

    def __init__(self, resources: Resources, batches: Batches) -> None:
        self._resources, self._batches = resources, batches
        batches.register(ANNOUNCE, self._handle, frozenset({"personnel"}))

    def order(
        self,
        connection: sa.Connection,
        name: str,
        keys: Sequence[str],
        payload: Mapping[str, Json],
        *,
        title: str,
        by: Actor,
        not_before: datetime | None = None,
    ) -> UUID:
        """Order a message to the cases with these keys, each once.

        Raises:
            NotYours
            Refused: there is no key.
        """
        what = {"name": name, "payload": dict(payload)}
        return self._batches.note(connection, ANNOUNCE, title, keys, what, by=by, not_before=not_before)

    def succeed(
        self,
        connection: sa.Connection,
        old: UUID,
        name: str,
        payload: Mapping[str, Json],
        new: OpenCase,
        *,
        by: Actor,
    ) -> UUID:
        """Let a new case take a running one's place, which is told by a message; see `succeeding.succeed`."""
        return succeed(self._resources, connection, old, name, payload, new, by=by)

    def regroup(self, connection: sa.Connection, case_id: UUID, group: Regrouped, *, reason: str, by: Actor) -> None:
        """Let a running case belong to another unit; see `regrouping.move_to_unit`."""
        move_to_unit(self._resources, connection, case_id, group, reason=reason, by=by)

    def _handle(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        return self.tell(connection, item, payload["name"], payload["payload"], by=by)

    def tell(self, connection: sa.Connection, key: str, name: str, what: Mapping[str, Json], *, by: Actor) -> str:
        """Bring a message to the cases with this key, in somebody else's transaction; raises Skipped when none waits."""
        waiting = messages.receivers_below(connection, name, key)
        if not waiting:
            raise Skipped(f"Perkara {key} tidak menunggu pesan {name}; mungkin sudah selesai.")
        held = 0
        for case, own_key in waiting:
            if not messages.deliver(self._resources, connection, case, "message", name, what, by=by):
                messages.keep(self._resources, connection, name, own_key, what, by=by, case_id=case)
                held += 1
        if held < len(waiting):
            return f"Perkara {key} diberi tahu: {name}."
        return f"Perkara {key} sedang ditangguhkan; pesan {name} disimpan sampai dilanjutkan."
