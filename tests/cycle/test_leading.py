"""Planning from the top down: who waits for a leader's SKP, who does not, and that nobody waits for ever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.line_changes import NewSuperior
from engine.cycle.models import FindingRow
from engine.cycle.simulation.answers import fill
from engine.runtime.values import SYSTEM, Actor, Task
from engine.settings import Settings
from tests.cycle.agency import PERSONNEL
from tests.cycle.house import Post, opened, works


@pytest.fixture
def house(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Application, Post]]:
    """The regency, planning from the top down."""
    with opened(settings, populated, clock, monkeypatch, in_order=True) as both:
        yield both


def task_of(application: Application, person: str, subject: str) -> Task:
    (found,) = [one for one in application.engine.inbox(by=Actor(person)).items if one.subject == subject]
    return found


def does(application: Application, person: str, subject: str, **decided: Any) -> None:
    """Someone does the one task that there is in a person's case."""
    engine, by, task = application.engine, Actor(person), task_of(application, person, subject)
    view = engine.task(task.id, by=by)
    decided = {"klasifikasi": "UTAMA", "perspektif": "PENERIMA_LAYANAN", **decided}
    answers = fill(engine.form(task.id, by=by), view.answers, view.context, engine.environment(), Random(1), decided)
    engine.complete_task(task.id, answers, revision=task.revision, key=str(task.id), by=by)
    works(application)


def plans(application: Application, person: str, leader: str) -> None:
    """A person's SKP is drafted, talked about and set."""
    does(application, person, person)
    does(application, leader, person, sepakat="SEPAKAT")
    does(application, leader, person, keputusan="TETAPKAN")


def drafting(application: Application) -> set[str]:
    people = ("carol", "bob", "sari", "alice", "andi", "dan")
    return {
        one
        for one in people
        for task in application.engine.inbox(by=Actor(one)).items
        if (task.subject, task.element) == (one, "draft_skp")
    }


def test_subordinates_draft_when_their_leader_s_skp_is_set(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, post = house
    assert drafting(application) == {"carol"}, "the regent makes no SKP; all others have a leader who does"

    plans(application, "carol", "regent")

    assert drafting(application) == {"bob", "sari"}, "those right below her"
    (offered, *_) = application.engine.task(task_of(application, "bob", "bob").id, by=Actor("bob")).context[
        "leader_results"
    ]
    assert offered["text"]
    plans(application, "sari", "carol")
    assert drafting(application) == {"bob", "dan"}

    clock.go_to(datetime(2026, 1, 21, 17, 30, tzinfo=UTC))  # bob's draft is the team's by now; his people wait no more
    post.mails.clear()
    works(application)

    assert drafting(application) >= {"alice", "andi"}
    view = application.engine.task(task_of(application, "alice", "alice").id, by=Actor("alice"))
    assert view.note is not None and "SKP pimpinan Anda belum ditetapkan" in view.note
    assert view.task.due_at is not None and view.task.due_at.date() == date(2026, 1, 27)
    late = {(mail["To"], mail["Subject"]) for mail in post.mails if mail["Subject"].startswith("SKP pimpinan ditunggu")}
    assert {to for to, _ in late} <= {"bob@sukamaju.go.id", "carol@sukamaju.go.id"}
    with application.engine.database.connect() as connection:
        found = connection.execute(sa.select(FindingRow.cluster, FindingRow.text)).all()
    assert [one.cluster for one in found] == ["PERENCANAAN", "PERENCANAAN"]


def test_who_gets_another_leader_while_waiting_goes_on_with_that_one(house: tuple[Application, Post]) -> None:
    application, _ = house
    plans(application, "carol", "regent")
    plans(application, "sari", "carol")
    assert "alice" not in drafting(application)
    application.cycle.create_account(
        PERSONNEL.person, "perahu-layar-biru", by=SYSTEM, login="dian", name="Dian", roles=PERSONNEL.roles
    )

    change = NewSuperior("alice", "sari", date(2026, 1, 5))
    application.cycle.lines.carry_out(change, expected=0, reason="Atasannya keliru dicatat.", by=PERSONNEL)
    works(application)

    assert "alice" in drafting(application)
