"""Script tasks hold one FEEL context, and nothing else is a script.

`preScript` and `postScript` of other elements run without being seen on the diagram, in whatever language; they are
refused.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error

NAME = "script"


def rule(model: Model) -> Iterator[Problem]:
    """Yield script tasks in another language or without script, and hidden scripts anywhere."""
    for process, element in model.elements:
        for hidden in sorted(element.extensions & {"preScript", "postScript"}):
            message = f"Skrip tersembunyi ({hidden}) tidak dijalankan."
            yield error(process, element, NAME, message, "Pindahkan isinya ke tugas skrip tersendiri, dalam FEEL.")
        if element.type != "scriptTask":
            continue
        if element.script_format and element.script_format.lower() not in ("feel", "text/feel", "application/feel"):
            message = f"Skrip ini berbahasa {element.script_format}; mesin hanya menjalankan FEEL."
            yield error(process, element, NAME, message, "Tulis sebagai satu konteks FEEL dan isi format dengan feel.")
        if element.script is None:
            message = "Tugas skrip ini tidak memiliki skrip."
            yield error(process, element, NAME, message, "Isi satu konteks FEEL, misalnya { jumlah: 1 + 2 }.")
