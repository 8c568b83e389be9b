"""The daily log: lines of one's own, the nudge after five working days, and how lines become the period's report."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.daily.verbs import DailyLog, Note
from engine.cycle.models import ParameterRow, SkpResultRow, SkpVersionRow
from engine.errors import FormInvalid, NotFound, Refused, UploadRefused
from engine.runtime.values import Actor, Task
from engine.settings import Settings
from tests.cycle.agency import LONG_AGO
from tests.cycle.house import MORNING, Post, opened
from tests.cycle.test_lines import filled

ALICE, BOB, ANDI = Actor("alice"), Actor("bob"), Actor("andi")
AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
WORK = "Dua belas balita ditimbang ulang, sepuluh naik."
FEBRUARY = datetime(2026, 2, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def house(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Application, Post]]:
    """A division that has chosen the daily log; Alice's SKP is set on the first day."""
    with populated.begin() as connection:
        row = {"key": "log.frekuensi", "unit_id": "KESMAS", "value": "HARIAN", "starts": LONG_AGO, "note": ""}
        connection.execute(sa.insert(ParameterRow).values(**row, set_by="dian", set_at=MORNING))
    with opened(settings, populated, clock, monkeypatch) as both:
        yield both


def sets_skp(application: Application) -> None:
    """Alice drafts, Bob talks it over and sets it."""
    for who, element, decided in (
        (ALICE, "draft_skp", {"klasifikasi": "UTAMA"}),
        (BOB, "hold_dialogue", {"sepakat": "SEPAKAT"}),
        (BOB, "set_skp", {"keputusan": "TETAPKAN"}),
    ):
        does(application, who, element, **decided)


def does(application: Application, who: Actor, element: str, **decided: str) -> Task:
    found = application.engine.inbox(by=who).items
    (task,) = [one for one in found if (one.element, one.subject) == (element, "alice")]
    answers = filled(application, task.id, who, **decided)
    application.engine.complete_task(task.id, answers, revision=task.revision, key=f"{element}-{task.id}", by=who)
    while application.work():
        pass
    return task


def note(log: DailyLog, day: date, text: str = WORK, **more: float | str) -> int:
    (result, *_) = log.month(day.year, day.month, by=ALICE).results
    return log.add(Note(day, result, text, **more), by=ALICE)  # type: ignore[arg-type]  # few words in a test


