"""A file of employees: compare with who is there, then write people, posts and who holds them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.plans import ChangedRow, NewRow, Plan, differences
from engine.cycle.models import (
    EmployeeRow,
    HoldingRow,
    PostKind,
    PostRow,
    ReportingLineRow,
    UnitRow,
)
from engine.cycle.organisation import in_force
from engine.db import new_id
from engine.runtime.values import Json

PERSONAL = {"nama": "name", "email": "email", "jenis": "kind", "pangkat": "grade"}
DAYS = {"berhenti": "ends", "akhir_kontrak": "contract_ends"}
POST = ("jabatan", "jenis_jabatan", "jenjang", "unit", "kepala_unit")
DAY = timedelta(days=1)


@dataclass
class Known:
    """Everybody who is there, as the file would write it, and the units."""

    people: dict[str, dict[str, Json]]  # by NIP
    ids: dict[str, str]
    units: dict[str, tuple[date, date | None]]
    heads: dict[str, str]  # unit -> NIP of its head
    names: dict[str, str] = field(default_factory=dict)


def plan_employees(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """What the file would do; faults name the row and the column."""
    known = as_file(connection, on)
    faults = [fault for row in rows for fault in row.faults]
    valid = [replace(row, values=_completed(row.values, known)) for row in rows if not row.faults]
    while True:  # a row that falls out may be the one on which another stood
        found = _faults(valid, known, on)
        if not found:
            break
        faults += found
        bad = {fault.row for fault in found}
        valid = [row for row in valid if row.row not in bad]
    new, changed = [], []
    for row in valid:
        nip, values, name = str(row.values["nip"]), dict(row.values), str(row.values["nama"])
        if nip not in known.people:
            values["berlaku_mulai"] = values.get("berlaku_mulai") or date(on.year, 1, 1).isoformat()
            new.append(NewRow(row.row, nip, name, values))
            continue
        effective = values.pop("berlaku_mulai", None) or on.isoformat()
        found_differences = differences(known.people[nip], values)
        if found_differences:
            changed.append(ChangedRow(row.row, nip, name, found_differences, {**values, "berlaku_mulai": effective}))
    return Plan(new, changed, sorted(faults, key=lambda fault: fault.row), len(valid) - len(new) - len(changed))


def write_employees(connection: sa.Connection, plan: Plan) -> None:
    """Write what the plan says: people first, then their posts, then whom they report to."""
    writer = _Writer(connection)
    for row in plan.new:
        writer.add(row)
    for changed in plan.changed:
        writer.change(changed)
    writer.flush()


PostKey = tuple[
    str, bool, str | None, str | None, str | None
]  # unit, leads it, title, kind, tier; of heads only the unit


class _Writer:
    """Collects rows and writes them in bulk; posts and ids are read once."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.ids: dict[str, str] = {
            row.nip: row.id for row in connection.execute(sa.select(EmployeeRow.nip, EmployeeRow.id))
        }
        self.posts: dict[PostKey, tuple[str, date]] = {}
        for post in connection.execute(sa.select(*PostRow.__table__.c).order_by(PostRow.id.desc())):
            described = {"name": post.name, "kind": PostKind(post.kind).value, "tier": post.tier}
            self.posts[_post_key(post.unit_id, post.heads_unit, described)] = (post.id, post.starts)
        self.people: list[dict[str, Json]] = []
        self.holdings: list[dict[str, Json]] = []
        self.lines: list[tuple[str, str | None, date]] = []

    def add(self, row: NewRow) -> None:
        values, starts = row.values, date.fromisoformat(row.values["berlaku_mulai"])
        employee = str(new_id())
        self.ids[row.key] = employee
        personal = {column: values.get(name) for name, column in PERSONAL.items()}
        days = {column: _day(values.get(name)) for name, column in DAYS.items()}
        self.people.append({"id": employee, "nip": row.key, "starts": starts, **days, **personal})
        self._hold(employee, self._post(values, starts), starts)
        if values.get("nip_atasan"):
            self.lines.append((employee, values["nip_atasan"], starts))

    def change(self, row: ChangedRow) -> None:
        employee, effective = self.ids[row.key], date.fromisoformat(row.values["berlaku_mulai"])
        fields = {one.field: one.new for one in row.differences}
        personal = {PERSONAL[name]: value for name, value in fields.items() if name in PERSONAL}
        personal |= {column: _day(fields[name]) for name, column in DAYS.items() if name in fields}
        if personal:
            self.connection.execute(sa.update(EmployeeRow).where(EmployeeRow.id == employee).values(personal))
        if any(name in fields for name in POST):
            self._cut(HoldingRow, employee, effective)
            self._hold(employee, self._post(row.values, effective), effective)
        if "nip_atasan" in fields:
            self.lines.append((employee, fields["nip_atasan"], effective))

    def flush(self) -> None:
        """People, then who holds what, then whom they report to: everyone has an id by now."""
        if self.people:
            self.connection.execute(sa.insert(EmployeeRow), self.people)
        if self.holdings:
            self.connection.execute(sa.insert(HoldingRow), self.holdings)
        for employee, superior, starts in self.lines:
            self._cut(ReportingLineRow, employee, starts)
            if superior is not None:
                row = {"employee_id": employee, "superior_id": self.ids[superior], "starts": starts, "ends": None}
                self.connection.execute(sa.insert(ReportingLineRow).values(row))

    def _hold(self, employee: str, post: str, starts: date) -> None:
        self.holdings.append({"employee_id": employee, "post_id": post, "starts": starts, "ends": None})

    def _cut(self, table: type[HoldingRow | ReportingLineRow], employee: str, effective: date) -> None:
        """End what was in force before a day; what began that day or later is corrected, so it goes."""
        theirs = table.employee_id == employee
        self.connection.execute(sa.delete(table).where(theirs, table.starts >= effective))
        still = sa.or_(table.ends.is_(None), table.ends >= effective)
        self.connection.execute(sa.update(table).where(theirs, still).values(ends=effective - DAY))

    def _post(self, values: Mapping[str, Json], starts: date) -> str:
        """The id of the post: a unit has one that leads it, whose title may change; staff posts go by title."""
        unit, heads = str(values["unit"]), bool(values.get("kepala_unit"))
        described = {"name": values["jabatan"], "kind": values["jenis_jabatan"], "tier": values.get("jenjang")}
        key = _post_key(unit, heads, described)
        known = self.posts.get(key)
        if known is None:
            label = "kepala" if heads else hashlib.sha256(repr(sorted(described.items())).encode()).hexdigest()[:12]
            post = {
                "id": f"{unit}:{label}",
                "unit_id": unit,
                "heads_unit": heads,
                "starts": starts,
                "ends": None,
                **described,
            }
            self.connection.execute(sa.insert(PostRow).values(post))
            self.posts[key] = (post["id"], starts)
            return str(post["id"])
        if heads or starts < known[1]:
            first = min(starts, known[1])
            change = sa.update(PostRow).where(PostRow.id == known[0]).values(**described, starts=first, ends=None)
            self.connection.execute(change)
            self.posts[key] = (known[0], first)
        return known[0]


