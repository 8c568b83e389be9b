"""The type after `instance of`."""

from engine.feel.cursor import Cursor
from engine.feel.nodes import Type

_TYPES = frozenset(
    {"Any", "Null", "boolean", "number", "string", "date", "time", "date and time", "list", "context", "range"}
    | {"days and time duration", "day time duration", "years and months duration", "year month duration"}
)
_LONG_TYPES = {"day time duration": "days and time duration", "year month duration": "years and months duration"}


def read_type(cursor: Cursor) -> Type:
    """Reads a type such as number, list<string>, context<a: number>."""
    run = cursor.run_of_names()
    for length in range(len(run), 0, -1):
        name = " ".join(run[:length])
        if name in _TYPES:
            cursor.position += length
            return Type(_LONG_TYPES.get(name, name), _parts(cursor, name))
    raise cursor.unexpected("Di sini seharusnya nama tipe", "Tipe yang ada: " + ", ".join(sorted(_TYPES)) + ".")


def _parts(cursor: Cursor, name: str) -> tuple[tuple[str, Type], ...]:
    if name not in ("list", "range", "context") or not cursor.at_symbol("<"):
        return ()
    cursor.deeper()
    cursor.take()
    parts = [_part(cursor, name)]
    while name == "context" and cursor.at_symbol(","):
        cursor.take()
        parts.append(_part(cursor, name))
    cursor.expect_symbol(">", "Bentuknya: list<number> atau context<a: number>.")
    cursor.depth -= 1
    return tuple(parts)


def _part(cursor: Cursor, name: str) -> tuple[str, Type]:
    key = ""
    if name == "context":
        key = " ".join(cursor.run_of_names())
        cursor.position += len(key.split())
        cursor.expect_symbol(":", "Bentuknya: context<a: number>.")
    return key, read_type(cursor)
