"""A wrong superior, a new head, an acting official: rehearsed, carried out as one order, and told in the history."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.line_changes import Acting, Change, NewHead, NewSuperior
from engine.cycle.models import ActingKind, ReportingLineRow
from engine.cycle.simulation.answers import fill
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime.values import SYSTEM, Actor, Json
from tests.cycle.agency import Agency
from tests.cycle.house import Post

DIAN = Actor("dian", name="Dian", roles=frozenset({"personnel"}))
WHY = "Atasan yang tercatat di sistem keliru."
TODAY = date(2026, 1, 5)


@pytest.fixture
def house(opened_house: tuple[Application, Post]) -> tuple[Application, Post]:
    """The regency at work: those who have no leader to wait for draft their SKP."""
    application, post = opened_house
    application.cycle.create_account(
        DIAN.person, "perahu-layar-biru", by=SYSTEM, login="dian", name="Dian", roles=DIAN.roles
    )
    return application, post


def filled(application: Application, task: UUID, by: Actor, **decided: Json) -> dict[str, Json]:
    """Answers that a task's form accepts."""
    engine = application.engine
    view, form = engine.task(task, by=by), engine.form(task, by=by)
    return fill(form, view.answers, view.context, engine.environment(), Random(1), {"klasifikasi": "UTAMA", **decided})


def drafts(application: Application, person: str) -> UUID:
    """Someone hands in an SKP, so that the appraiser has a task; gives the case."""
    engine, by = application.engine, Actor(person)
    (task,) = engine.inbox(by=by).items
    answers = filled(application, task.id, by)
    engine.complete_task(task.id, answers, revision=task.revision, key=f"{person}-skp", by=by)
    while application.work():
        pass
    return task.case_id


def has(application: Application, person: str) -> set[tuple[str, str]]:
    return {(task.subject, task.performer) for task in application.engine.inbox(by=Actor(person)).items}


def carried_out(application: Application, change: Change, expected: int) -> None:
    application.cycle.lines.carry_out(change, expected=expected, reason=WHY, by=DIAN)
    while application.work():
        pass


def test_a_wrong_superior_is_put_right_as_rehearsed(house: tuple[Application, Post]) -> None:
    application, post = house
    case = drafts(application, "alice")
    assert has(application, "bob") == {("bob", "employee"), ("alice", "appraiser")}
    change = NewSuperior("alice", "sari", TODAY)
    rehearsal = application.cycle.lines.rehearse(change, by=DIAN)
    assert [(one.task.subject, one.task.assignee, one.to.person) for one in rehearsal.handovers] == [
        ("alice", "bob", "sari")
    ]
    assert ("alice", "appraiser") not in has(application, "sari"), "a rehearsal changes nothing"
    with application.engine.database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(ReportingLineRow)) == 0
    post.mails.clear()

    carried_out(application, change, 1)

    assert ("alice", "appraiser") in has(application, "sari")
    assert has(application, "bob") == {("bob", "employee")}
    assert [(mail["To"], mail["Subject"]) for mail in post.mails] == [
        ("sari@sukamaju.go.id", "Tugas dialihkan kepada Anda: Lakukan dialog kinerja")
    ]
    *_, event, news = application.engine.history(case, by=Actor("fay", roles=frozenset({"auditor"})))
    assert (news.type, news.name) == ("message_received", "GANTI_PENILAI")
    assert (event.type, event.actor, event.data["reason"]) == ("tasks_handed_over", "dian", WHY)
    assert [(one["from_name"], one["to_name"]) for one in event.data["handed_over"]] == [("Bob", "Sari")]
    assert application.engine.verify().breach is None

    carried_out(application, NewSuperior("alice", None, TODAY), 1)
    assert ("alice", "appraiser") in has(application, "bob"), "the head of the unit again"


