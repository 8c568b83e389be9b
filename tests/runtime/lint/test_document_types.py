"""Types in forms and decision tables: what surely goes wrong is refused, with its file, place and mend."""

import json
from typing import Any

import pytest

from engine.errors import Problem, Severity
from engine.runtime.documents import check
from tests.runtime import diagrams as d
from tests.runtime.lint.test_types import KNOWING

RULES = ("form-type", "dmn-type", "unlikely-option")


def field(key: str, kind: str = "number", **more: Any) -> dict[str, Any]:
    return {"id": key, "key": key, "type": kind, "label": key, **more}


def form(*fields: dict[str, Any]) -> bytes:
    """A form that asks a number, a text, a day, a choice and some rows, and what is given."""
    values = [{"label": "Ya", "value": "YA"}, {"label": "Belum sepakat", "value": "BELUM_SEPAKAT"}]
    rows = {"type": "dynamiclist", "id": "rows", "path": "rows", "label": "rows", "components": [field("weight")]}
    usual = [field("score"), field("told", "textfield"), field("day", "datetime"), field("agreed", "checkbox")]
    components = [*usual, field("choice", "radio", values=values), rows, *fields]
    return json.dumps({"id": "answers", "title": "x", "type": "default", "components": components}).encode()


def found(answers: bytes, table: bytes | None = None, inputs: str | None = None) -> list[Problem]:
    work = d.process(
        "work",
        d.start(),
        d.user_task("ask"),
        d.decision_task("judge", "grade", inputs=inputs),
        d.end(),
        *d.path("begun", "ask", "judge", "finished"),
    )
    files = {"work.bpmn": d.diagram(work), "answers.form.json": answers, "grade.dmn": table or graded("ask.score")}
    return [problem for problem in check(files, KNOWING) if problem.rule in RULES]


def graded(
    read: str,
    cell: str = "-",
    output: str = '"A"',
    *,
    of: str = "",
    gives: str = "",
    values: str = "",
    default: str = "",
) -> bytes:
    """A table of one rule; `of` and `gives` are the types of its columns."""
    text = d.decision("grade", [read], "grade", [[cell, output]]).decode()
    for part, type_ in (('<inputExpression id="grade_in_0_e"', of), ('<output id="grade_out"', gives)):
        text = text.replace(part, f'{part} typeRef="{type_}"') if type_ else text
    if values:
        allowed = f"<inputValues><text>{values}</text></inputValues></input>"
        text = text.replace("</input>", allowed)
    if default:
        given = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry></output>"
        text = text.replace('name="grade"/><rule', f'name="grade">{given}<rule')
    return text.encode()


FORMS = {
    "a condition that compares a number with a text": field("x", conditional={"hide": '=score > "90"'}),
    "a condition that is a number": field("x", conditional={"hide": "=score + 1"}),
    "a need that is a text": field("x", properties={"requiredWhen": "=told"}),
    "a need that sums a condition": field("x", properties={"requiredWhen": "=agreed + 1 = 2"}),
    "a check that compares a day with a number": field("x", properties={"check": "day > 3", "checkMessage": "x"}),
    "a check that is no condition": field("x", properties={"check": "score * 2", "checkMessage": "x"}),
    "a least number that is a text": field("x", validate={"min": "=told"}),
    "a greatest number that is a condition": field("x", validate={"max": "=agreed"}),
    "a first day that is a number": field("x", "datetime", validate={"min": "=score"}),
    "a text that compares": field("x", description='{{ if score = "satu" then 1 else 2 }}'),
    "a choice that is written otherwise": field("x", conditional={"hide": '=choice = "belum sepakat"'}),
    "a table of a number": {
        "id": "x", "type": "table", "label": "x", "dataSource": "=score", "columns": [{"key": "a", "label": "A"}],
    },
    "a table of a parameter": {
        "id": "x", "type": "table", "label": "x", "dataSource": "=parameters.days", "columns": [{"key": "a", "label": "A"}],
    },
    "a row that compares its number with a text": {
        "type": "dynamiclist", "id": "x", "path": "x", "label": "x",
        "components": [field("inner"), field("y", conditional={"hide": '=inner = "satu"'})],
    },
    "a function that gets too much": field("x", "datetime", validate={"min": "=next day(day, 3)"}),
}  # fmt: skip


