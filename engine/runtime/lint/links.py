"""Link events: any number that throw, and exactly one that catches, by name, within one process or sub-process
(BPMN 2.0, 10.5.1).

A link stands in for a flow, so none leaves where it throws and none arrives where it catches.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process, grouped
from engine.runtime.lint.model import Model, error

NAME = "link"
THROW, CATCH = "intermediateThrowEvent", "intermediateCatchEvent"


def rule(model: Model) -> Iterator[Problem]:
    """Yield links without a name or a counterpart, with several of them, and with flows where the link is the way."""
    for process in model.processes.values():
        linked = [event for event in process.elements.values() if event.kind == "link" and event.type in (THROW, CATCH)]
        for event in linked:
            yield from _flows(process, event)
        for same in grouped(((event.parent, event.triggers[0].ref or ""), event) for event in linked).values():
            yield from _pairs(process, same)


def _flows(process: Process, event: Element) -> Iterator[Problem]:
    if not event.triggers[0].ref:
        yield error(process, event, NAME, "Tautan ini tidak memiliki nama.", "Beri nama yang sama di kedua ujungnya.")
    drawn = event.outgoing if event.type == THROW else event.incoming
    if any(flow in process.flows for flow in drawn):
        message = "Tautan menggantikan alur: dari ujung lempar tidak ada alur keluar, ke ujung tangkap tidak ada masuk."
        yield error(process, event, NAME, message, "Hapus alur itu, atau hapus tautannya.")


def _pairs(process: Process, same: tuple[Element, ...]) -> Iterator[Problem]:
    name = same[0].triggers[0].ref
    catches = [event for event in same if event.type == CATCH]
    for event in same if not catches else ():
        message = f'Tidak ada peristiwa tangkap untuk tautan "{name}" di tingkat ini.'
        yield error(process, event, NAME, message, "Tambahkan peristiwa tangkap dengan nama tautan yang sama.")
    for extra in catches[1:]:
        message = f'Tautan "{name}" sudah ditangkap oleh "{catches[0].label}"; hanya satu yang boleh.'
        yield error(process, extra, NAME, message, "Beri nama tautan lain, atau hapus.")
    if len(catches) == len(same):
        message = f'Tidak ada peristiwa lempar untuk tautan "{name}" di tingkat ini.'
        yield error(process, catches[0], NAME, message, "Tambahkan peristiwa lempar dengan nama tautan yang sama.")
