"""What employees have reached of their indicators, from another system, as drafts of reports that are due and not begun.

A file that comes out lists every indicator of whoever has an open report; what was typed always stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.cycle import skps
from engine.cycle.dates.windows import REPORTS
from engine.cycle.imports.columns import BadCell, Column, Fault, Parsed, nip, words
from engine.cycle.imports.objective_columns import amount
from engine.cycle.imports.plans import NewRow, Plan, Writing
from engine.cycle.models import EmployeeRow
from engine.errors import Refused
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.prefilling import Build
from engine.runtime.values import LIVE, Json, TaskStatus

YEARLY = "TAHUNAN"  # in place of a period's code
BEGUN = "Pegawai sudah mulai mengisi laporannya; isiannya tidak ditimpa."


def reached(text: str) -> float:
    found = amount(text)
    if found < 0:
        raise BadCell("Realisasi tidak boleh kurang dari 0.")
    return found


REALISATION_COLUMNS = (
    Column("nip", nip, "18 angka, sebagai teks.", required=True, example="198501012010011001", text_only=True),
    Column(
        "periode", words(16), "TW1 sampai TW4, atau TAHUNAN; kosong: satu-satunya laporan yang terbuka.", example="TW1"
    ),
    Column(
        "rencana_hasil_kerja", words(300), "Sama bunyinya dengan SKP.", required=True, example="Cakupan imunisasi naik"
    ),
    Column("indikator", words(), "Sama bunyinya dengan SKP.", required=True, example="Cakupan imunisasi"),
    Column("realisasi", reached, "Angka sampai akhir periode; kosong: dilengkapi pegawai.", example="46"),
    Column("catatan", words(1000), "Penjelasan."),
)


def plan_realisations(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """A draft for each open report of the file that nobody has begun; never a part of one person's.

    A report of which no row says anything is left as it is.
    """
    faults = [fault for row in rows for fault in row.faults]
    tasks, by_report = _tasks(connection), dict[tuple[str, str], list[Parsed]]()
    for row in rows:
        by_report.setdefault((str(row.values.get("nip")), _period(row.values)), []).append(row)
    new, silent = [], 0
    for (number, period), own in by_report.items():
        open_ = [one for one in tasks.get(number, ()) if _is_of(one, period)]
        if any(row.faults for row in own):
            good = [row.row for row in own if not row.faults]
            faults += [
                Fault(row, "nip", "Baris lain laporan ini salah; laporan tidak ditulis sebagian.") for row in good
            ]
        elif not any(_values(row.values) for row in own):
            silent += len(own)
        elif refusal := _refusal(open_, period):
            faults.append(Fault(own[0].row, "nip", refusal))
        else:
            values: dict[str, Json] = {"nip": number, "periode": period, "rhk": [_told(row.values) for row in own]}
            new.append(NewRow(own[0].row, f"{number}/{period}", open_[0].name, values))
    return Plan(new, [], sorted(faults, key=lambda fault: fault.row), silent)


def write_realisations(connection: sa.Connection, plan: Plan, how: Writing) -> None:
    """Put the drafts into the reports; raises Refused when none of somebody's open reports is of the period, or has the results."""
    tasks = _tasks(connection)
    for row in plan.new:
        period, told = str(row.values["periode"]), row.values["rhk"]
        open_ = [one for one in tasks.get(str(row.values["nip"]), ()) if _is_of(one, period) and not one.begun]
        filled = [how.fill(connection, one.task, _builder(period, told)) for one in open_]
        if not any(filled):
            raise Refused(f"{row.name}: laporan yang terbuka bukan periode {period or 'itu'}, atau indikatornya lain.")


def as_file(connection: sa.Connection) -> Iterator[dict[str, Json]]:
    """An empty row for each indicator of every open report that nobody has begun.

    The period is told of reports of the year only: of others the employee's case knows it.
    """
    for number, own in sorted(_tasks(connection).items()):
        for one in own:
            plan = None if one.begun else skps.in_force(connection, one.case, one.opened_at.date())
            for row in (plan or {}).get("rhk") or []:
                for measured in row.get("indikator") or []:
                    period = YEARLY if one.element == REPORTS[1] else None
                    yield {
                        "nip": number,
                        "periode": period,
                        "rencana_hasil_kerja": row.get("rhk"),
                        "indikator": measured.get("iki"),
                    }


def _refusal(open_: Sequence[Any], period: str) -> str:
    """Why nothing can be put into any of these reports; empty where it can."""
    if not open_:
        return "Tidak ada laporan periode itu yang terbuka."
    if all(one.begun for one in open_):
        return BEGUN
    return "" if period or len(open_) == 1 else "Beberapa laporan terbuka: tulis periodenya."


def _builder(period: str, told: Sequence[Mapping[str, Json]]) -> Build:
    """The realisations at their indicators; None for a report of another period, or where nothing fits."""
    by_place = {(_folded(one["rhk"]), _folded(one["iki"])): one for one in told}

    def build(data: Mapping[str, Json], first: Mapping[str, Json]) -> Mapping[str, Json] | None:
        if period not in ("", YEARLY) and (data.get("period") or {}).get("code") != period:
            return None
        rows = [dict(row) for row in first.get("rhk") or []]
        fitting = [(row, by_place.get((_folded(row.get("rhk")), _folded(row.get("iki"))))) for row in rows]
        if not any(one for _, one in fitting):
            return None
        return {"rhk": [{**row, **(_values(one) if one else {})} for row, one in fitting]}

    return build


def _values(told: Mapping[str, Json]) -> dict[str, Json]:
    return {key: told[key] for key in ("realisasi", "catatan") if told.get(key) is not None}


def _told(values: Mapping[str, Json]) -> dict[str, Json]:
    named = {"rhk": values["rencana_hasil_kerja"], "iki": values["indikator"]}
    return {**named, **_values(values)}


def _period(values: Mapping[str, Json]) -> str:
    return str(values.get("periode") or "").strip().upper()


def _is_of(one: Any, period: str) -> bool:
    """Whether a report may be of a period: the case says of which one a report of a period is."""
    return bool(one.element == REPORTS[1]) == (period == YEARLY)


def _tasks(connection: sa.Connection) -> dict[str, list[Any]]:
    """The open reports by NIP: task, case, element, whether begun, the day it opened, the person's name."""
    rows = connection.execute(
        sa.select(EmployeeRow.nip, EmployeeRow.name, TaskRow.id.label("task"), TaskRow.case_id.label("case"))
        .add_columns(TaskDefinitionRow.element, TaskRow.draft.is_not(None).label("begun"), TaskRow.opened_at)
        .join(TaskDefinitionRow, TaskDefinitionRow.id == TaskRow.definition)
        .join(CaseRow, CaseRow.id == TaskRow.case_id)
        .join(EmployeeRow, EmployeeRow.id == CaseRow.subject)
        .where(TaskDefinitionRow.element.in_(REPORTS), TaskRow.status == TaskStatus.OPEN, CaseRow.status.in_(LIVE))
        .order_by(TaskRow.opened_at)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.nip, []).append(row)
    return found


def _folded(text: Json) -> str:
    return " ".join(str(text or "").casefold().split())
