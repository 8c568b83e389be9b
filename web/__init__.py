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


def create_app(application: Application) -> Flask:
    """The web application around a started engine."""
    app = Flask(__name__)
    app.config.update(configuration(application))
    app.extensions["siklus"] = application
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for register in (language.register, security.register, auth.register, errors.register, assets.register):
        register(app)
    for register in (
        addresses.register,
        filters.register,
        formpages.register,
        events.register,
        shell.register,
        readings.register,
    ):
        register(app)
    for blueprint in (
        auth.bp,
        inbox.bp,
        ahead.bp,
        tasks.bp,
        sending.bp,
        evidence.bp,
        cases.bp,
        cycles.bp,
        people.bp,
        imports.bp,
    ):
        app.register_blueprint(blueprint)
    for blueprint in (
        incidents.bp,
        integrity.bp,
        operations.bp,
        deadlines.bp,
        calendar.bp,
        windows.bp,
        lapsed.bp,
        lines.bp,
        batches.bp,
        alignment.bp,
        objectives.bp,
        agreements.bp,
        credits.bp,
        proposals.bp,
        parameters.bp,
        foresight.bp,
        papers.bp,
        reports.bp,
        retention.bp,
        team.bp,
        skp_versions.bp,
        surveys.bp,
        ledger.bp,
        daily.bp,
        calibration.bp,
        privacy.bp,
        erasing.bp,
        unit_predicates.bp,
        profile.bp,
        readings.bp,
        about.bp,
        studio.bp,
    ):
        app.register_blueprint(blueprint)
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
