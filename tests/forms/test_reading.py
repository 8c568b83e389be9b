"""Form documents: what is accepted, what is refused, and that all faults come in one list."""

import json
from typing import Any

import pytest

from engine.errors import DefinitionError, Severity
from engine.forms import check_form, load_form
from tests.forms.build import Component, document, field, group, make, options, problems, rows, text

YES_NO = options("YA", "Ya", "TIDAK", "Tidak")


def test_every_supported_kind_of_component_is_read() -> None:
    form = make(
        field("textfield", "nama"),
        field("textarea", "uraian"),
        field("number", "nilai"),
        field("checkbox", "setuju"),
        field("radio", "a", values=YES_NO),
        field("select", "b", valuesKey="leader_results"),
        field("checklist", "c", values=YES_NO),
        field("taglist", "d", values=YES_NO),
        field("datetime", "tanggal", subtype="date"),
        field("datetime", "jam", subtype="time"),
        field("datetime", "saat", subtype="datetime"),
        field("filepicker", "bukti", accept=".pdf,image/*", multiple=True),
        text("# Judul"),
        {"type": "table", "label": "Hasil", "dataSource": "=skp.rhk", "columns": [{"key": "rhk", "label": "RHK"}]},
        {"type": "separator"},
        {"type": "spacer", "height": 20},
        {"type": "documentPreview", "title": "Berkas", "dataSource": "=berkas"},
        group(field("textfield", "di_dalam")),
        rows("rhk", field("textfield", "rhk"), rows("indikator", field("textfield", "iki"))),
    )
    assert form.keys == {
        *("nama", "uraian", "nilai", "setuju", "a", "b", "c", "d", "tanggal", "jam", "saat", "bukti"),
        *("di_dalam", "rhk"),
    }
    assert form.names == {"leader_results", "skp", "berkas"}


def test_the_names_that_a_form_reads_leave_its_own_keys_out() -> None:
    form = make(
        field("radio", "keputusan", values=YES_NO),
        field("textarea", "catatan", conditional={"hide": '=not(keputusan = "YA" or employee.heads_unit)'}),
        rows("rhk", field("number", "target"), field("number", "nilai", validate={"max": "=target + batas"})),
    )
    assert form.names == {"employee", "batas"}


@pytest.mark.parametrize("kind", ["html", "iframe", "image", "expression", "button"])
def test_components_that_could_run_or_fetch_something_are_refused_with_a_mend(kind: str) -> None:
    [problem] = problems({"type": kind, "key": "x", "label": "Hiasan"})
    assert (problem.rule, problem.element, problem.label) == ("form-type", "x", "Hiasan")
    assert problem.mend


