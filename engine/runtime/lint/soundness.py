"""Joins that wait in vain, and parallel branches that meet without a join (soundness of workflow nets).

A parallel gateway whose inputs come from alternative branches never has them all, and the case stands still for
ever. Parallel branches that meet in an exclusive gateway or a task run what follows once for each. All ways are
played without looking at data: what no way can bring about is an error, what only some ways bring about a warning.
Each is shown with the shortest way that leads there.
"""

from collections.abc import Iterable, Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Process
from engine.runtime.lint.graph import reachable
from engine.runtime.lint.model import Model, error, warning, with_path
from engine.runtime.lint.tokens import Board
from engine.runtime.lint.ways import Outcome, play

MARKINGS_IN_SCOPE = 3_000
MARKINGS_IN_ALL = 15_000


def rule(model: Model) -> Iterator[Problem]:
    """Yield joins that can never or not always go on, elements that parallel branches enter one by one, and
    processes that are too large for all ways to be played.
    """
    left = MARKINGS_IN_ALL
    for process in model.processes.values():
        for scope in process.scopes:
            board = Board(process, scope)
            outcome = play(board, min(left, MARKINGS_IN_SCOPE))
            left -= outcome.markings
            yield from _waiting(process, board, outcome)
            yield from _doubled(process, outcome)
            if not outcome.complete:
                message = f"Terlalu besar untuk dibuktikan: hanya {outcome.markings} keadaan yang diperiksa."
                mend = "Bagi menjadi subproses, supaya tiap bagian dapat dibuktikan selalu selesai."
                yield warning(process, process.elements.get(scope, process), "unproven", message, mend)


def _waiting(process: Process, board: Board, outcome: Outcome) -> Iterator[Problem]:
    for id, stuck in sorted(outcome.stuck.items()):
        join = process.elements[id]
        names = _names(process, (flow.source for flow in stuck.missing))
        if id in outcome.fired or outcome.doubled or not outcome.complete:  # it may go on, on a way not looked at
            message = f"Gerbang ini dapat menunggu selamanya: pada sebagian jalan tidak ada yang datang dari {names}."
            mend = "Gabungkan cabang pilihan dengan gerbang eksklusif lebih dahulu, atau pakai gerbang inklusif."
            yield with_path(process, warning(process, join, "may-deadlock", message, mend), stuck.way)
        else:
            message = f"Gerbang ini menunggu selamanya: yang datang dari {names} berada pada jalan lain."
            if dead := reachable(board.graph, [id]) - outcome.entered - {id}:
                message += f" Karena itu tidak pernah dijalankan: {_names(process, dead)}."
            mend = "Cabang yang dipilih salah satu digabung dengan gerbang eksklusif, bukan paralel."
            yield with_path(process, error(process, join, "deadlock", message, mend), stuck.way)


def _doubled(process: Process, outcome: Outcome) -> Iterator[Problem]:
    merges = {id for id in outcome.doubled if len(process.elements[id].incoming) > 1} or set(outcome.doubled)
    for id in sorted(merges):
        message = (
            "Cabang yang berjalan bersamaan bertemu di sini tanpa digabung; langkah sesudahnya dijalankan dua kali."
        )
        mend = "Gabungkan cabang paralel dengan gerbang paralel lebih dahulu."
        found = warning(process, process.elements[id], "unsynchronised", message, mend)
        yield with_path(process, found, outcome.doubled[id])


def _names(process: Process, ids: Iterable[str]) -> str:
    """At most five elements by name."""
    names = sorted({process.elements[id].label for id in ids if id in process.elements})
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
