"""`siklus bench rehearse` and `migrate`: what a new release would do to thousands of live cases, and doing it."""

from typing import Any

from engine.bench.copies import copy_cases
from engine.bench.measure import Work
from engine.bench.stage import Stage, figures, stage
from engine.bootstrap import shipped_documents
from engine.runtime.moves.values import Choices
from engine.runtime.values import SYSTEM
from engine.settings import Settings

PEOPLE = 16  # whose cases are copied
DAYS = 24  # of the year that pass before, in which nobody does anything: the team drafts what employees did not
CHANGED, BEFORE, AFTER = "planning.bpmn", b"working days after(today(), 5)", b"working days after(today(), 7)"
ANEW = Choices(restart=True)  # the dearest choice: every due date is reckoned again
NOTE = "Lebih banyak hari kerja untuk menyusun SKP."


def bench_rehearse(settings: Settings, *, cases: int = 10_000) -> dict[str, Any]:
    """Rehearse a draft that gives people more days, on so many live cases."""
    here = _crowd(settings, cases)
    engine, work = here.engine, Work()
    content, revision, _ = engine.document(CHANGED, by=SYSTEM)
    engine.save_document(CHANGED, _changed(content), revision=revision, by=SYSTEM)
    with work.more(cases):
        rehearsal = engine.moves.rehearse(choices=ANEW, by=SYSTEM)
    return figures({"cases": work, "places": len(rehearsal.groups), "fates": dict(rehearsal.counts)})


def bench_migrate(settings: Settings, *, cases: int = 1_000) -> dict[str, Any]:
    """Publish a change, let workers rehearse it on so many live cases, move them, and take the move back."""
    here = _crowd(settings, cases)
    engine, rehearsed, moved, back = here.engine, Work(), Work(), Work()
    documents = dict(shipped_documents())
    documents[CHANGED] = _changed(documents[CHANGED])
    release = engine.publish_files(documents, note=NOTE, played=True, by=SYSTEM)
    rehearsal = engine.moves.start_rehearsal(release.number, ANEW, by=SYSTEM)
    with rehearsed.more(cases):
        _carry_out(here)
    move = engine.moves.migrate(rehearsal, by=SYSTEM)
    with moved.more(0):
        _carry_out(here)
    moved.done = engine.batches.view(move, by=SYSTEM).done
    undo = engine.moves.undo(rehearsal, by=SYSTEM)
    with back.more(0):
        _carry_out(here)
    back.done = engine.batches.view(undo, by=SYSTEM).done
    return figures({"rehearsed": rehearsed, "moved": moved, "taken_back": back})


def _crowd(settings: Settings, cases: int) -> Stage:
    """So many live cases, at the places that the first weeks of a year lead to."""
    here = stage(settings, PEOPLE)
    here.open_year()
    here.pass_days(DAYS)
    with here.database.begin() as connection:
        copy_cases(connection, settings.kek, cases)
    return here


def _changed(content: bytes) -> bytes:
    assert BEFORE in content, f"{CHANGED} has no {BEFORE!r} any more"
    return content.replace(BEFORE, AFTER)


def _carry_out(here: Stage) -> None:
    while here.engine.batches.run():
        pass
