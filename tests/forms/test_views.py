"""What pages show of a form: fields, texts, tables, answers to read, changes."""

from collections import Counter
from typing import Any

import pytest

from engine.feel import Expression
from engine.forms import Block, FieldView, Form, Span
from tests.forms.build import NOW, Component, field, flat, group, make, options, rows, text, view

TEAM = make(
    field("textfield", "judul", "Judul", description="Singkat saja", validate={"required": True, "maxLength": 80}),
    group(
        field("number", "nilai", "Nilai", appearance={"suffixAdorner": "menit"}, layout={"row": "r", "columns": 4}),
        field("datetime", "tanggal", "Tanggal", validate={"min": "2026-01-01"}, layout={"row": "r", "columns": 12}),
        label="Kapan",
    ),
    rows(
        "rhk",
        field("textarea", "rhk", "Rencana hasil kerja", validate={"maxLength": 300}),
        rows("indikator", field("textfield", "iki", "Indikator"), label="Indikator", itemLabel="Indikator"),
        label="Rencana",
        itemLabel="Rencana hasil kerja",
        minRows=1,
    ),
    translations={
        "en": {
            "Judul": "Title",
            "Indikator": "Indicator",
            "Rencana hasil kerja": "Planned result",
            "Contoh": "Example",
            "Singkat saja": "Keep it short",
        }
    },
)
ANSWERS: dict[str, Any] = {
    "judul": "SKP",
    "nilai": 1234.5,
    "tanggal": "2026-03-01",
    "rhk": [{"_id": "a", "rhk": "Gizi", "indikator": [{"_id": "b", "iki": "Persen"}, {"_id": "c", "iki": "Jumlah"}]}],
}


def at(form: Form, path: str, answers: Any = None, locale: str = "id", **context: Any) -> FieldView:
    return next(one for one in view(form, answers, locale, **context) if one.path == path)


def test_names_follow_the_tree_and_ids_follow_the_rows() -> None:
    one = at(TEAM, "rhk.0.indikator.1.iki", ANSWERS)
    assert one.id == "f-rhk-a-indikator-c-iki"
    assert one.context == "Indikator 2, Rencana hasil kerja 1"


def test_html_ids_stay_when_rows_move() -> None:
    moved = TEAM.act(ANSWERS, "up:rhk.0.indikator.1", {}, NOW)
    assert at(TEAM, "rhk.0.indikator.0.iki", moved).id == at(TEAM, "rhk.0.indikator.1.iki", ANSWERS).id


def test_no_two_fields_share_an_id_or_a_spoken_label() -> None:
    fields = view(TEAM, {"rhk": [{"indikator": [{}, {}]}, {"indikator": [{}, {}]}]})
    ids = [one.id for one in fields if one.id] + [row.id for one in fields for row in one.rows]
    assert max(Counter(ids).values()) == 1
    assert max(Counter((one.label, one.context) for one in fields if one.path and one.kind != "list").values()) == 1


def test_a_field_carries_what_its_page_needs() -> None:
    title = at(TEAM, "judul", ANSWERS)
    assert (title.kind, title.label, title.hint, title.entry, title.required) == (
        "text",
        "Judul",
        "Singkat saja",
        "SKP",
        True,
    )
    number = at(TEAM, "nilai", ANSWERS)
    assert (number.entry, number.shown, number.suffix) == ("1234,5", "1.234,5 menit", "menit")
    day = at(TEAM, "tanggal", ANSWERS)
    assert (day.kind, day.entry, day.shown, day.min) == ("date", "2026-03-01", "1 Maret 2026", "2026-01-01")
    assert at(TEAM, "rhk.0.rhk", ANSWERS).max_length == 300


def test_neighbours_of_one_row_of_the_layout_stand_side_by_side() -> None:
    [columns] = [one for one in view(TEAM, ANSWERS) if one.kind == "columns"]
    assert [(one.path, one.width) for one in columns.fields] == [("nilai", 4), ("tanggal", 12)]


def test_a_moment_is_entered_in_local_time() -> None:
    form = make(field("datetime", "saat", subtype="datetime"))
    assert at(form, "saat", {"saat": "2026-03-10T02:30:00+00:00"}).entry == "2026-03-10T09:30"


