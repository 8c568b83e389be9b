"""A file of squads: one row for each member, with the letter that gives the place."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, Parsed
from engine.cycle.imports.comparing import Known, Values, compare, day, people, rows_of, units, unknown
from engine.cycle.imports.plans import Plan
from engine.cycle.models import TeamMemberRow, TeamRow
from engine.runtime.values import Json

SINCE = "berlaku_mulai"
PEOPLE = ("nip_ketua", "nip_pemilik", "nip_anggota")


def plan_teams(connection: sa.Connection, rows: Sequence[Parsed], on: date) -> Plan:
    """What the file would do; of a squad that is told twice, leader and unit must be the same."""
    dated = [
        Parsed(row.row, {**row.values, SINCE: row.values.get(SINCE) or on.isoformat()}, row.faults) for row in rows
    ]

    def faults(valid: Sequence[Parsed]) -> list[Fault]:
        nips = people(connection)
        missing = [fault for column in PEOPLE for fault in unknown(valid, column, nips, "Pegawai dengan NIP")]
        return [*_contradictions(valid), *missing, *unknown(valid, "unit", units(connection), "Unit")]

    return compare(
        dated, _known(connection), key=_key, name=lambda told: str(told["nama"]), faults=faults, passing=(SINCE,)
    )


def write_teams(connection: sa.Connection, plan: Plan) -> None:
    """Write squads and places; a changed place keeps its first day."""
    ids = people(connection)
    known = set(connection.scalars(sa.select(TeamRow.id)))
    for row in rows_of(plan):
        told, code = row.values, str(row.values["kode"])
        squad = {"name": told["nama"], "unit_id": told["unit"], "leader_id": ids[told["nip_ketua"]]}
        if told.get("nip_pemilik"):
            squad["owner_id"] = ids[told["nip_pemilik"]]
        if code in known:
            connection.execute(sa.update(TeamRow).where(TeamRow.id == code).values(squad))
        else:
            connection.execute(sa.insert(TeamRow).values(id=code, starts=day(told[SINCE]), **squad))
            known.add(code)
        _place(connection, code, ids[told["nip_anggota"]], told)


def _place(connection: sa.Connection, code: str, member: str, told: Values) -> None:
    here = (TeamMemberRow.team_id == code, TeamMemberRow.employee_id == member)
    values = {"letter": told.get("surat_tugas"), "ends": day(told.get("berakhir"))}
    if connection.execute(sa.update(TeamMemberRow).where(*here).values(values)).rowcount == 0:
        place = {"team_id": code, "employee_id": member, "starts": day(told[SINCE])}
        connection.execute(sa.insert(TeamMemberRow).values(**place, **values))


def _known(connection: sa.Connection) -> Known:
    nips = {id: nip for nip, id in people(connection).items()}
    rows = connection.execute(
        sa.select(TeamRow.id, TeamRow.name, TeamRow.unit_id, TeamRow.leader_id, TeamRow.owner_id)
        .add_columns(TeamMemberRow.employee_id, TeamMemberRow.letter, TeamMemberRow.ends)
        .join(TeamMemberRow, TeamMemberRow.team_id == TeamRow.id)
    )
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        told = {
            "kode": row.id,
            "nama": row.name,
            "unit": row.unit_id,
            "nip_ketua": nips[row.leader_id],
            "nip_pemilik": nips.get(row.owner_id or ""),
            "nip_anggota": nips[row.employee_id],
            "surat_tugas": row.letter,
            "berakhir": row.ends.isoformat() if row.ends else None,
        }
        found[_key(told)] = told
    return found


def _contradictions(rows: Sequence[Parsed]) -> list[Fault]:
    first: dict[str, tuple[Json, ...]] = {}
    return [
        Fault(row.row, "nip_ketua", f"Tim {row.values['kode']} sudah mempunyai ketua, nama, atau unit lain di atasnya.")
        for row in rows
        if first.setdefault(str(row.values["kode"]), _squad(row.values)) != _squad(row.values)
    ]


def _squad(told: Values) -> tuple[Json, ...]:
    return told["nama"], told["unit"], told["nip_ketua"]


def _key(told: Values) -> str:
    return f"{told['kode']} {told['nip_anggota']}"
