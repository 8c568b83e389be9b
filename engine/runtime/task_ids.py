"""Public ids of tasks: made of the case's id and the task's number, so that the history need not keep them twice.

id = the first 12 bytes of SHA-256(0x07 | case | number) | number XOR the first 4 bytes of SHA-256(0x08 | case).
Who knows a task learns neither its case nor its number; who knows the case may learn them all, which gives no right.
"""

import hashlib
from functools import lru_cache
from uuid import UUID

LARGEST = 2**16  # numbers from here on are kept by their ids


def task_id(case_id: UUID, number: int) -> UUID:
    """The id of a task of a case."""
    hidden = number ^ _mask(case_id)
    return UUID(bytes=_digest(case_id, number) + hidden.to_bytes(4, "big"))


def number_of(case_id: UUID, id: UUID) -> int | None:
    """The number behind an id; None: it is not of a task of this case, or was drawn at random as ids were before."""
    number = int.from_bytes(id.bytes[12:], "big") ^ _mask(case_id)
    return number if number < LARGEST and task_id(case_id, number) == id else None


def _digest(case_id: UUID, number: int) -> bytes:
    return hashlib.sha256(b"\7" + case_id.bytes + number.to_bytes(4, "big")).digest()[:12]


@lru_cache(maxsize=1024)
def _mask(case_id: UUID) -> int:
    return int.from_bytes(hashlib.sha256(b"\x08" + case_id.bytes).digest()[:4], "big")
