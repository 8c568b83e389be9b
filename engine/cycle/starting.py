"""What a case of the performance cycle starts with: the person, the superiors, the year's dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from engine.cycle import remembered
from engine.cycle.alignment import desk, standing
from engine.cycle.behaviours import behaviours
from engine.cycle.calendar import WorkCalendar, year_deadlines, year_periods
from engine.cycle.events.absences import LEAVES
from engine.cycle.events.obligation import AT_WORK, EXEMPT, NONE, REQUIRED, TABLE, Away, away, inputs
from engine.cycle.holidays import days_off
from engine.cycle.models import CycleRow, PostKind
from engine.cycle.organisation import Organisation, Person
from engine.cycle.parameters import Parameters
from engine.cycle.people import People, Superiors
from engine.cycle.skps import results
from engine.cycle.zones import zone_of
from engine.errors import Refused
from engine.runtime.values import Json, OpenCase

PROCESS = "performance_cycle"
NO_TITLES: Mapping[PostKind | None, str] = {
    None: "belum memegang jabatan",
    PostKind.PEJABAT_NEGARA: "pejabat negara tidak menyusun SKP",
}


def year_key(cycle: str, person: str, since: date | None = None) -> str:
    """The business key of a person's case of a cycle; of the part of the year that begins on a day."""
    return f"{cycle}/{person}" + (f"/{since}" if since else "")


class Exempt(Refused):
    """The person makes no SKP this year: nothing is wrong, and no case is opened."""


@dataclass(frozen=True)
class OpenYear:
    """A year in which cases are opened, read without its row."""

    id: str
    year: int
    regime: str
    starts: date
    ends: date


