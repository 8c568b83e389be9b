"""WX-18 through the engine: a case under REG_2021 is rated by tables D7 and D6 (DOMAIN 4.7)."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import yaml

from engine.runtime.engine import Engine
from engine.runtime.resources import LoadedRelease
from engine.runtime.sandbox.play import Play, begin
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.running import take
from tests.cycle.agency import example
from tests.processes.staged import DEADLINES, STAGING

WX18 = example(18)
CODES = {"CUKUP": "BUTUH_PERBAIKAN", "KURANG": "KURANG_MISCONDUCT"}  # names before 6/2022 -> codes of predicates
REGIME = {"regime": "REG_2021"}
JPT = {"post_kind": "JPT_PRATAMA"}
Row = dict[str, Any]


def planned(text: str, target: float | Sequence[float] = 100, **more: Any) -> Row:
    """A planned result with one indicator."""
    low, high = target if isinstance(target, list) else (target, None)
    indicator = {
        "iki": text,
        "aspek": "KUANTITAS",
        "satuan": "persen",
        "polaritas": more.pop("polaritas", "NAIK"),
        "target_nilai": low,
        "target_atas": high,
        "target_maksimum": more.pop("target_maksimum", False),
    }
    return {"klasifikasi": "UTAMA", "rhk": text, "pendekatan": "KUANTITATIF", "indikator": [indicator], **more}


def played(release: LoadedRelease, process: str, data: Row, steps: Sequence[Row]) -> Play:
    """A case under REG_2021 that has taken these steps."""
    opening: Row = {"name": "Angka", "source": "WX-18", "process": process, "opens": "2027-01-01T08:00:00"}
    scenario = {**opening, "data": {"cycle": REGIME, "deadlines": DEADLINES, **data}, "steps": steps}
    content = yaml.safe_dump({**scenario, "end": {"status": "completed"}}, allow_unicode=True).encode()
    read = read_scenario(content, "angka.scenario.yaml", STAGING.registry.performers)
    play = begin(Engine, release, STAGING, read.opening)
    assert [said for step in read.steps if (said := take(play, step)) is not None] == []
    return play


def recorded(play: Play) -> Mapping[str, Any]:
    """What was recorded as the rating at last."""
    return [arguments for name, arguments in play.calls if name == "cycle/record_rating"][-1]


def year(release: LoadedRelease, results: Sequence[Row], realised: Sequence[float], answers: Row, **data: Any) -> Play:
    """The annual evaluation of one person up to the signature."""
    rows = [{"realisasi": value} for value in realised]
    told = [{**row, "rhk": one["rhk"], "iki": one["rhk"]} for row, one in zip(rows, results, strict=True)]
    steps: list[Row] = [
        {"employee": "report_year", "answers": {"rhk": told}},
        {"until": "2027-01-16"},
        {"appraiser": "rate_year", "answers": {"angka": 100, "inovasi": "TIDAK", **answers}},
    ]
    return played(release, "annual_evaluation", {"skp": {"rhk": results}, **data}, steps)


@pytest.mark.parametrize("case", WX18["nilai_akhir"], ids=lambda case: f"{case['N']}-{case.get('inovasi', '')}")
def test_a_decision_in_numbers_becomes_the_final_value_and_its_predicate(
    case: dict[str, Any], release: LoadedRelease
) -> None:
    weights = "/".join(str(round(100 * weight)) for weight in case["bobot"])
    given = {"nilai_skp": case["skp"], "nilai_perilaku": case["perilaku"]}
    innovates = "YA" if case.get("inovasi") else "TIDAK"
    rating = {"rating_hasil": "DI_BAWAH_EKSPEKTASI", "rating_perilaku": "SESUAI_EKSPEKTASI"}
    play = played(
        release,
        "objection",
        {"rating": rating, "predicate": "BUTUH_PERBAIKAN", "parameters": {"weights": weights}},
        [
            {"employee": "file_objection", "answers": {"ajukan": "YA"}},
            {"wait": 8},
            {"objection_decider": "decide_objection", "answers": {"keputusan": "UBAH", "inovasi": innovates, **given}},
        ],
    )

    final = recorded(play)

    assert (final["status"], final["predikat"]) == ("FINAL", CODES.get(case["predikat"], case["predikat"]))
    assert final["angka"] == {"skp": case["skp"], "perilaku": case["perilaku"], "bobot": weights, "nilai": case["N"]}


@pytest.mark.parametrize("case", WX18["iki"], ids=lambda case: f"{case['realisasi']} of {case['target']}")
def test_what_was_reached_of_an_indicator_has_its_class_and_value(case: dict[str, Any], release: LoadedRelease) -> None:
    kept = {key: case[key] for key in ("polaritas", "target_maksimum") if key in case}
    result = planned("Hasil", case["target"], jenis_utama="PERJANJIAN_KINERJA", **kept)

    play = year(release, [result], [case["realisasi"]], {}, employee=JPT)

    (row,) = recorded(play)["angka"]["rhk"]
    assert (int(row["capaian"] + 0.5), row["kelas"]) == (case["c"], case["kelas"])
    if "nilai" in case:
        assert round(row["nilai"], 2) == case["nilai"]


def test_a_high_leadership_post_adds_agreement_and_action_plan(release: LoadedRelease) -> None:
    wanted = WX18["jpt"]
    results = [planned(name, jenis_utama="PERJANJIAN_KINERJA") for name in ("PK 1", "PK 2", "PK 3")]
    results.append(planned("RA", jenis_utama="RENCANA_AKSI"))

    play = year(release, results, [100, 100, 88, 100], {}, employee=JPT)

    values = [row["nilai"] for row in recorded(play)["angka"]["rhk"]]
    assert round(sum(values[:3]) / 3, 2) == wanted["rata_pk"]
    assert values[3] == wanted["rata_rencana_aksi"]
    assert round(recorded(play)["angka"]["skp"], 1) == wanted["SKP"]


def test_results_count_by_their_weight_and_a_direct_one_with_its_team(release: LoadedRelease) -> None:
    results = [planned("Berat", bobot=75), planned("Langsung", bobot=25, metode="DIRECT")]

    play = year(release, results, [101, 100], {"nilai_tim": 120})

    value = recorded(play)
    assert [row["nilai"] for row in value["angka"]["rhk"]] == [120, 110]  # (100 + 120) / 2: S4 p.29
    assert value["angka"]["skp"] == 117.5
    assert (value["rating_hasil"], value["rating_perilaku"]) == ("DI_ATAS_EKSPEKTASI", "SESUAI_EKSPEKTASI")
    assert (value["angka"]["nilai"], value["predikat"]) == (112.25, "BAIK")  # without a new idea


def test_additional_results_add_to_the_mean_of_main_ones(release: LoadedRelease) -> None:
    results = [planned("Utama"), planned("Tambahan", klasifikasi="TAMBAHAN", lingkup="INSTANSI")]

    play = year(release, results, [100, 100], {})

    assert recorded(play)["angka"]["skp"] == 104  # 80/100 x 5 x 100/100: S4 p.95, weight PD


def test_an_attainment_that_the_rater_gives_counts_in_place_of_what_was_measured(release: LoadedRelease) -> None:
    in_words = {**planned("Narasi"), "pendekatan": "KUALITATIF", "narasi": "Sesuai", "indikator": []}
    reason = "Satu laporan dari dua puluh ternyata belum diverifikasi."
    told = {"rhk": "Narasi", "iki": "Sesuai", "realisasi_uraian": "Seluruh keluhan selesai dalam sehari."}
    given = {"angka": 100, "inovasi": "TIDAK", "capaian": 85, "alasan_capaian": reason}
    steps: list[Row] = [
        {"employee": "report_year", "answers": {"rhk": [{"rhk": "Utama", "iki": "Utama", "realisasi": 100}, told]}},
        {"until": "2027-01-16"},
        {"appraiser": "rate_year", "answers": given},
    ]

    play = played(release, "annual_evaluation", {"skp": {"rhk": [planned("Utama"), in_words]}}, steps)

    assert [row["nilai"] for row in recorded(play)["angka"]["rhk"]] == [80, 80]
