"""The rules of alignment and wording, on the worked examples and one case for each code (DOMAIN 3.8, 3.9, 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.cycle.alignment.checking import check_all, check_plan
from engine.cycle.alignment.findings import Finding, Judge, verdict_of
from engine.cycle.alignment.landscape import Owned, landscape
from engine.cycle.alignment.plans import Plan, PlannedResult, Standing, Target
from engine.errors import Refused
from engine.runtime.services import Ask
from tests.cycle.agency import example
from tests.cycle.examples import plans_of, road_shares, spelled_out

GOOD = "Seluruh puskesmas menangani balita gizi kurang sesuai tata laksana"
COVERED = Target("KUALITAS", "Cakupan", 90, "persen", "NAIK")


@pytest.fixture
def judge(decide: Ask) -> Judge:
    return Judge(decide)


def codes(findings: Sequence[Finding]) -> list[str]:
    return sorted(finding.code for finding in findings)


def everything(judge: Judge, plans: Sequence[Plan]) -> list[Finding]:
    return [finding for found in check_all(judge, plans, landscape(plans)).values() for finding in found]


def expect(findings: Sequence[Finding], expected: Mapping[str, Any]) -> None:
    assert codes(findings) == sorted(expected["kode"])
    assert verdict_of(findings) == expected["verdict"]
    assert all(finding.reason.strip() and finding.mend.strip() for finding in findings)


# The worked examples


@pytest.mark.parametrize("number", [1, 5, 6])
def test_wx_01_05_06_a_unit_is_judged_as_a_whole(number: int, judge: Judge) -> None:
    case = example(number)

    expect(everything(judge, plans_of(case["rhk"], case["mode_matriks"])), case["expect"])


@pytest.mark.parametrize(("rows", "expected"), [("rhk", "expect"), ("perbaikan", "expect_perbaikan")])
def test_wx_02_an_activity_without_parent_is_refused_and_mended(rows: str, expected: str, judge: Judge) -> None:
    basis, case = example(1), example(2)
    plans = plans_of([*spelled_out(basis["rhk"]), *case[rows]], basis["mode_matriks"])

    expect(everything(judge, plans), case[expected])


@pytest.mark.parametrize("case", example(3)["kasus"], ids=lambda case: case["nama"])
def test_wx_03_direct_shares_add_up_in_the_same_unit(case: dict[str, Any], judge: Judge) -> None:
    found = everything(judge, plans_of([*example(3)["rhk"], *road_shares(case)], "SATU_TINGKAT"))

    assert set(codes(found)) == set(case["expect"]["kode"])
    assert verdict_of(found) == case["expect"]["verdict"]
    if "selisih" in case["expect"]:
        assert f"selisih {case['expect']['selisih']}." in found[0].reason


@pytest.mark.parametrize("case", example(4)["kasus"], ids=lambda case: f"{case['target']} days")
def test_wx_04_a_limit_is_not_looser_than_the_one_it_serves(case: dict[str, Any], judge: Judge) -> None:
    limit = {key: case[key] for key in ("target", "satuan", "polaritas")}
    row = {**case, "id": "V", "aspek": [{"aspek": "WAKTU", "iki": "Waktu verifikasi", **limit}]}

    expect(everything(judge, plans_of([*example(4)["rhk"], row], example(4)["mode_matriks"])), case["expect"])


@pytest.mark.parametrize("case", example(7)["kasus"][:2], ids=lambda case: str(case["surat_tugas"]))
def test_wx_07_a_squad_of_another_unit_needs_its_letter(case: dict[str, Any], judge: Judge) -> None:
    leader = {"C": {"B": "KETUA_TIM" if case["surat_tugas"] else "KETUA_TIM_TANPA_SURAT"}}
    relations = {**leader, "B": {"A": "ATASAN"}}

    expect(everything(judge, plans_of(example(7)["rhk"], "DUA_TINGKAT", relations)), case["expect"])


WX_10 = {case["nama"]: case for case in example(10)["kasus"]}


@pytest.mark.parametrize("name", ["satu_tingkat", "dua_tingkat_anggota", "dua_tingkat_mandiri"])
def test_wx_10_the_mode_of_the_matrix_says_who_may_be_supported(name: str, judge: Judge) -> None:
    case = WX_10[name]
    standing = Standing(case["mode_matriks"], case["staf"]["peran"], {"kadis": "KEPALA_UNIT"})
    plans = [plan("kadis", result("K", reference="PK:1")), plan("staf", result("S", parent="K"), standing=standing)]

    expect(everything(judge, plans), case["expect"])


def test_wx_10_nobody_supports_himself_in_the_end(judge: Judge) -> None:
    each = {"kabid": {"staf": "ATASAN"}, "staf": {"kabid": "ATASAN"}}
    plans = [
        plan("kabid", result("K", parent="S"), standing=Standing(relations=each["kabid"])),
        plan("staf", result("S", parent="K"), standing=Standing(relations=each["staf"])),
    ]

    expect(check_plan(judge, plans[1], landscape(plans)), WX_10["melingkar"]["expect"])


def test_wx_10_a_changed_parent_asks_for_a_new_agreement(judge: Judge) -> None:
    old = Owned(result("K1", reference="PK:1"), "kadis", "Kadis")
    staff = plan("staf", result("S", parent="K1"), standing=Standing(relations={"kadis": "KEPALA_UNIT"}))
    now = landscape([plan("kadis", result("K2", reference="PK:1")), staff], {"K1": old}, ["K1"])

    expect(check_plan(judge, staff, now), WX_10["basi"]["expect"])


def test_wx_10_additional_results_alone_are_no_plan(judge: Judge) -> None:
    rows = [result(f"T{place}", place=place, classification="TAMBAHAN", reference="ST-1") for place in (1, 2, 3)]

    expect(check_plan(judge, plan("staf", *rows), landscape([])), WX_10["hanya_tambahan"]["expect"])


def test_wx_10_the_head_plans_every_agreed_indicator(judge: Judge) -> None:
    case = WX_10["jpt_tanpa_pk"]
    agreed = tuple((number, f"Indikator ke-{number}") for number in case["indikator_pk"])
    rows = [result(f"R{number}", place=number, reference=f"PK:{number}") for number in case["indikator_skp_jpt"]]
    found = check_plan(judge, plan("kadis", *rows, standing=Standing(agreed=agreed)), landscape([]))

    expect(found, case["expect"])
    assert "Indikator ke-2" in found[0].reason


# One case for each code


def plan(person: str, *results: PlannedResult, standing: Standing | None = None) -> Plan:
    return Plan(person, person.title(), results, standing or Standing())


def result(id: str, *, place: int = 1, text: str = GOOD, **other: Any) -> PlannedResult:
    return PlannedResult(id, place, text, row=id, **{"targets": (COVERED,), **other})


def own(judge: Judge, *results: PlannedResult, standing: Standing | None = None, **given: Any) -> list[str]:
    return codes(check_plan(judge, plan("alice", *results, standing=standing), landscape([]), **given))


@pytest.mark.parametrize(
    ("targets", "narrative", "expected"),
    [
        ((), "", ["AL-09"]),
        ((Target("KUALITAS", "Cakupan", None, "persen", "NAIK"),), "", ["AL-09"]),
        ((), "keluhan selesai paling lama satu hari", []),
        ((replace(COVERED, last=95),), "", ["AL-13"]),
        ((replace(COVERED, last=95, reason="Anggaran turun 30 persen."),), "", []),
        ((replace(COVERED, last=80, polarity="TURUN"),), "", ["AL-13"]),
        ((Target("WAKTU", "Data siap", 12, "bulan", "TURUN"),), "", ["AL-15"]),
    ],
)
def test_a_result_has_a_target_that_can_be_held(
    targets: tuple[Target, ...], narrative: str, expected: list[str], judge: Judge
) -> None:
    half_a_year = Standing(serves=(date(2026, 1, 1), date(2026, 6, 30)))

    found = own(judge, result("A", reference="PK 1", targets=targets, narrative=narrative), standing=half_a_year)

    assert found == expected


def test_somebody_else_s_leader_cannot_be_supported(judge: Judge) -> None:
    plans = [plan("sari", result("S", reference="PK 1")), plan("alice", result("A", parent="S"))]

    found = check_plan(judge, plans[1], landscape(plans))

    assert codes(found) == ["AL-02"]
    assert "Sari" in found[0].reason


def test_results_that_nobody_carries_and_claims_that_two_make(judge: Judge) -> None:
    below = Standing(relations={"bob": "ATASAN"})
    plans = [
        plan(
            "bob", result("B", reference="PK 1"), result("C", place=2, reference="PK 2"), standing=Standing(leads=True)
        ),
        plan("alice", result("A", parent="B"), standing=below),
        plan("andi", result("D", parent="B"), standing=below),
        plan("dan", standing=Standing(in_matrix=False)),
    ]
    found = check_all(judge, plans, landscape(plans))

    assert {person: codes(ones) for person, ones in found.items()} == {
        "bob": ["AL-03"],
        "alice": ["AL-10"],
        "andi": ["AL-10"],
        "dan": ["AL-20"],
    }
    assert found["bob"][0].number == 2


def test_nobody_is_given_what_stands_two_levels_above(judge: Judge) -> None:
    middle = result("B", parent="K", targets=(Target("KUALITAS", "Cakupan bidang", 80, "persen", "NAIK"),))
    plans = [
        plan("kadis", result("K", reference="PK 1"), standing=Standing(leads=True)),
        plan("bob", middle, standing=Standing(relations={"kadis": "ATASAN"}, leads=True)),
        plan("alice", result("A", parent="B"), standing=Standing(relations={"bob": "ATASAN"})),
    ]

    assert codes(check_plan(judge, plans[2], landscape(plans))) == ["AL-08"]


def test_an_indicator_whose_data_nobody_collects_is_pointed_out(judge: Judge) -> None:
    standing = Standing(uncollectable=frozenset({"cakupan"}))

    assert own(judge, result("A", reference="PK 1"), standing=standing) == ["AL-17"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mengikuti rapat koordinasi stunting", ["PH-01"]),
        ("Membuat laporan keuangan setiap bulan", ["PH-01"]),
        ("Mengajar 24 jam pelajaran setiap minggu", ["PH-01"]),
        ("Monitoring jalan kabupaten", ["PH-01"]),
        ("Administrasi kepegawaian dinas", ["PH-02"]),
        ("Pengelolaan keuangan", ["PH-02", "PH-09"]),
        ("Pengelolaan keuangan dinas sesuai standar akuntansi", []),
        ("Terlaksananya sosialisasi aplikasi perizinan", ["PH-03"]),
        ("Meningkatnya cakupan imunisasi dan menurunnya keluhan pasien", ["PH-08"]),
        ("Meningkatnya kinerja", ["PH-09"]),
        ("Meningkatnya cakupan ibu hamil dan balita berisiko yang menerima paket gizi", []),
        ("Nilai literasi satuan naik dari 62 ke 68", []),
        ("Tidak ada temuan material BPK pada satker", []),
    ],
)
def test_a_sentence_tells_a_result_not_an_activity(text: str, expected: list[str], judge: Judge) -> None:
    assert own(judge, result("A", text=text, reference="PK 1")) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("KUANTITAS", "Jumlah rapat yang dihadiri", 24, "rapat", "NAIK"), ["PH-04"]),
        (Target("KUANTITAS", "Kehadiran", 24, "kali", "NAIK"), ["PH-04"]),
        (Target("WAKTU", "Waktu pelaksanaan", 12, "bulan", "TEPAT"), ["PH-06"]),
        (Target("WAKTU", "Data siap tiap bulan", 5, "tanggal", "TURUN"), []),
        (Target("KUANTITAS", "Izin yang diproses", 24, "izin", "NAIK"), []),
    ],
)
def test_an_indicator_counts_what_comes_of_the_work(target: Target, expected: list[str], judge: Judge) -> None:
    assert own(judge, result("A", reference="PK 1", targets=(target,))) == expected


def test_targets_that_were_copied_from_row_to_row_are_noticed(judge: Judge) -> None:
    cloned = tuple(
        Target(aspect, "Cakupan", value, unit, "TURUN")
        for aspect, value, unit in (("KUANTITAS", 120, "orang"), ("KUALITAS", 90, "persen"), ("WAKTU", 6, "hari"))
    )
    rows = [result(f"R{place}", place=place, reference="PK 1", targets=cloned) for place in (1, 2)]

    found = check_plan(judge, plan("alice", *rows), landscape([]))

    assert [(finding.code, finding.number) for finding in found] == [("PH-07", 2)]


def test_an_agency_may_soften_the_rule_on_activities(judge: Judge) -> None:
    row = result("A", text="Menyusun draf kebijakan bangunan", reference="PK 1")
    found = check_plan(judge, plan("alice", row), landscape([]), ph01="WARN")

    assert [(finding.code, finding.severity) for finding in found] == [("PH-01", "WARN")]
    assert "Draf kebijakan bangunan" in found[0].mend


def test_a_release_without_the_tables_says_what_to_do() -> None:
    def nothing(decision: str, inputs: Mapping[str, Any]) -> Any:
        raise KeyError(decision)

    with pytest.raises(Refused, match="Terbitkan dokumen"):
        check_plan(Judge(nothing), plan("alice", result("A")), landscape([]))
