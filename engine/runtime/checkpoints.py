"""Signed checkpoints: one root over the heads of all cases, kept by somebody outside, held against the history later.

Whoever owns the database can write a whole chain anew, together with its head; not the copy of a checkpoint that an
auditor holds. Tree as in RFC 6962: leaf = SHA-256(0x00 | case id | seq, 4 bytes | head), node = SHA-256(0x01 | left | right),
cases in the order of their ids. What is signed with Ed25519 is the RFC 8785 text of `checkpoint`.
A file is handed over packed with gzip, and read packed or plain.
"""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.errors import NotFound, Refused
from engine.runtime import canonical
from engine.runtime.access import require_role
from engine.runtime.batches import Batch, Batches
from engine.runtime.history import Verified, verify
from engine.runtime.models import CaseRow, CheckpointFileRow, CheckpointRow, HistoryRow
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, Json

VERSION = 1
KIND = "verify"  # of bulk work; its one item is the whole history
READERS = frozenset({"auditor"})
LARGEST = 200 * 1024 * 1024  # bytes of a checkpoint's file: about two million cases
AT_ONCE = 500
KEPT = 7  # files of the newest checkpoints that stay here, for who did not get the mail
PACKED, GZIP = b"\x1f\x8b", 31  # how such a file begins, and its name in zlib
Head = tuple[UUID, int, bytes]  # case, seq, hash of its newest event
UNREADABLE = "Berkas ini bukan titik periksa; pilih berkas yang dibuat dengan siklus checkpoint."


@dataclass(frozen=True)
class Checkpoint:
    """One that was signed; `prev` is the hash of the one before, empty for the first."""

    no: int
    at: datetime
    cases: int
    events: int
    root: str
    prev: str
    public_key: str


@dataclass(frozen=True)
class Checked:
    """What a checkpoint says, and the first thing that does not hold; None: the history still holds all of it."""

    no: int
    at: datetime
    cases: int
    events: int
    public_key: str
    breach: str | None


