"""What events refer to: messages and signals with a name, errors and escalations with a code.

SpiffWorkflow matches messages and signals by name, errors and escalations by code; without one, anything matches
anything. A payload stands at the event: at the message itself it is out of date, and correlations are the engine's
business.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import ROOTS, Element, Process
from engine.runtime.lint.model import Model, error

_WORDS = {"message": "pesan", "signal": "sinyal", "error": "kesalahan", "escalation": "eskalasi"}


def rule(model: Model) -> Iterator[Problem]:
    """Yield events that name nothing, name what is not there, or name what has no name or code."""
    for process, element in model.elements:
        if len(element.triggers) == 1 and element.kind in ROOTS:
            yield from _reference(model, process, element)
    for diagram in model.diagrams:
        for named in diagram.named.values():
            if named.kind == "message" and (named.payload or named.variable):
                message = "Muatan atau variabel pesan tidak dibaca di sini."
                mend = "Taruh pada peristiwa yang melempar atau menangkapnya."
                yield Problem(named.file, message, mend, named.id, named.name, named.line, "message-payload")


def _reference(model: Model, process: Process, element: Element) -> Iterator[Problem]:
    kind, ref = element.kind, element.triggers[0].ref
    word = _WORDS[kind]
    named = model.named[process.file].get(ref or "")
    if not ref and element.type in ("boundaryEvent", "startEvent") and kind in ("error", "escalation"):
        return  # catches any
    if not ref:
        yield error(process, element, f"no-{kind}", f"Peristiwa ini tidak menyebut {word}.", f"Pilih atau buat {word}.")
    elif named is None or named.kind != kind:
        message = f'Peristiwa ini menyebut {word} "{ref}", yang tidak ada di berkas ini.'
        yield error(process, element, f"no-{kind}", message, f"Pilih {word} yang ada, atau buat yang baru.")
    elif kind in ("message", "signal") and not named.name:
        message = f'{word.capitalize()} "{ref}" tidak memiliki nama, dan nama itulah yang dicocokkan.'
        yield error(process, element, f"no-{kind}", message, "Beri nama.")
    elif kind in ("error", "escalation") and not named.code:
        message = f'{word.capitalize()} "{ref}" tidak memiliki kode, dan kode itulah yang dicocokkan.'
        yield error(process, element, f"no-{kind}", message, "Beri kode.")