@dataclass
class CaseStarter:
    """Makes the requests to open a cycle's cases; reads once what many share."""

    connection: sa.Connection
    people: People
    cycle: CycleRow | OpenYear
    now: datetime
    zone: str
    _days_off: frozenset[date] = field(init=False)
    _results: dict[str, list[dict[str, Json]]] = field(default_factory=dict)
    _parameters: dict[str, Parameters] = field(default_factory=dict)
    _away: dict[str, Away] = field(default_factory=dict)
    _modes: dict[tuple[str, Away], str] = field(default_factory=dict)
    _known_dates: dict[tuple[str, date, date | None], tuple[Json, Json]] = field(default_factory=dict)
    organisation: Organisation = field(init=False)

    def __post_init__(self) -> None:
        self._days_off = days_off(self.connection)
        today = self.now.astimezone(zone_of(self.zone)).date()
        self.organisation = remembered.organisation(self.connection, today)

    def foresee(self, employees: Iterable[str]) -> None:
        """Read at once what the requests of these employees ask for."""
        people = list(employees)
        self.organisation.foresee(people)
        self.organisation.foresee_teams(people)
        self.people.foresee_lines(self.organisation, people)
        standing.foresee(self.organisation, self.cycle.id, people)
        desk.foresee_study(self.organisation, people)
        found = away(self.connection, people, self.organisation.on, self.cycle.ends)
        self._away |= {person: found.get(person, AT_WORK) for person in people}

    def keep(self) -> None:
        """Let the steps that open the cases have what was read here."""
        remembered.keep(self.organisation)

    def require_obliged(self, employee: str) -> None:
        """Raises Exempt when table D13 says that a person makes no SKP this year; a case that runs goes on all the same."""
        person = self.organisation.person(employee)
        if person is not None and self._mode(person) == EXEMPT:
            raise Exempt(
                f"{person.name} dikecualikan dari SKP tahun ini (tabel D13): {self._away_in_words(person.id)}."
            )

    def request(self, employee: str, since: date | None = None) -> OpenCase:
        """The case of one employee; with `since` of the part of the year that begins on that day.

        Raises:
            Refused: the person is gone, has no post, or has none that takes part.
        """
        person = self.organisation.person(employee)
        if person is None:
            raise Refused("Pegawai tidak ada.")
        if person.unit is None or person.post_kind in NO_TITLES:
            raise Refused(f"{person.name} {NO_TITLES[person.post_kind if person.unit else None]}.")
        superiors = self.people.superiors(self.organisation, person.id)
        return OpenCase(
            process=PROCESS,
            business_key=year_key(self.cycle.id, person.id, since),
            subject=person.id,
            subject_name=person.name,
            unit=person.unit,
            cycle=self.cycle.id,
            title=f"SKP {self.cycle.year}" + (f" sejak {since:%d-%m-%Y}" if since else ""),
            data=self._data(person, superiors, since or person.starts),
            parties=self._parties(person, superiors),
            zone=self._zone_of(person.unit),
        )

    def _zone_of(self, unit: str) -> str | None:
        """The zone of a unit's people, where it is not the agency's."""
        zone = str(zone_of(self._parameters_of(unit).text("zona")))
        return zone if zone != str(zone_of(self.zone)) else None

    def _mode(self, person: Person) -> str:
        """What table D13 says of a person; asked once for each combination of what is known."""
        if person.id not in self._away:
            found = away(self.connection, [person.id], self.organisation.on, self.cycle.ends)
            self._away[person.id] = found.get(person.id, AT_WORK)
        key = (person.kind.value, self._away[person.id])
        if key not in self._modes:
            self._modes[key] = str(self.people.decide(TABLE, inputs(*key, self.cycle.regime)))
        return self._modes[key]

    def _away_in_words(self, person: str) -> str:
        found = self._away[person]
        leave = LEAVES.get(found.leave, "cuti").lower() if found.leave != NONE else ""
        return ", ".join(filter(None, (leave, "tugas belajar" if found.study != NONE else "")))

    def _data(self, person: Person, superiors: Superiors, since: date) -> dict[str, Json]:
        parameters = self._parameters_of(person.unit or "")
        deadlines, periods = self._dates(person.unit or "", max(since, self.cycle.starts), person.ends)
        appraiser = superiors.appraiser.person
        return {
            "employee": employee_data(person)
            | ({"skp_mode": mode} if (mode := self._mode(person)) != REQUIRED else {}),
            "appraiser": appraiser_data(appraiser) if appraiser else None,
            "cycle": {
                "id": self.cycle.id,
                "year": self.cycle.year,
                "regime": self.cycle.regime,
                "starts": self.cycle.starts.isoformat(),
                "ends": self.cycle.ends.isoformat(),
            },
            "deadlines": deadlines,
            "periods": periods,
            "parameters": parameters.for_case(),
            "leader_results": self._leader_results(appraiser),
            "behaviours": behaviours(parameters.text("perilaku.set"), leads=person.heads_unit),
        }

    def _dates(self, unit: str, starts: date, ends: date | None) -> tuple[Json, Json]:
        """The year's deadlines and periods for who serves on these days; most of a unit serve the whole year."""
        key = (unit, starts, ends)
        if key not in self._known_dates:
            parameters, year = self._parameters_of(unit), self.cycle.year
            calendar = WorkCalendar(self._days_off, zone_of(parameters.text("zona")))
            periods = year_periods(year, parameters, calendar, self.now, serves_from=starts, serves_until=ends)
            deadlines = year_deadlines(year, parameters, calendar, self.now).to_json()
            self._known_dates[key] = deadlines, [period.to_json() for period in periods]
        return self._known_dates[key]

    def _parties(self, person: Person, superiors: Superiors) -> frozenset[str]:
        found = (superiors.appraiser.person, superiors.superior.person)
        team = self.people.team_of(self.organisation, person.id, person.unit or "")
        return frozenset(
            {f"p:{person.id}", *(f"p:{one.id}" for one in found if one is not None), *([f"g:{team}"] if team else [])}
        )

    def _parameters_of(self, unit: str) -> Parameters:
        if unit not in self._parameters:
            self._parameters[unit] = self.organisation.parameters(unit).in_zone(self.zone)
        return self._parameters[unit]

    def _leader_results(self, leader: Person | None) -> list[dict[str, Json]]:
        if leader is None:
            return []
        if leader.id not in self._results:
            self._results[leader.id] = results(self.connection, leader.id, self.cycle.id)
        return self._results[leader.id]


def employee_data(person: Person) -> dict[str, Json]:
    """A person as diagrams and forms read him."""
    return {
        "id": person.id,
        "nip": person.nip,
        "name": person.name,
        "position": person.position,
        "grade": person.grade,
        "kind": person.kind.value,
        "post_kind": person.post_kind.value if person.post_kind else None,
        "tier": person.tier,
        "heads_unit": person.heads_unit,
        "unit": {"id": person.unit, "name": person.unit_name},
    }


def appraiser_data(person: Person) -> dict[str, Json]:
    return {
        "id": person.id,
        "nip": person.nip,
        "name": person.name,
        "position": person.position,
        "unit": {"id": person.unit, "name": person.unit_name},
    }
