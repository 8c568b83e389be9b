"""Verification codes: 80 random bits in letters and digits that nobody mistakes for each other (Crockford's base 32)."""

import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def shown(code: str) -> str:
    """As papers print it: four groups of four."""
    return "-".join(code[first : first + 4] for first in range(0, len(code), 4))


def read(text: str) -> str | None:
    """The code that someone has typed or scanned, in any case and with any spaces and dashes; None for what is none."""
    code = "".join(text[:60].split()).replace("-", "").upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else None
