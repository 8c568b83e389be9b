"""Papers of the year: look at one, issue it, download it; and the public page that checks a code."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.papers.kinds import PaperKind
from engine.cycle.privacy.readings import ReadKind
from engine.errors import NotFound, Refused
from web.context import actor, application, cycle, needs
from web.language import gettext
from web.readings import tells_of, tells_of_all, tells_of_paper

bp = Blueprint("papers", __name__)
BUNDLE = "massal"


@bp.get("/dokumen/<kind>/<path:about>")
def show(kind: str, about: str) -> ResponseReturnValue:
    """A paper as it reads now, and its issued versions."""
    return paper_page(kind_of(kind), about)


@bp.post("/dokumen/<kind>/<path:about>")
def issue(kind: str, about: str) -> ResponseReturnValue:
    """Issue the next version, if anything has changed."""
    wanted = kind_of(kind)
    try:
        application().papers.issue(wanted, about, by=actor())
    except Refused as refused:
        return paper_page(wanted, about, str(refused)), 409
    return redirect(url_for(".show", kind=kind, about=about), 303)


def paper_page(kind: PaperKind, about: str, refusal: str = "") -> str:
    opened = application().papers.open(kind, about, by=actor())
    tells_of_paper(opened.line.source)
    return render_template("papers/show.html", line=opened.line, opened=opened, refusal=refusal)


@bp.get("/dokumen/massal")
def bulk() -> ResponseReturnValue:
    """Orders of many papers, and where a new one is given."""
    needs("personnel")
    return bulk_page()


@bp.post("/dokumen/massal")
def start_bulk() -> ResponseReturnValue:
    by, year, unit = needs("personnel"), request.form.get("siklus", "")[:32], request.form.get("unit", "")[:64] or None
    try:
        application().bulk_papers.start(kind_of(request.form.get("jenis", "")), year, unit, by=by)
    except Refused as refused:
        return bulk_page(str(refused)), 422
    flash(gettext("Dokumen sedang diterbitkan. Halaman ini menunjukkan kemajuannya."), "success")
    return redirect(url_for(".bulk"), 303)


def bulk_page(refusal: str = "") -> str:
    by, orders = actor(), application().bulk_papers
    return render_template(
        "papers/bulk.html",
        orders=[(order, orders.parts(order)) for order in orders.all(by=by)],
        kinds=[(kind.value, kind.heading) for kind in PaperKind],
        years=[(one.id, str(one.year)) for one in cycle().cycles(by=by)],
        units=cycle().units(by=by),
        refusal=refusal,
    )


@bp.get("/dokumen/massal/<uuid:batch_id>/<int:part>.zip")
def part(batch_id: UUID, part: int) -> ResponseReturnValue:
    """Some of an order's papers, packed together."""
    content, subjects = application().bulk_papers.part(batch_id, part, by=needs("personnel"))
    tells_of_all(subjects, ReadKind.PAPER, f"{BUNDLE}/{batch_id}")
    name = f"siklus-dokumen-{batch_id.hex[:8]}-{part}.zip"
    return send_file(BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)


def kind_of(text: str) -> PaperKind:
    try:
        return PaperKind(text)
    except ValueError as unknown:
        raise NotFound(gettext("Dokumen seperti ini tidak ada.")) from unknown


@bp.get("/dokumen/<uuid:paper_id>.pdf")
def pdf(paper_id: UUID) -> ResponseReturnValue:
    """An issued version, byte for byte as it was issued."""
    paper, content = application().papers.pdf(paper_id, by=actor())
    tells_of(paper.subject, ReadKind.PAPER, f"{paper.kind}/{paper.about}")
    name = f"{paper.kind}-{paper.cycle}-v{paper.version}-{paper.shown_code}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


@bp.get("/verifikasi")
def check() -> ResponseReturnValue:
    """Where anybody types the code of a paper."""
    text = request.args.get("kode", "").strip()[:60]
    return redirect(url_for(".verified", code=text), 303) if text else verification_page("")


@bp.get("/verifikasi/<code>")
def verified(code: str) -> ResponseReturnValue:
    """What the register says of a code, to anybody."""
    found = application().papers.verify(code)
    return (
        verification_page(code, found is None)
        if found is None
        else render_template("papers/verified.html", found=found)
    )


def verification_page(code: str, unknown: bool = False) -> ResponseReturnValue:
    return render_template("papers/verify.html", code=code[:60], unknown=unknown), 404 if unknown else 200
