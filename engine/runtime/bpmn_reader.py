"""Reads a parsed BPMN file into the model of `bpmn`.

Reading never fails: what is odd or missing becomes None or empty here, and a problem in the rules of `lint`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from engine.runtime.bpmn import (
    ACTIVITIES,
    MESSAGE_TASKS,
    ROOTS,
    SCOPES,
    Carried,
    DataObject,
    Diagram,
    Element,
    Flow,
    Identified,
    Loop,
    Named,
    Operation,
    Place,
    Pool,
    Process,
    Text,
    Trigger,
    Wire,
    grouped,
)
from engine.runtime.data_objects import OBJECT, REFERENCE, STORE, names_in
from engine.runtime.xml import BPMN, line_of

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_BESIDE = frozenset(  # children of a process that are no nodes
    {"documentation", "extensionElements", "laneSet", "sequenceFlow", "incoming", "outgoing", "ioSpecification"}
    | {"dataObject", "dataObjectReference", "dataStoreReference", "dataInputAssociation", "dataOutputAssociation"}
    | {"textAnnotation", "association", "group", "artifact", "property", "auditing", "monitoring"}
    | {"resourceRole", "performer", "humanPerformer", "potentialOwner", "correlationSubscription", "supports"}
    | {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "completionCondition"}
    | {"supportedInterfaceRef", "ioBinding", "categoryValueRef"}
)
_CONNECTED = ("dataInputAssociation", "dataOutputAssociation", "multiInstanceLoopCharacteristics")
UNREAD_ATTRIBUTES = frozenset({"operationRef", "oneBehaviorEventRef", "noneBehaviorEventRef"})
UNREAD_PARTS = frozenset({"operationRef", "complexBehaviorDefinition"})
_USUALLY = {"method": "##Compensate", "eventGatewayType": "Exclusive", "behavior": "All"}
_REFERENCES = {"link": "name", "compensate": "activityRef"}  # where an event says what it means, if not in <kind>Ref


@dataclass(frozen=True)
class _Data:
    """Ids of a file's data objects, references and ends of associations -> names; and its data stores."""

    names: Mapping[str, str]
    stores: frozenset[str]


def read(root: etree._Element, file: str) -> Diagram:
    """The model of a parsed BPMN file."""
    processes = tuple(_process(node, file) for node in _children(root, "process") if node.get("id"))
    named = {found.id: found for found in (_named(node, file) for node in _children(root, *ROOTS)) if found.id}
    nodes = [node for node in root.iter() if _is_numbered(node)]
    known = {"process", "collaboration", "extensionElements", "documentation", "itemDefinition", "category"} | ROOTS
    return Diagram(
        file=file,
        processes=processes,
        named=named,
        ids=tuple(_identified(node, file) for node in nodes if node.get("id")),
        nameless=tuple(_identified(node, file) for node in nodes if not node.get("id")),
        roots=frozenset((_tag(node), line_of(node)) for node in root if _in(node, BPMN) and _tag(node) not in known),
        drawn=frozenset(node.get("bpmnElement") or "" for node in root.iter(f"{{{DI}}}*")),
        pools=tuple(_pool(node) for node in root.iter(f"{{{BPMN}}}participant")),
        wires=tuple(_wire(node) for node in root.iter(f"{{{BPMN}}}messageFlow")),
    )


# Parts


