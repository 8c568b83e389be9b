"""Uploading a file, looking at what it would do, and writing it: nothing is written before someone confirms."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.imports.columns import Fault, parse_sheet
from engine.cycle.imports.kinds import kind_of
from engine.cycle.imports.plans import ChangedRow, Fill, NewRow, Plan, Writing
from engine.cycle.imports.reading import Sheet, SheetRow, read_sheet
from engine.cycle.models import ImportRow, ImportStatus
from engine.db import new_id
from engine.errors import NotFound, Refused
from engine.runtime.values import Actor, Json


@dataclass(frozen=True)
class ImportPreview:
    """What a file would do. Faulty rows are left out when it is confirmed."""

    id: UUID
    kind: str
    filename: str
    status: ImportStatus
    new: Sequence[NewRow]
    changed: Sequence[ChangedRow]
    faulty: Sequence[Fault]
    unchanged: int
    ignored_columns: tuple[str, ...]
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class ImportResult:
    """What was written."""

    new: int
    changed: int
    faulty: int  # rows left out
    unchanged: int


def preview(
    connection: sa.Connection,
    kind: str,
    content: bytes,
    filename: str,
    *,
    by: Actor,
    now: datetime,
    on: date,
    max_bytes: int,
) -> ImportPreview:
    """Read and compare a file, and keep what was read.

    Raises:
        ImportRefused: the file cannot be read, or a required column is missing.
    """
    kind_of(kind)
    sheet = read_sheet(content, max_bytes=max_bytes)
    plan, ignored = _plan(connection, kind, sheet, on)
    batch = new_id()
    connection.execute(
        sa.insert(ImportRow).values(
            id=batch,
            kind=kind,
            filename=filename.replace("\\", "/").rsplit("/", 1)[-1][:200],
            sha256=hashlib.sha256(content).hexdigest(),
            status=ImportStatus.PREVIEWED,
            rows=kept(sheet),
            plan=plan.digest,
            created_at=now,
            created_by=by.person,
        )
    )
    return ImportPreview(
        batch,
        kind,
        filename,
        ImportStatus.PREVIEWED,
        plan.new,
        plan.changed,
        plan.faulty,
        plan.unchanged,
        ignored,
        now,
        by.person,
    )


def look(connection: sa.Connection, batch: UUID, *, on: date) -> ImportPreview:
    """The preview again, against the data of today; raises NotFound."""
    row = _row(connection, batch)
    plan, ignored = _plan(connection, row["kind"], read_again(row["rows"]), on)
    return ImportPreview(
        batch,
        row["kind"],
        row["filename"],
        row["status"],
        plan.new,
        plan.changed,
        plan.faulty,
        plan.unchanged,
        ignored,
        row["created_at"],
        row["created_by"],
    )


def confirm(connection: sa.Connection, batch: UUID, *, by: Actor, now: datetime, on: date, fill: Fill) -> ImportResult:
    """Write what the preview showed, all in this transaction.

    Raises:
        NotFound: no such upload.
        Refused: it was confirmed before, it would change nothing, or the data has moved since the preview.
    """
    row = _row(connection, batch)
    if row["status"] is ImportStatus.CONFIRMED:
        raise Refused("Berkas ini sudah diimpor.")
    kind = row["kind"]
    plan, _ignored = _plan(connection, kind, read_again(row["rows"]), on)
    if plan.digest != row["plan"]:
        raise Refused("Data sudah berubah sejak pratinjau ini dibuat. Unggah berkasnya lagi dan periksa perubahannya.")
    if not plan.new and not plan.changed:
        raise Refused("Tidak ada yang berubah, jadi tidak ada yang diimpor.")
    kind_of(kind).write(connection, plan, Writing(by.person, now, on, fill))
    connection.execute(
        sa.update(ImportRow)
        .where(ImportRow.id == batch)
        .values(status=ImportStatus.CONFIRMED, confirmed_at=now, confirmed_by=by.person, rows=[])
    )
    return ImportResult(len(plan.new), len(plan.changed), len({fault.row for fault in plan.faulty}), plan.unchanged)


def _plan(connection: sa.Connection, kind: str, sheet: Sheet, on: date) -> tuple[Plan, tuple[str, ...]]:
    found = kind_of(kind)
    rows, ignored = parse_sheet(sheet, found.columns)
    return found.plan(connection, rows, on), ignored


def _row(connection: sa.Connection, batch: UUID) -> sa.RowMapping:
    query = sa.select(*ImportRow.__table__.c).where(ImportRow.id == batch).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("Unggahan ini tidak ada.")
    return row


def kept(sheet: Sheet) -> list[Json]:
    """A sheet as it is stored until somebody confirms it."""
    rows = [{"row": row.number, "cells": dict(row.cells), "numbers": sorted(row.numbers)} for row in sheet.rows]
    return [{"headings": list(sheet.headings)}, *rows]


def read_again(stored: list[Json]) -> Sheet:
    """What `kept` has stored."""
    head, *rows = stored or [{"headings": []}]
    return Sheet(
        tuple(head["headings"]), tuple(SheetRow(row["row"], row["cells"], frozenset(row["numbers"])) for row in rows)
    )
