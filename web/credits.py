"""Angka kredit: one functional official's conversion, accumulation and PAK (F22), and the list for who cares for units."""

import csv
from io import StringIO

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.cycle.credits.verbs import Record
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.spreadsheets import GUARD, guarded
from engine.runtime.values import Actor
from web.context import actor, cycle, page_number
from web.language import gettext
from web.pages import Pages
from web.readings import tells_of, tells_of_all

bp = Blueprint("credits", __name__, url_prefix="/angka-kredit")
PER_PAGE, AT_ONCE = 50, 500
LIST = "daftar"
COLUMNS = ("nip", "nama", "unit", "jenjang", "jumlah", "kurang_pangkat", "kurang_jenjang", "belum_dihitung")


@bp.get("")
def index() -> ResponseReturnValue:
    """Functional officials with what they have and what they miss."""
    by, unit = actor(), request.args.get("unit", "")
    page = cycle().credits.of_unit(unit or None, by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    tells_of_all((record.person.id for record in page.items), ReadKind.CREDITS, LIST)
    return render_template(
        "credits/index.html",
        records=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        unit=unit,
        units=cycle().units(by=by),
    )


@bp.get("/unduh")
def download() -> ResponseReturnValue:
    """The same list as CSV, for the personnel system."""
    by, unit = actor(), request.args.get("unit", "")
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    offset, total = 0, 1
    while offset < total:
        page = cycle().credits.of_unit(unit or None, by=by, limit=AT_ONCE, offset=offset)
        writer.writerows(_row(record) for record in page.items)
        tells_of_all((record.person.id for record in page.items), ReadKind.CREDITS, LIST)
        offset, total = offset + AT_ONCE, page.total
    headers = {"Content-Disposition": "attachment; filename=angka-kredit.csv"}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


@bp.get("/saya")
def mine() -> ResponseReturnValue:
    return _page(actor().person, actor())


@bp.get("/pegawai/<person>")
def show(person: str) -> ResponseReturnValue:
    return _page(person, actor())


def _page(person: str, by: Actor) -> str:
    name = cycle().names([person]).get(person, gettext("pegawai ini"))
    record = cycle().credits.of_person(person, by=by)
    tells_of(person, ReadKind.CREDITS, person)
    return render_template("credits/show.html", record=record, name=name)


def _row(record: Record) -> tuple[object, ...]:
    person, above = record.person, record.missing_for_tier
    return (
        f"{GUARD}{person.nip}",  # a spreadsheet would round 18 digits
        guarded(person.name),
        guarded(person.unit_name or ""),
        person.tier,
        record.total,
        record.missing_for_rank,
        "" if above is None else above,
        len(record.withheld),
    )
