"""One task: its form with drafts, why it came back, what its steps before said, and two pages that disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.privacy.readings import ReadKind
from engine.errors import NotFound, StaleTask, TaskNotOpen
from engine.forms import SummaryRow
from engine.runtime.desk import Following
from engine.runtime.values import HistoryEvent, Json, TaskStatus, TaskView
from web import evidence, profile
from web.alignment import judged
from web.auth import packed, posted
from web.context import actor, engine, from_htmx
from web.development import plan_before
from web.filters import local
from web.language import gettext, language
from web.ledger import beside
from web.readings import tells_of

bp = Blueprint("tasks", __name__)
EARLIER = 6  # submitted forms that a task's page shows of the steps before
ROW_ACTIONS = ("add:", "del:", "up:", "down:")


@dataclass(frozen=True)
class Earlier:
    """A form that an earlier step of the same case submitted."""

    name: str
    who: str
    at: datetime
    rows: Sequence[SummaryRow]


@bp.get("/tugas/<uuid:task_id>")
def show(task_id: UUID) -> ResponseReturnValue:
    return task_page(engine().task(task_id, by=actor()))


@bp.post("/tugas/<uuid:task_id>")
def act(task_id: UUID) -> ResponseReturnValue:
    """Store what was typed, then do what the pressed button says: change rows, go on to checking, or just stay."""
    fields, refused = evidence.with_files(task_id, posted())
    action = first(fields, "_do", "draft")
    try:
        store(task_id, fields, action)
    except StaleTask as stale:
        return stale_answer(task_id, fields, stale)
    except TaskNotOpen:
        return closed_page(task_id, fields)
    if refused:
        return task_page(engine().task(task_id, by=actor()), refused), 422
    if action == "check":
        return redirect(url_for("sending.check", task_id=task_id), 303)  # where the draft is judged
    if action.startswith("lang:"):
        return profile.speak(action.removeprefix("lang:"), url_for(".show", task_id=task_id))
    if from_htmx():
        return task_page(engine().task(task_id, by=actor()))
    if action == "draft":
        flash(gettext("Draf tersimpan."), "success")
    return redirect(url_for(".show", task_id=task_id, _anchor=anchor(action)), 303)


def store(task_id: UUID, fields: Mapping[str, Sequence[str]], action: str) -> None:
    """Decode the posted fields along the form, apply a row button, and keep the result as the draft."""
    by = actor()
    view = engine().task(task_id, by=by)
    answers = view.form.decode(fields, view.answers)
    if action.startswith(ROW_ACTIONS):
        answers = view.form.act(answers, action, view.context, engine().environment(view.task.zone))
    text = first(fields, "revision", "0")
    engine().save_draft(task_id, answers, revision=int(text) if text.isdecimal() else 0, by=by)


def keep(task_id: UUID, fields: Mapping[str, Sequence[str]]) -> ResponseReturnValue | None:
    """Store what was typed before a session ended; None where the task is not this person's."""
    try:
        store(task_id, fields, "draft")
    except StaleTask as stale:
        return stale_answer(task_id, fields, stale)
    except TaskNotOpen:
        return closed_page(task_id, fields)
    except NotFound:
        return None
    flash(gettext("Isian yang Anda ketik sebelum sesi berakhir disimpan sebagai draf."), "success")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


def first(fields: Mapping[str, Sequence[str]], name: str, default: str = "") -> str:
    """One value of a field; of several buttons the one that was pressed comes last."""
    values = fields.get(name) or [default]
    return values[-1]


def anchor(action: str) -> str | None:
    """Where a page without scripts goes back to after a row button."""
    return action.partition(":")[2] if action.startswith(ROW_ACTIONS) else None


def task_page(view: TaskView, errors: Mapping[str, str] | None = None) -> str:
    """The page of a task; read only where it is done or somebody else's."""
    form = view.form
    editable = view.may_act and view.task.status is TaskStatus.OPEN
    events = [] if from_htmx() or view.is_guest else engine().history(view.task.case_id, by=actor())
    tells_of(view.task.subject, ReadKind.FORM, view.task.id)
    common = {"view": view, "task": view.task, "editable": editable, "errors": errors or {}, "plan": plan_before(view)}
    if not editable:
        return render_template(
            "tasks/read.html", rows=summary(view, view.answers), earlier=earlier(view, events), **common
        )
    fields = form.view(view.answers, view.context, engine().environment(view.task.zone), language(), errors or {})
    return render_template(
        "tasks/form.html",
        title=form.title(language()),
        fields=fields,
        saved_at=local(view.draft_saved_at) if view.draft_saved_at else None,
        earlier=earlier(view, events),
        beside=None if from_htmx() or view.is_guest else beside(view, events),
        checked=None if from_htmx() else judged(view, view.answers),
        following=None if from_htmx() else another_alike(view),
        **common,
    )


def another_alike(view: TaskView) -> Following | None:
    """Another task of the same kind, for who wants to leave this one for later; None: there is none."""
    found = engine().desk.following(view.task.id, view.task.element, by=actor())
    return found if found is not None and found.alike else None


def earlier(view: TaskView, events: Sequence[HistoryEvent]) -> list[Earlier]:
    """The newest submitted form of each earlier step of this case that the reader may see, the newest first."""
    by = actor()
    found: dict[str, Earlier] = {}
    for event in reversed(events):
        if event.answers is None or event.element is None or event.element in found or event.task_id == view.task.id:
            continue
        form = engine().form_of_event(event.case_id, event.seq, by=by)
        rows = form.summary(event.answers, view.context, engine().environment(view.task.zone), language())
        found[event.element] = Earlier(event.name or event.element, event.actor_name, event.at, rows)
        if len(found) == EARLIER:
            break
    return list(found.values())


def summary(view: TaskView, answers: Mapping[str, Json]) -> Sequence[SummaryRow]:
    return view.form.summary(answers, view.context, engine().environment(view.task.zone), language())


def stale_answer(task_id: UUID, fields: Mapping[str, Sequence[str]], stale: StaleTask) -> ResponseReturnValue:
    """Two pages of one task disagree: show both and let the person choose; an autosave only says so."""
    if from_htmx():
        answer = make_response(render_template("tasks/stale_part.html"), 409)
        answer.headers.update({"HX-Retarget": "#status", "HX-Reswap": "innerHTML", "HX-Reselect": "#pesan"})
        return answer
    view = engine().task(task_id, by=actor())
    form = view.form
    tells_of(view.task.subject, ReadKind.FORM, view.task.id)
    kept = {name: values for name, values in fields.items() if name not in {"revision", "_do"}}
    sent = stale.sent or form.decode(fields, view.answers)
    changes = form.changes(stale.stored, sent)
    page = render_template(
        "tasks/stale.html",
        task=view.task,
        changes=form.show_changes(changes, view.context, engine().environment(view.task.zone), language()),
        stored=summary(view, stale.stored),
        sent=summary(view, sent),
        kept=packed({**kept, "revision": [str(stale.revision)], "_do": ["draft"]}),
    )
    return page, 409


def closed_page(task_id: UUID, fields: Mapping[str, Sequence[str]]) -> ResponseReturnValue:
    """The task was finished or withdrawn meanwhile: what was typed is shown, so that it can be copied."""
    view = engine().task(task_id, by=actor())
    sent = summary(view, view.form.decode(fields, view.answers))
    tells_of(view.task.subject, ReadKind.FORM, view.task.id)
    return render_template("tasks/closed.html", view=view, task=view.task, sent=sent), 409
