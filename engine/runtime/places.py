"""Where in a drawing a token may be set down, and whether everything can still come together afterwards (pure)."""

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from engine.runtime.bpmn import Element, Process

PLAIN = frozenset({"intermediateCatchEvent", "intermediateThrowEvent", "endEvent", "exclusiveGateway"})
JOINS = frozenset({"parallelGateway", "inclusiveGateway"})


@dataclass(frozen=True)
class Place:
    """Where a token stands: at an element, or arrived at a join (`at`) through the flow from `came_from`."""

    at: str
    came_from: str | None = None


def refusal(element: Element, elements: Mapping[str, Element]) -> str | None:
    """Why no token may be set down at an element; None when it may."""
    if element.type in JOINS:
        return "Gerbang gabung menunggu cabang-cabangnya; pilih langkah sebelum atau sesudahnya."
    if element.triggered or element.attached_to or element.type == "startEvent":
        return "Elemen ini dimulai oleh kejadian, bukan oleh urutan; pilih langkah lain."
    if not element.is_activity and element.type not in PLAIN:
        return "Elemen ini tidak dapat dituju langsung; pilih langkah sesudahnya."
    if not element.incoming:
        return "Tidak ada alur yang menuju elemen ini."
    if any(elements[flow.source].type == "eventBasedGateway" for flow in element.incoming):
        return "Kejadian ini hanya menunggu bersama pilihan lain dari gerbangnya; pilih langkah lain."
    if any(trigger.kind in ("link", "cancel", "compensate") for trigger in element.triggers):
        return "Kejadian ini tidak dapat dituju langsung; pilih langkah sesudahnya."
    return None


def came_after(process: Process, scope: str, target: str, places: Collection[Place]) -> Set[Place]:
    """The tokens that stand where a token from `target` could have come: first without passing a join, else through all."""
    graph = _Graph(process, scope)
    near = {place for place in places if _within(place, graph.reach(target, stop=graph.joins))}
    return near or {place for place in places if _within(place, graph.reach(target))}


def stuck(process: Process, scope: str, before: Iterable[Place], after: Iterable[Place]) -> Element | None:
    """The first parallel join that would not get exactly one token for each of its inputs; None when all is well.

    Only joins are looked at that some token of before or after leads to and whose supply has changed.
    """
    graph, was, now = _Graph(process, scope), list(before), list(after)
    for join in graph.parallel_joins:
        supply = sorted(source for place in now for source in graph.feeds(place, join))
        changed = supply != sorted(source for place in was for source in graph.feeds(place, join))
        if changed and supply and supply != sorted(flow.source for flow in join.incoming):
            return join
    return None


def way_to(processes: Mapping[str, Process], process: str, element: Element) -> list[Element] | None:
    """The calls and sub-processes through which `element` is entered from `process`, outermost first; None: no way."""
    return _way(processes, process, element.parent, frozenset())


def _way(processes: Mapping[str, Process], scope: str, wanted: str, seen: frozenset[str]) -> list[Element] | None:
    if scope == wanted:
        return []
    owner = next((process for process in processes.values() if scope in process.scopes), None)
    for element in owner.inside(scope) if owner is not None else ():
        inner = element.called or (element.id if element.type in ("subProcess", "transaction") else None)
        if inner is None or inner in seen or element.triggered or element.loop is not None:
            continue
        rest = _way(processes, inner, wanted, seen | {scope})
        if rest is not None:
            return [element, *rest]
    return None


def _within(place: Place, reached: Set[str]) -> bool:
    return (place.came_from or place.at) in reached


class _Graph:
    """The flows of one process or sub-process, with boundary events and links as further ways."""

    def __init__(self, process: Process, scope: str) -> None:
        inside = process.inside(scope)
        self.joins = {element.id for element in inside if element.type in JOINS and len(element.incoming) > 1}
        self.parallel_joins = [
            element for element in inside if element.id in self.joins and element.type == "parallelGateway"
        ]
        catching = {name: element.id for element in inside if element.outgoing for name in _links(element)}
        self.after: dict[str, list[str]] = {
            element.id: [
                *(flow.target for flow in element.outgoing),
                *(boundary.id for boundary in process.boundaries(element.id)),
                *(catching[name] for name in _links(element) if not element.outgoing and name in catching),
            ]
            for element in inside
        }

    def reach(self, start: str, stop: Collection[str] = ()) -> set[str]:
        """Every element that a token at `start` may come to, the start too, without leaving those in `stop`."""
        seen, ahead = {start}, [start]
        while ahead:
            here = ahead.pop()
            if here in stop and here != start:
                continue
            fresh = [element for element in self.after.get(here, ()) if element not in seen]
            seen.update(fresh)
            ahead += fresh
        return seen

    def feeds(self, place: Place, join: Element) -> set[str]:
        """The inputs of a join, by the element they come from, that a token can still serve before the join opens."""
        if place.came_from is not None and place.at == join.id:
            return {place.came_from}
        reached = self.reach(place.at, stop={join.id})
        return {flow.source for flow in join.incoming if flow.source in reached and flow.source != join.id}


def _links(element: Element) -> list[str]:
    return [trigger.ref for trigger in element.triggers if trigger.kind == "link" and trigger.ref]
