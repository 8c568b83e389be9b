"""My tasks: what is late, what comes this week, what can wait, what a team of mine may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.runtime.values import Actor, CaseStatus, Page, Task
from web.context import actor, cycle, engine, page_number
from web.filters import as_moment, urgency
from web.language import gettext, ngettext
from web.pages import Pages

bp = Blueprint("inbox", __name__)
PER_PAGE = 50
BOXES = {"saya": "open", "tim": "team", "selesai": "done"}


@dataclass(frozen=True)
class Group:
    """Tasks of one urgency, under their heading."""

    code: str
    heading: str
    tasks: Sequence[Task]


@bp.get("/")
@bp.get("/tugas", endpoint="tasks")
def index() -> ResponseReturnValue:
    """The inbox; box, search and page are in the address, so it can be bookmarked."""
    by = actor()
    box = request.args.get("kotak", "saya")
    box = box if box in BOXES else "saya"
    search = request.args.get("cari", "").strip()[:100]
    offset = (page_number() - 1) * PER_PAGE
    tasks = engine().inbox(by=by, box=BOXES[box], search=search, limit=PER_PAGE, offset=offset)
    return render_template(
        "inbox/index.html",
        box=box,
        search=search,
        tasks=tasks,
        groups=groups(tasks, box),
        counts=engine().inbox_counts(by=by),
        keeps_log=box == "saya" and cycle().daily.is_kept(by=by),
        pages=Pages(tasks.total, tasks.limit, page_number()),
        upcoming=upcoming(by) if not tasks.total and box == "saya" and not search else None,
    )


def groups(tasks: Page[Task], box: str) -> list[Group]:
    if box == "selesai":
        return [Group("done", gettext("Sudah Anda selesaikan"), tasks.items)] if tasks.items else []
    headings = {"late": gettext("Terlambat"), "week": gettext("Tujuh hari ini"), "later": gettext("Nanti")}
    found = (
        Group(code, words, [t for t in tasks.items if urgency(t.due_at) == code]) for code, words in headings.items()
    )
    return [group for group in found if group.tasks]


def upcoming(by: Actor) -> tuple[str, datetime] | None:
    """What opens next in the actor's own case, and when: for an inbox that is empty."""
    own = engine().cases(by=by, subject=by.person, status=CaseStatus.ACTIVE, limit=5)
    now = engine().clock.now()
    for case in own.items:
        timers = [timer for timer in engine().case(case.id, by=by).timers if timer["kind"] == "event"]
        waiting = [(as_moment(timer["due_at"]), str(timer["name"])) for timer in timers]
        coming = sorted((at, name) for at, name in waiting if at > now)
        if coming:
            return coming[0][1], coming[0][0]
    return None


@bp.get("/tugas/baru")
def news() -> ResponseReturnValue:
    """The bar that says that tasks have come since the page was drawn; empty when none have."""
    known = request.args.get("ada", "0")
    new = engine().inbox_counts(by=actor())["open"] - (int(known) if known.isascii() and known.isdigit() else 0)
    text = ngettext("%(num)d tugas baru", "%(num)d tugas baru", new) if new > 0 else ""
    return render_template("inbox/news.html", text=text, known=known)


@bp.post("/tugas/<uuid:task_id>/ambil")
def claim(task_id: UUID) -> ResponseReturnValue:
    """Take a task of one of my teams: it is mine alone from now on."""
    engine().claim(task_id, by=actor())
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@bp.post("/tugas/<uuid:task_id>/lepas")
def release(task_id: UUID) -> ResponseReturnValue:
    """Give a taken task back to its team."""
    engine().release_claim(task_id, by=actor())
    flash(gettext("Tugas dikembalikan ke tim Anda."), "success")
    return redirect(url_for("inbox.index", kotak="tim"), 303)
