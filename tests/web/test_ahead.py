"""The page of what comes after: a person's own year, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime

from engine.bootstrap import Application
from engine.clock import VirtualClock
from tests.cycle.house import works
from tests.web.conftest import Visitor, skp_answers, text

Visit = Callable[[str], Visitor]


def test_an_employee_reads_the_whole_year_and_what_happens_without_an_answer(
    application: Application, visit: Visit
) -> None:
    page = text(visit("employee").opens("/setelah-ini"))

    assert "Anda menyusun SKP" in page
    assert page.count("14 Januari 2026") == 2  # the task, and its step of the year
    assert "Bila tidak dikirim, maka tim pengelola kinerja menyusun SKP untuk Anda." in page
    assert "menetapkannya paling lambat 5 Februari 2026" in page
    assert page.count("Anda mengisi realisasi periode") == 4
    assert "maka sejak 30 April 2026 atasan pejabat penilai yang menilai" in page
    assert "14 hari kerja sejak hasil diterima" in page
    assert "Keberatan diputus" not in page  # only to whom it happens
    assert "/setelah-ini" in text(visit("employee").opens("/"))


def test_what_the_person_has_sent_is_behind_and_what_waits_for_others_is_told(
    application: Application, visit: Visit
) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    answers = skp_answers(application, task, employee.actor)
    application.engine.complete_task(task.id, answers, revision=task.revision, key="sent", by=employee.actor)

    year = application.ahead.year(by=employee.actor)

    assert year is not None
    planning = year.parts[0]
    assert [(step.key, step.state.value) for step in planning.steps] == [
        ("draft", "done"), ("dialogue", "now"), ("set", "next"),
    ]  # fmt: skip
    assert not year.now
    assert year.coming is not None
    assert year.coming.key == "work"
    assert "Tidak ada yang menunggu Anda." in text(employee.opens("/setelah-ini"))


def test_a_year_tells_lapses_and_where_each_period_stands(
    application: Application, visit: Visit, clock: VirtualClock
) -> None:
    for moment in (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)):
        clock.go_to(moment)
        works(application)
    employee = visit("employee")
    assert "Lewat batas" in text(employee.opens("/setelah-ini"))
    set_by_team(application, visit("personnel"), employee.actor.person)

    clock.go_to(datetime(2026, 4, 2, tzinfo=UTC))
    works(application)
    year = application.ahead.year(by=employee.actor)

    assert year is not None
    first, second, *_ = (part for part in year.parts if part.period)
    assert {step.key: step.state.value for step in first.steps} == {
        "work": "done", "report": "now", "rate": "next", "receive": "next",
    }  # fmt: skip
    assert {step.key: step.state.value for step in second.steps}["work"] == "now"
    assert [task.element for task in year.now] == ["report_period", "plan_actions"]
    assert [part.state.value for part in year.parts if not part.period] == ["done", "next", "next", "next"]


def set_by_team(application: Application, member: Visitor, subject: str) -> None:
    """The team drafts and sets the SKP of somebody who has drafted none."""
    engine = application.engine
    for _ in range(3):
        for task in engine.inbox(by=member.actor, box="team", limit=100).items:
            if task.subject == subject:
                engine.claim(task.id, by=member.actor)
        for task in (one for one in member.tasks() if one.subject == subject):
            answers = skp_answers(application, task, member.actor)
            engine.complete_task(task.id, answers, revision=task.revision, key=str(task.id), by=member.actor)


def test_nobody_reads_the_year_of_another(application: Application, visit: Visit) -> None:
    employee, colleague = visit("employee"), visit("colleague")
    own, other = application.ahead.year(by=employee.actor), application.ahead.year(by=colleague.actor)

    assert own is not None and other is not None
    assert {case.subject for case in own.years} == {employee.actor.person}
    assert {case.subject for case in other.years} == {colleague.actor.person}
    page = text(employee.opens(f"/setelah-ini?siklus={other.case.cycle}&pegawai={colleague.actor.person}"))
    assert str(own.case.id) in page
    assert str(other.case.id) not in page
    assert visit("nobody").opens("/setelah-ini").status_code in (302, 303)


def test_who_has_no_year_is_told_so(visit: Visit) -> None:
    assert "Belum ada tahun kinerja yang dibuka untuk Anda" in text(visit("operator").opens("/setelah-ini"))
