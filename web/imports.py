"""Employees, units and objectives from a file: upload, look at what would change, confirm."""

from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.events.files import KIND as EVENTS
from engine.cycle.events.files import template as events_template
from engine.cycle.imports.exporting import THERE
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.reports.workbook import workbook
from engine.errors import NotFound, Refused
from web.context import application, cycle, needs
from web.language import gettext, ngettext
from web.readings import tells_of_numbers

bp = Blueprint("imports", __name__, url_prefix="/impor")
KINDS = {
    "employees": lazy_gettext("Pegawai"),
    "units": lazy_gettext("Unit kerja"),
    "teams": lazy_gettext("Tim kerja"),
    "objectives": lazy_gettext("Tujuan dan sasaran renstra"),
    "indicators": lazy_gettext("Indikator dan manualnya"),
    "strategies": lazy_gettext("Strategi"),
    "agreements": lazy_gettext("Perjanjian kinerja"),
    "roles": lazy_gettext("Matriks pembagian peran dan hasil"),
    EVENTS: lazy_gettext("Peristiwa kepegawaian"),
    "attainments": lazy_gettext("Realisasi perjanjian kinerja tiap triwulan"),
    "skp": lazy_gettext("Konsep SKP"),
    "realisations": lazy_gettext("Realisasi laporan pegawai"),
}
READ_AS = {"skp": ReadKind.PLAN, "results": ReadKind.RATINGS}
FILE = "berkas"  # the whole list was taken along
YEARLY = {"skp": lazy_gettext("SKP"), "results": lazy_gettext("Hasil evaluasi")}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
def index() -> ResponseReturnValue:
    needs("personnel")
    return upload_page()


def upload_page(refusal: str = "", kind: str = "employees") -> str:
    return render_template(
        "imports/index.html",
        kinds=KINDS.items(),
        there=[(code, KINDS[code]) for code in THERE],
        yearly=YEARLY.items(),
        years=cycle().cycles(by=needs("personnel")),
        refusal=refusal,
        kind=kind,
    )


@bp.get("/templat/<kind>.xlsx")
def template(kind: str) -> ResponseReturnValue:
    """An empty sheet with the headings that an import reads."""
    needs("personnel")
    name = f"siklus-{kind}.xlsx"
    content = events_template() if kind == EVENTS else cycle().template(kind)
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


@bp.get("/data/<kind>.xlsx")
def export(kind: str) -> ResponseReturnValue:
    """What is there: in the columns that an import reads, or SKPs and results of a year for other systems."""
    by = needs("personnel")
    if kind in YEARLY:
        year = request.args.get("siklus", "")[:32]
        headings, rows = application().reports.export(kind, year, by=by)
        tells_of_numbers((str(row[0]) for row in rows), READ_AS[kind], f"{FILE}/{kind}/{year}")
    elif kind in THERE:
        headings, rows = cycle().export(kind, by=by)
        if kind == "realisations":
            tells_of_numbers((str(row[0]) for row in rows), ReadKind.PLAN, f"{FILE}/{kind}")
    else:
        raise NotFound(gettext("Data seperti ini tidak ada."))
    content = workbook([("Data", headings, rows)])
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"siklus-data-{kind}.xlsx")


@bp.post("")
def preview() -> ResponseReturnValue:
    """Read the file and show what it would do; nothing is written yet."""
    by = needs("personnel")
    upload, kind = request.files.get("file"), request.form.get("kind", "employees")
    if kind not in KINDS or upload is None or not upload.filename:
        return upload_page(gettext("Pilih berkas CSV atau XLSX."), kind), 422
    try:
        if kind == EVENTS:
            seen = cycle().event_files.preview(upload.read(), upload.filename, by=by)
            return render_template("imports/events.html", preview=seen)
        found = cycle().preview_import(kind, upload.read(), upload.filename, by=by)
    except Refused as refused:
        return upload_page(str(refused), kind), 422
    return render_template("imports/preview.html", preview=found, kind=kind, kinds=KINDS)


@bp.post("/<uuid:import_id>")
def confirm(import_id: UUID) -> ResponseReturnValue:
    """Carry out a previewed import."""
    result = cycle().confirm_import(import_id, by=needs("personnel"))
    return render_template("imports/result.html", result=result)


@bp.post("/peristiwa/<uuid:import_id>")
def confirm_events(import_id: UUID) -> ResponseReturnValue:
    """Carry out the events that were seen."""
    count = cycle().event_files.confirm(import_id, by=needs("personnel"))
    flash(ngettext("%(num)d peristiwa dicatat.", "%(num)d peristiwa dicatat.", count))
    return redirect(url_for("batches.index"), 303)
