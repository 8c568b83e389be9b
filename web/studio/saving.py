"""Saving drafts: from the drawing table, by upload, and throwing them away."""

import re

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import DefinitionError, NotFound, NotYours, Refused, StaleDocument
from engine.runtime.values import Json
from web.context import engine
from web.studio.blank import blank_process
from web.studio.documents import SUFFIXES, list_page, replaceable_page
from web.studio.guard import Loss, losses
from web.studio.room import as_json, bp, document_of, hash_of, owner, page_of, sorted_problems, state_of

PROCESS_ID = re.compile(r"[a-z][a-z0-9_]{1,60}")
FILE_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}(\.bpmn|\.dmn|\.form\.json|\.scenario\.yaml)")


@bp.post("/proses/<name>/simpan")
def save(name: str) -> ResponseReturnValue:
    """Store what the drawing table sends: {xml, revision, base, cleared, confirmed} -> {revision, base, state, problems}.

    409 says that someone else has saved since; 422 names the values that would be lost, or what is unreadable.
    """
    document_of(name, "bpmn")
    sent: Json = request.get_json()
    xml, revision, base = sent.get("xml"), sent.get("revision"), sent.get("base")
    if not (isinstance(xml, str) and isinstance(revision, int) and isinstance(base, str)):
        return {"message": gettext("Kiriman tidak lengkap. Muat ulang halaman ini.")}, 400
    told = {str(key) for key in [*sent.get("cleared", []), *sent.get("confirmed", [])]}
    content = xml.encode("utf-8")
    try:
        lost = lost_by(name, content, base, told)
        if lost:
            return {"message": LOSS, "lost": [{"key": one.key, "words": one.words} for one in lost]}, 422
        revision, _ = engine().save_document(name, content, revision=revision, by=owner())
    except DefinitionError as unreadable:
        return {"message": str(unreadable), "problems": as_json(unreadable.problems)}, 422
    except NotYours as refused:
        return {"message": str(refused)}, 403
    except Refused as refused:
        return {"message": f"{refused} {state_of(document_of(name))}."}, 409
    return {
        "revision": revision,
        "base": hash_of(content),
        "state": state_of(document_of(name)),
        "problems": as_json(sorted_problems(engine().check_documents(by=owner()).problems, first=name)),
    }


LOSS = (
    "Nilai berikut ada di berkas yang tersimpan, tetapi tidak ada di kiriman ini, dan tidak ada yang menghapusnya "
    "dengan sengaja."
)


def lost_by(name: str, content: bytes, base: str, told: set[str]) -> tuple[Loss, ...]:
    """What this content would silently lose of the stored one, which must be the one that it was made from.

    Raises:
        StaleDocument: the stored content is another by now: saved, discarded or published since.
    """
    stored, _, _ = engine().document(name, by=owner())
    if hash_of(stored) != base:
        raise StaleDocument(f"{name} sudah berubah sejak Anda membukanya.")
    return losses(stored, content, told, name)


@bp.post("/berkas/<name>/unggah")
def upload(name: str) -> ResponseReturnValue:
    """Replace a file's draft by an uploaded one; works without scripts."""
    document = document_of(name)
    sent, text = request.files.get("file"), request.form.get("revision", "")
    if sent is None or not sent.filename:
        return replaceable_page(document, gettext("Pilih berkas yang diunggah.")), 422
    content, revision = sent.read(), int(text) if text.isascii() and text.isdigit() else -1
    try:
        lost = lost_by(name, content, request.form.get("base", ""), set())
        if lost and "sadar" not in request.form:
            return replaceable_page(document, LOSS, tuple(one.words for one in lost)), 422
        engine().save_document(name, content, revision=revision, by=owner())
    except (DefinitionError, Refused) as refused:
        return replaceable_page(document, str(refused)), 409 if isinstance(refused, Refused) else 422
    flash(gettext("Berkas disimpan sebagai draf. Yang berlaku belum berubah sampai diterbitkan."), "success")
    return redirect(page_of(document), 303)


@bp.post("/skenario/<name>")
def write(name: str) -> ResponseReturnValue:
    """Replace a scenario's draft by what was typed; what is wrong with it is said on its page."""
    document, typed = document_of(name, "scenario"), request.form.get("text", "").replace("\r\n", "\n")
    revision = request.form.get("revision", "")
    try:
        lost_by(name, typed.encode(), request.form.get("base", ""), set())
        engine().save_document(name, typed.encode(), revision=int(revision) if revision.isdecimal() else -1, by=owner())
    except Refused as refused:
        return replaceable_page(document, str(refused), typed=typed), 409
    flash(gettext("Skenario disimpan sebagai draf."), "success")
    return redirect(page_of(document), 303)


@bp.post("/berkas/<name>/buang")
def discard(name: str) -> ResponseReturnValue:
    """Throw the draft away; the published file stays as it is."""
    document = document_of(name)
    engine().discard_document(name, by=owner())
    flash(gettext("Draf %(name)s dibuang.", name=name), "success")
    return redirect(page_of(document) if document.published else url_for(".index"), 303)


@bp.post("/baru")
def create() -> ResponseReturnValue:
    """A new, nearly empty process."""
    key, title = request.form.get("id", "").strip(), request.form.get("title", "").strip()
    if not PROCESS_ID.fullmatch(key) or not title:
        refusal = gettext("Isi nama, dan ID berupa kata Inggris huruf kecil, misalnya leave_request.")
        return list_page(refusal, {"id": key, "title": title}), 422
    return add(f"{key}.bpmn", blank_process(key, title), {"id": key, "title": title})


@bp.post("/unggah")
def upload_new() -> ResponseReturnValue:
    """A new file of any kind, under its own name."""
    sent = request.files.get("file")
    if sent is None or not sent.filename or not FILE_NAME.fullmatch(sent.filename):
        endings = ", ".join(SUFFIXES.values())
        refusal = gettext(
            "Nama berkas berupa huruf kecil, angka dan garis bawah, dengan akhiran %(endings)s.", endings=endings
        )
        return list_page(refusal), 422
    return add(sent.filename, sent.read(), {})


def add(name: str, content: bytes, typed: dict[str, str]) -> ResponseReturnValue:
    """Store a file that must not exist yet and open it."""
    if exists(name):
        return list_page(
            gettext("Berkas %(name)s sudah ada. Buka berkas itu untuk menggantinya.", name=name), typed
        ), 409
    try:
        engine().save_document(name, content, revision=0, by=owner())
    except (DefinitionError, Refused) as refused:
        return list_page(str(refused), typed), 422
    return redirect(page_of(document_of(name)), 303)


def exists(name: str) -> bool:
    try:
        document_of(name)
    except NotFound:
        return False
    return True
