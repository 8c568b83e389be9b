"""The person's own settings: language and password."""

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh

from engine.cycle.proxies import PROCESSES
from engine.errors import FormInvalid
from web.context import account, cycle, is_signed_in, local_path
from web.language import COOKIE, LANGUAGES, gettext

bp = Blueprint("profile", __name__)
YEAR = 365 * 24 * 3600


@bp.get("/profil")
def show() -> ResponseReturnValue:
    return profile_page({})


def profile_page(errors: Mapping[str, str]) -> str:
    """Settings and, for who holds a post, the proxies."""
    me = account()
    proxies = cycle().lines.proxies(me.person, by=me.actor) if me.unit is not None else None
    return render_template("profile/show.html", errors=errors, proxies=proxies, processes=PROCESSES)


@bp.post("/bahasa")
def language() -> ResponseReturnValue:
    """Change the language of this browser, and of the account when somebody is signed in."""
    return speak(request.form.get("language", "id"), local_path(request.form.get("next")))


def speak(code: str, target: str) -> ResponseReturnValue:
    code = code if code in LANGUAGES else "id"
    if is_signed_in():
        cycle().set_locale(account().id, code)
    answer = make_response(redirect(target, 303))
    answer.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    refresh()
    return answer


@bp.post("/profil/kata-sandi")
def password() -> ResponseReturnValue:
    """Change the password; every other session of this person ends."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return profile_page({"again": gettext("Kedua kata sandi baru tidak sama.")}), 422
    try:
        changed = cycle().change_password(account().id, request.form.get("old", ""), new)
    except FormInvalid as invalid:
        return profile_page(invalid.errors), 422
    session["epoch"] = changed.session_epoch
    flash(gettext("Kata sandi diganti. Semua sesi Anda yang lain telah diakhiri."), "success")
    return redirect(url_for(".show"), 303)
