"""Credits of functional officials: the table of 4.9, years in parts, what counts and what waits, who may see it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from engine.cycle.credits.counting import Given, Held, Rate, State, accumulated, conversions, months_held
from engine.cycle.credits.verbs import Tables
from engine.cycle.models import CycleRow, CycleStatus, PostKind, RatingRow
from engine.cycle.ratings import Predicate
from engine.cycle.year import PerformanceCycle
from engine.db import new_id
from engine.errors import NotFound, NotYours
from engine.runtime.services import Ask
from engine.runtime.values import Actor
from tests.cycle.agency import Agency, example

WX12 = example(12)
AUDITOR = Actor("ida", roles=frozenset({"auditor"}))
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
S11 = {  # DOMAIN 4.9: credits of a whole year, from Sangat Baik to Sangat Kurang
    "Pemula": ("5.63", "3.75", "2.81", "1.88", "0.94"),
    "Terampil": ("7.5", "5", "3.75", "2.5", "1.25"),
    "Mahir": ("18.75", "12.5", "9.38", "6.25", "3.13"),
    "Penyelia": ("37.5", "25", "18.75", "12.5", "6.25"),
    "Ahli Pertama": ("18.75", "12.5", "9.38", "6.25", "3.13"),
    "Ahli Muda": ("37.5", "25", "18.75", "12.5", "6.25"),
    "Ahli Madya": ("56.25", "37.5", "28.13", "18.75", "9.38"),
    "Ahli Utama": ("75", "50", "37.5", "25", "12.5"),
}
NEEDS = {  # DOMAIN 4.9 [S11][INF]: rank, tier
    "Ahli Pertama": (50, 100),
    "Ahli Muda": (100, 200),
    "Ahli Madya": (150, 450),
    "Ahli Utama": (200, None),
    "Penyelia": (100, None),
    "Mahir": (50, 100),
    "Terampil": (20, 60),
    "Pemula": (15, 15),
}


def held(unit: str, tier: str, starts: date, ends: date | None = None) -> Held:
    return Held(unit, f"Unit {unit}", tier, starts, ends)


def given(unit: str, predicate: Predicate, *, status: str = "FINAL", year: int = 2026) -> Given:
    return Given(str(year), year, "REG_2022", unit, predicate, status)


@pytest.mark.parametrize(
    ("tier", "predicate", "credit"),
    [(tier, predicate, S11[tier][rank]) for tier in S11 for rank, predicate in enumerate(Predicate)],
)
def test_a_whole_year_is_worth_what_the_table_says(tier: str, predicate: Predicate, credit: str, decide: Ask) -> None:
    (found,) = conversions([held("A", tier, *YEAR)], [given("A", predicate)], Tables(decide).rate)

    assert found.total == Decimal(credit)


@pytest.mark.parametrize(("tier", "need"), NEEDS.items())
def test_a_tier_needs_what_the_table_says(tier: str, need: tuple[int, int | None], decide: Ask) -> None:
    found = Tables(decide).need(tier)

    assert (found.rank, found.tier) == need


def test_two_months_of_baik_as_ahli_pertama(decide: Ask) -> None:
    (found,) = conversions(
        [held("A", "Ahli Pertama", date(2026, 11, 1))], [given("A", Predicate.BAIK)], Tables(decide).rate
    )

    assert (found.parts[0].months, found.total) == (2, Decimal("2.08"))


def test_a_year_in_two_units_is_rounded_once_at_the_end(decide: Ask) -> None:
    first, second = WX12["bagian"]
    moved = date(2026, first["bulan"] + 1, 1)
    posts = [
        held(first["unit"], "Ahli Muda", YEAR[0], moved.replace(month=first["bulan"], day=31)),
        held(second["unit"], "Ahli Muda", moved),
    ]
    ratings = [given(part["unit"], Predicate(part["predikat"])) for part in WX12["bagian"]]
    (found,) = conversions(posts, ratings, Tables(decide).rate)
    expected = WX12["expect"]["angka_kredit"]

    assert [part.months for part in found.parts] == [first["bulan"], second["bulan"]]
    assert [float(round(part.credit, 4)) for part in found.parts] == expected["bagian"]
    assert found.total == Decimal(str(expected["total"]))


def test_a_month_counts_for_the_post_held_on_its_first_day() -> None:
    assert months_held(held("A", "Mahir", date(2026, 3, 15), date(2026, 6, 1)), 2026) == 3
    assert months_held(held("A", "Mahir", date(2020, 1, 1)), 2026) == 12
    assert months_held(held("A", "Mahir", date(2027, 1, 1)), 2026) == 0


def test_credits_do_not_follow_into_the_next_tier_and_wait_while_the_result_is_not_final() -> None:
    posts = [held("A", "Ahli Pertama", YEAR[0], date(2026, 6, 30)), held("A", "Ahli Muda", date(2026, 7, 1))]
    ratings = [
        given("A", Predicate.BAIK),
        given("A", Predicate.BAIK, status="DALAM_KEBERATAN", year=2027),
        given("A", Predicate.BAIK, status="DISAMPAIKAN", year=2028),
    ]
    found = conversions(posts, ratings, lambda tier, predicate, regime: Rate(Decimal(24), Decimal(100)))

    assert [(one.cycle, one.tier, one.state) for one in found] == [
        ("2026", "Ahli Pertama", State.COUNTED),
        ("2026", "Ahli Muda", State.COUNTED),
        ("2027", "Ahli Muda", State.DISPUTED),
        ("2028", "Ahli Muda", State.NOT_FINAL),
    ]
    assert accumulated(found, "Ahli Muda") == accumulated(found, "Ahli Pertama") == Decimal("12.00")


@pytest.fixture
def rated(populated: sa.Engine) -> Iterator[sa.Engine]:
    """The regency with a functional official, dewi, whose year 2025 was rated."""
    with populated.begin() as connection:
        agency = Agency(connection, numbers=100)
        agency.person("dewi")
        agency.holds("dewi", agency.post("KESMAS", PostKind.FUNGSIONAL, tier="Ahli Muda"))
        year = {
            "id": "2025",
            "year": 2025,
            "regime": "REG_2022",
            "starts": date(2025, 1, 1),
            "ends": date(2025, 12, 31),
        }
        made = {"created_at": datetime(2025, 1, 1, tzinfo=UTC), "created_by": "dian", "status": CycleStatus.OPEN}
        connection.execute(sa.insert(CycleRow).values({**year, **made}))
        rate(connection, "FINAL")
    yield populated


def rate(connection: sa.Connection, status: str) -> None:
    connection.execute(sa.update(RatingRow).values(superseded=True))
    row: dict[str, Any] = {"case_id": new_id(), "cycle_id": "2025", "subject": "dewi", "unit_id": "KESMAS"}
    row |= {"period": "annual", "predicate": "BAIK", "status": status, "superseded": False}
    connection.execute(sa.insert(RatingRow).values(**row, given_at=datetime(2026, 1, 20, tzinfo=UTC)))


def test_an_official_sees_years_sum_and_what_is_missing(rated: sa.Engine, cycle: PerformanceCycle) -> None:
    record = cycle.credits.of_person("dewi", by=Actor("dewi"))

    assert record is not None
    assert [(one.cycle, one.total) for one in record.conversions] == [("2025", Decimal("25.00"))]
    assert (record.total, record.missing_for_rank, record.missing_for_tier) == (25, 75, 175)
    assert cycle.credits.of_person("andi", by=Actor("andi")) is None


def test_a_result_under_objection_is_not_sent_to_credits(rated: sa.Engine, cycle: PerformanceCycle) -> None:
    with rated.begin() as connection:
        rate(connection, "DALAM_KEBERATAN")
    (record,) = cycle.credits.of_unit(None, by=AUDITOR).items

    assert (record.person.id, record.total, len(record.withheld)) == ("dewi", 0, 1)


def test_credits_are_for_the_person_and_who_cares_for_the_unit(rated: sa.Engine, cycle: PerformanceCycle) -> None:
    assert cycle.credits.of_person("dewi", by=Actor("bob")) is not None
    assert [record.person.id for record in cycle.credits.of_unit("KESMAS", by=Actor("carol")).items] == ["dewi"]
    assert cycle.credits.of_unit("SDK", by=Actor("carol")).items == []
    for refused in (
        lambda: cycle.credits.of_person("dewi", by=Actor("alice")),
        lambda: cycle.credits.of_person("dewi", by=Actor("sari")),
        lambda: cycle.credits.of_unit(None, by=Actor("dewi")),
        lambda: cycle.credits.of_unit("KESMAS", by=Actor("sari")),
    ):
        with pytest.raises(NotYours):
            refused()
    with pytest.raises(NotFound):
        cycle.credits.of_person("nobody", by=AUDITOR)