REFUSED: list[tuple[str, Component, str, str]] = [
    ("an unknown kind", {"type": "matrix"}, "form-type", "components[0]"),
    ("no key", {"type": "textfield", "label": "Nama"}, "form-key", "components[0]"),
    ("a key with a dot", field("textfield", "a.b"), "form-key", "a.b"),
    ("a key that FEEL cannot read", field("textfield", "nama lengkap"), "form-key", "nama lengkap"),
    ("a key that is a word of FEEL", field("textfield", "if", "Jika"), "form-key", "if"),
    ("a key that the page uses itself", field("textfield", "csrf_token"), "form-key", "csrf_token"),
    ("a key that starts like our own", field("textfield", "_do", "Do"), "form-key", "_do"),
    ("a field without label", {"type": "textfield", "key": "a"}, "form-label", "a"),
    ("a label from an expression", field("textfield", "a", "=judul"), "form-expression", "a"),
    ("a description from an expression", field("textfield", "a", description="=x"), "form-expression", "a"),
    ("read-only by an expression", field("textfield", "a", readonly="=x"), "form-expression", "a"),
    ("disabled by an expression", field("textfield", "a", disabled="=x"), "form-expression", "a"),
    ("required by an expression", field("textfield", "a", validate={"required": "=x"}), "form-expression", "a"),
    ("a condition that does not parse", field("textfield", "a", conditional={"hide": "=1 +"}), "feel", "a"),
    ("a condition on itself", field("textfield", "a", conditional={"hide": "=a = 1"}), "form-condition", "a"),
    ("a template that does not parse", text("{{ 1 + }}"), "feel", "components[0]"),
    ("a loop in a template", text("{{#loop x}}{{/loop}}"), "form-template", "components[0]"),
    ("a text from an expression", text("=judul"), "form-expression", "components[0]"),
    ("a bound that is no number", field("number", "a", validate={"min": "dua"}), "form-bounds", "a"),
    ("bounds that cross", field("number", "a", validate={"min": 2, "max": 1}), "form-bounds", "a"),
    ("lengths that cross", field("textfield", "a", validate={"minLength": 9, "maxLength": 3}), "form-bounds", "a"),
    ("a length that is none", field("textfield", "a", validate={"maxLength": -1}), "form-setting", "a"),
    ("a default that is no number", field("number", "a", defaultValue="x"), "form-default", "a"),
    ("a pattern that does not parse", field("textfield", "a", validate={"pattern": "[a"}), "form-pattern", "a"),
    ("a pattern that may run for ever", field("textfield", "a", validate={"pattern": "(a+)+$"}), "form-pattern", "a"),
    ("an unknown form of text", field("textfield", "a", validate={"validationType": "url"}), "form-setting", "a"),
    ("no options", field("radio", "a"), "form-options", "a"),
    ("options from an expression", field("select", "a", valuesExpression="=x"), "form-options", "a"),
    ("an option twice", field("radio", "a", values=options("X", "Satu", "X", "Dua")), "form-options", "a"),
    ("an option without label", field("radio", "a", values=[{"value": "X"}]), "form-options", "a"),
    ("a default that is no option", field("radio", "a", values=YES_NO, defaultValue="X"), "form-default", "a"),
    ("a path to options that is none", field("select", "a", valuesKey="a b"), "form-options", "a"),
    ("an unknown kind of time", field("datetime", "a", subtype="month"), "form-setting", "a"),
    ("a bound that is no day", field("datetime", "a", validate={"min": "kemarin"}), "form-bounds", "a"),
    ("a kind of file that is none", field("filepicker", "a", accept="semua"), "form-setting", "a"),
    ("a table without columns", {"type": "table", "dataSource": "=x"}, "form-table", "components[0]"),
    (
        "a table without source",
        {"type": "table", "columns": [{"key": "a", "label": "A"}]},
        "form-table",
        "components[0]",
    ),
    (
        "columns from an expression",
        {"type": "table", "dataSource": "=x", "columnsExpression": "=y"},
        "form-table",
        "components[0]",
    ),
    ("a group with a path", group(field("textfield", "a"), path="g"), "form-group", "components[0]"),
    ("a list without path", {"type": "dynamiclist", "label": "L", "components": []}, "form-key", "components[0]"),
    ("a list without fields", rows("l", text("x")), "form-group", "l"),
    ("rows that cross", rows("l", field("textfield", "a"), minRows=3, maxRows=2), "form-bounds", "l"),
    ("more rows than there may be", rows("l", field("textfield", "a"), maxRows=201), "form-setting", "l"),
    ("a fault inside a list", rows("l", field("number", "a", validate={"min": "x"})), "form-bounds", "l.a"),
]


