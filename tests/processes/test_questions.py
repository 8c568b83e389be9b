"""The forms ask what the processes need, in both languages, and take the answers of the rule book's people."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from lxml import etree

from engine.feel import compile_expression, to_json
from engine.forms import FieldView, check_form
from engine.forms.fields import Choice, Input, Part, Rows, every
from tests.processes.decisions import ENVIRONMENT, ROOT, example
from tests.processes.questions import FUNCTIONS, answered, case, examples, forms

RATINGS = ("DI_ATAS_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_BAWAH_EKSPEKTASI")
YES_NO = ("YA", "TIDAK")
ROUTING: Mapping[str, Mapping[str, tuple[str, ...]]] = {  # form -> field that a diagram reads -> what it may hold
    "dialogue": {"sepakat": ("SEPAKAT", "BELUM_SEPAKAT")},
    "skp_review": {"keputusan": ("TERUSKAN", "KEMBALIKAN")},
    "skp_decision": {"keputusan": ("TETAPKAN", "KEMBALIKAN")},
    "skp_change_decision": {"keputusan": ("SETUJU", "KEMBALIKAN", "TOLAK")},
    "skp_reclarification": {"keputusan": ("MASIH_SESUAI", "PERLU_DIUBAH")},
    "skp_dispute": {"keputusan": ("TETAPKAN", "KEMBALIKAN")},
    "performance_log": {"selesai": ("BELUM", "YA")},
    "periodic_evaluation": {"rating_hasil": RATINGS, "rating_perilaku": RATINGS},
    "annual_evaluation": {"rating_hasil": RATINGS, "rating_perilaku": RATINGS},
    "organisation_rating": {"rating_pk": RATINGS, "rating_ekspektasi": RATINGS},
    "coaching_session": {"lanjut": YES_NO},
    "counselling": {
        "lanjut": YES_NO,
        "tindak_lanjut": (
            "BIMBINGAN",
            "PELATIHAN",
            "PENUGASAN_KHUSUS",
            "USUL_MUTASI",
            "REKOMENDASI_DISIPLIN",
            "TIDAK_ADA",
        ),
    },
    "evaluation_signing": {"keputusan": ("TANDATANGANI", "UBAH")},
    "objection": {"ajukan": YES_NO},
    "objection_decision": {"keputusan": ("TETAP", "UBAH"), "rating_hasil": RATINGS, "rating_perilaku": RATINGS},
    "development_review": {"keputusan": ("SETUJU", "KEMBALIKAN")},
    "improvement_evaluation": {"hasil": ("MEMBAIK", "TIDAK_MEMBAIK")},
    "competency_test": {"hasil": ("MEMENUHI", "TIDAK_MEMENUHI")},
    "placement_decision": {"keputusan": ("JABATAN_SESUAI", "JABATAN_LEBIH_RENDAH", "TIDAK_ADA_LOWONGAN")},
    "vacancy_review": {"tersedia": YES_NO},
    "renewal_review": {
        "kompetensi": ("SESUAI", "TIDAK_SESUAI"),
        "kebutuhan": YES_NO,
        "keputusan": ("PERPANJANG", "TIDAK_PERPANJANG"),
    },
    "dismissal_proposal": {"keputusan": ("USUL", "TIDAK_USUL")},
}
UNROUTED = {
    "skp",
    "skp_team_setting",
    "action_plan",
    "feedback",
    "realisation",
    "team_leader_input",
    "acknowledgement",
    "coaching_feedback",
    "annual_realisation",
    "objection_explanation",
    "development_plan",
    "improvement_plan",
    "improvement_check",
}
REPORTS = ("realisation", "annual_realisation")
IN_NUMBERS: Mapping[str, Any] = {  # what a rater answers under a regime in numbers
    "nilai_hasil": [{"nomor": 1, "hasil": "Data gizi", "nilai_hitung": 100, "cara": "LANGSUNG", "capaian": 90}],
    "nilai_perilaku": [{"perilaku": "Berorientasi Pelayanan", "angka": 100}],
    "inovasi": "YA",
}
EVERY_FORM = sorted({*ROUTING, *UNROUTED})
EVERY_ANSWER = [(form, name) for form in EVERY_FORM for name in examples(form)]
KNOWN_DATA = {
    *case(),
    *("change", "change_check"),
    *("annual_report", "rating", "predicate", "head_result", "ratings", "unit_rating", "distribution"),
    *("period_results", "final_rating_hasil", "final_rating_perilaku", "final_predicate", "objection", "explanation"),
    *("employee_explanation", "development", "improvement", "improvement_result", "competency", "placement"),
    *("coaching_session", "alignment", "parameters", "earlier", "contract", "attainment", "suggestion"),
}
YEAR_END: Mapping[str, Any] = {
    "annual_report": case()["realisation"],
    "rating": case()["period_rating"],
    "predicate": "BAIK",
    "ratings": [{"period": "TW1", "rating_hasil": RATINGS[1], "rating_perilaku": RATINGS[0], "predikat": "BAIK"}],
    "period_results": [{"period": "TW1", "umpan_balik_hasil": [{"rhk": "Data gizi", "umpan_balik": "Pertahankan"}]}],
    "earlier": {
        "bagian": [
            {
                "unit": "Dinas Kesehatan",
                "penilai": "Bob",
                "mulai": "2026-01-01",
                "sampai": "2026-07-31",
                "bulan": 7,
                "rating_hasil": RATINGS[1],
                "rating_perilaku": RATINGS[1],
                "predikat": "BAIK",
            }
        ],
        "bulan": 5,
        "perilaku": RATINGS[1],
        "cara": "BOBOT_BULAN",
    },
    "unit_rating": {"predicate": "BAIK", "rating": RATINGS[1]},
    "distribution": {"n": 3, "counts": {"BAIK": 3}, "verdict": "LANGGAR", "reason": "Baik 3 > 2 (70 persen)."},
}


def file_of(form: str) -> bytes:
    return (ROOT / "forms" / f"{form}.form.json").read_bytes()


def choices(form: str, key: str) -> tuple[str, ...]:
    (found,) = [part for part in forms()[form].parts if part.slot == key and isinstance(part, Choice)]
    return tuple(option.value for option in found.options)


def flat(fields: Sequence[FieldView]) -> Iterator[FieldView]:
    """Everything that a page shows, at any depth."""
    for field in fields:
        yield field
        yield from flat(field.fields)
        for row in field.rows:
            yield from flat(row.fields)


def seen(form: str, answers: Mapping[str, Any], data: Mapping[str, Any]) -> list[FieldView]:
    return list(flat(forms()[form].view(answers, data, ENVIRONMENT, "id")))


def shown(form: str, **more: Any) -> str:
    """All that the tables of a form's first page say."""
    data = case(**more)
    fields = seen(form, forms()[form].blank(data, ENVIRONMENT), data)
    return "\n".join(" | ".join(cells) for field in fields for cells in field.cells)


