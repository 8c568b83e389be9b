"""Link events: a throwing one goes on at the catching one of the same name, in the same process or sub-process.

The library takes a throwing link for an end. Here both become events without trigger, joined by a flow.
"""

from lxml import etree

from engine.runtime.xml import BPMN

LINK = f"{{{BPMN}}}linkEventDefinition"
THROW, CATCH = f"{{{BPMN}}}intermediateThrowEvent", f"{{{BPMN}}}intermediateCatchEvent"


def join_links(root: etree._Element) -> None:
    """Replace the links of a checked tree by flows."""
    definitions = list(root.iter(LINK))
    caught = {_place(definition): definition.getparent() for definition in definitions if _holder(definition) == CATCH}
    for definition in definitions:
        event = definition.getparent()
        assert event is not None
        if event.tag == THROW:
            catch = caught[_place(definition)]
            assert catch is not None and event.getparent() is not None
            _flow(event, catch)
        event.tag = THROW
        event.remove(definition)


def _holder(definition: etree._Element) -> str:
    event = definition.getparent()
    return "" if event is None else str(event.tag)


def _place(definition: etree._Element) -> tuple[etree._Element | None, str]:
    """Where a link holds, and its name there."""
    event = definition.getparent()
    return None if event is None else event.getparent(), definition.get("name") or ""


def _flow(source: etree._Element, target: etree._Element) -> None:
    scope = source.getparent()
    assert scope is not None
    name, goal = source.get("id") or "", target.get("id") or ""
    etree.SubElement(scope, f"{{{BPMN}}}sequenceFlow", id=f"{name}.link", sourceRef=name, targetRef=goal)
