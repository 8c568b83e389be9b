"""Pools and message flows (BPMN 2.0, 9.2 and 9.3).

A pool shows a process of the file, or a partner of whom nothing is known. Message flows run between pools, never
within one, from what sends to what receives. They explain: the engine brings messages by name.
"""

from collections.abc import Iterator, Mapping

from engine.errors import Problem
from engine.runtime.bpmn import Diagram, Element, Pool, Wire
from engine.runtime.lint.model import Model, kind_in_words

NAME = "message-flow"
SENDERS = frozenset({"intermediateThrowEvent", "endEvent"})
RECEIVERS = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})


def rule(model: Model) -> Iterator[Problem]:
    """Yield pools of unknown or several processes, and message flows that stay within a pool or join what they may not."""
    for diagram in model.diagrams:
        for pool in diagram.pools:
            yield from _pool(diagram, pool)
        elements = {id: element for process in diagram.processes for id, element in process.elements.items()}
        for wire in diagram.wires:
            yield from _wire(diagram, wire, elements)


def _pool(diagram: Diagram, pool: Pool) -> Iterator[Problem]:
    if pool.several:
        message = "Kolam yang mewakili beberapa peserta sekaligus tidak dijalankan oleh mesin."
        yield _problem(diagram, pool, "unsupported", message, "Hapus penanda bergandanya.")
    if pool.process and pool.process not in {process.id for process in diagram.processes}:
        message = f'Kolam ini menunjuk proses "{pool.process}", yang tidak ada di berkas ini.'
        yield _problem(diagram, pool, "unknown-process", message, "Kosongkan kolamnya, atau gambar prosesnya di sini.")


def _wire(diagram: Diagram, wire: Wire, elements: Mapping[str, Element]) -> Iterator[Problem]:
    ends = [_pool_of(diagram, id, elements) for id in (wire.source, wire.target)]
    if None in ends:
        missing = "asal" if ends[0] is None else "tujuan"
        message = f"Alur pesan ini tidak memiliki {missing}."
        yield _problem(diagram, wire, NAME, message, "Sambungkan kedua ujungnya, atau hapus.")
        return
    if ends[0] == ends[1]:
        message = "Alur pesan ini tetap di dalam satu kolam; alur pesan hanya berjalan antara dua kolam."
        yield _problem(diagram, wire, NAME, message, "Ganti dengan alur urutan, atau pindahkan ujungnya ke kolam lain.")
    source, target = elements.get(wire.source), elements.get(wire.target)
    if source is not None and not _takes_part(source, SENDERS):
        message = f'Alur pesan tidak dapat keluar dari {kind_in_words(source)} "{source.label}", yang tidak mengirim.'
        yield _problem(diagram, wire, NAME, message, "Mulai dari tugas, peristiwa lempar pesan atau kolam.")
    if target is not None and not _takes_part(target, RECEIVERS):
        message = f'Alur pesan tidak dapat menuju {kind_in_words(target)} "{target.label}", yang tidak menerima.'
        yield _problem(diagram, wire, NAME, message, "Arahkan ke tugas, peristiwa tangkap pesan atau kolam.")


def _takes_part(element: Element, events: frozenset[str]) -> bool:
    return element.is_activity or (element.type in events and element.kind == "message")


def _pool_of(diagram: Diagram, id: str, elements: Mapping[str, Element]) -> str | None:
    """The process or partner in which a message flow's end lies; None when there is no such thing."""
    for pool in diagram.pools:
        if pool.id == id:
            return pool.process or pool.id
    return elements[id].process if id in elements else None


def _problem(diagram: Diagram, thing: Pool | Wire, rule: str, message: str, mend: str) -> Problem:
    return Problem(diagram.file, message, mend, thing.id or None, thing.name or None, thing.line, rule)
