"""What the organisation wants and who carries it: the objective tree, a unit's agreement, chains, findings."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.privacy.readings import ReadKind
from engine.errors import NotFound, Refused
from engine.runtime.values import Actor
from web.context import actor, application, cycle, needs, page_number
from web.filters import today
from web.language import gettext
from web.pages import Pages
from web.readings import tells_of

bp = Blueprint("objectives", __name__, url_prefix="/sasaran")
PER_PAGE = 50


@bp.get("")
def index() -> ResponseReturnValue:
    """The tree on a day; everybody may see what the agency wants."""
    on, year = asked_day(), asked_year(actor())
    tree = cycle().objectives.tree(year, by=actor(), on=on)
    return render_template(
        "objectives/index.html",
        tree=tree,
        year=year,
        years=years(actor()),
        on=on,
        sees_units=cycle().alignment.may_see_units(by=actor()),
    )


@bp.get("/unit/<unit>")
def show_unit(unit: str) -> ResponseReturnValue:
    """A unit's agreement, what stands against publishing it, and its people against the head's results."""
    by = actor()
    year = asked_year(by)
    return unit_page(unit, year, by)


def unit_page(unit: str, year: str, by: Actor, refusal: str = "") -> str:
    matrix = cycle().alignment.matrix(unit, year, by=by)
    try:
        agreement = cycle().objectives.agreement(unit, year, by=by)
        obstacles = cycle().objectives.obstacles(unit, year, by=by)
    except NotFound:
        agreement, obstacles = None, ()
    name = next((one.name for one in cycle().units(by=by) if one.id == unit), unit)
    return render_template(
        "objectives/unit.html",
        unit=unit,
        unit_name=name,
        year=year,
        agreement=agreement,
        obstacles=obstacles,
        matrix=matrix,
        may_publish="personnel" in by.roles,
        sees_tree=cycle().alignment.may_see_units(by=by),
        refusal=refusal,
        papers=application().papers.of_unit(unit, year, by=by),
    )


@bp.post("/unit/<unit>/terbitkan")
def publish(unit: str) -> ResponseReturnValue:
    by, year = needs("personnel"), request.form.get("siklus", "")[:32]
    try:
        version = cycle().objectives.publish(unit, year, by=by)
    except Refused as refused:
        return unit_page(unit, year, by, str(refused)), 422
    flash(gettext("Perjanjian kinerja dan matriks versi %(version)s terbit.", version=version), "success")
    return redirect(url_for(".show_unit", unit=unit, siklus=year), 303)


@bp.get("/pegawai/<person>")
def show_person(person: str) -> ResponseReturnValue:
    """What a person's results rest on, and who carries them, as of a day."""
    by, on = actor(), asked_day()
    year = asked_year(by)
    view = cycle().alignment.chains(person, year, by=by, on=on)
    tells_of(person, ReadKind.PLAN, f"{person}/{year}")
    return render_template(
        "objectives/person.html", person=person, name=view.name, view=view, year=year, years=years(by), on=on
    )


@bp.get("/keselarasan")
def findings() -> ResponseReturnValue:
    """What the last check of all SKPs found, for who may see units."""
    by = actor()
    year = asked_year(by)
    wanted = {name: request.args.get(name, "")[:64] for name in ("unit", "kode", "tingkat")}
    check = cycle().alignment.last_check(year, by=by)
    page = cycle().alignment.findings(
        year,
        by=by,
        unit=wanted["unit"] or None,
        code=wanted["kode"] or None,
        severity=wanted["tingkat"] or None,
        limit=PER_PAGE,
        offset=(page_number() - 1) * PER_PAGE,
    )
    return render_template(
        "objectives/findings.html",
        check=check,
        findings=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        units=cycle().units(by=by),
        year=year,
        years=years(by),
        wanted=wanted,
        may_check="personnel" in by.roles,
    )


@bp.post("/keselarasan")
def check() -> ResponseReturnValue:
    """Judge all SKPs of the year anew."""
    year = request.form.get("siklus", "")[:32]
    found = cycle().alignment.check_agency(year, by=needs("personnel"))
    flash(gettext("%(num)s SKP diperiksa.", num=found.people), "success")
    return redirect(url_for(".findings", siklus=year), 303)


def years(by: Actor) -> list[tuple[str, str]]:
    return [(one.id, str(one.year)) for one in cycle().cycles(by=by)]


def asked_year(by: Actor) -> str:
    """The year that the page is asked for, else the newest."""
    known = [id for id, _ in years(by)]
    wanted = request.args.get("siklus", "")
    return wanted if wanted in known else (known[0] if known else str(today().year))


def asked_day() -> date:
    try:
        return date.fromisoformat(request.args.get("tanggal", ""))
    except ValueError:
        return today()
