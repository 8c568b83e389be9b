"""Service tasks call a registered function by name, with FEEL parameters; never anything else."""

from collections.abc import Iterator

from engine.errors import Problem, nearest
from engine.runtime.bpmn import Element, Operation, Process
from engine.runtime.lint.loops import PLAIN
from engine.runtime.lint.model import Model, error

NAME = "service"


def rule(model: Model) -> Iterator[Problem]:
    """Yield service tasks without an operation, with an unknown one, or with parameters that cannot be read."""
    for process, element in model.of_type("serviceTask"):
        operation = element.operation
        if operation is None or not operation.name:
            message = "Tugas layanan ini tidak menyebut layanan yang dipanggil."
            yield error(process, element, NAME, message, "Pilih layanan di panel pengaturan.")
            continue
        if operation.name not in model.registry.services:
            message = f'Layanan "{operation.name[:80]}" tidak ada.'
            mend = nearest(operation.name, model.registry.services, "Pilih layanan yang ada.")
            yield error(process, element, "unknown-service", message, mend, line=operation.line)
        yield from _parts(process, element, operation)


def _parts(process: Process, element: Element, operation: Operation) -> Iterator[Problem]:
    names = [name for name, _ in operation.parameters]
    for name, value in operation.parameters:
        if not PLAIN.fullmatch(name) or value is None:
            message = f'Parameter "{name}" harus memiliki id, type dan value.'
            yield error(process, element, NAME, message, "Isi ketiganya; type boleh any.", line=operation.line)
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = f'Parameter "{name}" ditulis lebih dari sekali.'
        yield error(process, element, NAME, message, "Hapus salah satu.", line=operation.line)
    if operation.result is not None and not PLAIN.fullmatch(operation.result):
        message = f'"{operation.result}" tidak dapat menjadi nama data untuk hasil layanan.'
        yield error(process, element, NAME, message, "Tulis satu kata.", line=operation.line)
    if operation.retries:
        message = "Pengaturan retry tidak dijalankan; langkah yang gagal menjadi insiden dan dapat diulang dari sana."
        yield error(process, element, NAME, message, "Hapus retry.", line=operation.line)
