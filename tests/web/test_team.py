"""The page Team: whom one appraises, feedback at any time, closed surveys, evidence."""

import re
from collections.abc import Callable

import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import EmployeeRow, HoldingRow, PostRow, ReportingLineRow
from engine.cycle.surveys.models import BallotRow
from engine.runtime.definitions import WHOLE_TASKS, Definitions
from engine.runtime.models import TaskRow
from engine.runtime.values import Actor
from tests.web.conftest import OPENED, Visitor

Visit = Callable[[str], Visitor]
PDF = b"%PDF-1.4\n%bukti"


def named_under(application: Application, leader: str, others: set[str]) -> list[str]:
    """Two more people whose reporting line names the leader."""
    with application.engine.database.begin() as connection:
        plain = sa.select(EmployeeRow.id).join(HoldingRow, HoldingRow.employee_id == EmployeeRow.id)
        plain = plain.join(PostRow, PostRow.id == HoldingRow.post_id).where(~PostRow.heads_unit)
        two = connection.scalars(plain.where(EmployeeRow.id.not_in({leader, *others})).order_by(EmployeeRow.id)).all()[
            :2
        ]
        rows = [{"employee_id": one, "superior_id": leader, "starts": OPENED.date()} for one in two]
        connection.execute(sa.insert(ReportingLineRow), rows)
    return list(two)


def text_of(visitor: Visitor, path: str) -> str:
    answer = visitor.opens(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_an_appraiser_sees_each_of_the_own_people_with_state_and_what_is_late(
    visit: Visit, application: Application, clock: VirtualClock
) -> None:
    appraiser, employee = visit("appraiser"), visit("employee")
    task = employee.tasks()[0]
    before = text_of(appraiser, "/tim")
    assert "Yang Anda nilai" in before
    assert "Belum mulai" in before

    application.engine.save_draft(task.id, {"rhk": []}, revision=task.revision, by=employee.actor)
    clock.go_to(task.due_at or OPENED)
    clock.advance(task.due_at - OPENED if task.due_at else OPENED - OPENED)
    after = text_of(visit("appraiser"), "/tim")

    row = next(part for part in after.split("<tr") if f"/tim/{employee.actor.person}" in part)
    assert "Draf" in row
    assert "siklus-late" in row
    assert "belum" in row
    assert "Yang Anda nilai" not in text_of(visit("employee"), "/tim")


def test_feedback_is_read_by_the_employee_at_once_and_not_by_colleagues(visit: Visit) -> None:
    appraiser, employee, colleague = visit("appraiser"), visit("employee"), visit("colleague")
    path, said = f"/tim/{employee.actor.person}", "Rapat warga dipimpin dengan data lengkap."
    assert "Beri umpan balik" in text_of(appraiser, path)

    refused = appraiser.sends(f"{path}/umpan-balik", {"siklus": "2026", "tentang": "BP", "jenis": "", "uraian": said})
    assert refused.status_code == 422
    assert said in refused.get_data(as_text=True)
    given = {"siklus": "2026", "tentang": "BP", "jenis": "POSITIF", "uraian": said}
    assert appraiser.sends(f"{path}/umpan-balik", given).status_code == 303

    assert said in text_of(employee, "/tim")
    assert said not in text_of(colleague, path)
    assert "sudah" in next(part for part in text_of(appraiser, "/tim").split("<tr") if path in part)


def test_who_has_nothing_to_do_with_a_person_does_not_find_the_page(visit: Visit) -> None:
    person = visit("employee").actor.person
    for part in ("operator", "process_owner"):
        assert visit(part).opens(f"/tim/{person}").status_code == 404
        assert visit(part).opens("/tim").status_code == 200
    stranger = visit("operator")
    stranger.opens("/tentang")
    given = {"siklus": "2026", "tentang": "BP", "jenis": "POSITIF", "uraian": "Halo dari pengelola mesin."}
    assert stranger.sends(f"/tim/{person}/umpan-balik", given).status_code in (403, 404)
    assert stranger.sends(f"/tim/{person}/survei", {"siklus": "2026", "periode": "TW1"}).status_code in (403, 404)


def test_a_survey_is_opened_answered_once_and_shown_as_means(
    visit: Visit, application: Application, clock: VirtualClock
) -> None:
    appraiser, employee, colleague = visit("appraiser"), visit("employee"), visit("colleague")
    person = employee.actor.person
    others = named_under(application, appraiser.actor.person, {person, colleague.actor.person})
    assert "Buka survei" in text_of(appraiser, f"/tim/{person}")
    assert appraiser.sends(f"/tim/{person}/survei", {"siklus": "2026", "periode": "TW1"}).status_code == 303
    assert "Masih berjalan" in text_of(appraiser, f"/tim/{person}")

    found = re.search(r"/survei/[0-9a-f-]+", text_of(colleague, "/tim"))
    assert found is not None
    path = found[0]
    assert appraiser.opens(path).status_code == 404
    assert visit("auditor").opens(path).status_code == 404
    names = set(re.findall(r'name="(nilai-\w+)"', text_of(colleague, path)))
    assert len(names) == 7
    assert colleague.sends(path, dict.fromkeys(sorted(names)[:3], "5")).status_code == 422
    assert colleague.sends(path, dict.fromkeys(names, "5")).status_code == 303
    assert "sudah menjawab" in text_of(colleague, path)

    (survey,) = application.cycle.surveys.invitations(by=colleague.actor)
    for other in others:
        chosen = {code: 2 for code, _ in survey.behaviours}
        application.cycle.surveys.answer(survey.id, chosen, by=Actor(other))
    clock.advance(survey.closes_at - OPENED)
    clock.advance(survey.closes_at - OPENED)
    application.work()

    assert "Rata-rata dari 3 jawaban" in text_of(visit("appraiser"), f"/tim/{person}")
    assert colleague.opens(path).status_code == 404
    with application.engine.database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(BallotRow)) == 0


