"""SKPs from another system as drafts of open tasks: who has begun to type keeps every word."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.imports.columns import BadCell, Column, Fault, Parsed, nip, one_of, words, yes_or_no
from engine.cycle.imports.objective_columns import amount
from engine.cycle.imports.plans import NewRow, Plan, Writing
from engine.cycle.models import EmployeeRow
from engine.runtime.definitions import defined
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.prefilling import Build
from engine.runtime.values import LIVE, Json, TaskStatus

FORM, PERFORMER = "skp", "employee"  # of the tasks that are filled
CLASSES, ASPECTS, POLARITIES = (
    ("UTAMA", "TAMBAHAN"),
    ("KUANTITAS", "KUALITAS", "WAKTU", "BIAYA"),
    ("NAIK", "TURUN", "TEPAT"),
)
MAIN_KINDS, SCOPES = ("PERJANJIAN_KINERJA", "RENCANA_AKSI"), ("UNIT", "INSTANSI", "LINTAS_INSTANSI")
# Column -> field of the form.
OF_RESULT = {"bobot": "bobot", "jenis_kinerja_utama": "jenis_utama", "lingkup": "lingkup"}


def target(text: str) -> float:
    found = amount(text)
    if found < 0:
        raise BadCell("Target tidak boleh kurang dari 0.")
    return found


def weight(text: str) -> float:
    found = amount(text)
    if not 0 < found <= 100:
        raise BadCell("Bobot lebih dari 0 dan paling banyak 100.")
    return found


SKP_COLUMNS = (  # the headings of the export of SKPs; its others are not read
    Column("nip", nip, "18 angka, sebagai teks.", required=True, example="198501012010011001", text_only=True),
    Column("klasifikasi", one_of(CLASSES), "Kinerja utama atau tambahan.", example="UTAMA", choices=CLASSES),
    Column("hasil_pimpinan", words(300), "Hasil kerja pimpinan yang didukung, sama bunyinya."),
    Column(
        "rencana_hasil_kerja",
        words(300),
        "Sama bunyinya pada tiap baris indikatornya.",
        required=True,
        example="Meningkatnya cakupan imunisasi dasar lengkap",
    ),
    Column("aspek", one_of(ASPECTS), "Aspek indikator.", example="KUANTITAS", choices=ASPECTS),
    Column("indikator", words(), "Indikator kinerja individu.", required=True, example="Cakupan imunisasi"),
    Column("polaritas", one_of(POLARITIES), "Arah yang baik.", example="NAIK", choices=POLARITIES),
    Column("target", target, "Angka target setahun.", example="92"),
    Column("target_atas", target, "Batas atas, bila target berupa rentang."),
    Column("satuan", words(40), "Satuan target.", example="persen"),
    Column("bobot", weight, "Persen dari nilai SKP, bila tahunnya bernilai angka; sama pada tiap baris hasil itu."),
    Column("jenis_kinerja_utama", one_of(MAIN_KINDS), "Bagi pejabat pimpinan tinggi.", choices=MAIN_KINDS),
    Column("lingkup", one_of(SCOPES), "Bagi kinerja tambahan yang bernilai angka.", choices=SCOPES),
    Column("target_maksimum", yes_or_no, "Ya bila target tidak dapat dilampaui.", choices=("ya", "tidak")),
)


def plan_skps(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """A draft for each person of the file whose SKP task is open and not begun; never a part of one."""
    faults = [fault for row in rows for fault in row.faults]
    open_tasks, by_person = _tasks(connection), dict[str, list[Parsed]]()
    for row in rows:
        by_person.setdefault(str(row.values.get("nip")), []).append(row)
    new = []
    for number, own in by_person.items():
        if any(row.faults for row in own):
            good = [row.row for row in own if not row.faults]
            faults += [Fault(row, "nip", "Baris lain pegawai ini salah; SKP tidak ditulis sebagian.") for row in good]
        elif number not in open_tasks or (refusal := open_tasks[number][2]):
            said = "Tidak ada tugas menyusun SKP yang terbuka." if number not in open_tasks else refusal
            faults.append(Fault(own[0].row, "nip", said))
        else:
            values = {"nip": number, "rhk": _results([row.values for row in own])}
            new.append(NewRow(own[0].row, number, open_tasks[number][1], values))
    return Plan(new, [], sorted(faults, key=lambda fault: fault.row), 0)


def write_skps(connection: sa.Connection, plan: Plan, how: Writing) -> None:
    """Put the drafts into the tasks."""
    open_tasks = _tasks(connection)
    for row in plan.new:
        how.fill(connection, open_tasks[row.key][0], _builder(row.values["rhk"]))


def _builder(results: Sequence[Mapping[str, Json]]) -> Build:
    """The results as the form keeps them, each with the leader's result of the same words, unless some are there."""

    def build(data: Mapping[str, Json], first: Mapping[str, Json]) -> Mapping[str, Json] | None:
        if any(row.get("rhk") for row in first.get("rhk") or []):
            return None
        ids = {_folded(one["text"]): one["id"] for one in data.get("leader_results") or []}
        return {"rhk": [_supported(result, ids) for result in results]}

    return build


