"""Publishing: what would change, what stands against it, and the releases so far."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from engine.errors import DefinitionError, Problem, Refused, Severity
from engine.runtime.values import Document
from web.context import engine
from web.studio.compare import Comparison
from web.studio.documents import comparison_of, title_of
from web.studio.green import state
from web.studio.room import bp, owner, page_of, sorted_problems

LONGEST_NOTE = 2_000


@dataclass(frozen=True)
class Draft:
    """A file that this release would change, and how."""

    document: Document
    title: str
    comparison: Comparison


@bp.get("/terbit")
def publish() -> ResponseReturnValue:
    return publish_page()


def publish_page(refusal: str = "", note: str = "", problems: tuple[Problem, ...] | None = None) -> str:
    """The changes in words, the problems, and the form that asks for a note."""
    documents = engine().documents(by=owner())
    found = problems if problems is not None else engine().check_documents(by=owner()).problems
    errors = [one for one in sorted_problems(found) if one.severity is Severity.ERROR]
    return render_template(
        "studio/publish.html",
        drafts=[Draft(one, title_of(one), comparison_of(one)) for one in documents if one.draft_revision is not None],
        errors=errors,
        state=None if errors else state(),
        warnings=[one for one in sorted_problems(found) if one.severity is not Severity.ERROR],
        running=sum(release.cases for release in engine().releases(by=owner())),
        refusal=refusal,
        note=note,
        page_of=page_of,
    )


@bp.post("/terbit")
def publish_now() -> ResponseReturnValue:
    """Make the drafts the newest release; cases that run already stay on theirs.

    Scenarios that were not played yet are played by workers first; the page shows how far they are.
    """
    note = request.form.get("note", "").strip()
    if not note or len(note) > LONGEST_NOTE:
        return publish_page(gettext("Tulis catatan: apa yang berubah, dan atas dasar apa."), note), 422
    try:
        if state().waiting:
            engine().sandbox.order_scenarios(by=owner())
            return publish_page(note=note), 202
        release = engine().publish(note=note, by=owner())
    except DefinitionError as refused:
        return publish_page(
            gettext("Belum terbit. Perbaiki kesalahan di bawah, lalu terbitkan lagi."), note, refused.problems
        ), 422
    except Refused as refused:
        return publish_page(str(refused), note), 409
    flash(gettext("Rilis %(number)s terbit. Perkara baru memakainya mulai sekarang.", number=release.number), "success")
    return redirect(url_for(".releases"), 303)


@bp.get("/rilis")
def releases() -> ResponseReturnValue:
    """All releases, the newest first."""
    found = sorted(engine().releases(by=owner()), key=lambda release: -release.number)
    return render_template("studio/releases.html", releases=found)
