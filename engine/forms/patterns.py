"""Patterns that a text must match: the part of regular expressions that always answers fast.

What could take long is refused when the form is read: an inner choice that is repeated ("(a+)+", "(a|aa)*"),
look-around, back references. The rest is counted: the ways to try, times the longest text, stay under a bound.
"""

import re
from dataclasses import dataclass

MAX_SOURCE = 200
MAX_STEPS = 2_000_000
MAX_SIZE = 10_000
_COUNT = re.compile(r"\{(\d{1,4})(?:(,)(\d{1,4})?)?\}", re.ASCII)


class UnsafePattern(ValueError):
    """The pattern cannot be used; the message says why, in Indonesian."""


@dataclass(frozen=True)
class _Part:
    """A stretch of the pattern: the ways to try it, whether it holds any choice, how long it is when written out."""

    ways: int
    varies: bool
    size: int = 1


def compile_pattern(source: str, longest: int) -> re.Pattern[str]:
    """Compile a pattern for texts of at most `longest` characters; it may match anywhere, as in form-js.

    Raises:
        UnsafePattern: it is not valid, not supported, or could take too long.
    """
    if len(source) > MAX_SOURCE:
        raise UnsafePattern(f"pola lebih panjang dari {MAX_SOURCE} karakter")
    part, end = _Scanner(source, longest).alternatives(0)
    if end != len(source):
        raise UnsafePattern('ada ")" tanpa pasangan')
    starts = 1 if source.startswith("^") else longest
    if part.ways * starts > MAX_STEPS or part.size > MAX_SIZE:
        raise UnsafePattern(
            f"pola dapat memerlukan terlalu banyak langkah untuk teks {longest} karakter; "
            "kurangi bagian yang berulang (+, *) atau isi maxLength yang lebih kecil"
        )
    try:
        return re.compile(source, re.ASCII)
    except re.error as error:
        raise UnsafePattern(f"pola tidak sah: {error.msg}") from error


class _Scanner:
    """Walks a pattern once; each method takes a position and returns a part with the position after it."""

    def __init__(self, source: str, longest: int) -> None:
        self.source = source
        self.longest = longest

    def alternatives(self, at: int) -> tuple[_Part, int]:
        ways, varies, size = 0, False, 0
        while True:
            part, at = self.sequence(at)
            ways, varies, size = ways + part.ways, varies or part.varies, size + part.size
            if at >= len(self.source) or self.source[at] != "|":
                return _Part(ways, varies, size), at
            at, varies = at + 1, True

    def sequence(self, at: int) -> tuple[_Part, int]:
        ways, varies, size = 1, False, 1
        while at < len(self.source) and self.source[at] not in "|)":
            part, at = self.atom(at)
            part, at = self.repeated(part, at)
            ways, varies, size = ways * part.ways, varies or part.varies, size + part.size
        return _Part(ways, varies, size), at

    def atom(self, at: int) -> tuple[_Part, int]:
        match self.source[at]:
            case "(":
                return self.group(at + 1)
            case "[":
                return _Part(1, False), self.character_class(at + 1)
            case "\\":
                return _Part(1, False), self.escape(at + 1)
            case "*" | "+" | "?":
                raise UnsafePattern(f'tanda "{self.source[at]}" tidak punya yang diulang')
            case "{":
                raise UnsafePattern(
                    'tulis "\\{" untuk kurung kurawal, atau jumlah seperti "{3}" sesudah bagian yang diulang'
                )
            case _:
                return _Part(1, False), at + 1

    def group(self, at: int) -> tuple[_Part, int]:
        if self.source.startswith("?:", at):
            at += 2
        elif self.source.startswith("?", at):
            raise UnsafePattern('kelompok "(?...)" selain "(?:...)" tidak didukung')
        part, at = self.alternatives(at)
        if at >= len(self.source):
            raise UnsafePattern('kelompok "(" tidak ditutup')
        return part, at + 1

    def character_class(self, at: int) -> int:
        if self.source.startswith("^", at):
            at += 1
        first = at
        while at < len(self.source) and (self.source[at] != "]" or at == first):
            at = self.escape(at + 1) if self.source[at] == "\\" else at + 1
        if at >= len(self.source):
            raise UnsafePattern('kumpulan "[" tidak ditutup')
        return at + 1

    def escape(self, at: int) -> int:
        if at >= len(self.source):
            raise UnsafePattern('pola berakhir dengan "\\"')
        if self.source[at].isalnum() and self.source[at] not in "dDwWsSbBnt":
            raise UnsafePattern(f'"\\{self.source[at]}" tidak didukung')
        return at + 1

    def repeated(self, part: _Part, at: int) -> tuple[_Part, int]:
        least, most, after = self.quantifier(at)
        if after == at:
            return part, at
        if after < len(self.source) and self.source[after] in "*+?{":
            raise UnsafePattern("pengulang di atas pengulang tidak didukung")
        if part.varies and most > 1:
            raise UnsafePattern("bagian yang berulang tidak boleh berisi pengulang atau pilihan lagi")
        return _Part(part.ways * (most - least + 1), part.varies or most != least, part.size * max(least, 1)), after

    def quantifier(self, at: int) -> tuple[int, int, int]:
        """(least, most, position after) of the quantifier here; once when there is none."""
        sign = self.source[at : at + 1]
        if sign in ("*", "+", "?"):
            return int(sign == "+"), 1 if sign == "?" else self.longest, at + 1
        if not (found := _COUNT.match(self.source, at)):
            return 1, 1, at
        least = int(found[1])
        most = least if not found[2] else int(found[3]) if found[3] else self.longest
        if most < least:
            raise UnsafePattern(f'pengulang "{found[0]}" terbalik')
        return least, min(most, max(self.longest, least)), found.end()
