"""A file of units: compare with what is there, then write."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.plans import ChangedRow, NewRow, Plan, differences
from engine.cycle.models import EmployeeRow, HoldingRow, PostRow, UnitRow
from engine.runtime.values import Json

Known = dict[str, dict[str, Json]]


def plan_units(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """What the file would do; faults name the row and the column."""
    known = as_file(connection)
    faults = [fault for row in rows for fault in row.faults]
    valid = [row for row in rows if not row.faults]
    peopled = _last_days(connection)
    while True:
        found = _faults(valid, known, peopled)
        if not found:
            break
        faults += found
        bad = {fault.row for fault in found}
        valid = [row for row in valid if row.row not in bad]
    new, changed = [], []
    for row in valid:
        code, values = str(row.values["kode"]), dict(row.values)
        if code not in known:
            values["berlaku_mulai"] = values.get("berlaku_mulai") or date(on.year, 1, 1).isoformat()
            new.append(NewRow(row.row, code, str(values["nama"]), values))
            continue
        if not values.get("berlaku_mulai"):
            values.pop("berlaku_mulai", None)
        if values.get("mandiri", False) is None:
            values["mandiri"] = False
        found_differences = differences(known[code], values)
        if found_differences:
            changed.append(ChangedRow(row.row, code, str(values["nama"]), found_differences, values))
    unchanged = len(valid) - len(new) - len(changed)
    return Plan(new, changed, sorted(faults, key=lambda fault: fault.row), unchanged)


def write_units(connection: sa.Connection, plan: Plan) -> None:
    """Write what the plan says; parents are set when all units are there."""
    for row in plan.new:
        connection.execute(
            sa.insert(UnitRow).values(
                id=row.key,
                name=row.values["nama"],
                parent_id=None,
                independent=bool(row.values.get("mandiri")),
                starts=_day(row.values["berlaku_mulai"]),
                ends=_day(row.values.get("berakhir")),
            )
        )
    for row in plan.new:
        if row.values.get("kode_induk"):
            connection.execute(
                sa.update(UnitRow).where(UnitRow.id == row.key).values(parent_id=row.values["kode_induk"])
            )
    columns = {"nama": "name", "kode_induk": "parent_id", "mandiri": "independent"}
    days = {"berlaku_mulai": "starts", "berakhir": "ends"}
    for changed in plan.changed:
        values = {columns[one.field]: one.new for one in changed.differences if one.field in columns}
        values |= {days[one.field]: _day(one.new) for one in changed.differences if one.field in days}
        connection.execute(sa.update(UnitRow).where(UnitRow.id == changed.key).values(values))


def as_file(connection: sa.Connection) -> Known:
    """Every unit as a file would write it, by its code."""
    rows = connection.execute(
        sa.select(UnitRow.id, UnitRow.name, UnitRow.parent_id, UnitRow.independent, UnitRow.starts, UnitRow.ends)
    )
    return {
        row.id: {
            "kode": row.id,
            "nama": row.name,
            "kode_induk": row.parent_id,
            "mandiri": row.independent,
            "berlaku_mulai": row.starts.isoformat(),
            "berakhir": row.ends.isoformat() if row.ends else None,
        }
        for row in rows
    }


def _last_days(connection: sa.Connection) -> dict[str, date]:
    """Until when someone works in each unit; no end is the end of time."""
    open_end = sa.func.max(sa.case((sa.and_(HoldingRow.ends.is_(None), EmployeeRow.ends.is_(None)), 1), else_=0))
    last = sa.func.max(sa.func.coalesce(HoldingRow.ends, EmployeeRow.ends))
    rows = connection.execute(
        sa.select(PostRow.unit_id, open_end, last)
        .join(HoldingRow, HoldingRow.post_id == PostRow.id)
        .join(EmployeeRow, EmployeeRow.id == HoldingRow.employee_id)
        .group_by(PostRow.unit_id)
    )
    return {row[0]: date.max if row[1] else row[2] for row in rows}


def _faults(rows: Sequence[Parsed], known: Known, peopled: dict[str, date]) -> list[Fault]:
    """What is wrong between the rows, and between them and what is there."""
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    parents = {code: unit["kode_induk"] for code, unit in known.items()}
    parents |= {
        str(row.values["kode"]): row.values["kode_induk"]
        if "kode_induk" in row.values
        else parents.get(row.values["kode"])
        for row in rows
    }
    for row in rows:
        code, values = str(row.values["kode"]), row.values
        if code in seen:
            faults.append(Fault(row.row, "kode", f"Kode {code} sudah ada di baris {seen[code]}."))
            continue
        seen[code] = row.row
        parent = values.get("kode_induk")
        if parent is not None and parent not in parents:
            faults.append(Fault(row.row, "kode_induk", f"Unit induk {parent} tidak ada, juga tidak di berkas ini."))
        elif circles(code, parents):
            faults.append(Fault(row.row, "kode_induk", f"Unit {code} menjadi bawahan dirinya sendiri."))
        starts = values.get("berlaku_mulai") or known.get(code, {}).get("berlaku_mulai")
        ends = values.get("berakhir")
        if ends and starts and ends < starts:
            faults.append(Fault(row.row, "berakhir", "Tanggal berakhir mendahului tanggal mulai."))
        elif ends and peopled.get(code, date.min) > date.fromisoformat(ends):
            faults.append(
                Fault(row.row, "berakhir", "Masih ada pegawai di unit ini sesudah tanggal itu; pindahkan dahulu.")
            )
    return faults


def circles(code: str, parents: Mapping[str, Json]) -> bool:
    """Whether a code stands above itself."""
    above, passed = parents.get(code), set()
    while above is not None and above not in passed:
        if above == code:
            return True
        passed.add(above)
        above = parents.get(above)
    return False


def _day(value: Json) -> date | None:
    return date.fromisoformat(value) if value else None
