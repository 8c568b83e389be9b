"""The parts of a person's year as they were noted, and what was given in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.events.models import PersonEventRow, YearPartRow
from engine.cycle.models import RatingRow
from engine.cycle.ratings import Predicate

STUDY_BEGAN, STUDY_ENDED = "TUGAS_BELAJAR_MULAI", "TUGAS_BELAJAR_SELESAI"  # kinds of events
PART = "part"  # the `period` of a rating of a part of the year
STUDIES = (
    sa.select(PersonEventRow.employee_id, PersonEventRow.kind, PersonEventRow.ends, PersonEventRow.text)
    .where(
        PersonEventRow.employee_id.in_(sa.bindparam("employees", expanding=True)),
        PersonEventRow.kind.in_((STUDY_BEGAN, STUDY_ENDED)),
        PersonEventRow.starts <= sa.bindparam("on"),
    )
    .order_by(PersonEventRow.starts, PersonEventRow.id)
)


@dataclass(frozen=True)
class YearPart:
    """A stretch of a person's year in one unit; no `ends`: it runs."""

    case: UUID
    unit: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class RatedPart:
    """A part of the year that was evaluated, and how many months of the year it has."""

    part: YearPart
    months: int
    result: str
    behaviour: str
    predicate: Predicate
    behaviour_value: float | None = None  # where the regime rates in numbers


def parts_of(connection: sa.Connection, subject: str, cycle: str) -> Sequence[YearPart]:
    """The parts of a person's year, the first one first; empty for a year that is not divided."""
    row = YearPartRow
    query = sa.select(row.case_id, row.unit_id, row.starts, row.ends).where(
        row.subject == subject, row.cycle_id == cycle
    )
    return [YearPart(*one) for one in connection.execute(query.order_by(row.starts))]


def months_of(part: YearPart, year_ends: date) -> int:
    """The months of a part: those whose first day lies in it, as credits count them."""
    last = part.ends or year_ends
    firsts = (date(year_ends.year, month, 1) for month in range(1, 13))
    return sum(part.starts <= first <= last for first in firsts)


def rated_parts(connection: sa.Connection, parts: Sequence[YearPart], year_ends: date) -> Sequence[RatedPart]:
    """Those of the parts that were evaluated."""
    rating = RatingRow
    query = sa.select(
        rating.case_id, rating.result_rating, rating.behaviour_rating, rating.predicate, rating.numbers
    ).where(rating.case_id.in_([part.case for part in parts]), rating.period == PART, rating.superseded.is_(False))
    given = {row[0]: row for row in connection.execute(query)}
    return [
        RatedPart(
            part,
            months_of(part, year_ends),
            str(result),
            str(behaviour),
            Predicate(str(predicate)),
            (numbers or {}).get("perilaku"),
        )
        for part in parts
        if part.case in given
        for _, result, behaviour, predicate, numbers in [given[part.case]]
    ]


def running_part(connection: sa.Connection, subject: str, on: date) -> YearPart | None:
    """The part of a divided year that a person is in on a day, where another part went before it."""
    row = YearPartRow
    parts = sa.select(row.case_id, row.unit_id, row.starts, row.ends).where(row.subject == subject, row.starts <= on)
    found = connection.execute(parts.order_by(row.starts.desc()).limit(2)).all()
    if len(found) < 2 or (found[0].ends is not None and found[0].ends < on):
        return None
    return YearPart(*found[0])


def last_day_in(connection: sa.Connection, subject: str, unit: str) -> date | None:
    """The last day of the newest part that a person has ended in a unit."""
    row = YearPartRow
    query = sa.select(sa.func.max(row.ends)).where(row.subject == subject, row.unit_id == unit)
    found: date | None = connection.scalar(query)
    return found


def studying(connection: sa.Connection, employees: Sequence[str], on: date) -> Mapping[str, str]:
    """Who of these people studies on a day, with the words of the record."""
    newest = {one.employee_id: one for one in connection.execute(STUDIES, {"employees": employees, "on": on})}
    return {
        person: one.text
        for person, one in newest.items()
        if one.kind == STUDY_BEGAN and (one.ends is None or one.ends >= on)
    }