def test_a_new_head_of_a_unit_takes_over_what_is_open_there(house: tuple[Application, Post]) -> None:
    application, _ = house
    drafts(application, "alice")
    drafts(application, "andi")
    change = NewHead("KESMAS", "sari", TODAY)
    rehearsal = application.cycle.lines.rehearse(change, by=DIAN)
    assert [(one.task.subject, one.to.person) for one in rehearsal.handovers] == [("alice", "sari"), ("andi", "sari")]
    assert [one.id for one in rehearsal.without_post] == ["bob"]

    carried_out(application, change, 2)

    assert has(application, "sari") >= {("alice", "appraiser"), ("andi", "appraiser")}
    assert (
        application.cycle.employee("andi", by=DIAN).superiors.appraiser.person
        == application.cycle.employee("sari", by=DIAN).employee
    )


def test_what_an_acting_official_has_goes_back_when_the_letter_ends(
    house: tuple[Application, Post], clock: VirtualClock, database: sa.Engine
) -> None:
    application, _ = house
    case = drafts(application, "alice")
    with database.begin() as connection:
        Agency(connection, numbers=90).leaves("bob", date(2026, 1, 4))
    plt = Acting("KESMAS", "sari", ActingKind.PLT, "SP-7/2026", True, TODAY, date(2026, 1, 14))
    carried_out(application, plt, len(application.cycle.lines.rehearse(plt, by=DIAN).handovers))
    assert ("alice", "appraiser") in has(application, "sari")

    clock.advance(timedelta(days=10))
    while application.work():
        pass

    assert ("alice", "appraiser") in has(application, "carol"), "the post is vacant, so one climbs"
    assert application.engine.case(case, by=Actor("alice")).case.id == case


def test_a_letter_of_a_later_day_works_from_that_day_on(house: tuple[Application, Post], clock: VirtualClock) -> None:
    application, _ = house
    drafts(application, "alice")
    carried_out(application, NewSuperior("alice", "sari", TODAY + timedelta(days=3)), 1)
    assert ("alice", "appraiser") in has(application, "bob")
    clock.advance(timedelta(days=3))
    while application.work():
        pass
    assert ("alice", "appraiser") in has(application, "sari")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (NewSuperior("alice", "alice", TODAY), "superior", "atasan dirinya sendiri"),
        (NewSuperior("alice", "andi", TODAY), "superior", "tidak dapat menilai"),
        (NewSuperior("bob", "alice", TODAY), "superior", "tidak dapat menilai"),
        (NewSuperior("alice", "sari", TODAY + timedelta(days=400)), "starts", "terlalu jauh"),
        (NewHead("KESMAS", "bob", TODAY), "unit", "sudah memimpin"),
        (Acting("KESMAS", "sari", ActingKind.PLT, "SP-7", True, TODAY), "kind", "masih dipegang Bob"),
        (Acting("KESMAS", "bob", ActingKind.PLH, "SP-7", True, TODAY), "unit", "sudah memimpin"),
        (Acting("KESMAS", "sari", ActingKind.PLH, " ", True, TODAY), "letter", "nomor surat"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    house: tuple[Application, Post], change: Change, field: str, words: str
) -> None:
    application, _ = house
    with pytest.raises(FormInvalid) as refused:
        application.cycle.lines.rehearse(change, by=DIAN)
    assert words in refused.value.errors[field]


def test_only_personnel_never_about_oneself_and_only_what_was_seen(house: tuple[Application, Post]) -> None:
    lines = house[0].cycle.lines
    change = NewSuperior("alice", "sari", TODAY)
    for by in (Actor("bob"), Actor("alice", roles=frozenset({"personnel"}))):
        with pytest.raises(NotYours):
            lines.rehearse(change, by=by)
    with pytest.raises(NotFound):
        lines.rehearse(NewSuperior("nobody", "sari", TODAY), by=DIAN)
    with pytest.raises(Refused, match="Kini ada 0 tugas"):
        lines.carry_out(change, expected=3, reason=WHY, by=DIAN)
    with pytest.raises(Refused, match="paling sedikit 10 huruf"):
        lines.carry_out(change, expected=0, reason="ya", by=DIAN)
    assert lines.carry_out(change, expected=0, reason=WHY, by=DIAN) is not None, "the case is told"
