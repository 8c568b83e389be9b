"""For personnel: open a year, watch it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.year import Cycle
from engine.errors import NotFound, Refused
from engine.runtime.values import Actor
from web.context import cycle, needs
from web.filters import PHASES, today
from web.language import gettext

bp = Blueprint("cycles", __name__, url_prefix="/siklus")


@bp.get("")
def index() -> ResponseReturnValue:
    by = needs("personnel", "auditor")
    return render_template("cycles/index.html", cycles=cycle().cycles(by=by), next_year=next_year(), refusal="")


def next_year() -> int:
    """The year that a new cycle is probably for: from October on the next one."""
    return today().year + (today().month >= 10)


@bp.post("")
def create() -> ResponseReturnValue:
    """Prepare a year; nobody gets a task before it is opened."""
    by = needs("personnel")
    text = request.form.get("year", "").strip()
    try:
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise Refused(gettext("Tahun ditulis dengan empat angka, misalnya 2027."))
        made = cycle().create_cycle(int(text), by=by)
    except Refused as refused:
        page = render_template("cycles/index.html", cycles=cycle().cycles(by=by), next_year=text, refusal=str(refused))
        return page, 422
    return redirect(url_for(".show", cycle_id=made.id), 303)


def cycle_of(cycle_id: str, by: Actor) -> Cycle:
    """The year with this id; raises NotFound."""
    found = next((one for one in cycle().cycles(by=by) if one.id == cycle_id), None)
    if found is None:
        raise NotFound(f"Siklus {cycle_id} tidak ada.")
    return found


@bp.get("/<cycle_id>")
def show(cycle_id: str) -> ResponseReturnValue:
    """One year: its progress by phase and unit, and the openings."""
    by = needs("personnel", "auditor")
    units = cycle().units(by=by)
    return render_template(
        "cycles/show.html",
        cycle=cycle_of(cycle_id, by),
        progress=cycle().progress(cycle_id, by=by),
        openings=cycle().openings(cycle_id, by=by),
        units=units,
        unit_names={unit.id: unit.name for unit in units},
        phase_names=PHASES.items(),
        may_open="personnel" in by.roles,
    )


@bp.post("/<cycle_id>/buka")
def open_cycle(cycle_id: str) -> ResponseReturnValue:
    """Open the year for one unit and those below it, or for the whole agency; a worker makes the cases."""
    opening = cycle().open_cycle(cycle_id, request.form.get("unit") or None, by=needs("personnel"))
    flash(gettext("Siklus sedang dibuka. Halaman ini menunjukkan kemajuannya."), "success")
    return redirect(url_for(".opening", cycle_id=cycle_id, opening_id=opening), 303)


@bp.get("/<cycle_id>/pembukaan/<uuid:opening_id>")
def opening(cycle_id: str, opening_id: UUID) -> ResponseReturnValue:
    """How far one opening has come; the page asks again by itself while it is running."""
    by = needs("personnel", "auditor")
    order = next((one for one in cycle().openings(cycle_id, by=by) if one.id == opening_id), None)
    if order is None:
        raise NotFound(f"Pembukaan {opening_id} tidak ada.")
    may_retry = "personnel" in by.roles
    failures = cycle().opening_failures(opening_id, by=by) if order.failed and may_retry else ()
    exempt = cycle().exempt_from(opening_id, by=by) if order.exempt else ()
    return render_template("cycles/opening.html", opening=order, failures=failures, exempt=exempt)


@bp.post("/<cycle_id>/pembukaan/<uuid:opening_id>/ulangi")
def retry(cycle_id: str, opening_id: UUID) -> ResponseReturnValue:
    """Let those whose case could not be opened wait for another try."""
    cycle().retry_opening(opening_id, by=needs("personnel"))
    return redirect(url_for(".opening", cycle_id=cycle_id, opening_id=opening_id), 303)
