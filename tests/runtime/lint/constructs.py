"""Each thing that BPMN 2.0 lets people draw in an executable process, in the smallest model that holds it.

What becomes of it is not written down here: the linter is asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from engine.errors import Severity
from engine.feel import FeelFunction
from engine.runtime.documents import Registry, check
from tests.runtime.diagrams import (
    after,
    again_while,
    at,
    boundary,
    call,
    cancel,
    catch,
    compensate,
    conditional,
    decision,
    decision_task,
    diagram,
    end,
    error,
    error_named,
    escalation,
    escalation_named,
    event_gateway,
    every,
    exclusive,
    flow,
    for_each,
    form,
    inclusive,
    link,
    message,
    message_named,
    parallel,
    path,
    plain_task,
    process,
    receive_task,
    script_task,
    send_task,
    service_task,
    signal,
    signal_named,
    start,
    sub_process,
    terminate,
    throw,
    times,
    transaction,
    undone_by,
    user_task,
)

STYLE = frozenset({"no-documentation", "not-drawn", "no-name", "id-style", "unknown-name"})
REGISTRY = Registry(
    frozenset({"office/record"}),
    {"employee": "Pegawai"},
    {"next day": FeelFunction("next day", ("day",), lambda day: day)},
)
BESIDE = {
    "answers.form.json": form("answers"),
    "grade.dmn": decision("grade", ["score"], "grade", [["< 50", '"LOW"'], [">= 50", '"HIGH"']]),
    "other.bpmn": diagram(process("other", start("other_begun"), end("other_done"), flow("other_begun", "other_done"))),
}
NAMED = (
    message_named("told"),
    signal_named("rung"),
    error_named("broken", "BROKEN"),
    escalation_named("raised", "RAISED"),
)
P1D = after("P1D")
DEFINITIONS: Mapping[str, str] = {
    "none": "",
    "message": message("told"),
    "timer, date": at("2027-01-31"),
    "timer, duration": P1D,
    "timer, cycle": every("R3/P1D"),
    "signal": signal("rung"),
    "error": error("broken"),
    "escalation": escalation("raised"),
    "conditional": conditional("x > 1"),
    "compensation": compensate(),
    "cancel": cancel(),
    "link": link("there"),
    "terminate": terminate(),
}


@dataclass(frozen=True)
class Construct:
    """A thing that may be drawn, under a heading, and a model with it."""

    group: str
    name: str
    model: bytes

    def outcome(self) -> tuple[str, str]:
        """ "runs", "warned" or "refused", and by which rules, with the first one's words."""
        found = [
            problem for problem in check({**BESIDE, "work.bpmn": self.model}, REGISTRY) if problem.rule not in STYLE
        ]
        for severity, word in ((Severity.ERROR, "refused"), (Severity.WARNING, "warned")):
            said = [problem for problem in found if problem.severity is severity]
            if said:
                rules = ", ".join(f"`{rule}`" for rule in dict.fromkeys(problem.rule for problem in said))
                return word, f"{rules}: {said[0].message}"
        return "runs", ""


def constructs() -> Iterator[Construct]:
    """All of them, in the order of the page."""
    for group, models in (
        ("Activities", _activities()),
        ("Markers and settings of activities", _marked()),
        ("Gateways", _gateways()),
        ("Start events of a process", _starts()),
        ("Start events of an event sub-process", _inner_starts()),
        ("Intermediate catching events", _catches()),
        ("Intermediate throwing events", _throws()),
        ("Boundary events, interrupting", _boundaries(True)),
        ("Boundary events, not interrupting", _boundaries(False)),
        ("End events", _ends()),
        ("Flows", _flows()),
        ("Data", _data()),
        ("Pools, lanes, artifacts and the rest", _beside()),
    ):
        yield from (Construct(group, name, diagram(*NAMED, *parts)) for name, parts in models)


Models = Iterator[tuple[str, list[str]]]


def line(*steps: str, more: tuple[str, ...] = ()) -> list[str]:
    """A process from start to end through the steps, with other parts beside."""
    ids = ["begun", *(step.split('id="', 1)[1].split('"', 1)[0] for step in steps), "finished"]
    flows = [flow(source, target) for source, target in pairwise(ids)]
    return [process("work", start(), *steps, *more, end(), *flows)]


def inner(*parts: str) -> tuple[str, ...]:
    return (start("in_begun"), *parts, end("in_done"), flow("in_begun", "in_done"))


