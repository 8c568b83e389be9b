"""Data objects of a parsed BPMN file, and what is connected to them (BPMN 2.0.2, 10.4.1; ADR 23).

A data object is a name of case data: its own name, or that of its first reference in the picture, or its id.
"""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.runtime.xml import BPMN

OBJECT, REFERENCE, STORE = (f"{{{BPMN}}}{tag}" for tag in ("dataObject", "dataObjectReference", "dataStoreReference"))
_ENDS = tuple(f"{{{BPMN}}}{tag}" for tag in ("dataInput", "dataOutput", "property"))
_LISTS = tuple(f"{{{BPMN}}}{tag}" for tag in ("loopDataInputRef", "loopDataOutputRef"))
_PLACEHOLDER = "__"  # begins the names of ends that an editor adds because the schema asks for them


def names_in(root: etree._Element) -> Mapping[str, str]:
    """Id -> name of case data, for data objects, their references, and the ends of associations in activities."""
    return {**dict(_ends(root)), **dict(_objects(root))}


def name_lists(root: etree._Element) -> None:
    """Say of each repeated activity by name, not by id, which list it goes through and which it fills."""
    names = names_in(root)
    for reference in root.iter(*_LISTS):
        id = (reference.text or "").strip()
        reference.text = names.get(id, id)


def forget_specifications(root: etree._Element) -> None:
    """Take out the lists of inputs and outputs of activities: associations say all that runs."""
    for specification in list(root.iter(f"{{{BPMN}}}ioSpecification")):
        above = specification.getparent()
        assert above is not None
        above.remove(specification)


def _ends(root: etree._Element) -> Iterator[tuple[str, str]]:
    for end in root.iter(*_ENDS):
        name = _name(end) or end.get("id") or ""
        if not name.startswith(_PLACEHOLDER):
            yield end.get("id") or "", name


def _objects(root: etree._Element) -> Iterator[tuple[str, str]]:
    references = list(root.iter(REFERENCE))
    for drawn in root.iter(OBJECT):
        id = drawn.get("id") or ""
        own = [reference for reference in references if reference.get("dataObjectRef") == id]
        name = next(filter(None, (_name(node) for node in (drawn, *own))), id)
        yield id, name
        for reference in own:
            yield reference.get("id") or "", name


def _name(node: etree._Element) -> str:
    return " ".join((node.get("name") or "").split())
