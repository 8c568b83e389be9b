"""My data: who has read it, a copy to take along, what one asks for about it; and where personnel answer."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.privacy.readings import ReadKind
from engine.errors import FormInvalid, Refused
from web.context import actor, application, needs, page_number
from web.language import gettext
from web.pages import Pages
from web.readings import tells_of, what

bp = Blueprint("privacy", __name__)
PER_PAGE = 50
ASKED = {
    "PERBAIKI": lazy_gettext("Perbaiki data yang salah atau kurang"),
    "HAPUS": lazy_gettext("Hapus data"),
    "TUNDA": lazy_gettext("Tunda atau batasi pemakaian data"),
}
ANSWERS = {
    "waiting": (lazy_gettext("Menunggu jawaban"), "draft"),
    "granted": (lazy_gettext("Dikabulkan"), "done"),
    "declined": (lazy_gettext("Ditolak"), "returned"),
}


@bp.get("/data-saya")
def index() -> ResponseReturnValue:
    """What one may do about one's own data."""
    return own_page({}, {})


def own_page(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    by, privacy = actor(), application().privacy
    return render_template(
        "privacy/index.html",
        copy=privacy.copies.latest(by=by),
        readings=privacy.readings.of_me(by=by, limit=5),
        requests=privacy.requests.of_me(by=by),
        what=what,
        asked=ASKED,
        answers=ANSWERS,
        typed=typed,
        errors=errors,
    )


@bp.post("/data-saya/salinan")
def order_copy() -> ResponseReturnValue:
    """Order a copy of one's own data."""
    try:
        application().privacy.copies.order(by=actor())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(gettext("Salinan Anda sedang dibuat. Anda diberi tahu lewat surel bila sudah siap."), "success")
    return redirect(url_for(".index"), 303)


@bp.get("/data-saya/salinan/<uuid:copy_id>.zip")
def take_copy(copy_id: UUID) -> ResponseReturnValue:
    """A finished copy."""
    content = application().privacy.copies.take(copy_id, by=actor())
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name="data-saya.zip")


@bp.get("/data-saya/pembaca")
def readers() -> ResponseReturnValue:
    """Who has read what about the one who asks."""
    page = application().privacy.readings.of_me(by=actor(), limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "privacy/readers.html", readings=page.items, pages=Pages(page.total, PER_PAGE, page_number()), what=what
    )


@bp.post("/data-saya/permintaan")
def ask() -> ResponseReturnValue:
    """Ask personnel for something about one's own data."""
    try:
        application().privacy.requests.ask(request.form.get("kind", ""), request.form.get("text", ""), by=actor())
    except FormInvalid as invalid:
        return own_page(request.form, invalid.errors), 422
    except Refused as refused:
        return own_page(request.form, {"text": str(refused)}), 409
    flash(gettext("Permintaan Anda tercatat. Anda diberi tahu lewat surel bila sudah dijawab."), "success")
    return redirect(url_for(".index"), 303)


@bp.get("/permintaan-data")
def requests() -> ResponseReturnValue:
    """What people have asked for, the most urgent first."""
    by = needs("personnel", "auditor")
    page = application().privacy.requests.all(by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "privacy/requests.html",
        requests=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        asked=ASKED,
        answers=ANSWERS,
    )


@bp.get("/permintaan-data/<uuid:request_id>")
def show_request(request_id: UUID) -> ResponseReturnValue:
    return request_page(request_id)


def request_page(request_id: UUID, refusal: str = "") -> str:
    """One request, and where it is decided."""
    by = needs("personnel", "auditor")
    one = application().privacy.requests.one(request_id, by=by)
    tells_of(one.person, ReadKind.PERSON, f"permintaan/{one.id}")
    return render_template(
        "privacy/request.html",
        one=one,
        asked=ASKED,
        answers=ANSWERS,
        refusal=refusal,
        typed=request.form.get("alasan", ""),
        may_decide="personnel" in by.roles and one.person != by.person and one.waits,
    )


@bp.post("/permintaan-data/<uuid:request_id>/<verb>")
def decide(request_id: UUID, verb: str) -> ResponseReturnValue:
    """Grant or decline, with a reason."""
    if verb not in ("kabulkan", "tolak"):
        abort(404)
    try:
        application().privacy.requests.decide(
            request_id, verb == "kabulkan", request.form.get("alasan", ""), by=needs("personnel")
        )
    except Refused as refused:
        return request_page(request_id, str(refused)), 409
    flash(gettext("Keputusan dicatat dan disampaikan kepada pegawai."), "success")
    return redirect(url_for(".show_request", request_id=request_id), 303)
