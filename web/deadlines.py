"""For operators: the due dates of many open tasks, moved by one rule; whom it hits is seen before it is ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.listings import Unit
from engine.errors import Refused
from engine.runtime.deadlines import NewDue, TaskKind, Wanted
from engine.runtime.values import Actor, Task
from web.context import application, cycle, engine, needs, page_number
from web.language import gettext, language, ngettext
from web.pages import Pages

bp = Blueprint("deadlines", __name__, url_prefix="/kendali/tenggat")
PER_PAGE = 50
WAYS = {
    "hari": lazy_gettext("Geser sekian hari kalender"),
    "kerja": lazy_gettext("Geser sekian hari kerja"),
    "saat": lazy_gettext("Tetapkan satu tanggal dan jam"),
}
FIELDS = ("tugas", "unit", "cara", "hari", "saat")
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Hit:
    """A task that would be changed: its due moment then, or why it would fail."""

    task: Task
    due_then: datetime | None
    refusal: str


@bp.get("")
def index() -> ResponseReturnValue:
    """Choose tasks and a rule, and see whom it hits."""
    return deadlines_page(needs("operator"), request.args.to_dict(), "")


@bp.post("")
def order() -> ResponseReturnValue:
    """Let workers change the due dates that were seen; the progress has a page of its own."""
    by, typed = needs("operator"), request.form.to_dict()
    units = cycle().rulebook.units(by=by)
    try:
        expected = int(typed.get("jumlah", "")) if typed.get("jumlah", "").isdecimal() else 0
        words = ngettext("Tenggat %(num)d tugas", "Tenggat %(num)d tugas", expected)
        batch = engine().deadlines.order(
            wanted(typed, units),
            new_due(typed),
            expected=expected,
            title=words,
            reason=typed.get("alasan", ""),
            by=by,
        )
    except Refused as refused:
        return deadlines_page(by, typed, str(refused)), 422
    return redirect(url_for("batches.show", batch_id=batch), 303)


def deadlines_page(by: Actor, typed: Typed, refusal: str) -> str:
    units, kinds, chosen = cycle().rulebook.units(by=by), engine().deadlines.kinds(by=by), bool(typed.get("cara"))
    page = engine().deadlines.find(wanted(typed, units), by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    hits = [Hit(task, None, "") for task in page.items]
    if chosen and not refusal:
        try:
            new = new_due(typed)
            hits = [hit(task, new) for task in page.items]
        except Refused as refused:
            refusal = str(refused)
    return render_template(
        "deadlines/index.html",
        hits=hits,
        total=page.total,
        pages=Pages(page.total, PER_PAGE, page_number()),
        units=units,
        groups=groups(kinds),
        ways=WAYS,
        typed=typed,
        kept=[(name, typed.get(name, "")) for name in FIELDS],
        ready=chosen and page.total > 0 and (not refusal or "alasan" in typed),
        refusal=refusal,
        people=cycle().names({task.assignee for task in page.items if task.assignee}),
    )


def wanted(typed: Typed, units: Sequence[Unit]) -> Wanted:
    """The tasks that the filters mean; "process" or "process/element", and a unit with all below it."""
    process, _, element = typed.get("tugas", "")[:200].partition("/")
    unit = typed.get("unit", "")
    return Wanted(process, element, tree(unit, units) if unit else ())


def tree(unit: str, units: Sequence[Unit]) -> Sequence[str]:
    """A unit and those below it; each comes after the one above it."""
    found = [unit]
    for each in units:
        if each.parent in found and each.id not in found:
            found.append(each.id)
    return found


def new_due(typed: Typed) -> NewDue:
    """The rule that was typed. Raises Refused for what is no date or number."""
    way = typed.get("cara", "")
    if way not in WAYS:
        raise Refused(gettext("Pilih cara mengubah tenggat."))
    if way == "saat":
        return NewDue(at=moment(typed.get("saat", "")))
    days = typed.get("hari", "").strip()
    return NewDue(days=int(days) if days.isdecimal() and len(days) < 6 else 0, working=way == "kerja")


def moment(text: str) -> datetime:
    """The typed moment, on the agency's clock; raises Refused."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=application().settings.zone)
    except ValueError as error:
        raise Refused(gettext("Tulis tanggal dan jamnya.")) from error


def hit(task: Task, new: NewDue) -> Hit:
    try:
        return Hit(task, engine().deadlines.moved(task, new), "")
    except Refused as refused:
        return Hit(task, None, str(refused))


def groups(kinds: Sequence[TaskKind]) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The kinds of tasks for a select, by process; each process can be chosen as a whole."""
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds:
        whole = [(kind.process, gettext("Semua tugas proses ini"))]
        name = kind.name_en if language() == "en" else kind.name
        found.setdefault(kind.process_name, whole).append((f"{kind.process}/{kind.element}", f"{name} ({kind.count})"))
    return found
