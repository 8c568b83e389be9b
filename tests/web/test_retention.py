"""Erasure by the retention schedule: previewed, proposed, decided by another, carried out; the history stays provable."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.events.models import YearPartRow
from engine.cycle.models import FeedbackRow, RatingRow, SkpResultRow
from engine.cycle.privacy.schedule import Retained
from engine.cycle.surveys.models import SurveyRow
from engine.db import Base, new_id
from engine.errors import NotYours, Refused
from engine.runtime.models import CaseKeyRow, FileRow, HistoryRow, OutboxRow, SecretKeyRow
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


SEALED = HistoryRow.box.is_not(None)


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
    assert left(application, HistoryRow, HistoryRow.case_id == case.id, SEALED) == 0
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


def granted(application: Application, employee: Visitor, personnel: Visitor) -> str:
    """The address of an employee's granted request to erase."""
    request = application.privacy.requests.ask(
        "HAPUS", "Catatan konseling dan bukti saya tahun 2026.", by=employee.actor
    )
    personnel.opens(f"/permintaan-data/{request}")
    personnel.sends(f"/permintaan-data/{request}/kabulkan", {"alasan": "Dasar hukumnya tidak berlaku lagi"})
    return f"/permintaan-data/{request}/penghapusan"


def test_one_persons_data_goes_before_its_time_when_two_people_agree(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    clock.go_to(datetime(2027, 2, 1, 3, tzinfo=UTC))
    employee, personnel = visit("employee"), visit("personnel")
    assert [one.cases for one in application.privacy.retention.preview(by=personnel.actor)] == [0, 0, 0]
    place = granted(application, employee, personnel)
    page = text(personnel.opens(place))
    assert all(words in page for words in (case.title, "Catatan konseling", "1 berkas", "Alasan menghapus"))
    assert personnel.sends(place, {"jenis": "BUKTI", "alasan": "ya"}).status_code == 422
    assert "Pilih paling sedikit satu" in text(personnel.sends(place, {"alasan": BASIS}))

    assert personnel.sends(place, {"jenis": ["BUKTI", "EVALUASI"], "alasan": BASIS}).status_code == 303
    assert personnel.sends(place, {"jenis": ["BUKTI"], "alasan": BASIS}).status_code == 409
    assert 'value="BUKTI"' not in text(personnel.opens(place)), "what waits for a decision is not offered again"
    own, *_ = proposals = application.privacy.retention.proposals(by=personnel.actor)
    assert "diputuskan pengelola lain" in text(personnel.sends(f"/penghapusan/usul/{own.id}/setujui"))
    assert "Sebelum waktunya, atas permintaan pegawai" in text(other.opens("/penghapusan"))
    for one in proposals:
        assert other.sends(f"/penghapusan/usul/{one.id}/setujui").status_code == 303
    with application.engine.database.connect() as connection:
        told = connection.execute(sa.select(OutboxRow.payload).where(OutboxRow.key.startswith("erasure/"))).scalars()
        assert [(one["template"], one["people"]) for one in told] == [("data_erased", [employee.actor.person])] * 2
    while application.work():
        pass

    assert left(application, FileRow) == left(application, HistoryRow, HistoryRow.case_id == case.id, SEALED) == 0
    assert left(application, RatingRow, RatingRow.case_id == case.id, RatingRow.period == "annual") >= 1
    assert left(application, HistoryRow, SEALED) > 0, "nobody else's went"
    assert application.engine.verify().breach is None
    assert "Isi dihapus atas permintaan pegawai" in text(visit("auditor").opens(f"/perkara/{case.id}"))
    assert "Tidak ada lagi yang dapat diusulkan" in text(personnel.opens(place))


def test_only_a_granted_request_to_erase_leads_to_erasure_and_never_ones_own(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    clock.go_to(SOON)
    early, personnel = application.privacy.early, visit("personnel")
    asked = application.privacy.requests.ask("HAPUS", "Hapus semua bukti saya.", by=visit("employee").actor)
    mend = application.privacy.requests.ask("PERBAIKI", "Nama unit saya keliru.", by=visit("employee").actor)
    application.privacy.requests.decide(mend, True, "Sesuai surat unit", by=personnel.actor)
    for request in (asked, mend):
        assert personnel.opens(f"/permintaan-data/{request}/penghapusan").status_code == 409
    own = application.privacy.requests.ask("HAPUS", "Hapus semua bukti saya.", by=personnel.actor)
    application.privacy.requests.decide(own, True, "Sesuai permintaan", by=other.actor)

    with pytest.raises(Refused, match="diusulkan pengelola lain"):
        early.propose(own, [Retained.EVIDENCE], BASIS, by=personnel.actor)
    with pytest.raises(Refused, match="masih berjalan"):
        early.propose(own, [Retained.EVIDENCE], BASIS, by=other.actor)
    assert visit("employee").opens(f"/permintaan-data/{own}/penghapusan").status_code == 403


def test_the_evaluation_of_one_part_takes_nothing_of_the_other_along(
    application: Application, visit: Visit, other: Visitor, case: Case, clock: VirtualClock
) -> None:
    whose = {"cycle_id": case.cycle, "subject": case.subject}
    moments = [datetime(2026, 6, 30, 16, 59, tzinfo=UTC) + timedelta(minutes=minute) for minute in (0, 1)]
    with application.engine.database.begin() as connection:
        first, following = (
            {**whose, "unit_id": case.unit, "starts": day} for day in (date(2026, 1, 1), date(2026, 7, 1))
        )
        connection.execute(sa.insert(YearPartRow).values(case_id=case.id, ends=date(2026, 6, 30), **first))
        connection.execute(sa.insert(YearPartRow).values(case_id=new_id(), **following))
        giver = {
            "giver": case.subject,
            "giver_role": "REKAN",
            "target": "HASIL_KERJA",
            "about": "Gizi",
            "kind": "POSITIF",
        }
        for period, at in zip(("TW2", "TW3"), moments, strict=True):
            connection.execute(sa.insert(FeedbackRow).values(**whose, **giver, text=period, given_at=at))
            survey = {**whose, "behaviours": [], "opened_by": "x", "opened_at": at, "closes_at": at}
            connection.execute(sa.insert(SurveyRow).values(**survey, period=period, closed=True))
    clock.go_to(LATER)

    erase(application, Retained.EVALUATION, visit("personnel").actor, other.actor)

    with application.engine.database.connect() as connection:
        assert connection.scalars(sa.select(FeedbackRow.text)).all() == ["TW3"]
        assert connection.scalars(sa.select(SurveyRow.period)).all() == ["TW3"]