def test_a_day_that_is_none_stays_to_be_mended() -> None:
    one = at(TEAM, "tanggal", {"tanggal": "31/1/2026"})
    assert one.unread and one.entry == "31/1/2026"


def test_row_buttons_show_where_they_would_do_something() -> None:
    lists = {one.path: one for one in view(TEAM, {"rhk": [{}, {}, {}]})}
    assert [(row.can_up, row.can_down, row.can_delete) for row in lists["rhk"].rows] == [
        (False, True, True),
        (True, True, True),
        (True, False, True),
    ]
    [only] = at(TEAM, "rhk", {"rhk": [{}]}).rows
    assert (only.can_up, only.can_down, only.can_delete) == (False, False, False)


def test_a_full_list_and_one_with_given_rows_cannot_grow() -> None:
    form = make(rows("a", field("textfield", "x"), maxRows=1), rows("b", field("textfield", "x"), allowAddRemove=False))
    answers = {"a": [{}], "b": [{}, {}]}
    assert [at(form, path, answers).can_add for path in "ab"] == [False, False]
    assert not any(row.can_up or row.can_delete for row in at(form, "b", answers).rows)


def test_a_row_may_be_called_by_what_it_says() -> None:
    form = make(rows("l", field("textfield", "nama"), itemLabel="{{nama}}"))
    one = at(form, "l", {"l": [{"nama": "Ani"}, {}]})
    assert ([row.label for row in one.rows], one.item) == (["Ani 1", "Baris 2"], "baris")


def test_everything_speaks_english_where_there_is_a_translation() -> None:
    assert TEAM.title("en") == "Example" and TEAM.title("id") == "Contoh"
    one = at(TEAM, "rhk.0.indikator.0.iki", ANSWERS, "en")
    assert (one.label, one.context) == ("Indicator", "Indicator 1, Planned result 1")
    assert at(TEAM, "nilai", ANSWERS, "en").label == "Nilai"
    assert at(TEAM, "tanggal", ANSWERS, "en").shown == "1 March 2026"


def test_options_of_the_case_data_are_shown_with_the_chosen_one() -> None:
    form = make(field("select", "a", valuesKey="leader_results"))
    one = at(form, "a", {"a": "r2"}, leader_results=[{"id": "r1", "text": "Satu"}, {"id": "r2", "text": "Dua"}])
    assert [(option.label, option.chosen) for option in one.options] == [("Satu", False), ("Dua", True)]
    assert one.shown == "Dua"


TABLE: Component = {
    "type": "table",
    "label": "Rencana",
    "dataSource": "=skp.rhk",
    "columns": [
        {"key": "rhk", "label": "Hasil"},
        {"key": "unit.name", "label": "Unit"},
        {"key": "target", "label": "Target"},
        {"key": "jenis", "label": "Jenis", "values": options("UTAMA", "Utama")},
        {"key": "batas", "label": "Batas"},
    ],
}


def test_a_table_shows_case_data_as_people_read_it() -> None:
    data = {
        "rhk": [
            {"rhk": "Gizi", "unit": {"name": "Dinkes"}, "target": 1250.5, "jenis": "UTAMA", "batas": "2026-06-30"},
            {},
        ]
    }
    [one] = view(make(TABLE), {}, skp=data)
    assert one.headings == ("Hasil", "Unit", "Target", "Jenis", "Batas")
    assert one.cells == (("Gizi", "Dinkes", "1.250,5", "Utama", "30 Juni 2026"), ("", "", "", "", ""))
    assert one.numeric == (False, False, True, False, False)


@pytest.mark.parametrize("data", [None, {}, {"rhk": None}, {"rhk": "teks"}, {"rhk": [None, 1, ["x"]]}])
def test_a_table_of_nothing_or_of_something_else_breaks_no_page(data: Any) -> None:
    view(make(TABLE), {}, skp=data)


