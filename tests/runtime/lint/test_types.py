"""What can be known of case data before a case runs, and what is refused because of it."""

import json

import pytest

from engine.errors import Problem, Severity
from engine.feel import FeelFunction
from engine.feel.shapes import read_shape
from engine.runtime.documents import Registry, check
from tests.runtime.diagrams import (
    after,
    at,
    boundary,
    decision,
    decision_task,
    diagram,
    end,
    exclusive,
    flow,
    for_each,
    path,
    process,
    script_task,
    service_task,
    start,
    user_task,
)
from tests.runtime.lint.looking import REGISTRY

KNOWING = Registry(
    REGISTRY.services,
    REGISTRY.performers,
    {
        "next day": FeelFunction("next day", ("day",), lambda day: day),
        "days after": FeelFunction("days after", ("day", "count"), lambda day, count=1: day),
    },
    data=frozenset({"parameters", "people", "employee"}),
    shapes={"parameters": read_shape("context<days: number, review: boolean>")},
    results={"office/record": read_shape("context<version: number>")},
)
RESULTS = [["< 50", '"BUTUH_PERBAIKAN"'], [">= 50", '"SANGAT_BAIK"']]


def answers() -> bytes:
    def field(key: str, kind: str, **more: object) -> dict[str, object]:
        return {"id": key, "key": key, "type": kind, "label": key, **more}

    values = [{"label": "Ya", "value": "YA"}, {"label": "Belum sepakat", "value": "BELUM_SEPAKAT"}]
    components = [
        field("score", "number"),
        field("told", "textfield"),
        field("shown", "textfield", readonly=True),
        field("agreed", "checkbox"),
        field("choice", "radio", values=values),
        field("several", "checklist", values=values),
        field("day", "datetime", subtype="date"),
    ]
    return json.dumps({"id": "answers", "type": "default", "components": components}).encode()


def found(*parts: str, registry: Registry = KNOWING) -> list[Problem]:
    """The problems of types in the diagram of the parts."""
    grade = decision("grade", ["score"], "grade", RESULTS)
    files = {"work.bpmn": diagram(*parts), "answers.form.json": answers(), "grade.dmn": grade}
    return [p for p in check(files, registry) if p.rule in ("type", "unlikely-option", "arguments")]


def choosing(condition: str) -> str:
    """A process that knows of a form, a decision, a service, a script and a parameter, and then chooses."""
    return process(
        "work",
        start(),
        user_task("ask"),
        decision_task("judge", "grade", "grade"),
        service_task("record", "office/record", "recorded"),
        script_task("count", "{ total: 1 + 2, twice: total * 2, open: unknown }"),
        exclusive("choose", "choose_to_ask"),
        end(),
        *path("begun", "ask", "judge", "record", "count", "choose", "ask"),
        flow("choose", "finished", condition),
    )


@pytest.mark.parametrize(
    "condition",
    [
        'ask.score > "90"',
        "ask.told > 90",
        'ask.agreed = "YA"',
        'ask.choice = "BELUM SEPAKAT"',
        'ask.choice = "ya"',
        'list contains(ask.several, "YA") = "YA"',
        'grade = "SANGAT BAIK"',
        "grade = 3",
        'recorded.version = "1"',
        'total = "3"',
        'twice = "6"',
        'parameters.days > "5"',
        "parameters.review = 1",
        "ask.score",
        "grade",
        'if ask.agreed then "YA" else "TIDAK"',
        "count(ask.several)",
    ],
)
def test_a_condition_that_can_never_hold_is_refused(condition: str) -> None:
    [problem] = found(choosing(condition))

    assert (problem.rule, problem.element, problem.severity) == ("type", "choose_to_finished", Severity.ERROR)
    assert problem.line and problem.message and problem.mend


