"""Looks at every way in which a process can go, the shortest first, and keeps examples. No rule of its own."""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from engine.runtime.bpmn import Flow
from engine.runtime.lint.tokens import JOINS, Board, Marking, Step

Way = tuple[str, ...]  # ids of elements from the start on, in the order in which they are passed


@dataclass(frozen=True)
class Stuck:
    """A join that waits in vain: what does not come, and how a case gets there."""

    missing: tuple[Flow, ...]
    way: Way


@dataclass
class Outcome:
    """What was seen on all ways: elements that were entered, joins that wait in vain, tokens that meet unjoined."""

    fired: set[str] = field(default_factory=set)  # joins that went on
    entered: set[str] = field(default_factory=set)
    stuck: dict[str, Stuck] = field(default_factory=dict)
    doubled: dict[str, Way] = field(default_factory=dict)  # element -> how it comes to be entered twice
    complete: bool = True  # False: there were more markings than may be looked at
    markings: int = 0


@dataclass
class _Trail:
    """How a marking is reached: the last step of the shortest way, and the marking before."""

    length: int
    before: Marking | None
    step: Step


def play(board: Board, limit: int) -> Outcome:
    """Move tokens from the start in every order that makes a difference, up to a number of markings.

    When there are more, the last third is spent on long ways, so that joins far from the start are seen as well.
    """
    outcome = Outcome()
    _Search(board, outcome, limit * 2 // 3, 1).run()
    if not outcome.complete:
        _Search(board, outcome, limit // 3, -1).run()
    return outcome


class _Search:
    """One walk over the markings: direction 1 takes the shortest way first, -1 the longest."""

    def __init__(self, board: Board, outcome: Outcome, limit: int, direction: int) -> None:
        self.board = board
        self.outcome = outcome
        self.limit = limit
        self.direction = direction
        self.trails: dict[Marking, _Trail] = {}
        self.waiting: list[tuple[int, int, Marking]] = []
        self.order = count()

    def run(self) -> None:
        for step in self.board.beginnings():
            self._reach(frozenset(step.put), _Trail(len(step.walked), None, step))
        while self.waiting:
            if len(self.trails) > self.limit:
                self.outcome.complete = False
                break
            length, _, marking = heappop(self.waiting)
            if length == self.direction * self.trails[marking].length:
                self._look(marking)
        self.outcome.markings += len(self.trails)

    def _reach(self, marking: Marking, trail: _Trail) -> None:
        self.outcome.entered.update(trail.step.walked)
        known = self.trails.get(marking)
        if known is None or (self.direction > 0 and trail.length < known.length):
            self.trails[marking] = trail
            heappush(self.waiting, (self.direction * trail.length, next(self.order), marking))

    def _look(self, marking: Marking) -> None:
        """Note what is wrong with a marking, and go on from it."""
        for id in self.board.meeting(marking):
            self.outcome.doubled.setdefault(id, (*self._way(marking), id))
        steps = self.board.moves(marking)
        for step in steps:
            self._follow(marking, step)
        if not steps:
            self._note_stuck(marking)

    def _follow(self, marking: Marking, step: Step) -> None:
        if step.join:
            self.outcome.fired.add(step.join)
        rest = frozenset() if step.ends_all else marking - step.taken
        twice = [place for position, place in enumerate(step.put) if place in rest or place in step.put[:position]]
        if twice:
            self.outcome.entered.update(step.walked)
            holder = self.board.holder(twice[0])
            id = holder.id if holder is not None else step.element
            self.outcome.doubled.setdefault(id, (*self._way(marking), *step.walked, id))
            return
        trail = _Trail(self.trails[marking].length + len(step.walked), marking, step)
        self._reach(rest | frozenset(step.put), trail)

    def _note_stuck(self, marking: Marking) -> None:
        for place in sorted(marking):
            join = self.board.holder(place)
            if join is not None and join.type in JOINS and join.id not in self.outcome.stuck:
                way = (*self._way(marking), join.id)
                self.outcome.stuck[join.id] = Stuck(self.board.missing(join, marking), way)

    def _way(self, marking: Marking) -> Way:
        steps: list[Step] = []
        at: Marking | None = marking
        while at is not None:
            trail = self.trails[at]
            steps.append(trail.step)
            at = trail.before
        return tuple(id for step in reversed(steps) for id in step.walked)
