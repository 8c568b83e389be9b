"""The agency's people and their years: units, posts, accounts, cycles, what was set and given.

Everything that may change during a year has a first and a last day (`starts`, `ends`; no `ends`: still in force).
Ids of units, posts and employees are texts that come from the agency's own data.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Big, new_id


class PostKind(StrEnum):
    """Kinds of posts; the leading ones from the top down."""

    PEJABAT_NEGARA = "PEJABAT_NEGARA"  # minister, governor, regent: appraises, has no SKP
    JPT_UTAMA = "JPT_UTAMA"
    JPT_MADYA = "JPT_MADYA"
    JPT_PRATAMA = "JPT_PRATAMA"
    ADMINISTRATOR = "ADMINISTRATOR"
    PENGAWAS = "PENGAWAS"
    FUNGSIONAL = "FUNGSIONAL"
    PELAKSANA = "PELAKSANA"

    @property
    def may_appraise(self) -> bool:
        """At least pengawas (PermenPANRB 6/2022 art. 1)."""
        return self not in (PostKind.FUNGSIONAL, PostKind.PELAKSANA)


class EmployeeKind(StrEnum):
    PNS = "PNS"
    PPPK = "PPPK"
    CPNS = "CPNS"


class ActingKind(StrEnum):
    PLT = "PLT"  # the post is vacant
    PLH = "PLH"  # its holder is away for some days


class ChangeStatus(StrEnum):
    """What became of a change of dates."""

    PREVIEWED = "previewed"
    CARRIED_OUT = "carried_out"
    DROPPED = "dropped"


def choice(kind: type[StrEnum]) -> sa.Enum:
    """An enum kept as the text of its value."""
    return sa.Enum(
        kind, native_enum=False, length=32, values_callable=lambda members: [member.value for member in members]
    )


class UnitRow(Base):
    """A work unit and the unit above it."""

    __tablename__ = "units"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[str | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    independent: Mapped[bool] = mapped_column(
        default=False
    )  # unit kerja mandiri, UPT, school: its head appraises whatever the post
    starts: Mapped[date]
    ends: Mapped[date | None]


class PostRow(Base):
    """A post of a unit; the heading one leads it. Several people may hold the same staff post."""

    __tablename__ = "posts"

    id: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"))
    name: Mapped[str]
    kind: Mapped[PostKind] = mapped_column(choice(PostKind))
    tier: Mapped[str | None]  # functional posts: "Ahli Muda"
    heads_unit: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[date]
    ends: Mapped[date | None]

    __table_args__ = (sa.Index("ix_posts_unit_heads", "unit_id", "heads_unit"),)


class EmployeeRow(Base):
    """A civil servant, known by an 18-digit number."""

    __tablename__ = "employees"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    nip: Mapped[str] = mapped_column(sa.String(18), unique=True)
    name: Mapped[str] = mapped_column(index=True)
    email: Mapped[str | None]
    kind: Mapped[EmployeeKind] = mapped_column(choice(EmployeeKind))
    grade: Mapped[str | None]  # pangkat/golongan: "Penata, III/c"
    starts: Mapped[date]
    ends: Mapped[date | None]  # retired, moved away, contract ended
    contract_ends: Mapped[date | None]  # of a PPPK: the last day of the contract that runs


class HoldingRow(Base):
    """Who holds which post from when until when: one definitive post a person at a time."""

    __tablename__ = "holdings"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    post_id: Mapped[str] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]


class ActingRow(Base):
    """A letter that lets someone act in a post: Plt for a vacant one, Plh while its holder is away."""

    __tablename__ = "acting_assignments"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    post_id: Mapped[str] = mapped_column(sa.ForeignKey("posts.id"), index=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    kind: Mapped[ActingKind] = mapped_column(choice(ActingKind))
    letter: Mapped[str]
    includes_appraisal: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[date]
    ends: Mapped[date | None]


class ReportingLineRow(Base):
    """A superior named for one person, where the head of the unit is not the one who gives the work."""

    __tablename__ = "reporting_lines"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    superior_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]


class DelegationRow(Base):
    """A letter that gives someone below pengawas the authority to appraise."""

    __tablename__ = "delegations"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    letter: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date | None]


class ProxyRow(Base):
    """Someone who acts in another's place for some days: in one process or all, in one authority or all."""

    __tablename__ = "proxies"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)  # in whose place
    proxy_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    process: Mapped[str] = mapped_column(sa.String(64), default="")  # empty: all
    authority: Mapped[str] = mapped_column(sa.String(32), default="")  # a performer; empty: all
    reason: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date | None]
    named_by: Mapped[str] = mapped_column(sa.String(64))


