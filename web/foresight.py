"""The plan of letters: who will be written to in the next weeks, before mails are switched on or rules changed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Refused
from engine.mail.foresight import LONGEST, READERS, ROLES
from web.context import application, cycle, needs, page_number
from web.language import gettext
from web.pages import Pages

bp = Blueprint("foresight", __name__, url_prefix="/rencana-surat")
PER_PAGE = 50
USUAL_DAYS = 30


@bp.get("")
def index() -> ResponseReturnValue:
    """The plan by day and by person; the page asks again by itself while one is made."""
    by = needs(*READERS)
    foresight = application().foresight
    search = request.args.get("cari", "").strip()[:100]
    page = foresight.readers(by=by, search=search, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "foresight/index.html",
        order=foresight.latest(by=by),
        days=foresight.by_day(by=by),
        readers=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        search=search,
        usual=USUAL_DAYS,
        longest=LONGEST,
        may_order=bool(by.roles & ROLES),
        switched_on=cycle().rulebook.value("surat.aktif", by=by) if by.roles & {"process_owner", "auditor"} else None,
    )


@bp.post("")
def order() -> ResponseReturnValue:
    by, typed = needs(*ROLES), request.form.get("hari", "")
    try:
        application().foresight.start(int(typed) if typed.isdecimal() and len(typed) < 4 else 0, by=by)
    except Refused as refused:
        flash(str(refused), "error")
    else:
        flash(gettext("Rencana surat sedang disusun."))
    return redirect(url_for("foresight.index"))


@bp.get("/<person>")
def show(person: str) -> ResponseReturnValue:
    by = needs(*READERS)
    page = application().foresight.letters(person, by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "foresight/show.html",
        letters=page.items,
        name=page.items[0].name if page.items else cycle().names([person]).get(person, person),
        pages=Pages(page.total, PER_PAGE, page_number()),
    )
