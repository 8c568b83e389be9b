"""The record of what has happened to people: written with what it tells, read on a person's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.cycle.events.models import PersonEventRow

KINDS: Mapping[str, str] = {
    "MUTASI": "Mutasi",
    "REORGANISASI": "Reorganisasi",
    "TUGAS_BELAJAR_MULAI": "Tugas belajar",
    "TUGAS_BELAJAR_SELESAI": "Tugas belajar selesai",
    "CUTI": "Cuti panjang",
    "NILAI_STUDI": "Nilai dari indeks prestasi",
    "GANTI_PENILAI": "Atasan diperbaiki",
    "PIMPINAN": "Menjadi pimpinan unit",
    "PLT": "Plt",
    "PLH": "Plh",
    "WAKIL": "Wakil ditunjuk",
    "WAKIL_BERAKHIR": "Wakil diakhiri",
    "KONTRAK_PPPK": "Kontrak PPPK",
    "PPPK_KONTRAK_BERAKHIR": "Tinjauan kontrak",
    "PENSIUN": "Pensiun",
    "MENINGGAL": "Meninggal dunia",
    "BERHENTI": "Berhenti",
}


@dataclass(frozen=True)
class PersonEvent:
    """Something that happened to a person, and who recorded it."""

    kind: str
    label: str
    starts: date
    ends: date | None
    text: str
    reason: str
    recorded_by: str
    recorded_at: datetime


def note(
    connection: sa.Connection,
    employee: str,
    kind: str,
    starts: date,
    ends: date | None,
    *,
    text: str,
    reason: str,
    by: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Enter an event; `detail` says which kind of leave it is."""
    row = {
        "employee_id": employee,
        "kind": kind,
        "starts": starts,
        "ends": ends,
        "text": text,
        "reason": reason,
        "detail": detail,
    }
    connection.execute(sa.insert(PersonEventRow).values(**row, recorded_by=by, recorded_at=now))


def events_of(connection: sa.Connection, employee: str) -> Sequence[PersonEvent]:
    """What has happened to a person, the newest first."""
    row = PersonEventRow
    query = sa.select(row.kind, row.starts, row.ends, row.text, row.reason, row.recorded_by, row.recorded_at)
    found = connection.execute(query.where(row.employee_id == employee).order_by(row.starts.desc(), row.id.desc()))
    return [PersonEvent(one.kind, KINDS.get(one.kind, one.kind), *one[1:]) for one in found]
