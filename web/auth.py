"""Who is asking: signing in and out, and what becomes of a form whose session has ended."""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, login_user, logout_user

from engine.cycle.accounts import SignInRefused
from web import context
from web.language import gettext
from web.security import PUBLIC

bp = Blueprint("auth", __name__)
manager = LoginManager()
RENEWED_EVERY = 300  # seconds
KEPT = "kept"  # one hidden field that carries a whole form as JSON: [[name, value], ...]


def register(app: Flask) -> None:
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(load)
    app.before_request(require_sign_in)


def renew() -> None:
    """Let a session that is used live on; its cookie is sealed and sent anew every few minutes, not with every page."""
    now = int(context.engine().clock.now().timestamp())
    if session.permanent and abs(now - session.get("renewed", 0)) >= RENEWED_EVERY:
        session["renewed"] = now


def load(account_id: str) -> context.SignedIn | None:
    """The account of a session, unless its person has signed out everywhere since."""
    try:
        visit = context.cycle().visit(UUID(account_id))
    except ValueError:
        return None
    if visit is None or session.get("epoch") != visit.account.session_epoch:
        return None
    return context.SignedIn(visit.account, visit.waiting)


def require_sign_in() -> ResponseReturnValue | None:
    """Everything is closed but the few pages named PUBLIC. A form sent after the session ended is kept."""
    if request.endpoint is None or request.endpoint in PUBLIC:
        return None
    if context.is_signed_in():
        renew()
        return require_own_password()
    if context.from_htmx():
        answer = make_response(render_template("auth/ended.html"), 401)
        answer.headers.update({"HX-Retarget": "#status", "HX-Reswap": "innerHTML", "HX-Reselect": "#pesan"})
        return answer
    if request.method == "POST":
        return sign_in_page(next_path=form_page(), kept=packed(posted()), status=401)
    return redirect(sign_in_address(request.full_path.rstrip("?")), 303)


def require_own_password() -> ResponseReturnValue | None:
    """A first password, given by somebody else, opens one page: the one on which it is changed."""
    if not context.account().must_change or request.blueprint == "profile" or request.endpoint == "auth.sign_out":
        return None
    flash(gettext("Ganti kata sandi awal Anda dahulu."), "error")
    return redirect(url_for("profile.show", _anchor="kata-sandi"), 303)


def form_page() -> str:
    """The page that a lost form belongs to: the task itself for all that is posted below it."""
    task_id = (request.view_args or {}).get("task_id")
    return f"/tugas/{task_id}" if task_id else "/"


def sign_in_address(path: str) -> str:
    return url_for("auth.sign_in_form", next=context.local_path(path)) if path != "/" else url_for("auth.sign_in_form")


def posted() -> dict[str, list[str]]:
    """The fields of this form: as posted, or as a kept form carries them."""
    if KEPT not in request.form:
        return {name: values for name, values in request.form.lists() if name != "csrf_token"}
    return unpacked(request.form[KEPT])


def packed(fields: Mapping[str, Sequence[str]]) -> str:
    return json.dumps([[name, value] for name, values in fields.items() for value in values], ensure_ascii=False)


def unpacked(text: str) -> dict[str, list[str]]:
    """The fields that `packed` wrote; nothing from anything else."""
    try:
        pairs = json.loads(text)
    except ValueError:
        return {}
    fields: dict[str, list[str]] = {}
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair):
            fields.setdefault(pair[0], []).append(pair[1])
    return fields


def sign_in_page(
    *, next_path: str, kept: str = "", nip: str = "", refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    page = render_template("auth/sign_in.html", next_path=next_path, kept=kept, nip=nip, refusal=refusal)
    return page, status


@bp.get("/masuk")
def sign_in_form() -> ResponseReturnValue:
    target = context.local_path(request.args.get("next"))
    if context.is_signed_in():
        return redirect(target, 303)
    return sign_in_page(next_path=target)


@bp.post("/masuk")
def sign_in() -> ResponseReturnValue:
    """Open a session; a form that was kept becomes the draft of its task."""
    target = context.local_path(request.form.get("next"))
    nip = request.form.get("nip", "").replace(" ", "")
    kept = request.form.get(KEPT, "")
    try:
        account = context.cycle().authenticate(
            nip, request.form.get("password", ""), address=request.remote_addr or "unknown"
        )
    except SignInRefused as refused:
        return sign_in_page(next_path=target, kept=kept, nip=nip, refusal=str(refused), status=refusal_status(refused))
    session.clear()
    session.permanent = True
    session["epoch"] = account.session_epoch
    login_user(context.SignedIn(account))
    return restore(target, unpacked(kept)) or redirect(target, 303)


def refusal_status(refused: SignInRefused) -> int:
    return 429 if refused.retry_at is not None else 422


def restore(target: str, fields: Mapping[str, Sequence[str]]) -> ResponseReturnValue | None:
    """Store a kept form as its task's draft; None where there is nothing to store."""
    from web import tasks

    head, _, name = target.rpartition("/")
    if not fields or head != "/tugas":
        return None
    return tasks.keep(UUID(name), fields)


@bp.post("/keluar")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    flash(gettext("Anda telah keluar."), "success")
    return redirect(sign_in_address("/"), 303)
