"""Personal values in the history: a salted commitment in the chain, the value itself under a key that can be destroyed.

commitment = SHA-256(0x02 | salt | RFC 8785 bytes); box = AES-256-GCM over all values of one event.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import EngineError
from engine.runtime import canonical
from engine.runtime.values import Json

SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32


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
    salted = {field: (os.urandom(SALT_BYTES), value) for field, value in values.items()}
    commitments = {field: commitment(salt, value) for field, (salt, value) in salted.items()}
    plain = orjson.dumps({field: [base64.b64encode(salt).decode(), value] for field, (salt, value) in salted.items()})
    nonce = os.urandom(NONCE_BYTES)
    return commitments, nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(case_id, seq))


def open_box(box: bytes, key: bytes, case_id: UUID, seq: int) -> dict[str, tuple[bytes, Json]]:
    """The salted values of an event, by field.

    Raises:
        Unsealable: the box was changed, or belongs to another event or key.
    """
    try:
        plain = AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], _bound_to(case_id, seq))
    except InvalidTag as error:
        raise Unsealable(f"Isi tersegel perkara {case_id} peristiwa {seq} tidak dapat dibuka.") from error
    return {field: (base64.b64decode(salt), value) for field, (salt, value) in orjson.loads(plain).items()}


def commitment(salt: bytes, value: Json) -> str:
    """What the chain holds in a value's place."""
    return base64.b64encode(hashlib.sha256(b"\2" + salt + canonical.dumps(value)).digest()).decode()


def _bound_to(case_id: UUID, seq: int) -> bytes:
    return case_id.bytes + seq.to_bytes(4, "big")
