"""Credits as arithmetic (pure): parts of a year, conversion, accumulation.

`AK = months/12 x percent(predicate) x coefficient(tier)`, halves up to two decimals, once at the end of a year in a tier.
Coefficients and percentages come from table D5_angka_kredit. Source: DOMAIN 4.9, BKN Reg. 3/2023.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from engine.cycle.ratings import Predicate

FINAL = frozenset({"FINAL", "DITETAPKAN"})  # statuses of a rating that nothing can change any more
DISPUTED = "DALAM_KEBERATAN"


class State(StrEnum):
    """Whether a year's credits count."""

    COUNTED = "counted"
    DISPUTED = "disputed"  # an objection is open: not sent to credits or pay
    NOT_FINAL = "not_final"  # delivered, but the window for objections is open


@dataclass(frozen=True)
class Rate:
    """What a year in a tier with a predicate is worth: credits a year for 100 percent, and the percentage."""

    coefficient: Decimal
    percent: Decimal


@dataclass(frozen=True)
class Held:
    """A functional post that was held from a day until a day; no `ends`: still."""

    unit: str
    unit_name: str
    tier: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Given:
    """A rating that counts: of the year, or of a `part` of it that a person who moved spent in one unit."""

    cycle: str
    year: int
    regime: str
    unit: str
    predicate: Predicate
    status: str
    part: bool = False


@dataclass(frozen=True)
class Part:
    """Months of a year in one unit and tier."""

    unit_name: str
    tier: str
    months: int
    predicate: Predicate
    rate: Rate

    @property
    def credit(self) -> Decimal:
        """Not rounded."""
        return Decimal(self.months) * self.rate.percent * self.rate.coefficient / 1200


@dataclass(frozen=True)
class Conversion:
    """A year in a tier; `total` is what it would give, whether or not it counts yet."""

    cycle: str
    tier: str
    parts: Sequence[Part]
    state: State

    @property
    def total(self) -> Decimal:
        return rounded(self.parts)


RateOf = Callable[[str, Predicate, str], Rate]  # tier, predicate, regime


def rounded(parts: Iterable[Part]) -> Decimal:
    """The credits of parts, rounded once."""
    return sum((part.credit for part in parts), Decimal()).quantize(Decimal("0.01"), ROUND_HALF_UP)


def months_held(held: Held, year: int) -> int:
    """How many months of a year count for a post: those on whose first day it was held."""
    firsts = (date(year, month, 1) for month in range(1, 13))
    return sum(held.starts <= first and (held.ends is None or first <= held.ends) for first in firsts)


def conversions(posts: Sequence[Held], given: Sequence[Given], rate_of: RateOf) -> list[Conversion]:
    """Every rated year of a functional official by tier, the oldest first; `given` in the order it was given."""
    return [
        one
        for cycle in sorted({rating.cycle for rating in given if not rating.part})
        for one in _of_year(posts, [rating for rating in given if rating.cycle == cycle], rate_of)
    ]


def accumulated(found: Iterable[Conversion], tier: str) -> Decimal:
    """What counts towards the need of a tier: credits do not follow into the next one."""
    return sum((one.total for one in found if one.tier == tier and one.state is State.COUNTED), Decimal())


def _of_year(posts: Sequence[Held], ratings: Sequence[Given], rate_of: RateOf) -> list[Conversion]:
    """A part takes the predicate that was given for it in its own unit, without one the year's."""
    last = [rating for rating in ratings if not rating.part][-1]
    by_unit = {rating.unit: rating.predicate for rating in sorted(ratings, key=lambda rating: rating.part)}
    parts: dict[str, list[Part]] = {}
    for held in posts:
        months = months_held(held, last.year)
        if months:
            predicate = by_unit.get(held.unit, last.predicate)
            rate = rate_of(held.tier, predicate, last.regime)
            parts.setdefault(held.tier, []).append(Part(held.unit_name, held.tier, months, predicate, rate))
    state = _state({rating.status for rating in ratings})
    return [Conversion(last.cycle, tier, found, state) for tier, found in parts.items()]


def _state(statuses: set[str]) -> State:
    if DISPUTED in statuses:
        return State.DISPUTED
    return State.COUNTED if statuses <= FINAL else State.NOT_FINAL
