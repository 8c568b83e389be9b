"""Append and read; never change.

Each event is one RFC 8785 text; h(0) = SHA-256("case:" + id), h(n) = SHA-256(0x00 | h(n-1) | text).
Event types: case_opened, task_completed, timer_fired, reminder_sent, message_received, signal_received,
task_claimed, task_released, tasks_handed_over, file_added, incident_raised, incident_resolved, case_cancelled,
case_suspended, case_resumed, token_moved, case_reset, case_restarted, data_edited, due_changed, timer_moved,
dates_moved, unit_moved, case_migrated, case_migration_undone, values_erased.
"""

import hashlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.runtime import canonical, sealing
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseKeyRow, CaseRow, HistoryRow
from engine.runtime.packing import Unpackable
from engine.runtime.secret_keys import Keyring, secret_key
from engine.runtime.values import Json

# Case, number, body as stored, hash, box (None: nothing sealed).
EventRow = sa.Row[UUID, int, str | bytes, bytes, bytes | None]
VERSION = 1
RECEIPT_LENGTH = 12
ERASED = "values_erased"


@dataclass(frozen=True)
class Entry:
    """One event, ready to be written."""

    body: str
    hash: bytes
    box: bytes | None


@dataclass(frozen=True)
class Breach:
    """The first place where a case's history does not hold."""

    case_id: UUID
    seq: int
    what: str

    def __str__(self) -> str:
        return f"perkara {self.case_id}, peristiwa {self.seq}: {self.what}"


@dataclass(frozen=True)
class Verified:
    """What a check of all histories found; `breach` is None when everything holds."""

    cases: int
    events: int
    breach: Breach | None
    erased: int = 0  # events whose sealed values are gone, as a later event of their chain tells


@dataclass(frozen=True)
class Keys:
    """The opened keys of a case; None: not given, or destroyed."""

    case: bytes | None
    secret: bytes | None
    given: bool  # whether they were asked for at all

    def of(self, event: Mapping[str, Any]) -> list[bytes]:
        """Those that may open the values of an event, in the order in which they are tried."""
        wanted = (self.secret, self.case) if event["data"].get("secret") else (self.case,)
        return [key for key in wanted if key is not None]


@dataclass
class _Found:
    """What a check has come across in one case."""

    gone: set[int] = field(default_factory=set)  # events whose values are not there, or not to be opened
    erased: set[int] = field(default_factory=set)  # events that a later one calls erased


def genesis(case_id: UUID) -> bytes:
    """The hash before a case's first event."""
    return hashlib.sha256(f"case:{case_id}".encode()).digest()


def link(previous: bytes, body: str) -> bytes:
    """The hash after one more event."""
    return hashlib.sha256(b"\0" + previous + body.encode()).digest()


def compose(
    *,
    case_id: UUID,
    cycle: str,
    seq: int,
    previous: bytes,
    at: datetime,
    type: str,
    actor: str,
    data: Mapping[str, Json],
    sealed: Mapping[str, Json],
    key: bytes,
) -> Entry:
    """Chain one event to the one before; `sealed` values leave only commitments in it."""
    commitments, box = sealing.seal(sealed, key, case_id, seq) if sealed else ({}, None)
    event: dict[str, Any] = {
        "v": VERSION,
        "case": str(case_id),
        "cycle": cycle,
        "seq": seq,
        "at": at.isoformat(),
        "type": type,
        "actor": actor,
        "data": dict(data),
        "sealed": commitments,
    }
    body = canonical.dumps(event).decode()
    return Entry(body, link(previous, body), box)


