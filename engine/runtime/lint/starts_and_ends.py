"""Where a process and its sub-processes begin and end.

A sub-process and a process that others call begin at one start event; a process may have several of which one is
chosen when a case is opened. Each has an end event; whatever is not an end leads on.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error


def rule(model: Model) -> Iterator[Problem]:
    """Yield scopes without a start or an end or with several starts, and elements that lead nowhere."""
    called = {element.called for _, element in model.elements if element.called}
    for process in model.processes.values():
        for scope in process.scopes:
            yield from _scope(process, scope, chosen=scope == process.id and scope not in called)
    for process, element in model.elements:
        undoes = element.is_handler or (element.type == "boundaryEvent" and element.kind == "compensate")
        if element.type != "endEvent" and not element.outgoing and not element.triggered and not undoes:
            message = "Tidak ada alur keluar: proses berhenti di sini tanpa selesai."
            yield error(
                process, element, "dead-end", message, "Sambungkan ke langkah berikutnya atau ke peristiwa selesai."
            )


def _scope(process: Process, scope: str, *, chosen: bool) -> Iterator[Problem]:
    place: Process | Element = process.elements.get(scope, process)
    called = "Proses" if place is process else "Subproses"
    inside = process.inside(scope)
    starts = [element for element in inside if element.type == "startEvent"]
    if not starts:
        yield error(process, place, "no-start", f"{called} ini tidak memiliki peristiwa mulai.", "Tambahkan satu.")
    for extra in starts[1:] if not chosen else ():
        message = (
            f'{called} ini sudah dimulai oleh "{starts[0].label}"; yang dipanggil hanya punya satu peristiwa mulai.'
        )
        mend = (
            "Hapus yang ini; untuk memulai karena pesan atau sinyal, pakai peristiwa tangkap atau subproses peristiwa."
        )
        yield error(process, extra, "several-starts", message, mend)
    if not any(element.type == "endEvent" for element in inside):
        yield error(process, place, "no-end", f"{called} ini tidak memiliki peristiwa selesai.", "Tambahkan satu.")
