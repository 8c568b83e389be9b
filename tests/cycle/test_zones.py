"""An agency over three zones: deadlines, mornings and letters of each unit's people follow the clock on their wall."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import ParameterRow
from engine.runtime.models import CaseRow, TimerRow
from engine.runtime.values import Actor
from engine.settings import Settings
from tests.cycle.agency import LONG_AGO
from tests.cycle.house import MORNING, Post, opened
from tests.cycle.test_foresight import lived, planned

AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))


@pytest.fixture
def islands(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Application, Post]]:
    """The office in Jakarta's zone, one division in Makassar's, the other in Jayapura's."""
    with populated.begin() as connection:
        for unit, zone in (("KESMAS", "WITA"), ("SDK", "WIT")):
            row = {"key": "zona", "unit_id": unit, "value": zone, "starts": LONG_AGO, "note": "", "set_by": "dian"}
            connection.execute(sa.insert(ParameterRow).values({**row, "set_at": MORNING}))
    with opened(settings, populated, clock, monkeypatch) as both:
        yield both


def due(house: Application, person: str) -> str:
    (case,) = house.engine.cases(by=AUDITOR, subject=person).items
    (task,) = house.engine.case(case.id, by=AUDITOR).open_tasks
    assert task.due_at is not None
    return task.due_at.isoformat()


def mornings(house: Application, person: str) -> set[str]:
    """The hours of the reminders that are laid out."""
    query = sa.select(TimerRow.due_at).join(CaseRow).where(CaseRow.subject == person, TimerRow.kind == "reminder")
    with house.engine.database.connect() as connection:
        return {at.isoformat()[11:16] for at in connection.scalars(query)}


def test_every_unit_has_its_own_evenings_and_mornings(islands: tuple[Application, Post], clock: VirtualClock) -> None:
    house, post = islands

    assert due(house, "tuti") == "2026-01-14T16:59:59+00:00"
    assert due(house, "alice") == "2026-01-14T15:59:59+00:00"
    assert due(house, "dan") == "2026-01-14T14:59:59+00:00"
    assert [mornings(house, person) for person in ("tuti", "alice", "dan")] == [{"00:00"}, {"23:00"}, {"22:00"}]

    plan = planned(house, days=9)
    sent = lived(house, post, clock, MORNING + timedelta(days=9))
    hours = {
        person: {at.isoformat()[5:16] for at, to, _ in sent if to.startswith(person)} for person in ("tuti", "dan")
    }
    assert plan == sent
    assert hours["dan"] == {"01-11T21:00", "01-13T22:00"}  # the 11th is a Sunday: Monday 06.00 in Jayapura
    assert hours["tuti"] >= {"01-11T23:00", "01-14T00:00"}


def test_a_letter_is_sent_again_in_the_hours_of_its_place(
    islands: tuple[Application, Post], clock: VirtualClock
) -> None:
    house, post = islands
    clock.go_to(datetime.fromisoformat("2026-01-13T22:00:00+00:00"))
    post.refuses = True
    while house.work():
        pass
    clock.go_to(datetime.fromisoformat("2026-01-14T09:30:00+00:00"))  # 18.30 in Jayapura, 16.30 in Jakarta
    post.refuses = False
    while house.work():
        pass

    people = {str(mail["To"]).split("@")[0] for mail in post.mails}
    assert "tuti" in people
    assert not people & {"dan", "sari"}
