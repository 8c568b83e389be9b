"""What attainment suggests to the rater, by the shipped tables (DOMAIN 4.3)."""

from typing import Any

import pytest

from engine.cycle.suggestion import advice, reached
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
