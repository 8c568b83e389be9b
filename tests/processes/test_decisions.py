"""The decision tables give what the rule book's tables and worked examples say."""

import re
from itertools import product
from typing import Any

import pytest

from engine.cycle.ratings import Predicate, check_distribution, pattern_of
from tests.processes.decisions import EXAMPLES, decide, decisions, evaluate, example, files, tables

ABOVE, MEETS, BELOW = RATINGS = ("DI_ATAS_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_BAWAH_EKSPEKTASI")
GRADES = ("SANGAT_BAIK", "BAIK", "BUTUH_PERBAIKAN", "KURANG_MISCONDUCT", "SANGAT_KURANG")
ORGANISATION = ("ISTIMEWA", "BAIK", "BUTUH_PERBAIKAN", "KURANG", "SANGAT_KURANG")
SHORT = {"SB": "SANGAT_BAIK", "B": "BAIK", "BP": "BUTUH_PERBAIKAN", "K": "KURANG_MISCONDUCT", "SK": "SANGAT_KURANG"}
POLICIES = {
    "D1_predikat_pegawai": "UNIQUE",
    "D2_predikat_organisasi": "UNIQUE",
    "D2_rating_pk": "UNIQUE",
    "D3_pola_distribusi": "UNIQUE",
    "D4_hasil_kepala_unit": "UNIQUE",
    "D5_angka_kredit": "UNIQUE",
    "D5_kebutuhan": "UNIQUE",
    "D6_nilai_akhir": "UNIQUE",
    "D6_pita_nilai": "UNIQUE",
    "D6_tingkat": "UNIQUE",
    "D7_bobot_lingkup": "UNIQUE",
    "D7_capaian": "UNIQUE",
    "D7_kinerja_tambahan": "UNIQUE",
    "D7_nilai_hasil": "UNIQUE",
    "D7_nilai_iki": "UNIQUE",
    "D7_nilai_periode": "UNIQUE",
    "D7_nilai_skp": "UNIQUE",
    "D8_syarat_karier": "COLLECT",
    "D9_faktor_tunjangan": "UNIQUE",
    "D10_tindak_lanjut": "COLLECT",
    "D11_eskalasi": "UNIQUE",
    "D12_resolusi_penilai": "UNIQUE",
    "D13_moda_skp": "UNIQUE",
    "D13_nilai_studi": "UNIQUE",
    "D14_keselarasan": "COLLECT",
    "D17_bahasa_hasil": "COLLECT",
    "D17_kata": "UNIQUE",
    "D18_pemicu_pembinaan": "COLLECT",
    "D19_saran_rating": "UNIQUE",
}
QUADRANT = {  # DOMAIN 4.4: (result, behaviour) -> predicate
    (ABOVE, BELOW): "KURANG_MISCONDUCT",
    (ABOVE, MEETS): "BAIK",
    (ABOVE, ABOVE): "SANGAT_BAIK",
    (MEETS, BELOW): "KURANG_MISCONDUCT",
    (MEETS, MEETS): "BAIK",
    (MEETS, ABOVE): "BAIK",
    (BELOW, BELOW): "SANGAT_KURANG",
    (BELOW, MEETS): "BUTUH_PERBAIKAN",
    (BELOW, ABOVE): "BUTUH_PERBAIKAN",
}


def test_the_decision_files_have_nothing_to_complain_of() -> None:
    assert [problem for file in files().values() for problem in file.problems] == []


def test_the_register_is_complete_and_keeps_its_hit_policies() -> None:
    assert {id: table.policy.value for id, table in tables().items()} == POLICIES
    assert tables().keys() == decisions().keys()


def test_every_rule_says_where_it_comes_from() -> None:
    tag = re.compile(r"\[(S\d+|INF|OK|PD)\]")
    rules = [rule for table in tables().values() for rule in table.rules]

    assert [rule.id for rule in rules if not tag.search(rule.annotation)] == []


def test_the_worked_examples_are_all_there_and_carry_their_own_number() -> None:
    names = sorted(path.stem.upper() for path in EXAMPLES.glob("*.yaml"))

    assert len(names) == 16
    assert [example(name)["id"] for name in names] == names


# D1, DOMAIN 4.4


@pytest.mark.parametrize(("ratings", "predicate"), QUADRANT.items())
def test_result_and_behaviour_give_the_predicate_of_the_quadrant(ratings: tuple[str, str], predicate: str) -> None:
    result, behaviour = ratings

    assert decide("D1_predikat_pegawai", rating_hasil=result, rating_perilaku=behaviour) == predicate


