"""Usul dari hasil: allowance factors for payroll and career steps, with the reason of each; also as XLSX."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import TypeVar

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.proposals.verbs import READERS, Allowance, Career, State
from engine.cycle.reports.workbook import Cell, workbook
from engine.runtime.values import Page
from web.calibration import asked_year, years
from web.context import cycle, needs, page_number
from web.language import gettext
from web.pages import Pages
from web.reports import XLSX

bp = Blueprint("proposals", __name__, url_prefix="/usul")
Line = TypeVar("Line")
PER_PAGE, AT_ONCE = 50, 500
STATES = {
    State.PROPOSED: lazy_gettext("dapat diusulkan"),
    State.DISPUTED: lazy_gettext("dalam keberatan, ditahan"),
    State.NOT_FINAL: lazy_gettext("belum final, ditahan"),
    State.UNRATED: lazy_gettext("belum dinilai"),
    State.NO_RULE: lazy_gettext("faktor belum ditetapkan instansi"),
}
KINDS = {
    "KENAIKAN_PANGKAT": lazy_gettext("Kenaikan pangkat"),
    "KENAIKAN_PANGKAT_LUAR_BIASA": lazy_gettext("Kenaikan pangkat luar biasa"),
    "KENAIKAN_JENJANG": lazy_gettext("Kenaikan jenjang"),
}


@bp.get("/tunjangan")
def allowance() -> str:
    """Factors of a period, a page at a time."""
    by, year, unit = needs(*READERS), asked_year(needs(*READERS)), request.args.get("unit", "")[:64]
    known = years(by)
    periods = cycle().proposals.periods(year, by=by) if known else {}
    period = asked_period(periods)
    offset = (page_number() - 1) * PER_PAGE
    found: Page[Allowance] = Page([], 0)
    if known:
        found = cycle().proposals.allowance(year, period, unit or None, by=by, limit=PER_PAGE, offset=offset)
    return render_template(
        "proposals/allowance.html",
        lines=found.items,
        pages=Pages(found.total, PER_PAGE, page_number()),
        states=STATES,
        year=year,
        years=known,
        periods=list(periods.items()),
        period=period,
        unit=unit,
        units=cycle().units(by=by),
    )


@bp.get("/karier")
def career() -> str:
    """What the last two results allow each person, a page at a time."""
    by, year, unit = needs(*READERS), asked_year(needs(*READERS)), request.args.get("unit", "")[:64]
    known = years(by)
    offset = (page_number() - 1) * PER_PAGE
    found: Page[Career] = Page([], 0)
    if known:
        found = cycle().proposals.career(year, unit or None, by=by, limit=PER_PAGE, offset=offset)
    return render_template(
        "proposals/career.html",
        lines=found.items,
        pages=Pages(found.total, PER_PAGE, page_number()),
        states=STATES,
        kinds=KINDS,
        year=year,
        years=known,
        unit=unit,
        units=cycle().units(by=by),
    )


@bp.get("/tunjangan.xlsx")
def allowance_file() -> ResponseReturnValue:
    """All factors of a period, for payroll; what is held back has no figure."""
    by, year, unit = needs(*READERS), asked_year(needs(*READERS)), request.args.get("unit", "")[:64] or None
    period = asked_period(cycle().proposals.periods(year, by=by))

    def slice_of(offset: int) -> Page[Allowance]:
        return cycle().proposals.allowance(year, period, unit, by=by, limit=AT_ONCE, offset=offset)

    rows: list[Sequence[Cell]] = [
        (
            *_whose(line),
            line.predicate.label if line.predicate else None,
            {True: "ya", False: "tidak", None: None}[line.reported],
            None if line.percent is None else float(line.percent),
            None if line.share is None else float(line.share),
            str(STATES[line.state]),
        )
        for line in _all(slice_of)
    ]
    columns = ("nip", "nama", "unit", "predikat", "melapor", "persen_kinerja", "persen_kelas", "keterangan")
    return _file(f"tunjangan-{year}-{period}.xlsx", columns, rows)


@bp.get("/karier.xlsx")
def career_file() -> ResponseReturnValue:
    """Every career step of everyone in sight, with its reasons."""
    by, year, unit = needs(*READERS), asked_year(needs(*READERS)), request.args.get("unit", "")[:64] or None

    def slice_of(offset: int) -> Page[Career]:
        return cycle().proposals.career(year, unit, by=by, limit=AT_ONCE, offset=offset)

    rows: list[Sequence[Cell]] = [
        (*_whose(line), step.kind, "ya" if step.eligible else "tidak", "; ".join(step.reasons))
        for line in _all(slice_of)
        for step in line.steps
    ]
    return _file(f"karier-{year}.xlsx", ("nip", "nama", "unit", "usul", "memenuhi", "alasan"), rows)


def asked_period(periods: Mapping[str, str]) -> str:
    """The period in the address if the year has it, else the first."""
    wanted = request.args.get("periode", "")
    return wanted if wanted in periods else next(iter(periods), "")


def _all(slice_of: Callable[[int], Page[Line]]) -> list[Line]:
    """Everything that comes in slices, each from an offset."""
    found: list[Line] = []
    while True:
        page = slice_of(len(found))
        found += page.items
        if not page.items or len(found) >= page.total:
            return found


def _whose(line: Allowance | Career) -> tuple[Cell, Cell, Cell]:
    return line.person.nip, line.person.name, line.person.unit_name


def _file(name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> ResponseReturnValue:
    content = workbook([(gettext("Usul"), columns, rows)])
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
