"""For auditors: prove that nothing in a history was changed, by every chain and by the checkpoints that they keep."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Refused
from engine.runtime.checkpoints import Checked
from web.context import engine, needs
from web.language import gettext

bp = Blueprint("integrity", __name__, url_prefix="/keutuhan")


@bp.get("")
def index() -> ResponseReturnValue:
    return page()


def page(checked: Checked | None = None, refusal: str = "") -> str:
    """The last check, the way to another, and a checkpoint held against the history."""
    by, checkpoints = needs("auditor"), engine().checkpoints
    last = checkpoints.last(by=by)
    said = engine().batches.items(last.id, by=by, limit=1).items[0].said if last is not None else None
    return render_template(
        "integrity/index.html",
        last=last,
        said=said,
        signed=checkpoints.all(by=by),
        checked=checked,
        refusal=refusal,
        typed=request.form.get("kunci", "")[:100],
    )


@bp.post("/periksa")
def order() -> ResponseReturnValue:
    """Look at every event and every sealed value, in the background."""
    engine().checkpoints.order(by=needs("auditor"))
    return redirect(url_for(".index"), 303)


@bp.post("/titik-periksa")
def check() -> ResponseReturnValue:
    """Hold a checkpoint that the auditor has kept against the history of now."""
    by, upload = needs("auditor"), request.files.get("berkas")
    if upload is None or not upload.filename:
        return page(refusal=gettext("Pilih berkas titik periksa.")), 422
    try:
        key = request.form.get("kunci", "").strip() or None
        checked = engine().checkpoints.check(upload.read(), by=by, public_key=key)
    except Refused as refused:
        return page(refusal=str(refused)), 422
    return page(checked), 409 if checked.breach else 200