def test_a_table_may_compute_its_rows() -> None:
    source = {
        **TABLE,
        "dataSource": "=for r in skp.rhk return {rhk: upper case(r)}",
        "columns": [{"key": "rhk", "label": "R"}],
    }
    [one] = view(make(source), {}, skp={"rhk": ["gizi", "air"]})
    assert one.cells == (("GIZI",), ("AIR",))


def test_documents_of_the_case_are_listed() -> None:
    [one] = view(
        make({"type": "documentPreview", "label": "Bukti", "dataSource": "=bukti"}),
        {},
        bukti=[{"id": "1", "name": "a.pdf", "size": 2_000}, "x"],
    )
    assert [(file.name, file.size) for file in one.files] == [("a.pdf", "2 KB")]


MARKDOWN: list[tuple[str, list[tuple[str, list[list[Span]]]]]] = [
    ("Satu\ndua", [("p", [[Span("Satu dua")]])]),
    ("Satu\n\nDua", [("p", [[Span("Satu")]]), ("p", [[Span("Dua")]])]),
    ("# Judul\nIsi", [("h2", [[Span("Judul")]]), ("p", [[Span("Isi")]])]),
    ("### Kecil", [("h3", [[Span("Kecil")]])]),
    ("- a\n- b\n\nc", [("ul", [[Span("a")], [Span("b")]]), ("p", [[Span("c")]])]),
    ("1. a\n2. b", [("ol", [[Span("a")], [Span("b")]])]),
    ("Kata\n- a", [("p", [[Span("Kata")]]), ("ul", [[Span("a")]])]),
    ("**tebal** dan *miring*", [("p", [[Span("tebal", strong=True), Span(" dan "), Span("miring", em=True)]])]),
    ("nama_berkas_ini", [("p", [[Span("nama_berkas_ini")]])]),
    ("2 * 3 * 4", [("p", [[Span("2 * 3 * 4")]])]),
    ("`kode`", [("p", [[Span("kode", code=True)]])]),
    ("[situs](https://contoh.go.id)", [("p", [[Span("situs", href="https://contoh.go.id")]])]),
    ("[x](javascript:alert(1))", [("p", [[Span("[x](javascript:alert(1))")]])]),
    ("[x](//jahat.example)", [("p", [[Span("[x](//jahat.example)")]])]),
    ("<b>x</b>", [("p", [[Span("<b>x</b>")]])]),
]


@pytest.mark.parametrize(("source", "blocks"), MARKDOWN)
def test_texts_read_the_little_markdown_that_they_may(source: str, blocks: list[tuple[str, list[list[Span]]]]) -> None:
    [one] = view(make(text(source)), {})
    assert one.blocks == tuple(Block(kind, tuple(tuple(line) for line in lines)) for kind, lines in blocks)


def test_what_an_expression_gives_is_never_read_as_markdown() -> None:
    [one] = view(
        make(text("Untuk **{{nama}}**, {{tanggal}}")), {}, nama="[x](https://jahat.example) *y*", tanggal="2026-01-31"
    )
    assert one.blocks == (
        Block("p", ((Span("Untuk "), Span("[x](https://jahat.example) *y*", strong=True), Span(", 31 Januari 2026")),)),
    )


def test_an_expression_cannot_make_an_address() -> None:
    [one] = view(make(text("[x](https://{{situs}})")), {}, situs="jahat.example")
    assert all(not span.href for span in one.blocks[0].lines[0])


def test_answers_are_read_back_in_words() -> None:
    summary = TEAM.summary(ANSWERS, {}, NOW, "id")
    assert [(row.kind, row.label, tuple(row.lines)) for row in summary] == [
        ("value", "Judul", ("SKP",)),
        ("group", "Kapan", ()),
        ("list", "Rencana", ()),
    ]
    assert [tuple(row.lines) for row in summary[1].rows] == [("1.234,5 menit",), ("1 Maret 2026",)]
    [plan] = summary[2].items
    assert plan.label == "Rencana hasil kerja 1"
    assert [item.label for item in plan.rows[1].items] == ["Indikator 1", "Indikator 2"]