def verify(connection: sa.Connection, kek: bytes | None = None, secrets: Keyring | None = None) -> Verified:
    """Check every chain against its texts, its case's head and, with the keys, its sealed values.

    Stops at the first breach. Sealed values that are gone, or that no key opens any more, are a breach unless a later
    event tells of their erasure.
    """
    heads = {row.id: row for row in connection.execute(sa.select(CaseRow.id, CaseRow.seq, CaseRow.head))}
    seen, events, erased = 0, 0, 0
    with closing(_all_events(connection)) as rows:
        for case_id, of_case in groupby(rows, key=lambda row: row.case_id):
            seen += 1
            head = heads.pop(case_id, None)
            if head is None:
                return Verified(seen, events, Breach(case_id, 1, "riwayat ada, tetapi perkaranya tidak ada"))
            count, gone, breach = _check_case(of_case, head, _keys_of(connection, case_id, kek, secrets))
            events, erased = events + count, erased + gone
            if breach is not None:
                return Verified(seen, events, breach)
    for case_id in heads:
        return Verified(seen, events, Breach(case_id, 1, "perkara ada, tetapi riwayatnya tidak ada"))
    return Verified(seen, events, None, erased)


def _check_case(
    rows: Iterable[EventRow],
    head: sa.Row[UUID, int, bytes],
    keys: Keys,
) -> tuple[int, int, Breach | None]:
    """How many events of a case were looked at, how many of them are erased, and the first that does not hold."""
    previous, seq, found = genesis(head.id), 0, _Found()
    for row in rows:
        seq += 1
        breach = _check_event(row, seq, previous, keys, found)
        if breach is not None:
            return seq, 0, breach
        previous = row.hash
    if (head.seq, head.head) != (seq, previous):
        what = f"perkara mencatat {head.seq} peristiwa, riwayat berisi {seq}"
        return seq, 0, Breach(head.id, min(seq, head.seq) + 1, what)
    lost = found.gone - found.erased
    if lost:
        return seq, 0, Breach(head.id, min(lost), "isi tersegelnya hilang, dan tidak ada penghapusan yang tercatat")
    return seq, len(found.gone), None


def _all_events(connection: sa.Connection) -> Generator[EventRow, None, None]:
    query = sa.select(HistoryRow.case_id, HistoryRow.seq, HistoryRow.body, HistoryRow.hash, HistoryRow.box).order_by(
        HistoryRow.case_id, HistoryRow.seq
    )
    with connection.execution_options(yield_per=1000).execute(query) as rows:
        yield from rows


def _keys_of(connection: sa.Connection, case_id: UUID, kek: bytes | None, secrets: Keyring | None) -> Keys:
    if kek is None:
        return Keys(None, None, given=False)
    wrapped = connection.scalar(sa.select(CaseKeyRow.wrapped).where(CaseKeyRow.case_id == case_id))
    return Keys(
        sealing.unwrap(wrapped, kek, case_id) if wrapped is not None else None,
        secret_key(secrets, connection, case_id) if secrets is not None else None,
        given=True,
    )


def _check_event(row: EventRow, seq: int, previous: bytes, keys: Keys, found: _Found) -> Breach | None:
    if row.seq != seq:
        return Breach(row.case_id, seq, "peristiwa ini hilang")
    try:
        body = text_of(row.body, row.case_id)
    except Unpackable as error:
        return Breach(row.case_id, seq, str(error))
    if link(previous, body) != row.hash:
        return Breach(row.case_id, seq, "isinya tidak cocok dengan sidiknya")
    event = orjson.loads(body)
    if event["seq"] != seq or event["case"] != str(row.case_id):
        return Breach(row.case_id, seq, "peristiwa ini milik perkara atau urutan lain")
    if event["type"] == ERASED:
        found.erased |= set(event["data"].get("events", ()))
    if not event["sealed"]:
        return None
    usable = keys.of(event)
    if row.box is None or (not usable and keys.given):
        found.gone.add(seq)
    if row.box is None or not usable:
        return None
    try:
        values = sealing.open_first(row.box, usable, row.case_id, seq) or {}
    except (sealing.Unsealable, Unpackable) as error:
        return Breach(row.case_id, seq, str(error))
    if {field: sealing.commitment(salt, value) for field, (salt, value) in values.items()} != event["sealed"]:
        return Breach(row.case_id, seq, "isi tersegelnya tidak cocok dengan rantai")
    return None
