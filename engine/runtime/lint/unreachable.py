"""Elements that no case can reach, and elements from which no case can come to an end.

SpiffWorkflow reads nodes by walking from the start: what it does not reach it neither reads nor checks (section 1).
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Process
from engine.runtime.lint.graph import edges, reachable, reversed_edges
from engine.runtime.lint.model import Model, error


def rule(model: Model) -> Iterator[Problem]:
    """Yield elements without a way from the start, or without a way to an end."""
    for process in model.processes.values():
        for scope in process.scopes:
            yield from _scope(process, scope)


def _scope(process: Process, scope: str) -> Iterator[Problem]:
    inside = process.inside(scope)
    graph = edges(process, scope)
    begins = [element.id for element in inside if element.type == "startEvent" or element.triggered]
    ends = [element.id for element in inside if element.type == "endEvent" or element.triggered]
    reached = reachable(graph, begins)
    leading = reachable(reversed_edges(graph), ends)
    for element in inside:
        if not begins or element.id not in reached:
            message = "Tidak ada jalan dari peristiwa mulai ke sini; langkah ini tidak akan pernah dijalankan."
            yield error(process, element, "unreachable", message, "Sambungkan dengan alur, atau hapus.")
        elif ends and element.id not in leading and element.outgoing:
            message = "Dari sini tidak ada jalan ke peristiwa selesai: proses berputar tanpa akhir."
            yield error(process, element, "no-way-out", message, "Tambahkan gerbang dengan jalan keluar.")
