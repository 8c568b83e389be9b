"""An SKP judged while it is being written: a fragment beside the form, and once more before sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine.cycle.alignment.findings import Finding
from engine.errors import NotYours, Refused
from engine.runtime.values import Json, TaskView
from web.auth import posted
from web.context import actor, cycle, engine

bp = Blueprint("alignment", __name__)
FORM = "skp"


@dataclass(frozen=True)
class Judged:
    """The findings on a draft, but for results that are not written yet; `written` says whether any is."""

    findings: Sequence[Finding]
    passes: bool
    written: bool


@bp.post("/tugas/<uuid:task_id>/keselarasan")
def live(task_id: UUID) -> ResponseReturnValue:
    """What is to be said of the typed answers; nothing is stored."""
    view = engine().task(task_id, by=actor())
    answers = view.form.decode(posted(), view.answers)
    return render_template("objectives/live.html", checked=judged(view, answers))


def judged(view: TaskView, answers: Mapping[str, Json]) -> Judged | None:
    """What is to be said of an SKP's draft; None on a page of another form.

    Who may not see the person's unit (a stand-in) and who works on a release without the tables get none here: the
    diagram judges in any case.
    """
    if view.task.form != FORM or not view.may_act:
        return None
    rows = answers.get("rhk") or []
    try:
        checked = cycle().alignment.look_at(view.task.subject, view.context["cycle"]["id"], rows, by=actor())
    except (NotYours, Refused):
        return None
    written = {number for number, row in enumerate(rows, start=1) if row.get("rhk")}
    found = [one for one in checked.findings if one.number in {0, *written}]
    return Judged(found, checked.passes, bool(written))