def test_lines_are_written_changed_and_taken_up_in_the_report_and_then_stay(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    log = application.cycle.daily
    sets_skp(application)
    does(application, ALICE, "plan_actions")
    assert "log_progress" not in {task.element for task in application.engine.inbox(by=ALICE).items}
    clock.go_to(FEBRUARY)
    first = note(log, date(2026, 2, 2), volume=12, measure="balita", minutes=90)
    gone = note(log, date(2026, 2, 2), "Salah tulis, dihapus nanti.")
    line = log.line(first, by=ALICE)
    (code, result) = next((code, text) for code, text in log.month(2026, 2, by=ALICE).results.items())

    log.change(first, Note(line.day, code, "Tiga belas balita ditimbang.", 13, "balita"), by=ALICE)
    log.remove(gone, by=ALICE)

    assert [one.text for one in log.month(2026, 2, by=ALICE).lines] == ["Tiga belas balita ditimbang."]
    assert log.is_kept(by=ALICE) and not log.is_kept(by=Actor("tuti"))
    for verb in (lambda: log.line(first, by=ANDI), lambda: log.remove(first, by=BOB)):
        with pytest.raises(NotFound):
            verb()

    clock.go_to(datetime(2026, 4, 1, 3, 0, tzinfo=UTC))
    while application.work():
        pass
    (report,) = [one for one in application.engine.inbox(by=ALICE).items if one.element == "report_period"]
    view = application.engine.task(report.id, by=ALICE)
    rows = [row for row in view.answers["rhk"] if row["rhk"] == result]
    assert rows[0]["catatan"] == "02-02: Tiga belas balita ditimbang. (13 balita)"
    log.change(first, Note(line.day, code, "Empat belas balita ditimbang."), by=ALICE)

    does(application, ALICE, "report_period")

    assert log.line(first, by=ALICE).closed
    for refused in (
        lambda: log.remove(first, by=ALICE),
        lambda: log.change(first, Note(line.day, code, WORK), by=ALICE),
        lambda: note(log, date(2026, 3, 31)),
    ):
        with pytest.raises(Refused, match="sudah dikirim"):
            refused()
    assert note(log, date(2026, 4, 1))
    assert application.engine.verify().breach is None


def test_who_notes_nothing_for_five_working_days_is_nudged_once(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, post = house
    sets_skp(application)

    def nudged() -> int:
        while application.work():
            pass
        return sum("tanpa catatan harian" in mail.get_content() for mail in post.mails)

    post.mails.clear()
    clock.go_to(MORNING + timedelta(days=7))  # Monday again: only four working days have passed wholly
    assert nudged() == 0
    clock.advance(timedelta(days=1))
    assert nudged() == 1
    clock.advance(timedelta(days=1))
    assert nudged() == 1
    note(application.cycle.daily, date(2026, 1, 14))
    clock.advance(timedelta(days=6))
    assert nudged() == 1
    clock.advance(timedelta(days=3))  # the 16th is a holiday
    assert nudged() == 2


def test_what_is_wrong_with_a_line_is_said_field_by_field(house: tuple[Application, Post]) -> None:
    application, _ = house
    sets_skp(application)
    log = application.cycle.daily

    with pytest.raises(FormInvalid) as refused:
        log.add(Note(date(2026, 1, 6), "x", "oh", -1, "m" * 41, 1441, "file:///etc"), by=ALICE)

    assert set(refused.value.errors) == {"day", "result", "text", "volume", "measure", "minutes", "link"}
    with pytest.raises(NotFound):
        log.add(Note(date(2026, 1, 5), "x", WORK), by=Actor("tuti"))


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_files_hang_on_a_line_and_go_into_the_report_and_the_ledger(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    log = application.cycle.daily
    sets_skp(application)
    does(application, ALICE, "plan_actions")
    clock.go_to(FEBRUARY)
    id = note(log, FEBRUARY.date())
    log.attach(id, filename="timbang.pdf", content=PDF, by=ALICE)
    log.attach(id, filename="salah.pdf", content=PDF + b"x", by=ALICE)
    kept, wrong = log.line(id, by=ALICE).files
    with pytest.raises(UploadRefused):
        log.attach(id, filename="timbang.exe", content=PDF, by=ALICE)
    with pytest.raises(NotFound):
        log.attach(id, filename="timbang.pdf", content=PDF, by=BOB)
    log.detach(id, wrong["id"], by=ALICE)
    with pytest.raises(NotFound):
        log.detach(id, wrong["id"], by=ALICE)
    assert log.line(id, by=ALICE).files == (kept,)
    name, content = application.engine.attachment(UUID(kept["id"]), by=BOB)
    assert (name.name, name.task_id, content) == ("timbang.pdf", None, PDF), "who rates may read it"
    with pytest.raises(NotFound):
        application.engine.attachment(UUID(kept["id"]), by=ANDI)

    (case,) = {one.case_id for one in application.engine.inbox(by=BOB).items if one.subject == "alice"}
    events = application.engine.history(case, by=AUDITOR)
    assert [one.data["name"] for one in events if one.type == "file_added"] == ["Catatan harian"] * 2
    ledger = application.cycle.evidence.of_case(case, events, by=BOB)
    assert "timbang.pdf" in {use.name for one in ledger for use in one.uses}
    clock.go_to(datetime(2026, 4, 1, 3, 0, tzinfo=UTC))
    while application.work():
        pass
    (task,) = [one for one in application.engine.inbox(by=ALICE).items if one.element == "report_period"]
    progress = application.engine.task(task.id, by=ALICE).context["progress"]
    assert [line["bukti"] for line in progress["catatan"]] == [[dict(kept)]]
    assert application.engine.verify().breach is None


def test_additional_results_are_noted_too(house: tuple[Application, Post], populated: sa.Engine) -> None:
    application, _ = house
    sets_skp(application)
    with populated.begin() as connection:
        skp = connection.scalar(sa.select(SkpVersionRow.id).where(SkpVersionRow.subject == "alice"))
        extra = {"id": "x", "skp_id": skp, "number": 9, "row_id": "9", "classification": "TAMBAHAN", "detail": {}}
        connection.execute(sa.insert(SkpResultRow).values(**extra, text="Membantu panitia hari kesehatan"))
    results = application.cycle.daily.month(2026, 1, by=ALICE).results
    assert list(results.values())[-1] == "Membantu panitia hari kesehatan" and len(results) > 1
    application.cycle.daily.add(Note(MORNING.date(), "x", WORK), by=ALICE)
