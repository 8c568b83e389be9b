"""A closed survey, as somebody invited answers it. Nothing typed here is kept but the sealed ballot."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.surveys.verbs import SCALE, Survey
from engine.errors import FormInvalid
from web.context import actor, cycle
from web.language import gettext

bp = Blueprint("surveys", __name__, url_prefix="/survei")


@bp.get("/<uuid:survey_id>")
def show(survey_id: UUID) -> ResponseReturnValue:
    return survey_page(cycle().surveys.survey(survey_id, by=actor()), {}, {})


@bp.post("/<uuid:survey_id>")
def answer(survey_id: UUID) -> ResponseReturnValue:
    by = actor()
    survey = cycle().surveys.survey(survey_id, by=by)
    chosen = {code: score_of(request.form.get(f"nilai-{code}", "")) for code, _ in survey.behaviours}
    try:
        cycle().surveys.answer(survey_id, chosen, by=by)
    except FormInvalid as invalid:
        return survey_page(survey, chosen, dict(invalid.errors)), 422
    flash(gettext("Jawaban Anda tersegel. Tidak seorang pun dapat membacanya."), "success")
    return redirect(url_for("team.index"), 303)


def survey_page(survey: Survey, chosen: dict[str, int], errors: dict[str, str]) -> str:
    words = [gettext("Tidak pernah"), gettext("Jarang"), gettext("Kadang"), gettext("Sering"), gettext("Selalu")]
    scale = list(zip(SCALE, words, strict=True))
    return render_template("surveys/show.html", survey=survey, chosen=chosen, errors=errors, scale=scale)


def score_of(text: str) -> int:
    return int(text) if len(text) == 1 and text.isascii() and text.isdigit() else 0
