"""The parameters in force on a date; `catalogue.py` says which there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from engine.cycle.catalogue import CATALOGUE, DEFAULTS
from engine.cycle.models import ParameterRow
from engine.errors import Refused
from engine.runtime.values import Json


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
            "weights": self.text("bobot"),
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
    if key not in CATALOGUE:
        raise Refused(f'Parameter "{key}" tidak dikenal.')
    return key