class ConflictRow(Base):
    """Two people of whom neither may appraise the other: spouses, relatives."""

    __tablename__ = "conflicts_of_interest"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    other_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    reason: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date | None]


class TeamRow(Base):
    """A squad under PermenPANRB 7/2022: who leads it, whose result it works for."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    name: Mapped[str]
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"), index=True)
    leader_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    owner_id: Mapped[str | None] = mapped_column(sa.ForeignKey("employees.id"))
    starts: Mapped[date]
    ends: Mapped[date | None]


class TeamMemberRow(Base):
    """A person's place in a squad and the assignment letter that gives it."""

    __tablename__ = "team_members"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    team_id: Mapped[str] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    letter: Mapped[str | None]  # without one a cross-unit assignment does not count (AL-02)
    starts: Mapped[date]
    ends: Mapped[date | None]


class GroupMemberRow(Base):
    """Who belongs to a work pool: "performance_team:<unit>", "performance_team", "counsellor", "authorised_official",
    "appointing_authority", "admin"."""

    __tablename__ = "group_members"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    group: Mapped[str] = mapped_column("group_name", sa.String(100), index=True)
    person: Mapped[str] = mapped_column(sa.String(64), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]


class AccountRow(Base):
    """How a person signs in."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(sa.String(64), unique=True)  # the NIP, or a name for who has none
    person: Mapped[str] = mapped_column(sa.String(64), unique=True)  # employee id, or the login
    name: Mapped[str]
    password_hash: Mapped[str]
    must_change: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[Any]] = mapped_column(default=list)
    locale: Mapped[str] = mapped_column(sa.String(8), default="id")
    session_epoch: Mapped[int] = mapped_column(default=1)  # grows to end all sessions
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime]


class SignInAttemptRow(Base):
    """A try to sign in; names are kept as digests, for a password may be typed into the wrong field."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    account: Mapped[str] = mapped_column(sa.String(64), index=True)
    address: Mapped[str] = mapped_column(sa.String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    succeeded: Mapped[bool] = mapped_column(default=False)


class CycleStatus(StrEnum):
    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


class CycleRow(Base):
    """A performance year."""

    __tablename__ = "cycles"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # "2026"
    year: Mapped[int] = mapped_column(unique=True)
    regime: Mapped[str] = mapped_column(sa.String(32))
    starts: Mapped[date]
    ends: Mapped[date]
    status: Mapped[CycleStatus] = mapped_column(choice(CycleStatus), default=CycleStatus.PREPARED)
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class ItemStatus(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"
    EXISTED = "existed"  # the case was there already
    FAILED = "failed"
    EXEMPT = "exempt"  # makes no SKP this year


class OpeningRow(Base):
    """One order to open a year's cases, for the agency or a unit's tree; its items are worked off in slices."""

    __tablename__ = "openings"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(sa.ForeignKey("cycles.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(sa.ForeignKey("units.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class OpeningItemRow(Base):
    """One person's case in an opening. `next_at` is moved ahead while a worker has it."""

    __tablename__ = "opening_items"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    opening_id: Mapped[UUID] = mapped_column(sa.ForeignKey("openings.id"), index=True)
    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"))
    status: Mapped[ItemStatus] = mapped_column(choice(ItemStatus), default=ItemStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    error: Mapped[str | None]

    __table_args__ = (
        sa.UniqueConstraint("opening_id", "employee_id"),
        sa.Index("ix_opening_items_due", "status", "next_at"),
    )


class SkpVersionRow(Base):
    """An SKP as it was set; a change is a new version, nothing is overwritten."""

    __tablename__ = "skp_versions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(index=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[str] = mapped_column(sa.String(64))
    version: Mapped[int]
    by_team: Mapped[bool] = mapped_column(default=False)
    set_at: Mapped[datetime]
    regime: Mapped[str | None] = mapped_column(sa.String(32))  # the rules under which it was set
    annexes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # support, accountability, consequences
    effective: Mapped[date | None]  # of a change: its first day; the first version holds from its setting
    change: Mapped[dict[str, Any] | None]  # why it was changed (F23), as `changing.Request` writes it

    __table_args__ = (
        sa.UniqueConstraint("case_id", "version"),
        sa.Index("ix_skp_versions_subject", "subject", "cycle_id"),
    )


class SkpResultRow(Base):
    """One planned result (RHK) of an SKP version."""

    __tablename__ = "skp_results"

    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # what subordinates' results refer to
    skp_id: Mapped[UUID] = mapped_column(sa.ForeignKey("skp_versions.id"), index=True)
    number: Mapped[int]
    row_id: Mapped[str] = mapped_column(sa.String(64))  # the form's row; the same result in the next version
    classification: Mapped[str] = mapped_column(sa.String(32))  # UTAMA | TAMBAHAN
    text: Mapped[str]
    leader_result: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]  # the form's row as sent: indicators, method, assignment


class RatingRow(Base):
    """A rating that an appraiser gave: of a period, or of the year."""

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[str] = mapped_column(sa.String(64))
    period: Mapped[str] = mapped_column(sa.String(16))  # "TW1" ... or "annual"
    result_rating: Mapped[str | None] = mapped_column(sa.String(32))
    behaviour_rating: Mapped[str | None] = mapped_column(sa.String(32))
    predicate: Mapped[str | None] = mapped_column(sa.String(32))
    status: Mapped[str] = mapped_column(sa.String(32))
    reason: Mapped[str | None] = mapped_column(sa.Text)  # why it was given, or changed
    given_at: Mapped[datetime]
    superseded: Mapped[bool] = mapped_column(default=False)  # a newer rating of the same period counts
    # As `numbers.score_rating` tells.
    numbers: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    __table_args__ = (
        sa.Index("ix_ratings_subject", "subject", "cycle_id", "period"),
        sa.Index("ix_ratings_unit", "unit_id", "cycle_id", "period"),
    )


class UnitRatingRow(Base):
    """The predicate that the leader above gave a unit; the newest counts, a later one is a correction with its reason."""

    __tablename__ = "unit_ratings"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    unit_id: Mapped[str] = mapped_column(sa.ForeignKey("units.id"))
    period: Mapped[str] = mapped_column(sa.String(16), default="annual")
    predicate: Mapped[str] = mapped_column(sa.String(32))
    pk_rating: Mapped[str | None] = mapped_column(sa.String(32))  # of the performance agreement; None: by decree
    expectation_rating: Mapped[str | None] = mapped_column(sa.String(32))
    attained: Mapped[float | None]  # percent of the agreement, as known when it was given
    reason: Mapped[str]
    given_by: Mapped[str]
    given_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_unit_ratings_unit", "unit_id", "cycle_id", "period"),)


class ActionRow(Base):
    """What follows from an annual predicate."""

    __tablename__ = "follow_up_actions"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(64), index=True)
    code: Mapped[str] = mapped_column(sa.String(64))
    text: Mapped[str]
    recorded_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("case_id", "code", "text"),)


class FeedbackRow(Base):
    """Feedback that somebody gave outside the tasks of a case (F9); never changed."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    cycle_id: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"))
    giver: Mapped[str] = mapped_column(sa.ForeignKey("employees.id"), index=True)
    giver_role: Mapped[str] = mapped_column(sa.String(16))  # PENILAI | ATASAN | KETUA_TIM | REKAN | BAWAHAN
    target: Mapped[str] = mapped_column(sa.String(16))  # HASIL_KERJA | PERILAKU_KERJA
    about: Mapped[str]  # the result's or behaviour's words as they stood
    kind: Mapped[str] = mapped_column(sa.String(16))  # POSITIF | KOREKTIF
    text: Mapped[str]
    given_at: Mapped[datetime]

    __table_args__ = (sa.Index("ix_feedback_subject", "subject", "cycle_id", "given_at"),)


class FindingRow(Base):
    """A governance finding, in one of the six clusters of problems."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    cluster: Mapped[str] = mapped_column(sa.String(32), index=True)
    text: Mapped[str]
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    unit_id: Mapped[str | None] = mapped_column(sa.String(64))
    cycle_id: Mapped[str | None] = mapped_column(sa.String(32))
    found_at: Mapped[datetime]


class ImportStatus(StrEnum):
    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"


class ImportRow(Base):
    """An uploaded file that was read and compared; its rows are written when someone confirms."""

    __tablename__ = "import_batches"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(32))
    filename: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[ImportStatus] = mapped_column(choice(ImportStatus), default=ImportStatus.PREVIEWED)
    rows: Mapped[list[Any]]  # as read: [{"row": 2, "cells": {"nip": ...}}]
    plan: Mapped[str] = mapped_column(sa.String(64))  # digest of what the preview showed
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]