class Checkpoints:
    """Sign, list, and hold against the history."""

    def __init__(self, resources: Resources, batches: Batches) -> None:
        self._resources, self._batches = resources, batches
        self._found: Verified | None = None  # by the check that this process has made last
        batches.register(KIND, self._told, READERS, self._verify)

    def sign(self, key: bytes, *, by: Actor) -> bytes:
        """Sign the heads of all cases as they stand; gives the file to hand to the auditor. For the command line alone."""
        require_role(by)
        return self._resources.write(lambda connection: self.signed(connection, key)[1])

    def signed(self, connection: sa.Connection, key: bytes) -> tuple[int, bytes]:
        """The same in a transaction of somebody else's; gives the number and the file, of which the newest are kept."""
        signer = Ed25519PrivateKey.from_private_bytes(key)
        public = base64.b64encode(signer.public_key().public_bytes_raw()).decode()
        now = self._resources.clock.now()
        heads: list[Head] = [(row.id, row.seq, row.head) for row in connection.execute(_HEADS)]
        last = connection.execute(sa.select(*CheckpointRow.__table__.c).order_by(CheckpointRow.no.desc())).first()
        told: dict[str, Json] = {
            "v": VERSION,
            "no": last.no + 1 if last is not None else 1,
            "at": now.isoformat(),
            "cases": len(heads),
            "events": sum(seq for _, seq, _ in heads),
            "root": root(heads).hex(),
            "prev": hashlib.sha256(last.signature).hexdigest() if last is not None else "",
        }
        signature = signer.sign(canonical.dumps(told))
        kept = {name: told[name] for name in ("no", "cases", "events", "root", "prev")}
        row = {**kept, "signed_at": now, "public_key": public, "signature": signature}
        connection.execute(sa.insert(CheckpointRow).values(**row))
        content = _file(told, signature, public, heads)
        _keep(connection, told["no"], content)
        return told["no"], content

    def file(self, no: int, *, by: Actor) -> bytes:
        """The file of one of the newest checkpoints; raises NotFound for an older one."""
        require_role(by, *READERS)
        with self._resources.reading() as connection:
            content = kept_file(connection, no)
        if content is None:
            raise NotFound("Berkas titik periksa ini tidak lagi disimpan di server.")
        return content

    def kept(self, *, by: Actor) -> frozenset[int]:
        """The numbers of those whose files are here."""
        require_role(by, *READERS)
        with self._resources.reading() as connection:
            return frozenset(connection.scalars(sa.select(CheckpointFileRow.no)))

    def all(self, *, by: Actor, limit: int = 50) -> Sequence[Checkpoint]:
        """What was signed, the newest first."""
        require_role(by, *READERS)
        query = sa.select(*CheckpointRow.__table__.c).order_by(CheckpointRow.no.desc()).limit(limit)
        with self._resources.reading() as connection:
            return [
                Checkpoint(row.no, row.signed_at, row.cases, row.events, row.root, row.prev, row.public_key)
                for row in connection.execute(query)
            ]

    def check(self, content: bytes, *, by: Actor, public_key: str | None = None) -> Checked:
        """Hold a checkpoint's file against the history: signature, root, and every head at its place.

        `public_key` is the one that was handed over, in base64; without it, compare the one in the answer yourself.

        Raises:
            Refused: the file is no checkpoint.
        """
        require_role(by, *READERS)
        told, signature, public, heads = _read(content)
        with self._resources.reading() as connection:
            breach = _forged(told, signature, public, public_key, heads) or _missing(connection, heads)
        at = datetime.fromisoformat(told["at"])
        return Checked(told["no"], at, told["cases"], told["events"], public, breach)

    def order(self, *, by: Actor) -> UUID:
        """Order a check of the whole history, every event and every sealed value; gives the bulk work's id."""
        return self._batches.start(KIND, "Pemeriksaan keutuhan riwayat", ["semua"], {}, by=by)

    def last(self, *, by: Actor) -> Batch | None:
        """The newest check of the whole history."""
        return self._batches.newest(KIND, by=by)

    def _verify(self, item: str, payload: Mapping[str, Json], by: Actor) -> None:
        """The slow part, outside any transaction; a breach fails the item with its place."""
        with self._resources.reading() as connection:
            found = verify(connection, self._resources.kek, self._resources.secrets)
        if found.breach is not None:
            raise Refused(f"RUSAK: {found.breach}")
        self._found = found

    def _told(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        found = self._found
        assert found is not None, "an item is looked at right before it is told of"
        return f"Utuh: {found.cases} perkara, {found.events} peristiwa, {found.erased} di antaranya isinya dihapus."


def kept_file(connection: sa.Connection, no: int) -> bytes | None:
    """The file of a checkpoint, while it is kept."""
    return connection.scalar(sa.select(CheckpointFileRow.content).where(CheckpointFileRow.no == no))


def last_signed(connection: sa.Connection) -> datetime | None:
    """When the newest checkpoint was signed."""
    return connection.scalar(sa.select(sa.func.max(CheckpointRow.signed_at)))


def file_name(no: int) -> str:
    """What a checkpoint's file is called."""
    return f"titik-periksa-{no}.json.gz"


def _keep(connection: sa.Connection, no: int, content: bytes) -> None:
    connection.execute(sa.insert(CheckpointFileRow).values(no=no, content=content))
    connection.execute(sa.delete(CheckpointFileRow).where(CheckpointFileRow.no <= no - KEPT))


_HEADS = sa.select(CaseRow.id, CaseRow.seq, CaseRow.head).order_by(CaseRow.id)


def root(heads: Sequence[Head]) -> bytes:
    """The root of the tree over heads in the order of their cases; of none, the hash of nothing."""
    level = [hashlib.sha256(b"\0" + case.bytes + seq.to_bytes(4, "big") + head).digest() for case, seq, head in heads]
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = [*pairs, *level[len(pairs) * 2 :]]
    return level[0]


def _file(told: Mapping[str, Json], signature: bytes, public: str, heads: Sequence[Head]) -> bytes:
    whole = {
        "checkpoint": told,
        "signature": base64.b64encode(signature).decode(),
        "public_key": public,
        "heads": [[str(case), seq, head.hex()] for case, seq, head in heads],
    }
    return gzip.compress(orjson.dumps(whole, option=orjson.OPT_APPEND_NEWLINE), mtime=0)


def _read(content: bytes) -> tuple[dict[str, Any], bytes, str, list[Head]]:
    if len(content) > LARGEST:
        raise Refused(UNREADABLE)
    try:
        whole = orjson.loads(_unpacked(content))
        told, public = whole["checkpoint"], str(whole["public_key"])
        heads = [(UUID(case), int(seq), bytes.fromhex(head)) for case, seq, head in whole["heads"]]
        datetime.fromisoformat(told["at"])
        known = all(isinstance(told[name], int) for name in ("no", "cases", "events")) and told["v"] == VERSION
        signature = base64.b64decode(whole["signature"])
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise Refused(UNREADABLE) from error
    if not known:
        raise Refused(UNREADABLE)
    return told, signature, public, heads


def _unpacked(content: bytes) -> bytes:
    """A file as it was before it was packed, as far as it is bearable."""
    return zlib.decompressobj(GZIP).decompress(content, LARGEST) if content.startswith(PACKED) else content


def _forged(
    told: Mapping[str, Any], signature: bytes, public: str, expected: str | None, heads: Sequence[Head]
) -> str | None:
    """What is wrong with the file itself."""
    if expected is not None and expected.strip() != public:
        return "titik periksa ini ditandatangani dengan kunci lain"
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(signature, canonical.dumps(told))
    except (InvalidSignature, ValueError):
        return "tanda tangan titik periksa tidak cocok"
    sums = (len(heads), sum(seq for _, seq, _ in heads), root(heads).hex())
    if sums != (told["cases"], told["events"], told["root"]):
        return "daftar perkara dalam berkas tidak cocok dengan akarnya"
    return None


def _missing(connection: sa.Connection, heads: Sequence[Head]) -> str | None:
    """The first case whose history no longer holds what the checkpoint saw."""
    for first in range(0, len(heads), AT_ONCE):
        some = heads[first : first + AT_ONCE]
        query = sa.select(HistoryRow.case_id, HistoryRow.seq, HistoryRow.hash).where(
            HistoryRow.case_id.in_([case for case, _, _ in some]), HistoryRow.seq.in_({seq for _, seq, _ in some})
        )
        there = {(row.case_id, row.seq): row.hash for row in connection.execute(query)}
        for case, seq, head in some:
            if there.get((case, seq)) is None:
                return f"perkara {case}, peristiwa {seq}: hilang dari riwayat"
            if there[case, seq] != head:
                return f"perkara {case}, peristiwa {seq}: bukan yang ditandatangani"
    return None