def test_a_summary_leaves_out_what_only_asks_and_what_is_hidden() -> None:
    form = make(
        text("Petunjuk"),
        {"type": "separator"},
        field("checkbox", "a"),
        field("textfield", "b", conditional={"hide": "=not(a)"}),
        field("textarea", "c"),
    )
    assert [
        (row.label, tuple(row.lines)) for row in form.summary({"a": False, "b": "x", "c": "1\n2"}, {}, NOW, "id")
    ] == [
        ("A", ("Tidak",)),
        ("C", ("1", "2")),
    ]


def changed(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(change.path, change.old, change.new) for change in TEAM.changes(old, new)]


def test_changes_name_the_fields_that_differ() -> None:
    new = {**ANSWERS, "judul": "SKP 2026", "nilai": None}
    assert changed(ANSWERS, new) == [("judul", "SKP", "SKP 2026"), ("nilai", 1234.5, None)]


def test_the_same_answers_and_empty_ones_have_no_changes() -> None:
    assert changed(ANSWERS, ANSWERS) == []
    assert changed({}, {"judul": None, "rhk": [], "nilai": ""}) == []
    assert changed({"nilai": None}, {"nilai": 0}) == [("nilai", None, 0)]


def row(row_id: str, name: str) -> dict[str, Any]:
    return {"_id": row_id, "rhk": name, "indikator": []}


def test_rows_are_matched_by_their_ids_not_by_their_places() -> None:
    old = {"rhk": [row("a", "A"), row("b", "B"), row("c", "C")]}
    assert changed(old, {"rhk": [row("b", "B"), row("c", "C2")]}) == [
        ("rhk.1.rhk", "C", "C2"),
        ("rhk.0", row("a", "A"), None),
    ]
    assert changed(old, {"rhk": [row("d", "D"), *old["rhk"]]}) == [("rhk.0", None, row("d", "D"))]


def test_a_row_that_moved_is_said_to_have_moved() -> None:
    old = {"rhk": [row("a", "A"), row("b", "B")]}
    assert changed(old, {"rhk": [row("b", "B"), row("a", "A")]}) == [
        ("rhk.0._position", 2, 1),
        ("rhk.1._position", 1, 2),
    ]


def test_changes_are_told_in_words() -> None:
    old = {"nilai": 1, "rhk": [row("a", "A"), row("b", "B")]}
    new = {"nilai": 1500, "rhk": [{**row("b", "B2"), "indikator": [{"_id": "i", "iki": "Persen"}]}]}
    told = TEAM.show_changes(TEAM.changes(old, new), {}, NOW, "en")
    assert [(one.kind, one.label, tuple(one.old), tuple(one.new)) for one in told] == [
        ("changed", "Nilai", ("1 menit",), ("1.500 menit",)),
        ("changed", "Planned result 1 › Planned result", ("B",), ("B2",)),
        ("added", "Planned result 1 › Indicator 1", (), ("Indicator: Persen",)),
        ("removed", "Planned result 1", ("Planned result: A",), ()),
    ]


def test_a_change_of_a_field_that_the_form_no_longer_has_is_still_shown() -> None:
    class Old:
        path, old, new = "hilang.0.x", {"a": 1}, [2]

    [told] = TEAM.show_changes([Old()], {}, NOW, "id")
    assert told.label.startswith("hilang")


def test_a_large_form_asks_each_condition_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    form = make(
        rows(
            "rhk",
            field("radio", "jenis", values=options("A", "a", "B", "b")),
            rows("indikator", field("textfield", "iki"), field("number", "n", conditional={"hide": '=jenis = "B"'})),
        )
    )
    answers = {"rhk": [{"jenis": "AB"[n % 2], "indikator": [{"iki": "x"} for _ in range(6)]} for n in range(10)]}
    asked: Counter[str] = Counter()
    ask = Expression.evaluate

    def counted(self: Expression, *arguments: Any) -> object:
        asked["all"] += 1
        return ask(self, *arguments)

    monkeypatch.setattr(Expression, "evaluate", counted)
    assert form.validate(answers, {}, NOW, "id").errors == {}
    assert asked["all"] <= 2 * 60
    assert len(flat(form.view(answers, {}, NOW, "id"))) == 10 * (2 + 6 + 3) + 1
