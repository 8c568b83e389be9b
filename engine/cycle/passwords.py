"""Passwords: hashing with Argon2id, and what a new one must be like."""

import re
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from engine.errors import FormInvalid

SHORTEST = 12
LONGEST = 200
STRONG = PasswordHasher()
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # for tests: a hash that costs nothing
COMMON = frozenset(
    {
        "abcdef",
        "abcdefgh",
        "admin",
        "administrator",
        "aku",
        "alhamdulillah",
        "asdfgh",
        "asdfghjkl",
        "assalamualaikum",
        "bandung",
        "bismillah",
        "cinta",
        "default",
        "doraemon",
        "dragon",
        "ekinerja",
        "football",
        "ganti",
        "gantisandi",
        "garuda",
        "guest",
        "iloveyou",
        "indonesia",
        "jakarta",
        "kamu",
        "katasandi",
        "kinerja",
        "letmein",
        "login",
        "master",
        "merdeka",
        "monkey",
        "naruto",
        "nusantara",
        "pancasila",
        "password",
        "passwort",
        "pegawai",
        "persib",
        "persija",
        "qwerty",
        "qwertyuiop",
        "rahasia",
        "sandi",
        "sayang",
        "selamat",
        "selamatdatang",
        "siklus",
        "surabaya",
        "test",
        "user",
        "welcome",
        "zxcvbn",
    }
)


class Passwords:
    """Hashes and checks; checking an unknown account costs the same as a known one."""

    def __init__(self, hasher: PasswordHasher = STRONG) -> None:
        self._hasher = hasher
        self._nobody = hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password: str, stored: str | None) -> bool:
        """Whether the password is the stored one; None stands for an unknown account and never matches."""
        try:
            self._hasher.verify(stored or self._nobody, password[: LONGEST * 2])
        except (VerifyMismatchError, InvalidHashError):
            return False
        return stored is not None

    def is_dated(self, stored: str) -> bool:
        """Whether the hash was made with an older profile and should be made anew."""
        return self._hasher.check_needs_rehash(stored)


def check_new_password(password: str, *, names: Iterable[str], field: str = "password") -> None:
    """Say what is wrong with a new password. `names` are words that must not make it up: NIP, name, agency.

    Raises:
        FormInvalid: a sentence at the field.
    """
    problem = _weakness(password, names)
    if problem:
        raise FormInvalid({field: problem})


def _weakness(password: str, names: Iterable[str]) -> str | None:
    if len(password) < SHORTEST:
        return f"Kata sandi paling sedikit {SHORTEST} karakter. Beberapa kata yang mudah Anda ingat sudah cukup."
    if len(password) > LONGEST:
        return f"Kata sandi paling banyak {LONGEST} karakter."
    folded = password.casefold()
    if len(set(folded)) < 5:
        return "Kata sandi memakai terlalu sedikit karakter yang berbeda."
    letters = re.sub(r"[\W\d_]+", "", folded)
    own = {part for name in names for part in re.split(r"[^\w]+", name.casefold()) if len(part) >= 4}
    if any(part.isdigit() and part in folded for part in own):
        return "Kata sandi tidak boleh memuat NIP."
    if not letters or letters in COMMON or letters in own:
        return "Kata sandi ini mudah ditebak. Pakai beberapa kata yang tidak berkaitan."
    return None
