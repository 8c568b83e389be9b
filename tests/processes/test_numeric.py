"""The numeric scheme of PP 30/2019 and PermenPANRB 8/2021 (DOMAIN 4.7, WX-18), and the suggestion of DOMAIN 4.3."""

from typing import Any

import pytest

from tests.processes.decisions import decide, example

WX18 = example("WX-18")
CODES = {"CUKUP": "BUTUH_PERBAIKAN", "KURANG": "KURANG_MISCONDUCT"}  # names before 6/2022 -> codes of predicates
ABOVE, MEETS, BELOW = "DI_ATAS_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_BAWAH_EKSPEKTASI"


@pytest.mark.parametrize("case", WX18["nilai_akhir"], ids=lambda case: f"{case['N']}-{case.get('inovasi', '')}")
def test_wx_18_the_final_value_and_its_predicate(case: dict[str, Any]) -> None:
    weights = "/".join(str(round(100 * weight)) for weight in case["bobot"])

    value = decide("D6_nilai_akhir", skp=case["skp"], perilaku=case["perilaku"], bobot=weights)

    assert value == case["N"]
    predicate = decide("D6_pita_nilai", nilai=value, inovasi=case.get("inovasi"))
    assert predicate == CODES.get(case["predikat"], case["predikat"])


@pytest.mark.parametrize("case", WX18["iki"], ids=lambda case: f"{case['realisasi']} of {case['target']}")
def test_wx_18_attainment_class_and_value_of_an_indicator(case: dict[str, Any]) -> None:
    target, upper = case["target"] if isinstance(case["target"], list) else (case["target"], None)
    facts = {"realisasi": case["realisasi"], "target": target, "target_atas": upper}

    attained = decide("D7_capaian", **facts, polaritas=case.get("polaritas", "NAIK"))
    given = decide("D7_nilai_iki", capaian=attained, target_maksimum=case.get("target_maksimum"), jenis_jabatan="JPT")

    assert int(attained + 0.5) == case["c"]
    assert given["kelas"] == case["kelas"]
    if "nilai" in case:
        assert round(given["nilai"], 2) == case["nilai"]


def test_wx_18_a_high_leadership_post_adds_agreement_and_action_plan() -> None:
    example = WX18["jpt"]

    value = decide(
        "D7_nilai_skp",
        rata_utama=example["rata_pk"],
        rata_rencana_aksi=example["rata_rencana_aksi"],
        kt=example["KT"],
        jenis_jabatan="JPT",
    )

    assert round(value, 1) == example["SKP"]


@pytest.mark.parametrize(
    ("attained", "best", "kind", "grade", "value", "source"),
    [
        (110, False, "JPT", "SANGAT_BAIK", 120, "INF"),
        (110.6, False, "JPT", "SANGAT_BAIK", 120, "S4"),
        (101, False, "JPT", "SANGAT_BAIK", 110, "INF"),
        (100, False, "JPT", "BAIK", 109, "S4 p.243"),
        (100, True, "JPT", "SANGAT_BAIK", 120, "S4 p.93"),
        (99, False, "JPT", "CUKUP", 89, "S4"),
        (80, False, "JPT", "CUKUP", 70, "S4"),
        (79, False, "JPT", "KURANG", 69, "S4"),
        (60, False, "JPT", "KURANG", 50, "S4"),
        (59, False, "JPT", "SANGAT_KURANG", 49, "S4"),
        (0, False, "JPT", "SANGAT_KURANG", 0, "S4"),
        (-20, False, "JPT", "SANGAT_KURANG", 0, "PD"),
        (101, False, "LAIN", "SANGAT_BAIK", 120, "S4 p.291"),
        (100, False, "LAIN", "BAIK", 100, "S4 p.291"),
        (80, False, "LAIN", "CUKUP", 80, "OK"),
        (60, False, "LAIN", "KURANG", 60, "OK"),
        (59, False, "LAIN", "SANGAT_KURANG", 25, "OK"),
    ],
)
def test_each_class_has_its_value(
    attained: float, best: bool, kind: str, grade: str, value: float, source: str
) -> None:
    assert decide("D7_nilai_iki", capaian=attained, target_maksimum=best, jenis_jabatan=kind) == {
        "kelas": grade,
        "nilai": pytest.approx(value),
    }, source


@pytest.mark.parametrize(
    ("value", "predicate"),
    [
        (120, "BAIK"), (110, "BAIK"), (109.99, "BAIK"), (90, "BAIK"), (89.99, "BUTUH_PERBAIKAN"),
        (70, "BUTUH_PERBAIKAN"), (69.99, "KURANG_MISCONDUCT"), (50, "KURANG_MISCONDUCT"), (49.99, "SANGAT_KURANG"),
    ],
)  # fmt: skip
def test_the_bands_are_those_of_the_law(value: float, predicate: str) -> None:
    assert decide("D6_pita_nilai", nilai=value, inovasi=False) == predicate
    if value < 110:
        assert decide("D6_pita_nilai", nilai=value, inovasi=True) == predicate


def test_additional_results_are_weighed_and_capped_at_ten() -> None:
    one = {"kelas": "BAIK", "bobot": 5, "nilai": 100}

    assert decide("D7_kinerja_tambahan", tambahan=[]) == 0
    assert decide("D7_kinerja_tambahan", tambahan=[one]) == 4
    assert decide("D7_kinerja_tambahan", tambahan=[one, {**one, "kelas": "KURANG"}]) == 6
    assert decide("D7_kinerja_tambahan", tambahan=[one] * 5) == 10


@pytest.mark.parametrize(
    ("lowest", "median", "share", "advice"),
    [
        (1.0, 1.2, 0.5, ABOVE),
        (1.0, 1.2, 0.49, MEETS),
        (0.99, 1.2, 1, MEETS),
        (0.8, 0.95, 0, MEETS),
        (0.8, 0.949, 0, BELOW),
        (0.79, 1.2, 1, BELOW),
        (None, None, None, None),
    ],
)
def test_the_suggestion_follows_the_attainment_of_main_results(
    lowest: float | None, median: float | None, share: float | None, advice: str | None
) -> None:
    assert decide("D19_saran_rating", r_terendah=lowest, r_median=median, porsi_melampaui=share) == advice
