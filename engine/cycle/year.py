"""PerformanceCycle: the verbs of the performance year. One transaction each; every verb asks who wants it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from engine.clock import Clock
from engine.cycle import agency, holidays, imports, listings
from engine.cycle.access import demand, demand_agency, demand_unit, scope
from engine.cycle.accounts import Account, Accounts
from engine.cycle.alignment.verbs import Alignment
from engine.cycle.calibration import Calibration
from engine.cycle.credits.verbs import Credits
from engine.cycle.daily.nudging import Nudges
from engine.cycle.daily.verbs import DailyLog
from engine.cycle.events.contracts import Contracts
from engine.cycle.events.files import EventFiles
from engine.cycle.events.parts import Parts
from engine.cycle.events.regrouping import Regrouping
from engine.cycle.evidence import EvidenceLedger
from engine.cycle.feedback import Feedback
from engine.cycle.imports.exporting import exported
from engine.cycle.lines import Lines
from engine.cycle.models import ActingKind, CycleRow, CycleStatus, ItemStatus
from engine.cycle.objectives.verbs import Objectives
from engine.cycle.openings import CaseOpener, Failure, Opening, Openings
from engine.cycle.organisation import Organisation, Person
from engine.cycle.parameters import parameters_on
from engine.cycle.passwords import CHEAP, STRONG, Passwords
from engine.cycle.people import People
from engine.cycle.progress import Progress, progress
from engine.cycle.proposals.verbs import Proposals
from engine.cycle.rulebook import Rulebook
from engine.cycle.skp_changes import SkpChanges
from engine.cycle.starting import CaseStarter
from engine.cycle.storage import Storage
from engine.cycle.surveys.verbs import Surveys
from engine.cycle.unit_predicates.verbs import UnitPredicates
from engine.cycle.visits import Visit, Visits
from engine.cycle.watching import Team
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.announcing import Announcements
from engine.runtime.batches import Batches
from engine.runtime.files import CaseFiles
from engine.runtime.prefilling import Prefilling
from engine.runtime.reassigning import Assignments
from engine.runtime.values import Actor, Page
from engine.settings import Settings


class Runtime(CaseOpener, Protocol):
    """What the year needs of the runtime: the Engine."""

    @property
    def database(self) -> sa.Engine: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def assignments(self) -> Assignments: ...

    @property
    def announcements(self) -> Announcements: ...

    @property
    def prefilling(self) -> Prefilling: ...

    @property
    def case_files(self) -> CaseFiles: ...

    @property
    def batches(self) -> Batches: ...


@dataclass(frozen=True)
class Cycle:
    """A performance year."""

    id: str
    year: int
    regime: str
    starts: date
    ends: date
    status: str  # "prepared" | "open" | "closed"
    created_at: datetime


class PerformanceCycle:
    """The performance year of an agency, on top of the runtime's cases."""

    def __init__(self, engine: Runtime, settings: Settings, people: People) -> None:
        self._settings = settings
        self._people = people
        self._storage = Storage(engine.database, engine.clock, settings.zone)
        self.rulebook = Rulebook(self._storage)
        self.objectives = Objectives(self._storage, people.decide)
        self.predicates = UnitPredicates(self._storage, people.decide)
        self.calibration = Calibration(self._storage, people.decide)
        self.alignment = Alignment(self._storage, people)
        parts = Parts(self._storage, engine.batches, engine.announcements, people)
        regrouping = Regrouping(self._storage, engine.batches, engine.announcements, people)
        self.lines = Lines(self._storage, engine.assignments, engine.announcements, people, parts, regrouping)
        self.event_files = EventFiles(self._storage, self.lines, settings.upload_max_bytes)
        self._fill = engine.prefilling.fill
        self.contracts = Contracts(self._storage, engine.announcements)
        self.skp_changes = SkpChanges(self._storage, people)
        self.team = Team(self._storage, people)
        self.feedback = Feedback(self._storage, people)
        self.evidence = EvidenceLedger(self._storage)
        self.daily, self.nudges = DailyLog(self._storage, engine.case_files), Nudges(self._storage)
        self.surveys = Surveys(self._storage, people, settings.kek)
        self.credits = Credits(self._storage, people.decide)
        self.proposals = Proposals(self._storage, people.decide)
        self._accounts = Accounts(self._storage, Passwords(CHEAP if settings.cheap_passwords else STRONG))
        self._visits = Visits(self._storage, self._accounts)
        self._openings = Openings(self._storage, engine, self._starter)

    # accounts

    def authenticate(self, nip: str, password: str, *, address: str) -> Account:
        """The account of a NIP and its password; raises SignInRefused."""
        return self._accounts.authenticate(nip, password, address=address)

    def account(self, account_id: UUID) -> Account | None:
        """An open account with what it may do today."""
        return self._accounts.account(account_id)

    def visit(self, account_id: UUID) -> Visit | None:
        """Who asks for a page, with the number of open tasks; None when the account is closed or gone."""
        return self._visits.of(account_id)

    def account_of(self, nip: str) -> Account | None:
        """The open account of a NIP that single sign-on has vouched for."""
        return self._accounts.account_of(nip)

    def create_account(
        self,
        person: str,
        password: str,
        *,
        by: Actor,
        login: str | None = None,
        name: str | None = None,
        roles: Iterable[str] = (),
        locale: str = "id",
        must_change: bool = False,
    ) -> Account:
        """Give an employee a way in, or with `login` and `name` someone who is none; only the system grants roles."""
        return self._accounts.create(
            person, password, by=by, login=login, name=name, roles=roles, locale=locale, must_change=must_change
        )

    def change_password(self, account_id: UUID, old: str, new: str) -> Account:
        """A new password for the old one; all sessions end. Raises FormInvalid with "old" or "new"."""
        return self._accounts.change_password(account_id, old, new)

    def reset_password(self, account_id: UUID, new: str, *, by: Actor) -> Account:
        """A first password again, given by personnel, to be changed at the next sign-in."""
        return self._accounts.reset_password(account_id, new, by=by)

    def set_locale(self, account_id: UUID, locale: str) -> None:
        """The language of an account: "id" or "en"."""
        self._accounts.set_locale(account_id, locale)

    def end_sessions(self, account_id: UUID) -> None:
        """Sign an account out everywhere."""
        self._accounts.end_sessions(account_id)

    # years

    def create_cycle(self, year: int, *, by: Actor) -> Cycle:
        """Prepare a year under the regime in force at its start; the days off of the year and the next are seeded.

        Raises:
            Refused: the year exists, or is not one that people now alive plan for.
        """
        demand(by, "personnel")
        if not 2000 <= year <= 2100:
            raise Refused(f"Tahun {year} tidak dapat dibuka.")
        with self._storage.writing() as session:
            if session.scalar(sa.select(CycleRow.id).where(CycleRow.year == year)) is not None:
                raise Refused(f"Siklus {year} sudah ada.")
            starts = date(year, 1, 1)
            row = CycleRow(
                id=str(year),
                year=year,
                regime=parameters_on(session.connection(), starts).text("rezim.aktif"),
                starts=starts,
                ends=date(year, 12, 31),
                status=CycleStatus.PREPARED,
                created_at=self._storage.now(),
                created_by=by.person,
            )
            session.add(row)
            holidays.seed(session.connection(), range(year, year + 2))
            return _to_cycle(row)

    def cycles(self, *, by: Actor) -> Sequence[Cycle]:
        """All years, the newest first."""
        with self._storage.reading() as session:
            return [_to_cycle(row) for row in session.scalars(sa.select(CycleRow).order_by(CycleRow.year.desc()))]

    def close_cycle(self, cycle_id: str, *, by: Actor) -> None:
        """Let no more cases be opened in a year; those that run go on."""
        demand(by, "personnel")
        with self._storage.writing() as session:
            row = session.get(CycleRow, cycle_id)
            if row is None:
                raise NotFound(f"Siklus {cycle_id} tidak ada.")
            row.status, row.closed_at = CycleStatus.CLOSED, self._storage.now()

    def open_cycle(self, cycle_id: str, unit: str | None = None, *, by: Actor) -> UUID:
        """Order a case for everyone of a unit's tree, or of the agency; `run_openings` opens them. Gives the order's id."""
        demand(by, "personnel")
        with self._storage.reading() as session:
            demand_unit(scope(self._organisation(session.connection()), by), unit)
        return self._openings.order(cycle_id, unit, by=by)

    def run_openings(self, limit: int = 100) -> int:
        """One slice of the waiting cases, for a worker; gives how many people were looked at."""
        return self._openings.run(limit)

    def openings(self, cycle_id: str | None = None, *, by: Actor) -> Sequence[Opening]:
        """The orders to open a year, newest first."""
        demand(by, "personnel", "auditor", "operator")
        return self._openings.all(cycle_id)

    def opening_failures(self, opening: UUID, *, by: Actor) -> Sequence[Failure]:
        """Whose case could not be opened, and why."""
        demand(by, "personnel", "operator")
        return self._openings.failures(opening)

    def exempt_from(self, opening: UUID, *, by: Actor) -> Sequence[Failure]:
        """Who makes no SKP by table D13, and why."""
        demand(by, "personnel", "operator", "auditor")
        return self._openings.failures(opening, ItemStatus.EXEMPT)

    def retry_opening(self, opening: UUID, *, by: Actor) -> int:
        """Let those who failed wait again; gives how many."""
        demand(by, "personnel", "operator")
        return self._openings.retry(opening)

    def progress(self, cycle_id: str, *, by: Actor) -> Progress:
        """Counts by phase and unit, of the units in the actor's sight; raises NotYours for who leads nothing."""
        with self._storage.reading() as session:
            found = scope(self._organisation(session.connection()), by)
            if found.units is not None and not found.units:
                raise NotYours("Kemajuan unit hanya untuk pimpinan, pengelola kinerja, dan auditor.")
            return progress(session.connection(), cycle_id, found, self._storage.now())

    # people

    def names(self, people: Iterable[str]) -> Mapping[str, str]:
        """What people are called; whom nobody knows is left out."""
        with self._storage.connected() as connection:
            return self._people.names(connection, people)

    def units(self, *, by: Actor, on: date | None = None) -> Sequence[listings.Unit]:
        """The units in the actor's sight, each after the one above it."""
        with self._storage.reading() as session:
            return listings.units(self._organisation(session.connection(), on), by=by)

    def employees(
        self,
        *,
        by: Actor,
        search: str = "",
        unit: str | None = None,
        limit: int = 50,
        offset: int = 0,
        on: date | None = None,
    ) -> Page[Person]:
        """The employees in the actor's sight, by name."""
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection(), on)
            return listings.employees(organisation, by=by, search=search, unit=unit, limit=limit, offset=offset)

    def employee(self, employee_id: str, *, by: Actor, on: date | None = None) -> listings.EmployeeView:
        """One employee with superiors, posts and squads, as of a day; raises NotFound also for who is out of sight."""
        with self._storage.reading() as session:
            organisation = self._organisation(session.connection(), on)
            return listings.employee(organisation, self._people, employee_id, by=by)

    def preview_import(self, kind: str, content: bytes, filename: str, *, by: Actor) -> imports.ImportPreview:
        """Read a file of "units" or "employees" and say what it would do; raises ImportRefused."""
        self._demand_agency(by)
        with self._storage.writing() as session:
            return imports.preview(
                session.connection(),
                kind,
                content,
                filename,
                by=by,
                now=self._storage.now(),
                on=self._storage.today(),
                max_bytes=self._settings.upload_max_bytes,
            )

    def import_preview(self, batch: UUID, *, by: Actor) -> imports.ImportPreview:
        """A preview again, against the data of now."""
        self._demand_agency(by)
        with self._storage.reading() as session:
            return imports.look(session.connection(), batch, on=self._storage.today())

    def confirm_import(self, batch: UUID, *, by: Actor) -> imports.ImportResult:
        """Write what the preview showed, in one transaction; raises Refused when the data has moved since."""
        self._demand_agency(by)
        with self._storage.writing() as session:
            now, on = self._storage.now(), self._storage.today()
            return imports.confirm(session.connection(), batch, by=by, now=now, on=on, fill=self._fill)

    def export(self, kind: str, *, by: Actor) -> tuple[Sequence[str], Sequence[Sequence[str | float | None]]]:
        """Everything of a kind in the columns of its import; raises ImportRefused for a kind that stays inside."""
        self._demand_agency(by)
        with self._storage.reading() as session:
            return exported(session.connection(), kind, self._storage.today())

    def template(self, kind: str) -> bytes:
        """An empty XLSX for a kind of file."""
        return imports.template(kind)

    # what personnel keep

    def holidays(self, year: int) -> Sequence[agency.Holiday]:
        """The days off of a year."""
        with self._storage.reading() as session:
            return agency.holidays(session, year)

    def appoint_acting(
        self,
        unit: str,
        employee: str,
        kind: ActingKind,
        *,
        letter: str,
        starts: date,
        by: Actor,
        includes_appraisal: bool = False,
        ends: date | None = None,
    ) -> None:
        """Let someone act (Plt, Plh) in the post that leads a unit."""
        demand(by, "personnel")
        with self._storage.writing() as session:
            demand_unit(scope(self._organisation(session.connection()), by), unit)
            agency.appoint_acting(
                session,
                unit,
                employee,
                kind,
                letter=letter,
                includes_appraisal=includes_appraisal,
                starts=starts,
                ends=ends,
            )

    def join_group(self, group: str, person: str, *, by: Actor, starts: date | None = None) -> None:
        """Put a person into a work pool such as "performance_team:<unit>"."""
        self._demand_agency(by)
        with self._storage.writing() as session:
            agency.join_group(session, group, person, starts=starts or self._storage.today())

    def leave_group(self, group: str, person: str, *, by: Actor, last_day: date | None = None) -> None:
        """End a person's time in a work pool."""
        self._demand_agency(by)
        with self._storage.writing() as session:
            agency.leave_group(session, group, person, last_day=last_day or self._storage.today())

    def _organisation(self, connection: sa.Connection, on: date | None = None) -> Organisation:
        return Organisation(connection, on or self._storage.today())

    def _starter(self, connection: sa.Connection, cycle: CycleRow, now: datetime) -> CaseStarter:
        return CaseStarter(connection, self._people, cycle, now, str(self._settings.zone))

    def _demand_agency(self, by: Actor) -> None:
        """Raises NotYours unless the actor is personnel of the whole agency."""
        with self._storage.reading() as session:
            demand_agency(self._organisation(session.connection()), by)


def _to_cycle(row: CycleRow) -> Cycle:
    return Cycle(row.id, row.year, row.regime, row.starts, row.ends, row.status.value, row.created_at)
