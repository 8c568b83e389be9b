"""Event-based gateways wait for the first of several events, so each flow leads straight to a catching event."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error

NAME = "event-gateway"


def rule(model: Model) -> Iterator[Problem]:
    """Yield event-based gateways with fewer than two flows, or flows to anything but a catching event of their own."""
    for process, gateway in model.of_type("eventBasedGateway"):
        if len(gateway.outgoing) < 2:
            message = "Gerbang peristiwa harus memilih di antara sedikitnya dua peristiwa tangkap."
            yield error(process, gateway, NAME, message, "Tambahkan peristiwa tangkap kedua, atau hapus gerbangnya.")
        for flow in gateway.outgoing:
            target = process.elements.get(flow.target)
            if target is None:
                continue
            if target.type not in ("intermediateCatchEvent", "receiveTask"):
                message = f'Gerbang peristiwa tidak boleh langsung menuju "{target.label}".'
                yield error(process, flow, NAME, message, "Arahkan ke peristiwa tangkap pesan, sinyal atau waktu.")
            elif len(target.incoming) > 1:
                message = f'Peristiwa "{target.label}" juga dicapai dari tempat lain.'
                yield error(process, flow, NAME, message, "Beri gerbang ini peristiwa tangkap sendiri.")
