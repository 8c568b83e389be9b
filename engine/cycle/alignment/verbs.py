"""Alignment: the verbs around planned results. Each is one transaction and asks who wants it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import sqlalchemy as sa

from engine.cycle import remembered
from engine.cycle.access import Scope, demand, demand_plans, demand_unit, scope, tree
from engine.cycle.alignment import agencywide, desk
from engine.cycle.alignment.chains import PersonChains, SupportMatrix, chains, support_matrix
from engine.cycle.alignment.findings import Judge
from engine.cycle.alignment.reading import around, everyone
from engine.cycle.models import UnitRow
from engine.cycle.organisation import Organisation, Person, people_query
from engine.cycle.people import People
from engine.cycle.skps import capability
from engine.cycle.storage import Storage
from engine.errors import NotFound, NotYours
from engine.runtime.values import Actor, Json, Page


class Alignment:
    """SKPs held against what they support."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage = storage
        self._people = people

    def look_at(self, person: str, cycle: str, rows: Sequence[Mapping[str, Json]], *, by: Actor) -> desk.Checked:
        """Judge an SKP as it is being written; for the person and for whoever cares for the person's unit.

        Raises:
            NotYours: somebody else's SKP.  Refused: the published release has no tables for it.
        """
        with self._storage.reading() as session:
            organisation = remembered.organisation(session.connection(), self._storage.today())
            found = _known(organisation, person)
            if by.person != person:
                demand_unit(scope(organisation, by), found.unit)
            checked = desk.check(organisation, self._people, found, cycle, rows, Judge(self._people.decide))
            remembered.keep(organisation)
            return checked

    def check_agency(self, cycle: str, *, by: Actor) -> agencywide.AgencyCheck:
        """Judge the SKPs of the whole agency and keep what was found in place of the last check."""
        demand(by, "personnel")
        with self._storage.writing() as session:
            organisation = self._organisation(session.connection())
            demand_unit(scope(organisation, by), None)
            judge = Judge(self._people.decide)
            judged = list(agencywide.judge_everyone(organisation, self._people, cycle, judge))
            return agencywide.keep(session.connection(), cycle, judged, by=by.person, now=self._storage.now())

    def may_see_units(self, *, by: Actor) -> bool:
        """Whether the findings of any unit are for this actor."""
        with self._storage.reading() as session:
            sight = scope(self._organisation(session.connection()), by)
            return sight.units is None or bool(sight.units)

    def last_check(self, cycle: str, *, by: Actor) -> agencywide.AgencyCheck | None:
        """What the last check of a year came to; for who may see units."""
        with self._storage.reading() as session:
            self._demand_units(self._organisation(session.connection()), by)
            return agencywide.latest(session.connection(), cycle)

    def findings(
        self,
        cycle: str,
        *,
        by: Actor,
        unit: str | None = None,
        code: str | None = None,
        severity: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[agencywide.AgencyFinding]:
        """The findings of the last check on the units in sight; none while nobody has checked."""
        with self._storage.reading() as session:
            connection = session.connection()
            sight = self._demand_units(self._organisation(connection), by)
            check = agencywide.latest(connection, cycle)
            if check is None:
                return Page([], 0, offset, limit)
            return agencywide.findings(
                connection, check.id, sight, unit=unit, code=code, severity=severity, limit=limit, offset=offset
            )

    def chains(self, person: str, cycle: str, *, by: Actor, on: date) -> PersonChains:
        """What each result rested on and who carried it at the end of a day, and the capability plan of now."""
        with self._storage.reading() as session:
            connection = session.connection()
            organisation = self._organisation(connection)
            found = _known(organisation, person)
            if by.person != person:
                demand_plans(organisation, by, found.unit)
            until = datetime.combine(on, time.max, self._storage.zone)
            results, seen = around(connection, cycle, person, until)
            plans = capability(connection, person, cycle)
            return PersonChains(found.name, chains(person, found.name, results, seen), plans)

    def matrix(self, unit: str, cycle: str, *, by: Actor) -> SupportMatrix:
        """Who of a unit's tree produces what for the results of its head."""
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection())
            demand_plans(organisation, by, unit)
            seat = next((one for one in organisation.seats(unit) if one.unit == unit), None)
            rows = session.execute(
                people_query(organisation.on).where(UnitRow.id.in_(tree(session.connection(), [unit])))
            )
            people = sorted((Person(*row) for row in rows), key=lambda one: (one.name, one.id))
            planned, seen = everyone(session.connection(), cycle, [one.id for one in people])
            return support_matrix(seat, people, planned, seen)

    def _demand_units(self, organisation: Organisation, by: Actor) -> Scope:
        sight = scope(organisation, by)
        if sight.units is not None and not sight.units:
            raise NotYours("Keselarasan unit hanya untuk pimpinan, pengelola kinerja, dan auditor.")
        return sight

    def _organisation(self, connection: sa.Connection) -> Organisation:
        return Organisation(connection, self._storage.today())


def _known(organisation: Organisation, person: str) -> Person:
    found = organisation.person(person)
    if found is None:
        raise NotFound("Pegawai tidak ada.")
    return found
