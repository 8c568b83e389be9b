import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cycle.ratings import (
    Aggregation,
    Part,
    Predicate,
    aggregate,
    check_distribution,
    pattern_of,
)
from engine.cycle.spreads import PATTERN
from engine.runtime.services import Ask
from tests.cycle.agency import example

WX12, WX15, WX19 = example(12), example(15), example(19)
SHORT = {
    "SB": Predicate.SANGAT_BAIK,
    "B": Predicate.BAIK,
    "BP": Predicate.BUTUH_PERBAIKAN,
    "K": Predicate.KURANG_MISCONDUCT,
    "SK": Predicate.SANGAT_KURANG,
}
PARTS = [Part(part["unit"], part["bulan"], Predicate(part["predikat"])) for part in WX12["bagian"]]


def test_a_year_in_two_units_is_weighted_by_months() -> None:
    expected = WX12["expect"]["agregasi"][0]
    found = aggregate(PARTS, Aggregation(expected["kebijakan"]))

    assert found.value == Decimal(str(expected["nilai"]))
    assert found.predicate == expected["predikat"]
    assert {predicate.value: predicate.rank for predicate in Predicate} == expected["skala"]


def test_the_last_appraiser_decides_by_judgement() -> None:
    assert aggregate(PARTS, Aggregation.LAST_APPRAISER) == aggregate([], Aggregation.LAST_APPRAISER)
    assert aggregate(PARTS, Aggregation.LAST_APPRAISER).predicate is None


def test_the_older_rule_is_the_plain_mean_and_halves_go_up() -> None:
    assert aggregate(PARTS, Aggregation.MEAN).value == Decimal("3.500")
    assert aggregate(PARTS, Aggregation.MEAN).predicate is Predicate.BAIK


def test_a_year_without_parts_has_no_mean() -> None:
    with pytest.raises(ValueError, match="need months"):
        aggregate([], Aggregation.MEAN)


@pytest.mark.parametrize("case", WX15["kasus"], ids=lambda case: f"{case['organisasi']}-{case['expect']}")
def test_the_spread_of_a_unit_is_held_against_its_pattern(case: dict[str, Any], decide: Ask) -> None:
    counts = {predicate: case[short] for short, predicate in SHORT.items()}
    pattern = pattern_of(decide(PATTERN, {"predikat_organisasi": case["organisasi"]}))
    found = check_distribution(counts, pattern)

    assert found.n == case["n"]
    assert found.to_json()["verdict"] == case["expect"]
    numbers = re.fullmatch(r"(\w+) (\d+) > (\d+).*", case.get("sebab", ""))
    if numbers:
        assert [(breach.count, breach.limit) for breach in found.breaches] == [(int(numbers[2]), int(numbers[3]))]
    elif case["expect"] == "LANGGAR":
        assert len(found.breaches) == 1


def test_a_breach_says_what_is_too_much_in_words(decide: Ask) -> None:
    pattern = pattern_of(decide(PATTERN, {"predikat_organisasi": "BAIK"}))
    counts = {Predicate.SANGAT_BAIK: 4, Predicate.BAIK: 15, Predicate.BUTUH_PERBAIKAN: 1}

    assert check_distribution(counts, pattern).to_json()["reason"] == "Baik 15 > 14 (70 persen)."


@pytest.mark.parametrize(
    ("n", "floor_70", "ceil_60", "floor_10", "ceil_10"),
    [
        (7, 4, 5, 0, 1),
        (12, 8, 8, 1, 2),
        (20, 14, 12, 2, 2),
        (25, 17, 15, 2, 3),
        (40, 28, 24, 4, 4),
        (120, 84, 72, 12, 12),
    ],
)
def test_limits_are_whole_people(n: int, floor_70: int, ceil_60: int, floor_10: int, ceil_10: int, decide: Ask) -> None:
    """Each limit of the table holds where it stands and breaks one person further."""
    best, _, fair, poor = list(Predicate)[:4]

    def breaks(organisation: str, counts: dict[Predicate, int]) -> set[tuple[Predicate, int | None]]:
        rest = {Predicate.SANGAT_KURANG: n - sum(counts.values())}
        found = check_distribution(
            {**counts, **rest}, pattern_of(decide(PATTERN, {"predikat_organisasi": organisation}))
        )
        assert found.n == n
        return {(breach.predicates[0], breach.limit) for breach in found.breaches}

    assert breaks("ISTIMEWA", {best: floor_70 + 1}) == {(best, floor_70)}
    assert breaks("ISTIMEWA", {best: floor_70}) == set()
    assert (fair, ceil_60) in breaks("BUTUH_PERBAIKAN", {fair: ceil_60 - 1})
    assert breaks("BUTUH_PERBAIKAN", {fair: ceil_60, best: floor_10}) == set()
    assert (best, floor_10) in breaks("BUTUH_PERBAIKAN", {fair: ceil_60, best: floor_10 + 1})
    assert (fair, ceil_10) in breaks("KURANG", {poor: ceil_60, fair: ceil_10 - 1})
    assert breaks("KURANG", {poor: ceil_60, fair: ceil_10}) == set()


def test_while_people_are_unrated_only_what_they_cannot_mend_breaks_the_pattern(decide: Ask) -> None:
    pattern = pattern_of(decide(PATTERN, {"predikat_organisasi": "BAIK"}))

    assert check_distribution({Predicate.SANGAT_BAIK: 4}, pattern, unrated=16).fits
    assert not check_distribution({Predicate.SANGAT_BAIK: 10}, pattern, unrated=10).fits  # no majority any more
    assert check_distribution({Predicate.BAIK: 14, Predicate.SANGAT_BAIK: 5}, pattern, unrated=1).fits
    assert not check_distribution({Predicate.BAIK: 14, Predicate.SANGAT_BAIK: 6}, pattern).fits
    assert (
        check_distribution({Predicate.BAIK: 15}, pattern, unrated=5).to_json()["reason"] == "Baik 15 > 14 (70 persen)."
    )


@given(counts=st.dictionaries(st.sampled_from(list(Predicate)), st.integers(0, 60)))
@pytest.mark.parametrize("organisation", ["ISTIMEWA", "BAIK", "BUTUH_PERBAIKAN", "KURANG", "SANGAT_KURANG"])
def test_any_spread_gets_a_verdict_with_a_reason_when_it_breaks_the_pattern(
    organisation: str, counts: dict[Predicate, int], decide: Ask
) -> None:
    found = check_distribution(counts, pattern_of(decide(PATTERN, {"predikat_organisasi": organisation})))

    assert found.fits == (found.to_json()["reason"] == "")


@pytest.mark.parametrize("case", WX19["kepala_unit"], ids=lambda case: f"{case['predikat_unit']}-{case['perilaku']}")
def test_the_unit_s_achievement_is_the_result_rating_of_its_head(case: dict[str, str], decide: Ask) -> None:
    result = decide("D4_hasil_kepala_unit", {"predikat_organisasi": case["predikat_unit"]})
    predicate = decide("D1_predikat_pegawai", {"rating_hasil": result, "rating_perilaku": case["perilaku"]})

    assert result == case["hasil"]
    assert predicate == case["predikat"]
