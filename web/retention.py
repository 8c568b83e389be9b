"""Erasure by the retention schedule: what is over its time, who proposes, who decides, how far it is."""

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.models import ProposalStatus
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.privacy.retention import Retention
from engine.cycle.privacy.schedule import Retained
from engine.errors import Refused
from engine.runtime.values import Actor
from web.context import application, cycle, needs, page_number
from web.language import gettext
from web.pages import Pages
from web.parameters import STATUSES
from web.readings import tells_of_all

bp = Blueprint("retention", __name__, url_prefix="/penghapusan")
PER_PAGE = 50
KINDS = {
    Retained.SECRETS: (
        lazy_gettext("Catatan konseling"),
        lazy_gettext("Isian konseling dan kuncinya. Saran yang diteruskan tetap ada sampai evaluasinya dihapus."),
    ),
    Retained.EVIDENCE: (
        lazy_gettext("Bukti dan catatan kinerja"),
        lazy_gettext("Berkas bukti, namanya, dan isi catatan kinerja."),
    ),
    Retained.EVALUATION: (
        lazy_gettext("SKP dan evaluasi"),
        lazy_gettext(
            "Semua isian, data, draf, surat, SKP, evaluasi periodik, umpan balik, survei, serta dokumennya. Predikat tahunan, dokumen evaluasi dan angka kredit tetap disimpan."
        ),
    ),
}
DECISIONS: Mapping[str, Callable[[Retention, UUID, Actor], object]] = {
    "setujui": lambda retention, erasure, by: retention.accept(erasure, by=by),
    "tolak": lambda retention, erasure, by: retention.decline(erasure, request.form.get("alasan", ""), by=by),
}


@bp.get("")
def index() -> ResponseReturnValue:
    return page()


def page(refusal: str = "") -> str:
    """What is due, what was proposed."""
    by, retention = needs("personnel", "auditor"), application().privacy.retention
    proposals = retention.proposals(by=by)
    tells_of_all((one.person for one in proposals if one.person), ReadKind.PERSON, "penghapusan")
    people = {who for one in proposals for who in (one.person, one.proposed_by, one.decided_by) if who}
    return render_template(
        "retention/index.html",
        due=retention.preview(by=by),
        proposals=proposals,
        names=cycle().names(people),
        waiting={one.kind for one in proposals if one.status is ProposalStatus.WAITING and one.person is None},
        span_words=span_words,
        kinds=KINDS,
        statuses=STATUSES,
        me=by.person,
        may_act="personnel" in by.roles,
        refusal=refusal,
        typed=request.form.get("alasan", ""),
    )


@bp.get("/<kind>")
def cases(kind: str) -> ResponseReturnValue:
    """Whose data would go."""
    by, wanted = needs("personnel", "auditor"), kind_of(kind)
    found = application().privacy.retention.cases(wanted, by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    pages = Pages(found.total, PER_PAGE, page_number())
    return render_template("retention/cases.html", kind=wanted, kinds=KINDS, cases=found.items, pages=pages)


@bp.post("/<kind>")
def propose(kind: str) -> ResponseReturnValue:
    """Propose to erase what is over its time today."""
    try:
        application().privacy.retention.propose(kind_of(kind), request.form.get("alasan", ""), by=needs("personnel"))
    except Refused as refused:
        return page(str(refused)), 409
    flash(gettext("Usul penghapusan tercatat; pengelola lain memutuskannya."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/usul/<uuid:erasure>/<verb>")
def decide(erasure: UUID, verb: str) -> ResponseReturnValue:
    """Carry a proposal out, or say no."""
    if verb not in DECISIONS:
        abort(404)
    try:
        DECISIONS[verb](application().privacy.retention, erasure, needs("personnel"))
    except Refused as refused:
        return page(str(refused)), 409
    flash(gettext("Keputusan dicatat."), "success")
    return redirect(url_for(".index"), 303)


def span_words(text: str) -> str:
    """How long something is kept, as people say it: "2 tahun 6 bulan" for "P2Y6M"."""
    words = {"Y": gettext("tahun"), "M": gettext("bulan")}
    return " ".join(f"{number} {words[unit]}" for number, unit in re.findall(r"(\d+)([YM])", text))


def kind_of(text: str) -> Retained:
    if text not in set(Retained):
        abort(404)
    return Retained(text)
