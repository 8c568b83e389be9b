"""Data objects, data stores and properties to which nothing is connected.

They explain. A data object fills data only where something is connected to it (ADR 23); a data store never does.
"""

from collections.abc import Iterator

from engine.errors import Problem, Severity
from engine.runtime.lint.model import Model

NAME = "shown-only"
_WORDS = {"dataObjectReference": "Objek data", "dataStoreReference": "Penyimpanan data", "property": "Properti"}


def rule(model: Model) -> Iterator[Problem]:
    """Yield data objects, data stores and properties that nothing is connected to, as warnings."""
    for process in model.processes.values():
        for found in process.shown:
            message = f"{_WORDS[found.tag]} ini tidak berakibat apa-apa: tidak ada yang membaca atau menulisnya."
            mend = "Hapus, ganti dengan anotasi teks, atau sambungkan objek data dengan kegiatan yang memakainya."
            yield Problem(found.file, message, mend, found.id or None, found.label, found.line, NAME, Severity.WARNING)
