"""Conditional fields: what hides does not ask, does not count and does not come out."""

from typing import Any

from tests.forms.build import NOW, clean, errors, field, group, make, options, rows, shown, text, typed, view

DECISION = options("TETAPKAN", "Tetapkan", "KEMBALIKAN", "Kembalikan")
REVIEW = make(
    field("radio", "keputusan", values=DECISION, validate={"required": True}),
    field("textarea", "catatan", validate={"required": True}, conditional={"hide": '=not(keputusan = "KEMBALIKAN")'}),
)


def test_a_note_is_asked_only_when_the_draft_goes_back() -> None:
    assert shown(REVIEW, {"keputusan": "KEMBALIKAN"}) == ["keputusan", "catatan"]
    assert shown(REVIEW, {"keputusan": "TETAPKAN"}) == ["keputusan"]
    assert errors(REVIEW, {"keputusan": "TETAPKAN"}) == {}
    assert errors(REVIEW, {"keputusan": "KEMBALIKAN"}) == {"catatan": 'Isi "Catatan".'}


def test_a_condition_that_is_null_hides_nothing() -> None:
    form = make(field("textfield", "a", conditional={"hide": "=tidak_ada > 1"}))
    assert shown(form, {}) == ["a"]


def test_a_hidden_answer_does_not_come_out() -> None:
    assert clean(REVIEW, {"keputusan": "TETAPKAN", "catatan": "sisa"}) == {"keputusan": "TETAPKAN"}


def test_a_hidden_answer_is_kept_in_the_draft_and_shows_again() -> None:
    stored = {"keputusan": "KEMBALIKAN", "catatan": "Perbaiki target"}
    away = REVIEW.decode({"keputusan": ["", "TETAPKAN"]}, stored)
    assert shown(REVIEW, away) == ["keputusan"]
    back = REVIEW.decode({**typed(REVIEW.view(away, {}, NOW, "id")), "keputusan": ["", "KEMBALIKAN"]}, away)
    assert back["catatan"] == "Perbaiki target"


def test_a_condition_reads_its_row_then_the_rows_around_it_then_the_form_then_the_case() -> None:
    def inner(name: str) -> dict[str, Any]:
        return field("textfield", name, conditional={"hide": f'={name}_dari = "x"'})

    form = make(
        field("textfield", "b_dari"),
        rows(
            "luar",
            field("textfield", "c_dari"),
            rows("dalam", field("textfield", "d_dari"), *(inner(name) for name in "abcd")),
        ),
    )
    answers = {"b_dari": "x", "luar": [{"c_dari": "x", "dalam": [{"d_dari": "x"}]}, {"dalam": [{}]}]}
    paths = shown(form, answers, a_dari="y", b_dari="y", c_dari="y", d_dari="y")
    assert [path for path in paths if path[-1] in "abcd"] == [
        "luar.0.dalam.0.a",
        "luar.1.dalam.0.a",
        "luar.1.dalam.0.c",
        "luar.1.dalam.0.d",
    ]


def test_an_empty_answer_of_the_row_still_hides_the_outer_name() -> None:
    form = make(
        field("textfield", "x"),
        rows("l", field("textfield", "x"), field("textfield", "y", conditional={"hide": '=x = "a"'})),
    )
    assert "l.0.y" in shown(form, {"x": "a", "l": [{"x": None}]}, x="a")


def test_what_a_hidden_field_says_counts_for_nothing() -> None:
    form = make(
        field("checkbox", "a"),
        field("textfield", "b", conditional={"hide": "=not(a)"}),
        field("textfield", "c", conditional={"hide": "=b = null"}),
        field("number", "d", validate={"max": "=if c = null then 1 else 2"}),
    )
    assert shown(form, {"a": True, "b": "x"}) == ["a", "b", "c", "d"]
    assert shown(form, {"a": False, "b": "x", "c": "sisa"}) == ["a", "d"]
    assert set(errors(form, {"a": False, "b": "x", "c": "sisa", "d": 2})) == {"d"}


def test_conditions_that_chase_each_other_come_to_an_end() -> None:
    form = make(
        field("textfield", "a", conditional={"hide": "=b = null"}),
        field("textfield", "b", conditional={"hide": "=a != null"}),
    )
    shown(form, {"a": "x", "b": "y"})


def test_a_hidden_group_or_list_hides_all_that_is_in_it() -> None:
    hide = {"hide": "=tutup"}
    form = make(
        group(field("textfield", "a", validate={"required": True}), text("Halo"), conditional=hide),
        rows("l", field("textfield", "b", validate={"required": True}), minRows=1, conditional=hide),
    )
    assert shown(form, {}, tutup=True) == [] and view(form, {}, tutup=True) == []
    assert clean(form, {"a": "x", "l": [{}]}, tutup=True) == {}
    assert set(errors(form, {"l": [{}]}, tutup=False)) == {"a", "l.0.b"}


def test_texts_and_tables_hide_too() -> None:
    table = {"type": "table", "label": "T", "dataSource": "=x", "columns": [{"key": "a", "label": "A"}]}
    form = make(text("Rahasia", conditional={"hide": "=x = null"}), {**table, "conditional": {"hide": "=x = null"}})
    assert [one.kind for one in view(form, {}, x=[])] == ["prose", "table"]
    assert view(form, {}) == []


def test_a_field_that_conditions_read_asks_the_page_to_follow() -> None:
    form = make(
        field("radio", "keputusan", values=DECISION),
        field("textfield", "bebas"),
        rows(
            "l",
            field("radio", "jenis", values=DECISION),
            field("textfield", "x", conditional={"hide": "=jenis = null"}),
        ),
        rows("m", field("number", "n"), field("number", "batas", validate={"max": "=n"})),
        text("{{count(m)}} baris", conditional={"hide": "=keputusan = null"}),
        field("select", "pilih", valuesKey="l", optionValue="x", optionLabel="x"),
    )
    answers = {"l": [{"jenis": "TETAPKAN"}], "m": [{}], "keputusan": "TETAPKAN"}
    assert {one.path for one in view(form, answers) if one.drives and one.kind != "list"} == {
        *("keputusan", "l.0.jenis", "l.0.x", "m.0.n", "m.0.batas"),
    }
