"""Running cases and another release: whom it would touch, the move itself, and the way back."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import DefinitionError, Refused
from engine.runtime.moves.values import Choices, Fate
from web.context import engine, page_number
from web.pages import Pages
from web.studio import effects
from web.studio.publishing import publish_page
from web.studio.room import bp, owner

PER_PAGE = 25
REPLACES = "ganti."  # prefix of the fields that say which element stands for a removed one

__all__ = ["effects"]


@bp.get("/gladi")
def rehearsals() -> ResponseReturnValue:
    """The newest rehearsals, and the form that begins one."""
    return _overview()


def _overview(refusal: str = "") -> str:
    found = sorted(engine().releases(by=owner()), key=lambda release: -release.number)
    return render_template(
        "studio/rehearsals.html",
        rehearsals=engine().moves.rehearsals(by=owner()),
        releases=found,
        drafts=any(document.draft_revision is not None for document in engine().documents(by=owner())),
        refusal=refusal,
    )


@bp.post("/gladi")
def rehearse() -> ResponseReturnValue:
    """Begin a rehearsal of the drafts, or of a release."""
    number = request.form.get("release", "")
    mapping = {
        name.removeprefix(REPLACES): value
        for name, value in request.form.items()
        if name.startswith(REPLACES) and value
    }
    choices = Choices(mapping, restart=request.form.get("hours") == "restart")
    try:
        started = engine().moves.start_rehearsal(int(number) if number.isdigit() else None, choices, by=owner())
    except DefinitionError as refused:
        return publish_page(
            gettext("Gladi belum dapat dimulai. Perbaiki kesalahan di bawah lebih dahulu."), "", refused.problems
        ), 422
    except Refused as refused:
        return _overview(str(refused)), 409
    return redirect(url_for(".rehearsal", id=started), 303)


@bp.get("/gladi/<uuid:id>")
def rehearsal(id: UUID) -> ResponseReturnValue:
    return _page(id)


def _page(id: UUID, refusal: str = "") -> str:
    """How far a rehearsal has come, what it says by group and by person, and what can be done now."""
    moves, by = engine().moves, owner()
    kept = moves.rehearsal(id, by=by)
    over = kept.played is not None and not kept.played.waiting
    fate, search = request.args.get("nasib", ""), request.args.get("cari", "").strip()[:100]
    whole = over and kept.played is not None and not kept.played.failed
    groups, replacements = moves.report(id, by=by) if whole else ([], [])
    offset = (page_number() - 1) * PER_PAGE
    people = moves.rehearsed(id, by=by, fate=fate or None, search=search, limit=PER_PAGE, offset=offset)
    return render_template(
        "studio/rehearsal.html",
        kept=kept,
        over=over,
        running=next((order for order in (kept.undone, kept.moved, kept.played) if order and order.waiting), None),
        groups=groups,
        replacements=replacements,
        people=people.items,
        pages=Pages(people.total, PER_PAGE, page_number()),
        fates=[(code, effects.fate_name(code)) for code in Fate],
        fate=fate,
        search=search,
        refusal=refusal,
    )


@bp.post("/gladi/<uuid:id>/pindahkan")
def migrate(id: UUID) -> ResponseReturnValue:
    """Move every case for which the rehearsal found no obstacle."""
    if request.form.get("sure") != "yes":
        return _page(id, gettext("Beri tanda bahwa Anda sudah membaca hasil gladi.")), 422
    try:
        engine().moves.migrate(id, by=owner())
    except Refused as refused:
        return _page(id, str(refused)), 409
    flash(gettext("Pemindahan dimulai. Anda boleh menutup halaman ini; pekerjaan berlanjut sendiri."), "success")
    return redirect(url_for(".rehearsal", id=id), 303)


@bp.post("/gladi/<uuid:id>/batalkan")
def undo(id: UUID) -> ResponseReturnValue:
    """Put the moved cases back, those that stand still."""
    try:
        engine().moves.undo(id, by=owner())
    except Refused as refused:
        return _page(id, str(refused)), 409
    flash(gettext("Pembatalan dimulai. Perkara yang sudah berjalan lagi tetap pada rilis barunya."), "success")
    return redirect(url_for(".rehearsal", id=id), 303)
