"""Transactions: a cancel end inside gives the transaction up, a cancel event at its edge says how it goes on
(BPMN 2.0, 10.3.4 and 10.5.6).
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error

NAME = "transaction"


def rule(model: Model) -> Iterator[Problem]:
    """Yield cancel events that belong to no transaction, and one of the two without the other."""
    for process, element in model.elements:
        if element.kind == "cancel" and element.type == "endEvent":
            yield from _end(process, element)
        elif element.kind == "cancel" and element.type == "boundaryEvent":
            yield from _edge(process, element)


def _end(process: Process, event: Element) -> Iterator[Problem]:
    around = process.elements.get(event.parent)
    if around is None or around.type != "transaction":
        message = "Peristiwa selesai dengan pembatalan hanya berada langsung di dalam transaksi."
        yield error(process, event, NAME, message, "Pindahkan ke dalam transaksi, atau pakai kesalahan.")
    elif not any(edge.kind == "cancel" for edge in process.boundaries(around.id)):
        message = f'Transaksi "{around.label}" dapat dibatalkan, tetapi tidak ada jalan sesudah pembatalan.'
        yield error(process, event, NAME, message, "Tambahkan peristiwa tepi pembatalan pada transaksi itu.")


def _edge(process: Process, event: Element) -> Iterator[Problem]:
    host = process.elements.get(event.attached_to or "")
    if host is None or host.type != "transaction":
        message = "Peristiwa tepi pembatalan hanya menempel pada transaksi."
        yield error(process, event, NAME, message, "Tempelkan pada transaksi, atau pakai peristiwa kesalahan.")
    elif not any(inner.kind == "cancel" and inner.type == "endEvent" for inner in process.inside(host.id)):
        message = f'Di dalam "{host.label}" tidak ada yang membatalkan; jalan ini tidak akan pernah diambil.'
        yield error(process, event, NAME, message, "Tambahkan peristiwa selesai pembatalan, atau hapus yang ini.")
    if not event.interrupting:
        message = "Pembatalan selalu menghentikan transaksinya."
        yield error(process, event, NAME, message, "Ubah menjadi peristiwa yang menghentikan.")
