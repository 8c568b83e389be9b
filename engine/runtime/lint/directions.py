"""What a gateway says of its direction is what is drawn (BPMN 2.0, 10.6.1).

A diverging gateway has one flow in and several out, a converging one several in and one out, a mixed one several of
both. The standard makes it a rule; nothing runs otherwise because of it.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, warning

_RULES = {  # direction -> may there be several in, several out, and in words
    "Diverging": (False, True, "satu alur masuk dan beberapa alur keluar"),
    "Converging": (True, False, "beberapa alur masuk dan satu alur keluar"),
    "Mixed": (True, True, "beberapa alur masuk dan beberapa alur keluar"),
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield gateways whose flows are not as their direction says."""
    for process, gateway in model.elements:
        if not gateway.is_gateway or gateway.direction not in _RULES:
            continue
        several_in, several_out, words = _RULES[gateway.direction]
        if (len(gateway.incoming) > 1) != several_in or (len(gateway.outgoing) > 1) != several_out:
            message = f"gatewayDirection {gateway.direction} berarti {words}; yang tergambar lain."
            yield warning(
                process, gateway, "gateway-direction", message, "Hapus gatewayDirection, atau samakan alurnya."
            )
