"""The pages: every view parses, calls the engine, renders."""

from datetime import timedelta

from flask import Flask

from engine.bootstrap import Application
from web import (
    about,
    addresses,
    agreements,
    ahead,
    alignment,
    assets,
    auth,
    batches,
    calendar,
    calibration,
    cases,
    credits,
    cycles,
    daily,
    deadlines,
    erasing,
    errors,
    events,
    evidence,
    filters,
    foresight,
    formpages,
    imports,
    inbox,
    incidents,
    integrity,
    language,
    lapsed,
    ledger,
    lines,
    objectives,
    operations,
    papers,
    parameters,
    people,
    privacy,
    profile,
    proposals,
    readings,
    reports,
    retention,
    security,
    sending,
    shell,
    skp_versions,
    studio,
    surveys,
    tasks,
    team,
    unit_predicates,
    windows,
)

FURNISHES = (  # what the application has beside its pages, in this order
    language,
    security,
    auth,
    errors,
    assets,
    addresses,
    filters,
    formpages,
    events,
    shell,
    readings,
)
PAGES = (
    auth,
    inbox,
    ahead,
    tasks,
    sending,
    evidence,
    cases,
    cycles,
    people,
    imports,
    incidents,
    integrity,
    operations,
    deadlines,
    calendar,
    windows,
    lapsed,
    lines,
    batches,
    alignment,
    objectives,
    agreements,
    credits,
    proposals,
    parameters,
    foresight,
    papers,
    reports,
    retention,
    team,
    skp_versions,
    surveys,
    ledger,
    daily,
    calibration,
    privacy,
    erasing,
    unit_predicates,
    profile,
    readings,
    about,
    studio,
)


def create_app(application: Application) -> Flask:
    """The web application around a started engine."""
    app = Flask(__name__)
    app.config.update(configuration(application))
    app.extensions["siklus"] = application
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for module in FURNISHES:
        module.register(app)
    for module in PAGES:
        app.register_blueprint(module.bp)
    return app


def configuration(application: Application) -> dict[str, object]:
    """Cookies that only this host reads, and limits chosen for the largest form there is."""
    settings = application.settings
    https = settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-siklus" if https else "siklus",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=10),
        "SESSION_REFRESH_EACH_REQUEST": False,  # web/auth.py renews it every few minutes
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as its session: a form left open over lunch is still good
        "WTF_CSRF_SSL_STRICT": False,  # asks for a Referer that private browsers leave out; Sec-Fetch-Site is checked instead
        "MAX_CONTENT_LENGTH": settings.upload_max_bytes + security.LONGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": security.LONGEST_FORM,
        "MAX_FORM_PARTS": 4_000,
    }
