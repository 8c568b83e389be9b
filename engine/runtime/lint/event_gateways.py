"""Event-based gateways wait for the first of several events, so each flow leads straight to a catching event."""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error

NAME = "event-gateway"


def rule(model: Model) -> Iterator[Problem]:
    """Yield event-based gateways with fewer than two flows, flows to anything but a catching event of their own,
    and messages awaited by tasks and by events at once (BPMN 2.0, 10.6.6).
    """
    for process, gateway in model.of_type("eventBasedGateway"):
        if len(gateway.outgoing) < 2:
            message = "Gerbang peristiwa harus memilih di antara sedikitnya dua peristiwa tangkap."
            yield error(process, gateway, NAME, message, "Tambahkan peristiwa tangkap kedua, atau hapus gerbangnya.")
        reached = [process.elements[flow.target] for flow in gateway.outgoing if flow.target in process.elements]
        receives = any(target.type == "receiveTask" for target in reached)
        if receives and any(target.type != "receiveTask" and target.kind == "message" for target in reached):
            message = "Sesudah gerbang peristiwa, tugas terima dan peristiwa tangkap pesan tidak boleh bercampur."
            yield error(process, gateway, NAME, message, "Pakai peristiwa tangkap pesan saja, atau tugas terima saja.")
        for target in reached:
            if process.boundaries(target.id):
                message = (
                    f'Tugas terima "{target.label}" sesudah gerbang peristiwa tidak boleh memiliki peristiwa tepi.'
                )
                yield error(process, target, NAME, message, "Jadikan peristiwa tangkap cabang gerbang itu.")
        for flow in gateway.outgoing:
            end = process.elements.get(flow.target)
            if end is None:
                continue
            if end.type not in ("intermediateCatchEvent", "receiveTask"):
                message = f'Gerbang peristiwa tidak boleh langsung menuju "{end.label}".'
                yield error(process, flow, NAME, message, "Arahkan ke peristiwa tangkap pesan, sinyal atau waktu.")
            elif len(end.incoming) > 1:
                message = f'Peristiwa "{end.label}" juga dicapai dari tempat lain.'
                yield error(process, flow, NAME, message, "Beri gerbang ini peristiwa tangkap sendiri.")
