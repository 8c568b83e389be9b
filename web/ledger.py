"""One's own evidence of a year, and what raters are shown beside a person's answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine.cycle.evidence import Evidence
from engine.cycle.feedback import Given
from engine.cycle.surveys.verbs import Outcome
from engine.runtime.values import HistoryEvent, TaskStatus, TaskView
from web.context import actor, cycle, engine
from web.objectives import asked_year, years
from web.team import outcomes

bp = Blueprint("ledger", __name__, url_prefix="/bukti")
RATERS = ("appraiser", "appraiser_superior", "objection_decider")


@dataclass(frozen=True)
class Beside:
    """What a rater should know before rating: evidence used twice, feedback outside the tasks, surveys that are over."""

    repeated: Sequence[Evidence]
    feedback: Sequence[Given]
    outcomes: Sequence[Outcome]


@bp.get("")
def index() -> ResponseReturnValue:
    by = actor()
    year = asked_year(by)
    case = cycle().evidence.of_person(year, by=by)
    found = cycle().evidence.of_case(case, engine().history(case, by=by), by=by) if case else []
    return render_template("evidence/index.html", evidence=found, case=case, me=by.person, year=year, years=years(by))


def beside(view: TaskView, events: Sequence[HistoryEvent]) -> Beside | None:
    """What belongs beside a rater's open task; None on any other page."""
    task, by = view.task, actor()
    year = (view.context.get("cycle") or {}).get("id")
    if task.performer not in RATERS or task.status is not TaskStatus.OPEN or not view.may_act or year is None:
        return None
    found = cycle().evidence.of_case(task.case_id, events, by=by)
    return Beside(
        repeated=[one for one in found if one.is_repeated],
        feedback=cycle().feedback.about(task.subject, year, by=by),
        outcomes=[one for one in outcomes(task.subject, year) or () if one.closed],
    )
