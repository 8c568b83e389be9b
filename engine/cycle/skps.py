"""The SKPs that were set, as versions with rows; and which results of a leader others may support."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle import remembered
from engine.cycle.models import CycleRow, SkpResultRow, SkpVersionRow
from engine.db import new_id
from engine.runtime.values import Json

ANNEXES = ("dukungan", "pertanggungjawaban", "konsekuensi", "pengembangan")

NEWEST_VERSION = (
    sa.select(SkpVersionRow.id)
    .where(SkpVersionRow.subject == sa.bindparam("subject"), SkpVersionRow.cycle_id == sa.bindparam("cycle"))
    .order_by(SkpVersionRow.set_at.desc(), SkpVersionRow.version.desc())
    .limit(1)
)
MAIN_RESULTS = (
    sa.select(SkpResultRow.id, SkpResultRow.text)
    .where(SkpResultRow.skp_id == NEWEST_VERSION.scalar_subquery(), SkpResultRow.classification == "UTAMA")
    .order_by(SkpResultRow.number)
)


def record(
    connection: sa.Connection,
    *,
    case_id: UUID,
    subject: str,
    unit: str,
    cycle: str,
    skp: Mapping[str, Json],
    by_team: bool,
    now: datetime,
    change: Mapping[str, Json] | None = None,
) -> int:
    """Store an SKP as the next version of its case, with its results as rows; gives the version's number.

    `skp` is the form's answers: `rhk` rows and the annexes; `change` why it is not the first (F23), with the day
    `berlaku` from which it holds.
    """
    remembered.forget(connection)
    newest = connection.scalar(sa.select(sa.func.max(SkpVersionRow.version)).where(SkpVersionRow.case_id == case_id))
    version, skp_id = (newest or 0) + 1, new_id()
    connection.execute(
        sa.insert(SkpVersionRow).values(
            id=skp_id,
            case_id=case_id,
            cycle_id=cycle,
            subject=subject,
            unit_id=unit,
            version=version,
            by_team=by_team,
            set_at=now,
            regime=sa.select(CycleRow.regime).where(CycleRow.id == cycle).scalar_subquery(),
            annexes={name: skp[name] for name in ANNEXES if skp.get(name)},
            effective=date.fromisoformat(change["berlaku"]) if change else None,
            change=dict(change) if change else None,
        )
    )
    rows = [_result_row(skp_id, number, row) for number, row in enumerate(skp.get("rhk") or [], start=1)]
    if rows:
        connection.execute(sa.insert(SkpResultRow), rows)
    return version


def in_force(connection: sa.Connection, case_id: UUID, on: date) -> dict[str, Json] | None:
    """The SKP of a case that holds on a day, as the form's answers; None while none was set."""
    row = SkpVersionRow
    holds = sa.or_(row.effective.is_(None), row.effective <= on)
    newest = sa.select(row.id, row.annexes).where(row.case_id == case_id, holds).order_by(row.version.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    return None if found is None else {**(found.annexes or {}), "rhk": rows_of(connection, found.id)}


def newest(connection: sa.Connection, subject: str, cycle: str) -> dict[str, Json] | None:
    """The SKP that was set last for a person in a cycle, whichever part of the year it was for."""
    row, id = SkpVersionRow, newest_version(connection, subject, cycle)
    if id is None:
        return None
    annexes = connection.scalar(sa.select(row.annexes).where(row.id == id)) or {}
    return {**annexes, "rhk": rows_of(connection, id)}


def rows_of(connection: sa.Connection, skp: UUID) -> list[dict[str, Json]]:
    """The rows of a version, as the form sent them."""
    query = sa.select(SkpResultRow.detail).where(SkpResultRow.skp_id == skp).order_by(SkpResultRow.number)
    return [dict(detail) for detail in connection.scalars(query)]


def successor(connection: sa.Connection, result: str, cycle: str) -> str | None:
    """The result that stands in the same place of its owner's newest SKP; None where it was withdrawn."""
    row, version = SkpResultRow, SkpVersionRow
    query = sa.select(version.subject, row.row_id).join(version, version.id == row.skp_id).where(row.id == result)
    place = connection.execute(query).one_or_none()
    if place is None:
        return None
    newest = newest_version(connection, place.subject, cycle)
    return connection.scalar(sa.select(row.id).where(row.skp_id == newest, row.row_id == place.row_id))


def results(connection: sa.Connection, subject: str, cycle: str) -> list[dict[str, Json]]:
    """The main results of a person's newest SKP of a cycle: [{"id", "text"}]; empty while none is set."""
    known, key = remembered.within(connection), ("results", subject, cycle)
    if key not in known:
        rows = connection.execute(MAIN_RESULTS, {"subject": subject, "cycle": cycle})
        known[key] = [{"id": row.id, "text": row.text} for row in rows]
    return [dict(result) for result in known[key]]


def all_results(connection: sa.Connection, subject: str, cycle: str) -> dict[str, str]:
    """The texts of all results of a person's newest SKP of a cycle by id, additional ones after the main ones."""
    row, skp = SkpResultRow, newest_version(connection, subject, cycle)
    query = sa.select(row.id, row.text).where(row.skp_id == skp)
    found = connection.execute(query.order_by(row.classification != "UTAMA", row.number))
    return {one.id: one.text for one in found}


def capability(connection: sa.Connection, subject: str, cycle: str) -> list[dict[str, Json]]:
    """What the person has planned to learn, in the newest SKP of a cycle (F21); empty where nothing is planned."""
    newest = newest_version(connection, subject, cycle)
    annexes = connection.scalar(sa.select(SkpVersionRow.annexes).where(SkpVersionRow.id == newest)) or {}
    return list(annexes.get("pengembangan") or [])


def newest_version(connection: sa.Connection, subject: str, cycle: str) -> UUID | None:
    """The newest SKP that was set for a person in a cycle."""
    found: UUID | None = connection.scalar(NEWEST_VERSION, {"subject": subject, "cycle": cycle})
    return found


def _result_row(skp_id: UUID, number: int, row: Mapping[str, Json]) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "skp_id": skp_id,
        "number": number,
        "row_id": str(row.get("_id") or number),
        "classification": str(row.get("klasifikasi") or "UTAMA"),
        "text": str(row.get("rhk") or ""),
        "leader_result": str(row["rhk_pimpinan"]) if row.get("rhk_pimpinan") else None,
        "detail": dict(row),
    }