def _activities() -> Models:
    yield "userTask", line(user_task("it"))
    yield "task", line(plain_task("it"))
    yield "manualTask", line(plain_task("it", "manualTask"))
    yield "serviceTask", line(service_task("it", "office/record"))
    yield "scriptTask", line(script_task("it", "{ a: 1 }"))
    yield "businessRuleTask", line(decision_task("it", "grade"))
    yield "sendTask", line(send_task("it", "told"))
    yield "receiveTask", line(receive_task("it", "told"))
    yield "callActivity", line(call("it", "other"))
    yield "callActivity of itself", line(call("it", "work"))
    yield "subProcess", line(sub_process("it", *inner()))
    yield "subProcess, triggeredByEvent", line(more=(sub_process("it", *_handler(message("told")), triggered=True),))
    yield "transaction", line(transaction("it", *inner()))
    yield "adHocSubProcess", line('<bpmn:adHocSubProcess id="it" name="it"/>')


def _handler(definition: str) -> tuple[str, ...]:
    return start("in_begun", definition), end("in_done"), flow("in_begun", "in_done")


def _marked() -> Models:
    task = user_task("it", result="done", loop=for_each("people", "one", "all", "done"))
    yield "multiInstance, parallel, over data", line(task)
    yield "multiInstance, sequential, over data", line(task.replace('isSequential="false"', 'isSequential="true"'))
    yield "multiInstance, loopCardinality", line(user_task("it", loop=times("3")))
    yield (
        "multiInstance, completionCondition",
        line(
            user_task(
                "it", loop=times("3").replace("</bpmn:multi", _text("completionCondition", "x = 1") + "</bpmn:multi")
            )
        ),
    )
    yield (
        "multiInstance without list and number",
        line(user_task("it", loop="<bpmn:multiInstanceLoopCharacteristics/>")),
    )
    yield (
        "multiInstance, behavior",
        line(
            user_task(
                "it",
                loop=times("3").replace(
                    "<bpmn:multiInstanceLoopCharacteristics", '<bpmn:multiInstanceLoopCharacteristics behavior="One"'
                ),
            )
        ),
    )
    yield (
        "multiInstance, complexBehaviorDefinition",
        line(
            user_task(
                "it",
                loop=times("3").replace(
                    "</bpmn:multiInstanceLoopCharacteristics>",
                    "<bpmn:complexBehaviorDefinition><bpmn:condition>true</bpmn:condition></bpmn:complexBehaviorDefinition>"
                    "</bpmn:multiInstanceLoopCharacteristics>",
                ),
            )
        ),
    )
    yield "standardLoop", line(user_task("it", loop=again_while("x")))
    yield "standardLoop, testBefore", line(user_task("it", loop=again_while("x", before=True)))
    yield "standardLoop, loopMaximum", line(user_task("it", loop=again_while("x", maximum=3)))
    yield (
        "loop on sendTask or receiveTask",
        line(send_task("it", "told").replace("</bpmn:sendTask>", times("3") + "</bpmn:sendTask>")),
    )
    yield (
        "isForCompensation with its event",
        [
            process(
                "work",
                start(),
                user_task("it"),
                undone_by("it", user_task("undo")),
                throw("back", compensate()),
                end(),
                *path("begun", "it", "back", "finished"),
            )
        ],
    )
    yield (
        "isForCompensation alone",
        line(user_task("a"), more=(_attribute(user_task("it"), 'isForCompensation="true"'),)),
    )
    yield "startQuantity, completionQuantity", line(_attribute(user_task("it"), 'completionQuantity="2"'))
    yield "implementation, operationRef", line(_attribute(send_task("it", "told"), 'operationRef="act"'))
    yield (
        "rendering, supports and other parts for other engines",
        line(_inside(user_task("it"), '<bpmn:rendering id="seen"/>')),
    )
    yield "receiveTask, instantiate", line(_attribute(receive_task("it", "told"), 'instantiate="true"'))
    yield "transaction, method", line(_attribute(transaction("it", *inner()), 'method="##Store"'))
    yield (
        "ioSpecification",
        line(
            _inside(user_task("it"), "<bpmn:ioSpecification><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>")
        ),
    )
    yield "resourceRole, performer of the standard", line(_inside(user_task("it"), '<bpmn:potentialOwner id="owner"/>'))


def _text(tag: str, text: str) -> str:
    return f"<bpmn:{tag}>{text}</bpmn:{tag}>"


def _attribute(element: str, attribute: str) -> str:
    """The element with one more attribute."""
    head, _, rest = element.partition(" ")
    return f"{head} {attribute} {rest}"