def test_a_predicate_is_never_guessed_when_a_rating_is_missing() -> None:
    assert decide("D1_predikat_pegawai", rating_hasil=ABOVE, rating_perilaku=None) is None


def test_the_auditor_sees_which_cell_of_the_quadrant_decided() -> None:
    (hit,) = evaluate("D1_predikat_pegawai", rating_hasil=ABOVE, rating_perilaku=BELOW).hits

    assert hit.rule == "D1_r1"
    assert "misconduct" in hit.annotation


# D2, DOMAIN 4.5


@pytest.mark.parametrize(("ratings", "predicate"), QUADRANT.items())
def test_an_organisation_is_rated_in_the_same_quadrant_with_its_own_words(
    ratings: tuple[str, str], predicate: str
) -> None:
    expected = {"SANGAT_BAIK": "ISTIMEWA", "KURANG_MISCONDUCT": "KURANG"}.get(predicate, predicate)

    assert decide("D2_predikat_organisasi", rating_pk=ratings[0], rating_ekspektasi=ratings[1]) == expected


@pytest.mark.parametrize(
    ("attained", "predicate"),
    [
        (100.5, "ISTIMEWA"),
        (100, "BAIK"),
        (90, "BAIK"),
        (89.9, "BUTUH_PERBAIKAN"),
        (70, "BUTUH_PERBAIKAN"),
        (69.9, "KURANG"),
        (50, "KURANG"),
        (49.9, "SANGAT_KURANG"),
        (0, "SANGAT_KURANG"),
    ],
)
def test_within_the_year_the_action_plan_alone_rates_the_organisation(attained: float, predicate: str) -> None:
    assert decide("D2_predikat_organisasi", capaian_rencana_aksi=attained) == predicate


@pytest.mark.parametrize(("attained", "rating"), [(100.01, ABOVE), (100, MEETS), (90, MEETS), (89.99, BELOW)])
def test_the_attainment_of_the_agreement_has_cut_offs(attained: float, rating: str) -> None:
    assert decide("D2_rating_pk", capaian_pk=attained) == rating


# D3, DOMAIN 4.6


@pytest.mark.parametrize(
    ("organisation", "expected"),
    [
        ("ISTIMEWA", {"modus": "SANGAT_BAIK", "maks_persen": {"SANGAT_BAIK": 70}}),
        ("BAIK", {"modus": "BAIK", "maks_persen": {"BAIK": 70}, "wajib_ada": ["BUTUH_PERBAIKAN", "KURANG_MISCONDUCT"]}),
        ("BUTUH_PERBAIKAN", {"min_persen": {"BUTUH_PERBAIKAN": 60}, "maks_persen": {"SANGAT_BAIK": 10}}),
        (
            "KURANG",
            {"min_persen": {"KURANG_MISCONDUCT": 60, "BUTUH_PERBAIKAN": 10}, "maks_persen": {"SANGAT_BAIK": 10}},
        ),
        (
            "SANGAT_KURANG",
            {
                "min_persen": {"SANGAT_KURANG": 60},
                "maks_persen": {"SANGAT_BAIK": 0},
                "wajib_ada": ["KURANG_MISCONDUCT", "BUTUH_PERBAIKAN"],
                "wajib_persen": 10,
            },
        ),
    ],
)
def test_the_organisation_sets_the_pattern_of_its_people(organisation: str, expected: dict[str, Any]) -> None:
    pattern = decide("D3_pola_distribusi", predikat_organisasi=organisation)

    assert {key: pattern[key] for key in expected} == expected
    assert pattern["mayoritas"] is (organisation in ("ISTIMEWA", "BAIK"))


@pytest.mark.parametrize("case", example("WX-15")["kasus"], ids=lambda case: f"{case['organisasi']} of {case['n']}")
def test_wx_15_counts_are_held_against_the_pattern(case: dict[str, Any]) -> None:
    pattern = pattern_of(decide("D3_pola_distribusi", predikat_organisasi=case["organisasi"]))
    counts = {Predicate(name): case[short] for short, name in SHORT.items()}

    found = check_distribution(counts, pattern)

    assert found.n == case["n"]
    assert found.to_json()["verdict"] == case["expect"]
    assert len(found.breaches) == (0 if case["expect"] == "SESUAI" else 1)


