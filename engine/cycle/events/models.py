"""The record of what has happened to people, and the parts of a person's year."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Big


class PersonEventRow(Base):
    """Something that happened to a person from a day on, as it was recorded; never changed afterwards."""

    __tablename__ = "person_events"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(32))  # "MUTASI", "PENSIUN" ...
    detail: Mapped[str | None] = mapped_column(sa.String(32))  # which kind of leave
    starts: Mapped[date]
    ends: Mapped[date | None]
    text: Mapped[str]  # what it says, in the words of its day
    reason: Mapped[str]
    recorded_by: Mapped[str] = mapped_column(sa.String(64))
    recorded_at: Mapped[datetime]


class YearPartRow(Base):
    """A stretch of a person's year in one post, kept by a case of its own; only years that are divided have any."""

    __tablename__ = "year_parts"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[str] = mapped_column(sa.String(64))
    starts: Mapped[date]
    ends: Mapped[date | None]  # None: the part that runs

    __table_args__ = (sa.Index("ix_year_parts_subject", "subject", "cycle_id"),)