@pytest.mark.parametrize(
    "condition",
    [
        "ask.score > 90",
        'ask.choice = "BELUM_SEPAKAT"',
        'ask.shown = "anything"',
        "ask.shown > 3",
        "ask.agreed",
        'grade = "SANGAT_BAIK" or grade = null',
        "recorded.version > 1",
        "parameters.review",
        "parameters.other = 3",
        "open > 3",
        "employee.name > 3",
        'days after(ask.day, 3) > ask.day',
    ],
)  # fmt: skip
def test_a_condition_that_may_hold_passes(condition: str) -> None:
    assert found(choosing(condition)) == []


def test_a_text_that_only_earlier_documents_could_have_is_a_warning() -> None:
    [problem] = found(choosing('ask.choice = "DITOLAK"'))

    assert (problem.rule, problem.severity) == ("unlikely-option", Severity.WARNING)
    assert problem.mend == 'Nilai yang ada: "BELUM_SEPAKAT", "YA".'


def test_the_line_is_that_of_the_mistake() -> None:
    [problem] = found(choosing('ask.agreed\n and ask.score > 3\n and ask.told > 3'))  # fmt: skip
    [first] = found(choosing('ask.told > 3\n and ask.agreed'))  # fmt: skip

    assert problem.line == (first.line or 0) + 2


def test_nothing_is_known_of_a_name_that_something_else_writes_too() -> None:
    looping = user_task("ask_each", result="signed", loop=for_each("people", "total", "all_signed", "signed"))
    model = choosing('total = "3"').replace('<bpmn:endEvent id="finished"', looping + '<bpmn:endEvent id="finished"')

    assert found(model) == []


def timed(*parts: str) -> str:
    return process(
        "work", start(), user_task("ask"), *parts, end(), *path("begun", "ask", "finished"), *path("late", "finished")
    )


@pytest.mark.parametrize(
    "definition",
    [after("ask.day"), after("ask.score"), after("3"), after('"14 hari"'), after('"2027-01-31"'), after("ask.agreed"),
     at("ask.score"), at("true"), at('"besok"'), after("now()")],
)  # fmt: skip
def test_a_timer_of_another_type_is_refused(definition: str) -> None:
    assert [(problem.rule, problem.element) for problem in found(timed(boundary("late", "ask", definition)))] == [
        ("type", "late")
    ]


@pytest.mark.parametrize(
    "definition",
    [after("P14D"), after('"P14D"'), after('duration("P14D")'), after("ask.told"), after("employee.wait"),
     at("ask.day"), at("next day(ask.day)"), at('"2027-01-31"'), at("now() + duration(\"P1D\")"),
     after('if ask.agreed then "P1D" else "P2D"')],
)  # fmt: skip
def test_a_timer_that_may_be_read_passes(definition: str) -> None:
    assert found(timed(boundary("late", "ask", definition))) == []


def test_a_due_date_and_a_collection_have_their_types() -> None:
    due = process("work", start(), user_task("ask", due="parameters.days"), end(), *path("begun", "ask", "finished"))
    each = user_task("sign", result="signed", loop=for_each("ask", "one", "all", "signed"))
    number = user_task("sign", result="signed", loop=for_each("total", "one", "all", "signed"))

    def looping(task: str) -> str:
        script = script_task("count", "{ total: 3 }")
        return process(
            "work", start(), user_task("ask"), script, task, end(), *path("begun", "ask", "count", "sign", "finished")
        )

    assert [problem.element for problem in found(due)] == ["ask"]
    assert [problem.element for problem in found(looping(number))] == ["sign"]
    assert found(looping(each)) == []


@pytest.mark.parametrize(
    ("call", "right"),
    [
        ("next day(ask.day)", True),
        ("next day(day: ask.day)", True),
        ("days after(ask.day)", True),
        ("next day()", False),
        ("next day(ask.day, 3)", False),
        ("next day(date: ask.day)", False),
    ],
)
def test_a_function_of_the_product_gets_its_arguments(call: str, right: bool) -> None:
    problems = found(choosing(f"{call} = ask.day"))

    assert [problem.rule for problem in problems] == ([] if right else ["arguments"])
    assert right or "day" in problems[0].mend
