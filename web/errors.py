"""Errors become pages, once: both languages, a reference number, and a way on."""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import EngineError, FormInvalid, NotFound, NotYours, Refused, StepFailed
from web.context import from_htmx

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Words:
    """What an error page says: its heading, what happened, what to do."""

    heading: object
    sentence: object


PAGES = {
    400: Words(
        lazy_gettext("Permintaan tidak dapat dibaca"),
        lazy_gettext(
            "Formulir ini tidak lengkap atau sudah lama terbuka. Kembali, muat ulang halaman, lalu coba lagi."
        ),
    ),
    401: Words(lazy_gettext("Anda belum masuk"), lazy_gettext("Masuk dahulu, lalu buka halaman ini lagi.")),
    403: Words(
        lazy_gettext("Halaman ini bukan untuk peran Anda"),
        lazy_gettext("Bila Anda memerlukannya untuk bekerja, hubungi admin instansi Anda."),
    ),
    404: Words(
        lazy_gettext("Halaman tidak ditemukan"),
        lazy_gettext("Alamatnya salah, sudah tidak berlaku, atau isinya bukan untuk Anda."),
    ),
    405: Words(
        lazy_gettext("Halaman tidak dapat dibuka dengan cara ini"),
        lazy_gettext("Kembali ke halaman sebelumnya dan pakai tombol yang ada di sana."),
    ),
    409: Words(
        lazy_gettext("Tindakan ini tidak dapat dilakukan sekarang"),
        lazy_gettext("Keadaannya sudah berubah. Buka kembali halamannya untuk melihat keadaan terbaru."),
    ),
    413: Words(
        lazy_gettext("Kiriman terlalu besar"),
        lazy_gettext("Kecilkan atau bagi berkasnya, lalu kirim lagi. Isian yang tersimpan sebagai draf tetap ada."),
    ),
    422: Words(lazy_gettext("Isian belum benar"), lazy_gettext("Perbaiki isian yang ditandai, lalu kirim lagi.")),
    429: Words(lazy_gettext("Terlalu sering mencoba"), lazy_gettext("Tunggu beberapa menit, lalu coba lagi.")),
    500: Words(
        lazy_gettext("Ada gangguan di pihak kami"),
        lazy_gettext("Tidak ada yang tersimpan dari langkah terakhir ini. Coba lagi sebentar lagi."),
    ),
}
STATUSES: tuple[tuple[type[EngineError], int], ...] = (
    (NotFound, 404),
    (NotYours, 403),
    (FormInvalid, 422),
    (StepFailed, 500),
    (Refused, 409),
    (EngineError, 422),
)


def register(app: Flask) -> None:
    app.register_error_handler(EngineError, engine_error)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)


def engine_error(error: EngineError) -> ResponseReturnValue:
    """The engine's own sentence is for the reader; a thing that may not be known of keeps the general one."""
    code = next(code for kind, code in STATUSES if isinstance(error, kind))
    return error_page(code, "" if isinstance(error, NotFound) else str(error))


def csrf_error(error: CSRFError) -> ResponseReturnValue:
    return error_page(400)


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error  # a redirect is an answer, not an error
    return error_page(error.code)


def unexpected(error: Exception) -> ResponseReturnValue:
    return error_page(500, cause=error)


def error_page(code: int, sentence: str = "", cause: Exception | None = None) -> ResponseReturnValue:
    """The page of an error, or the line that takes its place where only a part of a page was asked for."""
    g.failing = code >= 500
    reference = secrets.token_hex(4).upper()
    log.log(
        logging.ERROR if code >= 500 else logging.INFO,
        "%s %s -> %d, reference %s %s",
        request.method,
        request.path,
        code,
        reference,
        sentence,
        exc_info=cause,
    )
    words = PAGES.get(code, PAGES[500] if code >= 500 else PAGES[400])
    part = from_htmx()
    template = "errors/part.html" if part else "errors/page.html"
    answer = make_response(
        render_template(template, words=words, sentence=sentence, reference=reference, code=code), code
    )
    if part:
        answer.headers.update({"HX-Retarget": "#status", "HX-Reswap": "innerHTML", "HX-Reselect": "#pesan"})
    return answer
