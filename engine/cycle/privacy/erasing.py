"""What goes with a case when its time is over, in the runtime's tables and in those of the cycle."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.cycle.alignment.models import AlignmentCheckRow, AlignmentFindingRow
from engine.cycle.models import ActionRow, FeedbackRow, RatingRow, SkpResultRow, SkpVersionRow
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.papers.models import PaperRow
from engine.cycle.papers.records import ANNUAL
from engine.cycle.privacy.models import LeftContentRow
from engine.cycle.privacy.schedule import LOG_FORMS, Retained
from engine.cycle.surveys.models import BallotRow, SurveyInvitationRow, SurveyKeyRow, SurveyRow
from engine.db import insert_new, table_of
from engine.runtime import erasing
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
        case Retained.EVALUATION:
            count = erasing.erase_case(step, kind.value, told)
            _leave(step.connection, erasing.erase_files(step.connection, step.case["id"]))
            _leave(step.connection, _forget_papers(step.connection, step.case["id"]))
            _forget_evaluation(step.connection, step.case["id"], step.case["subject"], step.case["cycle"])
    step.save()
    return count


def _events(connection: sa.Connection, case_id: UUID) -> list[tuple[int, dict[str, Json]]]:
    query = sa.select(HistoryRow.seq, HistoryRow.body).where(HistoryRow.case_id == case_id)
    return [(row.seq, orjson.loads(row.body)) for row in connection.execute(query)]


def _forget_evaluation(connection: sa.Connection, case_id: UUID, subject: str, cycle: str) -> None:
    versions = sa.select(SkpVersionRow.id).where(SkpVersionRow.case_id == case_id)
    surveys = sa.select(SurveyRow.id).where(SurveyRow.subject == subject, SurveyRow.cycle_id == cycle)
    checks = sa.select(AlignmentCheckRow.id).where(AlignmentCheckRow.cycle_id == cycle)
    for gone in (
        sa.delete(SkpResultRow).where(SkpResultRow.skp_id.in_(versions)),
        sa.delete(SkpVersionRow).where(SkpVersionRow.case_id == case_id),
        sa.delete(RatingRow).where(RatingRow.case_id == case_id, RatingRow.period != ANNUAL),
        sa.update(RatingRow).where(RatingRow.case_id == case_id).values(reason=None),
        sa.delete(ActionRow).where(ActionRow.case_id == case_id),
        sa.delete(FeedbackRow).where(FeedbackRow.subject == subject, FeedbackRow.cycle_id == cycle),
        sa.delete(AlignmentFindingRow).where(
            AlignmentFindingRow.person == subject, AlignmentFindingRow.check_id.in_(checks)
        ),
        *(sa.delete(row).where(row.survey_id.in_(surveys)) for row in (BallotRow, SurveyKeyRow, SurveyInvitationRow)),
        sa.delete(SurveyRow).where(SurveyRow.subject == subject, SurveyRow.cycle_id == cycle),
    ):
        connection.execute(gone)


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
