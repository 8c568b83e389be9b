"""The pages of forms: govuk-frontend markup that works without scripts, hears well and lets nothing hostile through."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict

from engine.forms import Form, words
from tests.forms.build import NOW, field, group, make, options, rows, text, typed
from web.formpages import answers_from, error_links, on_lines, posted

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
PAGE = """{% from "macros/field.html" import form_fields, error_summary, summary_list, changes_list %}
{{ error_summary(fields, errors) }}{{ form_fields(fields, url) }}{{ summary_list(rows, change) }}"""
HOSTILE = "\"><script>alert(1)</script>' onload=x {{7*7}}"


class Reader(HTMLParser):
    """The elements of a page, and whether they are nested as they should be."""

    VOID = frozenset({"input", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"


def environment(locale: str = "id") -> Environment:
    jinja = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    jinja.filters["on_lines"] = on_lines
    jinja.globals.update(
        form_words=lambda: words(locale), form_error_links=error_links, form_file_url=lambda id: f"/berkas/{id}"
    )
    return jinja


def render(
    form: Form, answers: Any, *, url: str = "/tugas/1", errors: Any = None, locale: str = "id", **context: Any
) -> str:
    fields = form.view(answers, context, NOW, locale, errors or {})
    summary = form.summary(answers, context, NOW, locale)
    page = environment(locale).from_string(PAGE)
    return page.render(fields=fields, errors=errors or {}, url=url, rows=summary, change="/tugas/1")


def read(html: str) -> list[tuple[str, dict[str, str]]]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.elements


FULL = make(
    text("# Judul\n\nIsi **tebal** dan [tautan](https://contoh.go.id)\n\n- satu\n- dua"),
    field("textfield", "nama", "Nama", description="Seperti di SK", validate={"required": True}),
    field("textarea", "uraian", "Uraian", validate={"maxLength": 300}),
    field("number", "nilai", "Nilai", appearance={"prefixAdorner": "Rp", "suffixAdorner": "juta"}),
    field("checkbox", "setuju", "Saya setuju", description="Wajib"),
    field("radio", "keputusan", "Keputusan", values=options("Y", "Ya", "T", "Tidak")),
    field("select", "dari", "Dari", valuesKey="leader_results"),
    field("checklist", "alat", "Alat", values=options("X", "Xenon", "Z", "Zat")),
    field("taglist", "tag", "Tag", values=options(*(str(n) for n in range(20)))),
    field("datetime", "tanggal", "Tanggal", validate={"min": "2026-01-01"}),
    field("datetime", "jam", "Jam", subtype="time"),
    field("datetime", "saat", "Saat", subtype="datetime"),
    field("filepicker", "bukti", "Bukti", multiple=True, accept=".pdf,.jpg", properties={"maxBytes": 5_000_000}),
    field("textfield", "asal", "Asal", readonly=True),
    {"type": "separator"},
    {"type": "spacer"},
    {
        "type": "table",
        "label": "Tabel",
        "dataSource": "=leader_results",
        "columns": [{"key": "text", "label": "Hasil"}],
    },
    {"type": "documentPreview", "label": "Dokumen", "dataSource": "=berkas"},
    group(
        field("textfield", "kiri", "Kiri", layout={"row": "r", "columns": 8}),
        field("textfield", "kanan", "Kanan", layout={"row": "r", "columns": 8}),
        label="Kelompok",
    ),
    rows(
        "rhk",
        field("textarea", "rhk", "RHK", conditional={"hide": '=keputusan = "T"'}),
        rows(
            "indikator",
            field("textfield", "iki", "IKI"),
            field("radio", "arah", "Arah", values=options("N", "Naik", "T", "Turun")),
            label="Indikator",
            itemLabel="Indikator",
        ),
        label="Rencana",
        itemLabel="Rencana hasil kerja",
        minRows=1,
    ),
)
DATA = {"leader_results": [{"id": "r1", "text": "Balita sehat"}], "berkas": [{"id": "b1", "name": "sk.pdf"}]}
ANSWERS = {
    "nama": "Budi",
    "nilai": 2.5,
    "setuju": True,
    "keputusan": "Y",
    "bukti": [{"id": "f1", "name": "foto.jpg", "size": 340_000}],
    "asal": "Renstra\nDinkes",
    "rhk": [{"_id": "a", "indikator": [{"_id": "b"}, {"_id": "c"}]}, {"_id": "d", "indikator": [{"_id": "e"}]}],
}
ERRORS = {
    "nama": "Isi nama.",
    "keputusan": "Pilih.",
    "bukti": "Unggah.",
    "rhk.0.indikator.1.iki": "Isi IKI.",
    "rhk": "Kurang.",
    "hilang": "Lain.",
}


@pytest.fixture(scope="module")
def page() -> str:
    return render(FULL, ANSWERS, errors=ERRORS, **DATA)


def test_the_elements_of_a_page_are_nested_as_they_should_be(page: str) -> None:
    assert len(read(page)) > 100


def test_no_id_appears_twice(page: str) -> None:
    ids = [attributes["id"] for _, attributes in read(page) if "id" in attributes]
    assert [id for id, count in Counter(ids).items() if count > 1] == []


def test_every_control_has_a_label_or_says_its_name(page: str) -> None:
    elements = read(page)
    labelled = {attributes["for"] for tag, attributes in elements if tag == "label"}
    controls = [a for tag, a in elements if tag in ("input", "select", "textarea") and a.get("type") != "hidden"]
    assert [control["id"] for control in controls if control["id"] not in labelled] == []
    assert all(a.get("aria-label") for tag, a in elements if tag == "button")


def test_every_reference_leads_somewhere(page: str) -> None:
    elements = read(page)
    ids = {attributes.get("id") for _, attributes in elements} | {"f"}
    for tag, attributes in elements:
        for described in attributes.get("aria-describedby", "").split():
            assert described in ids
        if tag == "a" and attributes["href"].startswith("#"):
            assert attributes["href"][1:] in ids


def test_there_is_neither_inline_script_nor_inline_style(page: str) -> None:
    for tag, attributes in read(page):
        assert tag not in ("script", "style")
        assert not [name for name in attributes if name == "style" or name.startswith(("on", "hx-on"))]
        assert "js:" not in attributes.get("hx-vals", "")


def test_every_row_button_is_a_submit_button_that_checks_nothing(page: str) -> None:
    buttons = [attributes for tag, attributes in read(page) if tag == "button"]
    assert {button["name"] for button in buttons} == {"_do"}
    assert all("formnovalidate" in button and "type" not in button for button in buttons)
    assert {button["value"] for button in buttons} >= {
        "add:rhk",
        "add:rhk.1.indikator",
        "del:rhk.0",
        "up:rhk.1",
        "del:bukti.0",
    }
    assert (
        max(Counter(button["aria-label"] for button in buttons if not button["value"].startswith("add")).values()) <= 2
    )


def test_the_controls_of_a_page_are_just_the_names_of_the_form(page: str) -> None:
    names = {a["name"] for tag, a in read(page) if tag in ("input", "select", "textarea")}
    assert names == set(typed(FULL.view(ANSWERS, DATA, NOW, "id")))


def test_what_a_browser_sends_for_a_page_is_read_as_the_same_answers() -> None:
    answers = FULL.decode({}, ANSWERS)
    sent = MultiDict[str, str]()
    for name, values in typed(FULL.view(answers, DATA, NOW, "id")).items():
        sent.setlist(name, values)
    sent.add("_do", "draft")
    assert answers_from(FULL, posted(sent), answers) == answers


def test_with_scripts_buttons_and_deciding_fields_swap_the_form_in_place() -> None:
    deciding = make(
        field("radio", "a", values=options("Y", "Ya")), field("textfield", "b", conditional={"hide": "=a = null"})
    )
    elements = read(render(deciding, {"a": "Y"}))
    radio = next(a for _, a in elements if a.get("type") == "radio")
    assert {
        "hx-post": "/tugas/1",
        "hx-target": "#f",
        "hx-select": "#f",
        "hx-swap": "outerMorph",
        "hx-trigger": "change",
    }.items() <= radio.items()
    plain = next(a for _, a in elements if a.get("name") == "b")
    assert not [name for name in plain if name.startswith("hx-")]


def test_files_travel_only_when_they_were_just_chosen(page: str) -> None:
    for _, attributes in read(page):
        if "hx-post" in attributes:
            wanted = "multipart/form-data" if attributes.get("type") == "file" else "application/x-www-form-urlencoded"
            assert attributes["hx-encoding"] == wanted


def test_without_an_address_nothing_is_left_to_scripts() -> None:
    assert "hx-" not in render(FULL, ANSWERS, url="", **DATA)


def test_hostile_labels_answers_and_data_stay_text() -> None:
    form = make(
        text(f"Untuk {HOSTILE}"),
        field("textfield", "a", HOSTILE, description=HOSTILE, appearance={"prefixAdorner": "<i>"}),
        field("textarea", "b", HOSTILE, readonly=True),
        field("radio", "c", HOSTILE, values=[{"value": HOSTILE, "label": HOSTILE}]),
        field("select", "d", HOSTILE, valuesKey="x"),
        field("filepicker", "e", HOSTILE),
        {"type": "table", "label": HOSTILE, "dataSource": "=x", "columns": [{"key": "text", "label": HOSTILE}]},
        rows("l", field("textfield", "m", HOSTILE), label=HOSTILE, itemLabel=HOSTILE.replace("{{7*7}}", "")),
    )
    answers = {
        "a": HOSTILE,
        "b": HOSTILE,
        "c": HOSTILE,
        "d": HOSTILE,
        "e": [{"id": "1", "name": HOSTILE}],
        "l": [{"_id": HOSTILE, "m": f"</textarea>{HOSTILE}"}],
    }
    html = render(form, answers, errors={"a": HOSTILE, "l.0.m": HOSTILE}, x=[{"id": HOSTILE, "text": HOSTILE}])
    assert "<script" not in html and "<i>" not in html
    for _, attributes in read(html):
        assert not [name for name in attributes if name.startswith("on")]


def test_a_text_field_with_breaks_keeps_all_of_them() -> None:
    form = make(field("textarea", "a"))
    html = render(form, {"a": "\n\nsatu\n dua\n"})
    content = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.DOTALL)
    assert content and content[1] == "\n\nsatu\n dua\n"


def test_the_error_summary_leads_to_each_field_in_the_order_of_the_page(page: str) -> None:
    hrefs = [a["href"] for tag, a in read(page) if tag == "a" and a["href"].startswith("#")]
    assert hrefs == ["#f-nama", "#f-keputusan", "#f-bukti", "#f-rhk", "#f-rhk-a-indikator-c-iki", "#f"]
    assert page.index("govuk-error-summary") < page.index('name="nama"')
    assert "Isi IKI. (Indikator 2, Rencana hasil kerja 1)" in page


def test_an_error_stands_at_its_field_and_is_heard_there(page: str) -> None:
    name = next(a for _, a in read(page) if a.get("id") == "f-nama")
    assert name["aria-describedby"] == "f-nama-hint f-nama-error" and name["aria-invalid"] == "true"
    assert "govuk-input--error" in name["class"]


def test_what_was_typed_wrong_stays_in_its_field() -> None:
    form = make(field("number", "a"), field("datetime", "b"))
    elements = read(render(form, {"a": "1,234.5", "b": "31/1/2026"}, errors={"a": "x"}))
    fields = {a["name"]: a for tag, a in elements if tag == "input"}
    assert fields["a"]["value"] == "1,234.5"
    assert (fields["b"]["value"], fields["b"]["type"]) == ("31/1/2026", "text")


def test_the_answers_to_read_have_a_way_back_to_each_field(page: str) -> None:
    hrefs = {a["href"] for tag, a in read(page) if tag == "a"}
    assert {"/tugas/1#f-nama", "/tugas/1#f-rhk-a-indikator-b-iki", "/berkas/f1"} <= hrefs


def test_a_page_speaks_english() -> None:
    html = render(FULL, ANSWERS, locale="en", **DATA)
    assert "Add Rencana hasil kerja" in html and "(optional)" in html and "Change" in html
    assert "Tambah" not in html and "opsional" not in html


def test_changes_are_drawn_with_their_kind() -> None:
    old, new = {"nama": "Budi", "rhk": [{"_id": "a"}]}, {"nama": "<b>", "rhk": [{"_id": "z", "rhk": "Gizi"}]}
    told = FULL.show_changes(FULL.changes(old, new), DATA, NOW, "id")
    html = (
        environment()
        .from_string('{% from "macros/field.html" import changes_list %}{{ changes_list(changes) }}')
        .render(changes=told)
    )
    read(html)
    assert "<del>Budi</del>" in html and "&lt;b&gt;" in html and "Baris ditambahkan" in html and "Baris dihapus" in html
