"""The development plan (F21) of the year before, beside the pages on which the next year is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from engine.forms import SummaryRow
from engine.runtime.values import Json, TaskView
from web.context import actor, engine, from_htmx
from web.language import language

PLANNING = ("skp", "dialogue")  # forms on which last year's plan is looked at again
PLAN = "development"  # what the diagrams call the plan's answers


@dataclass(frozen=True)
class PlanBefore:
    """A plan as it was sent last, and where it stands."""

    case: UUID
    seq: int
    title: str
    rows: Sequence[SummaryRow]


def plan_before(view: TaskView) -> PlanBefore | None:
    """Last year's plan of the task's subject, as far as the reader may see it; None where there is none."""
    if view.task.form not in PLANNING or from_htmx():
        return None
    year = str((view.context.get("cycle") or {}).get("id") or "")
    if not year.isdecimal():
        return None
    by = actor()
    for case in engine().cases(by=by, subject=view.task.subject, cycle=str(int(year) - 1), limit=5).items:
        for event in reversed(engine().history(case.id, by=by)):
            if event.answers is not None and event.data.get("result") == PLAN:
                form = engine().form_of_event(case.id, event.seq, by=by)
                context: dict[str, Json] = {}
                rows = form.summary(event.answers, context, engine().environment(), language())
                return PlanBefore(case.id, event.seq, case.title, rows)
    return None