@pytest.mark.parametrize(("component", "rule", "element"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_document_is_refused_with_the_place_and_the_reason(component: Component, rule: str, element: str) -> None:
    found = problems(component)
    assert (rule, element) in {(problem.rule, problem.element) for problem in found}
    assert all(problem.message.endswith((".", "?")) or problem.rule == "feel" for problem in found)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(DefinitionError) as raised:
        make(field("html", "a"), field("textfield", "b.c"), rows("l", field("number", "n", validate={"max": "=1 +"})))
    assert [problem.element for problem in raised.value.problems if problem.severity is Severity.ERROR] == [
        "a",
        "b.c",
        "l.n",
    ]


def test_two_fields_of_one_level_never_share_a_key_even_through_groups() -> None:
    [problem] = problems(field("textfield", "a"), group(field("textfield", "a")))
    assert (problem.rule, problem.element) == ("form-key", "a")


def test_a_row_may_use_a_key_of_the_form_again() -> None:
    assert problems(field("textfield", "a"), rows("l", field("textfield", "a"))) == []


ROOTS: list[tuple[dict[str, Any], str]] = [
    ({"schemaVersion": 20}, "form-root"),
    ({"schemaVersion": "19"}, "form-root"),
    ({"type": "other"}, "form-root"),
    ({"id": "a b"}, "form-root"),
    ({"components": {}}, "form-json"),
    ({"components": ["x"]}, "form-json"),
    ({"translations": ["en"]}, "form-translation"),
    ({"translations": {"en": {"Nama": 1}}}, "form-translation"),
]


@pytest.mark.parametrize(("root", "rule"), ROOTS)
def test_the_root_of_a_document_is_checked_too(root: dict[str, Any], rule: str) -> None:
    form, found = check_form(document(field("textfield", "nama"), **root), "contoh.form.json")
    assert form is None
    assert rule in {problem.rule for problem in found if problem.severity is Severity.ERROR}


BROKEN = [
    b"",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"components": NaN}',
    b'{"id": "a", "id": "b"}',
    b"[" * 100_000,
    b'{"a": "' + b"x" * 600_000 + b'"}',
]


@pytest.mark.parametrize("content", BROKEN)
def test_what_is_no_form_is_refused_with_one_sentence(content: bytes) -> None:
    with pytest.raises(DefinitionError) as raised:
        load_form(content, "rusak.form.json")
    [problem] = raised.value.problems
    assert (problem.file, problem.rule) == ("rusak.form.json", "form-json")


def test_broken_json_names_its_line() -> None:
    _, [problem] = check_form(b'{\n"id": \n}', "rusak.form.json")
    assert problem.line == 3


def test_a_form_has_bounds_of_size_and_depth() -> None:
    many = problems(*(field("textfield", f"f{number}") for number in range(501)))
    assert [problem.rule for problem in many] == ["form-size"]
    deep = field("textfield", "a")
    for number in range(10):
        deep = rows(f"l{number}", deep)
    assert "form-depth" in {problem.rule for problem in problems(deep)}


def test_missing_translations_are_one_warning_that_does_not_forbid() -> None:
    content = document(field("textfield", "nama", "Nama"), translations={"en": {"Contoh": "Example"}})
    form, [problem] = check_form(content, "contoh.form.json")
    assert form is not None and form.untranslated("en") == ("Nama",)
    assert problem.severity is Severity.WARNING and '"Nama"' in problem.message


def test_a_fault_in_a_translation_is_found_too() -> None:
    found = problems(text("Untuk {{nama}}"), translations={"en": {"Untuk {{nama}}": "For {{nama +}}"}})
    assert "feel" in {problem.rule for problem in found}


def test_what_the_editor_adds_is_let_be() -> None:
    editor = {"exporter": {"name": "form-js", "version": "1.23.0"}, "executionPlatform": "Camunda Cloud"}
    component = {
        **field("textfield", "a", id="Field_1", layout={"row": "Row_1", "columns": None}),
        "appearance": {},
        "validate": {"required": True, "maxLength": "40"},
        "properties": {"apaSaja": "x"},
    }
    assert problems(component, **editor) == []


def test_product_functions_may_be_called() -> None:
    late = field("datetime", "a", validate={"max": "=working days after(today(), 3)"})
    content = json.loads(document(late))
    assert load_form(json.dumps(content).encode(), "contoh.form.json", ["working days after"]).names == frozenset()
