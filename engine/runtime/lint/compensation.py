"""Compensation: an event at the edge of an activity, joined by an association to the one activity that undoes it
(BPMN 2.0, 10.7).

The handler stands outside of all flows. What is thrown names an activity of its own scope that can be undone, or
nothing, and then everything in the scope is undone; the thrower waits until it is.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import SCOPES, Element, Process
from engine.runtime.lint.model import Model, error

NAME = "compensation"


def rule(model: Model) -> Iterator[Problem]:
    """Yield compensation events without a handler, handlers without an event, and throwers that undo nothing."""
    for process, element in model.elements:
        if element.is_handler:
            yield from _handler(process, element)
        if element.kind != "compensate":
            continue
        if element.type == "boundaryEvent":
            yield from _edge(process, element)
        elif element.type in ("endEvent", "intermediateThrowEvent"):
            yield from _thrower(process, element)


def _edge(process: Process, event: Element) -> Iterator[Problem]:
    handlers = process.handlers.get(event.id, ())
    undoing = [process.elements[id] for id in handlers if id in process.elements]
    if len(handlers) != 1 or not all(one.is_handler and one.parent == event.parent for one in undoing) or not undoing:
        message = "Peristiwa kompensasi ini tidak tersambung ke tepat satu kegiatan kompensasi di tingkat yang sama."
        mend = "Sambungkan dengan asosiasi ke satu kegiatan yang ditandai kompensasi."
        yield error(process, event, NAME, message, mend)
    if event.outgoing:
        message = "Dari peristiwa kompensasi tidak ada alur keluar; yang membatalkan ditunjuk oleh asosiasi."
        yield error(process, event, NAME, message, "Hapus alur itu.")
    if sum(other.kind == "compensate" for other in process.boundaries(event.attached_to or "")) > 1:
        message = "Kegiatan ini memiliki beberapa peristiwa kompensasi."
        yield error(process, event, NAME, message, "Sisakan satu.")


def _handler(process: Process, element: Element) -> Iterator[Problem]:
    if element.incoming or element.outgoing:
        message = "Kegiatan kompensasi berada di luar alur."
        yield error(process, element, NAME, message, "Hapus alur masuk dan keluarnya, atau hapus tanda kompensasinya.")
    if not any(element.id in handlers for handlers in process.handlers.values()):
        message = "Tidak ada peristiwa kompensasi yang tersambung ke kegiatan ini; ia tidak akan pernah dijalankan."
        yield error(process, element, NAME, message, "Sambungkan dengan asosiasi dari peristiwa kompensasi.")


def _thrower(process: Process, event: Element) -> Iterator[Problem]:
    trigger = event.triggers[0]
    if not trigger.waits:
        message = "Mesin selalu menunggu sampai kompensasi selesai."
        yield error(process, event, NAME, message, "Hapus waitForCompletion=false.")
    scope = _scope(process, event)
    able = [element for element in process.inside(scope) if _can_be_undone(process, element)]
    if trigger.ref and trigger.ref not in {element.id for element in able}:
        message = f'"{trigger.ref}" bukan kegiatan di tingkat ini yang dapat dibatalkan.'
        yield error(process, event, NAME, message, "Pilih kegiatan yang memiliki peristiwa kompensasi di tepinya.")
    elif not able:
        message = "Di tingkat ini tidak ada kegiatan yang dapat dibatalkan; peristiwa ini tidak berakibat apa-apa."
        yield error(process, event, NAME, message, "Tambahkan peristiwa kompensasi pada tepi kegiatan, atau hapus.")


def _scope(process: Process, event: Element) -> str:
    """Where it undoes: in its own scope, or around the event sub-process in which it stands."""
    scope = event.parent
    while (around := process.elements.get(scope)) is not None and around.triggered:
        scope = around.parent
    return scope


def _can_be_undone(process: Process, element: Element) -> bool:
    if any(event.kind == "compensate" for event in process.boundaries(element.id)):
        return True
    return element.type in SCOPES and any(_can_be_undone(process, inner) for inner in process.inside(element.id))
