"""What changed between two versions of a document, element by element, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.errors import DefinitionError
from web.studio.facts import Element, facts_of, word

LONG = 160  # characters of a value that a line still shows


@dataclass(frozen=True)
class ElementChange:
    """One element that came, went or changed; `details` are sentences, one for each fact."""

    what: str  # "baru" | "dihapus" | "diubah"
    kind: str
    id: str
    label: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All changes of one document; `note` says what cannot be told by element."""

    changes: tuple[ElementChange, ...]
    note: str = ""


def compare(before: bytes | None, after: bytes, kind: str, file: str) -> Comparison:
    """Compare two versions; None before means that the file is new."""
    try:
        old = facts_of(before, kind, file) if before is not None else {}
        new = facts_of(after, kind, file)
    except (DefinitionError, ValueError) as problem:
        return Comparison((), f"Isinya tidak dapat dibandingkan: {problem}")
    changes = (*gone(old, new), *changed(old, new), *added(old, new))
    if changes or before is None:
        return Comparison(changes, "Berkas baru." if before is None else "")
    return Comparison(
        (), "Tidak ada yang berubah." if before == after else "Hanya tata letak atau penulisannya yang berubah."
    )


def gone(old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[ElementChange]:
    for key, element in old.items():
        if key not in new:
            yield ElementChange("dihapus", element.kind, key, element.label)


def added(old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[ElementChange]:
    for key, element in new.items():
        if key not in old:
            said = tuple(
                f"{word(name)}: {short(value)}" for name, value in element.facts.items() if name != "jenis elemen"
            )
            yield ElementChange("baru", element.kind, key, element.label, said)


def changed(old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[ElementChange]:
    for key, element in new.items():
        if key in old and old[key].facts != element.facts:
            yield ElementChange("diubah", element.kind, key, element.label, tuple(differences(old[key], element)))


def differences(old: Element, new: Element) -> Iterator[str]:
    for name in sorted(old.facts.keys() | new.facts.keys()):
        was, now = old.facts.get(name), new.facts.get(name)
        if was == now:
            continue
        if was is None:
            yield f"{word(name)} ditambahkan: {short(now or '')}"
        elif now is None:
            yield f"{word(name)} dihapus (tadinya {short(was)})"
        else:
            yield f"{word(name)} dari {short(was)} menjadi {short(now)}"


def short(value: str) -> str:
    """A value on one line, in quotation marks."""
    line = " ".join(value.split())
    return f"“{line if len(line) <= LONG else line[:LONG] + '…'}”"
