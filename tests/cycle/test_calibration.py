from datetime import datetime
from decimal import Decimal as D
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from engine.clock import JAKARTA
from engine.cycle.models import CycleRow, RatingRow
from engine.cycle.ratings import Predicate, Rating
from engine.cycle.year import PerformanceCycle
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.agency import PERSONNEL, Agency

BOB, SARI, CAROL, ALICE, REGENT = (Actor(name) for name in ("bob", "sari", "carol", "alice", "regent"))
TUTI = Actor("tuti", groups=frozenset({"performance_team:DINKES"}))
NOW = datetime(2026, 1, 20, 9, tzinfo=JAKARTA)
GOOD = {"result_rating": Rating.AS_EXPECTED, "behaviour_rating": Rating.AS_EXPECTED, "predicate": Predicate.BAIK}
BEST = {"result_rating": Rating.ABOVE, "behaviour_rating": Rating.ABOVE, "predicate": Predicate.SANGAT_BAIK}

pytestmark = pytest.mark.usefixtures("populated")


@pytest.fixture
def year(cycle: PerformanceCycle) -> PerformanceCycle:
    """The year 2026, and the health office was rated BAIK by the regent."""
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.predicates.decree("DINKES", "2026", "BAIK", "LKjIP 2026", by=SYSTEM)
    return cycle


def is_rated(
    database: sa.Engine, person: str, unit: str, *, case: UUID | None = None, status: str = "USULAN", **given: Any
) -> UUID:
    """Write a rating; with `case` in place of the one before."""
    case = case or uuid4()
    row = {"case_id": case, "cycle_id": "2026", "subject": person, "unit_id": unit, "period": "annual"}
    with database.begin() as connection:
        connection.execute(sa.update(RatingRow).where(RatingRow.case_id == case).values(superseded=True))
        connection.execute(sa.insert(RatingRow).values({**row, "status": status, "given_at": NOW, **GOOD, **given}))
    return case


def test_a_leader_sees_the_own_people_and_the_curve_of_the_pool(year: PerformanceCycle, database: sa.Engine) -> None:
    for person, unit in (("alice", "KESMAS"), ("andi", "KESMAS"), ("dan", "SDK")):
        is_rated(database, person, unit)
    is_rated(database, "sari", "SDK", **BEST)

    sheet = year.calibration.sheet("KESMAS", "2026", by=BOB)

    assert [(one.name, one.predicate, one.proposed) for one in sheet.people.items] == [
        ("Alice", Predicate.BAIK, True),
        ("Andi", Predicate.BAIK, True),
    ]  # nobody of the other division
    assert (sheet.pooled_name, sheet.spread.organisation) == ("Unit KAB", "BAIK")  # fewer than ten
    assert sheet.spread.counts == {Predicate.BAIK: 3, Predicate.SANGAT_BAIK: 1}
    assert sheet.spread.checked is not None
    assert [breach.text for breach in sheet.spread.checked.breaches] == [
        "Baik 3 > 2 (70 persen).",
        "Tidak ada Butuh Perbaikan atau Kurang (Misconduct).",
    ]


def test_only_leaders_of_the_unit_and_its_performance_team_look_at_it(year: PerformanceCycle) -> None:
    for by in (BOB, CAROL, TUTI, REGENT):
        assert year.calibration.sheet("KESMAS", "2026", by=by).name == "Unit KESMAS"
    for by in (SARI, ALICE, PERSONNEL, Actor("a", roles=frozenset({"auditor"}))):
        with pytest.raises(NotYours):
            year.calibration.sheet("KESMAS", "2026", by=by)
    with pytest.raises(NotYours):
        year.calibration.units("2026", by=ALICE)
    with pytest.raises(NotFound):
        year.calibration.sheet("BULAN", "2026", by=REGENT)


def test_units_show_the_predicate_that_counts_for_them(year: PerformanceCycle) -> None:
    found = {line.id: (line.organisation, line.own) for line in year.calibration.units("2026", by=REGENT)}

    assert found == {"KAB": (None, False), "DINKES": ("BAIK", True), "KESMAS": ("BAIK", False), "SDK": ("BAIK", False)}
    assert [line.id for line in year.calibration.units("2026", by=SARI)] == ["SDK"]


def test_the_own_rating_is_hidden_until_it_is_delivered(year: PerformanceCycle, database: sa.Engine) -> None:
    case = is_rated(database, "bob", "KESMAS", **BEST)

    def own(by: Actor) -> tuple[Predicate | None, bool]:
        (one,) = year.calibration.sheet("KESMAS", "2026", by=by).people.items
        return one.predicate, one.hidden

    assert own(BOB) == (None, True)
    assert own(CAROL) == (Predicate.SANGAT_BAIK, False)
    with pytest.raises(NotFound):
        year.calibration.trial("KESMAS", "2026", "bob", Rating.ABOVE, Rating.ABOVE, by=BOB)
    is_rated(database, "bob", "KESMAS", case=case, status="DISAMPAIKAN", **BEST)
    assert own(BOB) == (Predicate.SANGAT_BAIK, False)


