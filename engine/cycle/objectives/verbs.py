"""Objectives: the verbs of the organisation's side of the year. Each is one transaction and asks who wants it."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from engine.cycle.access import demand, demand_plans, demand_unit, scope
from engine.cycle.alignment.findings import Judge
from engine.cycle.models import CycleRow
from engine.cycle.objectives import attainment, editing, publishing, reading, versions
from engine.cycle.objectives.models import AgreedTargetRow, AgreementStatus
from engine.cycle.objectives.tree import Tree, tree
from engine.cycle.organisation import Organisation
from engine.cycle.storage import Storage
from engine.errors import NotFound, Refused
from engine.runtime.services import Ask
from engine.runtime.values import Actor


class Objectives:
    """Goals, agreements and matrices of an agency."""

    def __init__(self, storage: Storage, decide: Ask) -> None:
        self._storage = storage
        self._decide = decide

    def goals(self, *, by: Actor, on: date | None = None) -> Sequence[reading.Objective]:
        """The goals and objectives of the renstra; everybody may see what the agency wants."""
        with self._storage.reading() as session:
            return reading.objectives(session.connection(), on or self._storage.today())

    def tree(self, cycle: str, *, by: Actor, on: date | None = None) -> Tree:
        """Goals, objectives and what units have agreed for them, with the gaps; everybody may see it."""
        with self._storage.reading() as session:
            return tree(session.connection(), cycle, on or self._storage.today())

    def agreement(self, unit: str, cycle: str, *, by: Actor, on: date | None = None) -> reading.Agreement:
        """The agreement in force on a day; without a day the newest version, published or not.

        Raises:
            NotFound: the unit has none.  NotYours: the unit is out of sight.
        """
        with self._storage.reading() as session:
            connection = session.connection()
            demand_plans(Organisation(connection, self._storage.today()), by, unit)
            if on is None:
                return self._newest(connection, unit, cycle)
            in_force = versions.published(cycle, on)
            rows = [row for row in connection.execute(in_force) if row.unit_id == unit]
            if not rows:
                raise NotFound(f"Unit {unit} belum mempunyai perjanjian kinerja yang berlaku pada tanggal itu.")
            return reading.agreements(connection, rows, on)[0]

    def obstacles(self, unit: str, cycle: str, *, by: Actor) -> Sequence[str]:
        """What stands against publishing the newest version, all of it."""
        with self._storage.reading() as session:
            connection = session.connection()
            demand_plans(Organisation(connection, self._storage.today()), by, unit)
            agreement = self._newest(connection, unit, cycle)
            return publishing.obstacles(connection, Judge(self._decide), agreement, self._storage.today())

    def publish(self, unit: str, cycle: str, *, by: Actor) -> int:
        """Put a unit's agreement and matrix in force, and tell those who plan by it; gives the version.

        Raises:
            Refused: nothing waits for publishing, or something stands against it; the sentence names all of it.
        """
        demand(by, "personnel")
        with self._storage.writing() as session:
            connection, today, now = session.connection(), self._storage.today(), self._storage.now()
            self._demand_sight(connection, unit, by)
            agreement = self._newest(connection, unit, cycle)
            if agreement.status is AgreementStatus.PUBLISHED:
                raise Refused(f"Perjanjian kinerja unit {unit} versi {agreement.version} sudah diterbitkan.")
            against = publishing.obstacles(connection, Judge(self._decide), agreement, today)
            if against:
                raise Refused(" ".join(against))
            publishing.publish(connection, agreement, by=by.person, now=now, on=today)
            staff = {person for person, _, _ in publishing.people_under(connection, unit, cycle, today)}
            told = sorted(staff | {role.person for role in agreement.roles})
            publishing.tell(connection, agreement, told, now)
            return agreement.version

    def record_attainment(self, unit: str, cycle: str, indicator: str, value: float, *, by: Actor) -> None:
        """Note what has been reached of an indicator so far; it is a fact of the version in force, not a new version."""
        demand(by, "personnel")
        with self._storage.writing() as session:
            connection = session.connection()
            self._demand_sight(connection, unit, by)
            in_force = versions.published(cycle, self._storage.today()).subquery()
            agreement = sa.select(in_force.c.id).where(in_force.c.unit_id == unit).scalar_subquery()
            changed = connection.execute(
                sa.update(AgreedTargetRow)
                .where(AgreedTargetRow.agreement_id == agreement, AgreedTargetRow.indicator_code == indicator)
                .values(realised=value)
            )
            if changed.rowcount == 0:
                raise NotFound(f"Indikator {indicator} tidak ada dalam perjanjian kinerja unit {unit} yang berlaku.")

    def attainments(self, unit: str, cycle: str, *, by: Actor) -> Mapping[tuple[str, str], float]:
        """What was noted, by indicator and quarter."""
        with self._storage.reading() as session:
            connection = session.connection()
            demand_plans(Organisation(connection, self._storage.today()), by, unit)
            return attainment.read(connection, unit, cycle)

    def record_attainments(self, unit: str, cycle: str, values: attainment.Values, *, by: Actor) -> None:
        """Note what has been reached by the end of quarters; None takes a value away.

        Raises:
            NotYours
            NotFound: no agreement is in force.
            FormInvalid: by "<indicator>/<quarter>", a quarter that has not begun.
        """
        demand(by, "personnel")
        with self._storage.writing() as session:
            connection, on = session.connection(), self._storage.today()
            self._demand_sight(connection, unit, by)
            rows = [row for row in connection.execute(versions.published(cycle, on)) if row.unit_id == unit]
            year = session.get(CycleRow, cycle)
            if not rows or year is None:
                raise NotFound(f"Unit {unit} belum mempunyai perjanjian kinerja yang berlaku.")
            agreement = reading.agreements(connection, rows, on)[0]
            now = self._storage.now()
            attainment.write(connection, agreement, year.year, values, by=by.person, now=now, on=on)

    def begin_draft(self, unit: str, cycle: str, *, by: Actor) -> int:
        """A draft to write in: the one that is there, else a copy of what is in force; gives its version. Raises NotYours."""
        demand(by, "personnel")
        with self._storage.writing() as session:
            connection = session.connection()
            self._demand_sight(connection, unit, by)
            self._newest(connection, unit, cycle)
            versions.draft(connection, unit, cycle)
            return self._newest(connection, unit, cycle).version

    def change_draft(
        self,
        unit: str,
        cycle: str,
        version: int,
        targets: Sequence[editing.TargetEdit],
        roles: Sequence[editing.RoleEdit],
        *,
        by: Actor,
    ) -> None:
        """Change lines of the agreement and cells of the matrix, in the draft of this version.

        Raises:
            NotYours, NotFound
            Refused: the version was published, or another one begun, in the meantime.
            FormInvalid: see `editing.change`.
        """
        demand(by, "personnel")
        with self._storage.writing() as session:
            connection = session.connection()
            self._demand_sight(connection, unit, by)
            draft = self._newest(connection, unit, cycle)
            if draft.version != version or draft.status is AgreementStatus.PUBLISHED:
                raise Refused(f"Konsep versi {version} sudah terbit atau diganti. Buka halaman unit lagi.")
            editing.change(connection, draft, targets, roles)

    def _newest(self, connection: sa.Connection, unit: str, cycle: str) -> reading.Agreement:
        row = versions.newest(connection, unit, cycle)
        if row is None:
            raise NotFound(f"Unit {unit} belum mempunyai perjanjian kinerja tahun {cycle}.")
        return reading.agreements(connection, [row], self._storage.today())[0]

    def _demand_sight(self, connection: sa.Connection, unit: str, by: Actor) -> None:
        demand_unit(scope(Organisation(connection, self._storage.today()), by), unit)
