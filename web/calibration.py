"""Calibration: how a unit's predicates spread against the pattern, and what one change would do, before it is made."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.calibration import Trial
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.ratings import Predicate, Rating
from engine.errors import NotFound, Refused
from engine.runtime.values import Actor
from web.context import actor, cycle, engine, from_htmx, page_number
from web.filters import today
from web.pages import Pages
from web.readings import tells_of_all

bp = Blueprint("calibration", __name__, url_prefix="/kalibrasi")
PER_PAGE = 50
MOST_TASKS = 500
RATINGS = {
    Rating.ABOVE: lazy_gettext("Di atas ekspektasi"),
    Rating.AS_EXPECTED: lazy_gettext("Sesuai ekspektasi"),
    Rating.BELOW: lazy_gettext("Di bawah ekspektasi"),
}
PREDICATES = {
    Predicate.SANGAT_BAIK: lazy_gettext("Sangat baik"),
    Predicate.BAIK: lazy_gettext("Baik"),
    Predicate.BUTUH_PERBAIKAN: lazy_gettext("Butuh perbaikan"),
    Predicate.KURANG_MISCONDUCT: lazy_gettext("Kurang"),
    Predicate.SANGAT_KURANG: lazy_gettext("Sangat kurang"),
}
ORGANISATION = {
    "ISTIMEWA": lazy_gettext("Istimewa"),
    "BAIK": lazy_gettext("Baik"),
    "BUTUH_PERBAIKAN": lazy_gettext("Butuh perbaikan"),
    "KURANG": lazy_gettext("Kurang"),
    "SANGAT_KURANG": lazy_gettext("Sangat kurang"),
}
RATING_TASKS = ("rate_year", "sign_evaluation", "superior_rate_year")


@bp.get("")
def index() -> ResponseReturnValue:
    """The units that the actor answers for, with the organisation predicate that counts for each."""
    by = actor()
    year = asked_year(by)
    return render_template(
        "calibration/index.html",
        units=cycle().calibration.units(year, by=by),
        year=year,
        years=years(by),
        organisation=ORGANISATION,
    )


@bp.get("/<year>/<unit>")
def show(year: str, unit: str) -> ResponseReturnValue:
    """A unit's people and curve; with `pegawai`, `hasil` and `perilaku` in the address, what that change would do."""
    by, refusal, trial = actor(), "", None
    sheet = cycle().calibration.sheet(unit, year, by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    tells_of_all((one.person for one in sheet.people.items), ReadKind.RATINGS, f"{year}/{unit}")
    tried = {name: request.args.get(name, "")[:64] for name in ("pegawai", "hasil", "perilaku", "inovasi")}
    try:
        trial = asked_trial(year, unit, tried, by, in_numbers=sheet.in_numbers)
    except (NotFound, Refused) as refused:
        refusal = str(refused)
    page = render_template(
        "calibration/show.html",
        sheet=sheet,
        year=year,
        trial=trial,
        people=[(one.person, one.name) for one in sheet.people.items if one.person != by.person],
        tried=tried,
        refusal=refusal,
        ratings=RATINGS,
        predicates=PREDICATES,
        organisation=ORGANISATION,
        tasks=tasks_by_case(by),
        pages=Pages(sheet.people.total, PER_PAGE, page_number()),
    )
    return page, 422 if refusal else 200


def asked_trial(year: str, unit: str, tried: dict[str, str], by: Actor, *, in_numbers: bool) -> Trial | None:
    """The change in the address; None when it names nobody, or while somebody is still choosing."""
    if not tried["pegawai"] or (from_htmx() and not (tried["hasil"] and tried["perilaku"])):
        return None
    if in_numbers:
        return trial_in_numbers(year, unit, tried, by)
    return cycle().calibration.trial(unit, year, tried["pegawai"], tried["hasil"], tried["perilaku"], by=by)


def trial_in_numbers(year: str, unit: str, tried: dict[str, str], by: Actor) -> Trial:
    """The same with values of a year in numbers; a comma may stand for the point."""
    try:
        skp, behaviour = (Decimal(tried[name].strip().replace(",", ".")) for name in ("hasil", "perilaku"))
    except InvalidOperation as error:
        raise Refused("Isi nilai SKP dan nilai perilaku dengan angka.") from error
    innovates = tried["inovasi"] == "ya"
    return cycle().calibration.trial_in_numbers(
        unit, year, tried["pegawai"], skp, behaviour, innovates=innovates, by=by
    )


def tasks_by_case(by: Actor) -> dict[object, object]:
    """The reader's own open tasks of rating, by case: there the change itself is made, with its reason."""
    found = engine().inbox(by=by, limit=MOST_TASKS).items
    return {task.case_id: task.id for task in found if task.element in RATING_TASKS}


def years(by: Actor) -> list[tuple[str, str]]:
    return [(one.id, str(one.year)) for one in cycle().cycles(by=by)]


def asked_year(by: Actor) -> str:
    """The year in the address if there is one; else the newest that has ended or is nearest to its end."""
    known = {one.id: one for one in cycle().cycles(by=by)}
    wanted = request.args.get("siklus", "")
    if wanted in known:
        return wanted
    ended = [one.id for one in known.values() if one.ends < today()]
    return next(iter([*ended, *known]), str(today().year))