def _inside(element: str, child: str) -> str:
    """The element with one more child after its settings."""
    return element.replace("</bpmn:extensionElements>", f"</bpmn:extensionElements>{child}", 1)


def _gateways() -> Models:
    for name, kind in (("exclusiveGateway", exclusive), ("inclusiveGateway", inclusive)):
        yield (
            name,
            [
                process(
                    "work",
                    start(),
                    user_task("ask"),
                    kind("it", "it_to_finished"),
                    user_task("b"),
                    end(),
                    *path("begun", "ask", "it", "finished"),
                    flow("it", "b", "x = 1"),
                    flow("b", "finished"),
                )
            ],
        )
        yield (
            f"{name} without default",
            [
                process(
                    "work",
                    start(),
                    user_task("ask"),
                    kind("it"),
                    user_task("b"),
                    end(),
                    *path("begun", "ask", "it"),
                    flow("it", "finished", "x = 2"),
                    flow("it", "b", "x = 1"),
                    flow("b", "finished"),
                )
            ],
        )
    yield (
        "parallelGateway",
        [
            process(
                "work",
                start(),
                parallel("it"),
                user_task("a"),
                user_task("b"),
                parallel("join"),
                end(),
                *path("begun", "it", "a", "join", "finished"),
                *path("it", "b", "join"),
            )
        ],
    )
    yield "eventBasedGateway", [_first()]
    yield (
        "eventBasedGateway, instantiate",
        [_first().replace("<bpmn:eventBasedGateway", '<bpmn:eventBasedGateway instantiate="true"')],
    )
    yield (
        "eventBasedGateway, eventGatewayType Parallel",
        [_first().replace("<bpmn:eventBasedGateway", '<bpmn:eventBasedGateway eventGatewayType="Parallel"')],
    )
    yield (
        "complexGateway",
        [process("work", start(), '<bpmn:complexGateway id="it" name="it"/>', end(), *path("begun", "it", "finished"))],
    )
    yield (
        "gatewayDirection that is not drawn so",
        [
            process(
                "work",
                start(),
                parallel("it").replace("/>", ' gatewayDirection="Converging"/>'),
                user_task("a"),
                user_task("b"),
                parallel("join"),
                end(),
                *path("begun", "it", "a", "join", "finished"),
                *path("it", "b", "join"),
            )
        ],
    )


def _first() -> str:
    return process(
        "work", start(), event_gateway("it"), catch("hear", message("told")), catch("late", P1D), end(),
        *path("begun", "it", "hear", "finished"), *path("it", "late", "finished"),
    )  # fmt: skip


def _starts() -> Models:
    for name, definition in DEFINITIONS.items():
        yield (
            name,
            [process("work", start("begun", definition), user_task("ask"), end(), *path("begun", "ask", "finished"))],
        )
    yield (
        "several start events",
        [process("work", start(), start("again"), end(), *path("begun", "finished"), *path("again", "finished"))],
    )
    yield (
        "parallelMultiple",
        [
            process(
                "work",
                _attribute(start("begun", message("told") + signal("rung")), 'parallelMultiple="true"'),
                end(),
                *path("begun", "finished"),
            )
        ],
    )


def _inner_starts() -> Models:
    for name, definition in DEFINITIONS.items():
        for word, interrupting in (("", True), (", not interrupting", False)):
            begin = start("in_begun", definition, interrupting=interrupting)
            inside = sub_process("it", begin, end("in_done"), flow("in_begun", "in_done"), triggered=True)
            around = sub_process(
                "around",
                start("a_begun"),
                user_task("ask"),
                _thrower(name),
                end("a_done"),
                *path("a_begun", "ask", *(("out",) if _thrower(name) else ()), "a_done"),
                inside,
            )
            yield name + word, line(around)


def _thrower(name: str) -> str:
    return (
        throw("out", escalation("raised"))
        if name == "escalation"
        else service_task("out", "office/record")
        if name == "error"
        else ""
    )


def _catches() -> Models:
    for name, definition in DEFINITIONS.items():
        if name == "link":
            yield (
                name,
                [
                    process(
                        "work",
                        start(),
                        throw("out", link("there")),
                        catch("it", definition),
                        end(),
                        *path("begun", "out"),
                        *path("it", "finished"),
                    )
                ],
            )
        else:
            yield name, line(catch("it", definition))


