"""What a diagram keeps to few, and drafts of secret forms: sealed under a case's secret key for the one who types, and
for nobody who has the task later.

box = nonce | AES-256-GCM, bound to the task and the person; key = HMAC-SHA-256(secret key, 0x06 | "drafts").
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.runtime import sealing
from engine.runtime.values import Json

SEALED = "$sealed"  # no field of a form is called so
NOBODY_ELSE = "none"


def is_secret(properties: Mapping[str, str]) -> bool:
    """Whether the diagram keeps a task's answers for the one who gives them."""
    return properties.get("secret") == "true"


def is_guest(properties: Mapping[str, str]) -> bool:
    """Whether the one who does a task stays outside the case."""
    return properties.get("guest") == "true"


def named_readers(properties: Mapping[str, str]) -> tuple[str, ...]:
    """The performers that `readers` names."""
    names = [name.strip() for name in properties.get("readers", "").split(",")]
    return tuple(name for name in names if name and name != NOBODY_ELSE)


def close_draft(draft: Mapping[str, Json], key: bytes, task: UUID, person: str) -> dict[str, Json]:
    """What is stored in a draft's place."""
    nonce = os.urandom(sealing.NONCE_BYTES)
    box = nonce + _cipher(key).encrypt(nonce, orjson.dumps(draft), _bound_to(task, person))
    return {SEALED: base64.b64encode(box).decode()}


def open_draft(stored: Mapping[str, Json] | None, key: bytes | None, task: UUID, person: str) -> dict[str, Any] | None:
    """A draft as this person typed it; None for a draft of somebody else's, or whose key was destroyed.

    One from before drafts were sealed is given as it is.
    """
    if stored is None or SEALED not in stored:
        return dict(stored) if stored is not None else None
    if key is None:
        return None
    box = base64.b64decode(stored[SEALED])
    nonce, content = box[: sealing.NONCE_BYTES], box[sealing.NONCE_BYTES :]
    try:
        opened: dict[str, Any] = orjson.loads(_cipher(key).decrypt(nonce, content, _bound_to(task, person)))
    except InvalidTag:
        return None
    return opened


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key, b"\6drafts", hashlib.sha256))


def _bound_to(task: UUID, person: str) -> bytes:
    return task.bytes + person.encode()
