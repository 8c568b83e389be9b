"""The results of many people by what they support: owners, ways up, who carries what."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.cycle.alignment.plans import DIRECT, Plan, PlannedResult

AGREEMENT = "PK:"  # how an indicator of the unit's performance agreement is named where a result names its parent


@dataclass(frozen=True)
class Owned:
    """A result and whose it is."""

    result: PlannedResult
    person: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """The same through all versions of the SKP."""
        return self.person, self.result.row or self.result.id


Claim = tuple[str, str, tuple[tuple[str, float | None, str], ...]]


@dataclass(frozen=True)
class Landscape:
    """`results` by id, those of earlier SKP versions too; `replaced` of them say something else today, or are gone."""

    results: Mapping[str, Owned] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    children: Mapping[str, tuple[Owned, ...]] = field(default_factory=dict)
    claims: Mapping[Claim, tuple[Owned, ...]] = field(default_factory=dict)

    def above(self, plan: Plan, result: PlannedResult) -> Iterator[Owned]:
        """What a result supports, what that supports, and so on; ends where it comes back to one it has passed."""
        passed = {Owned(result, plan.person, plan.name).key}
        parent = result.parent
        while parent is not None and (owned := self.results.get(parent)) is not None:
            yield owned
            if owned.key in passed:
                return
            passed.add(owned.key)
            parent = owned.result.parent

    def circles(self, plan: Plan, result: PlannedResult) -> bool:
        """Whether a result supports itself in the end."""
        own = Owned(result, plan.person, plan.name).key
        return any(owned.key == own for owned in self.above(plan, result))


def landscape(
    plans: Iterable[Plan], earlier: Mapping[str, Owned] | None = None, replaced: Iterable[str] = ()
) -> Landscape:
    """The landscape of SKPs; `earlier` are results of versions before these."""
    results: dict[str, Owned] = dict(earlier or {})
    below: dict[str, list[Owned]] = defaultdict(list)
    claims: dict[Claim, list[Owned]] = defaultdict(list)
    for plan in plans:
        for result in plan.results:
            owned = results[result.id] = Owned(result, plan.person, plan.name)
            if result.parent:
                below[result.parent].append(owned)
            if result.method != DIRECT:
                claims[claim_of(result)].append(owned)
    return Landscape(
        results,
        frozenset(replaced),
        {id: tuple(children) for id, children in below.items()},
        {claim: tuple(owners) for claim, owners in claims.items() if len(owners) > 1},
    )


def claim_of(result: PlannedResult) -> Claim:
    """What two people claim alike when they write the same of the same."""
    targets = tuple((one.indicator.casefold(), one.value, one.measure.casefold()) for one in result.targets)
    return result.parent or "", " ".join(result.text.casefold().split()), targets
