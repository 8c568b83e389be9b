"""Reports: figures by unit, the lines behind one, and reminders to those who are late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from engine.clock import today
from engine.cycle import listings
from engine.cycle.access import POOLS, Scope, demand_unit, scope, tree
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.reports import exports
from engine.cycle.reports.measures import MEASURES, Lines, clusters, findings
from engine.cycle.reports.workbook import Cell
from engine.cycle.services import CLUSTERS
from engine.errors import EngineError, NotFound, NotYours
from engine.runtime.access import require_role
from engine.runtime.models import CaseRow, TaskRow, UrgedTaskRow
from engine.runtime.resources import Resources
from engine.runtime.urging import urge
from engine.runtime.values import Actor, Page

AT_ONCE = 500  # reminders that one order may send


@dataclass(frozen=True)
class UnitFigures:
    """The figures of a unit with all below it; `depth` 0 is the top of what the actor sees."""

    unit: str
    name: str
    depth: int
    figures: Mapping[str, int]  # by code of the measure
    clusters: Mapping[str, int]  # findings by cluster


@dataclass(frozen=True)
class Report:
    """A year at a moment, units in tree order."""

    cycle: str
    at: datetime
    units: Sequence[UnitFigures]


@dataclass(frozen=True)
class Line:
    """One thing that was counted."""

    case: UUID | None
    unit: str
    subject: str | None  # whom the case is about
    name: str | None
    what: str
    at: datetime | None
    task: UUID | None
    holder: str | None = None  # who has the task now
    reminded: bool = False  # by hand, today


@dataclass(frozen=True)
class Reminded:
    """What came of an order to remind: how many reminders left, and why others did not."""

    sent: int
    refused: Sequence[tuple[str, str]]  # name, reason


class Reports:
    """What those who look after units may see of a year, and whom they may remind."""

    def __init__(self, resources: Resources, people: People) -> None:
        self._resources, self._people = resources, people

    def may_remind(self, *, by: Actor) -> bool:
        """Those who look after units or lead them; who only reads does not."""
        looks_after = any(group.split(":", 1)[0] in POOLS for group in by.groups) or "personnel" in by.roles
        with self._resources.reading() as connection:
            return looks_after or bool(self._organisation(connection).units_led_by(by.person))

    def overview(self, cycle: str, *, by: Actor) -> Report:
        """The figures of every unit in sight; raises NotYours for who looks after none."""
        now = self._resources.clock.now()
        with self._resources.reading() as connection:
            organisation = self._organisation(connection)
            self._demand_some(scope(organisation, by))
            units = listings.units(organisation, by=by)
            counted = {code: _counted(connection, one.lines(cycle, now), one.by_case) for code, one in MEASURES.items()}
            found: dict[str, dict[str, int]] = {cluster: {} for cluster in CLUSTERS}
            for cluster, unit, number in connection.execute(clusters(), {"cycle": cycle}):
                found.setdefault(cluster, {})[unit] = number
        below = _below(units)
        return Report(
            cycle,
            now,
            [
                UnitFigures(unit.id, unit.name, depth, _sums(counted, below[unit.id]), _sums(found, below[unit.id]))
                for unit, depth in _depths(units)
            ],
        )

    def lines(
        self,
        measure: str,
        cycle: str,
        unit: str | None,
        *,
        by: Actor,
        cluster: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[Line]:
        """What stands behind a figure of a unit and all below it, the oldest first.

        Raises:
            NotFound: there is no such measure.  NotYours: the unit is out of sight.
        """
        if measure not in MEASURES:
            raise NotFound("Laporan seperti ini tidak ada.")
        now = self._resources.clock.now()
        with self._resources.reading() as connection:
            found = scope(self._organisation(connection), by)
            self._demand_some(found)
            if unit is not None:
                demand_unit(found, unit)
            query = findings(cycle, now, cluster) if cluster else MEASURES[measure].lines(cycle, now)
            inner = query.subquery("lines")
            units = tree(connection, [unit]) if unit is not None else found.units
            wanted = sa.select(inner) if units is None else sa.select(inner).where(inner.c.unit.in_(units))
            total = connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery("all"))) or 0
            rows = connection.execute(
                wanted.order_by(inner.c.at, inner.c.name, inner.c.task_id).limit(limit).offset(offset)
            ).all()
            lines = [Line(row.case_id, row.unit, row.subject, row.name, row.what, row.at, row.task_id) for row in rows]
            return Page(self._with_holders(connection, lines), total, offset, limit)

    def export(self, what: str, cycle: str, *, by: Actor) -> tuple[Sequence[str], Sequence[Sequence[Cell]]]:
        """Headings and rows of "skp" or "results" of a year, of the units in sight, for other systems.

        Raises:
            NotYours: the actor is not personnel.  NotFound: there is no such table.
        """
        require_role(by, "personnel")
        with self._resources.reading() as connection:
            organisation = self._organisation(connection)
            found = scope(organisation, by)
            if what == "skp":
                return exports.SKP, exports.skps(connection, found, cycle)
            if what == "results":
                rows = exports.results(organisation, self._people, found, cycle, self._resources.zone)
                return exports.RESULTS, rows
        raise NotFound("Data seperti ini tidak ada.")

    def remind(self, tasks: Iterable[UUID], *, by: Actor) -> Reminded:
        """Remind whoever has these open tasks, each in a transaction of its own; one that cannot be is told with its reason.

        Raises:
            NotYours: the actor reminds nobody.
        """
        if not self.may_remind(by=by):
            raise NotYours("Mengingatkan hanya untuk pengelola kinerja dan pimpinan unit.")
        sent, refused = 0, []
        for task in list(dict.fromkeys(tasks))[:AT_ONCE]:
            try:
                self._resources.write(partial(self._remind, task=task, by=by))
                sent += 1
            except EngineError as refusal:
                refused.append((self._subject(task), str(refusal)))
        return Reminded(sent, refused)

    # how

    def _remind(self, connection: sa.Connection, *, task: UUID, by: Actor) -> None:
        unit = connection.scalar(sa.select(CaseRow.unit).join(TaskRow).where(TaskRow.id == task))
        organisation = self._organisation(connection)
        demand_unit(scope(organisation, replace(by, roles=by.roles - {"auditor"})), unit)
        urge(self._resources, connection, task, by=by)

    def _subject(self, task: UUID) -> str:
        with self._resources.reading() as connection:
            return connection.scalar(sa.select(CaseRow.subject_name).join(TaskRow).where(TaskRow.id == task)) or ""

    def _with_holders(self, connection: sa.Connection, lines: Sequence[Line]) -> Sequence[Line]:
        tasks = [line.task for line in lines if line.task is not None]
        if not tasks:
            return lines
        rows = connection.execute(
            sa.select(TaskRow.id, TaskRow.assignee, UrgedTaskRow.at)
            .outerjoin(UrgedTaskRow, UrgedTaskRow.task_id == TaskRow.id)
            .where(TaskRow.id.in_(tasks))
        ).all()
        names = self._people.names(connection, {row.assignee for row in rows if row.assignee})
        zone, day = self._resources.zone, today(self._resources.clock, self._resources.zone)
        known = {
            row.id: (names.get(row.assignee or ""), row.at is not None and row.at.astimezone(zone).date() == day)
            for row in rows
        }
        return [
            line if line.task is None else replace(line, holder=known[line.task][0], reminded=known[line.task][1])
            for line in lines
        ]

    def _demand_some(self, found: Scope) -> None:
        if found.units is not None and not found.units:
            raise NotYours("Laporan hanya untuk pimpinan, pengelola kinerja, dan auditor.")

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, today(self._resources.clock, self._resources.zone))


def _counted(connection: sa.Connection, lines: Lines, by_case: bool) -> dict[str, int]:
    inner = lines.subquery("lines")
    number = sa.func.count(sa.distinct(inner.c.case_id)) if by_case else sa.func.count()
    rows = connection.execute(sa.select(inner.c.unit, number).group_by(inner.c.unit))
    return {row[0]: row[1] for row in rows}


def _sums(counted: Mapping[str, Mapping[str, int]], units: Iterable[str]) -> dict[str, int]:
    wanted = list(units)
    return {code: sum(numbers.get(unit, 0) for unit in wanted) for code, numbers in counted.items()}


def _below(units: Sequence[listings.Unit]) -> dict[str, list[str]]:
    """Each unit with all below it, by id; units come after the one above them."""
    below: dict[str, list[str]] = {unit.id: [unit.id] for unit in units}
    for unit in reversed(units):
        if unit.parent in below:
            below[unit.parent] += below[unit.id]
    return below


def _depths(units: Sequence[listings.Unit]) -> list[tuple[listings.Unit, int]]:
    depths: dict[str | None, int] = {}
    for unit in units:
        depths[unit.id] = depths.get(unit.parent, -1) + 1
    return [(unit, depths[unit.id]) for unit in units]
