"""A file of what units have reached of their agreements, quarter by quarter; an empty cell of a column takes a value away."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.comparing import compare, rows_of
from engine.cycle.imports.objective_columns import QUARTERS
from engine.cycle.imports.plans import Plan, Writing
from engine.cycle.models import CycleRow
from engine.cycle.objectives import attainment, reading, versions
from engine.cycle.objectives.reading import Agreement
from engine.runtime.values import Json

Values = Mapping[str, Json]


def plan_attainments(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """What the file would do to the quarters of agreements that are in force."""
    known = as_file(connection, on)

    def faults(valid: Sequence[Parsed]) -> list[Fault]:
        strange = [
            Fault(row.row, "kode_indikator", "Bukan indikator perjanjian kinerja unit itu yang berlaku.")
            for row in valid
            if _key(row.values) not in known
        ]
        return strange or [fault for row in valid for fault in _early(row, on)]

    return compare(rows, known, key=_key, name=_key, faults=faults)


def write_attainments(connection: sa.Connection, plan: Plan, how: Writing) -> None:
    """Write the quarters; the newest becomes how far the year is."""
    agreements = _agreements(connection, how.on)
    told: dict[tuple[str, str], dict[tuple[str, str], float | None]] = {}
    for row in rows_of(plan):
        place, code = (str(row.values["unit"]), str(row.values["tahun"])), str(row.values["kode_indikator"])
        said = {(code, one.upper()): row.values[one] for one in QUARTERS if one in row.values}
        told.setdefault(place, {}).update(said)
    for (unit, cycle), values in told.items():
        year = int(connection.scalar(sa.select(CycleRow.year).where(CycleRow.id == cycle)) or cycle)
        attainment.write(connection, agreements[unit, cycle], year, values, by=how.by, now=how.now, on=how.on)


def as_file(connection: sa.Connection, on: date) -> dict[str, dict[str, Json]]:
    """Every indicator of the agreements in force with its quarters, as a file would write them."""
    found: dict[str, dict[str, Json]] = {}
    for (unit, cycle), agreement in _agreements(connection, on).items():
        known = attainment.read(connection, unit, cycle)
        for target in agreement.targets:
            code = target.indicator.code
            told: dict[str, Json] = {"unit": unit, "tahun": cycle, "kode_indikator": code}
            told |= {one: known.get((code, one.upper())) for one in QUARTERS}
            found[_key(told)] = told
    return found


def _agreements(connection: sa.Connection, on: date) -> dict[tuple[str, str], Agreement]:
    found: dict[tuple[str, str], Agreement] = {}
    for cycle in connection.scalars(sa.select(CycleRow.id).order_by(CycleRow.year)):
        rows = connection.execute(versions.published(cycle, on)).all()
        found |= {(one.unit, cycle): one for one in reading.agreements(connection, rows, on)}
    return found


def _early(row: Parsed, on: date) -> list[Fault]:
    known = attainment.quarters(int(row.values["tahun"]))
    return [
        Fault(row.row, one, f"{known[one.upper()][0]} belum dimulai.")
        for one in QUARTERS
        if row.values.get(one) is not None and known[one.upper()][1] > on
    ]


def _key(values: Values) -> str:
    return f"{values['unit']}/{values['tahun']}/{values['kode_indikator']}"
