"""For personnel: who stands above whom, put right; whose tasks go along is seen before it is carried out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.events.absences import LEAVES, LongLeave, StudyBegins, StudyEnds, StudyResult, StudyValue
from engine.cycle.events.changes import Reorganised, Transfer, UnitMoved
from engine.cycle.events.contracts import Contract
from engine.cycle.events.leaving import LEAVING, Leaving
from engine.cycle.line_changes import Acting, Change, NamedProxy, NewHead, NewSuperior, NoProxy
from engine.cycle.lines import Rehearsal
from engine.cycle.models import ActingKind, PostKind
from engine.cycle.organisation import Person
from engine.cycle.proxies import AUTHORITIES, PROCESSES
from engine.cycle.ratings import TIERS
from engine.errors import FormInvalid, Refused
from engine.runtime.values import Actor
from web.context import account, cycle, needs, page_number
from web.filters import PERFORMERS, today
from web.language import gettext, ngettext
from web.pages import Pages

bp = Blueprint("lines", __name__, url_prefix="/pegawai/<employee_id>/garis")
PER_PAGE = 50
FOUND = 20  # people that a search offers
GPA_SCALE = 4.0  # of the indices that personnel type
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Input:
    """One field of a change; `name` is its name in the address and in what the engine refuses."""

    name: str
    label: object
    kind: str  # "person" | "unit" | "choice" | "day" | "text" | "check"
    hint: object = ""
    options: Sequence[tuple[str, object]] = ()


@dataclass(frozen=True)
class Page:
    """One change as a page."""

    title: object
    sentence: object
    inputs: Sequence[Input]
    change: Callable[[str, Typed, Actor], Change]
    own: bool = False  # also for the person whom it is about


STARTS = Input("starts", lazy_gettext("Berlaku sejak"), "day")
UNIT = Input("unit", lazy_gettext("Unit yang dipimpin"), "unit")


def new_superior(employee: str, typed: Typed, by: Actor) -> Change:
    chosen = typed.get("superior", "")
    if not chosen:
        raise FormInvalid({"superior": gettext("Pilih atasan yang benar.")})
    return NewSuperior(employee, None if chosen == "-" else chosen, day(typed, "starts"))


def new_head(employee: str, typed: Typed, by: Actor) -> Change:
    return NewHead(chosen_unit(typed), employee, day(typed, "starts"))


def acting(employee: str, typed: Typed, by: Actor) -> Change:
    if typed.get("kind") not in set(ActingKind):
        raise FormInvalid({"kind": gettext("Pilih Plt atau Plh.")})
    return Acting(
        chosen_unit(typed),
        employee,
        ActingKind(typed["kind"]),
        typed.get("letter", ""),
        typed.get("includes_appraisal") == "ya",
        day(typed, "starts"),
        day(typed, "ends") if typed.get("ends") else None,
    )


def named_proxy(employee: str, typed: Typed, by: Actor) -> Change:
    if not typed.get("proxy"):
        raise FormInvalid({"proxy": gettext("Pilih wakilnya.")})
    return NamedProxy(
        employee,
        typed["proxy"],
        typed.get("process", ""),
        typed.get("authority", ""),
        typed.get("alasan", ""),
        by.person,
        day(typed, "starts"),
        day(typed, "ends"),
    )


def no_proxy(employee: str, typed: Typed, by: Actor) -> Change:
    return NoProxy(employee, day(typed, "starts"))


def leaving(employee: str, typed: Typed, by: Actor) -> Change:
    return Leaving(employee, typed.get("kind", ""), day(typed, "last_day"))


def transfer(employee: str, typed: Typed, by: Actor) -> Change:
    return moved(Transfer, employee, typed)


def reorganised(employee: str, typed: Typed, by: Actor) -> Change:
    return moved(Reorganised, employee, typed)


def unit_moved(employee: str, typed: Typed, by: Actor) -> Change:
    return UnitMoved(employee, chosen_unit(typed), typed.get("letter", ""), day(typed, "starts"))


def moved(way: type[Transfer], employee: str, typed: Typed) -> Change:
    if typed.get("post_kind") not in POST_KINDS:
        raise FormInvalid({"post_kind": gettext("Pilih jenis jabatannya.")})
    return way(
        employee,
        chosen_unit(typed),
        typed.get("position", ""),
        PostKind(typed["post_kind"]),
        typed.get("tier") or None,
        typed.get("heads") == "ya",
        typed.get("letter", ""),
        day(typed, "starts"),
    )


def study_begins(employee: str, typed: Typed, by: Actor) -> Change:
    results = [
        StudyResult(
            typed.get(f"text{number}", ""),
            typed.get(f"indicator{number}", ""),
            target(typed, f"target{number}"),
            typed.get(f"measure{number}", ""),
            "TURUN" if typed.get(f"polarity{number}") == "TURUN" else "NAIK",
        )
        for number in ("", "2")
        if number == "" or typed.get(f"text{number}", "").strip()
    ]
    last = day(typed, "ends") if typed.get("ends") else None
    return StudyBegins(employee, day(typed, "starts"), last, typed.get("letter", ""), tuple(results))


def study_value(employee: str, typed: Typed, by: Actor) -> Change:
    try:
        grades = tuple(float(text.replace(",", ".")) for text in typed.get("grades", "").split(";") if text.strip())
    except ValueError as error:
        raise FormInvalid({"grades": gettext("Tulis angka, misalnya 3,5.")}) from error
    regime = typed.get("regime", "")
    year = day(typed, "starts").replace(month=1, day=1)
    value = cycle().lines.worth_of_study(regime, grades, GPA_SCALE)
    return StudyValue(employee, year, regime, grades, GPA_SCALE, typed.get("letter", ""), value)


def study_ends(employee: str, typed: Typed, by: Actor) -> Change:
    return StudyEnds(employee, day(typed, "starts"), typed.get("letter", ""))


def long_leave(employee: str, typed: Typed, by: Actor) -> Change:
    last = day(typed, "ends") if typed.get("ends") else None
    return LongLeave(employee, typed.get("kind", ""), day(typed, "starts"), last, typed.get("letter", ""))


def expected(number: str) -> tuple[Input, ...]:
    """The fields of one result that is expected of a study; of the second all may stay empty."""
    hint = lazy_gettext("Boleh kosong.") if number else ""
    return (
        Input(f"text{number}", lazy_gettext("Hasil studi yang diharapkan"), "text", hint),
        Input(f"indicator{number}", lazy_gettext("Indikatornya"), "text"),
        Input(f"target{number}", lazy_gettext("Target (angka)"), "text"),
        Input(f"measure{number}", lazy_gettext("Satuan"), "text"),
        Input(f"polarity{number}", lazy_gettext("Arah yang diinginkan"), "choice", options=POLARITIES),
    )


POLARITIES = (("NAIK", lazy_gettext("makin besar makin baik")), ("TURUN", lazy_gettext("makin kecil makin baik")))


def contract(employee: str, typed: Typed, by: Actor) -> Change:
    return Contract(employee, day(typed, "until"), typed.get("letter", ""), today())


POST_KINDS = {
    PostKind.FUNGSIONAL.value: lazy_gettext("Fungsional"),
    PostKind.PELAKSANA.value: lazy_gettext("Pelaksana"),
    PostKind.PENGAWAS.value: lazy_gettext("Pengawas"),
    PostKind.ADMINISTRATOR.value: lazy_gettext("Administrator"),
    PostKind.JPT_PRATAMA.value: lazy_gettext("JPT Pratama"),
    PostKind.JPT_MADYA.value: lazy_gettext("JPT Madya"),
    PostKind.JPT_UTAMA.value: lazy_gettext("JPT Utama"),
}
NEW_POST = (
    Input("unit", lazy_gettext("Unit kerja baru"), "unit"),
    Input("position", lazy_gettext("Jabatan baru"), "text"),
    Input("post_kind", lazy_gettext("Jenis jabatan"), "choice", options=tuple(POST_KINDS.items())),
    Input(
        "tier",
        lazy_gettext("Jenjang"),
        "choice",
        lazy_gettext("Hanya untuk jabatan fungsional."),
        (("", lazy_gettext("Tanpa jenjang")), *((tier, tier) for tier in TIERS)),
    ),
    Input("heads", lazy_gettext("Memimpin unit itu"), "check"),
    Input("letter", lazy_gettext("Nomor surat keputusan"), "text"),
    Input("starts", lazy_gettext("Hari pertama di jabatan baru"), "day"),
)
PAGES: Mapping[str, Page] = {
    "atasan": Page(
        lazy_gettext("Perbaiki atasan"),
        lazy_gettext(
            "Pilih atasan yang benar. Semua tugas terbuka yang karena itu menjadi tugas orang lain ikut pindah."
        ),
        (Input("superior", lazy_gettext("Atasan yang benar"), "person"), STARTS),
        new_superior,
    ),
    "pimpinan": Page(
        lazy_gettext("Jadikan pimpinan unit"),
        lazy_gettext("Pegawai ini memegang jabatan pimpinan unit; pejabat sebelumnya tidak lagi memegangnya."),
        (UNIT, STARTS),
        new_head,
    ),
    "pengganti": Page(
        lazy_gettext("Tunjuk sebagai Plt atau Plh"),
        lazy_gettext("Tugas yang beralih kembali dengan sendirinya setelah hari terakhir."),
        (
            UNIT,
            Input(
                "kind",
                lazy_gettext("Sebagai"),
                "choice",
                options=(
                    ("PLT", lazy_gettext("Plt: jabatannya kosong")),
                    ("PLH", lazy_gettext("Plh: pejabatnya berhalangan")),
                ),
            ),
            Input("letter", lazy_gettext("Nomor surat perintah"), "text"),
            Input("includes_appraisal", lazy_gettext("Surat itu mencakup wewenang menilai"), "check"),
            STARTS,
            Input("ends", lazy_gettext("Sampai dengan"), "day", lazy_gettext("Kosongkan bila belum ditentukan.")),
        ),
        acting,
    ),
    "wakil": Page(
        lazy_gettext("Tunjuk wakil"),
        lazy_gettext(
            "Seorang wakil bekerja atas nama pejabatnya; riwayat memuat kedua nama. Wakil tidak pernah mengerjakan tugas "
            "tentang dirinya, kerabatnya, atau atasannya, dan yang terbuka kembali sesudah hari terakhir."
        ),
        (
            Input("proxy", lazy_gettext("Wakil"), "person"),
            Input(
                "process",
                lazy_gettext("Untuk proses"),
                "choice",
                options=(("", lazy_gettext("Semua yang dapat diwakilkan")), *PROCESSES.items()),
            ),
            Input(
                "authority",
                lazy_gettext("Untuk wewenang sebagai"),
                "choice",
                options=(
                    ("", lazy_gettext("Semua yang dapat diwakilkan")),
                    *((name, PERFORMERS[name]) for name in AUTHORITIES),
                ),
            ),
            STARTS,
            Input("ends", lazy_gettext("Sampai dengan"), "day"),
        ),
        named_proxy,
        own=True,
    ),
    "mutasi": Page(
        lazy_gettext("Catat mutasi"),
        lazy_gettext(
            "SKP di jabatan lama ditutup pada hari terakhir dan dinilai oleh penilai lama; SKP baru dibuka untuk sisa tahun. "
            "Draf tugas yang ditutup tidak ikut ke SKP baru."
        ),
        NEW_POST,
        transfer,
    ),
    "reorganisasi": Page(
        lazy_gettext("Catat reorganisasi"),
        lazy_gettext(
            "Jabatan pegawai ini berpindah tempat dalam susunan organisasi. SKP tetap satu dan disesuaikan; perkaranya ikut ke "
            "unit yang baru: laporan, akses, dan predikat organisasinya."
        ),
        NEW_POST,
        reorganised,
    ),
    "pindah-unit": Page(
        lazy_gettext("Pindahkan unitnya"),
        lazy_gettext(
            "Unit kerja pegawai ini, dengan semua di bawahnya, berpindah ke bawah unit lain sejak hari ini. Pimpinannya diminta "
            "menyesuaikan SKP, dan yang mendapat penilai lain diberi tahu."
        ),
        (
            Input("unit", lazy_gettext("Di bawah unit"), "unit"),
            Input("letter", lazy_gettext("Nomor surat keputusan"), "text"),
            Input("starts", lazy_gettext("Berlaku sejak"), "day", lazy_gettext("Hari ini.")),
        ),
        unit_moved,
    ),
    "tugas-belajar": Page(
        lazy_gettext("Catat tugas belajar"),
        lazy_gettext(
            "Hasil studi ditambahkan pada SKP yang berjalan sebagai kinerja utama dan target lama disesuaikan; pegawai menyusun "
            "perubahannya, penilai yang sama menyetujuinya."
        ),
        (
            STARTS,
            Input("ends", lazy_gettext("Sampai dengan"), "day"),
            Input("letter", lazy_gettext("Nomor surat tugas belajar"), "text"),
            *expected(""),
            *expected("2"),
        ),
        study_begins,
    ),
    "kembali": Page(
        lazy_gettext("Catat kembali dari tugas belajar"),
        lazy_gettext("SKP dengan tugas belajar ditutup dan dinilai; SKP baru dibuka untuk sisa tahun."),
        (
            Input("starts", lazy_gettext("Hari pertama kembali bekerja"), "day"),
            Input("letter", lazy_gettext("Nomor surat"), "text"),
        ),
        study_ends,
    ),
    "nilai-studi": Page(
        lazy_gettext("Catat nilai studi dari indeks prestasi"),
        lazy_gettext(
            "Untuk riwayat tahun dengan aturan lama, ketika pegawai tugas belajar tidak menyusun SKP: nilai tahunnya dihitung "
            "dari indeks prestasi tiap semester menurut tabel D13."
        ),
        (
            Input("starts", lazy_gettext("Suatu hari pada tahun itu"), "day"),
            Input("regime", lazy_gettext("Aturan tahun itu"), "choice", options=(("REG_2013", "PP 46/2011"),)),
            Input(
                "grades",
                lazy_gettext("Indeks prestasi tiap semester"),
                "text",
                lazy_gettext("Pisahkan dengan titik koma: 3,40; 3,25"),
            ),
            Input("letter", lazy_gettext("Nomor surat"), "text"),
        ),
        study_value,
    ),
    "cuti": Page(
        lazy_gettext("Catat cuti panjang"),
        lazy_gettext(
            "Target SKP disesuaikan dengan bulan yang tersisa. Tunjuk wakil bila pegawai ini mempunyai bawahan."
        ),
        (
            Input("kind", lazy_gettext("Jenis cuti"), "choice", options=tuple(LEAVES.items())),
            STARTS,
            Input("ends", lazy_gettext("Sampai dengan"), "day"),
            Input("letter", lazy_gettext("Nomor surat"), "text"),
        ),
        long_leave,
    ),
    "kontrak": Page(
        lazy_gettext("Catat kontrak PPPK"),
        lazy_gettext(
            "Sebelum kontrak berakhir, perpanjangannya ditinjau PPK; tidak ada yang diperpanjang dengan sendirinya."
        ),
        (
            Input("until", lazy_gettext("Hari terakhir kontrak"), "day"),
            Input("letter", lazy_gettext("Nomor perjanjian kerja"), "text"),
        ),
        contract,
    ),
    "berhenti": Page(
        lazy_gettext("Catat pensiun, meninggal, atau berhenti"),
        lazy_gettext(
            "Sesudah hari terakhir siklusnya ditutup: dengan penilaian oleh pejabat penilai bila SKP sudah ditetapkan dan "
            "pegawai bertugas cukup lama, selain itu tanpa predikat. Tugasnya bagi pegawai lain beralih."
        ),
        (
            Input("kind", lazy_gettext("Sebab"), "choice", options=tuple(LEAVING.items())),
            Input("last_day", lazy_gettext("Hari terakhir bekerja"), "day"),
        ),
        leaving,
    ),
    "tanpa-wakil": Page(
        lazy_gettext("Akhiri wakil"),
        lazy_gettext("Tidak seorang pun mewakili pejabat ini lagi; tugas yang terbuka kembali kepadanya."),
        (STARTS,),
        no_proxy,
        own=True,
    ),
}


@bp.get("/<kind>")
def show(employee_id: str, kind: str) -> ResponseReturnValue:
    """Choose, and see which tasks go from whom to whom."""
    return change_page(actor_for(kind, employee_id), employee_id, kind, request.args.to_dict(), {})


@bp.post("/<kind>")
def carry_out(employee_id: str, kind: str) -> ResponseReturnValue:
    """Write the change and let workers hand the tasks over that were seen."""
    by, typed = actor_for(kind, employee_id), request.form.to_dict()
    counted = typed.get("jumlah", "")
    try:
        order = cycle().lines.carry_out(
            page_of(kind).change(employee_id, typed, by),
            expected=int(counted) if counted.isdecimal() and len(counted) < 9 else 0,
            reason=typed.get("alasan", ""),
            by=by,
        )
    except FormInvalid as invalid:
        return change_page(by, employee_id, kind, typed, invalid.errors), 422
    except Refused as refused:
        return change_page(by, employee_id, kind, typed, {"alasan": str(refused)}), 422
    flash(gettext("Perubahan disimpan."))
    if employee_id == by.person:
        return redirect(url_for("profile.show"), 303)
    if order is None:
        return redirect(url_for("people.show", employee_id=employee_id), 303)
    return redirect(url_for("batches.show", batch_id=order), 303)


def change_page(by: Actor, employee_id: str, kind: str, typed: Typed, errors: Mapping[str, str]) -> str:
    page, person = page_of(kind), cycle().employee(employee_id, by=by).employee
    rehearsal: Rehearsal | None = None
    asked = typed.get("starts") or typed.get("last_day") or typed.get("until")
    if asked and (not errors or set(errors) == {"alasan"}):
        try:
            rehearsal = cycle().lines.rehearse(page.change(employee_id, typed, by), by=by)
        except FormInvalid as invalid:
            errors = {**errors, **invalid.errors}
    handovers = rehearsal.handovers if rehearsal else ()
    pages = Pages(len(handovers), PER_PAGE, number := page_number_within(len(handovers)))
    return render_template(
        "lines/change.html",
        page=page,
        kind=kind,
        person=person,
        typed=typed,
        errors=errors,
        units=cycle().units(by=by),
        found=candidates(by, typed, person),
        back=url_for("profile.show") if person.id == by.person else url_for("people.show", employee_id=person.id),
        rehearsal=rehearsal,
        handovers=handovers[(number - 1) * PER_PAGE : number * PER_PAGE],
        pages=pages,
        people=cycle().names(named(rehearsal)),
        today=today().isoformat(),
        title=ngettext("%(num)d tugas terbuka pindah", "%(num)d tugas terbuka pindah", len(handovers)),
    )


def named(rehearsal: Rehearsal | None) -> set[str]:
    """Everybody whose task goes, comes or ends."""
    if rehearsal is None:
        return set()
    moved = {name for one in rehearsal.handovers for name in (one.task.assignee, one.to.person)}
    return {name for name in moved | {task.assignee for task in rehearsal.consequences.closes} if name}


def actor_for(kind: str, employee_id: str) -> Actor:
    """Personnel; or the person whom it is about, where that is enough."""
    by = account().actor
    return by if page_of(kind).own and by.person == employee_id else needs("personnel")


def page_of(kind: str) -> Page:
    if kind not in PAGES:
        abort(404)
    return PAGES[kind]


def page_number_within(total: int) -> int:
    return min(page_number(), max(1, -(-total // PER_PAGE)))


def candidates(by: Actor, typed: Typed, person: Person) -> Sequence[Person]:
    """Who may be meant by what was searched for, and who was chosen before."""
    search, chosen = typed.get("cari", "").strip()[:100], typed.get("superior") or typed.get("proxy", "")
    found = list(cycle().lines.colleagues(search, by=by, limit=FOUND))
    if chosen not in {"", "-", *(one.id for one in found)}:
        found = [*cycle().lines.colleague(chosen, by=by), *found]
    return [one for one in found if one.id != person.id]


def chosen_unit(typed: Typed) -> str:
    if not typed.get("unit"):
        raise FormInvalid({"unit": gettext("Pilih unit kerjanya.")})
    return typed["unit"]


def target(typed: Typed, name: str) -> float:
    try:
        return float(typed.get(name, "").replace(",", ".") or "0")
    except ValueError as error:
        raise FormInvalid({name: gettext("Tulis angka, misalnya 3,5.")}) from error


def day(typed: Typed, name: str) -> date:
    try:
        return date.fromisoformat(typed.get(name, ""))
    except ValueError as error:
        raise FormInvalid({name: gettext("Tulis tanggalnya.")}) from error
