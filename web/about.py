"""What anybody may see: whether the service is well, what it is made of, how accessible it is."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

bp = Blueprint("about", __name__)


@cache  # reading it takes longer than drawing the page
def product_version() -> str:
    try:
        return version("siklus")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0.1.0"


@bp.get("/tentang")
def show() -> ResponseReturnValue:
    return render_template("about/show.html")


@bp.get("/sehat")
def health() -> ResponseReturnValue:
    """For a load balancer: that pages are answered."""
    return {"status": "ok", "version": product_version()}
