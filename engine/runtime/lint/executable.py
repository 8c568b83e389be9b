"""Every process is marked executable, and every file holds one.

Without `isExecutable="true"` the standard says that a process is only a picture.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.lint.model import Model, error


def rule(model: Model) -> Iterator[Problem]:
    """Yield processes that are not executable, and files without a process."""
    for diagram in model.diagrams:
        if not diagram.processes:
            message = "Berkas ini tidak berisi proses."
            yield Problem(diagram.file, message, "Gambar sebuah proses, atau hapus berkasnya.", rule="no-process")
        for process in diagram.processes:
            if not process.executable:
                message = "Proses ini tidak ditandai dapat dijalankan (isExecutable)."
                yield error(process, process, "not-executable", message, "Centang Executable di panel pengaturan.")
