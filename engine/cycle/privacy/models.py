"""The tables around people's data."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.cycle.models import ProposalStatus, choice
from engine.db import Base, Big, new_id


class ReadingRow(Base):
    """Somebody has looked at something about somebody else; the first time in an hour. Never changed, never deleted."""

    __tablename__ = "readings"
    __table_args__ = (
        sa.UniqueConstraint("reader", "hour", "kind", "thing", "subject"),
        sa.Index("ix_readings_subject", "subject", "read_at"),
    )

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    reader: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[str] = mapped_column(sa.String(16))
    thing: Mapped[str] = mapped_column(sa.String(160))  # the id of what was read: a case, a file, "<kind>/<about>" ...
    subject: Mapped[str] = mapped_column(sa.String(64))  # whom it tells of
    hour: Mapped[datetime]  # its beginning
    read_at: Mapped[datetime] = mapped_column(index=True)


class CopyRow(Base):
    """A copy of one's own data that somebody has ordered; its parts go when it lapses."""

    __tablename__ = "data_copies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person: Mapped[str] = mapped_column(sa.String(64), index=True)
    batch_id: Mapped[UUID]  # the bulk work that makes it
    ordered_at: Mapped[datetime]
    lapses_at: Mapped[datetime] = mapped_column(index=True)
    told: Mapped[bool] = mapped_column(default=False)  # that it is ready


class CopyPartRow(Base):
    """A part of a copy, sealed under the installation's key."""

    __tablename__ = "data_copy_parts"

    copy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("data_copies.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    box: Mapped[bytes]


class RequestStatus(StrEnum):
    WAITING = "waiting"
    GRANTED = "granted"
    DECLINED = "declined"


class RequestRow(Base):
    """What a person asks to be done about data on them, and what personnel decided."""

    __tablename__ = "data_requests"
    __table_args__ = (sa.Index("ix_data_requests_waiting", "status", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person: Mapped[str] = mapped_column(sa.String(64), index=True)
    unit_id: Mapped[str | None] = mapped_column(sa.String(64))  # where the person worked when asking
    kind: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    status: Mapped[RequestStatus] = mapped_column(choice(RequestStatus), default=RequestStatus.WAITING)
    decided_by: Mapped[str | None] = mapped_column(sa.String(64))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(sa.Text, default="")
    reminded_at: Mapped[datetime | None]  # when personnel were last told that it waits


class ErasureRow(Base):
    """An erasure that one proposes and another decides about; decided ones stay as the record."""

    __tablename__ = "erasures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(16))
    reason: Mapped[str] = mapped_column(sa.Text)
    person: Mapped[str | None] = mapped_column(sa.String(64))  # whose data goes before its time; None: by the schedule
    request_id: Mapped[UUID | None]  # the granted request behind it
    counted_on: Mapped[date]  # the day on which the time of what goes must be over
    cases: Mapped[int]  # as the proposer saw them
    status: Mapped[ProposalStatus] = mapped_column(choice(ProposalStatus), default=ProposalStatus.WAITING)
    proposed_by: Mapped[str] = mapped_column(sa.String(64))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(sa.String(64))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(sa.Text, default="")
    batch_id: Mapped[UUID | None]  # the bulk work that carries it out


class LeftContentRow(Base):
    """A stored content whose file was erased; swept away as soon as nobody else uses the same."""

    __tablename__ = "left_contents"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
