"""The organisation predicate: units from the top down with what they have reached, and where it is set or corrected."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import FormInvalid, NotYours, Refused
from engine.runtime.values import Actor
from web.calibration import MOST_TASKS, ORGANISATION, RATINGS, asked_year, years
from web.context import actor, cycle, engine, page_number
from web.language import gettext
from web.pages import Pages

bp = Blueprint("unit_predicates", __name__, url_prefix="/predikat-organisasi")
PER_PAGE = 100
TASK = "rate_organisation"


@bp.get("")
def index() -> ResponseReturnValue:
    """The units in the reader's sight, from the top down."""
    by = actor()
    year, number = asked_year(by), page_number()
    board = cycle().predicates.board(year, by=by)
    shown = board.units[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "unit_predicates/index.html",
        board=board,
        shown=shown,
        year=year,
        years=years(by),
        tasks=tasks_by_head(by),
        pages=Pages(len(board.units), PER_PAGE, number),
        organisation=ORGANISATION,
        ratings=RATINGS,
    )


@bp.get("/<year>/<unit>")
def show(year: str, unit: str) -> ResponseReturnValue:
    """One unit: its agreement, what was given, and the form for who may give or correct it."""
    return _page(year, unit, {}, {})


@bp.post("/<year>/<unit>")
def give(year: str, unit: str) -> ResponseReturnValue:
    """Set the predicate by two ratings, or enter it from a decree."""
    typed = {name: request.form.get(name, "") for name in ("cara", "pk", "expectation", "predicate", "reason")}
    by, reason = actor(), typed["reason"][:2000]
    try:
        if typed["cara"] == "keputusan":
            cycle().predicates.decree(unit, year, typed["predicate"], reason, by=by)
        else:
            cycle().predicates.rate(unit, year, typed["pk"], typed["expectation"], reason, by=by)
    except FormInvalid as invalid:
        return _page(year, unit, typed, dict(invalid.errors)), 422
    except NotYours:
        raise
    except Refused as refused:
        return _page(year, unit, typed, {"reason": str(refused)}), 422
    flash(gettext("Predikat organisasi dicatat. Evaluasi pegawai yang menunggunya berlanjut."))
    return redirect(url_for("unit_predicates.show", year=year, unit=unit))


def _page(year: str, unit: str, typed: dict[str, str], errors: dict[str, str]) -> str:
    by = actor()
    sheet = cycle().predicates.sheet(unit, year, by=by)
    return render_template(
        "unit_predicates/show.html",
        sheet=sheet,
        year=year,
        typed=typed,
        errors=errors,
        task=tasks_by_head(by).get(sheet.standing.head_id or ""),
        organisation=ORGANISATION,
        ratings=RATINGS,
    )


def tasks_by_head(by: Actor) -> dict[str, object]:
    """The reader's own open tasks of setting a predicate, by the unit's head, whose cases they are in."""
    found = engine().inbox(by=by, limit=MOST_TASKS).items
    return {task.subject: task.id for task in found if task.element == TASK}
