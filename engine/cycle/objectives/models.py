"""The organisation's side of the year (DOMAIN 2.3, 3.7, F10).

Goals, indicators and strategies are known by the agency's own codes; a change is a new version with its first day.
Agreements are versions of a unit's year: targets and the role-result matrix belong to one version and are fixed with it.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.cycle.models import choice
from engine.db import Base, Big, new_id


class ObjectiveKind(StrEnum):
    GOAL = "TUJUAN"
    OBJECTIVE = "SASARAN"


class Validity(StrEnum):
    """How well an indicator shows what it stands for."""

    EXACT = "EKSAK"
    PROXY = "PROKSI"
    ACTIVITY = "AKTIVITAS"


class AgreementStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class ObjectiveRow(Base):
    """A goal or a strategic objective of the renstra."""

    __tablename__ = "objectives"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    kind: Mapped[ObjectiveKind] = mapped_column(choice(ObjectiveKind))
    parent_code: Mapped[str | None] = mapped_column(sa.String(64))
    text: Mapped[str]
    unit_id: Mapped[str | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]

    __table_args__ = (sa.UniqueConstraint("code", "version"),)


class IndicatorRow(Base):
    """An indicator with its manual (F10)."""

    __tablename__ = "indicators"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    objective_code: Mapped[str | None] = mapped_column(sa.String(64))
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"), index=True)
    name: Mapped[str]
    definition: Mapped[str | None]
    formula: Mapped[str | None]
    measure: Mapped[str] = mapped_column(sa.String(40))
    polarity: Mapped[str] = mapped_column(sa.String(8))  # NAIK | TURUN | TEPAT
    frequency: Mapped[str | None] = mapped_column(sa.String(16))  # BULANAN | TRIWULANAN | SEMESTERAN | TAHUNAN
    source: Mapped[str | None]
    owner_id: Mapped[str | None] = mapped_column(sa.ForeignKey("employees.id"))
    baseline: Mapped[float | None]
    validity: Mapped[Validity | None] = mapped_column(choice(Validity))
    starts: Mapped[date]
    ends: Mapped[date | None]

    __table_args__ = (sa.UniqueConstraint("code", "version"),)


class StrategyRow(Base):
    """A way to reach an indicator, and who sees to it."""

    __tablename__ = "strategies"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    indicator_code: Mapped[str] = mapped_column(sa.String(64), index=True)
    text: Mapped[str]
    owner_id: Mapped[str | None] = mapped_column(sa.ForeignKey("employees.id"))
    starts: Mapped[date]
    ends: Mapped[date | None]

    __table_args__ = (sa.UniqueConstraint("code", "version"),)


class AgreementRow(Base):
    """A version of a unit's performance agreement (PK) and role-result matrix of a year; published, it is in force."""

    __tablename__ = "agreements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"))
    cycle_id: Mapped[str] = mapped_column(sa.String(32))  # "2026"
    version: Mapped[int]
    number: Mapped[str | None]
    signed_on: Mapped[date | None]
    mode: Mapped[str | None] = mapped_column(sa.String(16))  # SATU_TINGKAT | DUA_TINGKAT
    status: Mapped[AgreementStatus] = mapped_column(choice(AgreementStatus), default=AgreementStatus.DRAFT)
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None] = mapped_column(sa.String(64))

    __table_args__ = (sa.UniqueConstraint("unit_id", "cycle_id", "version"),)


class AgreedTargetRow(Base):
    """What an agreement promises of one indicator, and what has been reached so far."""

    __tablename__ = "agreed_targets"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agreements.id"))
    number: Mapped[int]
    indicator_code: Mapped[str] = mapped_column(sa.String(64))
    target: Mapped[float]
    target_upper: Mapped[float | None]
    realised: Mapped[float | None]

    __table_args__ = (sa.UniqueConstraint("agreement_id", "indicator_code"),)


class AttainmentRow(Base):
    """What has been reached of a unit's indicator by the end of a quarter."""

    __tablename__ = "attainments"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"))
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    indicator_code: Mapped[str] = mapped_column(sa.String(64))
    quarter: Mapped[str] = mapped_column(sa.String(8))  # TW1 .. TW4
    value: Mapped[float]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(sa.String(64))

    __table_args__ = (sa.UniqueConstraint("unit_id", "cycle_id", "indicator_code", "quarter"),)


class MatrixRoleRow(Base):
    """A cell of the role-result matrix (F5): what one person produces for one indicator of the leader."""

    __tablename__ = "matrix_roles"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agreements.id"))
    indicator_code: Mapped[str] = mapped_column(sa.String(64))
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(16))  # MANDIRI | KETUA_TIM | ANGGOTA
    team_id: Mapped[str | None] = mapped_column(sa.ForeignKey("teams.id"))
    text: Mapped[str]
    method: Mapped[str | None] = mapped_column(sa.String(16))  # DIRECT | NON_DIRECT
    portion: Mapped[float | None]
    measure: Mapped[str | None] = mapped_column(sa.String(40))
    letter: Mapped[str | None]

    __table_args__ = (sa.UniqueConstraint("agreement_id", "indicator_code", "employee_id"),)