def test_a_change_shows_what_it_does_to_the_whole_and_writes_nothing(
    year: PerformanceCycle, database: sa.Engine
) -> None:
    for person in ("alice", "andi", "dan"):
        is_rated(database, person, "KESMAS")
    before = year.calibration.sheet("KESMAS", "2026", by=BOB)

    trial = year.calibration.trial("KESMAS", "2026", "andi", Rating.BELOW, Rating.AS_EXPECTED, by=BOB)

    assert (trial.name, trial.before, trial.after) == ("Andi", Predicate.BAIK, Predicate.BUTUH_PERBAIKAN)
    assert trial.counts == {Predicate.BAIK: 2, Predicate.BUTUH_PERBAIKAN: 1}
    assert trial.checked is not None and trial.checked.fits
    assert before.spread.checked is not None and not before.spread.checked.fits
    assert year.calibration.sheet("KESMAS", "2026", by=BOB) == before


@pytest.mark.parametrize(("person", "result"), [("dan", Rating.ABOVE), ("alice", "LUMAYAN")])
def test_a_change_of_a_stranger_or_to_no_rating_is_refused(
    person: str, result: str, year: PerformanceCycle, database: sa.Engine
) -> None:
    is_rated(database, "alice", "KESMAS")
    is_rated(database, "dan", "SDK")

    with pytest.raises((NotFound, Refused)):
        year.calibration.trial("KESMAS", "2026", person, result, Rating.ABOVE, by=BOB)


def test_changes_are_kept_with_their_reasons(year: PerformanceCycle, database: sa.Engine) -> None:
    case = is_rated(database, "alice", "KESMAS", **BEST, reason="Target terlampaui.")
    is_rated(database, "alice", "KESMAS", case=case, reason="Disepakati pada rapat kalibrasi.")
    is_rated(database, "alice", "KESMAS", case=case, status="DISAMPAIKAN")
    is_rated(database, "andi", "KESMAS")

    (change,) = year.calibration.sheet("KESMAS", "2026", by=BOB).changes
    assert (change.name, change.before, change.after) == ("Alice", Predicate.SANGAT_BAIK, Predicate.BAIK)
    assert (change.reason, change.at) == ("Disepakati pada rapat kalibrasi.", NOW)


def test_without_a_predicate_or_with_the_check_off_there_is_no_pattern(
    cycle: PerformanceCycle, database: sa.Engine
) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    is_rated(database, "alice", "KESMAS")

    sheet = cycle.calibration.sheet("KESMAS", "2026", by=BOB)
    assert (sheet.spread.organisation, sheet.spread.checked, sheet.pooled_name) == (None, None, None)
    trial = cycle.calibration.trial("KESMAS", "2026", "alice", Rating.ABOVE, Rating.ABOVE, by=BOB)
    assert (trial.counts[Predicate.SANGAT_BAIK], trial.checked) == (1, None)


def test_a_big_unit_stands_alone(year: PerformanceCycle, database: sa.Engine) -> None:
    with database.begin() as connection:
        agency = Agency(connection, numbers=70)
        staff = [agency.person(f"p{number}", "KESMAS") for number in range(12)]
    for person in staff:
        is_rated(database, person, "KESMAS")
    year.predicates.rate("KESMAS", "2026", Rating.ABOVE, Rating.ABOVE, "LKjIP 2026", by=CAROL)

    sheet = year.calibration.sheet("KESMAS", "2026", by=BOB, limit=5, offset=10)
    assert (sheet.pooled_name, sheet.spread.organisation) == (None, "ISTIMEWA")
    assert (len(sheet.people.items), sheet.people.total) == (2, 12)


def test_a_year_in_numbers_shows_them_and_tries_changes_by_them(year: PerformanceCycle, database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.execute(sa.update(CycleRow).values(regime="REG_2021"))
    numbers = {"skp": 102.8, "perilaku": 100, "bobot": "70/30", "nilai": 101.96}
    for person in ("alice", "andi"):
        is_rated(database, person, "KESMAS", numbers=numbers)

    sheet = year.calibration.sheet("KESMAS", "2026", by=BOB)
    best, good, fair = (
        year.calibration.trial_in_numbers("KESMAS", "2026", "andi", skp, behaviour, innovates=innovates, by=BOB)
        for skp, behaviour, innovates in ((D(112), D(110), True), (D(112), D(110), False), (D("89.9"), D(90), True))
    )

    assert sheet.in_numbers
    assert [one.numbers for one in sheet.people.items] == [numbers, numbers]
    assert [one.after for one in (best, good, fair)] == ["SANGAT_BAIK", "BAIK", "BUTUH_PERBAIKAN"]
    assert best.counts[Predicate.SANGAT_BAIK] == 1
    with pytest.raises(Refused, match="130"):
        year.calibration.trial_in_numbers("KESMAS", "2026", "andi", D(131), D(100), innovates=False, by=BOB)