def _post_key(unit: str, heads: bool, described: Mapping[str, Json]) -> PostKey:
    if heads:
        return unit, True, None, None, None
    return unit, False, described["name"], described["kind"], described["tier"]


def as_file(connection: sa.Connection, on: date) -> Known:
    """Everybody who is there on a day, as a file would write it."""
    held = sa.and_(HoldingRow.employee_id == EmployeeRow.id, in_force(HoldingRow, on))
    line = sa.and_(ReportingLineRow.employee_id == EmployeeRow.id, in_force(ReportingLineRow, on))
    superior = aliased(EmployeeRow)
    query = (
        sa.select(EmployeeRow, PostRow, superior.nip)
        .outerjoin(HoldingRow, held)
        .outerjoin(PostRow, PostRow.id == HoldingRow.post_id)
        .outerjoin(ReportingLineRow, line)
        .outerjoin(superior, superior.id == ReportingLineRow.superior_id)
    )
    units = {
        row.id: (row.starts, row.ends)
        for row in connection.execute(sa.select(UnitRow.id, UnitRow.starts, UnitRow.ends))
    }
    found = Known({}, {}, units, {})
    with Session(connection) as session:
        for employee, post, superior_nip in session.execute(query.order_by(HoldingRow.starts)):
            found.ids[employee.nip], found.names[employee.nip] = employee.id, employee.name
            found.people[employee.nip] = _as_file(employee, post, superior_nip)
            if post is not None and post.heads_unit and (employee.ends is None or employee.ends >= on):
                found.heads[post.unit_id] = employee.nip
    return found


