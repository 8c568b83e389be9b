"""Headers of every answer, and whom a form may come from.

Two policies: pages get the strict one; the studio and the case page, whose drawing library places things by inline
style, get one attribute more. No page may run inline script.
"""

from functools import lru_cache

from flask import Flask, Response, abort, current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer

from web.context import is_signed_in

csrf = CSRFProtect()

BASE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
)
STRICT = BASE + "font-src 'self'"
DRAWING = BASE + "style-src-attr 'unsafe-inline'; font-src 'self' data:"
DRAWING_BLUEPRINTS = frozenset({"studio"})
DRAWING_ENDPOINTS = frozenset({"cases.show"})
LONGEST_FORM = 2_000_000  # bytes without files: the longest SKP is about 300 fields of text
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC = frozenset(
    {
        "auth.sign_in",
        "auth.sign_in_form",
        "profile.language",
        "about.show",
        "about.health",
        "papers.check",
        "papers.verified",
        "static",
        "assets.file",
    }
)


def register(app: Flask) -> None:
    """Add the headers, the check of where a form comes from, and CSRF tokens for signed-in people's forms.

    A form of someone who is not signed in any more reaches no verb: the sign-in page keeps what it held (web/auth.py).
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.session_interface = Sessions(app)
    app.before_request(limit_plain_forms)
    app.before_request(refuse_foreign_forms)
    app.after_request(add_headers)


class Sessions(SecureCookieSessionInterface):
    """Flask's own; what seals and opens cookies is made once and not for each page."""

    def __init__(self, app: Flask) -> None:
        self._seal = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._seal


def csrf_token() -> str:
    """The token of the session's forms; it is signed once, because it is good for as long as the session."""
    secret = session.get("csrf_token")
    return _signed(current_app.secret_key, secret) if secret else generate_csrf()


@lru_cache(maxsize=10_000)
def _signed(_key: str | bytes | None, _secret: str) -> str:
    token: str = generate_csrf()
    return token


def limit_plain_forms() -> None:
    """A form that carries no files need not be as long as one that does."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = LONGEST_FORM


def refuse_foreign_forms() -> None:
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403, "Sec-Fetch-Site")
    if is_signed_in() or request.endpoint in PUBLIC:
        csrf.protect()


def add_headers(response: Response) -> Response:
    drawing = request.blueprint in DRAWING_BLUEPRINTS or request.endpoint in DRAWING_ENDPOINTS
    response.headers.setdefault("Content-Security-Policy", DRAWING if drawing else STRICT)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