def _process(node: etree._Element, file: str) -> Process:
    process = node.get("id") or ""
    scopes = list(_scopes(node))
    data = _data(node)
    flows = tuple(_flow(child, scope.get("id") or "") for scope in scopes for child in _children(scope, "sequenceFlow"))
    ways = (*flows, *(flow for scope in scopes for flow in _links(scope)))
    leaving, arriving = grouped((f.source, f) for f in ways), grouped((f.target, f) for f in ways)
    places = tuple(_places(node))
    lanes = {place.element: place.lane for place in places}
    elements = {
        child.get("id") or "": _element(child, scope, process, lanes, leaving, arriving, data)
        for scope in scopes
        for child in scope
        if _in(child, BPMN) and _tag(child) not in _BESIDE and child.get("id")
    }
    return Process(
        id=process,
        name=node.get("name") or "",
        file=file,
        elements=elements,
        called=frozenset(element.called for element in elements.values() if element.called),
        flows=flows,
        executable=node.get("isExecutable") in ("true", "1"),
        documentation=_documentation(node),
        line=line_of(node),
        features=frozenset(_tag(child) for child in node if _in(child, BPMN)),
        places=places,
        objects=_objects(node, scopes, data),
        shown=tuple(_shown(node, file)),
        handlers=_handlers(node),
    )


def _pool(node: etree._Element) -> Pool:
    return Pool(
        id=node.get("id") or "",
        name=node.get("name") or "",
        process=_local(node.get("processRef")),
        several=bool(_children(node, "participantMultiplicity")),
        line=line_of(node),
    )


def _wire(node: etree._Element) -> Wire:
    source, target = (_local(node.get(end)) or "" for end in ("sourceRef", "targetRef"))
    return Wire(node.get("id") or "", node.get("name") or "", source, target, line_of(node))


def _local(reference: str | None) -> str | None:
    """A qualified name without its prefix."""
    return reference.rpartition(":")[2] if reference else None


def _handlers(process: etree._Element) -> Mapping[str, tuple[str, ...]]:
    undoing = {
        event.get("id")
        for event in process.iter(f"{{{BPMN}}}boundaryEvent")
        if _children(event, "compensateEventDefinition")
    }
    associations = process.getroottree().getroot().iter(f"{{{BPMN}}}association")
    return grouped(
        (drawn.get("sourceRef") or "", drawn.get("targetRef") or "")
        for drawn in associations
        if drawn.get("sourceRef") in undoing
    )


def _element(
    node: etree._Element,
    scope: etree._Element,
    process: str,
    lanes: Mapping[str, str],
    leaving: Mapping[str, tuple[Flow, ...]],
    arriving: Mapping[str, tuple[Flow, ...]],
    data: _Data,
) -> Element:
    identifier = node.get("id") or ""
    scripts = _children(node, "script")
    edge = "cancelActivity" if _tag(node) == "boundaryEvent" else "isInterrupting"
    element = Element(
        id=identifier,
        type=_tag(node),
        name=node.get("name") or "",
        documentation=_documentation(node),
        lane=lanes.get(identifier),
        properties=_properties(node),
        process=process,
        parent=scope.get("id") or "",
        line=line_of(node),
        incoming=arriving.get(identifier, ()),
        outgoing=leaving.get(identifier, ()),
        triggers=_triggers(node),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get(edge, "true") in ("true", "1"),
        default=node.get("default"),
        loop=_loop(node, data),
        triggered=node.get("triggeredByEvent") in ("true", "1"),
        called=node.get("calledElement") or None,
        decision=_extension_text(node, "calledDecisionId"),
        operation=_operation(node),
        script=_text(scripts[0]) if scripts else None,
        script_format=node.get("scriptFormat"),
        extensions=_extension_names(node),
        features=frozenset(_tag(child) for child in node if _in(child, BPMN)) | _odd_attributes(node),
        direction=node.get("gatewayDirection", "Unspecified"),
        inputs=tuple(_carried(node, "dataInputAssociation", data, None)),
        loose=_loose(node),
    )
    return replace(element, outputs=tuple(_carried(node, "dataOutputAssociation", data, _usual(element))))


def _data(process: etree._Element) -> _Data:
    root = process.getroottree().getroot()
    return _Data(names_in(root), frozenset(store.get("id") or "" for store in root.iter(STORE)))


def _usual(element: Element) -> str | None:
    """What an output association carries that names no source: the result of the element, or of all its instances."""
    if element.loop is not None and element.loop.output:
        return element.loop.output
    return element.result or next((trigger.variable for trigger in element.triggers if trigger.variable), None)


