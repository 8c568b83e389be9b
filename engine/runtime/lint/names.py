"""Which names of case data the elements of a process write. No rule of its own; rules about names read it."""

import re
from collections.abc import Iterator

from engine.runtime.bpmn import SCOPES, Element, Process
from engine.runtime.lint.model import Model

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_KEY = re.compile(r'(?:^|[{,])\s*(?:"([^"]+)"|([^\W\d]\w*))\s*:')
_EMPTIED = re.compile(_KEY.pattern + r"\s*null\s*(?=[,}])")


def own_names(element: Element) -> frozenset[str]:
    """The top-level names that one element writes; its children, if it has any, write their own."""
    names = {element.result, *(trigger.variable for trigger in element.triggers)}
    names |= {carried.name for carried in (*element.inputs, *element.outputs) if carried.moves}
    if element.script is not None:
        names |= script_names(element.script.value)
    return frozenset(name for name in names if name)


def script_names(script: str) -> frozenset[str]:
    """The keys of a script's outermost context, `{ a: 1, "b": { c: 2 } }` -> a, b."""
    return frozenset(quoted or plain for quoted, plain in _KEY.findall(_outermost(script)))


def emptied_names(element: Element) -> frozenset[str]:
    """The names that a script only sets to null, as before another round."""
    script = _outermost(element.script.value) if element.script else ""
    return frozenset(quoted or plain for quoted, plain in _EMPTIED.findall(script))


def outcome(element: Element) -> frozenset[str]:
    """What an element leaves in the data around it: its own names, or with a collected loop only the list."""
    if element.loop and element.loop.output:
        return frozenset({element.loop.output})
    return own_names(element)


def written(process: Process, *, without: Element) -> frozenset[str]:
    """The names that a process writes outside one activity and what is drawn inside it."""
    return frozenset(
        name
        for element in process.elements.values()
        if element.id != without.id and not is_inside(process, element, without.id)
        for name in outcome(element)
    )


def written_inside(model: Model, process: Process, element: Element) -> frozenset[str]:
    """The names that an activity writes while it runs: its own, those of its children, those of what it calls."""
    return _all(model, process, element, set())


def is_inside(process: Process, element: Element, scope: str) -> bool:
    """Whether an element is drawn inside a sub-process, at any depth."""
    parent = process.elements.get(element.parent)
    while parent is not None and parent.id != scope:
        parent = process.elements.get(parent.parent)
    return parent is not None


def _all(model: Model, process: Process, element: Element, seen: set[str]) -> frozenset[str]:
    names = own_names(element)
    seen.add(element.id)
    for around, inner in _children(model, process, element):
        if inner.loop and inner.loop.output:
            names |= outcome(inner)
        elif inner.id not in seen:
            names |= _all(model, around, inner, seen)
    return names


def _children(model: Model, process: Process, element: Element) -> Iterator[tuple[Process, Element]]:
    if element.type in SCOPES:
        yield from ((process, inner) for inner in process.inside(element.id))
    called = model.processes.get(element.called or "")
    if called is not None:
        yield from ((called, inner) for inner in called.inside(called.id))


def _outermost(script: str) -> str:
    """A script without texts inside values, and without what stands in inner brackets."""
    kept, depth, position = [], 0, 0
    while position < len(script):
        letter = script[position]
        end = position + 1
        if letter == '"':
            found = _TEXT.match(script, position)
            end = found.end() if found else len(script)
        depth -= letter in "}])"
        if depth <= 1:
            kept.append(script[position:end])
        depth += letter in "{[("
        position = end
    return "".join(kept)
