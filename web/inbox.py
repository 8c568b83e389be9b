"""My tasks: what is late, what comes this week, what can wait, what a team of mine may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.runtime.values import Actor, Page, Task
from web import ahead_words
from web.context import actor, application, cycle, engine, page_number
from web.filters import urgency
from web.language import gettext, language, ngettext
from web.pages import Pages

bp = Blueprint("inbox", __name__)
PER_PAGE = 50
FEW = 5  # tasks that need no filter
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
    kind = request.args.get("jenis", "").strip()[:100]
    tasks = engine().inbox(by=by, box=BOXES[box], search=search, element=kind, limit=PER_PAGE, offset=offset)
    return render_template(
        "inbox/index.html",
        box=box,
        search=search,
        kind=kind,
        kinds=kinds(by, box, tasks.total, kind),
        tasks=tasks,
        groups=groups(tasks, box),
        counts=engine().inbox_counts(by=by),
        keeps_log=box == "saya" and cycle().daily.is_kept(by=by),
        pages=Pages(tasks.total, tasks.limit, page_number()),
        year=application().ahead.year(by=by) if not tasks.total and box == "saya" and not search and not kind else None,
        title=ahead_words.title,
    )


def kinds(by: Actor, box: str, total: int, chosen: str) -> list[tuple[str, str]]:
    """The kinds of tasks to filter by, each with its count: where there are many tasks of more than one kind."""
    if box == "selesai" or (total <= FEW and not chosen):
        return []
    found = engine().desk.kinds(by=by, box=BOXES[box])
    names = {one.element: one.name_en if language() == "en" else one.name for one in found}
    return [(one.element, f"{names[one.element]} ({one.count})") for one in found] if len(found) > 1 or chosen else []


def groups(tasks: Page[Task], box: str) -> list[Group]:
    if box == "selesai":
        return [Group("done", gettext("Sudah Anda selesaikan"), tasks.items)] if tasks.items else []
    headings = {"late": gettext("Terlambat"), "week": gettext("Tujuh hari ini"), "later": gettext("Nanti")}
    found = (
        Group(code, words, [t for t in tasks.items if urgency(t.due_at) == code]) for code, words in headings.items()
    )
    return [group for group in found if group.tasks]


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