# Documents


def test_there_is_a_form_for_every_question_and_no_other() -> None:
    assert sorted(forms()) == EVERY_FORM
    assert sorted(path.name for path in (ROOT / "forms").iterdir()) == [f"{form}.form.json" for form in EVERY_FORM]


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_form_reads_without_a_complaint(form: str) -> None:
    read, problems = check_form(file_of(form), f"{form}.form.json", FUNCTIONS)

    assert read is not None
    assert problems == ()


@pytest.mark.parametrize("form", EVERY_FORM)
def test_every_text_has_its_english_and_no_translation_is_left_over(form: str) -> None:
    document = json.loads(file_of(form))

    assert forms()[form].untranslated("en") == ()
    assert sorted(document["translations"]["en"]) == sorted(forms()[form].texts)


@pytest.mark.parametrize("form", EVERY_FORM)
def test_the_form_editor_finds_an_id_on_every_part(form: str) -> None:
    def ids(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        for component in components:
            yield component["id"]
            yield from ids(component.get("components", ()))

    document = json.loads(file_of(form))
    found = list(ids(document["components"]))

    assert document["schemaVersion"] == 19
    assert len(found) == len(set(found))


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_form_reads_only_what_a_case_can_know(form: str) -> None:
    assert forms()[form].names <= KNOWN_DATA


@pytest.mark.parametrize(
    ("form", "key", "options"),
    [(form, key, options) for form, keys in ROUTING.items() for key, options in keys.items()],
)
def test_what_a_diagram_branches_on_is_asked_with_its_options(form: str, key: str, options: tuple[str, ...]) -> None:
    (field,) = [part for part in forms()[form].parts if part.slot == key]

    assert choices(form, key) == options
    assert isinstance(field, Input)
    assert field.required


# Answers


@pytest.mark.parametrize(("form", "name"), EVERY_ANSWER)
def test_the_answers_of_the_examples_are_taken(form: str, name: str) -> None:
    assert answered(form, examples(form)[name]).errors == {}


@pytest.mark.parametrize("form", EVERY_FORM)
def test_every_required_field_can_be_reached(form: str) -> None:
    jpt = case(employee={**case()["employee"], "post_kind": "JPT_PRATAMA"}, leader_results=[])
    advised = [case(suggestion={"saran": rating, "rhk": []}) for rating in RATINGS]
    in_numbers = {**jpt, "cycle": {**jpt["cycle"], "regime": "REG_2021"}}
    pages = [
        seen(form, answers, data)
        for example in examples(form).values()
        for answers in (example, {**IN_NUMBERS, **example})
        for data in (case(), jpt, *advised, in_numbers)
    ]
    reached = {re.sub(r"\.\d+", "", field.path) for page in pages for field in page}

    def required(part: Part) -> bool:
        return (isinstance(part, Input) and part.required) or (isinstance(part, Rows) and part.min_rows > 0)

    assert {part.path for part in every(forms()[form].parts) if required(part)} <= reached


@pytest.mark.parametrize("form", EVERY_FORM)
def test_a_form_that_is_sent_empty_says_what_is_missing(form: str) -> None:
    given = {"rhk": [{"rhk": "Data gizi lengkap", "satuan": "persen"}]} if form in REPORTS else None

    errors = answered(form, forms()[form].blank(case(), ENVIRONMENT, given)).errors

    assert bool(errors) is (form != "performance_log")  # a log may have a quiet month
    assert all(sentence.strip() for sentence in errors.values())


def test_no_page_asks_for_a_date_of_the_past_in_the_future() -> None:
    answers = examples("performance_log")["more_to_come"]
    answers["catatan"][0]["tanggal"] = date(2026, 7, 2).isoformat()

    assert list(answered("performance_log", answers).errors) == ["catatan.0.tanggal"]


# The SKP


def skp(**first: Any) -> dict[str, Any]:
    answers: dict[str, Any] = examples("skp")["main_and_additional"]
    answers["rhk"][0].update(first)
    return answers


@pytest.mark.parametrize("row", example("WX-01")["rhk"], ids=lambda row: row["id"])
def test_wx_01_every_result_of_the_health_office_can_be_written_down(row: dict[str, Any]) -> None:
    if "sama_dengan" in row:
        row = {
            **next(other for other in example("WX-01")["rhk"] if other["id"] == row["sama_dengan"]),
            "metode": "DIRECT",
        }
    indicators = [
        {
            **{key: item[key] for key in ("aspek", "iki", "satuan", "polaritas")},
            "target_nilai": item["target"],
            "realisasi_terakhir": item.get("baseline"),
        }
        for item in row["aspek"]
    ]
    head = row["induk"].startswith("PK:")
    data = case()
    if head:
        data = case(employee={**data["employee"], "post_kind": "JPT_PRATAMA"}, leader_results=[])
    answers = skp(rhk=row["teks"], metode=row.get("metode"), indikator=indicators)
    answers["rhk"] = answers["rhk"][:1]
    answers["rhk"][0].update(perspektif=row.get("perspektif"), acuan=row["induk"])

    result = answered("skp", answers, data)

    assert result.errors == {}
    assert ("perspektif" in result.clean["rhk"][0]) is head
    assert ("rhk_pimpinan" in result.clean["rhk"][0]) is not head


def test_a_main_result_names_the_leaders_result_or_where_there_is_none_its_basis() -> None:
    assert "rhk.0.rhk_pimpinan" in answered("skp", skp(rhk_pimpinan=None)).errors
    assert "rhk.0.acuan" in answered("skp", skp(acuan=None), case(leader_results=[])).errors


def test_an_skp_of_additional_results_only_is_refused() -> None:
    answers = skp(klasifikasi="TAMBAHAN", acuan="ST-13/2026")

    assert "kinerja utama" in answered("skp", answers).errors["rhk"]


def test_a_leader_of_the_top_has_a_result_for_those_served() -> None:
    top = case(employee={**case()["employee"], "post_kind": "JPT_PRATAMA"}, leader_results=[])
    answers = skp(acuan="PK:1", perspektif="ANGGARAN")
    answers["rhk"] = answers["rhk"][:1]

    assert "penerima layanan" in answered("skp", answers, top).errors["rhk"]
    answers["rhk"][0]["perspektif"] = "PENERIMA_LAYANAN"
    assert answered("skp", answers, top).errors == {}


def test_a_target_weaker_than_the_last_result_needs_a_reason() -> None:
    weaker = {"aspek": "WAKTU", "iki": "Waktu terbit izin", "target_nilai": 7, "satuan": "hari", "polaritas": "TURUN"}

    errors = answered("skp", skp(indikator=[{**weaker, "realisasi_terakhir": 5}])).errors
    assert list(errors) == ["rhk.0.indikator.0.alasan_target"]
    assert answered("skp", skp(indikator=[{**weaker, "realisasi_terakhir": 9}])).errors == {}


def test_a_range_ends_above_its_beginning() -> None:
    turned = {"aspek": "KUALITAS", "iki": "Nilai uji", "target_nilai": 90, "target_atas": 80, "satuan": "nilai"}

    errors = answered("skp", skp(indikator=[{**turned, "polaritas": "NAIK"}])).errors

    assert list(errors) == ["rhk.0.indikator.0.target_atas"]


def test_a_result_without_indicator_or_measure_is_refused() -> None:
    assert "rhk.0.indikator" in str(answered("skp", skp(indikator=[])).errors)
    assert "rhk.0.narasi" in answered("skp", skp(pendekatan="KUALITATIF")).errors


def test_a_described_result_drops_the_indicators_that_were_typed_before() -> None:
    clean = answered("skp", skp(pendekatan="KUALITATIF", narasi="keluhan selesai paling lama 1 hari")).clean

    assert "indikator" not in clean["rhk"][0]


def test_the_reporting_scheme_is_more_than_a_schedule() -> None:
    answers = skp()
    answers["pertanggungjawaban"] = [{"jadwal": "BULANAN"}]

    wanted = {f"pertanggungjawaban.0.{key}" for key in ("kepada", "bentuk", "bukti")}
    assert set(answered("skp", answers).errors) == wanted


# Decisions


@pytest.mark.parametrize(
    ("form", "passed"), [("skp_review", "passed_on"), ("skp_decision", "set"), ("development_review", "agreed")]
)
def test_who_returns_a_draft_says_why_and_who_passes_it_does_not(form: str, passed: str) -> None:
    returned = {**examples(form)["returned"], "catatan": ""}

    assert list(answered(form, returned).errors) == ["catatan"]
    assert "catatan" not in answered(form, {**examples(form)[passed], "catatan": "sisa tulisan"}).clean


def test_each_behaviour_gets_one_expectation() -> None:
    twice = [{"nilai": "BP", "ekspektasi": "Cepat menjawab"}, {"nilai": "BP", "ekspektasi": "Ramah menjawab"}]

    assert "ekspektasi" in answered("skp_decision", {"keputusan": "TETAPKAN", "ekspektasi": twice}).errors


def test_the_team_that_sets_an_skp_informs_all_three_parties() -> None:
    answers = {**examples("skp_team_setting")["set"], "pemberitahuan": ["PEGAWAI", "PENILAI"]}

    assert list(answered("skp_team_setting", answers).errors) == ["pemberitahuan"]


def test_the_difference_is_written_down_when_the_dialogue_ends_without_agreement() -> None:
    answers = {**examples("dialogue")["not_agreed"], "perbedaan": None}

    assert list(answered("dialogue", answers).errors) == ["perbedaan"]


def test_a_rating_without_a_reason_that_names_evidence_is_refused() -> None:
    answers = {**examples("annual_evaluation")["rated"], "alasan": "Baik."}

    assert list(answered("annual_evaluation", answers).errors) == ["alasan"]


def test_the_result_of_a_unit_head_is_the_units() -> None:
    answers = examples("annual_evaluation")["rated"]

    errors = answered("annual_evaluation", answers, case(head_result="DI_BAWAH_EKSPEKTASI")).errors
    assert "capaian unit" in errors["rating_hasil"]
    assert answered("annual_evaluation", answers, case(head_result="SESUAI_EKSPEKTASI")).errors == {}


def test_signing_against_the_pattern_needs_a_reason() -> None:
    signed = {"keputusan": "TANDATANGANI"}

    assert list(answered("evaluation_signing", signed, case(**YEAR_END)).errors) == ["alasan"]
    fits = {**YEAR_END, "distribution": {**YEAR_END["distribution"], "verdict": "SESUAI"}}
    assert answered("evaluation_signing", signed, case(**fits)).errors == {}
    assert list(answered("evaluation_signing", {"keputusan": "UBAH"}, case(**fits)).errors) == ["alasan"]


def test_an_agency_may_hold_signing_against_the_pattern() -> None:
    held = case(**YEAR_END, parameters={"distribution_mode": "BLOCK"})

    signed = {"keputusan": "TANDATANGANI", "alasan": "Predikat tetap, bukti hasil lengkap."}
    assert "tertahan" in answered("evaluation_signing", signed, held).errors["keputusan"]
    assert answered("evaluation_signing", {**signed, "keputusan": "UBAH"}, held).errors == {}
    assert answered("evaluation_signing", signed, case(**YEAR_END)).errors == {}


def test_who_does_not_object_answers_nothing_else() -> None:
    filed = examples("objection")["filed"]

    assert answered("objection", {**filed, "ajukan": "TIDAK"}).clean == {"ajukan": "TIDAK"}
    assert set(answered("objection", {"ajukan": "YA"}).errors) == {"butir", "alasan", "harapan"}


def test_a_changed_result_names_both_ratings_and_a_kept_one_none() -> None:
    changed = {"keputusan": "UBAH", "alasan": "Bukti menunjukkan hasil yang lain"}

    assert set(answered("objection_decision", changed).errors) == {"rating_hasil", "rating_perilaku"}
    kept = {**examples("objection_decision")["changed"], "keputusan": "TETAP"}
    assert "rating_hasil" not in answered("objection_decision", kept).clean


def test_a_receipt_must_be_ticked() -> None:
    assert list(answered("acknowledgement", {"diterima": False}).errors) == ["diterima"]


def test_all_nine_answers_about_the_coaching_are_asked() -> None:
    assert len(answered("coaching_feedback", {}).errors) == 9


# What people read beside the questions


def test_the_appraiser_sees_the_submitted_skp_when_setting_it() -> None:
    text = shown("skp_decision")

    assert "Balita gizi kurang di 8 puskesmas binaan" in text
    assert "Seluruh puskesmas menangani balita gizi kurang sesuai tata laksana" in text
    assert "80 – 90" in text
    assert "(tambahan) (penugasan dari Ketua Tim Integrasi Data)" in text
    assert "Kendaraan ke 8 puskesmas dua kali sebulan" in text


def test_the_appraiser_sees_results_feedback_and_input_when_rating_a_period() -> None:
    text = shown("periodic_evaluation")

    assert "8 puskesmas | 4 | Dua menunggu pelatihan" in text
    assert "14 keluhan, semua selesai dalam 1 hari" in text
    assert "Laporan Mei terlambat dua hari" in text
    assert "Data 4.200 pegawai cocok di dua sistem" in text
    assert "Menjawab keluhan warga dalam satu hari kerja" in text


def test_the_appraiser_sees_the_periods_and_the_unit_when_rating_the_year() -> None:
    text = shown("annual_evaluation", **YEAR_END)

    assert "Triwulan I | Sesuai ekspektasi | Di atas ekspektasi | Baik" in text
    assert "Triwulan I | Data gizi | Pertahankan" in text
    assert "Baik | 3" in text


def test_a_missing_report_is_said_instead_of_an_empty_table() -> None:
    data = case(realisation=None)
    page = seen("periodic_evaluation", {}, data)

    assert "Pegawai belum melaporkan realisasi" in str([field.blocks for field in page])
    assert "Realisasi yang dilaporkan pegawai" not in [field.label for field in page]


def test_the_period_and_the_year_are_acknowledged_on_the_same_form() -> None:
    assert "Sesuai ekspektasi | Di atas ekspektasi | Baik" in shown("acknowledgement")
    year = shown("acknowledgement", **{**YEAR_END, "predicate": "SANGAT_BAIK", "period_rating": None})
    assert "Sangat baik" in year


def test_after_an_objection_the_follow_up_shows_the_final_result() -> None:
    final = {
        "final_rating_hasil": "DI_BAWAH_EKSPEKTASI",
        "final_rating_perilaku": "SESUAI_EKSPEKTASI",
        "final_predicate": "BUTUH_PERBAIKAN",
    }

    assert "Di bawah ekspektasi | Sesuai ekspektasi | Butuh perbaikan (cukup)" in shown(
        "development_plan", **YEAR_END, **final
    )


def test_a_page_in_english_says_codes_in_english() -> None:
    form, data = forms()["periodic_evaluation"], case()
    page = list(flat(form.view(form.blank(data, ENVIRONMENT), data, ENVIRONMENT, "en")))

    text = "\n".join(" | ".join(cells) for field in page for cells in field.cells)
    assert "Work result | Correction: needs to change" in text
    assert form.title("en") == "Evaluation of the period"


@pytest.mark.parametrize(
    ("process", "task", "form"),
    [
        ("periodic_evaluation", "report_period", "realisation"),
        ("annual_evaluation", "report_year", "annual_realisation"),
    ],
)
def test_a_report_begins_with_every_indicator_of_the_skp(process: str, task: str, form: str) -> None:
    tree = etree.parse(ROOT / "bpmn" / f"{process}.bpmn")
    prefill = str(tree.xpath(f"string(//*[@id='{task}']//*[local-name()='property'][@name='prefill']/@value)"))
    given = to_json(compile_expression(prefill).evaluate(case(), ENVIRONMENT))

    rows = forms()[form].blank(case(), ENVIRONMENT, given)["rhk"]

    assert [(row["iki"], row["target"], row["satuan"]) for row in rows] == [
        ("Puskesmas sesuai tata laksana", "8", "puskesmas"),
        ("Kasus yang berat badannya naik", "80 - 90", "persen"),
        (case()["skp"]["rhk"][1]["narasi"], "Sesuai ukuran", "narasi"),
    ]


def test_the_last_row_of_a_report_cannot_be_removed_or_rewritten() -> None:
    form, data = forms()["realisation"], case()
    stored = {"rhk": case()["realisation"]["rhk"]}
    posted = {"rhk.n": ["2"], "rhk.0.iki": ["sesuatu yang lain"], "rhk.0.realisasi": ["5"]}

    decoded = form.decode(posted, form.blank(data, ENVIRONMENT, stored))

    assert decoded["rhk"][0]["iki"] == "Puskesmas sesuai tata laksana"
    assert decoded["rhk"][0]["realisasi"] == 5
    assert form.act(decoded, "del:rhk.0", data, ENVIRONMENT) == decoded
