"""Send and receive tasks are the events that throw and catch the same message."""

from lxml import etree

from engine.runtime.xml import BPMN

EVENTS = {
    f"{{{BPMN}}}sendTask": f"{{{BPMN}}}intermediateThrowEvent",
    f"{{{BPMN}}}receiveTask": f"{{{BPMN}}}intermediateCatchEvent",
}
READ_AT_THE_EVENT = ("messagePayload", "messageVariable")


def as_events(root: etree._Element) -> None:
    """Turn the send and receive tasks of a checked tree into events; what they carry moves to the message."""
    for node in [found for found in root.iter() if found.tag in EVENTS]:
        node.tag = EVENTS[str(node.tag)]
        definition = etree.SubElement(node, f"{{{BPMN}}}messageEventDefinition")
        definition.set("messageRef", node.attrib.pop("messageRef", ""))
        extensions = node.find(f"{{{BPMN}}}extensionElements")
        carried = [] if extensions is None else [c for c in extensions if etree.QName(c).localname in READ_AT_THE_EVENT]
        if carried:
            etree.SubElement(definition, f"{{{BPMN}}}extensionElements").extend(carried)
