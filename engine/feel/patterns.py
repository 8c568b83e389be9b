"""Regular expressions in time proportional to text x pattern: no backtracking, so no pattern can hang the server.

The syntax is XPath's as far as documents need it: characters, `.`, classes, \\d \\w \\s \\p{L}, groups, `|`, `^ $`,
`* + ? {n,m}` (also lazy). Back references and look-around do not exist here. Flags: i, m, s, x.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from engine.feel.budget import Budget
from engine.feel.errors import FeelError

Test = Callable[[str], bool]

LONGEST = 500  # characters of a pattern
LARGEST = 1_000  # instructions of a compiled one
DEEPEST = 20  # groups within groups

CHAR, SPLIT, JUMP, SAVE, START, END, FOUND = range(7)
_STOPS = (CHAR, FOUND)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step of the machine: `test` for CHAR, `to` for JUMP and SAVE (its slot), `to` then `other` for SPLIT."""

    kind: int
    test: Test | None = None
    to: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found; `groups` holds the offsets of (whole, first group, ...), None for a group not taken part."""

    groups: tuple[tuple[int, int] | None, ...]

    @property
    def start(self) -> int:
        return self.groups[0][0] if self.groups[0] else 0

    @property
    def end(self) -> int:
        return self.groups[0][1] if self.groups[0] else 0


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern."""

    program: tuple[Instruction, ...]
    group_count: int
    multiline: bool

    @staticmethod
    def read(pattern: str, flags: str = "") -> "Pattern":
        """Compiles a pattern; raises FeelError for one that cannot be used."""
        return _read(pattern, flags)

    def find(self, text: str, start: int, budget: Budget) -> Match | None:
        """The first match at or after `start`: leftmost, and among those the one that the pattern prefers."""
        slots = 2 * self.group_count
        threads: list[tuple[int, tuple[int, ...]]] = []
        best: tuple[int, ...] | None = None
        blank = (-1,) * slots
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            current: list[tuple[int, tuple[int, ...]]] = []
            for pc, saved in threads:
                self._follow(pc, saved, text, at, seen, current)
            if best is None:
                self._follow(0, blank, text, at, seen, current)
            budget.spend((len(seen) + 15) >> 4)
            threads = []
            for pc, saved in current:
                instruction = self.program[pc]
                if instruction.kind == FOUND:
                    best = saved
                    break  # later threads are preferred less
                if at < len(text) and instruction.test is not None and instruction.test(text[at]):
                    threads.append((pc + 1, saved))
            if not threads and best is not None:
                break
        return None if best is None else Match(tuple(_pairs(best)))

    def find_all(self, text: str, budget: Budget) -> Iterator[Match]:
        """Matches one after another without overlap."""
        at = 0
        while at <= len(text):
            match = self.find(text, at, budget)
            if match is None:
                return
            yield match
            at = match.end if match.end > match.start else match.end + 1

    def _follow(
        self,
        pc: int,
        saved: tuple[int, ...],
        text: str,
        at: int,
        seen: set[int],
        into: list[tuple[int, tuple[int, ...]]],
    ) -> None:
        """Adds the threads that are reached from `pc` without reading a character, in order of preference."""
        pending = [(pc, saved)]
        while pending:
            pc, saved = pending.pop()
            if pc in seen:
                continue
            seen.add(pc)
            instruction = self.program[pc]
            kind = instruction.kind
            if kind in _STOPS:
                into.append((pc, saved))
            elif kind == JUMP:
                pending.append((instruction.to, saved))
            elif kind == SPLIT:
                pending.append((instruction.other, saved))
                pending.append((instruction.to, saved))
            elif kind == SAVE:
                slot = instruction.to
                pending.append((pc + 1, (*saved[:slot], at, *saved[slot + 1 :])))
            elif self._at_edge(kind, text, at):
                pending.append((pc + 1, saved))

    def _at_edge(self, kind: int, text: str, at: int) -> bool:
        if kind == START:
            return at == 0 or (self.multiline and text[at - 1] == "\n")
        return at == len(text) or (self.multiline and text[at] == "\n")


def _pairs(saved: tuple[int, ...]) -> Iterator[tuple[int, int] | None]:
    for slot in range(0, len(saved), 2):
        start, end = saved[slot : slot + 2]
        yield None if start < 0 or end < 0 else (start, end)


