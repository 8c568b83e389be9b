"""Writes small BPMN, DMN and form documents for tests, in few words.

one_step = diagram(process("greeting", start(), user_task("say_hello"), end(), *path("begun", "say_hello",
"finished")))

Every function gives XML text; `diagram` joins it into the bytes of a file. Ids are the BPMN ids, names default to
the ids.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"


def diagram(*parts: str) -> bytes:
    """A .bpmn file of processes, messages, signals, errors and escalations."""
    spaces = f'xmlns:bpmn="{BPMN}" xmlns:spiffworkflow="{SPIFF}"'
    body = "\n".join(parts)
    return f'<bpmn:definitions {spaces} id="definitions" targetNamespace="test">\n{body}\n</bpmn:definitions>'.encode()


def process(id: str, *parts: str, name: str | None = None, executable: bool = True) -> str:
    return _element(
        "process", {"id": id, "name": name or id, "isExecutable": _boolean(executable)}, *_artifacts_last(parts)
    )


# Flows


def flow(source: str, target: str, when: str | None = None, id: str | None = None) -> str:
    """A sequence flow called `source_to_target`, taken when a FEEL condition holds."""
    condition = _element("conditionExpression", {}, escape(when)) if when is not None else ""
    attributes = {"id": id or f"{source}_to_{target}", "sourceRef": source, "targetRef": target}
    return _element("sequenceFlow", attributes, condition)


def path(*ids: str) -> list[str]:
    """The flows that lead from each element to the next."""
    return [flow(source, target) for source, target in pairwise(ids)]


# Events


def start(id: str = "begun", definition: str = "", *, interrupting: bool | None = None) -> str:
    """A start event; `interrupting` is for the start of an event sub-process."""
    attributes = {"id": id, "name": id, "isInterrupting": None if interrupting is None else _boolean(interrupting)}
    return _element("startEvent", attributes, definition)


def end(id: str = "finished", definition: str = "") -> str:
    return _element("endEvent", {"id": id, "name": id}, definition)


def catch(id: str, definition: str) -> str:
    return _element("intermediateCatchEvent", {"id": id, "name": id}, definition)


def throw(id: str, definition: str = "") -> str:
    return _element("intermediateThrowEvent", {"id": id, "name": id}, definition)


def boundary(id: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    """An event at the edge of the activity `host`."""
    attributes = {"id": id, "name": id, "attachedToRef": host, "cancelActivity": _boolean(interrupting)}
    return _element("boundaryEvent", attributes, definition)


def after(duration: str) -> str:
    """A timer that waits for a span, `P3D`."""
    return _element("timerEventDefinition", {}, _element("timeDuration", {}, escape(duration)))


def at(moment: str) -> str:
    """A timer that waits for a moment, `2027-01-31T23:59:00+07:00`."""
    return _element("timerEventDefinition", {}, _element("timeDate", {}, escape(moment)))


def every(cycle: str) -> str:
    """A timer that comes back, `R3/P7D`."""
    return _element("timerEventDefinition", {}, _element("timeCycle", {}, escape(cycle)))


def message(ref: str, variable: str | None = None) -> str:
    """A message; `variable` is where its payload goes."""
    kept = f"<spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>" if variable else ""
    return _element("messageEventDefinition", {"messageRef": ref}, _extensions(kept))


def signal(ref: str) -> str:
    return _element("signalEventDefinition", {"signalRef": ref})


def error(ref: str | None = None) -> str:
    """An error; one that catches any names none."""
    return _element("errorEventDefinition", {"errorRef": ref})


def escalation(ref: str | None = None) -> str:
    """An escalation; one that catches any names none."""
    return _element("escalationEventDefinition", {"escalationRef": ref})


def terminate() -> str:
    return _element("terminateEventDefinition", {})


def conditional(condition: str) -> str:
    return _element("conditionalEventDefinition", {}, _element("condition", {}, escape(condition)))


def link(name: str) -> str:
    return _element("linkEventDefinition", {"name": name})


def compensate(activity: str | None = None) -> str:
    """Undoes one activity, or everything in the scope; at an edge: what it is undone by is `undone_by`."""
    return _element("compensateEventDefinition", {"activityRef": activity})


def cancel() -> str:
    return _element("cancelEventDefinition", {})


# What events name: children of `diagram`, beside the processes


def message_named(id: str, name: str | None = None) -> str:
    return _element("message", {"id": id, "name": id if name is None else name or None})


def signal_named(id: str, name: str | None = None) -> str:
    return _element("signal", {"id": id, "name": id if name is None else name or None})


def error_named(id: str, code: str | None = None) -> str:
    return _element("error", {"id": id, "name": id, "errorCode": code or id})


def escalation_named(id: str, code: str | None = None) -> str:
    return _element("escalation", {"id": id, "name": id, "escalationCode": code or id})


# Activities


def user_task(
    id: str,
    form: str | None = "answers",
    performer: str | None = "employee",
    *,
    loop: str = "",
    data: str = "",
    default: str | None = None,
    **properties: str,
) -> str:
    """A user task; `data` are its data associations, `properties` are our settings: due="P5D", remind="P3D", result="skp" (name__en for `name:en`)."""
    settings = {"form": form, "performer": performer, **{key.replace("__", ":"): v for key, v in properties.items()}}
    return _element(
        "userTask", {"id": id, "name": id, "default": default}, _extensions(_properties(settings)), data, loop
    )


def script_task(id: str, script: str, *, format: str | None = None, data: str = "") -> str:
    """A script task whose script is one FEEL context, `{ total: 1 + 2 }`; `data` are its data associations."""
    return _element(
        "scriptTask", {"id": id, "name": id, "scriptFormat": format}, data, _element("script", {}, escape(script))
    )


def service_task(id: str, operation: str, result: str | None = None, **parameters: str) -> str:
    """A service task that calls a registered function; the parameters are FEEL."""
    given = "".join(
        f'<spiffworkflow:parameter id={quoteattr(name)} type="any" value={quoteattr(value)}/>'
        for name, value in parameters.items()
    )
    variable = f" resultVariable={quoteattr(result)}" if result else ""
    operator = (
        f"<spiffworkflow:serviceTaskOperator id={quoteattr(operation)}{variable}>"
        f"<spiffworkflow:parameters>{given}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )
    return _element("serviceTask", {"id": id, "name": id}, _extensions(operator))


def decision_task(id: str, decision: str, result: str | None = "decided", inputs: str | None = None) -> str:
    """A business rule task that evaluates a decision; `inputs` is a FEEL context."""
    called = f"<spiffworkflow:calledDecisionId>{escape(decision)}</spiffworkflow:calledDecisionId>"
    settings = _properties({"result": result, "inputs": inputs})
    return _element("businessRuleTask", {"id": id, "name": id}, _extensions(called, settings))


def call(id: str, called: str | None, *, phase: str | None = None, loop: str = "") -> str:
    """A call activity."""
    attributes = {"id": id, "name": id, "calledElement": called}
    return _element("callActivity", attributes, _extensions(_properties({"phase": phase})), loop)


def sub_process(id: str, *parts: str, triggered: bool = False, loop: str = "") -> str:
    """An embedded sub-process, or with `triggered` an event sub-process."""
    attributes = {"id": id, "name": id, "triggeredByEvent": "true" if triggered else None}
    return _element("subProcess", attributes, loop, *_artifacts_last(parts))


def transaction(id: str, *parts: str, loop: str = "") -> str:
    return _element("transaction", {"id": id, "name": id}, loop, *_artifacts_last(parts))


def undone_by(activity: str, handler: str) -> str:
    """Makes an element, given as XML, the compensation handler of an activity; the event between is `undo_<activity>`."""
    handler_id = handler.split('id="', 1)[1].split('"', 1)[0]
    event = boundary(f"undo_{activity}", activity, compensate())
    ends = {"id": f"undo_{activity}_by", "sourceRef": f"undo_{activity}", "targetRef": handler_id}
    association = _element("association", {**ends, "associationDirection": "One"})
    return event + handler.replace(" id=", ' isForCompensation="true" id=', 1) + association


def send_task(id: str, message: str, payload: str | None = None, *, loop: str = "") -> str:
    carried = f"<spiffworkflow:messagePayload>{escape(payload)}</spiffworkflow:messagePayload>" if payload else ""
    return _element("sendTask", {"id": id, "name": id, "messageRef": message}, _extensions(carried), loop)


def receive_task(
    id: str, message: str, variable: str | None = None, correlation: str | None = None, *, loop: str = ""
) -> str:
    kept = f"<spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>" if variable else ""
    return _element(
        "receiveTask",
        {"id": id, "name": id, "messageRef": message},
        _extensions(kept, _properties({"correlation": correlation})),
        loop,
    )


def plain_task(id: str, kind: str = "task") -> str:
    """A task of any other kind, without settings."""
    return _element(kind, {"id": id, "name": id})


# Loops


def for_each(
    items: str,
    item: str,
    output: str | None = None,
    result: str | None = None,
    *,
    sequential: bool = False,
    until: str | None = None,
) -> str:
    """Multi-instance over a list of case data: each instance sees `item`; its `result` is collected in `output`."""
    return _element(
        "multiInstanceLoopCharacteristics",
        {"isSequential": _boolean(sequential)},
        _element("loopDataInputRef", {}, escape(items)),
        _element("loopDataOutputRef", {}, escape(output)) if output else "",
        _element("inputDataItem", {"id": item, "name": item}),
        _element("outputDataItem", {"id": result, "name": result}) if result else "",
        _element("completionCondition", {}, escape(until)) if until else "",
    )


def times(
    count: str,
    output: str | None = None,
    result: str | None = None,
    *,
    sequential: bool = False,
    until: str | None = None,
) -> str:
    """Multi-instance by number."""
    return _element(
        "multiInstanceLoopCharacteristics",
        {"isSequential": _boolean(sequential)},
        _element("loopCardinality", {}, escape(count)),
        _element("loopDataOutputRef", {}, escape(output)) if output else "",
        _element("outputDataItem", {"id": result, "name": result}) if result else "",
        _element("completionCondition", {}, escape(until)) if until else "",
    )


def again_while(condition: str | None, *, maximum: int | None = None, before: bool = False) -> str:
    """A standard loop."""
    inner = _element("loopCondition", {}, escape(condition)) if condition is not None else ""
    attributes = {"loopMaximum": None if maximum is None else str(maximum), "testBefore": _boolean(before)}
    return _element("standardLoopCharacteristics", attributes, inner)


# Data: associations stand in an activity before its loop, in an event before what triggers it


def data_object(id: str, name: str | None = None) -> str:
    """A data object `id` and its reference in the picture, `<id>_drawn`, which has the name."""
    reference = {"id": f"{id}_drawn", "name": name, "dataObjectRef": id}
    return _element("dataObject", {"id": id}) + _element("dataObjectReference", reference)


def reads(object: str, into: str | None = None, text: str | None = None, id: str = "input") -> str:
    """An activity's input from a data object, under the name `into`, changed by a FEEL text."""
    end = _element("property", {"id": id, "name": into or "__targetRef_placeholder"})
    parts = (
        _element("sourceRef", {}, f"{object}_drawn"),
        _element("targetRef", {}, id),
        _element("transformation", {}, escape(text)) if text else "",
    )
    return end + _element("dataInputAssociation", {}, *parts)


