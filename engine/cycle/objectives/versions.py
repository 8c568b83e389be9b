"""Versions of a unit's agreement: the newest of a year, the one in force on a day, and a draft to write in."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.objectives.models import AgreedTargetRow, AgreementRow, AgreementStatus, MatrixRoleRow
from engine.db import new_id


def newest(connection: sa.Connection, unit: str, cycle: str) -> sa.Row[Any] | None:
    """The newest version, published or not."""
    return connection.execute(
        sa.select(*AgreementRow.__table__.c)
        .where(AgreementRow.unit_id == unit, AgreementRow.cycle_id == cycle)
        .order_by(AgreementRow.version.desc())
        .limit(1)
    ).one_or_none()


def published(cycle: str, on: date) -> sa.Select[*tuple[Any, ...]]:
    """The agreements of a year that are in force on a day, of all units."""
    return sa.select(*AgreementRow.__table__.c).where(
        AgreementRow.cycle_id == cycle,
        AgreementRow.status == AgreementStatus.PUBLISHED,
        AgreementRow.starts <= on,
        sa.or_(AgreementRow.ends.is_(None), AgreementRow.ends >= on),
    )


def draft(connection: sa.Connection, unit: str, cycle: str) -> UUID:
    """The draft of a unit's year; where the newest version is published, a copy of it becomes the next version."""
    last = newest(connection, unit, cycle)
    if last is not None and last.status is AgreementStatus.DRAFT:
        found: UUID = last.id
        return found
    id = new_id()
    connection.execute(
        sa.insert(AgreementRow).values(
            id=id,
            unit_id=unit,
            cycle_id=cycle,
            version=1 if last is None else last.version + 1,
            number=last and last.number,
            signed_on=last and last.signed_on,
            mode=last and last.mode,
            status=AgreementStatus.DRAFT,
        )
    )
    if last is not None:
        _copy(connection, AgreedTargetRow, last.id, id)
        _copy(connection, MatrixRoleRow, last.id, id)
    return id


def _copy(
    connection: sa.Connection, table: type[AgreedTargetRow] | type[MatrixRoleRow], source: UUID, to: UUID
) -> None:
    rows = connection.execute(sa.select(*table.__table__.c).where(table.agreement_id == source)).mappings()
    values: list[Mapping[str, Any]] = [
        {**{key: value for key, value in row.items() if key != "id"}, "agreement_id": to} for row in rows
    ]
    if values:
        connection.execute(sa.insert(table), values)
