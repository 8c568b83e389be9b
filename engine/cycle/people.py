"""Who does what for whom, on a day: the runtime's directory, answered from the agency's own people.

Source: DOMAIN 1.1-1.5; table D12_resolusi_penilai for the climb. The subject of a case is never given a rating task of
that case, whether as a person or as a member of a work pool.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from engine.cycle import remembered
from engine.cycle.appraisers import Chosen, Line, choose_appraiser, choose_superior
from engine.cycle.events.reading import last_day_in, running_part
from engine.cycle.models import AccountRow, ActingKind, EmployeeRow
from engine.cycle.organisation import Membership, Organisation, Person
from engine.cycle.parameters import Parameters
from engine.cycle.proxies import RATING, acting_for
from engine.feel.temporal import add_months
from engine.runtime.lint.model import Words
from engine.runtime.services import Ask
from engine.runtime.values import Assignment, Json, Recipient

PERFORMERS: Mapping[str, str] = {
    "employee": "Pegawai yang dinilai",
    "appraiser": "Pejabat penilai kinerja",
    "previous_appraiser": "Pejabat penilai sebelumnya",
    "leaver_appraiser": "Pejabat penilai pegawai yang berhenti",
    "appraiser_superior": "Atasan pejabat penilai",
    "performance_team": "Tim pengelola kinerja",
    "team_leader": "Ketua tim kerja",
    "counsellor": "Konselor",
    "authorised_official": "Pejabat yang berwenang (PyB)",
    "appointing_authority": "Pejabat pembina kepegawaian (PPK)",
    "objection_decider": "Pemutus keberatan",
    "assessment_team": "Tim penilai kinerja",
    "admin": "Admin instansi",
}

WORDS = Words(
    escalation="D11_eskalasi",
    public_data=("employee", "cycle", "periods", "behaviours"),
    first_phase="planning",
    working_days="working days after",
)

_WANTED: sa.BindParameter[list[str]] = sa.bindparam("people", expanding=True)
_ACCOUNTS = sa.select(AccountRow.person, AccountRow.name, AccountRow.locale).where(AccountRow.person.in_(_WANTED))
_EMPLOYEES = sa.select(EmployeeRow.id, EmployeeRow.name, EmployeeRow.email).where(EmployeeRow.id.in_(_WANTED))
ADMINS = "admin"  # the group that finds out who was meant
PANEL = ("assessment_team", "authorised_official", "appointing_authority")
DAY = timedelta(days=1)
FEW = 200  # people that a search by number may mean


@dataclass(frozen=True)
class Superiors:
    """Who appraises a person on a day and who stands above the appraiser, with the reasons."""

    appraiser: Chosen
    superior: Chosen


class People:
    """The directory of an agency.

    `decide` evaluates a decision table that the process owner may edit; `today` is the local day by the engine's clock.
    """

    def __init__(self, decide: Ask, today: Callable[[], date]) -> None:
        self.decide = decide
        self._today = today
        self._ways: Mapping[str, Callable[[Organisation, str, str], Assignment]] = {
            "employee": lambda organisation, subject, unit: Assignment(person=subject, why="Pegawai yang dinilai."),
            "appraiser": self._appraiser,
            "previous_appraiser": self._previous_appraiser,
            "leaver_appraiser": self._leaver_appraiser,
            "appraiser_superior": self._appraiser_superior,
            "performance_team": self._performance_team,
            "team_leader": self._team_leader,
            "counsellor": self._counsellor,
            "objection_decider": self._objection_decider,
            "assessment_team": self._assessment_team,
            "authorised_official": self._official("authorised_official"),
            "appointing_authority": self._official("appointing_authority"),
            "admin": lambda organisation, subject, unit: _admin("Tugas admin."),
        }

    def resolve(
        self,
        connection: sa.Connection,
        performer: str,
        *,
        subject: str,
        unit: str,
        data: Mapping[str, Json],
        on: date,
        version: int | None = None,
        process: str = "",
    ) -> Assignment:
        """Who does a task that names this performer, for this subject, on this day; the admins when nobody is found."""
        way = self._ways.get(performer)
        if way is None:
            return _admin(f'Peran "{performer}" tidak dikenal.')
        if version is None:
            found = _while_there(Organisation(connection, on), subject)
            return self._or_proxy(found, way(found, subject, unit), performer, process, subject)
        organisation = remembered.organisation(connection, on, version)
        last = _last_day(organisation, subject)
        if last is not None:
            organisation = remembered.organisation(connection, last, version)
        assignment = self._or_proxy(organisation, way(organisation, subject, unit), performer, process, subject)
        remembered.keep(organisation)
        return assignment

    def recipients(
        self,
        connection: sa.Connection,
        performer: str,
        *,
        subject: str,
        unit: str,
        data: Mapping[str, Json],
        on: date,
    ) -> Sequence[Recipient]:
        """Whom to tell: the performer as people; a group as its members."""
        found = self.resolve(connection, performer, subject=subject, unit=unit, data=data, on=on)
        if found.person is not None:
            return self.contacts(connection, [found.person])
        people = Organisation(connection, on).members([found.group or ""]).get(found.group or "", ())
        return self.contacts(connection, people)

    def contacts(self, connection: sa.Connection, people: Iterable[str]) -> Sequence[Recipient]:
        """These people, and where to reach them, in the order given; who is unknown is left out."""
        wanted = list(dict.fromkeys(people))
        locales: dict[str, tuple[str, str]] = {
            row.person: (row.name, row.locale) for row in connection.execute(_ACCOUNTS, {"people": wanted})
        }
        employees = {row.id: row for row in connection.execute(_EMPLOYEES, {"people": wanted})}
        found = []
        for person in wanted:
            account_name, locale = locales.get(person, ("", "id"))
            if person in employees:
                found.append(Recipient(person, employees[person].name, employees[person].email, locale))
            elif account_name:
                found.append(Recipient(person, account_name, None, locale))
        return found

    def members(self, connection: sa.Connection, group: str) -> Sequence[Recipient]:
        """The people of a work pool today."""
        return self.contacts(connection, Organisation(connection, self._today()).members([group]).get(group, ()))

    def numbered(self, connection: sa.Connection, digits: str) -> Sequence[str]:
        """The employees whose NIP begins with these digits."""
        query = sa.select(EmployeeRow.id).where(EmployeeRow.nip.startswith(digits, autoescape=True)).limit(FEW)
        return connection.scalars(query).all()

    def capabilities(self, connection: sa.Connection, person: str) -> frozenset[str]:
        """What the open account of a person may do now."""
        query = sa.select(AccountRow.roles).where(AccountRow.person == person, AccountRow.active)
        return frozenset(connection.scalar(query) or ())

    def holders(self, connection: sa.Connection, capabilities: frozenset[str]) -> Sequence[str]:
        """The people whose open accounts have any of these capabilities."""
        open_accounts = sa.select(AccountRow.person, AccountRow.roles).where(AccountRow.active)
        rows = connection.execute(open_accounts.order_by(AccountRow.person))
        return [row.person for row in rows if capabilities & set(row.roles)]

    def names(self, connection: sa.Connection, people: Iterable[str]) -> Mapping[str, str]:
        """What these people are called; who is unknown is left out."""
        wanted = list(dict.fromkeys(people))
        found = {row.id: row.name for row in connection.execute(_EMPLOYEES, {"people": wanted})}
        others = [person for person in wanted if person not in found]
        accounts = connection.execute(_ACCOUNTS, {"people": others}) if others else ()
        return found | {row.person: row.name for row in accounts}

    def superiors(self, organisation: Organisation, subject: str) -> Superiors:
        """The appraiser and the appraiser's superior of a person."""
        line = line_above(organisation, subject)
        if line is None:
            nobody = Chosen(None, None, "Pegawai tidak ditemukan.")
            return Superiors(nobody, nobody)
        appraiser = choose_appraiser(line, self.decide)
        return Superiors(appraiser, choose_superior(line, appraiser, self.decide))

    def appraiser(self, organisation: Organisation, subject: str) -> Person | None:
        """Who appraises a person; the tables are not asked who stands above that."""
        line = line_above(organisation, subject)
        return None if line is None else choose_appraiser(line, self.decide).person

    def foresee_lines(self, organisation: Organisation, subjects: Iterable[str]) -> None:
        """Read at once what stands above these people, and which performance teams care for them."""
        people = organisation.people(subjects).values()
        units = list(dict.fromkeys(person.unit for person in people if person.unit))
        organisation.foresee_units(units)
        holders = {seat.holder.id for unit in units for seat in organisation.seats(unit) if seat.holder}
        organisation.delegates(sorted(holders))
        pools = [group for unit in units for group in _pools(organisation, unit, "performance_team")]
        organisation.members(list(dict.fromkeys(pools)))

    def team_of(self, organisation: Organisation, subject: str, unit: str) -> str | None:
        """The performance team that cares for a person: the group's name."""
        found = _pool(organisation, subject, unit, "performance_team")
        return found.group if found else None

    def _or_proxy(
        self, organisation: Organisation, found: Assignment, performer: str, process: str, subject: str
    ) -> Assignment:
        """The one who acts in the person's place, if somebody was named who may."""
        if found.person is None or found.person not in organisation.proxies():
            return found
        if process in self._kept_to_oneself(organisation, found.person):
            return found

        def may(other: str) -> bool:
            return self._may_act(organisation, other, performer, subject)

        proxy = acting_for(found.person, performer, process, organisation.proxies(), may)
        if proxy == found.person:
            return found
        people = organisation.people([proxy, found.person])
        why = f"{people[proxy].name} atas nama {people[found.person].name}: {found.why}"
        return Assignment(person=proxy, why=why, on_behalf_of=found.person)

    def _kept_to_oneself(self, organisation: Organisation, person: str) -> Sequence[str]:
        """The processes in which nobody acts in another's place, by the agency's rule."""
        holder = organisation.person(person)
        value = organisation.parameters(holder.unit if holder else None).value("wakil.dikecualikan")
        return [str(process) for process in value]

    def _may_act(self, organisation: Organisation, proxy: str, performer: str, subject: str) -> bool:
        """Whether someone may act for this subject: no self-appraisal, no relative, nobody below the subject."""
        person = organisation.person(proxy)
        if person is None or person.unit is None or proxy == subject or proxy in organisation.conflicts(subject):
            return False
        seats = organisation.seats(person.unit)
        if any(seat.is_taken_by(subject) for seat in seats):
            return False
        if performer not in RATING:
            return True
        superiors = self.superiors(organisation, subject)
        other = superiors.superior if performer in ("appraiser", "leaver_appraiser") else superiors.appraiser
        if other.person is not None and other.person.id == proxy:
            return False  # nobody decides an objection to the own rating
        leads = any(seat.independent and seat.is_taken_by(proxy) for seat in seats)
        entitled = person.post_kind is not None and person.post_kind.may_appraise
        return entitled or leads or proxy in organisation.delegates([proxy])

    def _appraiser(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        chosen = self.superiors(organisation, subject).appraiser
        if chosen.person is None:
            return _admin(f"Pejabat penilai belum dapat ditentukan: {chosen.why}")
        return Assignment(person=chosen.person.id, why=chosen.why)

    def _previous_appraiser(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        """Who appraised on the last day of the part of the year that ended in this unit, if still in office.

        Source: DOMAIN 1.4 (the old appraiser evaluates the old SKP).
        """
        last = last_day_in(organisation.connection, subject, unit)
        return self._appraiser_until(organisation, subject, unit, last)

    def _leaver_appraiser(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        """Who rates someone who has left: the appraiser of the last day, or the one before, while the last part of the year
        is too short for a rating (`perilaku.minimum_bulan`).

        Source: DOMAIN 1.4 (behaviour after a move).
        """
        part = running_part(organisation.connection, subject, organisation.on)
        months = int(organisation.parameters(unit).number("perilaku.minimum_bulan"))
        if part is None or organisation.on + DAY >= add_months(part.starts, months):
            return self._appraiser(organisation, subject, unit)
        return self._appraiser_until(organisation, subject, unit, part.starts - DAY)

    def _appraiser_until(self, organisation: Organisation, subject: str, unit: str, last: date | None) -> Assignment:
        if last is None:
            return self._appraiser(organisation, subject, unit)
        then = self.superiors(Organisation(organisation.connection, last), subject)
        for chosen in (then.appraiser, then.superior):
            if chosen.person is not None and _in_office(organisation, chosen.person.id):
                return Assignment(person=chosen.person.id, why=f"Sampai {last:%d-%m-%Y}: {chosen.why}")
        return self._appraiser(organisation, subject, unit)

    def _appraiser_superior(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        """Above who appraises; for a part of the year that ended in this unit, above who appraised on its last day."""
        last = _left_unit(organisation, subject, unit)
        if last is not None:
            above = self.superiors(Organisation(organisation.connection, last), subject).superior
            if above.person is not None and _in_office(organisation, above.person.id):
                return Assignment(person=above.person.id, why=f"Sampai {last:%d-%m-%Y}: {above.why}")
        found = self.superiors(organisation, subject)
        if found.superior.person is not None:
            return Assignment(person=found.superior.person.id, why=found.superior.why)
        instead = _official_for(organisation, subject, unit, found, ("authorised_official", "appointing_authority"))
        if instead is not None:
            return Assignment(instead.person, instead.group, f"{found.superior.why} {instead.why}")
        return _admin(f"Atasan pejabat penilai belum dapat ditentukan: {found.superior.why}")

    def _objection_decider(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        """The appraiser's superior; above the head of the agency there is none, and the panel reviews (DOMAIN 2.10)."""
        superior = self.superiors(organisation, subject).superior
        if superior.person is not None:
            return Assignment(person=superior.person.id, why=superior.why)
        return self._assessment_team(organisation, subject, unit)

    def _assessment_team(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        """The panel that the authorised official has formed, or that official; never who has rated or may have."""
        found = self.superiors(organisation, subject)
        panel = _official_for(organisation, subject, unit, found, PANEL)
        return panel or _admin("Tim penilai kinerja belum dibentuk.")

    def _performance_team(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        found = _pool(organisation, subject, unit, "performance_team")
        return found or _admin("Tim pengelola kinerja belum ditetapkan.")

    def _counsellor(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        found = _pool(organisation, subject, unit, "counsellor", alone=True)
        return found or self._appraiser(organisation, subject, unit)

    def _official(self, name: str) -> Callable[[Organisation, str, str], Assignment]:
        def find(organisation: Organisation, subject: str, unit: str) -> Assignment:
            found = _pool(organisation, subject, unit, name, alone=True)
            return found or _admin(f"{PERFORMERS[name]} belum ditetapkan.")

        return find

    def _team_leader(self, organisation: Organisation, subject: str, unit: str) -> Assignment:
        for membership in teams_that_count(organisation, subject, unit):
            return Assignment(person=membership.leader, why=f"Ketua tim {membership.name}.")
        appraiser = self._appraiser(organisation, subject, unit)
        return Assignment(appraiser.person, appraiser.group, f"Tidak ada ketua tim; {appraiser.why}")


def _in_office(organisation: Organisation, employee: str) -> bool:
    person = organisation.person(employee)
    return person is not None and (person.ends is None or person.ends >= organisation.on)


def _left_unit(organisation: Organisation, subject: str, unit: str) -> date | None:
    """The last day of a part of the year in a unit in which someone works no more; None: there is none."""
    person = organisation.person(subject)
    return None if person is None or person.unit == unit else last_day_in(organisation.connection, subject, unit)


def _last_day(organisation: Organisation, subject: str) -> date | None:
    """The last day of who has left: those who stood above then finish the work. None: still there."""
    person = organisation.person(subject)
    return person.ends if person is not None and person.ends is not None and person.ends < organisation.on else None


def _while_there(organisation: Organisation, subject: str) -> Organisation:
    last = _last_day(organisation, subject)
    return Organisation(organisation.connection, last) if last is not None else organisation


def teams_that_count(organisation: Organisation, subject: str, unit: str) -> Sequence[Membership]:
    """The squads of a person whose leaders are heard: those of the own line, and others by an assignment letter (AL-02)."""
    own = organisation.chain(unit)
    return [membership for membership in organisation.teams(subject) if membership.letter or membership.unit in own]


def line_above(organisation: Organisation, subject: str, *, parameters: Parameters | None = None) -> Line | None:
    """What stands above an employee on the organisation's day; None for someone who is no employee."""
    if parameters is not None:
        return _line_above(organisation, subject, parameters)
    known = organisation.memory.lines
    if subject not in known:
        known[subject] = _line_above(organisation, subject, None)
    line: Line | None = known[subject]
    return line


def _line_above(organisation: Organisation, subject: str, parameters: Parameters | None) -> Line | None:
    person = organisation.person(subject)
    if person is None:
        return None
    seats = organisation.seats(person.unit) if person.unit else ()
    superior = organisation.named_superior(subject)
    named = _named_line(organisation, superior) if superior else None
    everyone = {holder.id for seat in seats if (holder := seat.holder)} | ({superior.id} if superior else set())
    if parameters is None:
        parameters = organisation.parameters(person.unit)
    return Line(
        person,
        seats,
        named,
        organisation.conflicts(subject),
        organisation.delegates(sorted(everyone)),
        {
            ActingKind.PLT: parameters.flag("plt.boleh_menilai"),
            ActingKind.PLH: parameters.flag("plh.boleh_menilai"),
        },
    )


def _named_line(organisation: Organisation, superior: Person) -> Line:
    further = organisation.named_superior(superior.id)
    seats = organisation.seats(superior.unit) if superior.unit else ()
    holders = sorted(holder.id for seat in seats if (holder := seat.holder))
    return Line(superior, seats, Line(further, ()) if further else None, delegates=organisation.delegates(holders))


def _pool(
    organisation: Organisation,
    subject: str,
    unit: str,
    name: str,
    *,
    alone: bool = False,
    barred: frozenset[str] = frozenset(),
) -> Assignment | None:
    """The nearest work pool of a kind: "name:<unit>" of the unit or one above, else the agency's "name".

    A pool with the subject in it is passed over; if there is no other, one of its other members gets the task.
    `alone`: a pool of one is named as that person. `barred` people never get it.
    """
    person = organisation.person(subject)
    groups = _pools(organisation, (person.unit if person else None) or unit, name)
    members = organisation.members(groups)
    excluded = barred | {subject}
    filled = [(group, members[group]) for group in groups if group in members]
    label = PERFORMERS[name]
    for group, people in filled:
        if excluded.isdisjoint(people):
            one = alone and len(people) == 1
            return Assignment(people[0] if one else None, None if one else group, f"{label}.")
    for _group, people in filled:
        for other in people:
            if other not in excluded:
                return Assignment(person=other, why=f"{label}: anggota lain, karena pegawai ini anggotanya sendiri.")
    return None


def _pools(organisation: Organisation, unit: str, name: str) -> list[str]:
    """The groups that may be the pool of a kind, nearest first."""
    return [*(f"{name}:{one}" for one in organisation.chain(unit)), name]


def _official_for(
    organisation: Organisation, subject: str, unit: str, above: Superiors, pools: Iterable[str]
) -> Assignment | None:
    """The first of some work pools that has somebody who stands not directly above the subject."""
    barred = frozenset(one.person.id for one in (above.appraiser, above.superior) if one.person is not None)
    found = (_pool(organisation, subject, unit, pool, alone=True, barred=barred) for pool in pools)
    return next((one for one in found if one is not None), None)


def _admin(why: str) -> Assignment:
    return Assignment(group=ADMINS, why=why)
