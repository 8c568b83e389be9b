"""One good model, broken in many ways: each way is refused for its own reason and at the right element."""

import pytest

from engine.errors import Severity
from engine.runtime.documents import check
from tests.runtime.diagrams import (
    after,
    boundary,
    call,
    decision_task,
    diagram,
    end,
    exclusive,
    flow,
    for_each,
    message,
    message_named,
    parallel,
    path,
    process,
    script_task,
    service_task,
    start,
    user_task,
)
from tests.runtime.lint.looking import BESIDE, REGISTRY

GOOD = diagram(
    message_named("withdrawn"),
    process(
        "work",
        start(),
        user_task("draft", due="P5D", performer="employee"),
        boundary("lapsed", "draft", after("P14D")),
        boundary("stopped", "draft", message("withdrawn")),
        script_task("count", "{ score: 1 }"),
        decision_task("judge", "grade", "judged"),
        exclusive("is_good", default="is_good_to_draft"),
        parallel("fork"),
        service_task("record", "office/record", "recorded", grade="judged"),
        call("coach", "coaching"),
        parallel("join"),
        user_task("sign_each", result="signed", loop=for_each("people", "someone", "signatures", "signed")),
        end(),
        end("withdrawn_early"),
        *path("begun", "draft", "count", "judge", "is_good", "draft"),
        *path("lapsed", "count"),
        *path("stopped", "withdrawn_early"),
        flow("is_good", "fork", 'judged = "HIGH"'),
        *path("fork", "record", "join", "sign_each", "finished"),
        *path("fork", "coach", "join"),
    ),
).decode()
COACHING = diagram(process("coaching", start("coaching_begun"), end("coached"), *path("coaching_begun", "coached")))

VARIANTS = {  # what is replaced, by what, the rule that says it, the element it names
    "id of the library": ('id="record"', 'id="Root"', "reserved-id", "Root"),
    "id of another file": ('id="count"', 'id="coached"', "duplicate-id", "coached"),
    "id twice": ('id="withdrawn_early"', 'id="finished"', "schema", "finished"),
    "not executable": ('isExecutable="true"', 'isExecutable="false"', "not-executable", "work"),
    "a flow to nowhere": ('targetRef="count"', 'targetRef="counting"', "broken-flow", "draft_to_count"),
    "a flow into a boundary event": ('targetRef="judge"', 'targetRef="lapsed"', "broken-flow", "count_to_judge"),
    "an end that goes on": ('sourceRef="lapsed"', 'sourceRef="finished"', "broken-flow", "lapsed_to_count"),
    "no way in": ('targetRef="record"', 'targetRef="coach"', "unreachable", "record"),
    "no way on": ('sourceRef="count"', 'sourceRef="judge"', "dead-end", "count"),
    "a task that leads nowhere": ('sourceRef="count"', 'sourceRef="draft"', "dead-end", "count"),
    "no form": ('name="form" value="answers"', 'name="form" value=""', "no-form", "draft"),
    "unknown form": ('name="form" value="answers"', 'name="form" value="answer"', "unknown-form", "draft"),
    "a path as form": ('name="form" value="answers"', 'name="form" value="../../etc"', "unknown-form", "draft"),
    "unknown performer": ('value="employee"', 'value="employe"', "unknown-performer", "draft"),
    "no performer": ('name="performer"', 'name="perfomer"', "no-performer", "draft"),
    "a due date that is none": ('name="due" value="P5D"', 'name="due" value="5 hari"', "feel", "draft"),
    "a due date that comes back": ('name="due" value="P5D"', 'name="due" value="R3/P5D"', "timer", "draft"),
    "a timer with a date as duration": (">P14D<", ">2027-01-31<", "timer", "lapsed"),
    "a timer with Python": (">P14D<", ">__import__('os').system('id')<", "feel", "lapsed"),
    "a timer without time": (">P14D<", "> <", "timer", "lapsed"),
    "an unknown message": ('messageRef="withdrawn"', 'messageRef="withdrew"', "no-message", "stopped"),
    "a message without name": (
        '<bpmn:message id="withdrawn" name="withdrawn"/>',
        '<bpmn:message id="withdrawn"/>',
        "no-message",
        "stopped",
    ),
    "a boundary event at a gateway": ('attachedToRef="draft"', 'attachedToRef="is_good"', "boundary-event", "lapsed"),
    "a timer turned to a cancel": ("timerEventDefinition", "cancelEventDefinition", "transaction", "lapsed"),
    "a script in Python": (">{ score: 1 }<", ">import os<", "feel", "count"),
    "a script said to be Python": ('id="count"', 'id="count" scriptFormat="python"', "script", "count"),
    "an unknown decision": (">grade<", ">grades<", "unknown-decision", "judge"),
    "a result without name": ('value="judged"/>', 'value=""/>', "result", "judge"),
    "an unknown service": ('"office/record"', '"os/system"', "unknown-service", "record"),
    "an unknown process": ('calledElement="coaching"', 'calledElement="coach"', "unknown-process", "coach"),
    "a process that calls itself": ('calledElement="coaching"', 'calledElement="work"', "call-cycle", "coach"),
    "a condition in Python": ('judged = "HIGH"', 'judged == "HIGH"', "feel", "is_good_to_fork"),
    "no default": (' default="is_good_to_draft"', "", "missing-condition", "is_good_to_draft"),
    "a fork without conditions": ("parallelGateway", "exclusiveGateway", "missing-condition", "fork_to_record"),
    "one name for two things": ('id="someone"', 'id="people"', "loop", "sign_each"),
    "a result that nobody gives": ('outputDataItem id="signed"', 'outputDataItem id="sign"', "loop", "sign_each"),
    "an expression as list": (">people<", ">people[1]<", "loop", "sign_each"),
    "a kind that does not run": ("parallelGateway", "complexGateway", "unsupported", "fork"),
    "a hidden script": (
        "<spiffworkflow:calledDecisionId>",
        "<spiffworkflow:preScript>x</spiffworkflow:preScript>",
        "script",
        "judge",
    ),
}


def refusals(text: str) -> list[tuple[str, str | None]]:
    found = check({**BESIDE, "work.bpmn": text.encode(), "coaching.bpmn": COACHING}, REGISTRY)
    return [(problem.rule, problem.element) for problem in found if problem.severity is Severity.ERROR]


def test_the_good_model_passes() -> None:
    assert refusals(GOOD) == []


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_refused_for_its_reason(name: str) -> None:
    old, new, rule, element = VARIANTS[name]
    if "preScript" in new:
        new += old
    broken = GOOD.replace(old, new, -1 if old.isalpha() else 1)

    assert broken != GOOD
    assert (rule, element) in refusals(broken)
