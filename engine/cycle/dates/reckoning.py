"""What the dates of a case follow: the days off of the agency, by which its deadlines were reckoned when it was opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa

from engine.cycle.calendar import WorkCalendar, calendar_functions, year_deadlines, year_periods
from engine.cycle.organisation import Organisation
from engine.cycle.parameters import Parameters, parameters_on
from engine.cycle.zones import zone_of
from engine.runtime.redating import Rules
from engine.runtime.values import Json

Dates = tuple[Json, Json]  # the keys "deadlines" and "periods" of a case


@dataclass
class CalendarRules:
    """How cases follow from one set of days off to another; reads once what cases of one unit and day share."""

    connection: sa.Connection
    zone: tzinfo
    before: frozenset[date]
    after: frozenset[date]
    _parameters: dict[tuple[str, date], Parameters] = field(default_factory=dict)

    def rules(self) -> Rules:
        before = calendar_functions(lambda: self.before)
        return Rules(before, calendar_functions(lambda: self.after), self._renewed)

    def _renewed(self, case: Mapping[str, Any], data: Mapping[str, Json]) -> Mapping[str, Json]:
        """The case's deadlines and periods, with what stands where the first calendar puts it as the second one does."""
        if "deadlines" not in data or "periods" not in data:
            return {}
        old, new = (self._dates(days, case, data) for days in (self.before, self.after))
        found = {"deadlines": followed(data["deadlines"], old[0], new[0])}
        return {**found, "periods": followed(data["periods"], old[1], new[1])}

    def _dates(self, days: frozenset[date], case: Mapping[str, Any], data: Mapping[str, Json]) -> Dates:
        opened: datetime = case["opened_at"]
        year, parameters = int(data["cycle"]["year"]), self._parameters_of(case["unit"], opened)
        calendar = WorkCalendar(days, zone_of(parameters.text("zona")))
        first, last = _served(data["periods"])
        periods = year_periods(year, parameters, calendar, opened, serves_from=first, serves_until=last)
        deadlines = year_deadlines(year, parameters, calendar, opened).to_json()
        return deadlines, [period.to_json() for period in periods]

    def _parameters_of(self, unit: str, opened: datetime) -> Parameters:
        """As they were when the case was opened."""
        day = opened.astimezone(self.zone).date()
        if (unit, day) not in self._parameters:
            chain = Organisation(self.connection, day).chain(unit)
            self._parameters[unit, day] = parameters_on(self.connection, day, chain, zone=str(self.zone))
        return self._parameters[unit, day]


def followed(current: Json, old: Json, new: Json) -> Json:
    """A value with each part that equals the old one's as the new one has it; what differs stays."""
    if current == old:
        return new
    if isinstance(current, dict) and isinstance(old, dict) and isinstance(new, dict):
        shared = current.keys() & old.keys() & new.keys()
        return {key: followed(value, old[key], new[key]) if key in shared else value for key, value in current.items()}
    if isinstance(current, list) and len(current) == len(old) == len(new):
        return [followed(*parts) for parts in zip(current, old, new, strict=True)]
    return current


def _served(periods: Iterable[Mapping[str, Json]]) -> tuple[date | None, date | None]:
    """The first and last day of a case's periods: those on which its person serves."""
    days = [(date.fromisoformat(one["starts"]), date.fromisoformat(one["ends"])) for one in periods]
    return (days[0][0], days[-1][1]) if days else (None, None)
