"""One case takes another's place: the old one is told so, and in the same transaction the new one opens."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from engine.errors import Refused
from engine.runtime import cases, messages, releases
from engine.runtime.models import CaseRow, SubscriptionRow
from engine.runtime.resources import Resources
from engine.runtime.values import SYSTEM, Actor, Json, OpenCase


def succeed(
    resources: Resources,
    connection: sa.Connection,
    old: UUID,
    message: str,
    payload: Mapping[str, Json],
    new: OpenCase,
    *,
    by: Actor,
) -> UUID:
    """Give a running case the message that ends it, and open the one that goes on; gives the new one's id.

    A case that is held hears the message when it goes on.

    Raises:
        Refused: the old case's diagram does not wait for this message, so that two would run side by side.
        StepFailed: one of the two could not reach its next wait; nothing of this call is kept.
    """
    if not _waits(connection, old, message):
        raise Refused(
            f"Perkara yang berjalan tidak menunggu pesan {message}. Pindahkan dahulu ke versi aturan yang baru, lalu ulangi."
        )
    if not messages.deliver(resources, connection, old, "message", message, payload, by=by):
        key = connection.scalar(sa.select(CaseRow.business_key).where(CaseRow.id == old))
        messages.keep(resources, connection, message, str(key), payload, by=by, case_id=old)
    release = resources.release(connection, releases.newest(connection))
    [(case, _)] = cases.open_all(resources, connection, release, [new], by=SYSTEM)
    return case


def _waits(connection: sa.Connection, case_id: UUID, message: str) -> bool:
    row = SubscriptionRow
    query = sa.select(row.case_id).where(row.case_id == case_id, row.kind == "message", row.name == message).limit(1)
    return connection.scalar(query) is not None
