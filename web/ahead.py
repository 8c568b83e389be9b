"""Setelah ini: one's whole year on one page, what is expected, by when, and what happens after."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from engine.cycle.ahead import Part, State, Step, Year
from web import ahead_words
from web.context import actor, application
from web.filters import plain_day
from web.language import gettext

bp = Blueprint("ahead", __name__)


@dataclass(frozen=True)
class Line:
    """A step in the reader's words."""

    step: Step
    title: str
    when: str
    lapse: str


@bp.get("/setelah-ini")
def index() -> str:
    year = application().ahead.year(request.args.get("siklus", "")[:20], by=actor())
    return render_template(
        "ahead/index.html",
        year=year,
        parts=[(part, heading(part), [line(step, part, year) for step in part.steps]) for part in year.parts]
        if year
        else [],
        states={State.DONE: gettext("Selesai"), State.NOW: gettext("Sekarang"), State.NEXT: gettext("Nanti")},
        years=[(one.cycle, one.title) for one in year.years] if year else [],
        title=ahead_words.title,
    )


def heading(part: Part) -> str:
    if part.period is not None:
        days = f"{plain_day(part.period['starts'])} – {plain_day(part.period['ends'])}"
        return f"{part.period['name']} ({days})"
    return {
        "planning": gettext("Perencanaan"),
        "appraisal": gettext("Evaluasi tahunan"),
        "objection": gettext("Keberatan"),
        "follow_up": gettext("Tindak lanjut"),
    }[part.phase]


def line(step: Step, part: Part, year: Year) -> Line:
    return Line(
        step,
        ahead_words.title(step),
        ahead_words.when(step, year.facts),
        ahead_words.lapse(step, year.facts, part.period),
    )
