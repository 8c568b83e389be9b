"""Settings that nobody reads: mistyped properties, and those of other products.

SpiffWorkflow drops what it does not know without a word, so a mistyped `perfomer` or a Camunda assignee looks as if
it worked.
"""

from collections.abc import Iterator

from engine.errors import Problem, nearest
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.formulas import CATCHES, CORRELATED, OPENING
from engine.runtime.lint.model import Model, warning

ANY = frozenset({"name:en"})
KNOWN = {
    "userTask": ANY
    | {"form", "performer", "due", "remind", "escalate", "result", "prefill", "note", "secret", "share", "disclose"}
    | {"readers", "guest"},
    "callActivity": ANY | {"phase"},
    **dict.fromkeys(CATCHES, ANY | set(CORRELATED)),
    "startEvent": ANY | set(CORRELATED) | set(OPENING),
    "businessRuleTask": ANY | {"result", "inputs"},
}
_FOREIGN = ("camunda", "zeebe", "flowable", "activiti")
_OF_THE_STANDARD = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
_HISTORY = "Hapus; riwayat mencatat setiap langkah dengan sendirinya."
_SERVICE = "Hapus; layanan dipilih di panel pengaturan, pesan disebut dengan namanya."
_UNREAD = {  # part or attribute -> what it is, and what to do
    "auditing": ("Pengaturan audit", _HISTORY),
    "monitoring": ("Pengaturan pemantauan", _HISTORY),
    "rendering": ("Cara menampilkan tugas", "Hapus; tampilan tugas diatur formulirnya."),
    "implementation": ("Cara menjalankan tugas", _SERVICE),
    **dict.fromkeys(("operationRef", "ioBinding", "supportedInterfaceRef"), ("Antarmuka layanan", _SERVICE)),
    "supports": ("Hubungan dengan proses lain", "Hapus; proses yang dipanggil disebut pada pemanggilannya."),
    **dict.fromkeys(
        ("oneBehaviorEventRef", "noneBehaviorEventRef"),
        ("Peristiwa selagi pengulangan berjalan", "Hapus, atau lempar peristiwanya di dalam subproses yang diulang."),
    ),
}


def rule(model: Model) -> Iterator[Problem]:
    """Yield properties that the kind of element does not have, and settings that this engine does not read, as warnings."""
    for process, element in model.elements:
        known = KNOWN.get(element.type, ANY)
        for name in element.properties:
            if name not in known:
                message = f'Pengaturan "{name[:60]}" tidak dikenal di sini dan tidak berakibat apa-apa.'
                mend = nearest(name, known, "Hapus, atau periksa ejaannya.")
                yield warning(process, element, "unknown-setting", message, mend)
        for product in _FOREIGN:
            if any(name.startswith("{") and product in name.lower() for name in element.extensions):
                message = f"Pengaturan milik {product.capitalize()} tidak dibaca oleh mesin ini."
                yield warning(process, element, "foreign-setting", message, "Isi di panel pengaturan Siklus.")
    yield from _unread_parts(model)


def _unread_parts(model: Model) -> Iterator[Problem]:
    """Parts that the standard allows in processes and activities, and that no engine step looks at."""
    for process in model.processes.values():
        things: list[Element | Process] = [process, *process.elements.values()]
        for thing in things:
            for tag in sorted(thing.features & _OF_THE_STANDARD):
                message = f"Pelaksana menurut standar (<{tag}>) tidak dibaca oleh mesin ini."
                yield warning(process, thing, "foreign-setting", message, "Pilih pelaksana di panel pengaturan.")
            for tag in sorted(thing.features & _UNREAD.keys()):
                words, mend = _UNREAD[tag]
                message = f"{words} menurut standar (<{tag}>) tidak dibaca oleh mesin ini."
                yield warning(process, thing, "foreign-setting", message, mend)
