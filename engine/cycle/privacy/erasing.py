"""What goes with a case when its time is over, in the runtime's tables and in those of the cycle."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.cycle.alignment.models import AlignmentCheckRow, AlignmentFindingRow
from engine.cycle.daily.models import DailyClosingRow, DailyLineRow, DailyNudgeRow
from engine.cycle.events.models import YearPartRow
from engine.cycle.models import ActionRow, FeedbackRow, RatingRow, SkpResultRow, SkpVersionRow
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.papers.models import PaperRow
from engine.cycle.papers.records import ANNUAL
from engine.cycle.privacy.models import LeftContentRow
from engine.cycle.privacy.schedule import LOG_FORMS, Retained
from engine.cycle.surveys.models import BallotRow, SurveyInvitationRow, SurveyKeyRow, SurveyRow
from engine.db import insert_new, table_of
from engine.runtime import erasing
from engine.runtime.event_texts import text_of
from engine.runtime.models import HistoryRow
from engine.runtime.steps import Step
from engine.runtime.values import Json

KEPT_PAPERS = (PaperKind.RESULT, PaperKind.CREDITS)  # for the whole service life


def carry_out(kind: Retained, step: Step, told: Mapping[str, Json]) -> int:
    """Erase what a kind names of a case in hand; gives how many events lost their values. The step is saved."""
    events = _events(step.connection, step.case["id"])
    match kind:
        case Retained.SECRETS:
            count = erasing.erase_secrets(
                step, [seq for seq, one in events if one["data"].get("secret")], kind.value, told
            )
        case Retained.EVIDENCE:
            logs = [(seq, one["data"]) for seq, one in events if one["data"].get("form") in LOG_FORMS]
            gone = [seq for seq, one in events if one["type"] == "file_added"] + [seq for seq, _ in logs]
            count = erasing.erase_values(step, gone, kind.value, told)
            erasing.forget_data(step, {one["result"] for _, one in logs})
            _leave(step.connection, erasing.erase_files(step.connection, step.case["id"]))
            _forget_daily_log(step.connection, step.case)
        case Retained.EVALUATION:
            count = erasing.erase_case(step, kind.value, told)
            _leave(step.connection, erasing.erase_files(step.connection, step.case["id"]))
            _leave(step.connection, _forget_papers(step.connection, step.case["id"]))
            _forget_evaluation(step.connection, step.case, step.zone)
            _forget_daily_log(step.connection, step.case)
    step.save()
    return count


def _events(connection: sa.Connection, case_id: UUID) -> list[tuple[int, dict[str, Json]]]:
    query = sa.select(HistoryRow.seq, HistoryRow.body).where(HistoryRow.case_id == case_id)
    return [(row.seq, orjson.loads(text_of(row.body, case_id))) for row in connection.execute(query)]


def _forget_evaluation(connection: sa.Connection, case: Mapping[str, Any], zone: tzinfo) -> None:
    case_id, subject, cycle = case["id"], case["subject"], case["cycle"]
    moments = _moments_of(_days_of_part(connection, case), zone)
    versions = sa.select(SkpVersionRow.id).where(SkpVersionRow.case_id == case_id)
    of_part = (SurveyRow.subject == subject, SurveyRow.cycle_id == cycle, *_within(SurveyRow.opened_at, moments))
    others = sa.select(SkpVersionRow.id).where(SkpVersionRow.subject == subject, SkpVersionRow.cycle_id == cycle)
    surveys = sa.select(SurveyRow.id).where(*of_part)
    checks = sa.select(AlignmentCheckRow.id).where(AlignmentCheckRow.cycle_id == cycle)
    for gone in (
        sa.delete(SkpResultRow).where(SkpResultRow.skp_id.in_(versions)),
        sa.delete(SkpVersionRow).where(SkpVersionRow.case_id == case_id),
        sa.delete(RatingRow).where(RatingRow.case_id == case_id, RatingRow.period != ANNUAL),
        sa.update(RatingRow).where(RatingRow.case_id == case_id).values(reason=None),
        sa.delete(ActionRow).where(ActionRow.case_id == case_id),
        sa.delete(FeedbackRow).where(
            FeedbackRow.subject == subject, FeedbackRow.cycle_id == cycle, *_within(FeedbackRow.given_at, moments)
        ),
        sa.delete(AlignmentFindingRow).where(
            AlignmentFindingRow.person == subject, AlignmentFindingRow.check_id.in_(checks), ~others.exists()
        ),
        *(sa.delete(row).where(row.survey_id.in_(surveys)) for row in (BallotRow, SurveyKeyRow, SurveyInvitationRow)),
        sa.delete(SurveyRow).where(*of_part),
    ):
        connection.execute(gone)


def _forget_daily_log(connection: sa.Connection, case: Mapping[str, Any]) -> None:
    days = _days_of_part(connection, case)
    for table, day in ((DailyLineRow, DailyLineRow.day), (DailyClosingRow, DailyClosingRow.starts)):
        whose = (table.person == case["subject"], table.cycle_id == case["cycle"])
        connection.execute(sa.delete(table).where(*whose, *_within(day, days)))
    connection.execute(sa.delete(DailyNudgeRow).where(DailyNudgeRow.case_id == case["id"]))


def _days_of_part(connection: sa.Connection, case: Mapping[str, Any]) -> Sequence[date | None]:
    """The first day of the part of the year that a case keeps, and the day on which the next begins.

    What came before the first part goes with it, what came after the last with that: in the end nothing stays.
    """
    whose = (YearPartRow.subject == case["subject"], YearPartRow.cycle_id == case["cycle"])
    query = sa.select(YearPartRow.case_id, YearPartRow.starts).where(*whose).order_by(YearPartRow.starts)
    parts = connection.execute(query).all()
    place = next((number for number, part in enumerate(parts) if part.case_id == case["id"]), None)
    if place is None:
        return None, None
    following = parts[place + 1].starts if place + 1 < len(parts) else None
    return (parts[place].starts if place else None), following


def _moments_of(days: Sequence[date | None], zone: tzinfo) -> Sequence[datetime | None]:
    return [datetime.combine(day, time(), zone).astimezone(UTC) if day is not None else None for day in days]


def _within(column: Any, bounds: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
    since, until = bounds
    return [*([column >= since] if since is not None else []), *([column < until] if until is not None else [])]


def _forget_papers(connection: sa.Connection, case_id: UUID) -> list[str]:
    gone = (PaperRow.case_id == case_id, PaperRow.kind.not_in(KEPT_PAPERS))
    contents = list(connection.scalars(sa.select(PaperRow.content).where(*gone)))
    connection.execute(sa.delete(PaperRow).where(*gone))
    return contents


def _leave(connection: sa.Connection, contents: Sequence[str]) -> None:
    """Note contents to be swept away after the commit."""
    if contents:
        rows = [{"sha256": sha256} for sha256 in dict.fromkeys(contents)]
        connection.execute(insert_new(connection, table_of(LeftContentRow)), rows)