def _throws() -> Models:
    for name, definition in DEFINITIONS.items():
        if name == "link":
            yield (
                name,
                [
                    process(
                        "work",
                        start(),
                        throw("it", link("there")),
                        catch("in", definition),
                        end(),
                        *path("begun", "it"),
                        *path("in", "finished"),
                    )
                ],
            )
        elif name == "compensation":
            yield (
                name,
                [
                    process(
                        "work",
                        start(),
                        user_task("a"),
                        undone_by("a", user_task("undo")),
                        throw("it", definition),
                        end(),
                        *path("begun", "a", "it", "finished"),
                    )
                ],
            )
        else:
            yield name, line(throw("it", definition))


def _boundaries(interrupting: bool) -> Models:
    for name, definition in DEFINITIONS.items():
        host = user_task("host")
        if name == "error":
            host = service_task("host", "office/record")
        elif name == "escalation":
            host = sub_process(
                "host",
                start("a_begun"),
                throw("out", escalation("raised")),
                end("a_done"),
                *path("a_begun", "out", "a_done"),
            )
        elif name == "cancel":
            host = transaction("host", start("a_begun"), end("a_done", cancel()), *path("a_begun", "a_done"))
        if name == "compensation":
            if interrupting:
                yield (
                    name,
                    [
                        process(
                            "work",
                            start(),
                            user_task("a"),
                            undone_by("a", user_task("undo")),
                            throw("b", definition),
                            end(),
                            *path("begun", "a", "b", "finished"),
                        )
                    ],
                )
            continue
        yield (
            name,
            [
                process(
                    "work",
                    start(),
                    host,
                    boundary("it", "host", definition, interrupting=interrupting),
                    end(),
                    end("aside"),
                    *path("begun", "host", "finished"),
                    flow("it", "aside"),
                )
            ],
        )


def _ends() -> Models:
    beside = end("it").replace("/>", "><bpmn:eventDefinitionRef>elsewhere</bpmn:eventDefinitionRef></bpmn:endEvent>")
    flows = [*path("begun", "fork", "finished"), *path("fork", "it")]
    yield "eventDefinitionRef", [process("work", start(), parallel("fork"), beside, end(), *flows)]
    for name, definition in DEFINITIONS.items():
        if name == "cancel":
            inside = transaction("around", start("a_begun"), end("it", definition), flow("a_begun", "it"))
            yield (
                name,
                [
                    process(
                        "work",
                        start(),
                        inside,
                        boundary("given_up", "around", cancel()),
                        end(),
                        *path("begun", "around", "finished"),
                        *path("given_up", "finished"),
                    )
                ],
            )
        elif name == "compensation":
            yield (
                name,
                [
                    process(
                        "work",
                        start(),
                        user_task("a"),
                        undone_by("a", user_task("undo")),
                        end("it", definition),
                        *path("begun", "a", "it"),
                    )
                ],
            )
        else:
            yield name, [process("work", start(), user_task("ask"), end("it", definition), *path("begun", "ask", "it"))]


def _flows() -> Models:
    def model(*flows: str) -> list[str]:
        return [
            process(
                "work",
                start(),
                user_task("a"),
                user_task("b"),
                end(),
                *path("begun", "a"),
                *flows,
                *path("b", "finished"),
            )
        ]

    yield "sequenceFlow", model(flow("a", "b"))
    yield "several flows out of an activity", model(flow("a", "b"), flow("a", "finished"))
    yield (
        "conditional flow out of an activity, with default",
        [
            model(flow("a", "b", "x = 1"), flow("a", "finished"))[0].replace(
                '<bpmn:userTask id="a"', '<bpmn:userTask default="a_to_finished" id="a"'
            )
        ],
    )
    yield (
        "conditional flow out of a parallelGateway",
        [
            process(
                "work",
                start(),
                parallel("it"),
                user_task("a"),
                user_task("b"),
                parallel("join"),
                end(),
                flow("begun", "it"),
                flow("it", "a", "x = 1"),
                *path("a", "join", "finished"),
                *path("it", "b", "join"),
            )
        ],
    )
    yield (
        "condition in another language",
        [
            model(flow("a", "b", "x = 1"), flow("a", "finished"))[0].replace(
                "<bpmn:conditionExpression",
                '<bpmn:conditionExpression xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression" language="python"',
            )
        ],
    )
    yield (
        "isImmediate",
        [
            model(flow("a", "b"))[0].replace(
                '<bpmn:sequenceFlow id="a_to_b"', '<bpmn:sequenceFlow isImmediate="true" id="a_to_b"'
            )
        ],
    )
    yield (
        "flow across the border of a sub-process",
        line(user_task("a"), sub_process("it", *inner(), flow("in_begun", "finished", id="out"))),
    )


