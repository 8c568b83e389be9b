"""Bulk work: how far each order has come, what failed and why, and the ways to stop or go on."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.runtime.batches import Batches, Outcome
from web.context import engine, needs, page_number
from web.pages import Pages

bp = Blueprint("batches", __name__, url_prefix="/pekerjaan")
PER_PAGE = 50
ROLES = frozenset({"operator", "process_owner", "personnel", "auditor"})
STATUSES = {
    "running": lazy_gettext("Sedang berjalan"),
    "paused": lazy_gettext("Dijeda"),
    "done": lazy_gettext("Selesai"),
    "cancelled": lazy_gettext("Dihentikan"),
}
OUTCOMES = {
    "waiting": lazy_gettext("Menunggu"),
    "done": lazy_gettext("Berhasil"),
    "failed": lazy_gettext("Gagal"),
    "skipped": lazy_gettext("Dilewati"),
}
VERBS: Mapping[str, Callable[..., Any]] = {
    "jeda": Batches.pause,
    "lanjut": Batches.resume,
    "henti": Batches.cancel,
    "ulangi": Batches.retry_failed,
}


@bp.get("")
def index() -> ResponseReturnValue:
    by = needs(*ROLES)
    page = engine().batches.list(by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    pages = Pages(page.total, PER_PAGE, page_number())
    return render_template("batches/index.html", batches=page.items, pages=pages, statuses=STATUSES)


@bp.get("/<uuid:batch_id>")
def show(batch_id: UUID) -> ResponseReturnValue:
    """One order; the page asks again by itself while it runs. Its items can be narrowed to one outcome."""
    by = needs(*ROLES)
    batch = engine().batches.view(batch_id, by=by)
    outcome = request.args.get("hasil", "failed" if batch.failed else "")
    items = engine().batches.items(
        batch_id,
        by=by,
        outcome=outcome if outcome in set(Outcome) else None,
        limit=PER_PAGE,
        offset=(page_number() - 1) * PER_PAGE,
    )
    may_know = bool(by.roles & {"operator", "auditor"})
    found = [item.item for item in items.items]
    return render_template(
        "batches/show.html",
        cases=engine().cases_of_items(batch.kind, found, by=by) if may_know else {},
        controls="operator" in by.roles,
        batch=batch,
        items=items.items,
        pages=Pages(items.total, PER_PAGE, page_number()),
        outcome=outcome,
        outcomes=OUTCOMES,
        statuses=STATUSES,
        may_steer=bool(by.roles - {"auditor"}),
    )


@bp.post("/<uuid:batch_id>/<verb>")
def steer(batch_id: UUID, verb: str) -> ResponseReturnValue:
    """Pause an order, go on with it, end it, or try again what failed."""
    by = needs(*ROLES)
    if verb not in VERBS:
        abort(404)
    VERBS[verb](engine().batches, batch_id, by=by)
    return redirect(url_for(".show", batch_id=batch_id), 303)
