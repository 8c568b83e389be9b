"""Conditions that would be ignored, and defaults that are never or always taken.

Conditions choose on flows that leave exclusive and inclusive gateways, activities and events (BPMN 2.0.2, 8.3.13 and
13.3.2); parallel and event-based gateways do not choose. The default flow is taken without looking at its condition.
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
        if element.type in CHOOSING:
            yield from _gateway(process, element)
        elif element.is_gateway:
            yield from _not_choosing(process, element)
        else:
            yield from _without_gateway(process, element)


def _gateway(process: Process, gateway: Element) -> Iterator[Problem]:
    if len(gateway.outgoing) == 1 and gateway.outgoing[0].condition is not None:
        message = "Syarat pada satu-satunya alur keluar tidak memilih apa pun."
        mend = "Hapus syaratnya, atau tambahkan alur kedua untuk keadaan sebaliknya."
        yield error(process, gateway.outgoing[0], NAME, message, mend)
    else:
        yield from _default_with_condition(process, gateway)


def _without_gateway(process: Process, element: Element) -> Iterator[Problem]:
    yield from _default_with_condition(process, element)
    own = {flow.id: flow for flow in element.outgoing}
    conditions = [flow for flow in own.values() if flow.condition is not None and flow.id != element.default]
    if element.default and element.default not in own:
        message = f'Alur baku "{element.default}" tidak keluar dari unsur ini.'
        yield error(process, element, "default-flow", message, "Pilih alur baku di antara alur keluarnya.")
    elif element.default and not conditions:
        message = "Alur baku ini tidak berarti: tidak ada alur lain yang bersyarat."
        yield error(process, element, NAME, message, "Hapus alur bakunya, atau beri alur lain syarat.")
    elif element.default and len(conditions) + 1 < len(own):
        message = "Alur baku ini tidak pernah diambil: ada alur tanpa syarat, yang selalu diambil."
        yield error(process, element, NAME, message, "Beri alur itu syarat, atau hapus alur bakunya.")


def _default_with_condition(process: Process, element: Element) -> Iterator[Problem]:
    for flow in element.outgoing:
        if flow.condition is not None and flow.id == element.default:
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
        yield error(process, element, NAME, message, "Hapus alur bakunya; gerbang ini tidak memilih.")
