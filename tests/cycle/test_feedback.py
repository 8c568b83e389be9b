"""Feedback at any time among people who work together."""

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle.feedback import Feedback
from engine.cycle.models import TeamMemberRow, TeamRow
from engine.cycle.year import PerformanceCycle
from engine.errors import FormInvalid, NotYours
from engine.runtime.values import Actor
from tests.cycle.agency import LONG_AGO, PERSONNEL
from tests.cycle.house import MORNING

TEXT = "Laporan Mei datang tepat waktu sehingga rapat berjalan dengan data."


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MORNING)


@pytest.fixture
def feedback(populated: sa.Engine, cycle: PerformanceCycle) -> Feedback:
    """Dan, of another unit, leads a squad of alice's."""
    with populated.begin() as connection:
        squad = {"id": "T", "name": "Data", "unit_id": "SDK", "leader_id": "dan", "starts": LONG_AGO}
        connection.execute(sa.insert(TeamRow).values(squad))
        place = {"team_id": "T", "employee_id": "alice", "letter": "ST-12/2026", "starts": LONG_AGO}
        connection.execute(sa.insert(TeamMemberRow).values(place))
    cycle.create_cycle(2026, by=PERSONNEL)
    return cycle.feedback


def says(feedback: Feedback, giver: str, person: str = "alice", topic: str = "BP") -> None:
    feedback.give(person, "2026", topic=topic, kind="POSITIF", text=TEXT, by=Actor(giver))


@pytest.mark.parametrize(
    ("giver", "person", "role"),
    [
        ("bob", "alice", "PENILAI"),
        ("carol", "alice", "ATASAN"),
        ("dan", "alice", "KETUA_TIM"),
        ("andi", "alice", "REKAN"),
        ("alice", "bob", "BAWAHAN"),
    ],
)
def test_who_works_with_somebody_gives_feedback_that_is_read_at_once(
    feedback: Feedback, giver: str, person: str, role: str
) -> None:
    says(feedback, giver, person)

    (given,) = feedback.about(person, "2026", by=Actor(person))

    assert (given.role, given.about, given.text) == (role, "Berorientasi Pelayanan", TEXT)
    assert (given.target, given.at) == ("PERILAKU_KERJA", MORNING)


@pytest.mark.parametrize("giver", ["alice", "sari", "dian", "regent"])
def test_nobody_else_gives_any(feedback: Feedback, giver: str) -> None:
    with pytest.raises(NotYours):
        says(feedback, giver)
    with pytest.raises(NotYours):
        feedback.topics("alice", "2026", by=Actor(giver))


def test_peers_read_what_they_gave_and_no_more(feedback: Feedback) -> None:
    says(feedback, "bob")
    says(feedback, "andi", topic="KB")

    def seen(reader: Actor) -> list[str]:
        return [one.giver_name for one in feedback.about("alice", "2026", by=reader)]

    assert seen(Actor("andi")) == ["Andi"]
    assert seen(Actor("sari")) == []
    for reader in (Actor("alice"), Actor("bob"), Actor("carol"), PERSONNEL):
        assert sorted(seen(reader)) == ["Andi", "Bob"]


def test_all_that_is_missing_is_said_at_once(feedback: Feedback) -> None:
    with pytest.raises(FormInvalid) as refused:
        feedback.give("alice", "2026", topic="X", kind="", text="  baik  ", by=Actor("bob"))
    assert set(refused.value.errors) == {"topic", "kind", "text"}
