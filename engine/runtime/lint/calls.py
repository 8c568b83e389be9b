"""Call activities call a process that exists; no process comes to call itself."""

from collections.abc import Iterator

from engine.errors import Problem, nearest
from engine.runtime.lint.graph import cycles
from engine.runtime.lint.model import Model, error


def rule(model: Model) -> Iterator[Problem]:
    """Yield calls of nothing, of an unknown process, and calls that lead back to where they stand."""
    graph = {
        process.id: tuple(sorted(called for called in process.called if called in model.processes))
        for process in model.processes.values()
    }
    around = {id: group for group in cycles(graph) for id in group}
    for process, element in model.of_type("callActivity"):
        if not element.called:
            message = "Pemanggilan ini tidak menyebut proses yang dipanggil."
            yield error(process, element, "no-process", message, "Pilih proses di panel pengaturan.")
        elif element.called not in model.processes:
            if not model.is_unread(".bpmn"):
                message = f'Proses "{element.called[:80]}" tidak ada.'
                mend = nearest(element.called, model.processes, "Pilih proses yang ada.")
                yield error(process, element, "unknown-process", message, mend)
        elif element.called in around.get(process.id, ()):
            names = ", ".join(sorted(model.processes[id].label for id in around[process.id]))
            message = f"Pemanggilan ini kembali ke prosesnya sendiri (putaran antara: {names})."
            yield error(process, element, "call-cycle", message, "Putuskan salah satu pemanggilan itu.")
