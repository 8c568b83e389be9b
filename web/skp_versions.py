"""The versions of an employee's SKP with what changed in words (F23), and the form that asks for a change."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.changing import BY_LEADER, CLARIFIED, Request
from engine.cycle.privacy.readings import ReadKind
from engine.errors import FormInvalid
from web.context import actor, cycle
from web.language import gettext
from web.readings import tells_of

bp = Blueprint("skp_versions", __name__, url_prefix="/perkara/<uuid:case_id>/skp")
CHOICES: Mapping[str, object] = {
    "PEJABAT_BERUBAH": lazy_gettext("Pergantian pejabat"),
    "KEBIJAKAN_BERUBAH": lazy_gettext("Perubahan strategi atau kebijakan"),
    "ANGGARAN_BERUBAH": lazy_gettext("Perubahan anggaran"),
    "PENUGASAN_BARU": lazy_gettext("Penugasan baru atau umpan balik"),
    "KEADAAN_LAIN": lazy_gettext("Keadaan lain yang membuat rencana tidak sesuai"),
}
REASONS: Mapping[str, object] = {
    **CHOICES,
    BY_LEADER: lazy_gettext("Hasil pimpinan berubah"),
    CLARIFIED: lazy_gettext("Klarifikasi ulang setelah hasil pimpinan berubah"),
}
PARTS: Mapping[str, object] = {
    "": lazy_gettext("Hasil kerja"),
    "rhk": lazy_gettext("Rencana hasil kerja"),
    "klasifikasi": lazy_gettext("Jenis kinerja"),
    "rhk_pimpinan": lazy_gettext("Hasil pimpinan yang didukung"),
    "acuan": lazy_gettext("Dasar penugasan"),
    "penugasan_dari": lazy_gettext("Penugasan dari"),
    "metode": lazy_gettext("Cara mendukung"),
    "jenis_hasil": lazy_gettext("Sifat hasil"),
    "pendekatan": lazy_gettext("Cara mengukur"),
    "narasi": lazy_gettext("Ukuran keberhasilan"),
    "perspektif": lazy_gettext("Perspektif"),
    "catatan_kontribusi": lazy_gettext("Catatan kontribusi"),
    "indikator": lazy_gettext("Indikator"),
    "dukungan": lazy_gettext("Dukungan sumber daya"),
    "pertanggungjawaban": lazy_gettext("Skema pertanggungjawaban"),
    "konsekuensi": lazy_gettext("Konsekuensi"),
    "pengembangan": lazy_gettext("Rencana pengembangan"),
}
WHAT: Mapping[str, object] = {
    "DITAMBAHKAN": lazy_gettext("ditambahkan"),
    "DITARIK": lazy_gettext("ditarik"),
    "DIUBAH": lazy_gettext("diubah"),
}
FIELDS = ("reason", "text", "document", "effective")


@bp.get("")
def show(case_id: UUID) -> ResponseReturnValue:
    return _page(case_id, {}, {})


@bp.post("")
def ask(case_id: UUID) -> ResponseReturnValue:
    """Ask for a change; what was typed comes back with a sentence where it does not do."""
    typed = {name: request.form.get(name, "")[:2000] for name in FIELDS}
    wanted = Request(typed["reason"], typed["text"], typed["document"], _day(typed["effective"]))
    try:
        cycle().skp_changes.ask(case_id, wanted, by=actor())
    except FormInvalid as invalid:
        return _page(case_id, typed, invalid.errors), 422
    flash(gettext("Permintaan perubahan sudah dikirim. Pegawai menyusunnya, lalu pejabat penilai memutuskan."))
    return redirect(url_for(".show", case_id=case_id), code=303)


def _page(case_id: UUID, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    found = cycle().skp_changes.versions(case_id, by=actor())
    tells_of(found.subject, ReadKind.CASE, case_id)
    return render_template(
        "cases/skp.html",
        case_id=case_id,
        found=found,
        typed=typed,
        errors=errors,
        choices=CHOICES,
        reasons=REASONS,
        parts=PARTS,
        what=WHAT,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
