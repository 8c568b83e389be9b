"""Erasure by the retention schedule: previewed, proposed, decided by another, carried out; the history stays provable."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import FeedbackRow, RatingRow, SkpResultRow
from engine.cycle.privacy.schedule import Retained
from engine.db import Base
from engine.errors import NotYours, Refused
from engine.runtime.models import CaseKeyRow, FileRow, SealedRow, SecretKeyRow
from engine.runtime.values import SYSTEM, Actor, Case, CaseStatus
from tests.web.conftest import PASSWORD, Visitor, skp_answers, text
from tests.web.test_copies import WORDS, live
from tests.web.test_who_reads_what import PDF, rate

Visit = Callable[[str], Visitor]
BASIS = "Jadwal retensi arsip 12/2024"
TYPED = "Puskesmas Sukamaju QZXJ"  # an employee's own words
SOON, LATER = datetime(2029, 3, 1, 3, tzinfo=UTC), datetime(2034, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def other(application: Application, visit: Visit) -> Visitor:
    """A second one of personnel."""
    application.cycle.create_account(
        "kepegawaian", PASSWORD, by=SYSTEM, login="kepegawaian", name="Pengelola Dua", roles=("personnel",)
    )
    return visit("kepegawaian")


@pytest.fixture
def case(application: Application, visit: Visit) -> Case:
    """The employee's case with something of every kind, ended in 2026."""
    employee, engine = visit("employee"), application.engine
    task = employee.tasks()[0]
    answers = skp_answers(application, task, employee.actor)
    answers["rhk"][0]["rhk"] = TYPED
    engine.save_draft(task.id, answers, revision=task.revision, by=employee.actor)
    live(application, employee, visit("colleague"), visit("appraiser"))
    found = engine.cases(by=employee.actor, subject=employee.actor.person).items[0]
    rate(application, found)
    engine.cancel_case(found.id, reason="Pindah instansi", by=Actor("op", roles=frozenset({"operator"})))
    assert application.engine.case(found.id, by=employee.actor).case.status is CaseStatus.CANCELLED
    return found


def left(application: Application, table: type[Base], *conditions: sa.ColumnElement[bool]) -> int:
    with application.engine.database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0


def erase(application: Application, kind: Retained, personnel: Actor, other: Actor) -> None:
    retention = application.privacy.retention
    retention.accept(retention.propose(kind, BASIS, by=personnel), by=other)
    while application.work():
        pass


def test_each_line_of_the_schedule_goes_at_its_time_and_the_history_stays_whole(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    retention, by, auditor = application.privacy.retention, visit("personnel").actor, visit("auditor").actor
    assert [one.cases for one in retention.preview(by=auditor)] == [0, 0, 0]
    before = application.engine.verify()

    clock.go_to(SOON)
    assert [(one.kind, one.cases) for one in retention.preview(by=auditor)] == [
        (Retained.SECRETS, 1),
        (Retained.EVIDENCE, 1),
        (Retained.EVALUATION, 0),
    ]
    stored = list(Path(application.settings.data_dir, "files").rglob("*"))
    erase(application, Retained.SECRETS, by, other.actor)
    erase(application, Retained.EVIDENCE, by, other.actor)
    assert left(application, SecretKeyRow) == left(application, FileRow) == 0
    assert [path for path in stored if path.is_file() and path.exists()] == [], "nobody else used the file"
    assert any(event.answers for event in application.engine.history(case.id, by=auditor)), "the SKP is still read"
    middle = application.engine.verify()

    clock.go_to(LATER)
    erase(application, Retained.EVALUATION, by, other.actor)
    after = application.engine.verify()

    assert (before.breach, middle.breach, after.breach) == (None, None, None)
    assert 0 == before.erased < middle.erased < after.erased
    assert left(application, SealedRow, SealedRow.case_id == case.id) == 0
    assert left(application, CaseKeyRow, CaseKeyRow.case_id == case.id) == 0
    assert left(application, SkpResultRow) == left(application, FeedbackRow) == 0
    assert left(application, RatingRow, RatingRow.case_id == case.id, RatingRow.period == "annual") >= 1
    with application.engine.database.connect() as connection:
        everything = repr([connection.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables])
    assert [words for words in (TYPED, WORDS, "bukti.pdf", "Masalah keluarga") if words in everything] == []
    events = application.engine.history(case.id, by=auditor)
    assert {event.type for event in events} >= {"case_opened", "task_completed", "values_erased"}
    assert "Isinya dihapus menurut jadwal retensi" in text(visit("auditor").opens(f"/perkara/{case.id}"))
    assert [one.cases for one in retention.preview(by=auditor)] == [0, 0, 0]


def test_a_file_that_somebody_else_uses_stays(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    colleague = visit("colleague")
    again = application.engine.attach(colleague.tasks()[0].id, filename="sama.pdf", content=PDF, by=colleague.actor)
    clock.go_to(SOON)

    erase(application, Retained.EVIDENCE, visit("personnel").actor, other.actor)

    assert application.engine.attachment(again.id, by=colleague.actor)[1] == PDF


def test_two_people_of_personnel_are_needed(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    clock.go_to(SOON)
    personnel, retention = visit("personnel"), application.privacy.retention
    page = text(personnel.opens("/penghapusan"))
    assert "Perkara yang lewat masa simpan" in page
    assert case.subject_name in text(personnel.opens("/penghapusan/BUKTI"))
    assert personnel.sends("/penghapusan/BUKTI", {"alasan": "ya"}).status_code == 409
    assert personnel.sends("/penghapusan/BUKTI", {"alasan": BASIS}).status_code == 303
    proposal = retention.proposals(by=personnel.actor)[0].id

    own = personnel.sends(f"/penghapusan/usul/{proposal}/setujui")
    for who in ("auditor", "operator", "employee"):
        with pytest.raises((NotYours, Refused)):
            retention.accept(proposal, by=visit(who).actor)

    assert "diputuskan pengelola lain" in text(own)
    assert left(application, FileRow) == 1
    other.opens("/penghapusan")
    assert other.sends(f"/penghapusan/usul/{proposal}/setujui").status_code == 303
    while application.work():
        pass
    assert left(application, FileRow) == 0
    assert visit("employee").opens("/penghapusan").status_code == 403


def test_a_longer_retention_set_meanwhile_is_kept(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    clock.go_to(SOON)
    retention, by = application.privacy.retention, visit("personnel").actor
    proposal = retention.propose(Retained.EVIDENCE, BASIS, by=by)
    batch = retention.accept(proposal, by=other.actor)
    rulebook = application.cycle.rulebook
    owner, second = (Actor(one, roles=frozenset({"process_owner"})) for one in ("p1", "p2"))
    change = rulebook.propose("retensi.bukti", "P9Y", starts=SOON.date(), reason="Ada perkara hukum", by=owner)
    rulebook.accept(change.id, by=second)
    while application.work():
        pass

    assert application.engine.batches.view(batch, by=by).skipped == 1
    assert left(application, FileRow) == 1
