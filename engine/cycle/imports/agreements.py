"""Files of performance agreements and of role-result matrices: written into the draft of each unit's year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.comparing import Known, Values, compare, people, rows_of, units, unknown
from engine.cycle.imports.objectives import codes
from engine.cycle.imports.plans import Plan
from engine.cycle.models import TeamRow
from engine.cycle.objectives.models import AgreedTargetRow, AgreementRow, IndicatorRow, MatrixRoleRow
from engine.cycle.objectives.versions import draft
from engine.runtime.values import Json

DROP = "hapus"
TARGET = {"nomor": "number", "target": "target", "target_atas": "target_upper"}
ROLE = {
    "peran": "role",
    "tim": "team_id",
    "peran_hasil": "text",
    "metode": "method",
    "porsi": "portion",
    "satuan": "measure",
    "surat_tugas": "letter",
}


@dataclass(frozen=True)
class _Cell:
    """Where a row of a file belongs: the unit's year, and its place in it."""

    table: type[AgreedTargetRow] | type[MatrixRoleRow]
    columns: Mapping[str, str]
    place: Callable[[Values, Mapping[str, str]], dict[str, Any]]


_TARGETS = _Cell(AgreedTargetRow, TARGET, lambda told, _: {"indicator_code": told["kode_indikator"]})
_ROLES = _Cell(
    MatrixRoleRow,
    ROLE,
    lambda told, ids: {"indicator_code": told["kode_indikator"], "employee_id": ids[str(told["nip"])]},
)


def plan_agreements(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """What the file would do to the targets of units."""

    def faults(valid: Sequence[Parsed]) -> list[Fault]:
        ranges = [
            Fault(row.row, "target_atas", "Batas atas lebih kecil dari target.")
            for row in valid
            if row.values.get("target_atas") is not None and row.values["target_atas"] < row.values["target"]
        ]
        return [*ranges, *_named(connection, valid)]

    return compare(_kept(rows), _known(connection, _TARGETS), key=_target_key, name=_target_key, faults=faults)


def plan_roles(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """What the file would do to the matrices of units."""
    teams = set(connection.scalars(sa.select(TeamRow.id)))

    def faults(valid: Sequence[Parsed]) -> list[Fault]:
        return [
            *_modes(valid),
            *_named(connection, valid),
            *unknown(valid, "nip", people(connection), "Pegawai dengan NIP"),
            *unknown(valid, "tim", teams, "Tim"),
        ]

    return compare(
        _kept(rows),
        _known(connection, _ROLES),
        key=_role_key,
        name=lambda told: str(told["peran_hasil"]),
        faults=faults,
    )


def write_agreements(connection: sa.Connection, plan: Plan) -> None:
    """Write targets into the drafts."""
    _write(connection, plan, _TARGETS)


def write_roles(connection: sa.Connection, plan: Plan) -> None:
    """Write cells into the drafts; the mode holds for the whole matrix."""
    drafts = _write(connection, plan, _ROLES)
    for row in rows_of(plan):
        agreement = drafts[_year_of(row.values)]
        connection.execute(sa.update(AgreementRow).where(AgreementRow.id == agreement).values(mode=row.values["mode"]))


def _write(connection: sa.Connection, plan: Plan, cell: _Cell) -> dict[tuple[str, str], UUID]:
    ids, drafts = people(connection), dict[tuple[str, str], UUID]()
    for row in rows_of(plan):
        year = _year_of(row.values)
        if year not in drafts:
            drafts[year] = draft(connection, *year)
        place = {"agreement_id": drafts[year], **cell.place(row.values, ids)}
        here = sa.and_(*(getattr(cell.table, name) == value for name, value in place.items()))
        values = {column: row.values[heading] for heading, column in cell.columns.items() if heading in row.values}
        if row.values.get(DROP):
            connection.execute(sa.delete(cell.table).where(here))
        elif connection.execute(sa.update(cell.table).where(here).values(values)).rowcount == 0:
            connection.execute(sa.insert(cell.table).values(**place, **values))
    return drafts


def _known(connection: sa.Connection, cell: _Cell) -> Known:
    """The cells of the newest version of every unit's year, as a file would write them."""
    last = sa.select(AgreementRow.unit_id, AgreementRow.cycle_id, sa.func.max(AgreementRow.version).label("version"))
    newest = last.group_by(AgreementRow.unit_id, AgreementRow.cycle_id).subquery()
    same = sa.and_(
        newest.c.unit_id == AgreementRow.unit_id,
        newest.c.cycle_id == AgreementRow.cycle_id,
        newest.c.version == AgreementRow.version,
    )
    query = (
        sa.select(AgreementRow.unit_id, AgreementRow.cycle_id, AgreementRow.mode, *cell.table.__table__.c)
        .join(newest, same)
        .join(cell.table, cell.table.agreement_id == AgreementRow.id)
    )
    nips = {id: nip for nip, id in people(connection).items()}
    found: dict[str, dict[str, Json]] = {}
    for row in connection.execute(query).mappings():
        told: dict[str, Json] = {heading: row[column] for heading, column in cell.columns.items()}
        told |= {"unit": row["unit_id"], "tahun": row["cycle_id"], "kode_indikator": row["indicator_code"], DROP: False}
        if cell is _ROLES:
            told |= {"nip": nips[row["employee_id"]], "mode": row["mode"]}
        found[_role_key(told) if cell is _ROLES else _target_key(told)] = told
    return found


def _kept(rows: Sequence[Parsed]) -> list[Parsed]:
    """An empty cell in the column that deletes means that the row stays."""
    return [Parsed(row.row, {**row.values, DROP: bool(row.values.get(DROP))}, row.faults) for row in rows]


def _named(connection: sa.Connection, rows: Sequence[Parsed]) -> list[Fault]:
    return [
        *unknown(rows, "unit", units(connection), "Unit"),
        *unknown(rows, "kode_indikator", codes(connection, IndicatorRow), "Indikator"),
    ]


def _modes(rows: Sequence[Parsed]) -> list[Fault]:
    """A matrix has one mode: the first row's."""
    first: dict[tuple[str, str], str] = {}
    return [
        Fault(row.row, "mode", f"Matriks unit ini sudah {first[year]} di baris di atasnya.")
        for row in rows
        if first.setdefault(year := _year_of(row.values), str(row.values["mode"])) != row.values["mode"]
    ]


def _year_of(told: Values) -> tuple[str, str]:
    return str(told["unit"]), str(told["tahun"])


def _target_key(told: Values) -> str:
    return f"{told['unit']} {told['tahun']} {told['kode_indikator']}"


def _role_key(told: Values) -> str:
    return f"{_target_key(told)} {told['nip']}"
