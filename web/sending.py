"""The last steps of a task: check the answers, declare, send once, and hold the receipt."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.privacy.readings import ReadKind
from engine.errors import FormInvalid, StaleTask, TaskNotOpen
from engine.runtime.values import Json, Receipt, TaskStatus, TaskView
from web import tasks
from web.alignment import judged
from web.context import actor, cycle, engine
from web.language import language
from web.readings import tells_of

bp = Blueprint("sending", __name__)


@bp.get("/tugas/<uuid:task_id>/periksa")
def check(task_id: UUID) -> ResponseReturnValue:
    """The answers once more, read only, each part with a way back; nothing is sent before this page."""
    view = engine().task(task_id, by=actor())
    if not view.may_act or view.task.status is not TaskStatus.OPEN:
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    checked = view.form.validate(view.answers, view.context, engine().environment(view.task.zone), language())
    if checked.errors:
        return tasks.task_page(view, checked.errors), 422
    return check_page(view, key=uuid4().hex)


def check_page(view: TaskView, *, key: str, undeclared: bool = False) -> str:
    rows = tasks.summary(view, view.answers)
    tells_of(view.task.subject, ReadKind.FORM, view.task.id)
    return render_template(
        "tasks/check.html",
        view=view,
        task=view.task,
        rows=rows,
        key=key,
        undeclared=undeclared,
        checked=judged(view, view.answers),
    )


@bp.post("/tugas/<uuid:task_id>/kirim")
def send(task_id: UUID) -> ResponseReturnValue:
    """Send the stored draft; the same key again leads to the same receipt."""
    by = actor()
    key, revision = request.form.get("key", "")[:64], request.form.get("revision", "0")
    if not request.form.get("pernyataan"):
        return check_page(engine().task(task_id, by=by), key=key, undeclared=True), 422
    try:
        receipt = engine().complete_task(
            task_id, None, revision=int(revision) if revision.isdecimal() else 0, key=key, by=by, locale=language()
        )
    except FormInvalid as invalid:
        return tasks.task_page(engine().task(task_id, by=by), invalid.errors), 422
    except StaleTask:
        return render_template("tasks/changed.html", task=engine().task(task_id, by=by).task), 409
    except TaskNotOpen:
        return redirect(url_for(".sent", task_id=task_id), 303)
    remember(receipt)
    return redirect(url_for(".sent", task_id=task_id), 303)


def remember(receipt: Receipt) -> None:
    """Keep the newest receipt in the session, for its confirmation page."""
    session["receipt"] = {
        "task": str(receipt.task_id),
        "code": receipt.code,
        "at": receipt.at.isoformat(),
        "next": [step(item) for item in receipt.next[:10]],
    }


def step(item: Mapping[str, Json]) -> dict[str, Json]:
    return {key: item.get(key) for key in ("name", "name_en", "who", "due_at")}


@bp.get("/tugas/<uuid:task_id>/terkirim")
def sent(task_id: UUID) -> ResponseReturnValue:
    """That it has arrived, with its code, and what happens next and to whom."""
    task = engine().task_line(task_id, by=actor())
    receipt = session.get("receipt")
    if task.status is TaskStatus.OPEN or not receipt or receipt["task"] != str(task_id):
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    people = cycle().names({item["who"] for item in receipt["next"] if item["who"]})
    following = engine().desk.following(task_id, task.element, by=actor())
    return render_template("tasks/sent.html", task=task, receipt=receipt, names=people, following=following)
