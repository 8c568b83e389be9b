"""Conditions that would be ignored.

SpiffWorkflow reads conditions only on flows that leave an exclusive or inclusive gateway; elsewhere a flow is taken
whatever its condition says (trap 9). The default flow, too, is taken without looking at its condition.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error, kind_in_words

NAME = "ignored-condition"
CHOOSING = ("exclusiveGateway", "inclusiveGateway")


def rule(model: Model) -> Iterator[Problem]:
    """Yield conditions on flows that are taken regardless, and defaults of elements that do not choose."""
    for process, element in model.elements:
        if element.type not in CHOOSING:
            yield from _not_choosing(process, element)
            continue
        for flow in element.outgoing:
            if flow.condition is None:
                continue
            if len(element.outgoing) == 1:
                message = "Syarat pada satu-satunya alur keluar tidak memilih apa pun."
                mend = "Hapus syaratnya, atau tambahkan alur kedua untuk keadaan sebaliknya."
                yield error(process, flow, NAME, message, mend)
            elif flow.id == element.default:
                message = "Alur baku diambil bila syarat alur lain tidak terpenuhi; syaratnya sendiri diabaikan."
                yield error(process, flow, NAME, message, "Hapus syaratnya, atau jadikan alur lain alur baku.")


def _not_choosing(process: Process, element: Element) -> Iterator[Problem]:
    words = kind_in_words(element)
    for flow in element.outgoing:
        if flow.condition is not None:
            message = f"Syarat pada alur yang keluar dari {words} diabaikan; alurnya selalu diambil."
            yield error(process, flow, NAME, message, "Sisipkan gerbang eksklusif dan taruh syaratnya di sana.")
    if element.default:
        message = f"Alur baku pada {words} diabaikan."
        yield error(process, element, NAME, message, "Hapus alur bakunya; hanya gerbang yang memilih.")
