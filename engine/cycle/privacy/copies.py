"""A copy of one's own data: ordered by the person, made by workers part by part, taken along, gone after some days.

A part lies sealed until then: box = nonce | AES-256-GCM, bound to the copy and the part's name;
key = HMAC-SHA-256(installation's key, 0x07 | "copies"). Source: DOMAIN 6.4 (right of access).
"""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.clock import today
from engine.cycle.parameters import parameters_on
from engine.cycle.people import People
from engine.cycle.privacy.bundle import bundle
from engine.cycle.privacy.gathering import Section, of_case, of_tables
from engine.cycle.privacy.letters import write_to
from engine.cycle.privacy.models import CopyPartRow, CopyRow
from engine.db import new_id
from engine.errors import NotFound, Refused
from engine.runtime.batches import Batches, BatchStatus
from engine.runtime.models import CaseRow
from engine.runtime.resources import Resources
from engine.runtime.sealing import NONCE_BYTES
from engine.runtime.values import SYSTEM, Actor, Json

KIND = "copy_of_data"  # of bulk work; items are "data" and the ids of the person's cases
TABLES = "data"
PLACE = "data-saya"


@dataclass(frozen=True)
class Copy:
    """How far a copy is."""

    id: UUID
    ordered_at: datetime
    lapses_at: datetime
    done: int
    total: int
    failed: int

    @property
    def ready(self) -> bool:
        return self.done == self.total


class Copies:
    """Orders of copies. Nobody orders or takes another's."""

    def __init__(self, resources: Resources, batches: Batches, people: People, agency_name: str) -> None:
        self._resources, self._batches, self._people, self._agency = resources, batches, people, agency_name
        self._cipher = AESGCM(hmac.digest(resources.kek, b"\7copies", hashlib.sha256))
        batches.register(KIND, self._make_part)

    def latest(self, *, by: Actor) -> Copy | None:
        """The actor's newest copy that has not lapsed."""
        with self._resources.reading() as connection:
            row = _latest(connection, by.person, self._resources.clock.now())
        return self._copy(row) if row is not None else None

    def order(self, *, by: Actor) -> UUID:
        """Order a copy in place of an older one; gives its id.

        Raises:
            Refused: one is being made.
        """
        now = self._resources.clock.now()
        current = self.latest(by=by)
        if current is not None and not current.ready and not current.failed:
            raise Refused("Salinan Anda sedang dibuat; tunggu sampai selesai.")

        def work(connection: sa.Connection) -> UUID:
            days = parameters_on(connection, today(self._resources.clock, self._resources.zone)).number(
                "retensi.salinan_hari"
            )
            cases = connection.scalars(sa.select(CaseRow.id).where(CaseRow.subject == by.person).order_by(CaseRow.id))
            items, id = [TABLES, *(str(one) for one in cases)], new_id()
            told: dict[str, Json] = {"copy": str(id), "person": by.person}
            batch = self._batches.note(connection, KIND, "Salinan data pribadi", items, told, by=SYSTEM)
            self._drop(connection, sa.select(CopyRow.id).where(CopyRow.person == by.person))
            row = {"id": id, "person": by.person, "batch_id": batch, "ordered_at": now, "told": False}
            connection.execute(sa.insert(CopyRow).values(**row, lapses_at=now + timedelta(days=days)))
            return id

        return self._resources.write(work)

    def take(self, copy: UUID, *, by: Actor) -> IO[bytes]:
        """A finished copy as a ZIP.

        Raises:
            NotFound: there is none, it has lapsed, or it is somebody else's.
            Refused: it is not finished.
        """
        current = self.latest(by=by)
        if current is None or current.id != copy:
            raise NotFound("Salinan ini tidak ada atau sudah kedaluwarsa; buat yang baru.")
        if not current.ready:
            raise Refused("Salinan Anda belum selesai dibuat.")
        with self._resources.reading() as connection:
            sections = [section for part in self._parts(connection, copy) for section in part]
            name = self._people.names(connection, [by.person]).get(by.person, by.person)
        return bundle(
            sections,
            person=name,
            agency=self._agency,
            made_at=current.ordered_at.astimezone(self._resources.zone).strftime("%d-%m-%Y %H:%M"),
            data_dir=self._resources.data_dir,
        )

    def run(self) -> int:
        """Tell people whose copy is finished, and drop what has lapsed; gives how many there were."""
        now = self._resources.clock.now()
        with self._resources.reading() as connection:
            untold = connection.execute(sa.select(*CopyRow.__table__.c).where(~CopyRow.told)).mappings().all()
            lapsed = list(connection.scalars(sa.select(CopyRow.id).where(CopyRow.lapses_at <= now)))
        ready = [row for row in untold if self._copy(row).ready]
        if not ready and not lapsed:
            return 0

        def work(connection: sa.Connection) -> None:
            for row in ready:
                told = sa.update(CopyRow).where(CopyRow.id == row["id"], ~CopyRow.told).values(told=True)
                if connection.execute(told).rowcount:
                    write_to(connection, f"copy/{row['id']}", "data_copy", [row["person"]], place=PLACE, now=now)
            self._drop(connection, lapsed)

        self._resources.write(work)
        return len(ready) + len(lapsed)

    def _make_part(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        copy, person = UUID(payload["copy"]), payload["person"]
        if connection.scalar(sa.select(CopyRow.id).where(CopyRow.id == copy)) is None:
            raise Refused("Salinan ini sudah diganti yang lain.")
        sections = (
            of_tables(connection, self._people, person)
            if item == TABLES
            else [of_case(self._resources, connection, UUID(item), person)]
        )
        connection.execute(sa.insert(CopyPartRow).values(copy_id=copy, name=item, box=self._seal(sections, copy, item)))
        return "selesai"

    def _parts(self, connection: sa.Connection, copy: UUID) -> list[list[Section]]:
        query = sa.select(CopyPartRow.name, CopyPartRow.box).where(CopyPartRow.copy_id == copy)
        parts = {row.name: self._open(row.box, copy, row.name) for row in connection.execute(query)}
        return [parts[name] for name in sorted(parts, key=lambda name: (name != TABLES, name))]

    def _seal(self, sections: Sequence[Section], copy: UUID, name: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        plain = orjson.dumps([asdict(section) for section in sections])
        return nonce + self._cipher.encrypt(nonce, plain, copy.bytes + name.encode())

    def _open(self, box: bytes, copy: UUID, name: str) -> list[Section]:
        plain = self._cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], copy.bytes + name.encode())
        return [Section(**section) for section in orjson.loads(plain)]

    def _copy(self, row: Mapping[Any, Any]) -> Copy:
        batch = self._batches.view(row["batch_id"], by=SYSTEM)
        failed = batch.failed or int(batch.status is BatchStatus.CANCELLED)
        return Copy(row["id"], row["ordered_at"], row["lapses_at"], batch.done, batch.total, failed)

    def _drop(self, connection: sa.Connection, copies: Any) -> None:
        connection.execute(sa.delete(CopyPartRow).where(CopyPartRow.copy_id.in_(copies)))
        connection.execute(sa.delete(CopyRow).where(CopyRow.id.in_(copies)))


def _latest(connection: sa.Connection, person: str, now: datetime) -> Mapping[Any, Any] | None:
    query = sa.select(*CopyRow.__table__.c).where(CopyRow.person == person, CopyRow.lapses_at > now)
    return connection.execute(query.order_by(CopyRow.ordered_at.desc()).limit(1)).mappings().first()