# D4, DOMAIN 4.5 and WX-19


@pytest.mark.parametrize("case", example("WX-19")["kepala_unit"])
def test_wx_19_the_unit_head_gets_the_result_of_the_unit(case: dict[str, str]) -> None:
    result = decide("D4_hasil_kepala_unit", predikat_organisasi=case["predikat_unit"])

    assert result == case["hasil"]
    assert decide("D1_predikat_pegawai", rating_hasil=result, rating_perilaku=case["perilaku"]) == case["predikat"]


def test_every_predicate_of_a_unit_gives_its_head_a_result() -> None:
    results = [decide("D4_hasil_kepala_unit", predikat_organisasi=predicate) for predicate in ORGANISATION]

    assert results == [ABOVE, MEETS, BELOW, BELOW, BELOW]


# D8, DOMAIN 5.2 and 9 no. 28; D9, DOMAIN 5.5


@pytest.mark.parametrize(
    ("pattern", "predicate", "told", "kind", "factor"),
    [
        ("KLH_BPLH_2025", "BAIK", True, "PNS", (100, 100)),
        ("KLH_BPLH_2025", "BUTUH_PERBAIKAN", True, "PNS", (90, 100)),  # [S22]
        ("KLH_BPLH_2025", "KURANG_MISCONDUCT", True, "PPPK", (85, 100)),  # [S22]
        ("KLH_BPLH_2025", "SANGAT_KURANG", True, "PNS", (80, 100)),  # [S22]
        ("KLH_BPLH_2025", "BAIK", False, "PNS", (65, 100)),  # [S22] no report at all: cut by 35
        ("KLH_BPLH_2025", None, False, "PNS", (65, 100)),
        ("KLH_BPLH_2025", "BAIK", True, "CPNS", (100, 80)),  # [S22] 80 percent of the class
        ("KEMENAG_2016", "BUTUH_PERBAIKAN", True, "PNS", (75, 100)),  # [S22] -25
        ("KEMENAG_2016", "KURANG_MISCONDUCT", True, "PNS", (50, 100)),  # [S22] -50
        ("KEMENAG_2016", "SANGAT_KURANG", True, "PNS", (25, 100)),  # [S22] -75
        ("INSTANSI", "BAIK", True, "PNS", (None, None)),  # the agency's own rows are empty
        ("BELUM", "BAIK", True, "PNS", (None, None)),
    ],
)
def test_the_published_examples_of_allowances(
    pattern: str, predicate: str | None, told: bool, kind: str, factor: tuple[int | None, int | None]
) -> None:
    row = decide("D9_faktor_tunjangan", instansi=pattern, predikat_periodik=predicate, lapor=told, jenis_pegawai=kind)

    assert (row["persen"], row["persen_kelas"]) == factor


@pytest.mark.parametrize(
    ("last", "before", "kind", "eligible"),
    [
        ("BAIK", "BAIK", "KENAIKAN_PANGKAT", True),  # [S23]
        ("SANGAT_BAIK", "BAIK", "KENAIKAN_PANGKAT", True),
        ("BAIK", "BUTUH_PERBAIKAN", "KENAIKAN_PANGKAT", False),
        ("BUTUH_PERBAIKAN", "BAIK", "KENAIKAN_PANGKAT", False),
        ("BAIK", None, "KENAIKAN_PANGKAT", False),
        ("SANGAT_BAIK", None, "KENAIKAN_PANGKAT_LUAR_BIASA", True),  # [S23] top value in the last year
        ("BAIK", "SANGAT_BAIK", "KENAIKAN_PANGKAT_LUAR_BIASA", False),
        ("BAIK", None, "KENAIKAN_JENJANG", True),  # [S11] one year
        ("KURANG_MISCONDUCT", "BAIK", "KENAIKAN_JENJANG", False),
        (None, "BAIK", "KENAIKAN_JENJANG", False),
    ],
)
def test_predicates_that_a_career_step_needs(last: str | None, before: str | None, kind: str, eligible: bool) -> None:
    inputs = {"predikat_tahun_1": last, "predikat_tahun_2": before, "jenis_usul": kind}

    free, punished = (decide("D8_syarat_karier", **inputs, hukuman_disiplin=one) for one in (None, True))

    assert all(row["layak"] for row in free) is eligible
    assert not all(row["layak"] for row in punished)


# D10, DOMAIN 5.2 to 5.6


