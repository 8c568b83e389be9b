"""User tasks: a form that exists, a performer that is known, and settings that can be read.

SpiffWorkflow knows neither forms nor performers; a task without them would lie in nobody's inbox.
"""

from collections.abc import Iterator

from engine.errors import Problem, nearest
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.loops import PLAIN
from engine.runtime.lint.model import Model, error
from engine.runtime.secrecy import named_readers

FORM = ".form.json"


def rule(model: Model) -> Iterator[Problem]:
    """Yield user tasks whose form, performer, result, secrecy or disclosure is missing or unknown."""
    for process, element in model.of_type("userTask"):
        yield from _form(model, process, element)
        yield from _performer(model, process, element)
        yield from _secrecy(model, process, element)
        yield from _circle(model, process, element)
        if "variableName" in element.extensions:
            message = "variableName tidak dibaca pada tugas pengguna."
            yield error(process, element, "setting", message, "Pakai pengaturan result.")
        result = element.result or ""
        if not PLAIN.fullmatch(result):
            message = f'"{result}" tidak dapat menjadi nama data untuk jawaban tugas ini.'
            yield error(process, element, "result", message, "Isi result dengan satu kata, misalnya setting.")


def _form(model: Model, process: Process, element: Element) -> Iterator[Problem]:
    form = element.properties.get("form", "")
    if not form:
        message = "Tugas ini tidak memiliki formulir."
        yield error(process, element, "no-form", message, "Pilih formulir di panel pengaturan.")
    elif form not in model.forms and form + FORM not in model.unread:
        message = f'Formulir "{form[:80]}" tidak ada.'
        yield error(process, element, "unknown-form", message, nearest(form, model.forms, "Pilih formulir yang ada."))


def _performer(model: Model, process: Process, element: Element) -> Iterator[Problem]:
    performer = element.properties.get("performer", "")
    known = model.registry.performers
    if not performer:
        message = "Tugas ini tidak menyebut pelaksananya."
        yield error(process, element, "no-performer", message, "Pilih pelaksana di panel pengaturan.")
    elif performer not in known:
        message = f'Pelaksana "{performer[:80]}" tidak dikenal.'
        yield error(
            process, element, "unknown-performer", message, nearest(performer, known, "Pilih pelaksana yang ada.")
        )


def _secrecy(model: Model, process: Process, element: Element) -> Iterator[Problem]:
    sealed = element.properties.get("secret", "false")
    shared = [key.strip() for key in element.properties.get("share", "").split(",") if key.strip()]
    if sealed not in ("true", "false"):
        yield error(process, element, "secret", f'secret harus true atau false, bukan "{sealed}".', "Pilih salah satu.")
    if shared and sealed != "true":
        message = "share hanya berlaku untuk tugas yang dirahasiakan (secret)."
        yield error(process, element, "secret", message, "Isi secret dengan true, atau hapus share.")
    form = model.forms.get(element.properties.get("form", ""))
    for key in shared:
        if form is not None and key not in form.keys:
            message = f'Isian "{key}" pada share tidak ada di formulir "{form.id}".'
            yield error(process, element, "secret", message, nearest(key, form.keys, "Tulis kunci isian formulir itu."))
    disclose = element.properties.get("disclose", "")
    if disclose and not any(disclose in other.elements for other in model.processes.values()):
        message = f'disclose menyebut "{disclose}", yang tidak ada di diagram mana pun.'
        ids = {other.id for _, other in model.elements}
        yield error(process, element, "unknown-element", message, nearest(disclose, ids, "Tulis id unsur yang ada."))


def _circle(model: Model, process: Process, element: Element) -> Iterator[Problem]:
    guest = element.properties.get("guest", "false")
    if guest not in ("true", "false"):
        yield error(process, element, "readers", f'guest harus true atau false, bukan "{guest}".', "Pilih salah satu.")
    known = model.registry.performers
    for name in named_readers(element.properties):
        if name not in known:
            message = f'readers menyebut "{name[:80]}", yang bukan pelaksana.'
            yield error(
                process, element, "readers", message, nearest(name, known, "Pilih pelaksana yang ada, atau none.")
            )
