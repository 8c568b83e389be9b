"""How tokens move through one process or sub-process, without looking at data. No rule of its own.

A marking is the set of places that hold a token: flows, activities with boundary events ("in ..."), and their non-
interrupting boundary events while these may still fire ("at ..."). Elements between two flows that neither choose
nor join are walked through in one step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from engine.runtime.bpmn import Element, Flow, Process
from engine.runtime.lint.graph import edges, reachable, reversed_edges

Marking = frozenset[str]
JOINS = ("parallelGateway", "inclusiveGateway")
ENDS_ALL = ("terminate", "error", "cancel")
_SUBSETS = 5  # of flows with conditions all subsets are tried up to this number, above it single flows and all


@dataclass(frozen=True)
class Step:
    """Tokens that are taken and put by an element; `walked` are the elements that are passed, in order."""

    element: str
    taken: Marking
    put: tuple[str, ...]
    walked: tuple[str, ...]
    join: str | None = None  # the gateway that fired, if it is one
    ends_all: bool = False


@dataclass(frozen=True)
class _Chain:
    """Where a token comes to rest that is put on a flow, and what it passes on the way; None: it is gone at an end."""

    place: str | None
    passed: tuple[str, ...]


class Board:
    """One scope with its elements, on which tokens are moved."""

    def __init__(self, process: Process, scope: str) -> None:
        self.process = process
        self.elements = {element.id: element for element in process.inside(scope)}
        self.graph = edges(process, scope)
        self._reached: dict[str, frozenset[str]] = {}

    def beginnings(self) -> Iterator[Step]:
        """A step for each start: one of them begins."""
        for start in self.elements.values():
            if start.type == "startEvent":
                yield from self._go(start, frozenset())

    def moves(self, marking: Marking) -> tuple[Step, ...]:
        """Steps that are possible, in one place that nothing elsewhere can disturb; none when nothing moves.

        What the other tokens may do can be done before or after. So it is enough to look at one place at a time:
        whatever is dead is found all the same (persistent sets). Where another token may still come along a flow of
        its own, a token waits, so that those which can meet there do.
        """
        best: tuple[int, tuple[Step, ...]] = (9, ())
        for place in sorted(marking):
            element = self.holder(place)
            patience = 9 if element is None else self._patience(element, place, marking)
            if element is not None and patience < best[0] and (steps := tuple(self._steps(element, place, marking))):
                best = (patience, steps)
        return best[1]

    def meeting(self, marking: Marking) -> Iterator[str]:
        """Elements without a join that two tokens are about to enter."""
        seen: set[str] = set()
        for place in sorted(marking):
            element = self._targets.get(place)
            if element is None or element.type in JOINS:
                continue
            if element.id in seen:
                yield element.id
            seen.add(element.id)

    def holder(self, place: str) -> Element | None:
        """The element at which a token stands, or which it enters next."""
        if not place.startswith(("in ", "at ")):
            return self._targets.get(place)
        element = self.elements[place[3:]]
        return self.elements.get(element.attached_to or "") if place.startswith("at ") else element

    def missing(self, join: Element, marking: Marking) -> tuple[Flow, ...]:
        """The flows into a join on which nothing has come."""
        return tuple(flow for flow in join.incoming if self._chain(flow).place not in marking)

    def _patience(self, element: Element, place: str, marking: Marking) -> int:
        """The least goes first: alone at a meeting point, then anywhere, then where others may come, ends of all."""
        if element.type == "endEvent" and element.kind in ENDS_ALL:
            return 4
        if element.type == "inclusiveGateway":
            return 3
        if place not in self._targets or element.type in JOINS or len(element.incoming) < 2:
            return 1
        others = (self._stands(other) for other in marking if other != place)
        return 2 if any(element.id in self._ahead(other) for other in others if other) else 0

    def _ahead(self, id: str) -> frozenset[str]:
        """The elements that a token at one can come to."""
        if id not in self._reached:
            self._reached[id] = reachable(self.graph, [id])
        return self._reached[id]

    def _steps(self, element: Element, place: str, marking: Marking) -> Iterator[Step]:
        if place not in self._targets:
            yield from self._leave(element, marking)
        elif element.type in JOINS:
            yield from self._gateway(element, marking)
        elif not self._edge(element):
            yield from self._go(element, frozenset({place}))
        elif f"in {element.id}" not in marking:
            armed = (f"at {event.id}" for event in self._edge(element) if not event.interrupting)
            yield Step(element.id, frozenset({place}), (f"in {element.id}", *armed), (element.id,))

    def _leave(self, host: Element, marking: Marking) -> Iterator[Step]:
        """An activity ends, or one of the events at its edge happens."""
        edge = self._edge(host)
        taken = frozenset({f"in {host.id}"} | {f"at {event.id}" for event in edge}) & marking
        if f"in {host.id}" in taken:
            for step in self._go(host, taken):
                yield Step(host.id, taken, step.put, step.walked[1:])
            for event in edge:
                if event.interrupting:
                    yield from self._go(event, taken)
        for event in edge:
            if f"at {event.id}" in taken:
                yield from self._go(event, frozenset({f"at {event.id}"}))

    def _gateway(self, join: Element, marking: Marking) -> Iterator[Step]:
        places = self._inputs(join)
        present = places & marking
        if join.type == "parallelGateway":
            ready = present == places
        else:
            ready = not self._more_may_come(join, marking)
        if ready:
            for step in self._go(join, present):
                yield replace(step, join=join.id)

    def _go(self, element: Element, taken: Marking) -> Iterator[Step]:
        """Every way in which tokens can leave an element."""
        ends_all = element.type == "endEvent" and element.kind in ENDS_ALL
        for flows in ways_out(element):
            chains = [self._chain(flow) for flow in flows]
            walked = (element.id, *(id for chain in chains for id in chain.passed))
            put = tuple(chain.place for chain in chains if chain.place)
            yield Step(element.id, taken, put, walked, ends_all=ends_all)

    def _more_may_come(self, join: Element, marking: Marking) -> bool:
        """Whether a token elsewhere can still reach an input of an inclusive join that has none."""
        holders = {self._stands(place) for place in marking - self._inputs(join)}
        return any(holders & self._before[join.id][flow.id] for flow in self.missing(join, marking))

    def _inputs(self, join: Element) -> frozenset[str]:
        places = (self._chain(flow).place for flow in join.incoming)
        return frozenset(place for place in places if place)

    def _stands(self, place: str) -> str | None:
        """The element from which a token goes on; for an armed event the event itself."""
        if place.startswith(("in ", "at ")):
            return place[3:]
        target = self._targets.get(place)
        return target.id if target else None

    @cached_property
    def _before(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """Inclusive gateway -> flow into it -> the elements from which a token can come along that flow."""
        found = {}
        for gateway in self.elements.values():
            if gateway.type == "inclusiveGateway":
                without = {node: tuple(t for t in to if t != gateway.id) for node, to in self.graph.items()}
                back = reversed_edges(without)
                found[gateway.id] = {
                    flow.id: reachable(back, [flow.source]) - {gateway.id} for flow in gateway.incoming
                }
        return found

    def _edge(self, element: Element) -> tuple[Element, ...]:
        events = self.process.boundaries(element.id)
        return tuple(event for event in events if event.id in self.elements and event.kind != "compensate")

    def _chain(self, flow: Flow) -> _Chain:
        return self._chains.get(flow.id) or _Chain(flow.id, ())

    @cached_property
    def _flows(self) -> Mapping[str, Flow]:
        return {flow.id: flow for element in self.elements.values() for flow in element.outgoing}

    @cached_property
    def _chains(self) -> Mapping[str, _Chain]:
        """Flow -> the end of a chain of elements that only pass a token on; all flows into one are one place, but for
        joins.
        """
        chains = {}
        for flow in self._flows.values():
            last, passed = flow, []
            while (target := self.elements.get(last.target)) and self._passes(target) and target.id not in passed:
                passed.append(target.id)
                last = target.outgoing[0]
            gone = target is not None and target.type == "endEvent" and target.kind not in ENDS_ALL
            into = [other.id for other in target.incoming if other.id in self._flows] if target else []
            place = last.id if target is None or target.type in JOINS else into[0]
            chains[flow.id] = _Chain(None, (*passed, target.id)) if target and gone else _Chain(place, tuple(passed))
        return chains

    @cached_property
    def _targets(self) -> Mapping[str, Element]:
        """Place -> the element that a token on it enters next."""
        last = {chain.place for chain in self._chains.values() if chain.place}
        return {
            place: self.elements[self._flows[place].target]
            for place in last
            if self._flows[place].target in self.elements
        }

    def _passes(self, element: Element) -> bool:
        alone = len(element.incoming) < 2 and len(element.outgoing) == 1
        return alone and element.type not in ("endEvent", "boundaryEvent") and not self._edge(element)


def ways_out(element: Element) -> Iterator[tuple[Flow, ...]]:
    """The sets of flows that a token may take out of an element; a token that has nowhere to go is gone."""
    if element.type in ("exclusiveGateway", "eventBasedGateway"):
        yield from ((flow,) for flow in element.outgoing)
        return
    default = tuple(flow for flow in element.outgoing if flow.id == element.default)
    chosen = tuple(flow for flow in element.outgoing if flow not in default and _is_chosen(element, flow))
    always = tuple(flow for flow in element.outgoing if flow not in default and flow not in chosen)
    for some in _subsets(chosen):
        yield (*always, *some)
    if default or always or not chosen:
        yield (*always, *default)


def _is_chosen(element: Element, flow: Flow) -> bool:
    return element.type != "parallelGateway" and (flow.condition is not None or element.type == "inclusiveGateway")


def _subsets(flows: tuple[Flow, ...]) -> Iterator[tuple[Flow, ...]]:
    """All subsets but the empty one."""
    sizes = range(1, len(flows) + 1) if len(flows) <= _SUBSETS else (1, len(flows))
    for size in sizes:
        yield from combinations(flows, size)
