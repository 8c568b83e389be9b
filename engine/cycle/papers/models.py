"""The register of issued papers. The content itself lies in the data folder under its hash."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, new_id


class PaperRow(Base):
    """One version of a paper as it was issued; only a digest of what it says is kept here, never a grade."""

    __tablename__ = "papers"
    __table_args__ = (
        sa.UniqueConstraint("kind", "about", "version"),
        sa.Index("ix_papers_unit", "unit_id", "cycle_id", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    about: Mapped[str] = mapped_column(sa.String(100))  # "<case>", "<case>/TW1", "<unit>/2026"
    version: Mapped[int]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    subject: Mapped[str | None] = mapped_column(sa.String(64))
    unit_id: Mapped[str] = mapped_column(sa.String(64))
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    holder: Mapped[str]  # as the paper names them
    source: Mapped[str] = mapped_column(sa.String(100))  # the record it tells of; another one replaces the paper
    facts: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of what it says
    content: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the PDF
    size: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(sa.String(64))
    replaced_at: Mapped[datetime | None]
    signed_by: Mapped[str | None] = mapped_column(sa.String(64))  # the electronic signature service
    signature: Mapped[str | None] = mapped_column(sa.String(200))  # that service's own id of the signature
