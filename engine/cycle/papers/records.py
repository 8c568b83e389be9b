"""Which records there are to tell of on paper, of a case or a unit. No personal content is read here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.calendar import period_named
from engine.cycle.events.models import YearPartRow
from engine.cycle.events.reading import PART
from engine.cycle.models import RatingRow, SkpVersionRow, UnitRatingRow
from engine.cycle.objectives.models import AgreementRow, AgreementStatus
from engine.cycle.papers.drafts import Source, day
from engine.cycle.papers.kinds import PaperKind
from engine.runtime.definitions import defined
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import TaskStatus

ANNUAL = "annual"
DELIVERED = ("DISAMPAIKAN", "DALAM_KEBERATAN", "FINAL")  # what is only proposed goes on no paper
DECISION_FORM = "objection_decision"


def of_case(connection: sa.Connection, case_id: UUID, zone: tzinfo) -> Sequence[Source]:
    """The records of a case as they count now, in the order of the year; empty for a case that is not of a year."""
    case = connection.execute(sa.select(CaseRow.subject, CaseRow.unit, CaseRow.cycle).where(CaseRow.id == case_id))
    row = case.one_or_none()
    if row is None:
        return ()

    def source(kind: PaperKind, id: object, at: datetime, period: str | None = None, label: str = "") -> Source:
        about = f"{case_id}/{period}" if kind is PaperKind.EVALUATION else str(case_id)
        on = at.astimezone(zone).date()
        return Source(kind, str(id), about, row.unit, row.cycle, case_id, row.subject, period, label or day(on), on)

    found = []
    skp = _newest_skp(connection, case_id)
    if skp is not None:
        found.append(source(PaperKind.SKP, skp.id, skp.set_at))
    ratings = _ratings(connection, case_id)
    found += [
        source(PaperKind.EVALUATION, one.id, one.given_at, one.period, period_label(one.period, row.cycle))
        for one in ratings
        if one.period != PART
    ]
    found += [
        _of_part(connection, source(PaperKind.EVALUATION, one.id, one.given_at, PART))
        for one in ratings
        if one.period == PART
    ]
    for one in ratings:
        if one.period == ANNUAL:
            found.append(source(PaperKind.RESULT, one.id, one.given_at))
            if one.status == "FINAL":
                found.append(source(PaperKind.CREDITS, one.id, one.given_at))
    decided = _decision(connection, case_id)
    if decided is not None:
        found.append(source(PaperKind.OBJECTION, decided.id, decided.closed_at))
    return found


def of_unit(connection: sa.Connection, unit: str, cycle: str, zone: tzinfo) -> Sequence[Source]:
    """The records of a unit's year as they count now."""

    def source(kind: PaperKind, id: object, at: datetime) -> Source:
        on = at.astimezone(zone).date()
        return Source(kind, str(id), f"{unit}/{cycle}", unit, cycle, label=day(on), at=on)

    found = []
    agreement = connection.execute(
        sa.select(AgreementRow.id, AgreementRow.published_at)
        .where(
            AgreementRow.unit_id == unit,
            AgreementRow.cycle_id == cycle,
            AgreementRow.status == AgreementStatus.PUBLISHED,
        )
        .order_by(AgreementRow.version.desc())
        .limit(1)
    ).one_or_none()
    if agreement is not None:
        found.append(source(PaperKind.MATRIX, agreement.id, agreement.published_at))
    rating = connection.execute(
        sa.select(UnitRatingRow.id, UnitRatingRow.given_at)
        .where(UnitRatingRow.unit_id == unit, UnitRatingRow.cycle_id == cycle, UnitRatingRow.period == ANNUAL)
        .order_by(UnitRatingRow.id.desc())
        .limit(1)
    ).one_or_none()
    if rating is not None:
        found.append(source(PaperKind.UNIT, rating.id, rating.given_at))
    return found


def period_label(period: str, cycle: str) -> str:
    """ "Triwulan I 2026" for "TW1"; "Tahunan 2026" for the year."""
    if period == ANNUAL:
        return f"Tahunan {cycle}"
    return f"{period_named(period, int(cycle))[0]} {cycle}" if cycle.isdigit() else period


def _of_part(connection: sa.Connection, source: Source) -> Source:
    """The evaluation of a part of the year tells of its last day, with the people of that day."""
    last = connection.scalar(sa.select(YearPartRow.ends).where(YearPartRow.case_id == source.case)) or source.at
    return replace(source, at=last, label=f"Bagian tahun sampai {day(last)}" if last else source.label)


def _newest_skp(connection: sa.Connection, case_id: UUID) -> sa.Row[*tuple[Any, ...]] | None:
    return connection.execute(
        sa.select(SkpVersionRow.id, SkpVersionRow.set_at)
        .where(SkpVersionRow.case_id == case_id)
        .order_by(SkpVersionRow.version.desc())
        .limit(1)
    ).one_or_none()


def _ratings(connection: sa.Connection, case_id: UUID) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    return connection.execute(
        sa.select(RatingRow.id, RatingRow.period, RatingRow.status, RatingRow.given_at)
        .where(RatingRow.case_id == case_id, RatingRow.superseded.is_(False), RatingRow.status.in_(DELIVERED))
        .order_by(RatingRow.given_at, RatingRow.id)
    ).all()


def _decision(connection: sa.Connection, case_id: UUID) -> sa.Row[*tuple[Any, ...]] | None:
    return connection.execute(
        sa.select(TaskRow.id, TaskRow.closed_at)
        .where(
            TaskRow.case_id == case_id,
            defined(TaskDefinitionRow.form == DECISION_FORM),
            TaskRow.status == TaskStatus.COMPLETED,
        )
        .order_by(TaskRow.closed_at.desc())
        .limit(1)
    ).one_or_none()
