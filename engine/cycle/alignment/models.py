"""What the last check of a year found."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Big, new_id


class AlignmentCheckRow(Base):
    """A check of all SKPs of a year; only the newest is kept."""

    __tablename__ = "alignment_checks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(sa.String(32), unique=True)
    checked_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(sa.String(64))
    people: Mapped[int]
    results: Mapped[int]
    verdicts: Mapped[dict[str, Any]]
    codes: Mapped[dict[str, Any]]


class AlignmentFindingRow(Base):
    """A finding of a check; `number` 0 is about the SKP as a whole."""

    __tablename__ = "alignment_findings"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    check_id: Mapped[UUID] = mapped_column(sa.ForeignKey("alignment_checks.id"))
    person: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"))
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"))
    number: Mapped[int]
    text: Mapped[str]
    code: Mapped[str] = mapped_column(sa.String(8))
    severity: Mapped[str] = mapped_column(sa.String(8))
    reason: Mapped[str]
    mend: Mapped[str]

    __table_args__ = (
        sa.Index("ix_alignment_findings_unit", "check_id", "unit_id"),
        sa.Index("ix_alignment_findings_code", "check_id", "code"),
    )
