"""Searches over all combinations of a decision table's values: rules that match together, and what no rule matches.

Rules are bits. A search follows sets of rules, not combinations, and gives up honestly: `TooLarge`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.feel.table_samples import Axis, Sample

EFFORT = 400_000  # sets of rules that are looked at in one table
CROWD = 200  # sets beside each other from which on those that a smaller one stands for are left out
Picks = tuple[Sample, ...]  # one sample of each axis


class TooLarge(Exception):
    """The table has more sets of rules than may be looked at."""


@dataclass
class Effort:
    """What a table's searches may still spend together."""

    left: int = EFFORT

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise TooLarge


def overlaps(axes: Sequence[Axis], rule_count: int) -> Iterator[tuple[int, int, Picks]]:
    """Pairs of rules that surely match together, each with an example."""
    for first in range(rule_count):
        beside = -1
        for axis in axes:
            beside &= _shared(axis, first)
        for second in range(first + 1, rule_count):
            if beside >> second & 1:
                both = 1 << first | 1 << second
                yield first, second, tuple(next(s for s in axis.samples if s.sure & both == both) for axis in axes)


def _shared(axis: Axis, rule: int) -> int:
    """The rules that match some value which this rule matches."""
    found = 0
    for sample in axis.samples:
        if sample.sure >> rule & 1:
            found |= sample.sure
    return found


def gaps(axes: Sequence[Axis], rule_count: int, most: int, effort: Effort) -> list[Picks]:
    """Combinations that no rule can match, at most so many; raises TooLarge."""
    return _unmatched(axes, (1 << rule_count) - 1, lambda sample: sample.maybe, most, effort)


def never_first(axes: Sequence[Axis], rule: int, effort: Effort) -> bool:
    """Whether earlier rules surely match whatever a rule may match; raises TooLarge."""
    own = [replace(axis, samples=tuple(s for s in axis.samples if s.maybe >> rule & 1)) for axis in axes]
    earlier = (1 << rule) - 1
    for axis in own:
        found = 0
        for sample in axis.samples:
            found |= sample.sure
        earlier &= found
    return not _unmatched(own, earlier, lambda sample: sample.sure, 1, effort)


def _unmatched(
    axes: Sequence[Axis], rules: int, matched: Callable[[Sample], int], most: int, effort: Effort
) -> list[Picks]:
    """Picks of one sample for each axis that none of the rules matches, at most so many."""
    reached: dict[int, Picks] = {rules: ()}
    for axis in axes[:-1]:
        following: dict[int, Picks] = {}
        for mask, picks in reached.items():
            effort.spend(len(axis.samples))
            for sample in axis.samples:
                following.setdefault(mask & matched(sample), (*picks, sample))
        reached = _smallest(following, effort) if len(following) > CROWD else following
    found: list[Picks] = []
    for mask, picks in reached.items():
        effort.spend(len(axes[-1].samples))
        for sample in axes[-1].samples:
            if not mask & matched(sample):
                found.append((*picks, sample))
                if len(found) == most:
                    return found
    return found


def _smallest(reached: dict[int, Picks], effort: Effort) -> dict[int, Picks]:
    """Without the sets that hold another one: whatever the others leave unmatched, that one does too."""
    kept: list[int] = []
    for mask in sorted(reached, key=int.bit_count):
        effort.spend(len(kept) >> 3)
        if not any(one & mask == one for one in kept):
            kept.append(mask)
    return {mask: reached[mask] for mask in kept}
