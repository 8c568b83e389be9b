"""For auditors: prove that nothing in a history was changed, by every chain and by the checkpoints that they keep."""

from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Refused
from engine.runtime.checkpoints import Checked, file_name
from web.context import application, engine, needs
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
        kept=checkpoints.kept(by=by),
        schedule=application().witness.schedule(by=by),
        checked=checked,
        refusal=refusal,
        typed=request.form.get("kunci", "")[:100],
    )


@bp.post("/periksa")
def order() -> ResponseReturnValue:
    """Look at every event and every sealed value, in the background."""
    engine().checkpoints.order(by=needs("auditor"))
    return redirect(url_for(".index"), 303)


@bp.get("/titik-periksa/<int:no>")
def file(no: int) -> ResponseReturnValue:
    """The file of a checkpoint that is still here, for who did not get it by mail."""
    content = engine().checkpoints.file(no, by=needs("auditor"))
    return send_file(BytesIO(content), mimetype="application/gzip", as_attachment=True, download_name=file_name(no))


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
