"""What a view asks of the request: the application, the engine, and who is asking."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import abort, current_app, g, request
from flask_login import current_user

from engine.bootstrap import Application
from engine.cycle.accounts import Account
from engine.cycle.year import PerformanceCycle
from engine.runtime.engine import Engine
from engine.runtime.values import Actor


def application() -> Application:
    return cast(Application, current_app.extensions["siklus"])


def engine() -> Engine:
    return application().engine


def cycle() -> PerformanceCycle:
    return application().cycle


@dataclass(frozen=True)
class SignedIn:
    """The account behind a request, in the shape that Flask-Login asks for."""

    account: Account
    waiting: int | None = None  # open tasks when the request began; None: nobody has counted
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return str(self.account.id)


def is_signed_in() -> bool:
    """Whether somebody is; nobody is while a failure is told, because who they are is kept where it may have failed."""
    if g.get("failing"):
        return False
    return isinstance(current_user._get_current_object(), SignedIn)


def account() -> Account:
    """The account that is signed in; 401 when nobody is."""
    user = current_user._get_current_object()
    if not isinstance(user, SignedIn):
        abort(401)
    return user.account


def waiting() -> int:
    """How many open tasks wait for who is signed in; a request that only reads has not changed that."""
    user = current_user._get_current_object()
    if request.method == "GET" and isinstance(user, SignedIn) and user.waiting is not None:
        return user.waiting
    return engine().inbox_counts(by=actor())["open"]


def actor() -> Actor:
    return account().actor


def needs(*roles: str) -> Actor:
    """The actor, who must hold one of the roles; anybody else is told that the page is not theirs (403)."""
    by = actor()
    if not by.roles.intersection(roles):
        abort(403)
    return by


def local_path(target: str | None, default: str = "/") -> str:
    """A path of this site, or the default: never another host, scheme or a protocol-relative address."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 32 or character == "\\" for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def page_number() -> int:
    """The page that the address asks for, from 1; nonsense is the first page."""
    text = request.args.get("halaman", "1")
    return min(max(int(text), 1), 100_000) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def from_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"
