"""Data objects and what is connected to them (ADR 23); data stores and other specifications are refused by name.

A data object is a name of case data, and belongs to the process or sub-process that it is drawn in.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Carried, Element, Process
from engine.runtime.lint.loops import PLAIN
from engine.runtime.lint.model import Model, error
from engine.runtime.lint.names import is_inside, written_inside

NAME = "data-association"
_INSTEAD = {"correlationSubscription": "Langganan korelasi"}


def rule(model: Model) -> Iterator[Problem]:
    """Yield connections that fill nothing or reach what is not there, and specifications that do not run."""
    for process in model.processes.values():
        yield from _refused(process, process, _INSTEAD | {"ioSpecification": "Spesifikasi masukan dan keluaran"})
        for element in process.elements.values():
            yield from _refused(process, element, _INSTEAD)
            for name in element.loose:
                message = f'Masukan atau keluaran "{name[:60]}" dari kegiatan ini tidak disambung ke apa pun.'
                yield error(process, element, NAME, message, "Sambungkan dengan objek data, atau hapus.")
            for carried in element.inputs:
                yield from _end(process, element, carried)
            for carried in element.outputs:
                yield from _end(process, element, carried)
                yield from _output(model, process, element, carried)


def _refused(process: Process, thing: Process | Element, kinds: dict[str, str]) -> Iterator[Problem]:
    for feature in sorted(thing.features & kinds.keys()):
        mend = "Hapus; data kasus ditulis oleh formulir, skrip, keputusan dan layanan."
        yield error(process, thing, NAME, f"{kinds[feature]} tidak dijalankan oleh mesin.", mend)


def _end(process: Process, element: Element, carried: Carried) -> Iterator[Problem]:
    """What is wrong with the data object at the other end."""
    drawn = process.objects.get(carried.ref)
    message = mend = ""
    if carried.store:
        message = "Mesin tidak membaca dan tidak menulis penyimpanan data lewat sambungan."
        mend = "Baca atau tulis dengan tugas layanan; simpan nilainya sebagai data kasus."
    elif drawn is None and carried.ref:
        message = "Sambungan data ini tidak berujung pada objek data."
        mend = "Sambungkan dengan objek data, atau hapus sambungannya."
    elif drawn is not None and drawn.scope != process.id and not is_inside(process, element, drawn.scope):
        message = f'Objek data "{drawn.name}" digambar di dalam subproses lain dan tidak terlihat dari sini.'
        mend = "Gambar objek data itu di sekitar semua kegiatan yang memakainya."
    elif drawn is not None and not PLAIN.fullmatch(drawn.name):
        message = f'Nama objek data "{drawn.name[:60]}" bukan nama data biasa.'
        mend = "Pakai satu kata tanpa spasi, misalnya skp_final; nama itulah yang dibaca formulir dan syarat."
    elif carried.name is not None and not PLAIN.fullmatch(carried.name):
        message = f'"{carried.name[:60]}" bukan nama data biasa.'
        mend = "Pakai satu kata tanpa spasi."
    if message:
        yield error(process, element, NAME, message, mend, line=carried.line)


def _output(model: Model, process: Process, element: Element, carried: Carried) -> Iterator[Problem]:
    """What is wrong with what is to be put into a data object."""
    if any(flow.source in _gateways(process) for flow in element.incoming):
        message = "Sambungan data dari peristiwa di belakang gerbang peristiwa tidak dijalankan oleh mesin."
        mend = "Isi variabel pesan pada peristiwa itu, atau sambungkan dari langkah sesudahnya."
        yield error(process, element, NAME, message, mend, line=carried.line)
    elif (
        carried.text is None and carried.source is None and carried.name not in written_inside(model, process, element)
    ):
        message = f'Tidak ada yang mengisi objek data "{carried.name}" dari langkah ini.'
        mend = "Isi hasil (result) langkah ini, atau tulis transformasi dalam FEEL pada sambungannya."
        yield error(process, element, NAME, message, mend, line=carried.line)


def _gateways(process: Process) -> set[str]:
    return {id for id, element in process.elements.items() if element.type == "eventBasedGateway"}