@lru_cache(maxsize=1000)
def _read(pattern: str, flags: str) -> Pattern:
    if len(pattern) > LONGEST:
        raise FeelError(f"Pola ini lebih dari {LONGEST} karakter.", "Pakai pola yang lebih pendek.")
    if not set(flags) <= set("imsx"):
        raise FeelError(f'Tanda pola "{flags[:20]}" tidak dikenal.', "Yang ada: i, m, s, x.")
    if "x" in flags:
        pattern = "".join(pattern.split())
    reader = _Reader(pattern, "i" in flags, "s" in flags)
    piece = reader.choice()
    if reader.at < len(pattern):
        raise reader.fault("Kurung tutup ini tidak punya pembuka.", "Tulis \\) untuk kurung sebagai karakter.")
    program = [Instruction(SAVE, to=0), *piece.placed(1), Instruction(SAVE, to=1), Instruction(FOUND)]
    return Pattern(tuple(program), reader.groups + 1, "m" in flags)


@dataclass(frozen=True)
class _Piece:
    """Code whose jumps count from its own beginning."""

    code: tuple[Instruction, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.code) > LARGEST:
            raise FeelError("Pola ini terlalu besar.", "Kurangi ulangan {n,m} di dalam ulangan.")

    def __add__(self, other: "_Piece") -> "_Piece":
        return _Piece(self.code + other.placed(len(self.code)))

    def placed(self, at: int) -> tuple[Instruction, ...]:
        return tuple(
            Instruction(i.kind, i.test, i.to + at, i.other + at) if i.kind in (SPLIT, JUMP) else i for i in self.code
        )

    def star(self, lazy: bool) -> "_Piece":
        size = len(self.code)
        back = _Piece((Instruction(JUMP, to=0),))
        return _Piece(_split(1, size + 2, lazy).code + self.placed(1) + back.code)

    def repeated(self, least: int, most: int | None, lazy: bool) -> "_Piece":
        if max(least, most or 0) * max(1, len(self.code)) > LARGEST:
            raise FeelError("Pola ini terlalu besar.", "Kurangi ulangan {n,m} di dalam ulangan.")
        code = [step for number in range(least) for step in self.placed(number * len(self.code))]
        if most is None:
            return _Piece(tuple(code)) + self.star(lazy)
        size = len(self.code) + 1
        end = len(code) + (most - least) * size
        for at in range(len(code), end, size):
            code += [*_split(at + 1, end, lazy).code, *self.placed(at + 1)]
        return _Piece(tuple(code))


def _split(to: int, other: int, lazy: bool) -> _Piece:
    return _Piece((Instruction(SPLIT, to=other if lazy else to, other=to if lazy else other),))


