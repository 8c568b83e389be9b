"""Employees: where they stand in the organisation, who appraises them, what cases they have."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.cycle.privacy.readings import ReadKind
from engine.cycle.proxies import PROCESSES
from web.context import application, cycle, engine, needs, page_number
from web.pages import Pages
from web.readings import tells_of

bp = Blueprint("people", __name__, url_prefix="/pegawai")
PER_PAGE = 50


@bp.get("")
def index() -> ResponseReturnValue:
    by = needs("personnel", "auditor")
    search, unit = request.args.get("cari", "").strip()[:100], request.args.get("unit", "")
    page = cycle().employees(
        by=by, search=search, unit=unit or None, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE
    )
    return render_template(
        "people/index.html",
        employees=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        search=search,
        requests=application().privacy.requests.waiting(by=by),
        unit=unit,
        units=cycle().units(by=by),
    )


@bp.get("/<employee_id>")
def show(employee_id: str) -> ResponseReturnValue:
    """One employee, and the cases that the reader may open."""
    by = needs("personnel", "auditor")
    employee = cycle().employee(employee_id, by=by)
    tells_of(employee_id, ReadKind.PERSON, employee_id)
    cases = engine().cases(by=by, subject=employee_id, limit=20).items
    events = cycle().lines.events(employee_id, by=by)
    may_change = "personnel" in by.roles and employee_id != by.person
    return render_template(
        "people/show.html",
        view=employee,
        person=employee.employee,
        cases=cases,
        may_change=may_change,
        proxies=cycle().lines.proxies(employee_id, by=by) if may_change else (),
        processes=PROCESSES,
        events=events,
        recorders=cycle().names({event.recorded_by for event in events}),
    )
