"""For operators: cases that were parked because something failed, and another try."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.context import engine, needs, page_number
from web.language import gettext
from web.pages import Pages

bp = Blueprint("incidents", __name__, url_prefix="/gangguan")
PER_PAGE = 50


@bp.get("")
def index() -> ResponseReturnValue:
    by = needs("operator")
    status = "resolved" if request.args.get("keadaan") == "selesai" else "open"
    offset = (page_number() - 1) * PER_PAGE
    page = engine().incidents(by=by, status=status, limit=PER_PAGE, offset=offset)
    return render_template(
        "incidents/index.html", incidents=page.items, pages=Pages(page.total, PER_PAGE, page_number()), status=status
    )


@bp.post("/<int:incident_id>/ulangi")
def retry(incident_id: int) -> ResponseReturnValue:
    """Carry the failed step out again."""
    if engine().retry_incident(incident_id, by=needs("operator")):
        flash(gettext("Langkah itu berhasil dan perkaranya berjalan lagi."), "success")
    else:
        flash(gettext("Langkah itu gagal lagi dengan sebab di bawah."), "error")
    return redirect(url_for(".index"), 303)