class _Reader:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str, ignore_case: bool, dot_all: bool) -> None:
        self.pattern = pattern
        self.ignore_case = ignore_case
        self.dot_all = dot_all
        self.at = 0
        self.groups = 0
        self.depth = 0

    def fault(self, message: str, mend: str) -> FeelError:
        return FeelError(f"Pola tidak dapat dibaca di karakter ke-{self.at + 1}: {message}", mend)

    def next_is(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def choice(self) -> _Piece:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fault("Kurung bersarang terlalu dalam.", "Sederhanakan polanya.")
        branches = [self.sequence()]
        while self.next_is("|"):
            self.at += 1
            branches.append(self.sequence())
        self.depth -= 1
        piece = branches[-1]
        for branch in reversed(branches[:-1]):
            skip = _Piece((Instruction(JUMP, to=len(branch.code) + 2 + len(piece.code)),))
            head = _split(1, len(branch.code) + 2, lazy=False)
            piece = _Piece(head.code + branch.placed(1) + skip.code + piece.placed(len(branch.code) + 2))
        return piece

    def sequence(self) -> _Piece:
        piece = _Piece()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            piece = piece + self.quantified(self.atom())
        return piece

    def quantified(self, piece: _Piece) -> _Piece:
        bounds = self.bounds()
        if bounds is None:
            return piece
        lazy = self.next_is("?")
        self.at += lazy
        if self.bounds() is not None:
            raise self.fault("Dua tanda ulangan berurutan.", "Hapus salah satu tanda ulangan.")
        return piece.repeated(*bounds, lazy)

    def bounds(self) -> tuple[int, int | None] | None:
        sign = self.pattern[self.at : self.at + 1]
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if sign in simple:
            self.at += 1
            return simple[sign]
        if sign != "{":
            return None
        close = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(close, self.at + 1)].partition(",")
        if not _is_count(low) or (high and not _is_count(high)) or (high and int(high) < int(low)):
            raise self.fault("Ulangan ini tidak benar.", "Bentuknya: {2}, {2,} atau {2,5}.")
        self.at = close + 1
        return int(low), (int(high) if high else None) if comma else int(low)

    def atom(self) -> _Piece:
        char = self.pattern[self.at]
        if char in "*+?{":
            raise self.fault("Tidak ada yang diulang.", f"Tulis \\{char} untuk karakter itu sendiri.")
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return _one(self.char_class())
        if char == ".":
            return _one((lambda c: True) if self.dot_all else (lambda c: c not in "\n\r"))
        if char in "^$":
            return _Piece((Instruction(START if char == "^" else END),))
        return _one(self.escape() if char == "\\" else self.exactly(char))

    def group(self) -> _Piece:
        number = None
        if self.next_is("?:"):
            self.at += 2
        elif self.next_is("?"):
            raise self.fault("Bentuk (?...) tidak tersedia.", "Pakai (?:...) atau (...).")
        else:
            self.groups += 1
            number = self.groups
        piece = self.choice()
        if not self.next_is(")"):
            raise self.fault("Kurung ini tidak ditutup.", "Tambahkan kurung tutup.")
        self.at += 1
        if number is None:
            return piece
        return _Piece((Instruction(SAVE, to=2 * number),)) + piece + _Piece((Instruction(SAVE, to=2 * number + 1),))

    def exactly(self, char: str) -> Test:
        if self.ignore_case:
            same = frozenset({char, char.lower(), char.upper()})
            return same.__contains__
        return char.__eq__

    def escape(self) -> Test:
        """The test of an escape, the reader standing behind its backslash."""
        code = self.pattern[self.at : self.at + 1]
        self.at += 1
        if code in ("p", "P"):
            return self.category(negated=code == "P")
        if code and code in _CLASSES:
            return _CLASSES[code]
        if code in _CONTROL:
            return _CONTROL[code].__eq__
        if not code or code.isalnum():
            raise self.fault(f"Tanda \\{code} tidak tersedia.", "Yang ada: \\d \\w \\s \\p{L} dan tanda baca.")
        return code.__eq__

    def category(self, *, negated: bool) -> Test:
        close = self.pattern.find("}", self.at)
        name = self.pattern[self.at + 1 : max(close, self.at + 1)]
        if not self.next_is("{") or not (0 < len(name) <= 2 and name[0] in "LMNPSZC"):
            raise self.fault("Golongan karakter ini tidak dikenal.", "Tulis misalnya \\p{L} atau \\p{Lu}.")
        self.at = close + 1
        return lambda c: unicodedata.category(c).startswith(name) is not negated

    def char_class(self) -> Test:
        negated = self.next_is("^")
        self.at += negated
        tests: list[Test] = []
        while not self.next_is("]") or not tests:
            tests.append(self.class_item())
        self.at += 1
        fits = tuple(tests)
        if self.ignore_case:
            return lambda c: any(t(c) or t(c.lower()) or t(c.upper()) for t in fits) is not negated
        return lambda c: any(t(c) for t in fits) is not negated

    def class_item(self) -> Test:
        start = self.class_char()
        if not isinstance(start, str):
            return start
        if not self.next_is("-") or self.next_is("-]"):
            return start.__eq__
        self.at += 1
        end = self.class_char()
        if not isinstance(end, str) or end < start:
            raise self.fault("Rentang karakter ini tidak benar.", "Tulis misalnya [a-z].")
        low, high = start, end
        return lambda c: low <= c <= high

    def class_char(self) -> str | Test:
        char = self.pattern[self.at : self.at + 1]
        if not char or char == "[":
            raise self.fault("Golongan [...] ini tidak benar.", "Tutup dengan ], atau tulis \\[ untuk kurungnya.")
        self.at += 1
        if char != "\\":
            return char
        code = self.pattern[self.at : self.at + 1]
        if code and not code.isalnum():
            self.at += 1
            return code
        return self.escape()


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _one(test: Test) -> _Piece:
    return _Piece((Instruction(CHAR, test),))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CLASSES: dict[str, Test] = {
    "d": lambda c: "0" <= c <= "9",
    "D": lambda c: not "0" <= c <= "9",
    "w": _is_word,
    "W": lambda c: not _is_word(c),
    "s": str.isspace,
    "S": lambda c: not c.isspace(),
}
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