def follow_up(predicate: str, *, last: str | None = "BAIK", kind: str = "PNS", post: str = "PELAKSANA") -> set[str]:
    rows = decide(
        "D10_tindak_lanjut",
        predikat_tahunan=predicate,
        predikat_tahun_lalu=last,
        jenis_pegawai=kind,
        jenis_jabatan=post,
    )
    return {row["tindakan"] for row in rows or []}


@pytest.mark.parametrize(
    ("predicate", "actions"),
    [
        ("SANGAT_BAIK", {"PENGHARGAAN", "KENAIKAN_PANGKAT", "RENCANA_PENGEMBANGAN"}),
        ("BAIK", {"KENAIKAN_PANGKAT", "RENCANA_PENGEMBANGAN"}),
        ("BUTUH_PERBAIKAN", {"BIMBINGAN", "RENCANA_PENGEMBANGAN"}),
        ("KURANG_MISCONDUCT", {"RENCANA_PERBAIKAN", "KONSELING", "RENCANA_PENGEMBANGAN"}),
        (
            "SANGAT_KURANG",
            {"RENCANA_PERBAIKAN", "KONSELING", "LAPOR_PYB", "TINJAU_PENEMPATAN", "RENCANA_PENGEMBANGAN"},
        ),
    ],
)
def test_the_annual_predicate_leads_to_its_actions(predicate: str, actions: set[str]) -> None:
    assert follow_up(predicate) == actions


def test_one_good_year_is_not_enough_for_promotion() -> None:
    assert "KENAIKAN_PANGKAT" not in follow_up("BAIK", last="BUTUH_PERBAIKAN")
    assert "KENAIKAN_PANGKAT" not in follow_up("BAIK", last=None)


def test_the_first_year_of_the_best_predicate_is_awarded_once() -> None:
    for last in (None, "BAIK", "SANGAT_BAIK"):
        rows = decide(
            "D10_tindak_lanjut",
            predikat_tahunan="SANGAT_BAIK",
            predikat_tahun_lalu=last,
            jenis_pegawai="PNS",
            jenis_jabatan="PELAKSANA",
        )
        awards = [row["uraian"] for row in rows if row["tindakan"] == "PENGHARGAAN"]
        assert len(awards) == 1
        assert ("prioritas" in awards[0]) is (last == "SANGAT_BAIK")


@pytest.mark.parametrize("kind", ["PPPK", "CPNS"])
def test_the_six_months_path_is_for_permanent_civil_servants(kind: str) -> None:
    actions = follow_up("KURANG_MISCONDUCT", kind=kind)

    assert "RENCANA_PERBAIKAN" not in actions
    assert {"BIMBINGAN", "LAPOR_PYB", "KONSELING"} <= actions


@pytest.mark.parametrize(("predicate", "percent"), list(zip(GRADES, (150, 100, 75, 50, 25), strict=True)))
def test_credits_are_converted_for_functional_posts_only(predicate: str, percent: int) -> None:
    rows = decide(
        "D10_tindak_lanjut",
        predikat_tahunan=predicate,
        predikat_tahun_lalu="BAIK",
        jenis_pegawai="PNS",
        jenis_jabatan="FUNGSIONAL",
    )
    (told,) = [row["uraian"] for row in rows if row["tindakan"] == "ANGKA_KREDIT"]

    assert f" {percent} persen" in told
    assert "ANGKA_KREDIT" not in follow_up(predicate, post="PELAKSANA")


# D11, DOMAIN 9.1


@pytest.mark.parametrize(
    ("task", "days", "receivers", "action"),
    [
        ("draft_skp", -3, "performer", "INGATKAN"),
        ("draft_skp", 0, "performer", "INGATKAN"),
        ("draft_skp", 3, "performer, appraiser", "ESKALASI"),
        ("rate_year", 3, "performer, appraiser_superior", "ESKALASI"),
        ("decide_objection", 3, "performer, authorised_official", "ESKALASI"),
        ("review_skp", 3, "performer, performance_team", "ESKALASI"),
        ("draft_skp", 7, "performance_team", "ESKALASI"),
        ("rate_year", 14, "authorised_official", "ESKALASI"),
        ("rate_year", 400, "authorised_official", "ESKALASI"),
    ],
)
def test_a_late_task_climbs_step_by_step(task: str, days: int, receivers: str, action: str) -> None:
    assert decide("D11_eskalasi", jenis_tugas=task, hari_lewat=days) == {"penerima": receivers, "aksi": action}


