"""Lanes hold elements of their own process (BPMN 2.0, 10.8)."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import grouped
from engine.runtime.lint.model import Model, error

NAME = "lane"


def rule(model: Model) -> Iterator[Problem]:
    """Yield lanes that name what is not there."""
    for process in model.processes.values():
        for id, places in grouped((place.element, place) for place in process.places).items():
            if id not in process.elements:
                message = f'Jalur "{places[0].lane}" memuat "{id[:80]}", yang tidak ada di proses ini.'
                yield error(process, process, NAME, message, "Gambar ulang jalurnya di editor.", line=places[0].line)
