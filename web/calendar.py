"""The agency's days off: of a year, changed by a list with its reason; whom a change moves is seen before it holds."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.dates.verbs import READERS, WINDOW, DateChange, Dates
from engine.errors import FormInvalid, Refused
from engine.runtime.values import Actor
from web.context import application, cycle, needs, page_number
from web.filters import today
from web.language import gettext
from web.pages import Pages
from web.windows import window_name, window_names

bp = Blueprint("calendar", __name__, url_prefix="/kalender")
PER_PAGE = 50
YEARS = range(2000, 2101)
STATUSES = {
    "previewed": (lazy_gettext("Menunggu dijalankan"), "draft"),
    "carried_out": (lazy_gettext("Dijalankan"), "done"),
    "dropped": (lazy_gettext("Dibatalkan"), "returned"),
}
KINDS = {
    "task": lazy_gettext("Tugas"),
    "timer": lazy_gettext("Batas otomatis"),
    "back": lazy_gettext("Kembali ke pegawai"),
}
VERBS: Mapping[str, Callable[[Dates, UUID, Actor], None]] = {
    "jalankan": lambda dates, change, by: dates.carry_out(change, by=by),
    "batalkan": lambda dates, change, by: dates.drop(change, by=by),
}


@bp.get("")
def index() -> ResponseReturnValue:
    """The days off of a year, and the record of changes."""
    return calendar_page(needs(*READERS), {})


@bp.post("")
def change() -> ResponseReturnValue:
    """Write what moves nobody; what may move someone is looked at first."""
    by = needs("personnel")
    try:
        removed = [date.fromisoformat(text) for text in request.form.getlist("hapus")]
        made = application().dates.change_days(
            request.form.get("hari", ""), removed, reason=request.form.get("alasan", ""), by=by
        )
    except FormInvalid as invalid:
        return calendar_page(by, invalid.errors), 422
    except Refused as refused:
        return calendar_page(by, {"alasan": str(refused)}), 422
    except ValueError:
        abort(400)
    return redirect(url_for("calendar.show", change_id=made), 303)


def calendar_page(by: Actor, errors: Mapping[str, str]) -> str:
    year = typed_year(request.values.get("tahun", ""))
    record = application().dates.changes(by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "calendar/index.html",
        year=year,
        days=cycle().holidays(year),
        record=record.items,
        pages=Pages(record.total, PER_PAGE, page_number()),
        people=names(*record.items),
        statuses=STATUSES,
        may_change="personnel" in by.roles,
        typed={"hari": request.form.get("hari", ""), "alasan": request.form.get("alasan", "")},
        marked=request.form.getlist("hapus"),
        errors=errors,
    )


@bp.get("/perubahan/<uuid:change_id>")
def show(change_id: UUID) -> ResponseReturnValue:
    """One change: what it says, whom it moves; the page asks again by itself while cases are looked at or moved."""
    by = needs(*READERS)
    dates, unit = application().dates, request.args.get("unit", "") or None
    found = dates.change(change_id, by=by)
    page = dates.moves(change_id, by=by, unit=unit, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    units = cycle().rulebook.units(by=by)
    return render_template(
        "calendar/show.html",
        change=found,
        moves=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        units=units,
        unit=unit or "",
        unit_names={one.id: one.name for one in units},
        touched=dates.units(change_id, by=by),
        people=names(found),
        window=window_name(found.words, window_names(by)) if found.kind == WINDOW else "",
        statuses=STATUSES,
        kinds=KINDS,
        may_change="personnel" in by.roles,
    )


@bp.post("/perubahan/<uuid:change_id>/<verb>")
def settle(change_id: UUID, verb: str) -> ResponseReturnValue:
    """Let a change hold, or give it up."""
    by = needs("personnel")
    if verb not in VERBS:
        abort(404)
    try:
        VERBS[verb](application().dates, change_id, by)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(gettext("Perubahan dijalankan.") if verb == "jalankan" else gettext("Perubahan dibatalkan."))
    return redirect(url_for("calendar.show", change_id=change_id), 303)


def typed_year(text: str) -> int:
    """The year that is asked for; this one for anything else."""
    return int(text) if text.isascii() and text.isdigit() and int(text[:5]) in YEARS else today().year


def names(*changes: DateChange) -> Mapping[str, str]:
    """Those who made and settled changes, and whom they are for, as they are called."""
    people = {person for one in changes for person in (one.made_by, one.settled_by, one.words.get("person")) if person}
    return cycle().names(people)
