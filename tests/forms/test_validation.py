"""Validation: each rule in one place, in both languages, with a sentence that says what fits."""

from typing import Any

import pytest

from tests.forms.build import NOW, Component, clean, errors, field, make, options, rows, without_ids

NAME = field("textfield", "a", "Nama")


def needs(type: str = "textfield", **validate: Any) -> Component:
    return field(type, "a", "Nama", validate=validate)


WRONG: list[tuple[str, Component, Any, str]] = [
    ("nothing", needs(required=True), None, 'Isi "Nama".'),
    ("blanks only", needs(required=True), "   ", 'Isi "Nama".'),
    ("too short", needs(minLength=5), "abc", '"Nama" paling sedikit 5 karakter; sekarang 3.'),
    ("too long", needs(maxLength=2), "abc", '"Nama" paling banyak 2 karakter; sekarang 3.'),
    ("too long by far", NAME, "x" * 1_001, '"Nama" paling banyak 1000 karakter; sekarang 1001.'),
    ("off pattern", needs(pattern="^[A-Z]+$"), "abc", '"Nama" tidak sesuai dengan bentuk yang diminta.'),
    ("own sentence", needs(pattern="^[A-Z]+$", patternMessage="Huruf besar saja."), "abc", "Huruf besar saja."),
    ("a NIP of 17", needs(pattern="nip"), "1" * 17, '"Nama" harus tepat 18 angka.'),
    ("a NIP with blanks", needs(validationType="nip"), "19850101 200501 1001", '"Nama" harus tepat 18 angka.'),
    (
        "no address",
        needs(validationType="email"),
        "a@b",
        '"Nama" harus berupa alamat surel, misalnya nama@contoh.go.id.',
    ),
    (
        "two addresses",
        needs(validationType="email"),
        "a@b.id, c@d.id",
        '"Nama" harus berupa alamat surel, misalnya nama@contoh.go.id.',
    ),
    ("no phone", needs(validationType="phone"), "rumah", '"Nama" harus berupa nomor telepon, misalnya 0812 3456 7890.'),
    ("no number", needs("number"), "1,234.5", '"Nama" harus berupa angka, misalnya 1.234,5 (koma untuk desimal).'),
    ("too small", needs("number", min=1), 0.5, '"Nama" paling kecil 1.'),
    ("too large", needs("number", max=1440), 1441, '"Nama" paling besar 1.440.'),
    ("a missing number", needs("number", required=True), "", 'Isi "Nama".'),
    ("too many digits", needs("number"), "1234567890123456,7", '"Nama" terlalu panjang: paling banyak 15 angka.'),
    ("not whole", field("number", "a", "Nama", decimalDigits=0), 1.5, '"Nama" harus bilangan bulat.'),
    (
        "too fine",
        field("number", "a", "Nama", decimalDigits=2),
        1.234,
        '"Nama" paling banyak 2 angka di belakang koma.',
    ),
    ("a truth", needs("number", required=True), True, 'Isi "Nama".'),
    ("not ticked", needs("checkbox", required=True), False, 'Centang "Nama".'),
    ("no day", needs("datetime"), "2026-02-30", '"Nama" harus berupa tanggal yang ada.'),
    ("too early", needs("datetime", min="2026-03-01"), "2026-02-28", '"Nama" paling cepat 1 Maret 2026.'),
    ("too late", needs("datetime", max="=today()"), "2026-03-11", '"Nama" paling lambat 10 Maret 2026.'),
    (
        "past",
        field("datetime", "a", "Nama", disallowPassedDates=True),
        "2026-03-09",
        '"Nama" paling cepat 10 Maret 2026.',
    ),
    ("no time", field("datetime", "a", "Nama", subtype="time"), "9.30", '"Nama" harus berupa jam, misalnya 09.30.'),
    (
        "too late an hour",
        field("datetime", "a", "Nama", subtype="time", validate={"max": "16:00"}),
        "16:30",
        '"Nama" paling lambat 16.00.',
    ),
    (
        "no moment",
        field("datetime", "a", "Nama", subtype="datetime"),
        "2026-03-10",
        '"Nama" harus berupa tanggal dan jam yang ada.',
    ),
    (
        "not chosen",
        field("radio", "a", "Nama", values=options("Y", "Ya"), validate={"required": True}),
        None,
        'Pilih "Nama".',
    ),
    ("no option", field("radio", "a", "Nama", values=options("Y", "Ya")), "Z", 'Pilih "Nama" dari daftar yang ada.'),
    (
        "one that is none",
        field("checklist", "a", "Nama", values=options("Y", "Ya")),
        ["Y", "Z"],
        'Pilih "Nama" dari daftar yang ada.',
    ),
    (
        "none of some",
        field("checklist", "a", "Nama", values=options("Y", "Ya"), validate={"required": True}),
        [],
        'Pilih "Nama".',
    ),
    ("no file", needs("filepicker", required=True), [], 'Unggah "Nama".'),
    ("two files", field("filepicker", "a", "Nama"), ["f1", "f2"], '"Nama": hanya satu berkas.'),
    (
        "too many files",
        field("filepicker", "a", "Nama", multiple=True, maxFiles=2),
        ["1", "2", "3"],
        '"Nama": paling banyak 2 berkas.',
    ),
    (
        "a wrong kind of file",
        field("filepicker", "a", "Nama", accept=".pdf,.jpg"),
        [{"id": "1", "name": "x.exe"}],
        '"Nama": berkas x.exe tidak diterima; jenis yang diterima: .pdf, .jpg.',
    ),
    (
        "a large file",
        field("filepicker", "a", "Nama", properties={"maxBytes": 5_000_000}),
        [{"id": "1", "name": "x", "size": 5_000_001}],
        '"Nama": berkas x lebih besar dari 5 MB.',
    ),
    (
        "a broken rule",
        field("number", "a", "Nama", properties={"check": "=modulo(a, 2) = 0", "checkMessage": "Harus genap."}),
        3,
        "Harus genap.",
    ),
    (
        "rows missing",
        rows("a", field("textfield", "b"), label="Nama", minRows=2),
        [{"b": "x"}],
        '"Nama": isi paling sedikit 2 baris.',
    ),
    (
        "too many rows",
        rows("a", field("textfield", "b"), label="Nama", maxRows=1),
        [{"b": "x"}, {"b": "y"}],
        '"Nama": paling banyak 1 baris.',
    ),
    (
        "a rule of a list",
        rows("a", field("textfield", "b"), label="Nama", check='=count(a[b = "x"]) > 0', checkMessage="Perlu satu x."),
        [{"b": "y"}],
        "Perlu satu x.",
    ),
]


