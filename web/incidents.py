"""For operators: cases that were parked because something failed, grouped by cause, and another try for one or many."""

import hashlib
from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.errors import NotFound
from engine.runtime.bulk import RETRY
from engine.runtime.values import Actor, IncidentGroup
from web.context import engine, needs, page_number
from web.language import gettext, ngettext
from web.pages import Pages

bp = Blueprint("incidents", __name__, url_prefix="/gangguan")
PER_PAGE = 50
EVERYTHING = 1_000_000
TEMPLATES = {  # what mails say
    "task_opened": lazy_gettext("Tugas baru"),
    "reminder": lazy_gettext("Pengingat"),
    "escalation": lazy_gettext("Terlambat"),
    "due_changed": lazy_gettext("Tenggat berubah"),
    "task_handed_over": lazy_gettext("Tugas dialihkan"),
    "notice": lazy_gettext("Pemberitahuan"),
}


@bp.get("")
def index() -> ResponseReturnValue:
    """Incidents, of one group if the address names one."""
    by = needs("operator")
    status = "resolved" if request.args.get("keadaan") == "selesai" else "open"
    chosen = request.args.get("kelompok", "")
    group = group_of(chosen, by) if chosen else None
    page = engine().incidents(
        by=by,
        status=status,
        element=group.element if group else None,
        cause=group.cause if group else None,
        limit=PER_PAGE,
        offset=(page_number() - 1) * PER_PAGE,
    )
    return render_template(
        "incidents/index.html",
        incidents=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        status=status,
        groups=[(key_of(one), one) for one in engine().incident_groups(by=by)] if status == "open" else [],
        chosen=chosen,
    )


@bp.post("/<int:incident_id>/ulangi")
def retry(incident_id: int) -> ResponseReturnValue:
    """Carry the failed step out again."""
    if engine().retry_incident(incident_id, by=needs("operator")):
        flash(gettext("Langkah itu berhasil dan perkaranya berjalan lagi."), "success")
    else:
        flash(gettext("Langkah itu gagal lagi dengan sebab di bawah."), "error")
    return redirect(url_for(".index"), 303)


@bp.post("/ulangi")
def retry_many() -> ResponseReturnValue:
    """Let workers try the chosen incidents again, or all of a group; the progress has a page of its own."""
    by = needs("operator")
    key = request.form.get("semua", "")
    items = (
        all_of(group_of(key, by), by) if key else [text for text in request.form.getlist("pilih") if text.isdecimal()]
    )
    title = ngettext("Coba lagi %(num)d gangguan", "Coba lagi %(num)d gangguan", len(items))
    batch = engine().batches.start(RETRY, title, items, {}, by=by)
    return redirect(url_for("batches.show", batch_id=batch), 303)


@bp.get("/kiriman")
def undelivered() -> ResponseReturnValue:
    """Mails and messages that were given up after many tries."""
    by = needs("operator")
    page = engine().operations.undelivered(by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    pages = Pages(page.total, PER_PAGE, page_number())
    return render_template("incidents/undelivered.html", effects=page.items, pages=pages, templates=TEMPLATES)


@bp.post("/kiriman")
def deliver_again() -> ResponseReturnValue:
    """Let workers try the chosen ones again, or all."""
    by, typed = needs("operator"), request.form
    chosen = [int(text) for text in typed.getlist("pilih") if text.isdecimal() and len(text) < 19]
    count = engine().operations.deliver_again(None if typed.get("semua") else chosen, by=by)
    if count:
        flash(ngettext("%(num)d kiriman dicoba lagi.", "%(num)d kiriman dicoba lagi.", count), "success")
    else:
        flash(gettext("Tidak ada yang dipilih; pilih paling sedikit satu."), "error")
    return redirect(url_for(".undelivered"), 303)


def key_of(group: IncidentGroup) -> str:
    """A group's short name in addresses: causes are long and may hold personal values."""
    return hashlib.sha256(f"{group.element}\n{group.cause}".encode()).hexdigest()[:16]


def group_of(key: str, by: Actor) -> IncidentGroup:
    """The group with this key; raises NotFound when its last incident is gone."""
    found = next((group for group in engine().incident_groups(by=by) if key_of(group) == key), None)
    if found is None:
        raise NotFound(f"Kelompok gangguan {key} tidak ada.")
    return found


def all_of(group: IncidentGroup, by: Actor) -> Sequence[str]:
    found = engine().incidents(by=by, element=group.element, cause=group.cause, limit=EVERYTHING)
    return [str(incident.id) for incident in found.items]
