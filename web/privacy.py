"""My data: who has read it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.context import actor, application, page_number
from web.pages import Pages
from web.readings import what

bp = Blueprint("privacy", __name__, url_prefix="/data-saya")
PER_PAGE = 50


@bp.get("/pembaca")
def readers() -> ResponseReturnValue:
    """Who has read what about the one who asks."""
    page = application().privacy.readings.of_me(by=actor(), limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "privacy/readers.html", readings=page.items, pages=Pages(page.total, PER_PAGE, page_number()), what=what
    )
