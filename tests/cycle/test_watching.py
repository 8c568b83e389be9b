"""What a leader sees of each of the own people: state, what is late, feedback given or not, the way to each task."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.bench.measure import StatementCounter
from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import ReportingLineRow
from engine.cycle.watching import Stage, Watched
from engine.runtime.models import TaskRow
from engine.runtime.values import Actor
from engine.settings import Settings
from tests.cycle.agency import LONG_AGO, Agency
from tests.cycle.house import MORNING, opened

BOB = Actor("bob")


@pytest.fixture
def house(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    with populated.begin() as connection:
        agency = Agency(connection, numbers=100)
        for number in range(15):
            agency.person(f"p{number:02}", "KESMAS")
    with opened(settings, populated, clock, monkeypatch) as (application, _post):
        yield application


def seen(house: Application, person: str, leader: Actor = BOB) -> Watched:
    return next(one for one in house.cycle.team.reports("2026", by=leader) if one.person == person)


def test_seventeen_people_are_read_in_a_few_statements(house: Application) -> None:
    counter = StatementCounter(house.engine.database)
    reports = house.cycle.team.reports("2026", by=BOB)
    assert len(reports) == 17
    assert counter.count < 25  # not some for each person
    assert {one.stage for one in reports} == {Stage.NOT_STARTED}
    assert house.cycle.team.reports("2026", by=Actor("alice")) == []


def test_a_leader_appraises_heads_of_units_below_and_whom_a_line_names(house: Application) -> None:
    def under(leader: str) -> set[str]:
        return {one.person for one in house.cycle.team.reports("2026", by=Actor(leader))}

    assert under("carol") == {"bob", "sari", "tuti"}
    with house.engine.database.begin() as connection:
        line = {"employee_id": "dan", "superior_id": "bob", "starts": LONG_AGO}
        connection.execute(sa.insert(ReportingLineRow).values(line))
    assert "dan" in under("bob")
    assert "dan" not in under("sari")


def test_the_state_follows_the_work(house: Application, clock: VirtualClock) -> None:
    assert (seen(house, "alice").stage, seen(house, "alice").step) == (Stage.NOT_STARTED, "Susun SKP")
    (task,) = house.engine.inbox(by=Actor("alice")).items
    house.engine.save_draft(task.id, {"rhk": []}, revision=task.revision, by=Actor("alice"))

    assert seen(house, "alice").stage is Stage.DRAFT
    assert task.due_at is not None
    clock.go_to(task.due_at + timedelta(minutes=1))
    late = seen(house, "alice")
    assert late.late == [("Susun SKP", task.due_at)]


def test_what_is_sent_waits_for_the_leader_until_nothing_is_open(house: Application) -> None:
    (task,) = house.engine.inbox(by=Actor("alice")).items

    def becomes(**values: str) -> Watched:
        with house.engine.database.begin() as connection:
            connection.execute(sa.update(TaskRow).where(TaskRow.id == task.id).values(values))
        return seen(house, "alice")

    sent = becomes(assignee="bob")
    assert (sent.stage, [one[0] for one in sent.tasks]) == (Stage.SUBMITTED, [task.id])
    done = becomes(status="completed", closed_by="alice")
    assert (done.stage, done.step, done.tasks) == (Stage.APPROVED, "Susun SKP", [])


def test_feedback_of_this_period_counts_and_that_of_another_does_not(house: Application, clock: VirtualClock) -> None:
    said = "Data balita lengkap sehingga rapat cepat selesai."
    house.cycle.feedback.give("alice", "2026", topic="BP", kind="POSITIF", text=said, by=BOB)
    house.cycle.feedback.give("andi", "2026", topic="BP", kind="POSITIF", text=said, by=Actor("alice"))

    assert seen(house, "alice").has_feedback
    assert not seen(house, "andi").has_feedback  # a peer's is no appraiser's
    clock.go_to(MORNING + timedelta(days=100))
    assert not seen(house, "alice").has_feedback
