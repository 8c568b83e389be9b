"""What units have reached of their performance agreements, and the rating that table D2_rating_pk makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.cycle.objectives.reading import AgreedTarget, agreements
from engine.cycle.objectives.versions import published
from engine.runtime.services import Ask
from engine.runtime.values import Json

PK_RATING = "D2_rating_pk"


@dataclass(frozen=True)
class Attainment:
    """A unit's agreement at the end of the year; the source of its mean is DOMAIN 4.5."""

    targets: Sequence[AgreedTarget] = ()

    @property
    def missing(self) -> int:
        """How many indicators have no realisation yet."""
        return sum(one.attained is None for one in self.targets)

    @property
    def mean(self) -> float | None:
        """Percent over all indicators with a realisation; None while there is none."""
        known = [one.attained for one in self.targets if one.attained is not None]
        return round(sum(known) / len(known), 2) if known else None

    def rating(self, ask: Ask) -> str | None:
        """What the mean says of the agreement; None until every indicator has a realisation."""
        if self.mean is None or self.missing:
            return None
        found: str | None = ask(PK_RATING, {"capaian_pk": self.mean})
        return found

    def rows(self) -> list[dict[str, Json]]:
        """As a form's table shows it."""
        return [
            {
                "indikator": f"{one.indicator.code} {one.indicator.name}",
                "target": _amounts(one.target, one.target_upper, one.indicator.measure),
                "realisasi": one.realised,
                "capaian": one.attained,
            }
            for one in self.targets
        ]


def attainments(connection: sa.Connection, cycle: str, on: date) -> dict[str, Attainment]:
    """What each unit with a published agreement has reached, by unit."""
    day = _within(cycle, on)
    found = agreements(connection, connection.execute(published(cycle, day)), day, matrices=False)
    return {one.unit: Attainment(one.targets) for one in found}


def attainment(connection: sa.Connection, unit: str, cycle: str, on: date) -> Attainment:
    """What one unit has reached; without a published agreement nothing is known."""
    day = _within(cycle, on)
    in_force = published(cycle, day).subquery()
    row = connection.execute(sa.select(*in_force.c).where(in_force.c.unit_id == unit))
    found = agreements(connection, row, day, matrices=False)
    return Attainment(found[0].targets) if found else Attainment()


def _within(cycle: str, on: date) -> date:
    """The day, or the last of its year when that is over: then the year is looked back at."""
    return min(on, date(int(cycle), 12, 31)) if cycle.isdigit() else on


def _amounts(target: float, upper: float | None, measure: str) -> str:
    bounds = f"{target:g}" if upper is None else f"{target:g} - {upper:g}"
    return f"{bounds} {measure}"
