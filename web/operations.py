"""For operators: find a case, see where it stands, and change it; each change shows what it would do and asks why."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.privacy.readings import ReadKind
from engine.errors import NotFound, Refused, StepFailed
from engine.runtime import bulk
from engine.runtime.operations import Control, Operations, Preview, Target
from engine.runtime.reasons import require_reason
from engine.runtime.values import Actor
from web.cases import status_of, waiting
from web.context import engine, needs, page_number
from web.deadlines import moment
from web.filters import STATUSES, local, plain_day
from web.language import gettext, ngettext
from web.pages import Pages
from web.readings import tells_of

bp = Blueprint("operations", __name__, url_prefix="/kendali")
PER_PAGE = 50
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Input:
    """One field of a change: a choice, a moment, a box to tick or a text."""

    name: str
    label: str
    kind: str  # "choice" | "moment" | "check" | "text"
    value: str
    options: Sequence[tuple[str, str]] = ()
    hint: str = ""


@dataclass(frozen=True)
class Change:
    """One verb of an operator as a page: what it says, asks and does."""

    title: object
    sentence: object
    done: object
    act: Callable[[Operations, UUID, Typed, str, Actor], None]
    inputs: Callable[[Control, Typed, Actor], Sequence[Input]] = lambda control, typed, by: ()
    preview: Callable[[Operations, UUID, Typed, Actor], Preview] | None = None
    waits_for: str = ""  # the field that must be chosen before the preview can be shown
    kept: Sequence[str] = field(default_factory=tuple)  # fields of the address that the form carries on


def targets(control: Control, by: Actor, wanted: Callable[[Target], bool]) -> Sequence[tuple[str, str]]:
    found = engine().operations.targets(control.view.case.id, by=by)
    return [
        (target.element, f"{target.process_name}: {target.label}")
        for target in found
        if target.refusal is None and wanted(target)
    ]


def choose_step(
    wanted: Callable[[Control, Typed, Target], bool],
) -> Callable[[Control, Typed, Actor], Sequence[Input]]:
    """A choice among the elements on which a token may be set down."""

    def inputs(control: Control, typed: Typed, by: Actor) -> Sequence[Input]:
        options = targets(control, by, lambda target: wanted(control, typed, target))
        return [Input("langkah", gettext("Ke langkah"), "choice", typed.get("langkah", ""), options)]

    return inputs


def same_level(control: Control, typed: Typed, target: Target) -> bool:
    token = next((one for one in control.tokens if one.number == number(typed)), None)
    return token is not None and target.scope == token.scope and target.element != token.element


def choose_moment(control: Control, typed: Typed, by: Actor) -> Sequence[Input]:
    return [Input("saat", gettext("Tanggal dan jam baru"), "moment", typed.get("saat", "") or now_set(control, typed))]


def now_set(control: Control, typed: Typed) -> str:
    """The moment that is set now, as the browser's field writes it."""
    task = next((task for task in control.view.open_tasks if str(task.id) == typed.get("tugas")), None)
    token = next((one for one in control.tokens if one.number == number(typed)), None)
    at = task.due_at if task is not None else token.armed_until if token is not None else None
    return local(at).strftime("%Y-%m-%dT%H:%M") if at is not None else ""


def offer_shift(control: Control, typed: Typed, by: Actor) -> Sequence[Input]:
    """Whether what came due while the case was held moves on; not asked when nothing did."""
    if not control.lapses:
        return []
    shown = "; ".join(
        gettext(
            "%(name)s: dari %(before)s menjadi %(day)s",
            name=lapse.label,
            before=plain_day(lapse.due_at),
            day=plain_day(lapse.due_then),
        )
        for lapse in control.lapses
    )
    label = gettext("Geser yang jatuh tempo selama ditangguhkan sebanyak lamanya penangguhan")
    return [Input("geser", label, "check", typed.get("geser", ""), hint=shown)]


def type_value(control: Control, typed: Typed, by: Actor) -> Sequence[Input]:
    key = typed.get("kunci", "")
    value = json.dumps(control.data.get(key), ensure_ascii=False, indent=2)
    hint = gettext("Ditulis sebagai JSON: teks di antara tanda kutip, angka tanpa kutip.")
    return [Input("nilai", gettext("Nilai %(key)s", key=key), "text", typed.get("nilai", value), hint=hint)]


