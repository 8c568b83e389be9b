"""The people around me: whom I appraise and how far they are, who works beside me, feedback and surveys among us."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.feedback import Topics
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.surveys.verbs import Outcome
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from web.context import actor, cycle
from web.language import gettext
from web.objectives import asked_year, years
from web.readings import tells_of

bp = Blueprint("team", __name__, url_prefix="/tim")


@bp.get("")
def index() -> ResponseReturnValue:
    by = actor()
    year = asked_year(by)
    reports = cycle().team.reports(year, by=by)
    return render_template(
        "team/index.html",
        reports=reports,
        late=sum(bool(one.late) for one in reports),
        silent=sum(not one.has_feedback for one in reports),
        colleagues=cycle().team.colleagues(by=by),
        surveys=cycle().surveys.invitations(by=by),
        received=cycle().feedback.about(by.person, year, by=by),
        outcomes=outcomes(by.person, year),
        year=year,
        years=years(by),
    )


@bp.get("/<person>")
def show(person: str) -> ResponseReturnValue:
    """What has been said about a person, as far as the reader may see it, and what the reader may add."""
    return person_page(person, asked_year(actor()))


@bp.post("/<person>/umpan-balik")
def give(person: str) -> ResponseReturnValue:
    year, typed = request.form.get("siklus", "")[:32], request.form
    topic, kind, text = (typed.get(name, "") for name in ("tentang", "jenis", "uraian"))
    try:
        cycle().feedback.give(person, year, topic=topic, kind=kind, text=text, by=actor())
    except FormInvalid as invalid:
        return person_page(person, year, typed, invalid.errors), 422
    flash(gettext("Umpan balik tersampaikan; pegawai dapat membacanya sekarang."), "success")
    return redirect(url_for(".show", person=person, siklus=year), 303)


@bp.post("/<person>/survei")
def open_survey(person: str) -> ResponseReturnValue:
    year = request.form.get("siklus", "")[:32]
    try:
        cycle().surveys.open(person, year, request.form.get("periode", "")[:16], by=actor())
    except NotYours:
        raise
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(gettext("Survei dibuka; rekan dan bawahan diundang lewat surel dan halaman Tim."), "success")
    return redirect(url_for(".show", person=person, siklus=year), 303)


def person_page(
    person: str, year: str, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    by = actor()
    topics, found = topics_of(person, year), outcomes(person, year)
    if topics is None and found is None:
        raise NotFound("Halaman ini tidak ada, atau bukan untuk Anda.")
    tells_of(person, ReadKind.FEEDBACK, f"{person}/{year}")
    return render_template(
        "team/person.html",
        person=person,
        name=cycle().names([person]).get(person, person),
        topics=topics,
        outcomes=found,
        periods=cycle().surveys.periods(year, person, by=by),
        received=cycle().feedback.about(person, year, by=by),
        year=year,
        years=years(by),
        typed=typed or {},
        errors=errors or {},
    )


def topics_of(person: str, year: str) -> Topics | None:
    """What the reader may give feedback on; None for who does not work with the person."""
    try:
        return cycle().feedback.topics(person, year, by=actor())
    except NotYours:
        return None


def outcomes(person: str, year: str) -> list[Outcome] | None:
    """What the surveys about a person came to; None for who may not know."""
    try:
        return list(cycle().surveys.outcomes(person, year, by=actor()))
    except NotYours:
        return None