def test_a_task_that_the_table_does_not_know_still_has_someone_to_tell() -> None:
    for days in range(-10, 40):
        assert decide("D11_eskalasi", jenis_tugas="tugas_baru", hari_lewat=days)["penerima"]


# D12, DOMAIN 1.2 and 1.3


@pytest.mark.parametrize(
    ("status", "acting", "conflict", "appraiser"),
    [
        ("ADA", "TIDAK_ADA", False, "ATASAN"),
        ("ADA", "TIDAK_ADA", True, "NAIK_SATU"),
        ("KOSONG", "PLT_MENILAI", False, "PLT"),
        ("KOSONG", "PLT_MENILAI", True, "NAIK_SATU"),
        ("KOSONG", "PLT_TANPA_PENILAIAN", False, "NAIK_SATU"),
        ("KOSONG", "TIDAK_ADA", False, "NAIK_SATU"),
        ("BERHALANGAN", "PLH_TANPA_PENILAIAN", False, "NAIK_SATU"),
        ("BERHALANGAN", "PLH_MENILAI", False, "PLT"),
        ("TIDAK_ADA", "TIDAK_ADA", False, "ADMIN"),
        (None, None, None, "ADMIN"),
    ],
)
def test_the_appraiser_follows_from_the_state_of_the_superior(
    status: str | None, acting: str | None, conflict: bool | None, appraiser: str
) -> None:
    facts = {"status_atasan": status, "jenis_penugasan_atasan": acting, "konflik": conflict}

    assert decide("D12_resolusi_penilai", jenis_jabatan="PELAKSANA", **facts) == appraiser


def test_wx_13_a_vacant_post_is_covered_only_by_who_may_appraise() -> None:
    with_letter, without_letter, nobody, daily = example("WX-13")["kasus"]
    climbs = {"penilai_staf_TW2": "Kepala Dinas"}

    assert with_letter["expect"]["penilai_staf_TW2"] == "Plt"
    assert all(climbs.items() <= case["expect"].items() for case in (without_letter, nobody, daily))
    acting = {"PLT_MENILAI": "PLT", "PLT_TANPA_PENILAIAN": "NAIK_SATU", "TIDAK_ADA": "NAIK_SATU"}
    acting["PLH_TANPA_PENILAIAN"] = "NAIK_SATU"
    for code, appraiser in acting.items():
        facts = {"status_atasan": "KOSONG", "jenis_penugasan_atasan": code, "konflik": False}
        assert decide("D12_resolusi_penilai", jenis_jabatan="PELAKSANA", **facts) == appraiser


# D18, DOMAIN 2.7


def triggers(result: str, behaviour: str, in_a_row: int) -> set[str]:
    predicate = decide("D1_predikat_pegawai", rating_hasil=result, rating_perilaku=behaviour)
    facts = {"rating_hasil": result, "rating_perilaku": behaviour, "predikat": predicate, "berturut": in_a_row}
    rows = decide("D18_pemicu_pembinaan", **facts)
    return {name for row in rows or [] for name, wanted in row.items() if wanted}


@pytest.mark.parametrize(
    ("result", "behaviour", "in_a_row", "expected"),
    [
        (MEETS, MEETS, 0, set()),
        (BELOW, MEETS, 1, {"bimbingan"}),
        (MEETS, BELOW, 1, {"bimbingan", "konseling"}),
        (BELOW, BELOW, 1, {"bimbingan", "konseling"}),
        (BELOW, ABOVE, 2, {"bimbingan", "eskalasi"}),
    ],
)
def test_a_weak_period_starts_coaching_and_counselling(
    result: str, behaviour: str, in_a_row: int, expected: set[str]
) -> None:
    assert triggers(result, behaviour, in_a_row) == expected


def test_wx_14_two_weak_quarters_call_the_counsellor_and_the_appraisers_superior() -> None:
    ratings = {predicate: pair for pair, predicate in QUADRANT.items()}
    first, second, third = (ratings[period["predikat"]] for period in example("WX-14")["periodik"])

    assert triggers(*first, in_a_row=0) == set()
    assert triggers(*second, in_a_row=1) == {"bimbingan"}
    assert {"konseling", "eskalasi"} <= triggers(*third, in_a_row=2)


def test_good_periods_start_nothing() -> None:
    for result, behaviour in product((ABOVE, MEETS), (ABOVE, MEETS)):
        assert triggers(result, behaviour, 0) == set()
