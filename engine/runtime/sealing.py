"""Personal values in the history: a salted commitment in the chain, the value itself under a key that can be destroyed.

commitment = SHA-256(0x02 | salt | RFC 8785 bytes); box = nonce | AES-256-GCM over all values of one event.
Inside a box: the values by field, packed. seed = HMAC-SHA-256(key, 0x04 | nonce), salt = the first bytes of
SHA-256(0x03 | seed | field): who is shown one field's salt learns nothing of the others, and without the key or without
the box nobody learns any. Boxes of before hold each salt beside its value, as JSON.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import EngineError
from engine.runtime import canonical
from engine.runtime.packing import Packer
from engine.runtime.values import Json

SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
SALTED_JSON = b"{"  # how the plain content of a box of before begins
PACKER = Packer("sealed-2")


class Unsealable(EngineError):
    """The box does not open: the key was destroyed or replaced, or the bytes were changed."""


def new_key() -> bytes:
    """A key for one case: one person in one cycle."""
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, kek: bytes, case_id: UUID) -> bytes:
    """The case's key, locked with the installation's."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(kek).encrypt(nonce, key, case_id.bytes)


def unwrap(wrapped: bytes, kek: bytes, case_id: UUID) -> bytes:
    """The case's key.

    Raises:
        Unsealable: the installation's key is another one, or the bytes were changed.
    """
    try:
        return AESGCM(kek).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], case_id.bytes)
    except InvalidTag as error:
        raise Unsealable(f"Kunci perkara {case_id} tidak dapat dibuka; periksa berkas case-keys.key.") from error


def seal(values: Mapping[str, Json], key: bytes, case_id: UUID, seq: int) -> tuple[dict[str, str], bytes]:
    """The commitments to put into the chain, by field, and the box to keep beside it."""
    nonce = os.urandom(NONCE_BYTES)
    seed = _seed(key, nonce)
    commitments = {field: commitment(_salt(seed, field), value) for field, value in values.items()}
    plain = PACKER.pack(to_text(values), case_id)
    return commitments, nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(case_id, seq))


def to_text(values: Mapping[str, Json]) -> str:
    """The sealed values of an event as they are packed."""
    return orjson.dumps(values).decode()


def open_box(box: bytes, key: bytes, case_id: UUID, seq: int) -> dict[str, tuple[bytes, Json]]:
    """The salted values of an event, by field.

    Raises:
        Unsealable: the box was changed, or belongs to another event or key.
    """
    try:
        plain = AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _bound_to(case_id, seq))
    except InvalidTag as error:
        raise Unsealable(f"Isi tersegel perkara {case_id} peristiwa {seq} tidak dapat dibuka.") from error
    if plain.startswith(SALTED_JSON):
        return {field: (base64.b64decode(salt), value) for field, (salt, value) in orjson.loads(plain).items()}
    seed = _seed(key, box[:NONCE_BYTES])
    return {field: (_salt(seed, field), value) for field, value in orjson.loads(PACKER.unpack(plain, case_id)).items()}


def open_first(
    box: bytes | None, keys: Iterable[bytes | None], case_id: UUID, seq: int
) -> dict[str, tuple[bytes, Json]] | None:
    """The values of a box by the first of the keys that opens it; None where there is no box or no key is left.

    Raises:
        Unsealable: none of the keys that are left opens it.
    """
    left = [key for key in keys if key is not None]
    if box is None or not left:
        return None
    for key in left[:-1]:
        try:
            return open_box(box, key, case_id, seq)
        except Unsealable:
            continue
    return open_box(box, left[-1], case_id, seq)


def _seed(key: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, b"\4" + nonce, hashlib.sha256)


def _salt(seed: bytes, field: str) -> bytes:
    return hashlib.sha256(b"\3" + seed + field.encode()).digest()[:SALT_BYTES]


def commitment(salt: bytes, value: Json) -> str:
    """What the chain holds in a value's place."""
    return base64.b64encode(hashlib.sha256(b"\2" + salt + canonical.dumps(value)).digest()).decode()


def _bound_to(case_id: UUID, seq: int) -> bytes:
    return case_id.bytes + seq.to_bytes(4, "big")