def _carried(node: etree._Element, tag: str, data: _Data, usual: str | None) -> Iterator[Carried]:
    for association in _children(node, tag):
        sources = [(ref.text or "").strip() for ref in _children(association, "sourceRef")]
        target = next(((ref.text or "").strip() for ref in _children(association, "targetRef")), "")
        ref = target if tag == "dataOutputAssociation" else next(iter(sources), "")
        source = next((data.names[id] for id in sources if id in data.names), usual)
        texts = _children(association, "transformation")
        pairs = [(data.names.get(target), texts[0] if texts else None)]
        for assigned in _children(association, "assignment"):
            to, text = (next(iter(_children(assigned, name)), None) for name in ("to", "from"))
            pairs = [pair for pair in pairs if pair[1] is not None]
            pairs.append(((to.text or "").strip() if to is not None else None, text))
        for name, text in pairs:
            found = _text(text) if text is not None else None
            yield Carried(name, source, found, ref, ref in data.stores, line_of(association))


def _loose(node: etree._Element) -> tuple[str, ...]:
    declared = [
        end for block in _children(node, "ioSpecification") for end in _children(block, "dataInput", "dataOutput")
    ]
    ends = [end for block in _children(node, *_CONNECTED) for end in block if end.text]
    connected = {(end.text or "").strip() for end in ends}
    return tuple(end.get("name") or end.get("id") or "" for end in declared if end.get("id") not in connected)


def _objects(process: etree._Element, scopes: list[etree._Element], data: _Data) -> Mapping[str, DataObject]:
    """The data objects that something is connected to, by the ids of their references; others only explain."""
    homes = {drawn.get("id"): scope for scope in scopes for drawn in scope if drawn.tag == OBJECT}
    ends = (f"{{{BPMN}}}sourceRef", f"{{{BPMN}}}targetRef")
    connected = {(end.text or "").strip() for end in process.iter(*ends)}
    found = {}
    for reference in process.iter(REFERENCE):
        id, home = reference.get("id") or "", homes.get(reference.get("dataObjectRef"))
        if id in connected and home is not None:
            found[id] = DataObject(data.names[id], home.get("id") or "", line_of(reference))
    return found


def _flow(node: etree._Element, parent: str) -> Flow:
    conditions = _children(node, "conditionExpression")
    return Flow(
        id=node.get("id") or "",
        name=node.get("name") or "",
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        condition=_text(conditions[0]) if conditions else None,
        parent=parent,
        line=line_of(node),
    )


def _links(scope: etree._Element) -> Iterator[Flow]:
    """From each throwing link of a process or sub-process to the catching ones of the same name: a way as any other."""
    for throw, name in _linked(scope, "intermediateThrowEvent"):
        for catch, other in _linked(scope, "intermediateCatchEvent"):
            if name == other:
                yield Flow(f"{throw}.link", name, throw, catch, None, scope.get("id") or "", line_of(scope))


def _linked(scope: etree._Element, tag: str) -> list[tuple[str, str]]:
    return [
        (event.get("id") or "", definition.get("name") or "")
        for event in _children(scope, tag)
        for definition in _children(event, "linkEventDefinition")
    ]


def _triggers(node: etree._Element) -> tuple[Trigger, ...]:
    if _tag(node) in MESSAGE_TASKS:
        payload, variable = _extension(node, "messagePayload"), _extension_text(node, "messageVariable")
        return (Trigger("message", line_of(node), node.get("messageRef"), payload=payload, variable=variable),)
    return tuple(_trigger(child) for child in node if _tag(child).endswith("EventDefinition"))


def _trigger(node: etree._Element) -> Trigger:
    kind = _tag(node).removesuffix("EventDefinition")
    texts = _children(node, "timeDate", "timeDuration", "timeCycle", "condition")
    return Trigger(
        kind=kind,
        line=line_of(node),
        ref=node.get(_REFERENCES.get(kind, f"{kind}Ref")),
        timer=_tag(texts[0]) if texts and kind == "timer" else None,
        text=_text(texts[0]) if texts else None,
        payload=_extension(node, "messagePayload"),
        variable=_extension_text(node, "messageVariable"),
        waits=node.get("waitForCompletion", "true") in ("true", "1"),
    )