class HolidayRow(Base):
    """A day on which nobody works: national holiday or joint leave."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    joint_leave: Mapped[bool] = mapped_column(default=False)


class DateChangeRow(Base):
    """A change of the days off, or a window opened again: what it says, who made it and why, and what became of it."""

    __tablename__ = "date_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(sa.String(16))
    words: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    reason: Mapped[str]
    status: Mapped[ChangeStatus] = mapped_column(choice(ChangeStatus))
    made_by: Mapped[str] = mapped_column(sa.String(64))
    made_at: Mapped[datetime] = mapped_column(index=True)
    settled_by: Mapped[str | None] = mapped_column(sa.String(64))
    settled_at: Mapped[datetime | None]
    previewed_in: Mapped[UUID | None]  # bulk work that looks at all cases
    carried_out_in: Mapped[UUID | None]  # bulk work that moves them


class DateMoveRow(Base):
    """A task or drawn timer that a change of dates would move, as its preview has found it."""

    __tablename__ = "date_moves"
    __table_args__ = (sa.Index("ix_date_moves_list", "change_id", "unit_id", "subject_name"),)

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    change_id: Mapped[UUID] = mapped_column(sa.ForeignKey("date_changes.id"))
    case_id: Mapped[UUID]
    unit_id: Mapped[str] = mapped_column(sa.String(64))
    subject_name: Mapped[str]
    kind: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str]
    due_before: Mapped[datetime]
    due_at: Mapped[datetime]


class ParameterRow(Base):
    """A value that the agency, or one unit, has set for a while."""

    __tablename__ = "parameters"

    id: Mapped[int] = mapped_column(Big, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), index=True)
    unit_id: Mapped[str | None] = mapped_column(sa.ForeignKey("units.id"))
    value: Mapped[Any] = mapped_column(sa.JSON)
    note: Mapped[str] = mapped_column(default="")
    starts: Mapped[date]
    ends: Mapped[date | None]
    set_by: Mapped[str]
    set_at: Mapped[datetime]


class ProposalStatus(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProposalRow(Base):
    """A value that one process owner proposes and another decides about; decided ones stay as the record."""

    __tablename__ = "parameter_proposals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(sa.String(64))
    unit_id: Mapped[str | None] = mapped_column(sa.ForeignKey("units.id"))
    value: Mapped[Any] = mapped_column(sa.JSON)
    starts: Mapped[date]
    reason: Mapped[str]
    status: Mapped[ProposalStatus] = mapped_column(choice(ProposalStatus), default=ProposalStatus.WAITING, index=True)
    proposed_by: Mapped[str] = mapped_column(sa.String(64))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(sa.String(64))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")
