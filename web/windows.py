"""A window of the year opened again for a unit or a person: whom it touches is seen before it holds."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.calendar import period_names
from engine.cycle.dates.windows import ANNUAL, RATING, REPORT, SKP, Reopening
from engine.errors import FormInvalid, Refused
from engine.runtime.values import Actor, Json
from web.context import application, cycle, needs
from web.filters import today
from web.language import gettext

bp = Blueprint("windows", __name__, url_prefix="/kalender/jendela")


@bp.get("")
def index() -> ResponseReturnValue:
    """Choose a window, for whom, and until when."""
    return windows_page(needs("personnel"), {})


@bp.post("")
def reopen() -> ResponseReturnValue:
    by = needs("personnel")
    try:
        made = application().dates.reopen(asked(by), reason=request.form.get("alasan", ""), by=by)
    except FormInvalid as invalid:
        return windows_page(by, invalid.errors), 422
    except Refused as refused:
        return windows_page(by, {"alasan": str(refused)}), 422
    return redirect(url_for("calendar.show", change_id=made), 303)


def windows_page(by: Actor, errors: Mapping[str, str]) -> str:
    cycles = cycle().cycles(by=by)
    return render_template(
        "calendar/window.html",
        windows=window_names(by),
        cycles=[one.id for one in cycles],
        units=cycle().rulebook.units(by=by),
        typed=request.form,
        errors=errors,
    )


def asked(by: Actor) -> Reopening:
    """What was typed. Raises FormInvalid for a day that is none."""
    typed = request.form
    window, _, period = typed.get("jendela", "").partition("/")
    try:
        last = date.fromisoformat(typed.get("sampai", ""))
    except ValueError as error:
        raise FormInvalid({"sampai": gettext("Tulis tanggalnya.")}) from error
    return Reopening(
        window=window,
        period=period,
        cycle=typed.get("siklus", ""),
        last=last,
        unit=typed.get("unit") or None,
        person=person_of(typed.get("nip", "").strip(), by),
        send_back=typed.get("kembalikan") == "ya" and window == SKP,
    )


def person_of(nip: str, by: Actor) -> str | None:
    """The employee of a NIP; a text that nobody has where there is none, so that it is not taken for a blank."""
    found = cycle().employees(by=by, search=nip, limit=2).items if nip else ()
    return next((one.id for one in found if one.nip == nip), nip or None)


def window_names(by: Actor) -> Mapping[str, str]:
    """The windows by the code that is sent: of the SKP, of each period's reports and ratings, of the year."""
    kind = str(cycle().rulebook.value("periode.jenis", by=by))
    found = {SKP: gettext("SKP: penyusunan sampai penetapan")}
    for code, name in period_names(kind, today().year).items():
        found[f"{REPORT}/{code}"] = gettext("Laporan dan penilaian %(period)s", period=name)
        found[f"{RATING}/{code}"] = gettext("Penilaian %(period)s saja", period=name)
    return {**found, ANNUAL: gettext("Evaluasi tahunan")}


def window_name(words: Mapping[str, Json], names: Mapping[str, str]) -> str:
    """A window as a change names it; its code where the agency's periods are others now."""
    code = f"{words['window']}/{words['period']}" if words["period"] else str(words["window"])
    return names.get(code, code)