def test_ones_own_evidence_of_the_year_is_on_one_page(visit: Visit, application: Application) -> None:
    employee = visit("employee")
    assert "Belum ada berkas" in text_of(employee, "/bukti")
    task = employee.tasks()[0]
    application.engine.attach(task.id, filename="foto.pdf", content=PDF, by=employee.actor)

    page = text_of(employee, "/bukti")

    assert "foto.pdf" in page
    assert "Susun SKP" in page


def test_whoever_rates_is_shown_evidence_used_twice_and_feedback_beside_the_form(
    visit: Visit, application: Application
) -> None:
    appraiser, employee, colleague = visit("appraiser"), visit("employee"), visit("colleague")
    for person in (employee, colleague):
        application.engine.attach(person.tasks()[0].id, filename="foto.pdf", content=PDF, by=person.actor)
    said = "Rapat warga dipimpin dengan data lengkap."
    person = employee.actor.person
    application.cycle.feedback.give(person, "2026", topic="BP", kind="POSITIF", text=said, by=appraiser.actor)
    task = employee.tasks()[0].id
    assert "Bukti yang dipakai lebih dari sekali" not in text_of(employee, f"/tugas/{task}")

    with application.engine.database.begin() as connection:
        row = connection.execute(WHOLE_TASKS.where(TaskRow.id == task)).mappings().one()
        definition = Definitions().number(connection, {**row, "performer": "appraiser"})
        moved = {"definition": definition, "assignee": appraiser.actor.person}
        connection.execute(sa.update(TaskRow).where(TaskRow.id == task).values(moved))
    page = text_of(appraiser, f"/tugas/{task}")

    told = page[page.index("Bukti yang dipakai lebih dari sekali") :]
    assert application.cycle.names([colleague.actor.person])[colleague.actor.person] in told
    assert said in told
