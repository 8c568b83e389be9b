"""Texts of a case that are much alike, kept small: with a dictionary of what they share, and without what is random.

A packed text is: version | Zstandard frame of the text, without its magic number | what was taken out, as bytes.
Ids, digests and moments do not compress; in the text a mark stands for each of them, one that no JSON holds. The case's
own id takes no room at all, and its tasks' ids take that of their number.
The version names this form and the dictionary, which may therefore never change (ADR 21).
"""

import re
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import zstandard

from engine.db import EPOCH, MICROSECOND
from engine.errors import EngineError
from engine.runtime.task_ids import number_of, task_id

VERSION = b"\2"
LEVEL = 9
MAGIC = b"\x28\xb5\x2f\xfd"
ID, DIGEST, CASE, TASK, SECOND, MOMENT = "\1", "\2", "\3", "\4", "\5", "\6"
SIZES = {ID: 16, DIGEST: 32, CASE: 0, TASK: 2, SECOND: 4, MOMENT: 7}
PER_SECOND = 1_000_000
TAKEN = re.compile(  # an id; a digest of 32 bytes, as base64 writes it; a moment in UTC
    r'"(?:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)'
    r'|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00))"'
)
MARKS = re.compile(f"[{ID}-{MOMENT}]")


class Unpackable(EngineError):
    """A packed text of an unknown version, or a damaged one; it is refused, never guessed."""


class Packer:
    """Packs one kind of JSON texts."""

    def __init__(self, dictionary: str) -> None:
        content = (Path(__file__).parent / "dictionaries" / f"{dictionary}.zstd").read_bytes()
        self.dictionary = zstandard.ZstdCompressionDict(content)
        self._local = threading.local()  # (de)compressors are not thread safe

    def pack(self, text: str, case_id: UUID) -> bytes:
        """The text in few bytes, for who knows whose it is."""
        taken: list[bytes] = []
        plain = marked(text, case_id, taken)
        return b"".join((VERSION, self._compressor().compress(plain.encode())[len(MAGIC) :], *taken))

    def unpack(self, packed: bytes, case_id: UUID) -> str:
        """The text again, to the letter.

        Raises:
            Unpackable: these bytes were not written by `pack`.
        """
        if packed[:1] != VERSION:
            raise Unpackable(f"Isi tersimpan berversi {packed[:1]!r} tidak dikenal; perbarui aplikasi ini.")
        try:
            plain = self._decompressor().decompress(MAGIC + packed[1:], allow_extra_data=True).decode()
        except (zstandard.ZstdError, UnicodeDecodeError) as error:
            raise Unpackable(f"Isi tersimpan rusak dan tidak dapat dibaca: {error}") from error
        return _filled(plain, packed, case_id)

    def _compressor(self) -> zstandard.ZstdCompressor:
        if not hasattr(self._local, "compressor"):
            self._local.compressor = zstandard.ZstdCompressor(
                level=LEVEL, dict_data=self.dictionary, write_dict_id=False
            )
        compressor: zstandard.ZstdCompressor = self._local.compressor
        return compressor

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        if not hasattr(self._local, "decompressor"):
            self._local.decompressor = zstandard.ZstdDecompressor(dict_data=self.dictionary)
        decompressor: zstandard.ZstdDecompressor = self._local.decompressor
        return decompressor


def marked(text: str, case_id: UUID, taken: list[bytes]) -> str:
    """The text with marks in the place of ids, digests and moments; what they stand for goes to `taken`."""

    def take(found: re.Match[str]) -> str:
        id, digest, moment = found.groups()
        mark, part = _of_id(UUID(id), case_id) if id else _of_moment(moment) if moment else (DIGEST, b64decode(digest))
        taken.append(part)
        return mark or found[0]

    return TAKEN.sub(take, text)


def _of_id(id: UUID, case_id: UUID) -> tuple[str, bytes]:
    if id == case_id:
        return CASE, b""
    number = number_of(case_id, id)
    return (ID, id.bytes) if number is None else (TASK, number.to_bytes(SIZES[TASK], "big"))


def _of_moment(text: str) -> tuple[str, bytes]:
    """Its seconds since 1970, and its microseconds where it has any; no mark for what would not come back as it was."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return "", b""
    seconds, rest = divmod((moment - EPOCH) // MICROSECOND, PER_SECOND)
    if moment.isoformat() != text or not 0 <= seconds < 2**32:
        return "", b""
    whole = seconds.to_bytes(SIZES[SECOND], "big")
    return (MOMENT, whole + rest.to_bytes(SIZES[MOMENT] - len(whole), "big")) if rest else (SECOND, whole)


def _filled(plain: str, packed: bytes, case_id: UUID) -> str:
    at = len(packed) - sum(SIZES[mark] for mark in MARKS.findall(plain))

    def put(found: re.Match[str]) -> str:
        nonlocal at
        mark, begin = found[0], at
        at += SIZES[mark]
        return f'"{FILL[mark](packed[begin:at], case_id)}"'

    return MARKS.sub(put, plain)


def _moment(part: bytes, _case_id: UUID) -> str:
    seconds, rest = int.from_bytes(part[: SIZES[SECOND]], "big"), int.from_bytes(part[SIZES[SECOND] :], "big")
    return (EPOCH + timedelta(seconds=seconds, microseconds=rest)).isoformat()


FILL: dict[str, Callable[[bytes, UUID], object]] = {
    ID: lambda part, _: UUID(bytes=part),
    DIGEST: lambda part, _: b64encode(part).decode(),
    CASE: lambda _, case_id: case_id,
    TASK: lambda part, case_id: task_id(case_id, int.from_bytes(part, "big")),
    SECOND: _moment,
    MOMENT: _moment,
}
