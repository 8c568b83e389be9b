"""Event sub-processes: begun by their start event alone, wherever they are drawn (BPMN 2.0, 10.3.5 and 10.5.2)."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error

NAME = "event-sub-process"
STARTS = frozenset({"message", "signal", "timer", "conditional", "error", "escalation"})


def rule(model: Model) -> Iterator[Problem]:
    """Yield event sub-processes with the wrong start, with flows, with a loop or with events at their edge."""
    for process, element in model.elements:
        if element.triggered:
            yield from _place(process, element)
            yield from _start(process, element)


def _place(process: Process, element: Element) -> Iterator[Problem]:
    if element.incoming or element.outgoing:
        message = "Subproses peristiwa tidak boleh memiliki alur masuk atau keluar; pemicunya yang memulainya."
        yield error(process, element, NAME, message, "Hapus alur itu.")
    if element.loop or process.boundaries(element.id):
        message = "Subproses peristiwa tidak boleh diulang dan tidak boleh memiliki peristiwa tepi."
        yield error(process, element, NAME, message, "Hapus penanda ulang atau peristiwa tepinya.")


def _start(process: Process, element: Element) -> Iterator[Problem]:
    starts = [inner for inner in process.inside(element.id) if inner.type == "startEvent"]
    for start in starts[:1]:
        if start.kind not in STARTS:
            message = (
                "Subproses peristiwa ini tidak dimulai oleh pesan, sinyal, waktu, syarat, kesalahan atau eskalasi."
            )
            yield error(process, start, NAME, message, "Pilih salah satunya sebagai pemicu peristiwa mulainya.")
        if start.kind == "error" and not start.interrupting:
            message = "Kesalahan selalu menghentikan lingkup di sekitar subproses peristiwa ini."
            yield error(process, start, NAME, message, "Ubah peristiwa mulainya menjadi yang menghentikan.")
