"""Event sub-processes that SpiffWorkflow runs wrongly.

It ignores `isInterrupting="true"`; runs those that an error or escalation starts at once; never starts conditional
ones; and delivers messages and signals only to those of the outermost process (trap 3). What is left is safe:
started by a message, a signal or a timer, not interrupting, at the top of a process that no other calls.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error, warning

NAME = "event-sub-process"


def rule(model: Model) -> Iterator[Problem]:
    """Yield event sub-processes in the wrong place, with the wrong start, or with flows."""
    for process, element in model.elements:
        if element.triggered:
            yield from _place(model, process, element)
            yield from _start(process, element)


def _place(model: Model, process: Process, element: Element) -> Iterator[Problem]:
    if element.parent != process.id:
        message = "Subproses peristiwa di dalam subproses lain tidak menerima pesan atau sinyal."
        yield error(process, element, NAME, message, "Pindahkan ke tingkat teratas proses, atau pakai peristiwa tepi.")
    elif callers := model.callers.get(process.id):
        message = f'Subproses peristiwa tidak bekerja di proses yang dipanggil ("{callers[0].label}" memanggilnya).'
        yield error(process, element, NAME, message, "Pindahkan ke proses teratas, atau pakai peristiwa tepi.")
    if element.incoming or element.outgoing:
        message = "Subproses peristiwa tidak boleh memiliki alur masuk atau keluar; pemicunya yang memulainya."
        yield error(process, element, NAME, message, "Hapus alur itu.")
    if element.loop or process.boundaries(element.id):
        message = "Subproses peristiwa tidak boleh diulang dan tidak boleh memiliki peristiwa tepi."
        yield error(process, element, NAME, message, "Hapus penanda ulang atau peristiwa tepinya.")


def _start(process: Process, element: Element) -> Iterator[Problem]:
    starts = [inner for inner in process.inside(element.id) if inner.type == "startEvent"]
    for start in starts[:1]:
        if start.kind not in ("message", "signal", "timer"):
            message = "Subproses peristiwa ini tidak dimulai oleh pesan, sinyal atau waktu."
            yield error(process, start, NAME, message, "Pilih pesan, sinyal atau waktu sebagai pemicunya.")
        if start.interrupting:
            message = "Peristiwa mulai ini menghentikan proses utama, dan hal itu tidak dijalankan oleh mesin."
            yield error(process, start, NAME, message, "Ubah menjadi yang tidak menghentikan (garis putus-putus).")
        if start.kind == "timer":
            message = "Proses tidak akan selesai sebelum waktu ini tiba."
            yield warning(process, start, NAME, message, "Pastikan waktunya tidak melewati akhir proses.")
