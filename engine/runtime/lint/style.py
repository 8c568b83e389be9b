"""What makes a diagram readable: names, sources, snake_case ids, a shape for each element. Warnings only.

Texts that nobody could read, thousands of characters long, are refused.
"""

import re
from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error, warning

MAX_NAME = 200
MAX_DOCUMENTATION = 4_000
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def rule(model: Model) -> Iterator[Problem]:
    """Yield elements without name, source, shape or readable id, and texts that are too long."""
    for diagram in model.diagrams:
        for process in diagram.processes:
            things: tuple[Process | Element, ...] = (process, *process.elements.values())
            for thing in things:
                yield from _too_long(process, thing)
            for element in process.elements.values():
                yield from _words(process, element)
            hidden = [e for e in process.elements.values() if e.id not in diagram.drawn]
            if hidden:
                message = f"{len(hidden)} unsur tidak tampak di gambar: {', '.join(e.label for e in hidden[:5])}."
                yield warning(process, process, "not-drawn", message, "Gambar ulang unsur itu di editor.")


def _too_long(process: Process, thing: Process | Element) -> Iterator[Problem]:
    if len(thing.name) > MAX_NAME or len(thing.documentation) > MAX_DOCUMENTATION:
        message = f"Nama lebih dari {MAX_NAME} atau keterangan lebih dari {MAX_DOCUMENTATION} huruf."
        yield error(process, thing, "too-long", message, "Singkatkan.")


def _words(process: Process, element: Element) -> Iterator[Problem]:
    says_something = element.is_activity or element.type.endswith("Event") or len(element.outgoing) > 1
    if says_something and not element.name.strip():
        yield warning(process, element, "no-name", "Unsur ini tidak memiliki nama.", "Beri nama dalam bahasa pengguna.")
    if element.is_activity and not element.documentation:
        message = "Langkah ini tidak menyebut dasar aturannya."
        yield warning(process, element, "no-documentation", message, "Tulis pasal atau sumbernya di keterangan.")
    if not _SNAKE.fullmatch(element.id):
        message = f'Id "{element.id}" tidak bermakna; id tinggal selamanya di riwayat.'
        yield warning(process, element, "id-style", message, "Pakai kata Inggris huruf kecil, misalnya set_objectives.")
