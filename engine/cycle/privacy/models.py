"""The tables around people's data."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Big


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
