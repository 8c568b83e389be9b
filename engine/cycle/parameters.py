"""What an agency may decide for itself: keys, their defaults, and the values in force on a date.

Keys are those of the regulation's vocabulary (DOMAIN 9.2). Month-and-day values are "MM-DD".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from engine.cycle.models import ParameterRow
from engine.errors import Refused
from engine.runtime.values import Json

DEFAULTS: Mapping[str, Json] = {
    "rezim.aktif": "REG_2022",
    "zona": "Asia/Jakarta",
    "batas.hari_libur": "TETAP",  # TETAP: a legal date stays; MAJU: the working day before; MUNDUR: the one after
    "skp.mulai_susun_pengelola": "01-14",
    "skp.batas": "01-31",
    "skp.batas_pengelola": "02-05",
    "skp.tunggu_pimpinan_hari": 10,
    "skp.dialog_hari_kerja": 5,
    "skp.reviu_hari_kerja": 5,
    "skp.reviu_pengelola": "OPSIONAL",  # WAJIB: the performance team reviews each draft
    "skp.tetapkan_oleh_pengelola": True,
    "skp.ubah_terakhir": "11-30",
    "skp.susulan_hari_kerja": 7,  # who joins later drafts within so many working days
    "periode.jenis": "TRIWULAN",
    "periode.lapor_hari": 5,
    "periode.batas_hari": 15,
    "periode.atasan_hari": 30,
    "log.frekuensi": "BULANAN",
    "organisasi.batas": "01-15",
    "tahunan.lapor": "01-10",
    "tahunan.masukan": "01-15",
    "tahunan.usul": "01-22",
    "tahunan.batas": "01-31",
    "tahunan.atasan": "02-15",
    "keberatan.hari": 14,
    "keberatan.jenis_hari": "KERJA",
    "keberatan.putusan_hari": 14,
    "distribusi.mode": "WARN",
    "distribusi.n_minimum": 10,
    "mutasi.agregasi": "PENILAI_TERAKHIR",
    "perilaku.minimum_bulan": 1,
    "perilaku.set": "BERAKHLAK_7",
    "plt.boleh_menilai": True,
    "plh.boleh_menilai": False,
    "tim.masukan_hari_kerja": 5,
    "perbaikan.lama": "P6M",
    "penempatan_sementara.lama": "P1Y",
    "dokumen.penandatangan": ["PEGAWAI", "PENILAI"],
    "bahasa.ph01": "ERROR",
}


@dataclass(frozen=True)
class Parameters:
    """The values in force; what nobody has set has its default."""

    values: Mapping[str, Json] = field(default_factory=dict)

    def value(self, key: str) -> Json:
        return self.values[key] if key in self.values else DEFAULTS[key]

    def text(self, key: str) -> str:
        return str(self.value(key))

    def number(self, key: str) -> int:
        return int(self.value(key))

    def flag(self, key: str) -> bool:
        return bool(self.value(key))

    def day(self, key: str, year: int) -> date:
        """A month-and-day value in a year; 29 February becomes the 28th where there is none."""
        month, day = (int(part) for part in self.text(key).split("-"))
        try:
            return date(year, month, day)
        except ValueError:
            return date(year, month, 28)

    def for_case(self) -> dict[str, Json]:
        """The part that diagrams read, under the names they use."""
        return {
            "team_review": self.text("skp.reviu_pengelola") == "WAJIB",
            "team_sets": self.flag("skp.tetapkan_oleh_pengelola"),
            "team_input_working_days": self.number("tim.masukan_hari_kerja"),
            "log_frequency": self.text("log.frekuensi"),
            "objection_days": self.number("keberatan.hari"),
            "objection_working_days": self.text("keberatan.jenis_hari") == "KERJA",
            "decision_days": self.number("keberatan.putusan_hari"),
            "improvement_span": self.text("perbaikan.lama"),
            "placement_span": self.text("penempatan_sementara.lama"),
            "distribution_mode": self.text("distribusi.mode"),
            "distribution_minimum": self.number("distribusi.n_minimum"),
            "aggregation": self.text("mutasi.agregasi"),
            "behaviour_minimum_months": self.number("perilaku.minimum_bulan"),
        }


def parameters_on(
    connection: sa.Connection, on: date, units: Iterable[str] = (), *, zone: str | None = None
) -> Parameters:
    """The values in force on a date for a unit, given as the unit and those above it, nearest first.

    A unit's own value beats the agency's; of two of the same unit the one that began later counts.
    `zone` stands in where no time zone was set.
    """
    rank = {unit: number for number, unit in enumerate(units)}
    table = ParameterRow
    rows = connection.execute(
        sa.select(table.key, table.unit_id, table.value, table.starts).where(
            table.starts <= on, sa.or_(table.ends.is_(None), table.ends >= on)
        )
    ).all()
    values: dict[str, Json] = {"zona": zone} if zone else {}
    nearest = [row for row in rows if row.unit_id is None or row.unit_id in rank]
    for row in sorted(nearest, key=lambda row: (-rank.get(row.unit_id, len(rank)), row.starts)):
        values[row.key] = row.value
    return Parameters(values)


def known_key(key: str) -> str:
    """The key itself, or Refused for one that nothing reads."""
    if key not in DEFAULTS:
        raise Refused(f'Parameter "{key}" tidak dikenal.')
    return key
