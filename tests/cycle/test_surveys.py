"""Closed surveys: who may open and answer, and what nobody can read, whatever he may do."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.surveys import ballots
from engine.cycle.surveys.models import BallotRow, SurveyInvitationRow, SurveyKeyRow, SurveyRow
from engine.cycle.surveys.verbs import Outcome, Survey, Surveys
from engine.cycle.year import PerformanceCycle
from engine.db import Base
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime.sealing import Unsealable, unwrap
from engine.runtime.values import SYSTEM, Actor
from engine.settings import Settings
from tests.cycle.agency import PERSONNEL, Agency
from tests.cycle.house import MORNING, Post, opened

BOB = Actor("bob")
GROUP = ("andi", "ayu", "budi", "citra")  # alice's peers: under bob
WEEK = timedelta(days=9)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MORNING)


@pytest.fixture
def surveys(populated: sa.Engine, cycle: PerformanceCycle) -> Surveys:
    """Alice among four peers, in a year that has begun."""
    with populated.begin() as connection:
        agency = Agency(connection, numbers=100)
        for person in GROUP[1:]:
            agency.person(person, "KESMAS")
    cycle.create_cycle(2026, by=PERSONNEL)
    return cycle.surveys


def scores(surveys: Surveys, survey: UUID, person: str, score: int) -> dict[str, int]:
    return {code: score for code, _ in surveys.survey(survey, by=Actor(person)).behaviours}


def answers(surveys: Surveys, survey: UUID, given: dict[str, int]) -> None:
    for person, score in given.items():
        surveys.answer(survey, scores(surveys, survey, person, score), by=Actor(person))


def after_the_window(surveys: Surveys, clock: VirtualClock) -> Outcome:
    clock.advance(WEEK)
    assert surveys.close_due() == 1
    (outcome,) = surveys.outcomes("alice", "2026", by=BOB)
    return outcome


def everything(database: sa.Engine) -> str:
    """All that stands in the database, as text."""
    with database.connect() as connection:
        return repr([connection.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables])


def test_three_answers_are_told_as_one_mean_for_each_behaviour(surveys: Surveys, clock: VirtualClock) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    answers(surveys, survey, {"andi": 5, "ayu": 4, "budi": 2})

    outcome = after_the_window(surveys, clock)

    assert outcome.answers == 3
    assert outcome.means is not None
    assert len(outcome.means) == 7
    assert set(outcome.means.values()) == {3.7}
    assert surveys.outcomes("alice", "2026", by=Actor("alice")) == [outcome]


def test_two_answers_are_never_told_not_even_that_there_were_two(
    surveys: Surveys, clock: VirtualClock, database: sa.Engine
) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    answers(surveys, survey, {"andi": 5, "ayu": 1})

    outcome = after_the_window(surveys, clock)

    assert (outcome.closed, outcome.answers, outcome.means) == (True, None, None)
    with database.connect() as connection:
        kept = connection.execute(sa.select(SurveyRow.answers, SurveyRow.means)).one()
        assert tuple(kept) == (None, None)
        assert connection.scalar(sa.select(sa.func.count()).select_from(BallotRow)) == 0


def test_comparing_over_time_gives_nothing(surveys: Surveys, clock: VirtualClock) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    seen = []
    for person in GROUP[:3]:
        answers(surveys, survey, {person: 4})
        seen += surveys.outcomes("alice", "2026", by=BOB)
    assert len(set(map(repr, seen))) == 1  # the fourth outcome minus the third is nothing
    assert (seen[0].closed, seen[0].answers, seen[0].means) == (False, None, None)

    outcome = after_the_window(surveys, clock)

    with pytest.raises(NotFound):
        surveys.answer(survey, dict.fromkeys(("BP",), 1), by=Actor("citra"))  # too late: the mean stands
    with pytest.raises(Refused, match="sudah pernah dibuka"):
        surveys.open("alice", "2026", "TW1", by=PERSONNEL)  # no second one with one person less
    clock.advance(WEEK)
    assert surveys.close_due() == 0
    assert surveys.outcomes("alice", "2026", by=BOB) == [outcome]


def test_a_person_answers_once(surveys: Surveys, clock: VirtualClock) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    once = scores(surveys, survey, "andi", 5)
    answers(surveys, survey, {"andi": 5, "ayu": 3, "budi": 1})

    with pytest.raises(Refused, match="sudah menjawab"):
        surveys.answer(survey, once, by=Actor("andi"))

    assert [one.answered for one in surveys.invitations(by=Actor("andi"))] == [True]
    assert [one.answered for one in surveys.invitations(by=Actor("citra"))] == [False]
    assert after_the_window(surveys, clock).answers == 3


def test_the_database_does_not_say_what_somebody_answered(surveys: Surveys, database: sa.Engine) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    before = everything(database)
    with database.connect() as connection:
        wrapped = connection.scalar(sa.select(SurveyKeyRow.wrapped))
    answers(surveys, survey, {"andi": 5, "ayu": 1, "budi": 3})

    assert {column.name for column in BallotRow.__table__.columns} == {"survey_id", "token", "box"}
    with database.connect() as connection:
        found = connection.execute(sa.select(BallotRow.token, BallotRow.box)).all()
    assert len({len(row.box) for row in found}) == 1
    assert not any(person.encode() in row.token + row.box for row in found for person in GROUP)
    assert wrapped is not None
    with pytest.raises(Unsealable):
        unwrap(wrapped, b"x" * 32, survey)  # the database alone, without the installation's key

    with database.begin() as connection:  # every other row is as it was: nothing notes who has answered
        connection.execute(sa.delete(BallotRow))
    assert everything(database) == before


def test_after_the_window_an_answer_belongs_to_nobody(
    surveys: Surveys, database: sa.Engine, clock: VirtualClock, settings: Settings
) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    answers(surveys, survey, {"andi": 5, "ayu": 1, "budi": 3})
    with database.connect() as connection:
        wrapped = connection.scalar(sa.select(SurveyKeyRow.wrapped))
    assert wrapped is not None
    key = unwrap(wrapped, settings.kek, survey)

    after_the_window(surveys, clock)

    with database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(SurveyKeyRow)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(BallotRow)) == 0
    left = everything(database)
    assert not any(repr(ballots.token_of(key, person)) in left for person in GROUP)


def test_a_ballot_that_was_put_in_by_hand_does_not_count(
    surveys: Surveys, database: sa.Engine, clock: VirtualClock
) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    answers(surveys, survey, {"andi": 5, "ayu": 1})
    with database.begin() as connection:
        connection.execute(sa.insert(BallotRow).values(survey_id=survey, token=b"t" * 32, box=b"b" * 40))

    assert after_the_window(surveys, clock).means is None  # two people and a forgery stay two


@pytest.mark.parametrize("who", ["alice", "bob", "dan", "dian", "auditor", "operator", "system"])
def test_whatever_somebody_may_do_no_verb_gives_an_answer(surveys: Surveys, clock: VirtualClock, who: str) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    answers(surveys, survey, {"andi": 5, "ayu": 1, "budi": 3})
    actors = {"dian": PERSONNEL, "system": SYSTEM}
    by = actors.get(who, Actor(who, roles=frozenset({who} if who in ("auditor", "operator") else ())))

    with pytest.raises(NotFound):
        surveys.survey(survey, by=by)
    with pytest.raises(NotFound):
        surveys.answer(survey, {}, by=by)
    assert surveys.invitations(by=by) == []
    readable = {name for kind in (Survey, Outcome) for name in (one.name for one in fields(kind))}
    assert readable.isdisjoint({"ballots", "scores", "token", "invited", "people"})


def test_who_may_read_what_a_survey_came_to(surveys: Surveys) -> None:
    surveys.open("alice", "2026", "TW1", by=BOB)
    for other in (Actor("andi"), Actor("dan"), Actor("op", roles=frozenset({"operator"}))):
        with pytest.raises(NotYours):
            surveys.outcomes("alice", "2026", by=other)
    assert surveys.outcomes("alice", "2026", by=PERSONNEL)


def test_a_survey_is_opened_by_the_appraiser_for_a_period_that_has_begun(surveys: Surveys) -> None:
    assert surveys.periods("2026", "alice", by=BOB) == [("TW1", "Triwulan I")]
    for other in ("alice", "andi", "carol"):
        assert surveys.periods("2026", "alice", by=Actor(other)) == []
        with pytest.raises(NotYours):
            surveys.open("alice", "2026", "TW1", by=Actor(other))
    with pytest.raises(Refused, match="sudah berjalan"):
        surveys.open("alice", "2026", "TW2", by=BOB)


def test_the_organisation_says_who_is_invited(surveys: Surveys, database: sa.Engine) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    with database.connect() as connection:
        invited = connection.scalars(sa.select(SurveyInvitationRow.person)).all()
    assert set(invited) == set(GROUP)
    own = surveys.open("bob", "2026", "TW1", by=Actor("carol"))
    with database.connect() as connection:
        of = sa.select(SurveyInvitationRow.person).where(SurveyInvitationRow.survey_id == own)
        assert set(connection.scalars(of)) == {"alice", "sari", "tuti", *GROUP}
    assert own != survey


def test_too_few_to_ask_is_refused(surveys: Surveys) -> None:
    with pytest.raises(Refused, match="kurang dari tiga"):
        surveys.open("dan", "2026", "TW1", by=Actor("sari"))


def test_each_behaviour_needs_its_answer(surveys: Surveys) -> None:
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    typed = {**scores(surveys, survey, "andi", 3), "BP": 6}
    with pytest.raises(FormInvalid) as refused:
        surveys.answer(survey, typed, by=Actor("andi"))
    assert list(refused.value.errors) == ["BP"]


@pytest.fixture
def house(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Application, Post]]:
    with populated.begin() as connection:
        agency = Agency(connection, numbers=100)
        for person in GROUP[1:]:
            agency.person(person, "KESMAS")
    with opened(settings, populated, clock, monkeypatch) as both:
        yield both


def test_who_is_invited_gets_a_letter_and_a_worker_ends_the_survey(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, post = house
    surveys = application.cycle.surveys
    survey = surveys.open("alice", "2026", "TW1", by=BOB)
    while application.work():
        pass
    letters = [mail for mail in post.mails if "Survei perilaku" in str(mail["Subject"])]
    assert {str(mail["To"]) for mail in letters} == {f"{person}@sukamaju.go.id" for person in GROUP}
    assert all(f"/survei/{survey}" in mail.get_content() for mail in letters)

    answers(surveys, survey, {"andi": 2, "ayu": 2, "citra": 5})
    clock.advance(WEEK)
    while application.work():
        pass
    (outcome,) = surveys.outcomes("alice", "2026", by=BOB)
    assert outcome.means is not None
