"""Files of goals and objectives, indicators, and strategies: known by a code, and a change is a new version."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.comparing import Known, compare, day, people, rows_of, units, unknown
from engine.cycle.imports.plans import Plan
from engine.cycle.imports.units import circles
from engine.cycle.objectives.models import IndicatorRow, ObjectiveRow, StrategyRow
from engine.runtime.values import Json

SINCE = "berlaku_mulai"
OWNER = "nip_pemilik"
Faults = Callable[[sa.Connection, Sequence[Parsed]], Iterable[Fault]]


@dataclass(frozen=True)
class Versioned:
    """Rows of which one version follows another; `columns` are the file's headings and the table's columns."""

    row: type[ObjectiveRow] | type[IndicatorRow] | type[StrategyRow]
    columns: Mapping[str, str]
    title: str  # the heading that says what a row is called
    faults: Faults

    def plan(self, connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
        """What the file would do; a change begins on its day, or today."""
        dated = [
            Parsed(row.row, {**row.values, SINCE: row.values.get(SINCE) or on.isoformat()}, row.faults) for row in rows
        ]
        return compare(
            dated,
            self.as_file(connection),
            key=lambda values: str(values["kode"]),
            name=lambda values: str(values[self.title]),
            faults=lambda valid: self.faults(connection, valid),
            passing=(SINCE,),
        )

    def write(self, connection: sa.Connection, plan: Plan) -> None:
        """Each changed row ends the day before the next version begins."""
        owners, table = people(connection), self.row
        known = {row.code: row for row in connection.execute(sa.select(*table.__table__.c).where(table.ends.is_(None)))}
        for row in rows_of(plan):
            before, starts = known.get(row.key), day(row.values[SINCE])
            assert starts is not None  # the plan dates every row
            values: dict[str, Any] = {} if before is None else dict(before._mapping)
            values.update(code=row.key, version=1 + values.pop("version", 0), starts=starts, ends=None)
            values.update(self._values(row.values, owners))
            if before is not None:
                ends = starts - timedelta(days=1)
                connection.execute(sa.update(table).where(table.id == values.pop("id")).values(ends=ends))
            connection.execute(sa.insert(table).values(values))

    def _values(self, told: Mapping[str, Json], owners: Mapping[str, str]) -> dict[str, Any]:
        found = {column: told[heading] for heading, column in self.columns.items() if heading in told}
        if OWNER in told:
            found["owner_id"] = owners[told[OWNER]] if told[OWNER] else None
        return found

    def as_file(self, connection: sa.Connection) -> Known:
        """What is in force, as a file would write it, by its code."""
        nips = {id: nip for nip, id in people(connection).items()}
        found: dict[str, dict[str, Json]] = {}
        for row in connection.execute(sa.select(*self.row.__table__.c).where(self.row.ends.is_(None))).mappings():
            values = {heading: row[column] for heading, column in self.columns.items()}
            if "owner_id" in row:
                values[OWNER] = nips.get(row["owner_id"])
            found[row["code"]] = {"kode": row["code"], **values}
        return found


def codes(connection: sa.Connection, row: type[ObjectiveRow] | type[IndicatorRow]) -> set[str]:
    """The codes that are in force."""
    return set(connection.scalars(sa.select(row.code).where(row.ends.is_(None))))


def _goal_faults(connection: sa.Connection, rows: Sequence[Parsed]) -> list[Fault]:
    told = {str(row.values["kode"]): row.values.get("kode_induk") for row in rows}
    parents = {
        row.code: row.parent_code
        for row in connection.execute(
            sa.select(ObjectiveRow.code, ObjectiveRow.parent_code).where(ObjectiveRow.ends.is_(None))
        )
    } | told
    round_ = [
        Fault(row.row, "kode_induk", f"{row.values['kode']} berada di bawah dirinya sendiri.")
        for row in rows
        if circles(str(row.values["kode"]), parents)
    ]
    missing = unknown(rows, "kode_induk", parents, "Tujuan atau sasaran")
    return [*round_, *missing, *unknown(rows, "unit", units(connection), "Unit")]


def _indicator_faults(connection: sa.Connection, rows: Sequence[Parsed]) -> list[Fault]:
    return [
        *unknown(rows, "kode_sasaran", codes(connection, ObjectiveRow), "Sasaran"),
        *unknown(rows, "unit", units(connection), "Unit"),
        *unknown(rows, OWNER, people(connection), "Pegawai dengan NIP"),
    ]


def _strategy_faults(connection: sa.Connection, rows: Sequence[Parsed]) -> list[Fault]:
    return [
        *unknown(rows, "kode_indikator", codes(connection, IndicatorRow), "Indikator"),
        *unknown(rows, OWNER, people(connection), "Pegawai dengan NIP"),
    ]


GOALS = Versioned(
    ObjectiveRow,
    {"jenis": "kind", "kode_induk": "parent_code", "uraian": "text", "unit": "unit_id"},
    "uraian",
    _goal_faults,
)
INDICATORS = Versioned(
    IndicatorRow,
    {
        "kode_sasaran": "objective_code",
        "unit": "unit_id",
        "nama": "name",
        "definisi": "definition",
        "formula": "formula",
        "satuan": "measure",
        "polaritas": "polarity",
        "frekuensi": "frequency",
        "sumber": "source",
        "baseline": "baseline",
        "validitas": "validity",
    },
    "nama",
    _indicator_faults,
)
STRATEGIES = Versioned(StrategyRow, {"kode_indikator": "indicator_code", "uraian": "text"}, "uraian", _strategy_faults)
