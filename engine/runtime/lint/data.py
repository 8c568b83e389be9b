"""Data associations and input or output specifications.

SpiffWorkflow copies data objects in and out and fails when one is not there; our case data has one home, and forms,
scripts and decisions name what they write. Data objects may be drawn, but nothing is connected to them.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error

_INSTEAD = {
    "dataInputAssociation": "Sambungan dari objek data",
    "dataOutputAssociation": "Sambungan ke objek data",
    "ioSpecification": "Spesifikasi masukan dan keluaran",
    "correlationSubscription": "Langganan korelasi",
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield elements and processes with data connections of their own."""
    mend = "Hapus; data kasus ditulis oleh formulir, skrip, keputusan dan layanan. Untuk penjelasan pakai anotasi teks."
    for process in model.processes.values():
        things: tuple[Process | Element, ...] = (process, *process.elements.values())
        for thing in things:
            for feature in sorted(thing.features & _INSTEAD.keys()):
                message = f"{_INSTEAD[feature]} tidak dijalankan oleh mesin."
                yield error(process, thing, "data-association", message, mend)