def _data() -> Models:
    yield (
        "dataObject, dataObjectReference, not connected",
        line(user_task("a"), more=(_THING, '<bpmn:dataObject id="thing"/>')),
    )
    yield (
        "dataObjectReference with associations",
        line(_inside(user_task("a"), _ASSOCIATION), more=(_THING, '<bpmn:dataObject id="thing"/>')),
    )
    yield "dataStoreReference", line(user_task("a"), more=('<bpmn:dataStoreReference id="shown" name="Arsip"/>',))
    yield (
        "dataInput, dataOutput of a process",
        [
            line(user_task("a"))[0].replace(
                '<bpmn:startEvent id="begun"',
                '<bpmn:ioSpecification><bpmn:dataInput id="given"/><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification><bpmn:startEvent id="begun"',
            )
        ],
    )
    yield (
        "property of a process",
        [
            line(user_task("a"))[0].replace(
                '<bpmn:startEvent id="begun"', '<bpmn:property id="kept"/><bpmn:startEvent id="begun"'
            )
        ],
    )
    yield "itemDefinition", ['<bpmn:itemDefinition id="item"/>', *line(user_task("a"))]


_THING = '<bpmn:dataObjectReference id="shown" name="Berkas" dataObjectRef="thing"/>'
_ASSOCIATION = (
    '<bpmn:dataOutputAssociation id="writes"><bpmn:targetRef>shown</bpmn:targetRef></bpmn:dataOutputAssociation>'
)


def _beside() -> Models:
    def lanes(*inside: tuple[str, ...]) -> list[str]:
        drawn = "".join(
            f'<bpmn:lane id="lane_{n}" name="lane_{n}">{"".join(_text("flowNodeRef", id) for id in ids)}</bpmn:lane>'
            for n, ids in enumerate(inside)
        )
        return [
            line(user_task("a"))[0].replace(
                '<bpmn:startEvent id="begun"',
                f'<bpmn:laneSet id="lanes">{drawn}</bpmn:laneSet><bpmn:startEvent id="begun"',
            )
        ]

    def pools(more: str) -> list[str]:
        return [
            f'<bpmn:collaboration id="all"><bpmn:participant id="ours" processRef="work"/><bpmn:participant id="partner"/>{more}</bpmn:collaboration>',
            *line(send_task("a", "told")),
        ]

    def last(artifacts: str) -> list[str]:
        return [line(user_task("a"))[0].replace("</bpmn:process>", f"{artifacts}</bpmn:process>")]

    note = '<bpmn:association id="tie" sourceRef="a" targetRef="note"/><bpmn:textAnnotation id="note"/>'
    yield "textAnnotation, association", last(note)
    yield "group", last('<bpmn:group id="some"/>')
    yield "laneSet, lane", lanes(("begun", "a", "finished"))
    yield "element in two sibling lanes", lanes(("begun", "a"), ("a", "finished"))
    yield (
        "participant, messageFlow to a partner",
        pools('<bpmn:messageFlow id="wire" sourceRef="a" targetRef="partner"/>'),
    )
    yield "messageFlow within a pool", pools('<bpmn:messageFlow id="wire" sourceRef="a" targetRef="begun"/>')
    yield (
        "participantMultiplicity",
        [
            part.replace(
                '<bpmn:participant id="partner"/>',
                '<bpmn:participant id="partner"><bpmn:participantMultiplicity/></bpmn:participant>',
            )
            for part in pools("")
        ],
    )
    yield "process, isExecutable false", [process("work", start(), end(), *path("begun", "finished"), executable=False)]
    yield (
        "correlationProperty",
        [
            '<bpmn:correlationProperty id="key"><bpmn:correlationPropertyRetrievalExpression messageRef="told"><bpmn:messagePath/></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>',
            *line(user_task("a")),
        ],
    )
    yield (
        "interface, operation",
        [
            '<bpmn:interface id="face" name="face"><bpmn:operation id="act" name="act"><bpmn:inMessageRef>told</bpmn:inMessageRef></bpmn:operation></bpmn:interface>',
            *line(user_task("a")),
        ],
    )
    yield "globalUserTask", ['<bpmn:globalUserTask id="shared" name="shared"/>', *line(user_task("a"))]
    yield "choreography", ['<bpmn:choreography id="dance"/>', *line(user_task("a"))]
    yield "resource", ['<bpmn:resource id="who" name="who"/>', *line(user_task("a"))]
    yield (
        "properties of other products",
        line(
            user_task("a").replace(
                "<bpmn:userTask",
                '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="x"',
            )
        ),
    )
