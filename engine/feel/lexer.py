"""Source text -> tokens."""

import re
from dataclasses import dataclass

from engine.feel.budget import SOURCE
from engine.feel.errors import FeelError, error_at


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression; `kind` is number, text, moment, name, symbol or end."""

    kind: str
    value: str
    at: int
    end: int


_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)
    |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<moment>@"(?:[^"\\]|\\.)*")
    |(?P<text>"(?:[^"\\]|\\.)*")
    |(?P<name>[^\W\d]\w*)
    |(?P<symbol>\.\.|\*\*|<=|>=|!=|[-+*/<>=()\[\]{},:.?])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_UNICODE_NAME = re.compile(r"[^\W\d]\w*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/", "'": "'"}

_FOREIGN = (  # what other languages write, and what to write here
    ("==", "Tanda == tidak dikenal.", "Pakai satu tanda = untuk membandingkan."),
    ("&&", "Tanda && tidak dikenal.", "Pakai kata and."),
    ("||", "Tanda || tidak dikenal.", "Pakai kata or."),
    ("!", "Tanda ! tidak dikenal.", "Pakai not(...)."),
    ("%", "Tanda % tidak dikenal.", "Pakai modulo(a, b)."),
    ("'", "Teks diapit tanda kutip ganda.", "Tulis \"teks\", bukan 'teks'."),
    ('"', "Teks ini tidak ditutup.", 'Tambahkan tanda kutip " di akhirnya.'),
    ("@", "Setelah @ harus ada teks.", 'Tulis misalnya @"2027-01-31".'),
    ("/*", "Komentar ini tidak ditutup.", "Akhiri dengan */."),
)


def tokens(text: str) -> list[Token]:
    """All tokens of a text, the last one of kind "end"; raises FeelError for what FEEL has no word for."""
    if len(text) > SOURCE:
        raise FeelError(
            f"Ekspresi ini lebih dari {SOURCE} karakter.", "Bagi menjadi beberapa langkah atau tabel.", text=text
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        token = _next(text, at)
        if token.kind != "space":
            found.append(token)
        at = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def _next(text: str, at: int) -> Token:
    if text.startswith("==", at):
        raise _foreign(text, at)
    name = _UNICODE_NAME.match(text, at)
    if name is not None:
        return Token("name", name[0], at, name.end())
    match = _TOKEN.match(text, at)
    if match is None or (text.startswith("/*", at) and match.lastgroup == "symbol"):
        raise _foreign(text, at)
    kind = match.lastgroup or ""
    value = match[0]
    if kind in ("text", "moment"):
        value = _unescaped(text, value[1 if kind == "text" else 2 : -1], at)
    return Token(kind, value, at, match.end())


def _foreign(text: str, at: int) -> FeelError:
    for sign, message, mend in _FOREIGN:
        if text.startswith(sign, at):
            return error_at(text, at, message, mend)
    return error_at(
        text, at, f"Karakter {text[at]!r} tidak dikenal di sini.", "Hapus atau apit dengan tanda kutip ganda."
    )


def _unescaped(text: str, raw: str, at: int) -> str:
    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            return _character(text, at, int(code[1:], 16))
        if code not in _ESCAPED:
            raise error_at(
                text, at, f"Tanda \\{code} tidak dikenal di dalam teks.", "Tulis \\\\ untuk garis miring terbalik."
            )
        return _ESCAPED[code]

    return _ESCAPE.sub(one, raw) if "\\" in raw else raw


def _character(text: str, at: int, number: int) -> str:
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise error_at(text, at, "Kode karakter ini tidak ada.", "Tulis karakternya langsung.")
    return chr(number)