def _named(node: etree._Element, file: str) -> Named:
    kind = _tag(node)
    return Named(
        id=node.get("id") or "",
        kind=kind,
        name=node.get("name") or None,
        code=node.get(f"{kind}Code") or None,
        line=line_of(node),
        file=file,
        payload=_extension(node, "payloadExpression", "messagePayload"),
        variable=_extension_text(node, "variableName", "messageVariable"),
    )


def _loop(node: etree._Element, data: _Data) -> Loop | None:
    for mark in _children(node, "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        parts = {_tag(child): child for child in mark if _in(child, BPMN)}

        def text(tag: str, parts: Mapping[str, etree._Element] = parts) -> Text | None:
            return _text(parts[tag]) if tag in parts else None

        def word(tag: str, parts: Mapping[str, etree._Element] = parts) -> str | None:
            id = (parts[tag].text or "").strip() if tag in parts else None
            return data.names.get(id, id) if id is not None else None

        def name(tag: str, parts: Mapping[str, etree._Element] = parts) -> str | None:
            return parts[tag].get("id") or "" if tag in parts else None

        return Loop(
            multiple=_tag(mark).startswith("multi"),
            line=line_of(mark),
            sequential=mark.get("isSequential") in ("true", "1"),
            cardinality=text("loopCardinality"),
            items=word("loopDataInputRef"),
            item=name("inputDataItem"),
            output=word("loopDataOutputRef"),
            result=name("outputDataItem"),
            until=text("completionCondition"),
            condition=text("loopCondition"),
            maximum=mark.get("loopMaximum"),
        )
    return None


def _operation(node: etree._Element) -> Operation | None:
    for operator in _extensions(node, "serviceTaskOperator"):
        return Operation(
            name=operator.get("id") or "",
            result=operator.get("resultVariable") or None,
            parameters=tuple(_parameter(child) for child in operator.iter(f"{{{SPIFF}}}parameter")),
            retries=next(operator.iter(f"{{{SPIFF}}}retry"), None) is not None,
            line=line_of(operator),
        )
    return None


def _parameter(node: etree._Element) -> tuple[str, Text | None]:
    value = node.get("value")
    return node.get("id") or "", None if value is None or node.get("type") is None else Text(value, line_of(node))


# Small readers


def _scopes(node: etree._Element) -> Iterator[etree._Element]:
    yield node
    for child in _children(node, *SCOPES):
        if child.get("id"):
            yield from _scopes(child)


def _places(process: etree._Element) -> Iterator[Place]:
    """The places of all elements in lanes, the innermost of each last."""
    for number, lanes in enumerate(process.iter(f"{{{BPMN}}}laneSet", f"{{{BPMN}}}childLaneSet")):
        for lane in _children(lanes, "lane"):
            name = lane.get("name") or lane.get("id") or ""
            for ref in _children(lane, "flowNodeRef"):
                yield Place(name, (ref.text or "").strip(), line_of(ref), number)


def _shown(process: etree._Element, file: str) -> Iterator[Identified]:
    """Data objects, data stores and properties at which no data association ends, and through which nothing is repeated."""
    tags = ("sourceRef", "targetRef", "loopDataInputRef", "loopDataOutputRef")
    ends = {(end.text or "").strip() for end in process.iter(*(f"{{{BPMN}}}{tag}" for tag in tags))}
    for node in process.iter(
        *(f"{{{BPMN}}}{tag}" for tag in ("dataObjectReference", "dataStoreReference", "property"))
    ):
        if node.get("id") not in ends:
            yield _identified(node, file)


def _documentation(node: etree._Element) -> str:
    return "\n".join((child.text or "").strip() for child in _children(node, "documentation"))


def _properties(node: etree._Element) -> Mapping[str, str]:
    return {
        prop.get("name") or "": prop.get("value") or ""
        for block in _extensions(node, "properties")
        for prop in block.iter(f"{{{SPIFF}}}property")
    }


def _extensions(node: etree._Element, *tags: str) -> list[etree._Element]:
    return [
        child
        for block in _children(node, "extensionElements")
        for child in block
        if _in(child, SPIFF) and _tag(child) in tags
    ]


def _extension(node: etree._Element, *tags: str) -> Text | None:
    found = _extensions(node, *tags)
    return _text(found[0]) if found else None


def _extension_text(node: etree._Element, *tags: str) -> str | None:
    found = _extension(node, *tags)
    return found.value.strip() or None if found else None


def _extension_names(node: etree._Element) -> frozenset[str]:
    """Our extension elements by name; those of other products, elements and attributes, as {namespace}name."""
    inside = [child for block in _children(node, "extensionElements") for child in block if isinstance(child.tag, str)]
    names = {_tag(child) if _in(child, SPIFF) else str(child.tag) for child in inside}
    return frozenset(names | {str(key) for key in node.attrib if str(key).startswith("{")})


def _odd_attributes(node: etree._Element) -> frozenset[str]:
    """Attributes that change how an element runs and that are not part of the model."""
    odd = {"instantiate", "parallelMultiple", "isForCompensation", "startQuantity", "completionQuantity"}
    usual = {"false", "0", "1"} if _tag(node) in ACTIVITIES else {"false", "0"}
    marks = _children(node, "multiInstanceLoopCharacteristics")
    unusual = {key for key, value in _USUALLY.items() for at in (node, *marks) if at.get(key, value) != value}
    changed = {str(key) for key in node.attrib if key in odd and node.get(str(key)) not in usual}
    return frozenset(changed | unusual | _unread(node, marks))


def _unread(node: etree._Element, marks: list[etree._Element]) -> set[str]:
    """Attributes and inner parts of the standard that no step looks at, of an element or of what marks it."""
    definitions = [child for child in node if _in(child, BPMN) and _tag(child).endswith("EventDefinition")]
    names = {str(key) for at in (node, *marks) for key in at.attrib if key in UNREAD_ATTRIBUTES}
    if node.get("implementation", "##unspecified") not in ("##unspecified", "##WebService"):
        names.add("implementation")
    if _tag(node) == "startEvent" and node.get("isInterrupting") in ("false", "0") and not _starts_aside(node):
        names.add("isInterrupting")
    return names | {_tag(child) for at in (*marks, *definitions) for child in at if _tag(child) in UNREAD_PARTS}


def _starts_aside(node: etree._Element) -> bool:
    """Whether a start event stands in an event sub-process."""
    parent = node.getparent()
    return parent is not None and parent.get("triggeredByEvent") in ("true", "1")


def _text(node: etree._Element) -> Text:
    return Text(node.text or "", line_of(node), node.get("language"))


def _children(node: etree._Element, *tags: str) -> list[etree._Element]:
    return [child for child in node if _in(child, BPMN) and _tag(child) in tags]


def _is_numbered(node: etree._Element) -> bool:
    """Whether SpiffWorkflow or our engine find the node by its id."""
    if not _in(node, BPMN):
        return False
    tag = _tag(node)
    return tag in ROOTS or tag in ("process", "sequenceFlow") or _is_node(node)


def _is_node(node: etree._Element) -> bool:
    parent = node.getparent()
    if parent is None or not _in(parent, BPMN) or _tag(parent) not in SCOPES | {"process"}:
        return False
    return _tag(node) not in _BESIDE


def _identified(node: etree._Element, file: str) -> Identified:
    return Identified(node.get("id") or "", _tag(node), node.get("name"), line_of(node), file)


def _in(node: etree._Element, namespace: str) -> bool:
    return isinstance(node.tag, str) and node.tag.startswith(f"{{{namespace}}}")


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""
