"""Ids: present, unique over all files, short, and none that SpiffWorkflow keeps for itself.

SpiffWorkflow finds nodes by id over all files, and its own nodes are called Start, End, Root and so on: an end event
named `End` completes a process while a parallel branch is still open (trap 10).
"""

import re
from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import ROOTS, Diagram, Identified, grouped
from engine.runtime.lint.model import Model

RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", ".split", ".into_split", ".link")
FITTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")


def rule(model: Model) -> Iterator[Problem]:
    """Yield elements without id, with a reserved or unfitting id, and ids that occur twice."""
    for diagram in model.diagrams:
        for nameless in diagram.nameless:
            yield _problem(nameless, "missing-id", f"<{nameless.tag}> tidak memiliki id.", "Beri id yang unik.")
        for found in diagram.ids:
            yield from _unfitting(found)
    for same in grouped((found.id, found) for diagram in model.diagrams for found in diagram.ids).values():
        yield from _repeated(model, same)


def _unfitting(found: Identified) -> Iterator[Problem]:
    if found.id in RESERVED or found.id.endswith(RESERVED_ENDINGS):
        yield _problem(
            found, "reserved-id", f'Id "{found.id}" dipakai oleh mesin proses sendiri.', "Ganti dengan id lain."
        )
    elif not FITTING.fullmatch(found.id):
        yield _problem(
            found,
            "reserved-id",
            f'Id "{found.id[:60]}" tidak dapat dipakai.',
            "Pakai paling banyak 100 huruf Latin, angka atau garis bawah, diawali huruf.",
        )


def _repeated(model: Model, same: tuple[Identified, ...]) -> Iterator[Problem]:
    first = same[0]
    for other in same[1:]:
        if other.file == first.file or _is_shared(model.diagrams, first, other):
            continue  # within one file the schema has said it
        yield _problem(
            other,
            "duplicate-id",
            f'Id "{other.id}" sudah dipakai di {first.file}.',
            "Beri id lain: id harus unik di semua berkas.",
        )


def _is_shared(diagrams: tuple[Diagram, ...], first: Identified, other: Identified) -> bool:
    """Whether two files mean the same message (signal, ...) by an id."""
    if first.tag not in ROOTS or first.tag != other.tag:
        return False
    pair = [diagram.named.get(first.id) for diagram in diagrams if diagram.file in (first.file, other.file)]
    return len({(named.name, named.code) for named in pair if named}) == 1


def _problem(found: Identified, rule: str, message: str, mend: str) -> Problem:
    return Problem(found.file, message, mend, found.id or None, found.label, found.line, rule)
