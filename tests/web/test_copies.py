"""A copy of one's own data: ordered on a page, made by a worker, taken along as a ZIP, gone after some days."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from openpyxl import load_workbook

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import AccountRow, FeedbackRow, RatingRow
from engine.cycle.privacy.inventory import INVENTORY
from engine.cycle.privacy.models import CopyPartRow
from engine.db import Base
from tests.web.conftest import Visitor, skp_answers, text
from tests.web.test_who_reads_what import PDF, hold_counselling

Visit = Callable[[str], Visitor]
WORDS = "Wawancara=1 <b>jelas</b>"
LEFT_OUT = {
    "attachments.task_id", "case_parties", "cases", "directory_version", "foreseen_letters", "opening_items",
    "readings", "sign_in_attempts", "survey_ballots", "survey_invitations", "data_copies",
}  # fmt: skip


def live(application: Application, employee: Visitor, colleague: Visitor, counsellor: Visitor) -> None:
    """Something of every kind about the employee: a form with evidence, feedback, ratings, a counselling note."""
    engine, task = application.engine, employee.tasks()[0]
    engine.attach(task.id, filename="bukti.pdf", content=PDF, by=employee.actor)
    answers = skp_answers(application, task, employee.actor)
    engine.complete_task(task.id, answers, revision=task.revision, key="sent", by=employee.actor)
    case, now = engine.cases(by=employee.actor, subject=task.subject).items[0], engine.clock.now()
    whose = {"subject": task.subject, "cycle_id": case.cycle}
    rated = {**whose, "case_id": case.id, "unit_id": case.unit, "given_at": now, "superseded": False}
    with engine.database.begin() as connection:
        given = {
            "giver": colleague.actor.person,
            "giver_role": "REKAN",
            "target": "PERILAKU_KERJA",
            "about": "Kolaboratif",
        }
        connection.execute(sa.insert(FeedbackRow).values(**whose, **given, kind="POSITIF", text=WORDS, given_at=now))
        for period, status, predicate in (("TW1", "FINAL", "BAIK"), ("annual", "DITETAPKAN", "SANGAT_KURANG")):
            connection.execute(sa.insert(RatingRow).values(**rated, period=period, status=status, predicate=predicate))
    hold_counselling(application, case, counsellor.actor)


def test_one_takes_along_all_that_is_about_oneself_and_nothing_that_others_confided(
    application: Application, visit: Visit, clock: VirtualClock
) -> None:
    employee, colleague = visit("employee"), visit("colleague")
    live(application, employee, colleague, visit("appraiser"))
    employee.opens("/data-saya")
    employee.sends("/data-saya/salinan")
    assert "Sedang dibuat" in text(employee.opens("/data-saya"))
    while application.work():
        pass
    page = text(employee.opens("/data-saya"))
    place = page[page.index("/data-saya/salinan/") :].partition('"')[0]

    with employee.opens(place) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    told = json.loads(archive.read("data.json"))["bagian"]
    whole, shown = archive.read("data.json").decode(), archive.read("data.html").decode()

    assert told["pegawai"]["baris"][0]["nip"] == employee.login
    assert [one["predicate"] for one in told["penilaian"]["baris"]] == ["BAIK"], "not what nobody has told yet"
    assert told["umpan_balik"]["baris"][0]["text"] == WORDS
    (case,) = [part for name, part in told.items() if name.startswith("perkara-")]
    assert any("isian_mentah" in event for event in case["baris"])
    assert [archive.read(name) for name in archive.namelist() if name.startswith("berkas/")] == [PDF]
    assert "Masalah keluarga" not in whole + shown
    assert "SANGAT_KURANG" not in whole + shown
    assert "&lt;b&gt;" in shown
    assert {"pegawai", "penilaian"} <= set(load_workbook(io.BytesIO(archive.read("data.xlsx"))).sheetnames)
    assert colleague.opens(place).status_code == 404
    with application.engine.database.connect() as connection:
        assert WORDS.encode() not in b"".join(connection.scalars(sa.select(CopyPartRow.box)))

    clock.go_to(clock.now() + timedelta(days=8))
    while application.work():
        pass
    assert employee.opens(place).status_code == 404
    with application.engine.database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(CopyPartRow)) == 0


def test_every_table_that_names_a_person_is_in_the_inventory_or_left_out_on_purpose() -> None:
    naming = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"subject", "person", "employee_id", "uploaded_by"} & set(table.columns.keys())
    }

    assert naming - LEFT_OUT - {kept.table.__tablename__ for kept in INVENTORY} == set()
    secret = {"password_hash", "session_epoch"}
    assert not any(column.key in secret for kept in INVENTORY for column in kept.told if kept.table is AccountRow)
