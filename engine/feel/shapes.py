"""What is known of a value before it is there: its types, the texts it can be, the fields of a context.

Known is only what holds in every case; a value of which nothing is known is `ANYTHING`. Null may always stand for a value
of case data, so a shape never speaks of null.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from engine.feel.cursor import Cursor
from engine.feel.nodes import Type
from engine.feel.type_parser import read_type

_IN_WORDS = {
    "number": "angka",
    "string": "teks",
    "boolean": "benar atau salah",
    "date": "tanggal",
    "time": "jam",
    "date and time": "saat",
    "days and time duration": "lama waktu",
    "years and months duration": "lama waktu",
    "list": "daftar",
    "context": "kumpulan isian",
    "range": "rentang",
}


@dataclass(frozen=True)
class Shape:
    """`kinds` are FEEL's names of the types that a value can have; None: any.

    `options` are the only texts that it can be, `fields` the only keys of a context; None: any. `item` is what a list
    holds.
    """

    kinds: frozenset[str] | None = None
    options: frozenset[str] | None = None
    fields: Mapping[str, "Shape"] | None = None
    item: "Shape | None" = None

    @property
    def words(self) -> str:
        """The types in words for people."""
        return " atau ".join(sorted({_IN_WORDS.get(kind, kind) for kind in self.kinds or ()}))

    def only(self, kind: str) -> bool:
        return self.kinds == frozenset({kind})

    def __or__(self, other: "Shape") -> "Shape":
        """What is known of a value that has one shape or the other; null adds nothing."""
        if self.kinds is None or other.kinds is None:
            return ANYTHING
        if not self.kinds or not other.kinds:
            return self if self.kinds else other
        return Shape(
            self.kinds | other.kinds,
            _both(self, other, "string"),
            _fields(self, other),
            self.item | other.item if self.item and other.item else None,
        )


ANYTHING = Shape()
NULL = Shape(frozenset())


def of(kind: str) -> Shape:
    return Shape(frozenset({kind}))


def text_of(options: Iterable[str]) -> Shape:
    """A text that is one of some."""
    return Shape(frozenset({"string"}), frozenset(options))


def list_of(item: Shape) -> Shape:
    return Shape(frozenset({"list"}), item=item)


def context_of(fields: Mapping[str, Shape]) -> Shape:
    """A context with these keys and no others."""
    return Shape(frozenset({"context"}), fields=fields)


def joined(shapes: Iterable[Shape]) -> Shape:
    """What is known of a value that has any of the shapes."""
    return reduce(lambda one, other: one | other, shapes, NULL)


def read_shape(text: str) -> Shape:
    """The shape that a FEEL type says: `list<context<id: string>>`. Raises FeelError."""
    return _of_type(read_type(Cursor(text)))


def _of_type(type_: Type) -> Shape:
    if type_.name == "Any":
        return ANYTHING
    parts = {key: _of_type(part) for key, part in type_.parts}
    if type_.name == "list":
        return list_of(parts.get("", ANYTHING))
    return context_of(parts) if type_.name == "context" and parts else of(type_.name)


def _both(one: Shape, other: Shape, kind: str) -> frozenset[str] | None:
    """The texts of either; only a side that can be a text at all counts."""
    sides = [side.options for side in (one, other) if side.kinds is not None and kind in side.kinds]
    found: frozenset[str] = frozenset()
    for options in sides:
        if options is None:
            return None
        found |= options
    return found if sides else None


def _fields(one: Shape, other: Shape) -> Mapping[str, Shape] | None:
    sides = [side.fields for side in (one, other) if side.kinds is not None and "context" in side.kinds]
    if not sides or any(fields is None for fields in sides):
        return None
    known = [fields for fields in sides if fields is not None]
    return {key: joined(fields[key] for fields in known if key in fields) for fields in known for key in fields}
