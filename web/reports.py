"""Reports for those who look after units: figures, the people behind a figure, reminders; also as XLSX and PDF."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.papers.rendering import table_pdf
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.reports.measures import MEASURES as KNOWN
from engine.cycle.reports.verbs import AT_ONCE, Line, Report, Reports
from engine.cycle.reports.workbook import Cell, workbook
from engine.errors import NotFound
from web.context import actor, application, cycle, page_number
from web.filters import PHASES, moment, today
from web.language import gettext, language
from web.pages import Pages
from web.readings import tells_of_all

bp = Blueprint("reports", __name__, url_prefix="/laporan")
PER_PAGE = 100
EVERYTHING = 20_000  # lines of a downloaded list
BAD = frozenset(code for code, one in KNOWN.items() if one.bad)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEASURES = {
    "perkara": lazy_gettext("Perkara"),
    "skp": lazy_gettext("SKP ditetapkan"),
    "terlambat": lazy_gettext("Orang terlambat"),
    "periodik": lazy_gettext("Evaluasi periodik"),
    "tanpa_umpan_balik": lazy_gettext("Periode tanpa umpan balik"),
    "tahunan": lazy_gettext("Evaluasi tahunan"),
    "keberatan": lazy_gettext("Keberatan"),
    "pembinaan": lazy_gettext("Bimbingan"),
    "tindak_lanjut": lazy_gettext("Tindak lanjut"),
    "temuan": lazy_gettext("Temuan"),
}
JUDGED = frozenset({"keberatan", "pembinaan", "tindak_lanjut"})
CLUSTERS = {
    "PERENCANAAN": lazy_gettext("Perencanaan"),
    "PEMBINAAN": lazy_gettext("Pembinaan"),
    "PENILAIAN": lazy_gettext("Penilaian"),
    "TINDAK_LANJUT": lazy_gettext("Tindak lanjut"),
    "SISTEM_INFORMASI": lazy_gettext("Sistem informasi"),
    "TATA_KELOLA": lazy_gettext("Tata kelola"),
}


def reports() -> Reports:
    return application().reports


@bp.get("")
def index() -> ResponseReturnValue:
    """The figures of every unit in sight."""
    year = asked_year()
    return render_template(
        "reports/index.html",
        report=reports().overview(year, by=actor()),
        year=year,
        years=years(),
        measures=MEASURES,
        clusters=CLUSTERS,
        bad=BAD,
        may_issue="personnel" in actor().roles,
    )


@bp.get("/<measure>")
def lines(measure: str) -> ResponseReturnValue:
    """Who stands behind a figure of a unit and all below it."""
    by, year, unit, cluster = actor(), asked_year(), asked_unit(), asked_cluster()
    each = AT_ONCE if measure == "terlambat" else PER_PAGE  # all who are late can be reminded at once
    page = reports().lines(measure, year, unit, by=by, cluster=cluster, limit=each, offset=(page_number() - 1) * each)
    names = {one.id: one.name for one in cycle().units(by=by)}
    told(measure, year, page.items)
    return render_template(
        "reports/lines.html",
        measure=measure,
        title=MEASURES[measure],
        cluster=CLUSTERS.get(cluster or ""),
        lines=page.items,
        words={line: words(measure, line) for line in page.items},
        pages=Pages(page.total, each, page_number()),
        year=year,
        unit=unit,
        unit_names=names,
        may_remind=measure == "terlambat" and reports().may_remind(by=by),
    )


@bp.post("/ingatkan")
def remind() -> ResponseReturnValue:
    """Remind those who have the chosen tasks; nobody is reminded of one twice a day."""
    tasks = [UUID(text) for text in request.form.getlist("tugas") if is_id(text)]
    done = reports().remind(tasks, by=actor())
    if done.sent:
        flash(gettext("%(num)s pengingat dikirim dan dicatat dalam riwayat.", num=done.sent), "success")
    for name, reason in done.refused[:3]:
        flash(f"{name}: {reason}", "error")
    if len(done.refused) > 3:
        flash(gettext("%(num)s pengingat lain tidak dikirim.", num=len(done.refused) - 3), "error")
    if not tasks:
        flash(gettext("Pilih paling sedikit satu tugas."), "error")
    year, unit = request.form.get("siklus", "")[:32] or None, request.form.get("unit", "")[:64] or None
    return redirect(url_for(".lines", measure="terlambat", siklus=year, unit=unit), 303)


@bp.get("/unduh/<what>.<form>")
def download(what: str, form: str) -> ResponseReturnValue:
    """The figures ("semua") or the lines behind one, as XLSX or PDF."""
    if form not in ("xlsx", "pdf") or (what != "semua" and what not in MEASURES):
        raise NotFound(gettext("Laporan seperti ini tidak ada."))
    year = asked_year()
    title, headings, rows = figures(year) if what == "semua" else listed(what, year)
    name = f"siklus-{what}-{year}.{form}"
    if form == "xlsx":
        content = workbook([(title, headings, rows)])
        return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
    lead = gettext("Tahun %(year)s, keadaan per %(at)s", year=year, at=today().isoformat())
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    content = table_pdf(title, application().settings.agency_name, lead, headings, texts, language())
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)


def figures(year: str) -> tuple[str, list[str], list[list[Cell]]]:
    report: Report = reports().overview(year, by=actor())
    headings = [
        gettext("Unit kerja"),
        *map(str, MEASURES.values()),
        *(f"{gettext('Temuan')}: {one}" for one in CLUSTERS.values()),
    ]
    rows: list[list[Cell]] = [
        [
            "\u2003" * unit.depth + unit.name,
            *(unit.figures[code] for code in MEASURES),
            *(unit.clusters[code] for code in CLUSTERS),
        ]
        for unit in report.units
    ]
    return gettext("Laporan kinerja"), headings, rows


def listed(measure: str, year: str) -> tuple[str, list[str], list[list[Cell]]]:
    by = actor()
    page = reports().lines(measure, year, asked_unit(), by=by, cluster=asked_cluster(), limit=EVERYTHING)
    told(measure, year, page.items)
    names = {one.id: one.name for one in cycle().units(by=by)}
    headings = [
        gettext("Nama"),
        gettext("Unit kerja"),
        gettext("Perihal"),
        gettext("Pemegang tugas"),
        gettext("Tanggal"),
    ]
    rows: list[list[Cell]] = [
        [
            line.name or "",
            names.get(line.unit, line.unit),
            words(measure, line),
            line.holder or "",
            moment(line.at).striptags() if line.at else "",
        ]
        for line in page.items
    ]
    return str(MEASURES[measure]), headings, rows


def told(measure: str, year: str, lines: Sequence[Line]) -> None:
    """Lines that tell how somebody was judged are read of that person; how far a case has come is not."""
    if measure in JUDGED:
        tells_of_all((one.subject for one in lines if one.subject), ReadKind.RATINGS, f"laporan/{measure}/{year}")


def words(measure: str, line: Line) -> str:
    """What a line is about, as people read it."""
    readers: Mapping[str, Callable[[str], str]] = {
        "perkara": lambda code: str(PHASES.get(code, code)),
        "tahunan": lambda code: gettext("Setahun"),
        "keberatan": lambda code: gettext("Setahun"),
    }
    return readers.get(measure, str)(line.what)


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def years() -> list[tuple[str, str]]:
    return [(one.id, str(one.year)) for one in cycle().cycles(by=actor())]


def asked_year() -> str:
    """The year that the page is asked for, else the newest."""
    known, wanted = [id for id, _ in years()], request.args.get("siklus", "")
    return wanted if wanted in known else (known[0] if known else str(today().year))


def asked_unit() -> str | None:
    return request.args.get("unit", "")[:64] or None


def asked_cluster() -> str | None:
    wanted = request.args.get("klaster", "")
    return wanted if wanted in CLUSTERS else None