def _as_file(employee: EmployeeRow, post: PostRow | None, superior: str | None) -> dict[str, Json]:
    return {
        "nip": employee.nip,
        "nama": employee.name,
        "email": employee.email,
        "jenis": employee.kind.value,
        "pangkat": employee.grade,
        "jabatan": post.name if post else None,
        "jenis_jabatan": post.kind.value if post else None,
        "jenjang": post.tier if post else None,
        "unit": post.unit_id if post else None,
        "kepala_unit": post.heads_unit if post else False,
        "nip_atasan": superior,
        "berhenti": employee.ends.isoformat() if employee.ends else None,
        "akhir_kontrak": employee.contract_ends.isoformat() if employee.contract_ends else None,
    }


def _completed(values: Mapping[str, Json], known: Known) -> dict[str, Json]:
    """What a file leaves out: who stays in the unit leads it as before, who keeps the post keeps its tier."""
    before = known.people.get(str(values["nip"]), {})
    completed = dict(values)
    if "kepala_unit" not in values:
        completed["kepala_unit"] = bool(before.get("kepala_unit")) and before.get("unit") == values["unit"]
    completed["kepala_unit"] = bool(completed["kepala_unit"])
    if "jenjang" not in values:
        completed["jenjang"] = before.get("jenjang") if before.get("jabatan") == values["jabatan"] else None
    return completed


def _faults(rows: Sequence[Parsed], known: Known, on: date) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    in_file = {str(row.values["nip"]) for row in rows}
    for row in rows:
        values, nip = row.values, str(row.values["nip"])
        if nip in seen:
            faults.append(Fault(row.row, "nip", f"NIP {nip} sudah ada di baris {seen[nip]}."))
            continue
        seen[nip] = row.row
        starts = date.fromisoformat(values.get("berlaku_mulai") or on.isoformat())
        period = known.units.get(str(values["unit"]))
        if period is None:
            faults.append(Fault(row.row, "unit", f"Unit {values['unit']} tidak ada. Impor berkas unit lebih dahulu."))
        elif period[1] is not None and period[1] < starts:
            faults.append(Fault(row.row, "unit", f"Unit {values['unit']} sudah berakhir."))
        superior = values.get("nip_atasan")
        if superior == nip:
            faults.append(Fault(row.row, "nip_atasan", "Pegawai tidak dapat menjadi atasannya sendiri."))
        elif superior is not None and superior not in known.people and superior not in in_file:
            faults.append(
                Fault(row.row, "nip_atasan", f"Pegawai dengan NIP {superior} tidak ada, juga tidak di berkas ini.")
            )
        if values.get("berhenti") and values["berhenti"] < str(values.get("berlaku_mulai") or ""):
            faults.append(Fault(row.row, "berhenti", "Tanggal berhenti mendahului tanggal mulai."))
    return faults or _two_heads(rows, known, on)


def _two_heads(rows: Sequence[Parsed], known: Known, on: date) -> list[Fault]:
    """A unit has one head: who leads it now must leave in the same file before another comes."""
    heads = dict(known.heads)
    for row in rows:
        nip, leaves = str(row.values["nip"]), row.values.get("berhenti")
        led = [unit for unit, head in heads.items() if head == nip]
        for unit in led:
            if (leaves and leaves < on.isoformat()) or row.values["unit"] != unit or not row.values.get("kepala_unit"):
                del heads[unit]
    faults = []
    for row in rows:
        if not row.values.get("kepala_unit"):
            continue
        nip, unit = str(row.values["nip"]), str(row.values["unit"])
        head = heads.setdefault(unit, nip)
        if head != nip:
            name = known.names.get(head, head)
            faults.append(
                Fault(
                    row.row,
                    "kepala_unit",
                    f"Unit {unit} sudah dipimpin {name}; tulis kepindahannya di berkas yang sama.",
                )
            )
    return faults


def _day(value: Json) -> date | None:
    return date.fromisoformat(value) if value else None
