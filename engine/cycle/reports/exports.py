"""SKPs and evaluation results as tables for other systems; the columns of results follow what SIASN asks for."""

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine.cycle.access import Scope
from engine.cycle.credits.counting import DISPUTED
from engine.cycle.models import CycleRow, EmployeeRow, RatingRow, SkpResultRow, SkpVersionRow
from engine.cycle.organisation import Organisation
from engine.cycle.papers.models import PaperRow
from engine.cycle.people import People
from engine.cycle.reports.measures import DELIVERED
from engine.cycle.reports.workbook import Cell

RESULTS = (
    "nip",
    "nama",
    "kode_unit",
    "tahun",
    "periode",
    "periode_mulai",
    "periode_akhir",
    "rating_hasil_kerja",
    "rating_perilaku_kerja",
    "predikat",
    "status",
    "tanggal_penilaian",
    "nip_penilai",
    "nama_penilai",
    "jabatan_penilai",
    "kode_dokumen",
    "nilai_skp",
    "nilai_perilaku",
    "nilai_akhir",
)
SKP = (
    "nip",
    "nama",
    "kode_unit",
    "tahun",
    "versi",
    "no",
    "klasifikasi",
    "hasil_pimpinan",
    "rencana_hasil_kerja",
    "aspek",
    "indikator",
    "target",
    "target_atas",
    "satuan",
    "polaritas",
    "bobot",
    "jenis_kinerja_utama",
    "lingkup",
    "target_maksimum",
)


def results(organisation: Organisation, people: People, found: Scope, cycle: str, zone: tzinfo) -> list[Sequence[Cell]]:
    """Annual results that were delivered, of the units in sight, with the code of the paper that proves each."""
    paper = sa.and_(
        PaperRow.case_id == RatingRow.case_id, PaperRow.kind == "dokumen_evaluasi", PaperRow.replaced_at.is_(None)
    )
    rows = organisation.connection.execute(
        sa.select(
            RatingRow.subject,
            RatingRow.unit_id,
            RatingRow.result_rating,
            RatingRow.behaviour_rating,
            RatingRow.predicate,
            RatingRow.status,
            RatingRow.given_at,
            RatingRow.numbers,
            EmployeeRow.nip,
            EmployeeRow.name,
            CycleRow.year,
            CycleRow.starts,
            CycleRow.ends,
            PaperRow.code,
        )
        .select_from(RatingRow)
        .join(EmployeeRow, EmployeeRow.id == RatingRow.subject)
        .join(CycleRow, CycleRow.id == RatingRow.cycle_id)
        .outerjoin(PaperRow, paper)
        .where(
            RatingRow.cycle_id == cycle,
            RatingRow.period == "annual",
            RatingRow.superseded.is_(False),
            RatingRow.status.in_(DELIVERED),
            RatingRow.status != DISPUTED,
            found.of_unit(RatingRow.unit_id),
        )
        .order_by(EmployeeRow.name, EmployeeRow.nip)
    ).all()
    organisation.foresee([row.subject for row in rows])
    return [_result(row, organisation, people, zone) for row in rows]


def skps(connection: sa.Connection, found: Scope, cycle: str) -> list[Sequence[Cell]]:
    """The newest SKP of everyone in sight, a row for each indicator."""
    newest = (
        sa.select(SkpVersionRow.case_id, sa.func.max(SkpVersionRow.version).label("version"))
        .where(SkpVersionRow.cycle_id == cycle)
        .group_by(SkpVersionRow.case_id)
        .subquery("newest")
    )
    leader = aliased(SkpResultRow)
    rows = connection.execute(
        sa.select(
            EmployeeRow.nip,
            EmployeeRow.name,
            SkpVersionRow.unit_id,
            SkpVersionRow.version,
            SkpResultRow.number,
            SkpResultRow.classification,
            SkpResultRow.text,
            SkpResultRow.detail,
            leader.text.label("supports"),
        )
        .join(SkpVersionRow, SkpVersionRow.id == SkpResultRow.skp_id)
        .join(newest, sa.and_(newest.c.case_id == SkpVersionRow.case_id, newest.c.version == SkpVersionRow.version))
        .join(EmployeeRow, EmployeeRow.id == SkpVersionRow.subject)
        .outerjoin(leader, leader.id == SkpResultRow.leader_result)
        .where(SkpVersionRow.cycle_id == cycle, found.of_unit(SkpVersionRow.unit_id))
        .order_by(EmployeeRow.name, EmployeeRow.nip, SkpResultRow.number)
    )
    return [line for row in rows for line in _indicators(row, cycle)]


def _result(row: Any, organisation: Organisation, people: People, zone: tzinfo) -> Sequence[Cell]:
    appraiser = people.appraiser(organisation, row.subject)
    given: date = row.given_at.astimezone(zone).date()
    return (
        row.nip,
        row.name,
        row.unit_id,
        row.year,
        "TAHUNAN",
        row.starts.isoformat(),
        row.ends.isoformat(),
        row.result_rating,
        row.behaviour_rating,
        row.predicate,
        row.status,
        given.isoformat(),
        appraiser.nip if appraiser else None,
        appraiser.name if appraiser else None,
        appraiser.position if appraiser else None,
        row.code,
        *((row.numbers or {}).get(key) for key in ("skp", "perilaku", "nilai")),
    )


def _indicators(row: Any, cycle: str) -> list[Sequence[Cell]]:
    head = (row.nip, row.name, row.unit_id, cycle, row.version, row.number, row.classification, row.supports, row.text)
    indicators = row.detail.get("indikator") or [{"iki": row.detail.get("narasi")}]
    keys = ("aspek", "iki", "target_nilai", "target_atas", "satuan", "polaritas")
    tail = [row.detail.get(key) for key in ("bobot", "jenis_utama", "lingkup")]
    return [(*head, *(one.get(key) for key in keys), *tail, _flag(one.get("target_maksimum"))) for one in indicators]


def _flag(value: Any) -> str | None:
    """As an import reads it; nothing where nobody was asked."""
    return None if value is None else "ya" if value else "tidak"
