"""Catatan harian: a line for what was done today, the month with its days, and each line to be changed until it is reported."""

from calendar import Calendar
from collections import Counter
from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.cycle.daily.verbs import Line, Month, Note
from engine.errors import FormInvalid, Refused, UploadRefused
from web.context import actor, cycle
from web.filters import today
from web.language import gettext

bp = Blueprint("daily", __name__, url_prefix="/catatan")
FIELDS = {
    "day": "tanggal",
    "result": "rhk",
    "text": "uraian",
    "volume": "volume",
    "measure": "satuan",
    "minutes": "menit",
    "link": "tautan",
    "files": "bukti",
}


@bp.get("")
def index() -> ResponseReturnValue:
    return month_page(asked_month())


@bp.post("")
def add() -> ResponseReturnValue:
    try:
        line = cycle().daily.add(note_of(request.form), by=actor())
    except FormInvalid as invalid:
        return month_page(today().replace(day=1), request.form, invalid.errors), 422
    except Refused as refused:
        return month_page(today().replace(day=1), request.form, {"day": str(refused)}), 422
    if refusal := attach_to(line):
        saved = gettext("Catatan tersimpan tanpa berkas ini: %(why)s", why=refusal)
        return line_page(cycle().daily.line(line, by=actor()), errors={"files": saved}), 422
    flash(gettext("Catatan tersimpan."), "success")
    day = date.fromisoformat(request.form["tanggal"])
    return redirect(url_for(".index", bulan=f"{day:%Y-%m}"), 303)


@bp.get("/<int:line_id>")
def show(line_id: int) -> ResponseReturnValue:
    return line_page(cycle().daily.line(line_id, by=actor()))


@bp.post("/<int:line_id>")
def change(line_id: int) -> ResponseReturnValue:
    """Other words, or away with it."""
    by = actor()
    line = cycle().daily.line(line_id, by=by)
    try:
        if request.form.get("hapus"):
            cycle().daily.remove(line_id, by=by)
        elif file := request.form.get("lepas"):
            cycle().daily.detach(line_id, file, by=by)
            flash(gettext("Berkas dilepas dari catatan."), "success")
            return redirect(url_for(".show", line_id=line_id), 303)
        else:
            cycle().daily.change(line_id, note_of(request.form), by=by)
            if refusal := attach_to(line_id):
                return line_page(cycle().daily.line(line_id, by=by), request.form, {"files": refusal}), 422
    except FormInvalid as invalid:
        return line_page(line, request.form, invalid.errors), 422
    except Refused as refused:
        return line_page(line, request.form, {"day": str(refused)}), 409
    flash(gettext("Catatan dihapus.") if request.form.get("hapus") else gettext("Catatan tersimpan."), "success")
    return redirect(url_for(".index", bulan=f"{line.day:%Y-%m}"), 303)


def attach_to(line_id: int) -> str:
    """Hang the files that came along to a line; gives why one was not taken, or nothing."""
    for upload in request.files.getlist("bukti"):
        if not upload.filename:
            continue
        try:
            cycle().daily.attach(line_id, filename=upload.filename, content=upload.read(), by=actor())
        except (UploadRefused, Refused) as refusal:
            return str(refusal)
    return ""


def month_page(first: date, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    found = cycle().daily.month(first.year, first.month, by=actor())
    return render_template(
        "daily/index.html",
        month=found,
        weeks=weeks_of(found),
        before=shifted(first, -1),
        after=shifted(first, 1),
        typed=typed or {"tanggal": today().isoformat()},
        errors=errors or {},
        fields=FIELDS,
    )


def line_page(line: Line, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> str:
    results = cycle().daily.month(line.day.year, line.day.month, by=actor()).results
    codes = [code for code, text in results.items() if text == line.result]
    kept = {
        "tanggal": line.day.isoformat(),
        "rhk": codes[0] if codes else line.result,
        "uraian": line.text,
        "volume": "" if line.volume is None else f"{line.volume:g}",
        "satuan": line.measure,
        "menit": "" if line.minutes is None else str(line.minutes),
        "tautan": line.link,
    }
    results = results if codes else {**results, line.result: line.result}
    return render_template(
        "daily/show.html", line=line, results=results, typed=typed or kept, errors=errors or {}, fields=FIELDS
    )


def note_of(typed: Mapping[str, str]) -> Note:
    """What was typed. Raises FormInvalid for what is no date or number."""
    errors: dict[str, str] = {}
    note = Note(
        day=_day(typed.get("tanggal", "")),
        result=typed.get("rhk", "")[:2000],
        text=typed.get("uraian", "").replace("\r\n", "\n"),
        volume=_number(typed.get("volume", ""), "volume", errors),
        measure=typed.get("satuan", ""),
        minutes=_whole(typed.get("menit", ""), errors),
        link=typed.get("tautan", ""),
    )
    if errors:
        raise FormInvalid(errors)
    return note


def weeks_of(month: Month) -> list[list[tuple[date, int]]]:
    """The month's weeks from Monday on, each day with how many lines it has."""
    counts = Counter(line.day for line in month.lines)
    weeks = Calendar().monthdatescalendar(month.first.year, month.first.month)
    return [[(day, counts[day]) for day in week] for week in weeks]


def asked_month() -> date:
    """The month in the address ("2026-03"), or this one."""
    try:
        return date.fromisoformat(f"{request.args.get('bulan', '')}-01")
    except ValueError:
        return today().replace(day=1)


def shifted(first: date, months: int) -> str:
    index = first.year * 12 + first.month - 1 + months
    return f"{index // 12}-{index % 12 + 1:02d}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str, field: str, errors: dict[str, str]) -> float | None:
    try:
        return float(text.strip().replace(",", ".")) if text.strip() else None
    except ValueError:
        errors[field] = gettext("Tulis angka saja. Contoh: 12,5")
        return None


def _whole(text: str, errors: dict[str, str]) -> int | None:
    if (text.strip() and not text.strip().isascii()) or (text.strip() and not text.strip().isdigit()):
        errors["minutes"] = gettext("Tulis menit dengan angka bulat. Contoh: 90")
        return None
    return int(text) if text.strip() else None
