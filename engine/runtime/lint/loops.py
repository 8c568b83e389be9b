"""Repeated activities: multi-instance and standard loops.

Names are plain: they are looked up, not evaluated. An item covers what has its name outside while its instance runs,
and the list of results is written anew in each round.
"""

import re
from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Loop, Process
from engine.runtime.lint.model import Model, error, warning
from engine.runtime.lint.names import written_inside

NAME = "loop"
PLAIN = re.compile(r"[^\W\d]\w{0,99}")


def rule(model: Model) -> Iterator[Problem]:
    """Yield loops that lack what they need, or whose names clash with case data."""
    for process, element in model.elements:
        if element.loop is None:
            continue
        if not element.loop.multiple:
            yield from _standard(process, element, element.loop)
            continue
        yield from _parts(process, element, element.loop)
        yield from _names(process, element, element.loop)
        yield from _result(model, process, element, element.loop)


def _standard(process: Process, element: Element, loop: Loop) -> Iterator[Problem]:
    if loop.maximum is None and loop.condition is None:
        message = "Pengulangan ini tidak memiliki syarat dan tidak memiliki batas."
        yield error(
            process, element, NAME, message, "Isi syarat pengulangan atau jumlah paling banyak.", line=loop.line
        )
    if loop.maximum is not None and not (loop.maximum.isdecimal() and int(loop.maximum) > 0):
        message = f'Jumlah paling banyak "{loop.maximum}" bukan bilangan bulat di atas nol.'
        yield error(process, element, NAME, message, "Tulis misalnya 5.", line=loop.line)


def _parts(process: Process, element: Element, loop: Loop) -> Iterator[Problem]:
    if (loop.cardinality is None) == (loop.items is None):
        message = "Pengulangan ini harus menyebut daftar yang diulang atau jumlahnya, dan hanya salah satu."
        yield error(process, element, NAME, message, "Isi daftar (loopDataInputRef) atau jumlah.", line=loop.line)
    if (loop.items is None) != (loop.item is None):
        message = "Daftar yang diulang dan nama unsurnya harus diisi keduanya."
        yield error(process, element, NAME, message, "Isi daftar dan unsur masukan.", line=loop.line)
    if (loop.output is None) != (loop.result is None):
        message = "Daftar hasil dan nama hasil tiap kali harus diisi keduanya."
        yield error(process, element, NAME, message, "Isi daftar keluaran dan unsur keluaran.", line=loop.line)
    for given in (loop.items, loop.item, loop.output, loop.result):
        if given is not None and not PLAIN.fullmatch(given):
            message = f'"{given}" bukan nama data biasa; di sini tidak dapat ditulis ekspresi.'
            mend = "Pakai satu nama, misalnya periods; siapkan daftarnya dalam tugas skrip."
            yield error(process, element, NAME, message, mend, line=loop.line)


def _names(process: Process, element: Element, loop: Loop) -> Iterator[Problem]:
    given = [name for name in (loop.items, loop.item, loop.output, loop.result) if name]
    for twice in sorted({name for name in given if given.count(name) > 1}):
        message = f'Nama "{twice}" dipakai untuk dua hal dalam pengulangan ini.'
        yield error(process, element, NAME, message, "Beri nama yang berbeda.", line=loop.line)


def _result(model: Model, process: Process, element: Element, loop: Loop) -> Iterator[Problem]:
    if loop.output is None:
        if not loop.sequential and written_inside(model, process, element):
            message = "Hasil tiap kali tidak dikumpulkan: yang terakhir selesai menimpa yang lain."
            mend = "Isi daftar keluaran dan unsur keluaran, bila hasilnya dipakai kemudian."
            yield warning(process, element, "loop-output", message, mend, line=loop.line)
        return
    if loop.result and loop.result not in written_inside(model, process, element):
        message = f'Tidak ada langkah di dalamnya yang menghasilkan "{loop.result}".'
        mend = "Samakan unsur keluaran dengan nama hasil (result) dari langkah itu."
        yield error(process, element, NAME, message, mend, line=loop.line)
