"""One person's data goes before its time, on a granted request: what would go, why, and what has become of it."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.models import ProposalStatus
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.privacy.schedule import Retained
from engine.errors import FormInvalid, Refused
from web.context import application, needs
from web.language import gettext
from web.parameters import STATUSES
from web.readings import tells_of
from web.retention import KINDS

bp = Blueprint("erasing", __name__, url_prefix="/permintaan-data/<uuid:request_id>/penghapusan")


@bp.get("")
def show(request_id: UUID) -> ResponseReturnValue:
    return page(request_id, {})


def page(request_id: UUID, errors: Mapping[str, str], refusal: str = "") -> str:
    """What could go of the person who asked, and what was proposed already."""
    by, privacy = needs("personnel", "auditor"), application().privacy
    one = privacy.requests.one(request_id, by=by)
    proposals = privacy.early.proposals(request_id, by=by)
    waiting = {each.kind for each in proposals if each.status is ProposalStatus.WAITING}
    left = [each for each in privacy.early.preview(request_id, by=by) if each.cases and each.kind not in waiting]
    tells_of(one.person, ReadKind.PERSON, f"permintaan/{one.id}")
    return render_template(
        "privacy/erase.html",
        one=one,
        left=left,
        cases={each.kind: privacy.retention.cases(each.kind, person=one.person, by=by).items for each in left},
        proposals=proposals,
        kinds=KINDS,
        statuses=STATUSES,
        errors=errors,
        refusal=refusal,
        chosen=request.form.getlist("jenis"),
        typed=request.form.get("alasan", ""),
        may_act="personnel" in by.roles and one.person != by.person,
    )


@bp.post("")
def propose(request_id: UUID) -> ResponseReturnValue:
    """Propose to erase the chosen kinds."""
    by, known = needs("personnel"), set(Retained)
    kinds = [Retained(text) for text in request.form.getlist("jenis") if text in known]
    try:
        application().privacy.early.propose(request_id, kinds, request.form.get("alasan", ""), by=by)
    except FormInvalid as invalid:
        return page(request_id, invalid.errors), 422
    except Refused as refused:
        return page(request_id, {}, str(refused)), 409
    flash(gettext("Usul penghapusan tercatat; pengelola lain memutuskannya."), "success")
    return redirect(url_for(".show", request_id=request_id), 303)
