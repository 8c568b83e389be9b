"""Kinds of nodes that the engine does not run, refused by name.

Complex gateways and ad-hoc sub-processes are refused because SpiffWorkflow runs them wrongly or not at all (trap 12).
Plain and manual tasks run, as the standard says, without anybody being asked: that may surprise.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error, warning

SUPPORTED = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
    | {"userTask", "scriptTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess", "transaction"}
    | {"task", "manualTask", "sendTask", "receiveTask"}
    | {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
)
_INSTEAD = {
    "adHocSubProcess": "Pakai subproses biasa dengan gerbang.",
    "complexGateway": "Pakai gerbang eksklusif, inklusif atau paralel.",
}
_ATTRIBUTES = {
    "instantiate": "memulai proses baru dari gerbang atau tugas ini",
    "parallelMultiple": "menunggu beberapa pemicu sekaligus",
    "eventGatewayType": "menunggu semua peristiwa sesudah gerbang ini",
    "behavior": "peristiwa yang dilempar setiap kali satu pengulangan selesai",
    "method": "cara transaksi dibatalkan, selain kompensasi",
    "startQuantity": "jumlah token masuk",
    "completionQuantity": "jumlah token keluar",
    "complexBehaviorDefinition": "peristiwa yang dilempar selagi pengulangan berjalan",
    "eventDefinitionRef": "pemicu yang ditulis di luar peristiwanya",
    "isInterrupting": "menghentikan atau tidak, yang hanya berarti pada subproses peristiwa",
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield nodes, root elements and attributes that the engine does not run."""
    for process, element in model.elements:
        if element.type not in SUPPORTED:
            mend = _INSTEAD.get(element.type, "Hapus, atau gambar dengan unsur lain.")
            yield error(process, element, "unsupported", f"Unsur <{element.type}> tidak dijalankan oleh mesin.", mend)
        if element.type in ("task", "manualTask"):
            message = (
                "Tugas ini tidak meminta apa pun dari siapa pun: perkara mencatatnya lalu langsung berjalan terus."
            )
            mend = "Bila seseorang harus mengerjakannya, ubah menjadi tugas pengguna dengan formulir."
            yield warning(process, element, "passes", message, mend)
        for attribute in sorted(element.features & _ATTRIBUTES.keys()):
            message = f"Pengaturan {attribute} ({_ATTRIBUTES[attribute]}) tidak dijalankan oleh mesin."
            yield error(process, element, "unsupported", message, "Hapus pengaturan itu.")
    for diagram in model.diagrams:
        for tag, line in sorted(diagram.roots, key=str):
            message = f"Unsur <{tag}> tidak dijalankan oleh mesin."
            yield Problem(diagram.file, message, "Hapus dari berkas.", line=line, rule="unsupported")
