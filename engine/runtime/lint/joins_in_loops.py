"""Parallel and inclusive joins inside a loop.

On a later round SpiffWorkflow 3.2 may crash at the join, or an inclusive join fires early (trap 6). A called process
or a sub-process starts each round afresh.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.graph import cycles, edges
from engine.runtime.lint.model import Model, error


def rule(model: Model) -> Iterator[Problem]:
    """Yield joins on a cycle of their own process or sub-process."""
    for process in model.processes.values():
        looping = {id for scope in process.scopes for group in cycles(edges(process, scope)) for id in group}
        for element in process.elements.values():
            joins = element.type in ("parallelGateway", "inclusiveGateway") and len(element.incoming) > 1
            if joins and element.id in looping:
                message = "Gerbang penggabung ini berada di dalam putaran; pada putaran kedua ia tidak bekerja benar."
                mend = "Pindahkan bagian dari pencabangan sampai penggabungan ke subproses atau proses yang dipanggil."
                yield error(process, element, "join-in-loop", message, mend)
