"""Joins that wait in vain, and parallel branches that meet without a join (soundness of workflow nets).

A parallel gateway whose inputs come from alternative branches never has them all, and the case stands still for
ever. Parallel branches that meet in an exclusive gateway or a task run what follows once for each. All ways are
played without looking at data: what no way can bring about is an error, what only some ways bring about a warning.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Process
from engine.runtime.lint.model import Model, error, warning
from engine.runtime.lint.tokens import Board, Outcome

MARKINGS_IN_SCOPE = 3_000
MARKINGS_IN_ALL = 15_000


def rule(model: Model) -> Iterator[Problem]:
    """Yield joins that can never or not always go on, and elements that parallel branches enter one by one."""
    left = MARKINGS_IN_ALL
    for process in model.processes.values():
        for scope in process.scopes:
            outcome = Board(process, scope).play(min(left, MARKINGS_IN_SCOPE))
            left -= outcome.markings
            yield from _waiting(process, outcome)
            yield from _doubled(process, outcome)


def _waiting(process: Process, outcome: Outcome) -> Iterator[Problem]:
    for id, missing in sorted(outcome.stuck.items()):
        join = process.elements[id]
        names = ", ".join(
            sorted(process.elements[flow.source].label for flow in missing if flow.source in process.elements)
        )
        if id in outcome.fired:
            message = f"Gerbang ini dapat menunggu selamanya: pada sebagian jalan tidak ada yang datang dari {names}."
            mend = "Gabungkan cabang pilihan dengan gerbang eksklusif lebih dahulu, atau pakai gerbang inklusif."
            yield warning(process, join, "may-deadlock", message, mend)
        elif outcome.complete:
            message = f"Gerbang ini menunggu selamanya: yang datang dari {names} berada pada jalan lain."
            mend = "Cabang yang dipilih salah satu digabung dengan gerbang eksklusif, bukan paralel."
            yield error(process, join, "deadlock", message, mend)


def _doubled(process: Process, outcome: Outcome) -> Iterator[Problem]:
    doubled = {id for id in outcome.doubled if id in process.elements}
    merges = {id for id in doubled if len(process.elements[id].incoming) > 1} or doubled
    for id in sorted(merges):
        message = (
            "Cabang yang berjalan bersamaan bertemu di sini tanpa digabung; langkah sesudahnya dijalankan dua kali."
        )
        mend = "Gabungkan cabang paralel dengan gerbang paralel lebih dahulu."
        yield warning(process, process.elements[id], "unsynchronised", message, mend)
