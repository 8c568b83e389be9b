"""What files of many kinds have in common: rows that name others, rows of one key, and what would change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.plans import ChangedRow, NewRow, Plan, differences
from engine.cycle.models import EmployeeRow, UnitRow
from engine.runtime.values import Json

Known = Mapping[str, Mapping[str, Json]]
Values = Mapping[str, Json]


def compare(
    rows: Sequence[Parsed],
    known: Known,
    *,
    key: Callable[[Values], str],
    name: Callable[[Values], str],
    faults: Callable[[Sequence[Parsed]], Iterable[Fault]],
    passing: Iterable[str] = (),
) -> Plan:
    """What a file would do to rows that are known by a key.

    `faults` says what is wrong between the rows; it is asked again until those that are left stand. The columns
    `passing` say how to write a row, and are no difference by themselves.
    """
    found = [fault for row in rows for fault in row.faults]
    valid = [row for row in rows if not row.faults]
    while wrong := [*_twice(valid, key), *faults(valid)]:
        found += wrong
        bad = {fault.row for fault in wrong}
        valid = [row for row in valid if row.row not in bad]
    new, changed = [], []
    for row in valid:
        one = key(row.values)
        if one not in known:
            new.append(NewRow(row.row, one, name(row.values), row.values))
            continue
        told = {column: value for column, value in row.values.items() if column not in passing}
        if difference := differences(known[one], told):
            changed.append(ChangedRow(row.row, one, name(row.values), difference, row.values))
    return Plan(new, changed, sorted(found, key=lambda fault: fault.row), len(valid) - len(new) - len(changed))


def _twice(rows: Sequence[Parsed], key: Callable[[Values], str]) -> list[Fault]:
    seen: dict[str, int] = {}
    return [
        Fault(row.row, "kode" if "kode" in row.values else "unit", f"{one} sudah ada di baris {seen[one]}.")
        for row in rows
        if (one := key(row.values)) in seen or seen.setdefault(one, row.row) != row.row
    ]


def rows_of(plan: Plan) -> list[NewRow | ChangedRow]:
    """All that a plan writes."""
    return [*plan.new, *plan.changed]


def unknown(rows: Sequence[Parsed], column: str, there: Iterable[str], what: str) -> list[Fault]:
    """Faults of rows that name something which is not there."""
    known = set(there)
    return [
        Fault(row.row, column, f"{what} {value} tidak ada.")
        for row in rows
        if (value := row.values.get(column)) is not None and value not in known
    ]


def units(connection: sa.Connection) -> set[str]:
    """The codes of all units."""
    return set(connection.scalars(sa.select(UnitRow.id)))


def people(connection: sa.Connection) -> dict[str, str]:
    """The ids of all employees by NIP."""
    return {row.nip: row.id for row in connection.execute(sa.select(EmployeeRow.nip, EmployeeRow.id))}


def day(value: Json) -> date | None:
    return date.fromisoformat(value) if value else None
