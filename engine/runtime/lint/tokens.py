"""Plays every way in which tokens can move through one process or sub-process, without looking at data. No rule of
its own.

A marking is the set of places that hold a token: flows, activities with boundary events ("in ..."), and their non-
interrupting boundary events while these may still fire ("at ..."). Elements between two flows that neither choose
nor join are skipped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from engine.runtime.bpmn import Element, Flow, Process
from engine.runtime.lint.graph import edges, reachable, reversed_edges

Marking = frozenset[str]
_SUBSETS = 5  # of an inclusive gateway's flows all subsets are tried up to this number, above it single flows and all


@dataclass
class Outcome:
    """What was seen on all ways: joins that fired, joins that wait in vain with what they miss, and doubled tokens."""

    fired: set[str] = field(default_factory=set)
    stuck: dict[str, tuple[Flow, ...]] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)  # elements that are entered twice at once
    complete: bool = True  # False: there were more markings than may be looked at
    markings: int = 0


@dataclass(frozen=True)
class _Step:
    """Tokens that are taken and put; `join` is the gateway that fired, if it is one."""

    taken: Marking
    put: tuple[Flow, ...] = ()
    inner: Marking = frozenset()
    join: str | None = None
    ends_all: bool = False


class Board:
    """One scope with its elements, on which tokens are moved."""

    def __init__(self, process: Process, scope: str) -> None:
        self.process = process
        self.elements = {element.id: element for element in process.inside(scope)}
        self.graph = edges(process, scope)

    def play(self, limit: int) -> Outcome:
        """Move tokens from the start in every possible order, up to a number of markings."""
        outcome = Outcome()
        first: set[Marking] = set()
        for start in self.elements.values():
            if start.type == "startEvent":
                self._put(frozenset(), start.outgoing, outcome, first)
        seen, waiting = set(first), list(first)
        while waiting:
            if len(seen) > limit:
                outcome.complete = False
                break
            marking = waiting.pop()
            after = self._after(marking, outcome)
            waiting += after - seen
            seen |= after
        outcome.markings = len(seen)
        return outcome

    def _after(self, marking: Marking, outcome: Outcome) -> set[Marking]:
        after: set[Marking] = set()
        moves = False
        for step in self._steps(marking):
            moves = True
            if step.join:
                outcome.fired.add(step.join)
            rest = frozenset() if step.ends_all else (marking - step.taken) | step.inner
            self._put(rest, step.put, outcome, after)
        if marking and not moves:
            for place in marking:
                if (element := self._target(place)) is not None:
                    missing = tuple(flow for flow in element.incoming if self._place(flow) not in marking)
                    outcome.stuck.setdefault(element.id, missing)
        return after

    def _put(self, marking: Marking, flows: tuple[Flow, ...], outcome: Outcome, into: set[Marking]) -> None:
        """Add the marking with tokens on the flows, unless a place would hold two."""
        for flow in flows:
            place = self._place(flow)
            if place in marking:
                outcome.doubled.add(flow.source)
                return
            marking |= {place}
        into.add(marking)

    def _steps(self, marking: Marking) -> Iterator[_Step]:
        joins: set[str] = set()
        for place in sorted(marking):
            if place.startswith("in "):
                yield from self._leave(self.elements[place[3:]], marking)
            elif place.startswith("at "):
                yield _Step(frozenset({place}), self.elements[place[3:]].outgoing)
            elif (element := self._target(place)) is not None:
                if element.type in ("parallelGateway", "inclusiveGateway"):
                    if element.id not in joins:
                        joins.add(element.id)
                        yield from self._gateway(element, marking)
                else:
                    yield from self._enter(element, place, marking)

    def _enter(self, element: Element, place: str, marking: Marking) -> Iterator[_Step]:
        taken = frozenset({place})
        edge = self._edge(element)
        if element.type == "endEvent":
            yield _Step(taken, ends_all=element.kind in ("terminate", "error", "cancel"))
        elif element.type in ("exclusiveGateway", "eventBasedGateway"):
            for flow in element.outgoing:
                yield _Step(taken, (flow,))
        elif not edge:
            for flows in _ways_out(element):
                yield _Step(taken, flows)
        elif f"in {element.id}" not in marking:
            armed = frozenset(f"at {event.id}" for event in edge if not event.interrupting)
            yield _Step(taken, inner=armed | {f"in {element.id}"})

    def _leave(self, element: Element, marking: Marking) -> Iterator[_Step]:
        edge = self._edge(element)
        taken = frozenset({f"in {element.id}"} | {f"at {event.id}" for event in edge}) & marking
        for flows in _ways_out(element):
            yield _Step(taken, flows)
        for event in edge:
            if event.interrupting:
                yield _Step(taken, event.outgoing)

    def _gateway(self, element: Element, marking: Marking) -> Iterator[_Step]:
        places = {self._place(flow) for flow in element.incoming}
        present = frozenset(places & marking)
        if element.type == "parallelGateway":
            if present == places:
                yield _Step(present, element.outgoing, join=element.id)
        elif not self._more_may_come(element, marking):
            for flows in _choices(element.outgoing):
                yield _Step(present, flows, join=element.id)

    def _more_may_come(self, join: Element, marking: Marking) -> bool:
        """Whether a token elsewhere can still reach an input of an inclusive join that has none."""
        sources = self._before[join.id]
        empty = [flow for flow in join.incoming if self._place(flow) not in marking]
        own = {self._place(flow) for flow in join.incoming}
        holders = {holder for place in marking - own if (holder := self._holder(place)) is not None}
        return any(holders & sources[flow.id] for flow in empty)

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

    def _holder(self, place: str) -> str | None:
        if place.startswith(("in ", "at ")):
            return place[3:]
        target = self._target(place)
        return target.id if target else None

    def _edge(self, element: Element) -> tuple[Element, ...]:
        events = self.process.boundaries(element.id)
        return tuple(event for event in events if event.id in self.elements and event.kind != "compensate")

    def _place(self, flow: Flow) -> str:
        return self._places.get(flow.id, flow.id)

    def _target(self, place: str) -> Element | None:
        return self._targets.get(place)

    @cached_property
    def _places(self) -> Mapping[str, str]:
        """Flow -> the flow that stands for it: the last one of a chain of elements that only pass a token on."""
        flows = {flow.id: flow for element in self.elements.values() for flow in element.outgoing}
        places = {}
        for flow in flows.values():
            last, steps = flow, 0
            while (target := self.elements.get(last.target)) and self._passes(target) and steps < len(flows):
                last, steps = target.outgoing[0], steps + 1
            places[flow.id] = last.id
        return places

    @cached_property
    def _targets(self) -> Mapping[str, Element]:
        flows = {flow.id: flow for element in self.elements.values() for flow in element.outgoing}
        return {
            place: self.elements[flows[place].target]
            for place in self._places.values()
            if flows[place].target in self.elements
        }

    def _passes(self, element: Element) -> bool:
        alone = len(element.incoming) == 1 and len(element.outgoing) == 1
        return alone and element.type not in ("endEvent", "boundaryEvent") and not self._edge(element)


def _ways_out(element: Element) -> Iterator[tuple[Flow, ...]]:
    """The flows that a task or an event may take together: those without condition, with any choice of the others."""
    always = tuple(flow for flow in element.outgoing if flow.condition is None and flow.id != element.default)
    perhaps = tuple(flow for flow in element.outgoing if flow not in always)
    if always or not perhaps:
        yield always
    for flows in _choices(perhaps):
        yield (*always, *flows)


def _choices(flows: tuple[Flow, ...]) -> Iterator[tuple[Flow, ...]]:
    """What an inclusive gateway may choose: one flow or more."""
    sizes = range(1, len(flows) + 1) if len(flows) <= _SUBSETS else (1, len(flows))
    for size in sizes:
        yield from combinations(flows, size)
