"""My data: who has read it, a copy to take along."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Refused
from web.context import actor, application, page_number
from web.language import gettext
from web.pages import Pages
from web.readings import what

bp = Blueprint("privacy", __name__, url_prefix="/data-saya")
PER_PAGE = 50


@bp.get("")
def index() -> ResponseReturnValue:
    """What one may do about one's own data."""
    by, privacy = actor(), application().privacy
    return render_template(
        "privacy/index.html",
        copy=privacy.copies.latest(by=by),
        readings=privacy.readings.of_me(by=by, limit=5),
        what=what,
    )


@bp.post("/salinan")
def order_copy() -> ResponseReturnValue:
    """Order a copy of one's own data."""
    try:
        application().privacy.copies.order(by=actor())
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(gettext("Salinan Anda sedang dibuat. Anda diberi tahu lewat surel bila sudah siap."), "success")
    return redirect(url_for(".index"), 303)


@bp.get("/salinan/<uuid:copy_id>.zip")
def take_copy(copy_id: UUID) -> ResponseReturnValue:
    """A finished copy."""
    content = application().privacy.copies.take(copy_id, by=actor())
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name="data-saya.zip")


@bp.get("/pembaca")
def readers() -> ResponseReturnValue:
    """Who has read what about the one who asks."""
    page = application().privacy.readings.of_me(by=actor(), limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "privacy/readers.html", readings=page.items, pages=Pages(page.total, PER_PAGE, page_number()), what=what
    )
