"""Who retires, dies or leaves: the SKP is closed after the last day. Source: DOMAIN 1.4."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.line_changes import AHEAD, called, end, require_in_sight, served_by
from engine.cycle.models import (
    ActingRow,
    CycleRow,
    EmployeeRow,
    GroupMemberRow,
    HoldingRow,
    ProxyRow,
    ReportingLineRow,
    TeamMemberRow,
)
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.skps import newest_version
from engine.cycle.starting import year_key
from engine.errors import FormInvalid
from engine.feel.temporal import add_months
from engine.runtime.beginnings import Message
from engine.runtime.values import Actor

LEAVING: Mapping[str, str] = {"PENSIUN": "Pensiun", "MENINGGAL": "Meninggal dunia", "BERHENTI": "Berhenti"}


@dataclass(frozen=True)
class Leaving:
    """An employee retires, dies or leaves: the SKP is closed after the last day, rated if he has served long enough."""

    employee: str
    kind: str  # of LEAVING
    last_day: date
    ends: None = None
    gives_away: None = None

    @property
    def event(self) -> str:
        return self.kind

    @property
    def about(self) -> str:
        return self.employee

    @property
    def starts(self) -> date:
        return self.last_day + timedelta(days=1)

    def title(self, organisation: Organisation) -> str:
        return f"{LEAVING[self.kind]}: {called(organisation, self.employee)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        person = organisation.people([self.employee])[self.employee]
        if self.kind not in LEAVING:
            raise FormInvalid({"kind": "Pilih pensiun, meninggal, atau berhenti."})
        if person.ends is not None and person.ends < organisation.on:
            raise FormInvalid({"last_day": f"{person.name} sudah tercatat berhenti."})
        if self.starts > organisation.on + timedelta(days=AHEAD):
            raise FormInvalid({"last_day": "Hari terakhirnya terlalu jauh di depan."})
        if self.last_day < person.starts:
            raise FormInvalid({"last_day": "Hari terakhir mendahului hari pertama bekerja."})

    def write(self, session: Session) -> None:
        session.execute(sa.update(EmployeeRow).where(EmployeeRow.id == self.employee).values(ends=self.last_day))
        for row, person in (
            (HoldingRow, HoldingRow.employee_id),
            (ActingRow, ActingRow.employee_id),
            (ReportingLineRow, ReportingLineRow.superior_id),
            (ProxyRow, ProxyRow.proxy_id),
            (TeamMemberRow, TeamMemberRow.employee_id),
            (GroupMemberRow, GroupMemberRow.person),
        ):
            end(session, row, person == self.employee, self.starts)

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return served_by(organisation, self.employee) | {self.employee}

    def confirm(self, organisation: Organisation, people: People) -> None:
        """Nobody leaves in vain."""

    def message(self, connection: sa.Connection, today: date) -> Message | None:
        """BERHENTI for the year of the last day, with whether its result is still to be rated; None: there is no year."""
        organisation = Organisation(connection, min(self.last_day, today))
        row = CycleRow
        year = sa.select(row.id, row.starts).where(row.starts <= self.last_day, row.ends >= self.last_day)
        cycle = connection.execute(year).first()
        if cycle is None:
            return None
        rated = self._served_long_enough(organisation, cycle.starts)
        rated = rated and newest_version(connection, self.employee, cycle.id) is not None
        what = {"jenis": self.kind, "tanggal": self.last_day.isoformat(), "dinilai": rated}
        return Message("BERHENTI", year_key(cycle.id, self.employee), what)

    def _served_long_enough(self, organisation: Organisation, year: date) -> bool:
        """At least as many whole months of the year as the agency asks for (DOMAIN 1.4: one)."""
        person = organisation.people([self.employee])[self.employee]
        months = organisation.parameters(person.unit).number("perilaku.minimum_bulan")
        return self.starts >= add_months(max(year, person.starts), months)
