"""Who reads what: every page says whom it tells of, the record is written before it leaves, auditors search it."""

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from engine.cycle.papers.drafts import Source
from engine.cycle.papers.kinds import TITLES
from engine.cycle.privacy.readings import Read, Reading, ReadKind, Wanted
from web.context import actor, application, needs, page_number
from web.pages import Pages

bp = Blueprint("readings", __name__, url_prefix="/pembacaan")
PER_PAGE = 50
KINDS = {
    ReadKind.CASE: lazy_gettext("Perkara"),
    ReadKind.FORM: lazy_gettext("Isian"),
    ReadKind.EVIDENCE: lazy_gettext("Berkas bukti"),
    ReadKind.PAPER: lazy_gettext("Dokumen"),
    ReadKind.PLAN: lazy_gettext("Hasil kerja dan sasaran"),
    ReadKind.RATINGS: lazy_gettext("Penilaian dalam daftar"),
    ReadKind.CREDITS: lazy_gettext("Angka kredit"),
    ReadKind.FEEDBACK: lazy_gettext("Umpan balik"),
    ReadKind.PERSON: lazy_gettext("Data pegawai"),
}


def register(app: Flask) -> None:
    app.after_request(write_down)


def tells_of(subject: str | None, kind: ReadKind, thing: object) -> None:
    """Say that the page of this request tells of a person; None: it tells of a unit."""
    if subject is not None:
        g.setdefault("readings", []).append(Reading(kind, str(thing), subject))


def tells_of_all(subjects: Iterable[str], kind: ReadKind, thing: object) -> None:
    """Say that the page of this request is a list that tells of these people."""
    for subject in subjects:
        tells_of(subject, kind, thing)


def tells_of_numbers(numbers: Iterable[str], kind: ReadKind, thing: object) -> None:
    """Say that the file of this request is a list of people by their NIPs."""
    tells_of_all(application().privacy.readings.numbered(numbers), kind, thing)


def tells_of_paper(source: Source) -> None:
    """Say that the page of this request shows a paper."""
    tells_of(source.subject, ReadKind.PAPER, f"{source.kind}/{source.about}")


def write_down(response: Response) -> Response:
    """Record what the answer tells; where that fails, nothing leaves."""
    found = g.pop("readings", ())
    if found:
        application().privacy.readings.note(found, by=actor())
    return response


@bp.get("")
def index() -> ResponseReturnValue:
    """The whole record, for auditors."""
    by = needs("auditor")
    typed = {
        name: request.args.get(name, "").strip()[:100] for name in ("pembaca", "tentang", "jenis", "dari", "sampai")
    }
    wanted = Wanted(
        typed["pembaca"], typed["tentang"], kind_of(typed["jenis"]), day(typed["dari"]), day(typed["sampai"])
    )
    page = application().privacy.readings.search(wanted, by=by, limit=PER_PAGE, offset=(page_number() - 1) * PER_PAGE)
    return render_template(
        "readings/index.html",
        readings=page.items,
        pages=Pages(page.total, PER_PAGE, page_number()),
        typed=typed,
        kinds=[(kind.value, words) for kind, words in KINDS.items()],
        what=what,
    )


def what(read: Read) -> str:
    """What was read, in words."""
    if read.kind is ReadKind.PAPER:
        kind = read.thing.partition("/")[0]
        return str(next((title for code, title in TITLES.items() if code == kind), KINDS[read.kind]))
    return str(KINDS[read.kind])


def kind_of(text: str) -> ReadKind | None:
    return ReadKind(text) if text in set(ReadKind) else None


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
