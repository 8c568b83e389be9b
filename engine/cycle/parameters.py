"""The parameters in force on a date; `catalogue.py` says which there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from engine.cycle.catalogue import CATALOGUE, DEFAULTS
from engine.cycle.models import ParameterRow
from engine.errors import Refused
from engine.runtime.values import Json

SETTINGS = sa.select(ParameterRow.key, ParameterRow.unit_id, ParameterRow.value, ParameterRow.starts).where(
    ParameterRow.starts <= sa.bindparam("on"),
    sa.or_(ParameterRow.ends.is_(None), ParameterRow.ends >= sa.bindparam("on")),
)


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

    def in_zone(self, zone: str) -> "Parameters":
        """The same, with this time zone where none was set."""
        return Parameters({"zona": zone, **self.values})

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


@dataclass(frozen=True)
class Setting:
    """A value that is set for a unit and those below it; no unit: for the agency."""

    key: str
    unit: str | None
    value: Json
    starts: date


def parameters_on(
    connection: sa.Connection, on: date, units: Iterable[str] = (), *, zone: str | None = None
) -> Parameters:
    """The values in force on a date for a unit, given as the unit and those above it, nearest first.

    `zone` stands in where no time zone was set.
    """
    found = parameters_of(settings_on(connection, on), units)
    return found if zone is None else found.in_zone(zone)


def settings_on(connection: sa.Connection, on: date) -> Sequence[Setting]:
    """All that is set on a date, in any unit."""
    return [Setting(*row) for row in connection.execute(SETTINGS, {"on": on})]


def parameters_of(settings: Iterable[Setting], units: Iterable[str]) -> Parameters:
    """What holds for a unit, given as the unit and those above it, nearest first.

    A unit's own value beats the agency's; of two of the same unit the one that began later counts.
    """
    rank: dict[str | None, int] = {unit: number for number, unit in enumerate(units)}
    rank[None] = len(rank)
    nearest = [one for one in settings if one.unit in rank]
    return Parameters({one.key: one.value for one in sorted(nearest, key=lambda one: (-rank[one.unit], one.starts))})


def known_key(key: str) -> str:
    """The key itself, or Refused for one that nothing reads."""
    if key not in CATALOGUE:
        raise Refused(f'Parameter "{key}" tidak dikenal.')
    return key
