"""What attainment suggests to the rater, by the shipped tables (DOMAIN 4.3)."""

from typing import Any

import pytest

from engine.cycle.suggestion import advice, for_period, measured, reached
from engine.runtime.services import Ask

ABOVE, MEETS, BELOW = "DI_ATAS_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_BAWAH_EKSPEKTASI"


def planned(text: str, *targets: float, polarity: str = "NAIK", main: bool = True) -> dict[str, Any]:
    indicators = [
        {"iki": f"{text} {number}", "target_nilai": target, "polaritas": polarity}
        for number, target in enumerate(targets)
    ]
    return {"rhk": text, "klasifikasi": "UTAMA" if main else "TAMBAHAN", "indikator": indicators}


def told(text: str, *realised: float | None, proof: bool = True) -> list[dict[str, Any]]:
    evidence = {"tautan": "https://contoh.go.id/laporan"} if proof else {}
    return [
        {"rhk": text, "iki": f"{text} {number}", "realisasi": value, **evidence}
        for number, value in enumerate(realised)
    ]


@pytest.mark.parametrize(
    ("results", "report", "suggested"),
    [
        ([planned("A", 10), planned("B", 10)], [*told("A", 12), *told("B", 10)], ABOVE),
        ([planned("A", 10), planned("B", 10)], [*told("A", 12, proof=False), *told("B", 10)], MEETS),
        ([planned("A", 10), planned("B", 10)], [*told("A", 7), *told("B", 20)], BELOW),
        ([planned("A", 10, 100)], told("A", 8, 120), MEETS),  # the mean of its indicators
        ([planned("A", 5, polarity="TURUN")], told("A", 4), ABOVE),
        ([planned("A", 10), planned("B", 10, main=False)], told("A", 10), MEETS),  # only main results count
        ([planned("A", 10), planned("B", 10)], told("A", 10), None),  # one has no number
        ([planned("A", 10, 10)], told("A", 10), None),
        ([{**planned("A"), "pendekatan": "KUALITATIF"}], [], None),
        ([planned("A", 0)], told("A", 10), None),  # nothing to divide by
    ],
)
def test_main_results_that_are_measured_suggest_a_rating(
    results: list[dict[str, Any]], report: list[dict[str, Any]], suggested: str | None, decide: Ask
) -> None:
    assert advice(reached(results, report, decide), decide) == suggested


def test_a_range_counts_as_reached_inside_and_from_its_nearer_bound_outside(decide: Ask) -> None:
    result = planned("A", 80)
    result["indikator"][0]["target_atas"] = 90

    found = [reached([result], told("A", value), decide)[0].ratio for value in (85, 92, 70)]

    assert found == pytest.approx([1, 92 / 90, 70 / 80])


def test_before_the_year_ends_only_targets_of_the_period_count(decide: Ask) -> None:
    """A quarter of the year's target in the first quarter is no failure, and nothing is guessed."""
    result, report = planned("A", 24), told("A", 6)

    unnamed = advice(reached(for_period([result], report), report, decide), decide)
    named = [{**row, "target_periode": 6} for row in report]
    found = reached(for_period([result], named), named, decide)

    assert unnamed is None
    assert (found[0].ratio, advice(found, decide)) == (1, MEETS)


def test_values_in_numbers_need_a_number_for_each_indicator(decide: Ask) -> None:
    results = [{**planned("A", 10, 10), "bobot": 60}, {**planned("B", 10, main=False), "lingkup": "LINTAS_INSTANSI"}]

    whole, part = (
        measured(results, [*told("A", *given), *told("B", 10)], "LAIN", decide) for given in ((10, 9), (10,))
    )

    assert [(row["capaian"], row["kelas"], row["nilai"], row["bobot"]) for row in whole] == [
        (95.0, "CUKUP", 90.0, 60),  # the mean of 100 and 80
        (100.0, "BAIK", 100.0, 7),
    ]
    assert (part[0]["kelas"], part[0]["nilai"]) == (None, None)