def writes(object: str, text: str | None = None) -> str:
    """An element's output to a data object: its result, or the value of a FEEL text."""
    parts = (
        _element("targetRef", {}, f"{object}_drawn"),
        _element("transformation", {}, escape(text)) if text else "",
    )
    return _element("dataOutputAssociation", {}, *parts)


# Gateways


def exclusive(id: str, default: str | None = None) -> str:
    return _element("exclusiveGateway", {"id": id, "name": id, "default": default})


def inclusive(id: str, default: str | None = None) -> str:
    return _element("inclusiveGateway", {"id": id, "name": id, "default": default})


def parallel(id: str) -> str:
    return _element("parallelGateway", {"id": id, "name": id})


def event_gateway(id: str) -> str:
    return _element("eventBasedGateway", {"id": id, "name": id})


# Other documents


def form(id: str = "answers", *fields: Mapping[str, Any], title: str = "Jawaban") -> bytes:
    """A .form.json file; without fields it asks one text, `text`."""
    components: Sequence[Mapping[str, Any]] = fields or (
        {"type": "textfield", "id": "f_text", "key": "text", "label": "Teks"},
    )
    return json.dumps(
        {"type": "default", "id": id, "title": title, "schemaVersion": 19, "components": list(components)}
    ).encode()


def decision(
    id: str, inputs: Sequence[str], output: str, rules: Sequence[Sequence[str]], *, hit_policy: str = "UNIQUE"
) -> bytes:
    """A .dmn file with one table; the last cell of each rule is the output."""
    columns = "".join(
        f'<input id="{id}_in_{n}"><inputExpression id="{id}_in_{n}_e"><text>{escape(name)}</text>'
        "</inputExpression></input>"
        for n, name in enumerate(inputs)
    )
    rows = "".join(
        f'<rule id="{id}_rule_{n}">'
        + "".join(
            f'<inputEntry id="{id}_{n}_{m}"><text>{escape(cell)}</text></inputEntry>' for m, cell in enumerate(row[:-1])
        )
        + f'<outputEntry id="{id}_{n}_out"><text>{escape(row[-1])}</text></outputEntry></rule>'
        for n, row in enumerate(rules)
    )
    return (
        f'<definitions xmlns="{DMN}" id="{id}_definitions" name="{id}" namespace="test">'
        f'<decision id="{id}" name="{id}"><decisionTable id="{id}_table" hitPolicy="{hit_policy}">{columns}'
        f'<output id="{id}_out" name="{output}"/>{rows}</decisionTable></decision></definitions>'
    ).encode()


# Settings of events and others, as their first part


def properties(**settings: str) -> str:
    """The extension elements that hold our settings."""
    return _extensions(_properties(settings))


# Helpers


def _element(tag: str, attributes: Mapping[str, str | None], *content: str) -> str:
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value is not None)
    inner = "".join(content)
    return f"<bpmn:{tag}{given}>{inner}</bpmn:{tag}>" if inner else f"<bpmn:{tag}{given}/>"


def _artifacts_last(parts: Sequence[str]) -> list[str]:
    """The schema wants associations after everything else."""
    mark = "<bpmn:association"
    split = [part.rpartition(mark) if part.rpartition(mark)[2].count("<") == 0 else ("", "", part) for part in parts]
    first = [before if found else rest for before, found, rest in split]
    return first + [found + rest for _, found, rest in split if found]


def _extensions(*content: str) -> str:
    inner = "".join(content)
    return _element("extensionElements", {}, inner) if inner else ""


def _properties(settings: Mapping[str, str | None]) -> str:
    rows = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in settings.items()
        if value is not None
    )
    return f"<spiffworkflow:properties>{rows}</spiffworkflow:properties>" if rows else ""


def _boolean(value: bool) -> str:
    return "true" if value else "false"
