"""Lanes hold elements of their own process, each in one lane of a set (BPMN 2.0, 10.8)."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Place, Process, grouped
from engine.runtime.lint.model import Model, error

NAME = "lane"


def rule(model: Model) -> Iterator[Problem]:
    """Yield lanes that name what is not there, and elements in two lanes beside each other."""
    for process in model.processes.values():
        for id, places in grouped((place.element, place) for place in process.places).items():
            if id not in process.elements:
                message = f'Jalur "{places[0].lane}" memuat "{id[:80]}", yang tidak ada di proses ini.'
                yield error(process, process, NAME, message, "Gambar ulang jalurnya di editor.", line=places[0].line)
            else:
                yield from _twice(process, process.elements[id], places)


def _twice(process: Process, element: Element, places: tuple[Place, ...]) -> Iterator[Problem]:
    for beside in grouped((place.lanes, place) for place in places).values():
        names = list(dict.fromkeys(place.lane for place in beside))
        if len(beside) > 1:
            message = f"Unsur ini berada di beberapa jalur sekaligus: {', '.join(names)}."
            mend = "Geser unsur itu sampai seluruhnya berada di satu jalur."
            yield error(process, element, NAME, message, mend, line=beside[-1].line)
