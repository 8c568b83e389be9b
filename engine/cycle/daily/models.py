"""Lines of daily logs, who was told of a gap, and the spans of days whose lines are taken up in a report and stay as they are."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Big


class DailyLineRow(Base):
    """What somebody did on a day for a result of the SKP."""

    __tablename__ = "daily_lines"
    __table_args__ = (sa.Index("ix_daily_lines_person", "person", "cycle_id", "day"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    person: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"))
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    day: Mapped[date]
    result: Mapped[str]  # the planned result, as the SKP words it
    text: Mapped[str]
    volume: Mapped[float | None] = mapped_column(sa.Double())
    measure: Mapped[str] = mapped_column(sa.String(40), default="")
    minutes: Mapped[int | None]
    link: Mapped[str] = mapped_column(sa.String(500), default="")  # to evidence
    files: Mapped[list[Any] | None]  # of evidence, as answers keep them: {id, name, size, sha256}
    noted_at: Mapped[datetime]


class DailyNudgeRow(Base):
    """Somebody was told of a gap; once."""

    __tablename__ = "daily_nudges"

    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)


class DailyClosingRow(Base):
    """Days of a person's log that a report has taken up."""

    __tablename__ = "daily_closings"

    person: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), primary_key=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    starts: Mapped[date] = mapped_column(primary_key=True)
    ends: Mapped[date]
    closed_at: Mapped[datetime]
