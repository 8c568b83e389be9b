"""Addresses of pages in templates: one without arguments is worked out once, because every page holds a dozen of them."""

from functools import cache

from flask import Flask, request, url_for


def register(app: Flask) -> None:
    app.jinja_env.globals["url_for"] = address


def address(endpoint: str, **values: object) -> str:
    """As `url_for`."""
    if values or endpoint.startswith("."):
        return url_for(endpoint, **values)  # type: ignore[arg-type]  # templates pass what they like
    return _place(request.script_root, endpoint)


@cache
def _place(_root: str, endpoint: str) -> str:
    """The address of a place, which is the same below one root."""
    return url_for(endpoint)
