"""Keys of secret answers: one for each case, apart from the case's own, under keys that lie outside the database.

Whoever holds the database and the key of all cases still opens no secret answer. Secret answers of before, sealed under
the case's key, are read on; nothing new is sealed that way.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.runtime import sealing
from engine.runtime.models import SecretKeyRow
from engine.runtime.sealing import Unsealable


@dataclass(frozen=True)
class Keyring:
    """The keys that wrap: the first is used for what is new, the others open what was wrapped before."""

    keys: Sequence[bytes]

    def wrap(self, key: bytes, case_id: UUID) -> dict[str, object]:
        """The columns of a wrapped key."""
        return {"wrapped": sealing.wrap(key, self.keys[0], case_id), "wrapped_by": name_of(self.keys[0])}

    def unwrap(self, wrapped: bytes, by: str, case_id: UUID) -> bytes:
        """The key again.

        Raises:
            Unsealable: it was wrapped with a key that is not on this ring.
        """
        for key in self.keys:
            if name_of(key) == by:
                return sealing.unwrap(wrapped, key, case_id)
        raise Unsealable(f"Kunci rahasia perkara {case_id} dibungkus dengan kunci {by} yang tidak ada di server ini.")


def name_of(key: bytes) -> str:
    """What a wrapping key is called: it tells which one, and nothing of it."""
    return hashlib.sha256(b"\x08" + key).hexdigest()[:16]


def secret_key(ring: Keyring, connection: sa.Connection, case_id: UUID) -> bytes | None:
    """The opened key of a case's secret answers; None: there are none under it, or it was destroyed."""
    query = sa.select(SecretKeyRow.wrapped, SecretKeyRow.wrapped_by).where(SecretKeyRow.case_id == case_id)
    row = connection.execute(query).one_or_none()
    return ring.unwrap(row.wrapped, row.wrapped_by, case_id) if row is not None else None


def secret_key_for(ring: Keyring, connection: sa.Connection, case_id: UUID) -> bytes:
    """The same, made at the first asking."""
    found = secret_key(ring, connection, case_id)
    if found is not None:
        return found
    row = {"case_id": case_id, **ring.wrap(sealing.new_key(), case_id)}
    connection.execute(insert_new(connection, table_of(SecretKeyRow)), row)
    made = secret_key(ring, connection, case_id)
    assert made is not None, "it was written a moment ago"
    return made


def wrap_again(ring: Keyring, connection: sa.Connection) -> int:
    """Wrap every key with the ring's first; gives how many were wrapped with another. The answers stay as they are.

    Raises:
        Unsealable: one was wrapped with a key that is not on this ring; nothing is changed.
    """
    query = sa.select(*SecretKeyRow.__table__.c).where(SecretKeyRow.wrapped_by != name_of(ring.keys[0]))
    rows = connection.execute(query.with_for_update()).all()
    for row in rows:
        key = ring.unwrap(row.wrapped, row.wrapped_by, row.case_id)
        change = sa.update(SecretKeyRow).where(SecretKeyRow.case_id == row.case_id)
        connection.execute(change.values(ring.wrap(key, row.case_id)))
    return len(rows)