@pytest.mark.parametrize(
    ("component", "answer", "sentence"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_wrong_answer_gets_a_sentence(component: Component, answer: Any, sentence: str) -> None:
    assert errors(make(component), {"a": answer}) == {"a": sentence}


@pytest.mark.parametrize(("component", "answer"), [case[1:3] for case in WRONG], ids=[case[0] for case in WRONG])
def test_the_same_answer_is_wrong_in_english(component: Component, answer: Any) -> None:
    form = make(component, translations={"en": {"Nama": "Name"}})
    [sentence] = errors(form, {"a": answer}, "en").values()
    assert '"Name"' in sentence or sentence in ("Huruf besar saja.", "Harus genap.", "Perlu satu x.")


RIGHT: list[tuple[str, Component, Any, Any]] = [
    ("text loses its edges", NAME, "  Budi \n", "Budi"),
    ("optional and empty", needs(minLength=5, pattern="x"), "", None),
    ("a NIP", needs(pattern="NIP"), "198501012005011001", "198501012005011001"),
    ("an address", needs(validationType="email"), "budi@dinkes.go.id", "budi@dinkes.go.id"),
    ("a phone", needs(validationType="phone"), "+62 812-3456-7890", "+62 812-3456-7890"),
    ("a typed number", needs("number"), "1.234,5", 1234.5),
    ("a whole number", needs("number"), "2,0", 2),
    ("a bound is inside", needs("number", min=0, max=1), 1, 1),
    ("a bound that is null bounds nothing", needs("number", min="=tidak_ada"), -1, -1),
    ("noughts are no digits", field("number", "a", decimalDigits=1), "1,50", 1.5),
    ("a day", needs("datetime", min="=today()"), "2026-03-10", "2026-03-10"),
    ("a bound from a moment of the case", needs("datetime", max="=batas"), "2026-03-31", "2026-03-31"),
    ("a time", field("datetime", "a", subtype="time"), "09:30", "09:30"),
    (
        "a moment gets its offset",
        field("datetime", "a", subtype="datetime"),
        "2026-03-10T09:30",
        "2026-03-10T09:30:00+07:00",
    ),
    ("some of several", field("checklist", "a", values=options("X", "1", "Y", "2")), ["Y", "Y", "X"], ["Y", "X"]),
    (
        "a file in capitals",
        field("filepicker", "a", accept=".pdf"),
        [{"id": "1", "name": "A.PDF"}],
        [{"id": "1", "name": "A.PDF"}],
    ),
    ("a rule that is not yet known", field("number", "a", properties={"check": "=a > tidak_ada"}), 3, 3),
]


@pytest.mark.parametrize(("component", "answer", "kept"), [case[1:] for case in RIGHT], ids=[case[0] for case in RIGHT])
def test_a_fitting_answer_comes_out_clean(component: Component, answer: Any, kept: Any) -> None:
    assert clean(make(component), {"a": answer}, batas="2026-03-31T16:59:59+00:00") == {"a": kept}


def test_unknown_keys_are_dropped() -> None:
    assert clean(make(NAME), {"a": "x", "b": "y", "__proto__": {}}) == {"a": "x"}


def test_options_may_come_from_the_case_data() -> None:
    plain = make(field("select", "a", valuesKey="leader_results"))
    results = [{"id": "r1", "text": "Balita sehat"}, {"id": 7, "name": "Air bersih"}]
    assert clean(plain, {"a": "r1"}, leader_results=results) == {"a": "r1"}
    assert clean(plain, {"a": "7"}, leader_results=results) == {"a": "7"}
    assert errors(plain, {"a": "r2"}, leader_results=results)
    assert errors(plain, {"a": "r1"}, leader_results=None)
    named = make(field("select", "a", valuesKey="skp.rhk", optionValue="rhk", optionLabel="rhk"))
    assert clean(named, {"a": "Gizi"}, skp={"rhk": [{"_id": "1", "rhk": "Gizi"}]}) == {"a": "Gizi"}


def test_options_may_come_from_rows_of_the_form_itself() -> None:
    form = make(
        rows("tim", field("textfield", "nama")),
        field("select", "ketua", valuesKey="tim", optionValue="nama", optionLabel="nama"),
    )
    assert errors(form, {"tim": [{"nama": "Ani"}], "ketua": "Ani"}) == {}
    assert "ketua" in errors(form, {"tim": [{"nama": "Ani"}], "ketua": "Budi"})


def test_a_bound_reads_its_own_row_before_the_form_and_the_case() -> None:
    form = make(
        field("number", "batas"),
        rows("l", field("number", "batas"), field("number", "nilai", validate={"max": "=batas"})),
        rows("m", field("number", "nilai", validate={"max": "=batas"})),
        rows("k", field("number", "nilai", validate={"max": "=dari_kasus"})),
    )
    answers = {
        "batas": 100,
        "l": [{"batas": 10, "nilai": 11}, {"batas": 20, "nilai": 11}],
        "m": [{"nilai": 101}, {"nilai": 99}],
        "k": [{"nilai": 3}],
    }
    assert set(errors(form, answers, dari_kasus=2)) == {"l.0.nilai", "m.0.nilai", "k.0.nilai"}


def test_errors_of_inner_rows_name_their_whole_path() -> None:
    form = make(
        rows(
            "rhk", rows("indikator", field("number", "target", validate={"required": True}), field("textfield", "iki"))
        )
    )
    answers = {
        "rhk": [{"indikator": [{"iki": "a", "target": 1}]}, {"indikator": [{"iki": "b", "target": 1}, {"iki": "c"}]}]
    }
    assert set(errors(form, answers)) == {"rhk.1.indikator.1.target"}


def test_rows_that_nobody_filled_in_are_left_out() -> None:
    form = make(
        rows(
            "l",
            field("textfield", "b", validate={"required": True}),
            field("checkbox", "c"),
            field("radio", "d", values=options("X", "x"), defaultValue="X"),
        )
    )
    assert clean(form, {"l": [{"b": "x"}, {"d": "X"}, {"b": "y"}, {}]}) == {
        "l": [{"b": "x", "c": False, "d": None}, {"b": "y", "c": False, "d": None}]
    }


def test_a_nought_is_an_answer() -> None:
    form = make(rows("l", field("number", "a")))
    assert clean(form, {"l": [{"a": 0}]}) == {"l": [{"a": 0}]}


def test_an_empty_row_that_a_list_must_have_is_asked_for_at_its_fields() -> None:
    form = make(rows("l", field("textfield", "b", "Isi", validate={"required": True}), minRows=1))
    assert errors(form, {"l": [{}]}) == {"l.0.b": 'Isi "Isi".'}


def test_given_rows_are_never_left_out_and_never_too_few() -> None:
    form = make(rows("l", field("textfield", "b"), minRows=3, allowAddRemove=False))
    assert clean(form, {"l": [{}]}) == {"l": [{"b": None}]}


def test_required_may_depend_on_another_answer() -> None:
    form = make(
        field("radio", "keputusan", values=options("TERUSKAN", "Teruskan", "KEMBALIKAN", "Kembalikan")),
        field("textarea", "catatan", properties={"requiredWhen": '=keputusan = "KEMBALIKAN"'}),
    )
    assert errors(form, {"keputusan": "TERUSKAN"}) == {}
    assert errors(form, {"keputusan": "KEMBALIKAN"}) == {"catatan": 'Isi "Catatan".'}


def test_read_only_answers_pass_as_they_are() -> None:
    form = make(field("textfield", "a", readonly=True, validate={"minLength": 50, "required": True}))
    assert clean(form, {"a": "pendek"}) == {"a": "pendek"}


def test_the_row_ids_come_through() -> None:
    form = make(rows("l", field("textfield", "b")))
    validated = form.validate({"l": [{"_id": "satu", "b": "x"}]}, {}, NOW, "id")
    assert validated.clean == {"l": [{"_id": "satu", "b": "x"}]} and without_ids(validated.clean)