def number(typed: Typed) -> int:
    text = typed.get("token", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def task_id(typed: Typed) -> UUID:
    try:
        return UUID(typed.get("tugas", ""))
    except ValueError as error:
        raise NotFound("tugas") from error


def patch(typed: Typed) -> Mapping[str, object]:
    """The typed value of one key; raises Refused for what is no JSON."""
    try:
        return {typed.get("kunci", ""): json.loads(typed.get("nilai", ""))}
    except json.JSONDecodeError as error:
        raise Refused(gettext("Nilai ini bukan JSON; baris %(line)s.", line=error.lineno)) from error


CHANGES: Mapping[str, Change] = {
    "tangguhkan": Change(
        lazy_gettext("Tangguhkan perkara"),
        lazy_gettext("Tidak ada yang dapat dikirim, tenggat menunggu dan pesan disimpan sampai perkara dilanjutkan."),
        lazy_gettext("Perkara ditangguhkan."),
        lambda verbs, case, typed, reason, by: verbs.suspend(case, reason=reason, by=by),
    ),
    "lanjutkan": Change(
        lazy_gettext("Lanjutkan perkara"),
        lazy_gettext(
            "Perkara berjalan lagi; yang jatuh tempo selama ditangguhkan dijalankan sekarang. Dari pengingat yang "
            "terlewat hanya yang terakhir dikirim."
        ),
        lazy_gettext("Perkara berjalan lagi."),
        lambda verbs, case, typed, reason, by: verbs.resume(
            case, reason=reason, shift=typed.get("geser") == "ya", by=by
        ),
        offer_shift,
    ),
    "batalkan": Change(
        lazy_gettext("Batalkan perkara"),
        lazy_gettext("Semua tugas ditarik dan perkara berakhir. Setelah itu perkara hanya dapat dimulai lagi."),
        lazy_gettext("Perkara dibatalkan."),
        lambda verbs, case, typed, reason, by: engine().cancel_case(case, reason=reason, by=by),
    ),
    "pindah": Change(
        lazy_gettext("Pindahkan ke langkah lain"),
        lazy_gettext("Langkah ini ditarik dan langkah lain di proses yang sama dibuka sebagai gantinya."),
        lazy_gettext("Sudah dipindahkan."),
        lambda verbs, case, typed, reason, by: verbs.move_token(
            case, number(typed), typed.get("langkah", ""), reason=reason, by=by
        ),
        choose_step(same_level),
        lambda verbs, case, typed, by: verbs.preview_move(case, number(typed), typed.get("langkah", ""), by=by),
        "langkah",
        ("token",),
    ),
    "kembalikan": Change(
        lazy_gettext("Kembalikan ke langkah terdahulu"),
        lazy_gettext("Langkah itu dibuka lagi dengan isian terakhir; yang datang sesudahnya ditarik."),
        lazy_gettext("Sudah dikembalikan."),
        lambda verbs, case, typed, reason, by: verbs.reset(case, typed.get("langkah", ""), reason=reason, by=by),
        choose_step(lambda control, typed, target: target.done),
        lambda verbs, case, typed, by: verbs.preview_reset(case, typed.get("langkah", ""), by=by),
        "langkah",
    ),
    "mulai": Change(
        lazy_gettext("Mulai lagi pada suatu langkah"),
        lazy_gettext("Perkara dimulai lagi pada langkah itu dengan data terakhirnya."),
        lazy_gettext("Perkara dimulai lagi."),
        lambda verbs, case, typed, reason, by: verbs.restart(case, typed.get("langkah", ""), reason=reason, by=by),
        choose_step(lambda control, typed, target: True),
        lambda verbs, case, typed, by: verbs.preview_restart(case, typed.get("langkah", ""), by=by),
        "langkah",
    ),
    "tenggat": Change(
        lazy_gettext("Ubah tenggat"),
        lazy_gettext("Pengingat disusun ulang menurut tenggat baru."),
        lazy_gettext("Tenggat diubah."),
        lambda verbs, case, typed, reason, by: verbs.change_due(
            task_id(typed), moment(typed.get("saat", "")), reason=reason, by=by
        ),
        choose_moment,
        kept=("tugas",),
    ),
    "waktu": Change(
        lazy_gettext("Ubah waktu tunggu"),
        lazy_gettext("Kejadian ini terjadi pada waktu yang baru."),
        lazy_gettext("Waktu diubah."),
        lambda verbs, case, typed, reason, by: verbs.change_timer(
            case, number(typed), moment(typed.get("saat", "")), reason=reason, by=by
        ),
        choose_moment,
        kept=("token",),
    ),
    "data": Change(
        lazy_gettext("Ubah data perkara"),
        lazy_gettext("Nilai lama dan baru disimpan tersegel dalam riwayat."),
        lazy_gettext("Data diubah."),
        lambda verbs, case, typed, reason, by: verbs.edit_data(case, patch(typed), reason=reason, by=by),
        type_value,
        kept=("kunci",),
    ),
}
MANY = {
    "tangguhkan": (bulk.SUSPEND, lazy_gettext("Tangguhkan")),
    "lanjutkan": (bulk.RESUME, lazy_gettext("Lanjutkan")),
    "geser": (bulk.RESUME, lazy_gettext("Lanjutkan dan geser tenggat yang lewat")),
    "batalkan": (bulk.CANCEL, lazy_gettext("Batalkan")),
}


@bp.get("")
def index() -> ResponseReturnValue:
    return list_page(needs("operator"), {}, "")


@bp.post("")
def many() -> ResponseReturnValue:
    """Do one thing to all chosen cases; the progress has a page of its own."""
    by, typed = needs("operator"), request.form
    verb = typed.get("tindakan", "")
    kind, words = MANY.get(verb, ("", ""))
    chosen = typed.getlist("pilih")
    try:
        reason = require_reason(typed.get("alasan", ""))
        if not kind:
            raise Refused(gettext("Pilih apa yang dilakukan."))
        cases = ngettext("%(num)d perkara", "%(num)d perkara", len(chosen))
        batch = engine().batches.start(
            kind, f"{words}: {cases}", chosen, {"reason": reason, "shift": verb == "geser"}, by=by
        )
    except Refused as refused:
        return list_page(by, {**typed.to_dict(), "pilih": chosen}, str(refused)), 422
    return redirect(url_for("batches.show", batch_id=batch), 303)


def list_page(by: Actor, typed: Mapping[str, object], refusal: str) -> str:
    search, status = request.args.get("cari", "").strip()[:100], request.args.get("keadaan", "")
    page = engine().operations.find(
        by=by, search=search, status=status_of(status), limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE
    )
    return render_template(
        "operations/index.html",
        cases=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        search=search,
        status=status,
        statuses=STATUSES.items(),
        many=[(code, words) for code, (_, words) in MANY.items()],
        typed=typed,
        refusal=refusal,
    )


@bp.get("/<uuid:case_id>")
def show(case_id: UUID) -> ResponseReturnValue:
    """One case: where it stands, what an operator may change."""
    control = engine().operations.view(case_id, by=needs("operator"))
    tells_of(control.view.case.subject, ReadKind.CASE, case_id)
    return render_template(
        "operations/show.html",
        control=control,
        view=control.view,
        case=control.view.case,
        waiting=waiting(control.view),
        offered=[(verb, CHANGES[verb].title) for verb in offered(control)],
    )


def offered(control: Control) -> Sequence[str]:
    """The verbs that fit the case as it stands."""
    return {
        "active": ("kembalikan", "tangguhkan", "batalkan"),
        "suspended": ("lanjutkan", "batalkan"),
        "incident": ("kembalikan", "mulai", "batalkan"),
    }.get(control.view.case.status.value, ("mulai",))


@bp.get("/<uuid:case_id>/<verb>")
def ask(case_id: UUID, verb: str) -> ResponseReturnValue:
    """What a change needs, and what it would do."""
    return change_page(case_id, verb, request.args, "", needs("operator"))


@bp.post("/<uuid:case_id>/<verb>")
def act(case_id: UUID, verb: str) -> ResponseReturnValue:
    """Change the case; what is refused comes back with what was typed."""
    by, typed = needs("operator"), request.form
    change = change_of(verb)
    try:
        change.act(engine().operations, case_id, typed, typed.get("alasan", ""), by)
    except NotFound:
        raise
    except (Refused, StepFailed) as refused:
        return change_page(case_id, verb, typed, str(refused), by), 422
    flash(str(change.done), "success")
    return redirect(url_for(".show", case_id=case_id), 303)


def change_of(verb: str) -> Change:
    if verb not in CHANGES:
        abort(404)
    return CHANGES[verb]


def change_page(case_id: UUID, verb: str, typed: Typed, refusal: str, by: Actor) -> str:
    change = change_of(verb)
    control = engine().operations.view(case_id, by=by)
    tells_of(control.view.case.subject, ReadKind.CASE, case_id)
    ready = not change.waits_for or bool(typed.get(change.waits_for))
    preview = change.preview(engine().operations, case_id, typed, by) if change.preview and ready else None
    return render_template(
        "operations/change.html",
        case=control.view.case,
        verb=verb,
        change=change,
        inputs=change.inputs(control, typed, by),
        kept=[(name, typed.get(name, "")) for name in change.kept],
        typed=typed,
        ready=ready and (preview is None or preview.refusal is None),
        preview=preview,
        refusal=refusal or (preview.refusal if preview else ""),
    )
