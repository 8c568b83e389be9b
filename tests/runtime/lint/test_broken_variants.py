"""One good model, broken in many ways: each way is refused for its own reason and at the right element."""

import pytest
from lxml import etree

from engine.errors import Problem, Severity
from engine.runtime.documents import check
from tests.runtime.diagrams import (
    after,
    boundary,
    call,
    decision,
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

GOOD = (
    diagram(
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
    )
    .decode()
    .replace("><", ">\n<")
)  # a line for each tag, so that lines mean something
COACHING = diagram(process("coaching", start("coaching_begun"), end("coached"), *path("coaching_begun", "coached")))

VARIANTS = {  # what is replaced, by what, the rule that says it, the element that it names
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
        "<spiffworkflow:preScript>x</spiffworkflow:preScript><spiffworkflow:calledDecisionId>",
        "script",
        "judge",
    ),
    "a document type": ("<bpmn:definitions", "<!DOCTYPE x><bpmn:definitions", "xml", None),
    "an entity that grows": (
        "<bpmn:definitions",
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><bpmn:definitions',
        "xml",
        None,
    ),
    "a file outside": ("<bpmn:definitions", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><bpmn:definitions', "xml", None),
    "a tag that is not closed": ("</bpmn:process>", "", "xml", None),
    "a document of another kind": ("bpmn:definitions", "bpmn:drawing", "schema", "definitions"),
    "an element that BPMN does not know": ('<bpmn:startEvent id="begun"', '<bpmn:begin id="begun"', "schema", "begun"),
    "an end without a way to it": ('targetRef="finished"', 'targetRef="withdrawn_early"', "unreachable", "finished"),
    "a boundary event on nothing": ('attachedToRef="draft"', 'attachedToRef="nothing"', "boundary-event", "lapsed"),
    "a boundary event on an event": ('attachedToRef="draft"', 'attachedToRef="begun"', "boundary-event", "lapsed"),
    "a cycle without number": (">P14D<", ">R/P1D<", "timer", "lapsed"),
    "a timer with a number": (">P14D<", ">14<", "type", "lapsed"),
    "a timer with days in words": (">P14D<", '>"14 hari"<', "type", "lapsed"),
    "a cycle that stops what it repeats": (">P14D<", ">judged = 1<", "type", "lapsed"),
    "a negative duration": (">P14D<", ">-P14D<", "timer", "lapsed"),
    "a condition on a number": ('judged = "HIGH"', "score", "type", "is_good_to_fork"),
    "a number compared with a text": ('judged = "HIGH"', 'score = "HIGH"', "type", "is_good_to_fork"),
    "an option in small letters": ('judged = "HIGH"', 'judged = "high"', "type", "is_good_to_fork"),
    "an unknown function": ('judged = "HIGH"', "starts_with(judged)", "feel", "is_good_to_fork"),
    "a function with too few arguments": ('judged = "HIGH"', "starts with(judged)", "feel", "is_good_to_fork"),
    "a function of the product with too many": (
        'judged = "HIGH"',
        "next day(judged, 2) = null",
        "arguments",
        "is_good_to_fork",
    ),
    "a condition without end": ('judged = "HIGH"', 'judged = "HIGH', "feel", "is_good_to_fork"),
    "an empty condition": ('judged = "HIGH"', " ", "feel", "is_good_to_fork"),
    "a default from elsewhere": (
        'default="is_good_to_draft"',
        'default="begun_to_draft"',
        "default-flow",
        "is_good",
    ),
    "a list without list": ("<bpmn:loopDataInputRef>people</bpmn:loopDataInputRef>", "", "loop", "sign_each"),
    "a list that is a number": (">people<", ">score<", "type", "sign_each"),
    "a join that waits in vain": (
        'sourceRef="fork" targetRef="coach"/>',
        'sourceRef="is_good" targetRef="coach"><bpmn:conditionExpression>score = 0</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>",
        "deadlock",
        "join",
    ),
    "a due date in the wrong zone": (
        'name="due" value="P5D"',
        'name="due" value="2027-01-31T10:00"',
        "timer",
        "draft",
    ),
    "a secret that is neither": ('name="due" value="P5D"', 'name="secret" value="ya"', "secret", "draft"),
    "an event with two triggers": (
        "<bpmn:messageEventDefinition",
        "<bpmn:signalEventDefinition/><bpmn:messageEventDefinition",
        "unsupported-event",
        "stopped",
    ),
    "a service without name": ('"office/record"', '""', "service", "record"),
    "a service that tries again": (
        "<spiffworkflow:parameters>",
        "<spiffworkflow:retry/><spiffworkflow:parameters>",
        "service",
        "record",
    ),
    "a call of nothing": (' calledElement="coaching"', "", "no-process", "coach"),
    "a script that is no context": (">{ score: 1 }<", ">1 + 2<", "feel", "count"),
    "a name of two hundred letters": ('name="count"', f'name="{"x" * 201}"', "too-long", "count"),
}

BESIDE_IT = {  # what is broken in the other files: the file, its content (None: it is not there), rule, element
    "a form that is not there": ("answers.form.json", None, "unknown-form", "draft"),
    "a decision that is not there": ("grade.dmn", None, "unknown-decision", "judge"),
    "a process that is not there": ("coaching.bpmn", None, "unknown-process", "coach"),
    "a circle of calls": (
        "coaching.bpmn",
        COACHING.replace(b'<bpmn:endEvent', b'<bpmn:callActivity id="back" name="back" calledElement="work"/><bpmn:endEvent')
        .replace(b'targetRef="coached"', b'targetRef="back"')
        .replace(b"</bpmn:process>", flow("back", "coached").encode() + b"</bpmn:process>"),
        "call-cycle",
        "coach",
    ),
    "an id of two files": ("coaching.bpmn", COACHING.replace(b"coaching_begun", b"begun"), "duplicate-id", "begun"),
    "rules that overlap": (
        "grade.dmn",
        decision("grade", ["score"], "grade", [["< 50", '"LOW"'], ["> 40", '"HIGH"']]),
        "dmn-overlap",
        "grade_rule_1",
    ),
    "a form that is no JSON": ("answers.form.json", b"{", "form-json", None),
    "a file of another kind": ("notes.txt", b"", "file", None),
}  # fmt: skip


def broken(name: str) -> str:
    """The good model with one thing replaced; a tag is replaced where it is closed as well."""
    old, new, _, _ = VARIANTS[name]
    everywhere = old.replace(":", "").isalpha()
    return GOOD.replace(old, new, -1 if everywhere else 1)


def refusals(text: str, **others: bytes | None) -> list[Problem]:
    """The errors of the model beside the good other files, or others by name."""
    files = {**BESIDE, "work.bpmn": text.encode(), "coaching.bpmn": COACHING}
    for name, content in others.items():
        files.pop(name, None)
        if content is not None:
            files[name] = content
    return [problem for problem in check(files, REGISTRY) if problem.severity is Severity.ERROR]


def lines_of(text: str, element: str) -> range:
    """The lines of a file on which an element and what is in it stand."""
    nodes = etree.fromstring(text.encode()).xpath(f"//*[@id='{element}']")
    lines = [inner.sourceline for node in nodes for inner in node.iter()]
    return range(min(lines), max(lines) + 1)


def test_the_good_model_passes() -> None:
    assert refusals(GOOD) == []


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_refused_for_its_reason(name: str) -> None:
    *_, rule, element = VARIANTS[name]
    found = refusals(broken(name))
    said = [problem for problem in found if (problem.rule, problem.element) == (rule, element)]

    assert broken(name) != GOOD
    assert said, found
    assert all(problem.message and problem.mend and problem.file == "work.bpmn" for problem in said)
    if element is not None:
        assert all(problem.line in lines_of(broken(name), element) for problem in said)


@pytest.mark.parametrize("name", BESIDE_IT)
def test_a_good_model_beside_a_broken_file_is_refused_for_its_reason(name: str) -> None:
    file, content, rule, element = BESIDE_IT[name]
    said = [
        problem for problem in refusals(GOOD, **{file: content}) if (problem.rule, problem.element) == (rule, element)
    ]

    assert said
    assert all(problem.message and problem.mend for problem in said)