def _supported(result: Mapping[str, Json], ids: Mapping[str, Json]) -> dict[str, Json]:
    leader = result.get("hasil_pimpinan")
    row = {key: value for key, value in result.items() if key != "hasil_pimpinan"}
    found = ids.get(_folded(leader)) if leader else None
    return {**row, **({"rhk_pimpinan": found} if found else {"acuan": leader} if leader else {})}


def _results(rows: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Rows of the same planned result become one, with an indicator for each."""
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        text = str(row["rencana_hasil_kerja"])
        if text not in found:
            place = f"impor-{len(found)}"
            found[text] = {
                "_id": place,
                "klasifikasi": row.get("klasifikasi") or CLASSES[0],
                "rhk": text,
                "hasil_pimpinan": row.get("hasil_pimpinan"),
                "pendekatan": "KUANTITATIF",
                "indikator": [],
                **{field: row[key] for key, field in OF_RESULT.items() if row.get(key) is not None},
            }
        one = found[text]
        one["indikator"].append({"_id": f"{one['_id']}-{len(one['indikator'])}", **_indicator(row)})
    return list(found.values())


def _indicator(row: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "aspek": row.get("aspek"),
        "iki": row["indikator"],
        "polaritas": row.get("polaritas") or POLARITIES[0],
        "target_nilai": row.get("target"),
        "target_atas": row.get("target_atas"),
        "satuan": row.get("satuan"),
        **({"target_maksimum": True} if row.get("target_maksimum") else {}),
    }


def _tasks(connection: sa.Connection) -> dict[str, tuple[UUID, str, str]]:
    """By NIP: the open task, the person's name, and why it is left alone (empty: it is not)."""
    rows = connection.execute(
        sa.select(EmployeeRow.nip, EmployeeRow.name, TaskRow.id, TaskRow.note)
        .add_columns(TaskRow.draft.is_not(None).label("begun"))
        .join(CaseRow, CaseRow.id == TaskRow.case_id)
        .join(EmployeeRow, EmployeeRow.id == CaseRow.subject)
        .where(defined(TaskDefinitionRow.form == FORM, TaskDefinitionRow.performer == PERFORMER))
        .where(TaskRow.status == TaskStatus.OPEN, CaseRow.status.in_(LIVE))
        .order_by(TaskRow.opened_at)
    )
    return {row.nip: (row.id, row.name, _why_not(begun=row.begun, note=row.note)) for row in rows}


def _why_not(*, begun: bool, note: str | None) -> str:
    if begun:
        return "Pegawai sudah mulai mengisi SKP; isiannya tidak ditimpa."
    return "SKP ini sedang diperbaiki dengan catatan; isiannya tidak ditimpa." if note else ""


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
