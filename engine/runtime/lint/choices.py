"""Exclusive and inclusive gateways: every flow but the default has a condition, and there is a default.

SpiffWorkflow refuses a flow without condition, and fails in the middle of a case when no condition holds.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.conditions import CHOOSING
from engine.runtime.lint.model import Model, error, warning


def rule(model: Model) -> Iterator[Problem]:
    """Yield gateways with unconditioned flows, a default that is not theirs, or none."""
    for process, gateway in model.of_type(*CHOOSING):
        own = {flow.id for flow in gateway.outgoing}
        if gateway.default and gateway.default not in own:
            message = f'Alur baku "{gateway.default}" tidak keluar dari gerbang ini.'
            yield error(process, gateway, "default-flow", message, "Pilih alur baku di antara alur keluarnya.")
        if len(own) > 1:
            yield from _choice(process, gateway)


def _choice(process: Process, gateway: Element) -> Iterator[Problem]:
    bare = [flow for flow in gateway.outgoing if flow.condition is None and flow.id != gateway.default]
    for flow in bare:
        message = "Alur ini tidak memiliki syarat dan bukan alur baku; gerbang tidak tahu kapan mengambilnya."
        yield error(process, flow, "missing-condition", message, "Beri syarat, atau jadikan alur baku.")
    if not gateway.default and not bare:
        message = "Gerbang ini tidak memiliki alur baku: bila tidak ada syarat yang terpenuhi, kasus tertahan."
        yield warning(process, gateway, "default-flow", message, "Jadikan salah satu alur keluar alur baku.")
