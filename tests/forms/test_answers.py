"""Answers: blank, from a post, with a row more or less; nothing comes in that the form does not ask."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from engine.forms import Answers, Form
from tests.forms.build import NOW, field, group, make, options, rows, typed, without_ids

PLAN = make(
    field("textfield", "judul"),
    field("radio", "jenis", values=options("A", "Satu", "B", "Dua"), defaultValue="A"),
    group(field("number", "nilai"), field("checkbox", "setuju")),
    field("checklist", "alat", values=options("X", "Xenon", "Y", "Yodium")),
    field("datetime", "tanggal"),
    field("filepicker", "bukti", multiple=True, properties={"maxFiles": 3}),
    rows(
        "rhk",
        field("textarea", "rhk"),
        field("textfield", "asal", readonly=True),
        rows("indikator", field("textfield", "iki"), field("number", "target"), minRows=1, maxRows=3),
        minRows=2,
    ),
    rows("tetap", field("textfield", "nama", readonly=True), field("number", "skor"), allowAddRemove=False),
)
FILE = {"id": "f1", "name": "foto.jpg", "size": 2048, "sha256": "ab"}
GIVEN = {"tetap": [{"_id": "r1", "nama": "Satu", "skor": None}, {"_id": "r2", "nama": "Dua", "skor": 4}]}


def blank(form: Form = PLAN, **given: Any) -> Answers:
    return form.blank({}, NOW, given)


def post(answers: Answers) -> dict[str, list[str]]:
    """What a browser sends back for a page that shows these answers."""
    return typed(PLAN.view(answers, {}, NOW, "id"))


def test_a_blank_form_has_its_defaults_and_the_rows_that_it_must_have() -> None:
    answers = blank()
    assert answers["jenis"] == "A" and answers["setuju"] is False and answers["alat"] == [] and answers["nilai"] is None
    assert [len(row["indikator"]) for row in answers["rhk"]] == [1, 1]
    assert answers["tetap"] == []


def test_rows_of_a_blank_form_have_the_same_ids_each_time() -> None:
    first, second = blank(), blank()
    ids = [row["_id"] for row in first["rhk"]] + [row["indikator"][0]["_id"] for row in first["rhk"]]
    assert first == second and len(set(ids)) == 4


def test_a_prefill_fills_what_the_form_asks_and_nothing_else() -> None:
    answers = blank(judul="SKP", nilai=2.5, asing="x", rhk=[{"_id": "lama", "rhk": "Gizi", "asing": 1}, {"rhk": "Air"}])
    assert (answers["judul"], answers["nilai"], "asing" in answers) == ("SKP", 2.5, False)
    assert [row["rhk"] for row in answers["rhk"]] == ["Gizi", "Air"]
    assert answers["rhk"][0]["_id"] == "lama" and "asing" not in answers["rhk"][0]


def test_a_page_sent_back_untouched_gives_the_same_answers() -> None:
    answers = blank(
        judul="Rencana, dan lain-lain",
        nilai=1234.5,
        setuju=True,
        alat=["Y"],
        tanggal="2026-03-01",
        bukti=[FILE],
        rhk=[{"rhk": "Gizi", "asal": "Renstra", "indikator": [{"iki": "Persen", "target": 90}, {"iki": "Jumlah"}]}],
        **GIVEN,
    )
    assert PLAN.decode(post(answers), answers) == answers


def test_what_cannot_be_read_stays_as_it_was_typed() -> None:
    posted = {**post(blank()), "nilai": ["1,234.5"], "tanggal": ["31/1/2026"]}
    answers = PLAN.decode(posted, blank())
    assert (answers["nilai"], answers["tanggal"]) == ("1,234.5", "31/1/2026")
    assert {"nilai", "tanggal"} <= set(PLAN.validate(answers, {}, NOW, "id").errors)


def test_a_cleared_field_is_empty_and_an_unticked_box_is_false() -> None:
    answers = blank(judul="x", setuju=True, alat=["X"], jenis="B")
    posted = {**post(answers), "judul": [""], "setuju": [""], "alat": [""], "jenis": [""]}
    decoded = PLAN.decode(posted, answers)
    assert [decoded[key] for key in ("judul", "setuju", "alat", "jenis")] == [None, False, [], None]


def test_a_field_that_the_page_did_not_show_keeps_its_stored_answer() -> None:
    answers = blank(judul="lama", bukti=[FILE], rhk=[{"rhk": "Gizi"}])
    decoded = PLAN.decode({"nilai": ["3"]}, answers)
    assert decoded["judul"] == "lama" and decoded["nilai"] == 3 and decoded["bukti"] == [FILE]
    assert without_ids(decoded["rhk"])[0]["rhk"] == "Gizi"


def test_a_read_only_field_takes_nothing_from_a_post() -> None:
    stored = blank(rhk=[{"_id": "a", "rhk": "Gizi", "asal": "Renstra"}])
    posted = {**post(stored), "rhk.0.asal": ["Karangan"]}
    assert PLAN.decode(posted, stored)["rhk"][0]["asal"] == "Renstra"
    assert PLAN.decode(posted)["rhk"][0]["asal"] is None


def test_a_read_only_field_follows_its_row_when_rows_move() -> None:
    stored = blank(rhk=[{"_id": "a", "rhk": "A", "asal": "dari A"}, {"_id": "b", "rhk": "B", "asal": "dari B"}])
    moved = PLAN.act(stored, "up:rhk.1", {}, NOW)
    assert [row["asal"] for row in PLAN.decode(post(moved), stored)["rhk"]] == ["dari B", "dari A"]


def test_a_list_whose_rows_are_given_takes_no_others() -> None:
    stored = blank(**GIVEN)
    posted = {
        **post(stored),
        "tetap.n": ["3"],
        "tetap.0.skor": ["9"],
        "tetap.2._id": ["r3"],
        "tetap.2.skor": ["100"],
        "tetap.2.nama": ["Tiga"],
    }
    rows_now = PLAN.decode(posted, stored)["tetap"]
    assert without_ids(rows_now) == [{"nama": "Satu", "skor": 9}, {"nama": "Dua", "skor": 4}]
    assert len(PLAN.decode({**posted, "tetap.n": ["0"]}, stored)["tetap"]) == 2


def test_a_program_can_no_more_change_what_is_read_only_than_a_page() -> None:
    stored = blank(**GIVEN)
    sent = {"judul": "baru", "tetap": [{"_id": "r2", "nama": "X", "skor": 5}, {"_id": "baru", "skor": 1}]}
    safe = PLAN.protect(sent, stored)
    assert safe["judul"] == "baru"
    assert without_ids(safe["tetap"]) == [{"nama": "Satu", "skor": None}, {"nama": "Dua", "skor": 5}]


def test_a_post_gives_ids_of_files_and_the_rest_comes_from_what_is_stored() -> None:
    stored = blank(bukti=[FILE])
    posted = {"bukti": [""], "bukti.0": ["f1"], "bukti.1": ["f2"], "bukti.7": ["../../etc/passwd"]}
    assert PLAN.decode(posted, stored)["bukti"] == [FILE, {"id": "f2"}]
    assert PLAN.decode({"bukti": [""]}, stored)["bukti"] == []


def test_only_files_that_the_case_holds_are_kept() -> None:
    answers = PLAN.decode({"bukti": [""], "bukti.0": ["f1"], "bukti.1": ["milik-orang"]})
    known = {"f1": {"name": "foto.jpg", "size": 2048, "sha256": "ab", "path": "/rahasia"}}
    assert PLAN.with_files(answers, known)["bukti"] == [FILE]


def test_the_places_where_files_go_follow_the_rows() -> None:
    form = make(rows("l", field("filepicker", "bukti"), minRows=2))
    assert list(form.file_fields(form.blank({}, NOW))) == ["l.0.bukti", "l.1.bukti"]


@pytest.mark.parametrize("count", ["", "-1", "1.5", "x", "1e2", "٣", " 2", "00"])
def test_a_count_of_rows_that_is_none_means_no_rows(count: str) -> None:
    assert PLAN.decode({"rhk.n": [count]})["rhk"] == []


def test_no_post_makes_more_rows_than_a_form_may_have() -> None:
    deep = make(rows("a", rows("b", rows("c", field("textfield", "x")))))
    hostile = {"a.n": ["9999"]}
    hostile |= {f"a.{i}.b.n": ["9999"] for i in range(200)}
    hostile |= {f"a.{i}.b.{j}.c.n": ["9999"] for i in range(20) for j in range(200)}
    decoded = deep.decode(hostile)
    assert len(decoded["a"]) == 200
    assert sum(1 + len(b["c"]) for a in decoded["a"] for b in a["b"]) + 200 <= 2_000


def test_no_two_rows_of_a_list_share_an_id() -> None:
    posted = {"rhk.n": ["3"], **{f"rhk.{number}._id": ["sama"] for number in range(3)}}
    ids = [row["_id"] for row in PLAN.decode(posted)["rhk"]]
    assert ids[0] == "sama" and len(set(ids)) == 3


@pytest.mark.parametrize("bad", ["", "a b", "<script>", "x" * 65, "a.b"])
def test_an_id_that_is_none_is_replaced(bad: str) -> None:
    [row] = PLAN.decode({"rhk.n": ["1"], "rhk.0._id": [bad]})["rhk"]
    assert row["_id"] != bad and len(row["_id"]) == 36


NAMES = sorted(post(blank(rhk=[{"indikator": [{}, {}]}, {}], bukti=[FILE], **GIVEN)))
EXTRA = some.one_of(
    some.text(max_size=20),
    some.from_regex(r"(rhk|tetap|asing|judul|jenis)(\.(\d|n|_id|rhk|indikator|asing|x)){0,4}", fullmatch=True),
    some.sampled_from(["__class__", "_do", "rhk.0.asal", "tetap.0.nama", "rhk.5.rhk", "rhk.-1.rhk", "judul.x", "rhk"]),
).filter(lambda name: name not in NAMES and not name.startswith("bukti"))


@settings(deadline=None)
@given(some.dictionaries(EXTRA, some.lists(some.text(max_size=30), min_size=1, max_size=3), max_size=8))
def test_no_extra_field_of_a_post_ever_changes_anything(extra: dict[str, list[str]]) -> None:
    stored = blank(rhk=[{"_id": "a", "indikator": [{}, {}]}, {"_id": "b"}], bukti=[FILE], **GIVEN)
    honest = post(stored)
    assert PLAN.decode({**extra, **honest}, stored) == PLAN.decode(honest, stored)


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
ANY_ANSWERS = some.dictionaries(
    some.sampled_from(["judul", "nilai", "setuju", "alat", "jenis", "tanggal", "bukti", "rhk", "tetap"]), JSON
)


@settings(deadline=None)
@given(ANY_ANSWERS)
def test_any_json_is_either_clean_or_refused_with_sentences(answers: dict[str, Any]) -> None:
    validated = PLAN.validate(answers, {}, NOW, "en")
    assert all(isinstance(sentence, str) and sentence for sentence in validated.errors.values())
    PLAN.view(answers, {}, NOW, "id", validated.errors)
    PLAN.summary(answers, {}, NOW, "en")
    if not validated.errors:
        again = PLAN.validate(validated.clean, {}, NOW, "en")
        assert again.errors == {} and without_ids(again.clean) == without_ids(validated.clean)


@settings(deadline=None)
@given(some.lists(some.text(max_size=40), min_size=1, max_size=3))
def test_any_text_that_is_typed_comes_back_on_the_page(values: list[str]) -> None:
    decoded = PLAN.decode({"nilai": values, "judul": values})
    page = {one.path: one.entry for one in PLAN.view(decoded, {}, NOW, "id")}
    again = PLAN.decode({"judul": [page["judul"]]})
    assert again["judul"] == decoded["judul"]


def rhk(answers: Answers) -> list[str]:
    return [row["rhk"] for row in answers["rhk"]]


THREE = blank(rhk=[{"rhk": "a"}, {"rhk": "b"}, {"rhk": "c"}])


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("add:rhk", ["a", "b", "c", None]),
        ("del:rhk.1", ["a", "c"]),
        ("up:rhk.2", ["a", "c", "b"]),
        ("down:rhk.0", ["b", "a", "c"]),
        ("up:rhk.0", ["a", "b", "c"]),
        ("down:rhk.2", ["a", "b", "c"]),
        ("del:rhk.3", ["a", "b", "c"]),
        ("del:rhk.-1", ["a", "b", "c"]),
        ("del:rhk", ["a", "b", "c"]),
        ("add:judul", ["a", "b", "c"]),
        ("add:asing", ["a", "b", "c"]),
        ("add:rhk.9.indikator", ["a", "b", "c"]),
        ("add:", ["a", "b", "c"]),
        ("", ["a", "b", "c"]),
        ("drop:rhk.0", ["a", "b", "c"]),
    ],
)
def test_row_buttons_do_what_they_say_and_a_wrong_one_does_nothing(action: str, after: list[str | None]) -> None:
    assert rhk(PLAN.act(THREE, action, {}, NOW)) == after


def test_rows_inside_rows_have_buttons_of_their_own() -> None:
    more = PLAN.act(THREE, "add:rhk.1.indikator", {}, NOW)
    assert [len(row["indikator"]) for row in more["rhk"]] == [1, 2, 1]
    less = PLAN.act(more, "del:rhk.1.indikator.0", {}, NOW)
    assert less["rhk"][1]["indikator"] == more["rhk"][1]["indikator"][1:]


def test_a_list_keeps_between_its_least_and_its_most_rows() -> None:
    answers = blank()
    assert len(PLAN.act(answers, "del:rhk.0", {}, NOW)["rhk"]) == 2
    for _ in range(5):
        answers = PLAN.act(answers, "add:rhk.0.indikator", {}, NOW)
    assert len(answers["rhk"][0]["indikator"]) == 3


def test_a_moved_row_keeps_its_id_and_a_new_one_gets_its_own() -> None:
    before = {row["_id"] for row in THREE["rhk"]}
    assert {row["_id"] for row in PLAN.act(THREE, "up:rhk.1", {}, NOW)["rhk"]} == before
    twice = PLAN.act(PLAN.act(THREE, "add:rhk", {}, NOW), "add:rhk", {}, NOW)
    assert len({row["_id"] for row in twice["rhk"]}) == 5


def test_a_row_that_is_added_starts_with_its_own_defaults_and_inner_rows() -> None:
    added = PLAN.act(blank(), "add:rhk", {}, NOW)["rhk"][-1]
    assert len(added["indikator"]) == 1
    first_ids = {row["indikator"][0]["_id"] for row in PLAN.act(blank(), "add:rhk", {}, NOW)["rhk"]}
    assert len(first_ids) == 3


def test_a_list_with_given_rows_has_no_buttons_that_work() -> None:
    answers = blank(**GIVEN)
    for action in ("add:tetap", "del:tetap.0", "down:tetap.0"):
        assert PLAN.act(answers, action, {}, NOW) == answers


def test_a_file_can_be_taken_away() -> None:
    answers = blank(bukti=[FILE, {**FILE, "id": "f2"}])
    assert [file["id"] for file in PLAN.act(answers, "del:bukti.0", {}, NOW)["bukti"]] == ["f2"]


def test_ids_stay_unique_through_any_buttons() -> None:
    answers = blank()
    for action in ("del:rhk.0", "add:rhk", "up:rhk.2", "del:rhk.0", "add:rhk", "add:rhk", "down:rhk.0"):
        answers = PLAN.act(answers, action, {}, NOW)
    assert max(Counter(row["_id"] for row in answers["rhk"]).values()) == 1
