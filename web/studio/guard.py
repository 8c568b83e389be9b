"""Refuses to lose settings that nobody took away: editors drop what they do not understand, and say nothing.

A drawing tool that has never heard of our settings, or of a loop's plain variable names, leaves them out when it saves.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml import etree

from engine.runtime.xml import BPMN, parse
from web.studio.facts import KINDS, LOOPS, SPIFF, local_name, word

LOOP_PARTS = ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem")


@dataclass(frozen=True)
class Loss:
    """A value that was in the file before and is not in what was sent; `key` is "<element> <setting>"."""

    key: str
    words: str


def losses(before: bytes, after: bytes, told: Collection[str], file: str) -> tuple[Loss, ...]:
    """What a diagram would lose without being told; an element that was removed on purpose is told as "<element> *".

    Other kinds of files are not drawn, so nothing of them is lost unseen.

    Raises:
        DefinitionError: what was sent is unreadable or unsafe.
    """
    if not file.endswith(".bpmn"):
        return ()
    return tuple(unsaid(inventory(parse(before, file)), inventory(parse(after, file)), frozenset(told)))


def unsaid(
    old: dict[str, tuple[str, set[str]]], new: dict[str, tuple[str, set[str]]], told: frozenset[str]
) -> Iterator[Loss]:
    for key, (label, names) in old.items():
        if key not in new:
            if f"{key} *" not in told:
                yield Loss(f"{key} *", f"“{label}” ({key}): elemennya hilang")
            continue
        for name in sorted(names - new[key][1]):
            if f"{key} {name}" not in told:
                yield Loss(f"{key} {name}", f"“{label}” ({key}): {word(name)} hilang")


def inventory(root: etree._Element) -> dict[str, tuple[str, set[str]]]:
    """Element id -> its label and the names of the settings and loop values that it holds."""
    found: dict[str, tuple[str, set[str]]] = {}
    for node in root.iter(f"{{{BPMN}}}*"):
        key, tag = node.get("id"), local_name(node)
        if key and tag in KINDS:
            found[key] = (node.get("name") or key, {name for child in node for name in held(child)})
    return found


def held(child: etree._Element) -> Iterator[str]:
    """The names of what one child of an element holds, if it is a loop or holds extensions."""
    tag = local_name(child)
    if tag in LOOPS:
        yield "loopCharacteristics"
        yield from (local_name(node) for node in child if local_name(node) in LOOP_PARTS)
    if tag != "extensionElements":
        return
    for node in child.iter():
        name = local_name(node)
        if etree.QName(node).namespace == SPIFF and name == "property":
            yield node.get("name", "")
        elif etree.QName(node).namespace == SPIFF and name == "parameter":
            yield f"parameter {node.get('id', '')}"
        elif name not in ("extensionElements", "properties", "parameters"):
            yield name
