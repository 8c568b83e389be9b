"""A unit's agreement in the hands of personnel: rows of its draft changed in place, and what was reached by quarter."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.objectives.attainment import quarters
from engine.cycle.objectives.editing import RoleEdit, TargetEdit
from engine.cycle.objectives.reading import Agreement
from engine.errors import FormInvalid, NotFound, Refused
from engine.forms.entry import as_decimal, as_json, read_number
from engine.runtime.values import Actor
from web.context import cycle, needs, page_number
from web.filters import today
from web.language import gettext
from web.pages import Pages

bp = Blueprint("agreements", __name__, url_prefix="/sasaran/unit/<unit>/<year>")
PER_PAGE = 50  # cells of the matrix
ROLES: Mapping[str, object] = {
    "MANDIRI": lazy_gettext("mandiri"),
    "KETUA_TIM": lazy_gettext("ketua tim"),
    "ANGGOTA": lazy_gettext("anggota"),
}


@bp.post("/konsep/mulai")
def begin(unit: str, year: str) -> ResponseReturnValue:
    cycle().objectives.begin_draft(unit, year, by=needs("personnel"))
    return redirect(url_for(".draft", unit=unit, year=year), 303)


@bp.get("/konsep")
def draft(unit: str, year: str) -> ResponseReturnValue:
    """The draft's rows as fields: the lines of the agreement, then the matrix page by page."""
    return _draft_page(unit, year, needs("personnel"), {})


@bp.post("/konsep")
def change(unit: str, year: str) -> ResponseReturnValue:
    """Save the rows of one page."""
    by = needs("personnel")
    agreement = _draft_of(unit, year, by)
    version = request.form.get("versi", "")
    try:
        cycle().objectives.change_draft(
            unit, year, int(version) if version.isdigit() else 0, _targets(agreement), _roles(agreement), by=by
        )
    except FormInvalid as invalid:
        return _draft_page(unit, year, by, invalid.errors), 422
    flash(gettext("Konsep disimpan."), "success")
    return redirect(url_for("objectives.show_unit", unit=unit, siklus=year), 303)


@bp.get("/capaian")
def attainment(unit: str, year: str) -> ResponseReturnValue:
    """What has been reached of each indicator, quarter by quarter."""
    return _attainment_page(unit, year, needs("personnel"), {})


@bp.post("/capaian")
def record(unit: str, year: str) -> ResponseReturnValue:
    by, errors, values = needs("personnel"), {}, {}
    for name, typed in request.form.items():
        code, parted, quarter = name.removeprefix("capaian/").rpartition("/")
        if not (name.startswith("capaian/") and parted and quarter in _quarters(year)):
            continue
        value = _number(typed)
        if typed.strip() and value is None:
            errors[f"{code}/{quarter}"] = gettext("Tulis angka, misalnya 18,2.")
        values[code, quarter] = value
    if errors:
        return _attainment_page(unit, year, by, errors), 422
    try:
        cycle().objectives.record_attainments(unit, year, values, by=by)
    except FormInvalid as invalid:
        return _attainment_page(unit, year, by, invalid.errors), 422
    flash(gettext("Capaian disimpan."), "success")
    return redirect(url_for("objectives.show_unit", unit=unit, siklus=year), 303)


def _draft_of(unit: str, year: str, by: Actor) -> Agreement:
    agreement = cycle().objectives.agreement(unit, year, by=by)
    if agreement.status != "draft":
        raise Refused(gettext("Perjanjian kinerja ini sudah terbit; mulai konsep versi berikutnya dari halaman unit."))
    return agreement


def _targets(agreement: Agreement) -> Sequence[TargetEdit]:
    form = request.form
    return [
        TargetEdit(
            code,
            _number(form.get(f"target/{code}", "")),
            _number(form.get(f"atas/{code}", "")),
            form.get(f"hapus/{code}") == "ya",
        )
        for code in (target.indicator.code for target in agreement.targets)
        if f"target/{code}" in form
    ]


def _roles(agreement: Agreement) -> Sequence[RoleEdit]:
    form = request.form
    return [
        RoleEdit(
            role.indicator,
            role.person,
            form.get(f"peran/{role.indicator}/{role.person}", ""),
            form.get(f"hasil/{role.indicator}/{role.person}", ""),
            form.get(f"hapus/{role.indicator}/{role.person}") == "ya",
        )
        for role in agreement.roles
        if f"hasil/{role.indicator}/{role.person}" in form
    ]


def _draft_page(unit: str, year: str, by: Actor, errors: Mapping[str, str]) -> str:
    agreement = _draft_of(unit, year, by)
    pages = Pages(len(agreement.roles), PER_PAGE, page_number())
    return render_template(
        "objectives/draft.html",
        unit=unit,
        year=year,
        unit_name=_name(unit, by),
        agreement=agreement,
        targets=agreement.targets if pages.number == 1 else (),
        cells=agreement.roles[(pages.number - 1) * PER_PAGE : pages.number * PER_PAGE],
        pages=pages,
        errors=errors,
        typed=request.form if errors else {},
        roles=ROLES,
        shown=_typed,
    )


def _attainment_page(unit: str, year: str, by: Actor, errors: Mapping[str, str]) -> str:
    agreement = cycle().objectives.agreement(unit, year, by=by, on=today())
    return render_template(
        "objectives/attainment.html",
        unit=unit,
        year=year,
        unit_name=_name(unit, by),
        agreement=agreement,
        known=cycle().objectives.attainments(unit, year, by=by),
        quarters=_quarters(year),
        today=today(),
        errors=errors,
        typed=request.form if errors else {},
        shown=_typed,
    )


def _quarters(year: str) -> Mapping[str, tuple[str, object]]:
    if not year.isdigit():
        raise NotFound(f"Tahun {year} tidak ada.")
    return quarters(int(year))


def _name(unit: str, by: Actor) -> str:
    return next((one.name for one in cycle().units(by=by) if one.id == unit), unit)


def _number(text: str) -> float | None:
    number = read_number(text)
    return None if number is None else float(as_json(number))


def _typed(value: float | None) -> str:
    """A number as it is typed, in either language: with a comma, ungrouped."""
    exact = as_decimal(value)
    return "" if exact is None else format(exact.normalize(), "f").replace(".", ",")
