"""Reports: figures by unit, the people behind them, and reminders in three clicks."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import EmployeeRow, FindingRow, RatingRow, UnitRow
from engine.cycle.privacy.readings import ReadKind
from engine.cycle.reports.workbook import workbook
from engine.errors import NotYours
from engine.runtime.models import OutboxRow
from tests.web.conftest import OPENED, Visitor, skp_answers

Visit = Callable[[str], Visitor]
LATE = OPENED + timedelta(days=11)  # SKPs are due on 14 January


@pytest.fixture
def overdue(clock: VirtualClock) -> None:
    """A time at which the SKPs that nobody has drafted are overdue, before a worker has looked at them."""
    clock.go_to(LATE)


def reminders(application: Application, visitor: Visitor, case: UUID) -> list[dict[str, object]]:
    events = application.engine.history(case, by=visitor.actor)
    return [dict(event.data) for event in events if event.type == "reminder_sent" and event.data.get("by_hand")]


@pytest.mark.usefixtures("overdue")
def test_every_late_person_of_a_unit_is_reminded_in_three_clicks(application: Application, visit: Visit) -> None:
    team = visit("personnel")
    assert 'href="/laporan"' in team.opens("/").text

    figures = team.opens("/laporan").text  # the first click
    late = re.findall(r'href="(/laporan/terlambat\?[^"]+)">\s*(\d+)', figures)
    address, number = late[0][0].replace("&amp;", "&"), int(late[0][1])
    people = team.opens(address).text  # the second
    tasks = re.findall(r'name="tugas" value="([^"]+)" checked', people)
    assert number == len(tasks) > 0
    sent = team.sends("/laporan/ingatkan", {"tugas": tasks, "siklus": "2026"})  # the third

    assert sent.status_code == 303
    done = team.opens(sent.location).text
    assert f"{number} pengingat dikirim" in done
    assert done.count("hari ini sudah") == number
    assert 'name="tugas"' not in done
    task = application.engine.task_line(UUID(tasks[0]), by=visit("auditor").actor)
    (event,) = reminders(application, visit("auditor"), task.case_id)
    assert event["to"]
    with application.engine.database.connect() as connection:
        queued = connection.scalars(sa.select(OutboxRow.payload).where(OutboxRow.kind == "mail")).all()
    assert [one for one in queued if one.get("people") == event["to"]]


@pytest.mark.usefixtures("overdue")
def test_a_task_is_reminded_of_once_a_day(application: Application, visit: Visit, clock: VirtualClock) -> None:
    by, reports = visit("personnel").actor, application.reports
    task = reports.lines("terlambat", "2026", None, by=by).items[0].task
    assert task is not None

    first, second = reports.remind([task], by=by), reports.remind([task], by=by)
    clock.advance(timedelta(days=1))
    tomorrow = reports.remind([task], by=by)

    assert (first.sent, second.sent, tomorrow.sent) == (1, 0, 1)
    assert "sudah dikirim hari ini" in second.refused[0][1]
    assert application.engine.verify().breach is None


@pytest.mark.usefixtures("overdue")
def test_who_looks_after_no_unit_sees_no_report_and_reminds_nobody(application: Application, visit: Visit) -> None:
    task = application.reports.lines("terlambat", "2026", None, by=visit("personnel").actor).items[0].task
    assert task is not None

    for part in ("employee", "operator"):
        assert visit(part).opens("/laporan").status_code == 403
        assert visit(part).sends("/laporan/ingatkan", {"tugas": [str(task)]}).status_code == 403
    assert visit("auditor").opens("/laporan").status_code == 200
    with pytest.raises(NotYours):
        application.reports.remind([task], by=visit("auditor").actor)


def test_figures_follow_what_happened(application: Application, visit: Visit) -> None:
    colleague, by = visit("colleague"), visit("auditor").actor
    task = colleague.tasks()[0]
    answers = skp_answers(application, task, colleague.actor)
    application.engine.complete_task(task.id, answers, revision=task.revision, key="sent", by=colleague.actor)
    unit = application.engine.case(task.case_id, by=by).case.unit
    with Session(application.engine.database) as session, session.begin():
        for cluster in ("PERENCANAAN", "PEMBINAAN", "PENILAIAN", "TINDAK_LANJUT", "SISTEM_INFORMASI", "TATA_KELOLA"):
            session.add(
                FindingRow(cluster=cluster, text=cluster, case_id=task.case_id, cycle_id="2026", found_at=OPENED)
            )

    report = application.reports.overview("2026", by=by)
    own = next(one for one in report.units if one.unit == unit)
    top = report.units[0]

    assert own.figures["temuan"] == 6
    assert set(own.clusters.values()) == {1}
    assert top.figures["perkara"] == application.engine.cases(by=by).total
    assert top.figures["temuan"] == 6
    found = application.reports.lines("temuan", "2026", unit, by=by, cluster="PENILAIAN").items
    assert [line.what for line in found] == ["PENILAIAN"]


@pytest.mark.parametrize("what", ["semua", "perkara"])
def test_reports_are_downloaded(visit: Visit, what: str) -> None:
    auditor = visit("auditor")

    book = load_workbook(io.BytesIO(auditor.opens(f"/laporan/unduh/{what}.xlsx").data))
    pdf = auditor.opens(f"/laporan/unduh/{what}.pdf")

    assert book.worksheets[0].max_row > 2
    assert pdf.data.startswith(b"%PDF")
    assert auditor.opens("/laporan/unduh/lain.xlsx").status_code == 404


def test_a_workbook_holds_no_formula_and_keeps_numbers_of_people_as_text() -> None:
    content = workbook([("Data", ["Nama", "NIP"], [["=1+1", "199001012015011001"], ["@SUM(A1)", None]])])

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]

    assert [cell.data_type for cell in sheet["A"]] == ["s", "s", "s"]
    assert [cell.value for cell in sheet["A"]] == ["Nama", "'=1+1", "'@SUM(A1)"]
    assert sheet["B2"].value == "199001012015011001"
    assert sheet["B2"].number_format == "@"


@pytest.mark.parametrize("kind", ["units", "employees", "objectives", "indicators", "strategies"])
def test_what_comes_out_goes_in_again_and_changes_nothing(application: Application, visit: Visit, kind: str) -> None:
    personnel = visit("personnel")
    with application.engine.database.begin() as connection:
        for table in (UnitRow, EmployeeRow):
            some = sa.select(table.id).limit(3)
            connection.execute(
                sa.update(table).where(table.id.in_(some)).values(name=sa.literal("-'=1+1 ") + table.name)
            )

    content = personnel.opens(f"/impor/data/{kind}.xlsx").data
    preview = application.cycle.preview_import(kind, content, f"{kind}.xlsx", by=personnel.actor)

    assert (list(preview.new), list(preview.changed), list(preview.faulty)) == ([], [], [])
    assert preview.unchanged == load_workbook(io.BytesIO(content)).worksheets[0].max_row - 1


def test_results_come_with_grades_appraiser_and_text_numbers(application: Application, visit: Visit) -> None:
    personnel, by = visit("personnel"), visit("employee").actor
    case = application.engine.cases(by=by, subject=by.person).items[0]
    with Session(application.engine.database) as session, session.begin():
        session.add(
            RatingRow(
                case_id=case.id,
                cycle_id="2026",
                subject=case.subject,
                unit_id=case.unit,
                period="annual",
                result_rating="SESUAI_EKSPEKTASI",
                behaviour_rating="DI_ATAS_EKSPEKTASI",
                predicate="BAIK",
                status="FINAL",
                given_at=OPENED,
                numbers={"skp": 102.8, "perilaku": 100, "bobot": "70/30", "nilai": 101.96},
            )
        )

    answer = personnel.opens("/impor/data/results.xlsx?siklus=2026")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    told = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))

    assert sheet.max_row == 2
    assert (told["nip"], told["predikat"], told["status"]) == (visit("employee").login, "BAIK", "FINAL")
    assert told["nip_penilai"] == visit("appraiser").login
    assert [told[key] for key in ("nilai_skp", "nilai_perilaku", "nilai_akhir")] == [102.8, 100, 101.96]
    assert sheet["A2"].data_type == "s"
    assert personnel.opens("/impor/data/skp.xlsx?siklus=2026").status_code == 200
    read = application.privacy.readings.of_me(by=by).items
    assert [(one.reader, one.kind) for one in read] == [(personnel.actor.person, ReadKind.RATINGS)]
    assert personnel.opens("/impor/data/rahasia.xlsx").status_code == 404
    assert visit("auditor").opens("/impor/data/results.xlsx").status_code == 403
