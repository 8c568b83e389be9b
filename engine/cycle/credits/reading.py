"""The posts and ratings that credits are counted from, read for many people at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from engine.cycle.credits.counting import Given, Held
from engine.cycle.events.reading import PART
from engine.cycle.models import CycleRow, HoldingRow, PostRow, RatingRow, UnitRow
from engine.cycle.ratings import Predicate
from engine.cycle.spreads import ANNUAL


def posts_held(connection: sa.Connection, people: Collection[str]) -> Mapping[str, Sequence[Held]]:
    """The functional posts of people, the oldest first."""
    rows = connection.execute(
        sa.select(HoldingRow.employee_id, UnitRow.id, UnitRow.name, PostRow.tier, HoldingRow.starts, HoldingRow.ends)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .join(UnitRow, UnitRow.id == PostRow.unit_id)
        .where(HoldingRow.employee_id.in_(people), PostRow.tier.is_not(None))
        .order_by(HoldingRow.starts, HoldingRow.id)
    )
    found: defaultdict[str, list[Held]] = defaultdict(list)
    for person, unit, unit_name, tier, starts, ends in rows:
        found[person].append(Held(unit, unit_name, str(tier), starts, ends))
    return found


def annual_ratings(connection: sa.Connection, people: Collection[str]) -> Mapping[str, Sequence[Given]]:
    """The ratings of people's years, and of parts of them, that no newer one has replaced, in the order they were given."""
    rating = RatingRow
    rows = connection.execute(
        sa.select(
            rating.subject,
            CycleRow.id,
            CycleRow.year,
            CycleRow.regime,
            rating.unit_id,
            rating.predicate,
            rating.status,
            rating.period,
        )
        .join(CycleRow, CycleRow.id == rating.cycle_id)
        .where(
            rating.subject.in_(people),
            rating.period.in_((ANNUAL, PART)),
            rating.superseded.is_(False),
            rating.predicate.is_not(None),
        )
        .order_by(rating.given_at, rating.id)
    )
    found: defaultdict[str, list[Given]] = defaultdict(list)
    for person, cycle, year, regime, unit, predicate, status, period in rows:
        found[person].append(Given(cycle, year, regime, unit, Predicate(str(predicate)), status, period == PART))
    return found
