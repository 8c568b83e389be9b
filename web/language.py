"""Which language a page speaks: Indonesian is in the sources, English in translations/en.

The catalogue is read from its .po file once, so there is nothing to compile.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup

from web.context import account, is_signed_in

LANGUAGES = ("id", "en")
COOKIE = "bahasa"
CATALOGUE = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Texts by language, without .mo files."""

    def get_translations(self) -> Translations:
        return texts(language())


@cache
def texts(code: str) -> Translations:
    if code == "id":
        return Translations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


@cache
def sentences(code: str) -> Callable[..., Markup]:
    """What `_` is in the pages of a language: i18n's own looks the language up for each text, and a page has a hundred."""
    catalogue = texts(code)

    def sentence(text: str, **values: object) -> Markup:
        return Markup(catalogue.ugettext(text)) % values  # noqa: S704  # from our sources and our catalogue

    return sentence


def language() -> str:
    """The code of the language of this request: "id" or "en"."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "id"


def gettext(text: str, **values: object) -> str:
    """A sentence in the reader's language, with its %(names)s filled in."""
    found = texts(language()).ugettext(text)
    return found % values if values else found


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """A sentence that counts; %(num)d is the number."""
    return texts(language()).ungettext(one, many, num) % {"num": num, **values}


def choose() -> str:
    """The account's choice, else the cookie's, else what the browser asks for, else Indonesian."""
    if is_signed_in() and account().locale in LANGUAGES:
        return account().locale
    if request.cookies.get(COOKIE) in LANGUAGES:
        return request.cookies[COOKIE]
    return request.accept_languages.best_match(LANGUAGES, default="id")


def register(app: Flask) -> None:
    babel = Babel(app, default_locale="id", locale_selector=choose)
    babel.domain_instance = Catalogues()
    # a page has a hundred texts: straight to the catalogue
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension i18n
        lambda text: texts(language()).ugettext(text),
        lambda one, many, num: texts(language()).ungettext(one, many, num),
        newstyle=True,
    )
