"""Texts that are much alike, kept small: with a dictionary of what they share, and without what is random in them.

A packed text is: version | Zstandard frame of the text, without its magic number | the random parts as bytes.
Ids and digests do not compress; in the text a mark stands for each of them, one that no JSON holds.
The version names the dictionary, which may therefore never change (ADR 21).
"""

import re
import threading
from base64 import b64decode, b64encode
from pathlib import Path
from uuid import UUID

import zstandard

from engine.errors import EngineError

VERSION = b"\1"
LEVEL = 9
MAGIC = b"\x28\xb5\x2f\xfd"
ID, DIGEST = "\1", "\2"
SIZES = {ID: 16, DIGEST: 32}
RANDOM = re.compile(  # an id; a digest of 32 bytes, but only as base64 writes it: the way back must give the same text
    r'"(?:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=))"'
)
MARKS = re.compile(f"[{ID}{DIGEST}]")


class Unpackable(EngineError):
    """A packed text of an unknown version, or a damaged one; it is refused, never guessed."""


class Packer:
    """Packs one kind of JSON texts."""

    def __init__(self, dictionary: str) -> None:
        content = (Path(__file__).parent / "dictionaries" / f"{dictionary}.zstd").read_bytes()
        self.dictionary = zstandard.ZstdCompressionDict(content)
        self._local = threading.local()  # (de)compressors are not thread safe

    def pack(self, text: str) -> bytes:
        """The text in few bytes."""
        taken: list[bytes] = []
        plain = without_random(text, taken)
        return b"".join((VERSION, self._compressor().compress(plain.encode())[len(MAGIC) :], *taken))

    def unpack(self, packed: bytes) -> str:
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
        return _with_random(plain, packed)

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


def without_random(text: str, taken: list[bytes]) -> str:
    """The text with marks in the place of ids and digests, which go to `taken`."""

    def take(found: re.Match[str]) -> str:
        id, digest = found.groups()
        taken.append(bytes.fromhex(id.replace("-", "")) if id else b64decode(digest))
        return ID if id else DIGEST

    return RANDOM.sub(take, text)


def _with_random(plain: str, packed: bytes) -> str:
    at = len(packed) - sum(SIZES[mark] for mark in MARKS.findall(plain))

    def put(found: re.Match[str]) -> str:
        nonlocal at
        mark, begin = found[0], at
        at += SIZES[mark]
        part = packed[begin:at]
        return f'"{UUID(bytes=part)}"' if mark == ID else f'"{b64encode(part).decode()}"'

    return MARKS.sub(put, plain)
