"""Choices and forks that are drawn without a gateway: several flows out of a task or an event, or one with a condition.

The library takes one flow out of a task and reads no condition there (trap 9). Here a gateway of our own stands behind
the task: an inclusive one where a flow has a condition, else a parallel one (BPMN 2.0.2, 13.3.2). It has no place in
the picture: `drawn` gives the element that it belongs to.
"""

from lxml import etree

from engine.runtime.xml import BPMN

SPLIT, INTO = ".split", ".into_split"
CONDITION = f"{{{BPMN}}}conditionExpression"
FLOW = f"{{{BPMN}}}sequenceFlow"


def drawn(name: str) -> str:
    """The id of the element to which a gateway of ours belongs; any other id as it is."""
    return name.removesuffix(SPLIT)


def split_behind(root: etree._Element) -> None:
    """Put a gateway behind each element of a checked tree that chooses or forks without one."""
    leaving: dict[str, list[etree._Element]] = {}
    for flow in root.iter(FLOW):
        leaving.setdefault(flow.get("sourceRef") or "", []).append(flow)
    for node in [found for found in root.iter() if found.get("id") in leaving]:
        flows = leaving[node.get("id") or ""]
        if not etree.QName(node).localname.endswith("Gateway") and (len(flows) > 1 or _chooses(flows)):
            _insert(node, flows)


def _chooses(flows: list[etree._Element]) -> bool:
    return any(flow.find(CONDITION) is not None for flow in flows)


def _insert(node: etree._Element, flows: list[etree._Element]) -> None:
    scope, id = node.getparent(), node.get("id") or ""
    assert scope is not None
    kind = "inclusiveGateway" if _chooses(flows) else "parallelGateway"
    gateway = etree.SubElement(scope, f"{{{BPMN}}}{kind}", id=f"{id}{SPLIT}", name=node.get("name") or id)
    default = node.attrib.pop("default", "")
    for flow in flows:
        flow.set("sourceRef", f"{id}{SPLIT}")
        if flow.get("id") == default:
            gateway.set("default", str(default))
        elif _chooses(flows) and flow.find(CONDITION) is None:
            etree.SubElement(flow, CONDITION).text = "true"
    etree.SubElement(scope, FLOW, id=f"{id}{INTO}", sourceRef=id, targetRef=f"{id}{SPLIT}")
