"""Ballots: a token that lets each person answer once, and a box that only the survey's key opens.

token = HMAC-SHA-256(key, 0x04 | person); box = nonce | AES-256-GCM of one byte for each behaviour, bound to the survey and
the token. All boxes of a survey are of one length.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def token_of(key: bytes, person: str) -> bytes:
    """What stands for a person as long as the key exists."""
    return hmac.digest(key, b"\4" + person.encode(), hashlib.sha256)


def seal(scores: Mapping[str, int], order: Sequence[str], key: bytes, survey: UUID, token: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, bytes(scores[one] for one in order), survey.bytes + token)


def unseal(box: bytes, order: Sequence[str], key: bytes, survey: UUID, token: bytes) -> dict[str, int]:
    """The scores by behaviour; for counting them together only. Raises InvalidTag for a box that was changed."""
    plain = _cipher(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], survey.bytes + token)
    return dict(zip(order, plain, strict=True))


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key, b"\5box", hashlib.sha256))
