"""Which event may have which trigger.

What the standard does not know (a timer that is thrown) SpiffWorkflow takes for a plain event, and nothing happens
(trap 4). A message may begin a process that nobody calls. A signal or an hour does not say whom a case is about, so
neither begins one (ADR 22).
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error, kind_in_words

ALLOWED = {
    "startEvent": {"none"},
    "endEvent": {"none", "message", "signal", "error", "escalation", "terminate", "compensate", "cancel"},
    "intermediateCatchEvent": {"message", "signal", "timer", "conditional", "link"},
    "intermediateThrowEvent": {"none", "message", "signal", "escalation", "compensate", "link"},
    "boundaryEvent": {"message", "signal", "timer", "conditional", "error", "escalation", "compensate", "cancel"},
}
_WORDS = {
    "none": "tanpa pemicu",
    "message": "pesan",
    "signal": "sinyal",
    "timer": "waktu",
    "error": "kesalahan",
    "escalation": "eskalasi",
    "terminate": "penghentian",
    "conditional": "syarat",
    "compensate": "kompensasi",
    "cancel": "pembatalan",
    "link": "tautan",
}
_INSTEAD = {
    ("endEvent", "timer"): "Tunggu dengan peristiwa tangkap, lalu akhiri dengan peristiwa selesai biasa.",
    ("intermediateThrowEvent", "timer"): "Pakai peristiwa tangkap untuk menunggu waktu.",
    ("startEvent", "message"): "Pesan hanya memulai proses yang tidak dipanggil; di sini pakai peristiwa mulai biasa.",
    (
        "startEvent",
        "signal",
    ): "Sinyal tidak menyebut siapa yang dimaksud; mulai dengan pesan, atau tangkap sinyal itu di dalam.",
    (
        "startEvent",
        "timer",
    ): "Jam tidak menyebut siapa yang dimaksud; buka perkara seperti biasa, lalu tunggu dengan peristiwa tangkap waktu.",
    ("intermediateCatchEvent", "none"): "Pilih pesan, sinyal, waktu atau syarat yang ditunggu.",
    ("boundaryEvent", "none"): "Pilih pesan, sinyal, waktu, syarat, kesalahan atau eskalasi yang ditangkap.",
}
_INSTEAD_OF = {
    "conditional": "Pakai gerbang dengan syarat, atau tunggu pesan.",
    "compensate": "Kompensasi dilempar oleh peristiwa lempar atau selesai, dan ditangkap di tepi kegiatan.",
    "link": "Tautan hanya berupa peristiwa lempar dan peristiwa tangkap; pakai alur.",
    "cancel": "Pembatalan hanya berada pada akhir dan tepi transaksi; di tempat lain pakai peristiwa kesalahan.",
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield events whose trigger does not run where it stands, and events with several."""
    for process, element in model.of_type(*ALLOWED):
        if len(element.triggers) > 1:
            message = "Peristiwa ini memiliki beberapa pemicu sekaligus; mesin hanya menjalankan satu."
            mend = "Pakai satu pemicu; untuk pilihan, pakai gerbang peristiwa dengan satu peristiwa tangkap per cabang."
            yield error(process, element, "unsupported-event", message, mend)
        elif not _may_stand(model, process, element):
            yield _misplaced(process, element)
        if element.kind == "conditional" and not (element.triggers[0].text and element.triggers[0].text.value.strip()):
            message = "Peristiwa syarat ini tidak menyebut syaratnya."
            yield error(process, element, "unsupported-event", message, "Isi syarat yang ditunggu.")
        if element.type == "boundaryEvent" and element.kind == "error" and not element.interrupting:
            message = "Peristiwa tepi kesalahan selalu menghentikan kegiatannya."
            yield error(process, element, "unsupported-event", message, "Ubah menjadi peristiwa yang menghentikan.")


def _may_stand(model: Model, process: Process, element: Element) -> bool:
    if element.kind in ALLOWED[element.type]:
        return True
    if element.type != "startEvent":
        return False
    if element.parent == process.id:
        return element.kind == "message" and process.id not in model.callers
    scope = process.elements.get(element.parent)
    return scope is not None and scope.triggered


def _misplaced(process: Process, element: Element) -> Problem:
    kind = _WORDS.get(element.kind, element.kind)
    message = f"Mesin tidak menjalankan {kind_in_words(element)} dengan pemicu {kind}."
    mend = _INSTEAD.get((element.type, element.kind)) or _INSTEAD_OF.get(element.kind) or "Pilih pemicu lain."
    return error(process, element, "unsupported-event", message, mend)
