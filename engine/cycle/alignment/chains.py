"""What a person's results rest on and who carries them; a unit's people against the results of its head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.cycle.alignment.landscape import Landscape, Owned
from engine.cycle.alignment.plans import Plan, PlannedResult
from engine.cycle.organisation import Person, Seat
from engine.runtime.values import Json

DEEPEST = 6  # levels below that a chain shows


@dataclass(frozen=True)
class Below:
    """A result that supports another, and what supports it in turn."""

    owned: Owned
    below: tuple["Below", ...]


@dataclass(frozen=True)
class Chain:
    """One result of a person: what it supports up to the top, the nearest first, and who carries it."""

    result: PlannedResult
    above: tuple[Owned, ...]
    below: tuple[Below, ...]


@dataclass(frozen=True)
class PersonChains:
    """A person's strategy: results and drivers with their chains, and what the person plans to learn."""

    name: str
    chains: Sequence[Chain]
    capability: Sequence[Mapping[str, Json]]


@dataclass(frozen=True)
class MatrixLine:
    """A person of a unit and what he produces for each of the head's results, in their order."""

    person: Person
    cells: tuple[tuple[PlannedResult, ...], ...]
    planned: bool  # has an SKP
    elsewhere: tuple[PlannedResult, ...]  # main results that end at none of the head's


@dataclass(frozen=True)
class SupportMatrix:
    """People against the results of the unit's head; `results` is empty while the head has no SKP."""

    head: Person | None
    results: tuple[PlannedResult, ...]
    lines: tuple[MatrixLine, ...]


def chains(person: str, name: str, results: Sequence[PlannedResult], seen: Landscape) -> list[Chain]:
    """The chains of a person's results."""
    plan = Plan(person, name, tuple(results))
    return [Chain(one, tuple(seen.above(plan, one)), _below(one.id, seen, frozenset({one.id}))) for one in results]


def support_matrix(
    seat: Seat | None, people: Sequence[Person], planned: Mapping[str, Sequence[PlannedResult]], seen: Landscape
) -> SupportMatrix:
    """Who produces what for the head of a unit, directly or through others."""
    head = seat.holder if seat else None
    results = tuple(planned.get(head.id, ())) if head else ()
    lines = tuple(_line(one, results, planned, seen) for one in people if head is None or one.id != head.id)
    return SupportMatrix(head, results, lines)


def _below(id: str, seen: Landscape, passed: frozenset[str]) -> tuple[Below, ...]:
    if len(passed) > DEEPEST:
        return ()
    children = [one for one in seen.children.get(id, ()) if one.result.id not in passed]
    return tuple(Below(one, _below(one.result.id, seen, passed | {one.result.id})) for one in children)


def _line(
    person: Person,
    results: Sequence[PlannedResult],
    planned: Mapping[str, Sequence[PlannedResult]],
    seen: Landscape,
) -> MatrixLine:
    own = planned.get(person.id, ())
    plan = Plan(person.id, person.name, tuple(own))
    rests_on = {one.id: {owned.result.id for owned in seen.above(plan, one)} for one in own}
    wanted = {result.id for result in results}
    cells = tuple(tuple(one for one in own if result.id in rests_on[one.id]) for result in results)
    elsewhere = tuple(one for one in own if not rests_on[one.id] & wanted)
    return MatrixLine(person, cells, bool(own), elsewhere)
