"""A survey, who is invited, and the ballots that nobody reads (DOMAIN 2.8 step 3, 6.3; ADR 28).

A ballot names neither a person nor a moment, and no row that names a person changes when a ballot is cast. The survey's
key lies in a table of its own, wrapped with the installation's; at the end of the window it goes, with all ballots.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, new_id


class SurveyRow(Base):
    """One survey about one person and period; `means` is written once, when it closes, and only of enough answers."""

    __tablename__ = "surveys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"))
    period: Mapped[str] = mapped_column(sa.String(16))  # "TW1"
    behaviours: Mapped[list[Any]]  # as asked: [{"id", "name"}]
    opened_by: Mapped[str] = mapped_column(sa.String(64))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[int | None]  # unknown for ever where they were too few
    means: Mapped[dict[str, Any] | None]  # behaviour -> mean of 1 to 5, one decimal

    __table_args__ = (
        sa.UniqueConstraint("subject", "cycle_id", "period"),
        sa.Index(
            "ix_surveys_due", "closes_at", sqlite_where=sa.text("NOT closed"), postgresql_where=sa.text("NOT closed")
        ),
    )


class SurveyKeyRow(Base):
    """The key of an open survey."""

    __tablename__ = "survey_keys"

    survey_id: Mapped[UUID] = mapped_column(sa.ForeignKey("surveys.id"), primary_key=True)
    wrapped: Mapped[bytes]


class SurveyInvitationRow(Base):
    """Who may answer; whether somebody did stands nowhere."""

    __tablename__ = "survey_invitations"

    survey_id: Mapped[UUID] = mapped_column(sa.ForeignKey("surveys.id"), primary_key=True)
    person: Mapped[str] = mapped_column(sa.String(64), primary_key=True, index=True)


class BallotRow(Base):
    """One sealed answer, in the order of its token, which says nothing without the key."""

    __tablename__ = "survey_ballots"
    __table_args__ = ({"sqlite_with_rowid": False},)  # a row number would tell who came first

    survey_id: Mapped[UUID] = mapped_column(sa.ForeignKey("surveys.id"), primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    box: Mapped[bytes]
