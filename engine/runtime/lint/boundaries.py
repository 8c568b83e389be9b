"""Boundary events stand at the edge of an activity of the same process or sub-process."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error

NAME = "boundary-event"


def rule(model: Model) -> Iterator[Problem]:
    """Yield boundary events at no activity, at one elsewhere, and with incoming flows."""
    for process, event in model.of_type("boundaryEvent"):
        host = process.elements.get(event.attached_to or "")
        if host is None:
            message = "Peristiwa tepi ini tidak menempel pada kegiatan mana pun."
            yield error(process, event, NAME, message, "Tempelkan pada tepi sebuah tugas atau subproses.")
        elif not host.is_activity:
            message = f'Peristiwa tepi ini menempel pada "{host.label}", yang bukan kegiatan.'
            yield error(process, event, NAME, message, "Tempelkan pada tepi sebuah tugas atau subproses.")
        elif host.parent != event.parent:
            message = f'Peristiwa tepi ini digambar di tempat lain daripada "{host.label}".'
            yield error(process, event, NAME, message, "Gambar peristiwa tepi di tingkat yang sama dengan kegiatannya.")
