"""Sequence flows that lead nowhere, or where none may lead.

A flow joins two nodes of the same process or sub-process; it crosses no border, and does not end at a start or a
boundary event or begin at an end (BPMN 2.0, 7.6.1). SpiffWorkflow would wire the wrong tree or fail.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Flow, Process, grouped
from engine.runtime.lint.model import Model, error

NAME = "broken-flow"


def rule(model: Model) -> Iterator[Problem]:
    """Yield flows without an end, over a border, into a start, out of an end, or drawn twice."""
    for process in model.processes.values():
        for flow in process.flows:
            yield from _broken(model, process, flow)
        for same in grouped(((flow.source, flow.target), flow) for flow in process.flows).values():
            for flow in same[1:]:
                message = "Alur ini sama dengan alur lain: asal dan tujuannya sudah tersambung."
                yield error(process, flow, NAME, message, "Hapus salah satu, atau gabungkan syaratnya dengan `or`.")


def _broken(model: Model, process: Process, flow: Flow) -> Iterator[Problem]:
    source, target = process.elements.get(flow.source), process.elements.get(flow.target)
    if source is None or target is None:
        missing = "asal" if source is None else "tujuan"
        end = flow.source if source is None else flow.target
        if any(end in other.elements for other in model.processes.values()):
            message = "Alur ini melintasi batas kolam: kedua ujungnya berada di proses yang berlainan."
            yield error(
                process, flow, NAME, message, "Antara dua kolam hanya ada pesan; lempar dan tangkap sebuah pesan."
            )
            return
        yield error(process, flow, NAME, f"Alur ini tidak memiliki {missing}.", "Sambungkan kedua ujungnya.")
        return
    if source.parent != target.parent or source.parent != flow.parent:
        message = "Alur ini melintasi batas subproses."
        yield error(process, flow, NAME, message, "Sambungkan dari atau ke subprosesnya, bukan ke isinya.")
    if target.type in ("startEvent", "boundaryEvent"):
        message = (
            f'Alur tidak boleh menuju "{target.label}": peristiwa mulai dan peristiwa tepi tidak punya alur masuk.'
        )
        yield error(process, flow, NAME, message, "Arahkan ke langkah sesudahnya.")
    if source.type == "endEvent":
        message = f'Alur tidak boleh keluar dari "{source.label}": sesudah peristiwa selesai tidak ada apa-apa.'
        yield error(process, flow, NAME, message, "Hapus alur ini, atau ganti asalnya dengan peristiwa lempar.")
    if source.id == target.id:
        message = "Alur ini kembali ke unsur yang sama."
        yield error(process, flow, NAME, message, "Untuk mengulang, pakai gerbang sesudah tugas itu.")
