"""Reports whose deadline passed unanswered: personnel, or the appraiser's superior, give one back with a reason."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.dates.lapsed import Lapsed, LapsedCase
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.spreads import ANNUAL
from engine.errors import FormInvalid, NotFound, Refused
from web.context import actor, application, cycle, page_number
from web.language import gettext
from web.objectives import asked_year, years
from web.pages import Pages
from web.readings import tells_of, tells_of_all

bp = Blueprint("lapsed", __name__, url_prefix="/laporan-lewat")
PER_PAGE = 20


@bp.get("")
def index() -> ResponseReturnValue:
    """The people with lapsed reports that the actor may give back."""
    by = actor()
    year = asked_year(by)
    page = application().lapsed_reports.cases(year, by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    tells_of_all((one.subject for one in page.items), ReadKind.CASE, "laporan-lewat")
    return render_template(
        "lapsed/index.html",
        cases=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        year=year,
        years=years(by),
        unit_names={one.id: one.name for one in cycle().units(by=by)},
        name_of=name_of,
    )


@bp.get("/<uuid:case_id>/<period>")
def show(case_id: UUID, period: str) -> ResponseReturnValue:
    """What giving a report back would mean, and until when."""
    return form_page(case_id, period, {})


@bp.post("/<uuid:case_id>/<period>")
def give_back(case_id: UUID, period: str) -> ResponseReturnValue:
    found = application().lapsed_reports.case(case_id, by=actor())
    try:
        last = date.fromisoformat(request.form.get("sampai", ""))
    except ValueError:
        return form_page(case_id, period, {"sampai": gettext("Tulis tanggalnya.")}), 422
    try:
        reason = request.form.get("alasan", "")
        application().lapsed_reports.give_back(case_id, period, last, reason=reason, by=actor())
    except FormInvalid as invalid:
        return form_page(case_id, period, invalid.errors), 422
    except Refused as refused:
        return form_page(case_id, period, {"alasan": str(refused)}), 422
    tells_of(found.subject, ReadKind.CASE, case_id)
    flash(gettext("Laporan dikembalikan kepada %(name)s.", name=found.subject_name), "success")
    return redirect(url_for(".index"), 303)


def form_page(case_id: UUID, period: str, errors: Mapping[str, str]) -> str:
    found = application().lapsed_reports.case(case_id, by=actor())
    tells_of(found.subject, ReadKind.CASE, case_id)
    return render_template(
        "lapsed/show.html",
        found=found,
        report=report_of(found, period),
        name_of=name_of,
        typed=request.form,
        errors=errors,
    )


def report_of(found: LapsedCase, period: str) -> Lapsed:
    report = next((one for one in found.reports if one.period == period), None)
    if report is None:
        raise NotFound(gettext("Laporan ini tidak lewat batas, sudah dikembalikan, atau hasilnya sudah diterima."))
    return report


def name_of(report: Lapsed) -> str:
    return gettext("Laporan tahunan") if report.period == ANNUAL else gettext("Laporan %(period)s", period=report.name)