@pytest.mark.parametrize("broken", FORMS)
def test_an_expression_of_a_form_that_comes_to_nothing_is_refused_with_its_field(broken: str) -> None:
    (problem,) = found(form(FORMS[broken]))

    assert (problem.rule, problem.file) == ("form-type", "answers.form.json")
    assert problem.element is not None
    assert problem.mend
    assert problem.severity is Severity.ERROR


@pytest.mark.parametrize(
    "good",
    [
        field("x", conditional={"hide": "=score > 90 or rows[1].weight = null"}),
        field("x", properties={"requiredWhen": "=agreed", "check": "x >= sum(rows.weight)", "checkMessage": "x"}),
        field("x", validate={"min": "=if agreed then score else parameters.days", "max": "=unknown"}),
        field("x", "datetime", validate={"min": '=day + duration("P1D")', "max": '="2027-01-31"'}),
        field(
            "x", conditional={"hide": '=choice != "BELUM_SEPAKAT" and told = "x"'}, description="{{ score }} {{ day }}"
        ),
        {"id": "x", "type": "table", "label": "x", "dataSource": "=rows", "columns": [{"key": "weight", "label": "A"}]},
    ],
)
def test_an_expression_of_a_form_that_may_come_true_passes(good: dict[str, Any]) -> None:
    assert found(form(good)) == []


TABLES = {
    "a column of another type than what it reads": graded("ask.score", of="string"),
    "a test against a text for a number": graded("ask.score", '> "90"'),
    "a test against a number for a text": graded("ask.told", "90"),
    "a test against a number where the column says text": graded("ask.unknown", "< 3", of="string"),
    "a range of numbers for a condition": graded("ask.agreed", "[1..3]"),
    "a truth for a number": graded("ask.score", "true"),
    "a sum in a test": graded("ask.score", '? + "x" = 3'),
    "a choice that is written otherwise": graded("ask.choice", '"belum_Sepakat"'),
    "a list of values of another type": graded("ask.score", values='"A","B"'),
    "an output of another type": graded("ask.score", output="1 + 1", gives="string"),
    "an output that is a condition": graded("ask.score", output="ask.score > 3", gives="number"),
    "an output that adds a number and a text": graded("ask.score", output='ask.score + "x"'),
    "a default of another type": graded("ask.score", default='upper case("a")', gives="number"),
    "an input that compares": graded('ask.score = "satu"'),
    "a function that gets too little": graded("ask.score", output="next day()"),
}


@pytest.mark.parametrize("broken", TABLES)
def test_a_cell_that_comes_to_nothing_is_refused_with_its_rule_and_column(broken: str) -> None:
    problems = found(form(), TABLES[broken])

    assert {(problem.rule, problem.file, problem.severity) for problem in problems} == {
        ("dmn-type", "grade.dmn", Severity.ERROR)
    }
    assert all("Kolom" in problem.message or "Hasil" in problem.message for problem in problems)
    assert all(problem.mend and problem.line and problem.element for problem in problems)


@pytest.mark.parametrize(
    "good",
    [
        graded("ask.score", "[50..90], > 100", "ask.score * 2", of="number", gives="number"),
        graded("ask.day", '> date("2027-01-31")', of="date"),
        graded("ask.day", '"2027-01-31"', '"A"', of="string", gives="string"),
        graded("ask.choice", 'not("YA")', 'if ask.agreed then "A" else null', gives="string"),
        graded("ask.unknown", "? > 3", "ask.unknown", of="number", gives="string"),
        graded("ask.agreed", "true", "true", of="boolean", gives="boolean"),
        graded("ask.score", "odd(?)", values="[0..120]"),
        graded("count(ask.rows)", "< 3", "sum(ask.rows.weight)", gives="number"),
    ],
)
def test_a_cell_that_may_hit_passes(good: bytes) -> None:
    assert found(form(), good) == []


def test_a_decision_reads_what_its_task_gives_it_instead_of_case_data() -> None:
    table = graded("points", "> 90")

    assert found(form(), table, "{ points: ask.score }") == []
    (problem,) = found(form(), table, "{ points: ask.told }")
    assert (problem.rule, problem.element) == ("dmn-type", "grade_rule_0")
