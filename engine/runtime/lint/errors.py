"""Errors and escalations that nobody throws, or that nobody catches.

An error that nothing catches stops the case as an incident (trap 7). An event that catches what nothing throws is a
way that no case will take.
"""

from collections.abc import Iterator

from engine.errors import Problem
from engine.runtime.bpmn import Element, Process
from engine.runtime.lint.model import Model, error, warning

KINDS = ("error", "escalation")
CATCHING = ("boundaryEvent", "startEvent")
HOLDING = ("subProcess", "transaction", "callActivity")


def rule(model: Model) -> Iterator[Problem]:
    """Yield errors and escalations without a catcher (warnings), and catchers without a thrower."""
    for process, element in model.elements:
        if element.kind not in KINDS:
            continue
        if element.type in CATCHING:
            yield from _catcher(model, process, element)
        elif element.type in ("endEvent", "intermediateThrowEvent"):
            yield from _thrower(model, process, element)


def _catcher(model: Model, process: Process, event: Element) -> Iterator[Problem]:
    host = process.elements.get(event.attached_to or "")
    around: Process | Element | None = host
    if event.type == "startEvent":
        handler = process.elements.get(event.parent)
        if handler is None or not handler.triggered:
            return
        around = process.elements.get(handler.parent, process)
        thrown = _inside_may_throw(model, process, process, handler.parent, event, {handler.id})
    else:
        thrown = host is None or _may_throw(model, process, host, event, set())
    if thrown or around is None:
        return
    what = "kesalahan" if event.kind == "error" else "eskalasi"
    message = f'Di dalam "{around.label}" tidak ada yang melempar {what} ini; jalan ini tidak akan pernah diambil.'
    yield error(process, event, f"no-thrower-{event.kind}", message, "Hapus peristiwa ini, atau samakan kodenya.")


def _may_throw(model: Model, process: Process, host: Element, event: Element, seen: set[str]) -> bool:
    """Whether an activity can throw what an event catches; services may throw any error."""
    if host.type == "serviceTask":
        return event.kind == "error"
    if host.type not in HOLDING or host.id in seen:
        return False
    seen.add(host.id)
    inside, scope = model.processes.get(host.called or ""), host.called or ""
    if host.type != "callActivity":
        inside, scope = process, host.id
    elif inside is None:
        return True  # an unknown process is a problem of its own
    return _inside_may_throw(model, process, inside, scope, event, seen)


def _inside_may_throw(
    model: Model, process: Process, inside: Process, scope: str, event: Element, seen: set[str]
) -> bool:
    return any(
        (
            element.kind == event.kind
            and element.type not in CATCHING
            and _matches(model, process, event, inside, element)
        )
        or _may_throw(model, inside, element, event, seen)
        for element in inside.inside(scope)
    )


def _thrower(model: Model, process: Process, event: Element) -> Iterator[Problem]:
    if _is_caught(model, process, event, process, event.parent, set()):
        return
    if event.kind == "error":
        message = "Kesalahan ini tidak ditangkap di mana pun: kasus akan berhenti sebagai insiden."
        mend = "Tambahkan peristiwa tepi atau subproses peristiwa dengan kode yang sama di luarnya."
        yield warning(process, event, "uncaught-error", message, mend)
    else:
        message = "Eskalasi ini tidak ditangkap di mana pun dan tidak berakibat apa-apa."
        yield warning(process, event, "uncaught-escalation", message, "Tambahkan peristiwa tepi eskalasi di luarnya.")


def _is_caught(model: Model, process: Process, event: Element, around: Process, scope: str, seen: set[str]) -> bool:
    """Whether what is thrown inside a scope is caught in it, at its edge or further out, whoever calls.

    `seen` are the activities that have been asked; the answer of the first time counts for all.
    """
    if _in_scope(model, process, event, around, scope, seen):
        return True
    if scope != around.id:
        outer = around.elements[scope].parent
        seen.add(scope)
        return _at_edge(model, process, event, around, scope) or _is_caught(model, process, event, around, outer, seen)
    callers = model.callers.get(scope, ())
    new = [caller for caller in callers if caller.id not in seen]
    seen.update(caller.id for caller in new)
    return bool(callers) and all(
        _at_edge(model, process, event, outer, caller.id)
        or _is_caught(model, process, event, outer, caller.parent, seen)
        for caller, outer in ((caller, model.processes[caller.process]) for caller in new)
    )


def _in_scope(model: Model, process: Process, event: Element, around: Process, scope: str, seen: set[str]) -> bool:
    """Whether an event sub-process of a scope catches it; none catches what it throws itself."""
    return any(
        catcher.kind == event.kind and _matches(model, around, catcher, process, event)
        for handler in around.inside(scope)
        if handler.triggered and handler.id not in seen
        for catcher in around.inside(handler.id)
        if catcher.type == "startEvent"
    )


def _at_edge(model: Model, process: Process, event: Element, around: Process, host: str) -> bool:
    return any(
        catcher.kind == event.kind and _matches(model, around, catcher, process, event)
        for catcher in around.boundaries(host)
    )


def _matches(model: Model, around: Process, catcher: Element, inside: Process, thrower: Element) -> bool:
    """Whether a boundary event catches what is thrown: the same code, or any when it names none."""
    caught = _code(model, around, catcher)
    return caught is None or caught == _code(model, inside, thrower)


def _code(model: Model, process: Process, event: Element) -> str | None:
    named = model.named[process.file].get(event.triggers[0].ref or "")
    return named.code if named else None
