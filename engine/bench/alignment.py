"""What it costs to hold all SKPs of an agency against one another."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bench.stage import PERSONNEL, YEAR, Stage, stage
from engine.cycle.models import HoldingRow, PostKind, PostRow, SkpResultRow, SkpVersionRow, UnitRow
from engine.db import new_id
from engine.settings import Settings

TEXTS = (
    "Meningkatnya cakupan layanan di kecamatan {place}",
    "Seluruh puskesmas di kecamatan {place} memberi layanan sesuai standar",
    "Menurunnya keluhan pasien di kecamatan {place}",
    "Data kesehatan kecamatan {place} lengkap dan dipakai sebagai dasar intervensi",
    "Mengikuti rapat koordinasi di kecamatan {place}",
    "Tersusunnya laporan layanan kecamatan {place}",
)
MEASURES = ("persen", "orang", "puskesmas", "laporan", "hari kerja")


def bench_alignment(settings: Settings, *, people: int, results: int) -> dict[str, Any]:
    """Check an agency in which everybody has so many results, each of which supports one of the superior's."""
    prepared = stage(settings, people, durable=False)
    prepared.application.cycle.create_cycle(YEAR, by=PERSONNEL)
    _plan_everything(prepared, results)
    alignment = prepared.application.cycle.alignment
    wall, cpu = time.perf_counter(), time.process_time()
    found = alignment.check_agency(str(YEAR), by=PERSONNEL)
    return {
        "people": found.people,
        "results": found.results,
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "verdicts": dict(found.verdicts),
        "codes": dict(found.codes),
    }


def _plan_everything(prepared: Stage, results: int) -> None:
    """Write SKPs from the top down."""
    random, now = Random(7), prepared.clock.now()
    own: dict[str, list[str]] = {}
    versions, rows = [], []
    with prepared.database.begin() as connection:
        for person, unit, leader in _from_the_top(connection):
            skp = new_id()
            versions.append(
                {
                    "id": skp,
                    "case_id": new_id(),
                    "cycle_id": str(YEAR),
                    "subject": person,
                    "unit_id": unit,
                    "version": 1,
                    "by_team": False,
                    "set_at": now,
                    "annexes": {},
                }
            )
            made = [_result(random, skp, number, own.get(leader or "", [])) for number in range(1, results + 1)]
            own[person] = [row["id"] for row in made]
            rows += made
        connection.execute(sa.insert(SkpVersionRow), versions)
        connection.execute(sa.insert(SkpResultRow), rows)


def _from_the_top(connection: sa.Connection) -> Iterator[tuple[str, str, str | None]]:
    """Everybody with unit and superior, superiors first."""
    parents = {row.id: row.parent_id for row in connection.execute(sa.select(UnitRow.id, UnitRow.parent_id))}
    holders = connection.execute(
        sa.select(HoldingRow.employee_id, PostRow.unit_id, PostRow.heads_unit)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .where(PostRow.kind != PostKind.PEJABAT_NEGARA)
    ).all()
    heads = {row.unit_id: row.employee_id for row in holders if row.heads_unit}

    def depth(unit: str | None) -> int:
        return 0 if unit is None else 1 + depth(parents[unit])

    for row in sorted(holders, key=lambda row: (depth(row.unit_id), not row.heads_unit)):
        above = parents[row.unit_id] if row.heads_unit else row.unit_id
        yield row.employee_id, row.unit_id, heads.get(above or "")


def _result(random: Random, skp: UUID, number: int, above: list[str]) -> dict[str, Any]:
    parent = random.choice(above) if above else f"PK:{number}"
    indicator = {
        "aspek": random.choice(("KUANTITAS", "KUALITAS", "WAKTU")),
        "iki": f"Indikator {random.randint(1, 400)}",
        "target_nilai": random.randint(5, 95),
        "satuan": random.choice(MEASURES),
        "polaritas": random.choice(("NAIK", "NAIK", "TURUN")),
    }
    row = {
        "_id": f"r{number}",
        "klasifikasi": "UTAMA",
        "rhk": random.choice(TEXTS).format(place=random.randint(1, 500)),
        "rhk_pimpinan": parent,
        "metode": random.choice(("DIRECT", "NON_DIRECT", "NON_DIRECT")),
        "indikator": [indicator],
    }
    return {
        "id": str(new_id()),
        "skp_id": skp,
        "number": number,
        "row_id": f"r{number}",
        "classification": "UTAMA",
        "text": row["rhk"],
        "leader_result": parent,
        "detail": row,
    }
