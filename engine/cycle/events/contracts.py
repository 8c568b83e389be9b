"""Contracts of PPPK: some time before one ends, its renewal is put before the appointing authority, who decides.

Source: DOMAIN 5.4, WX-14.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.events.models import PersonEventRow
from engine.cycle.events.record import note
from engine.cycle.line_changes import called, require_in_sight
from engine.cycle.models import EmployeeKind, EmployeeRow
from engine.cycle.organisation import Organisation
from engine.cycle.parameters import parameters_on
from engine.cycle.people import People
from engine.cycle.starting import PROCESS
from engine.cycle.storage import Storage
from engine.errors import FormInvalid
from engine.runtime.announcing import Announcements
from engine.runtime.models import CaseRow, SubscriptionRow
from engine.runtime.values import LIVE, SYSTEM, Actor

ENDING = "PPPK_KONTRAK_BERAKHIR"  # the message to the running case, and the event in the person's record
WHY = "Kontrak segera berakhir; perpanjangannya ditinjau PPK."


@dataclass(frozen=True)
class Contract:
    """A PPPK's contract runs until a day: the first one, or one that was renewed."""

    employee: str
    until: date
    letter: str
    starts: date
    gives_away: None = None
    event: str = "KONTRAK_PPPK"

    @property
    def ends(self) -> date:
        return self.until

    @property
    def about(self) -> str:
        return self.employee

    def title(self, organisation: Organisation) -> str:
        return f"Kontrak {called(organisation, self.employee)} sampai {self.until:%d-%m-%Y} ({self.letter.strip()})"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        faults = {}
        if organisation.people([self.employee])[self.employee].kind is not EmployeeKind.PPPK:
            faults["until"] = "Hanya PPPK yang bekerja dengan kontrak."
        if self.until <= self.starts:
            faults["until"] = "Hari terakhir kontrak sesudah hari ini."
        if not self.letter.strip():
            faults["letter"] = "Tulis nomor perjanjian kerjanya."
        if faults:
            raise FormInvalid(faults)

    def write(self, session: Session) -> None:
        change = sa.update(EmployeeRow).where(EmployeeRow.id == self.employee)
        session.execute(change.values(contract_ends=self.until))

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        """Nobody's task moves."""
        return frozenset()

    def confirm(self, organisation: Organisation, people: People) -> None:
        """A contract is what was agreed."""


class Contracts:
    """Sees which contracts end soon, and has each reviewed once."""

    def __init__(self, storage: Storage, announcements: Announcements) -> None:
        self._storage, self._announcements = storage, announcements

    def announce_due(self, limit: int = 100) -> int:
        """Tell the cases of whose contract ends soon, for a worker; gives how many were told. Each end is told of once."""
        today = self._storage.today()
        with self._storage.writing() as session:
            connection = session.connection()
            days = parameters_on(connection, today).number("pppk.tinjauan_hari")
            found = connection.execute(_ending(today, today + timedelta(days=days), limit)).all()
            known = _told(connection, [row.id for row in found])
            due = {row.id: row for row in found if (row.id, row.contract_ends) not in known}
            for employee, name, ends, key in due.values():
                if ends is not None:
                    self._announce(connection, employee, name, ends, key)
        return len(due)

    def _announce(self, connection: sa.Connection, employee: str, name: str, ends: date, key: str) -> None:
        title = f"Kontrak {name} berakhir {ends:%d-%m-%Y}"
        now, today = self._storage.now(), self._storage.today()
        note(connection, employee, ENDING, today, ends, text=title, reason=WHY, by=SYSTEM.person, now=now)
        self._announcements.order(connection, ENDING, [key], {"akhir": ends.isoformat()}, title=title, by=SYSTEM)


def _ending(today: date, until: date, limit: int) -> sa.Select[str, str, date | None, str]:
    """Contracts that end by then and were not told of, where a case waits to hear it; another worker's are passed over."""
    told = sa.select(PersonEventRow.id).where(
        PersonEventRow.employee_id == EmployeeRow.id,
        PersonEventRow.kind == ENDING,
        PersonEventRow.ends == EmployeeRow.contract_ends,
    )
    query = (
        sa.select(EmployeeRow.id, EmployeeRow.name, EmployeeRow.contract_ends, CaseRow.business_key)
        .join(CaseRow, CaseRow.subject == EmployeeRow.id)
        .join(SubscriptionRow, SubscriptionRow.case_id == CaseRow.id)
        .where(
            EmployeeRow.kind == EmployeeKind.PPPK,
            EmployeeRow.contract_ends.between(today, until),
            sa.or_(EmployeeRow.ends.is_(None), EmployeeRow.ends >= today),
            CaseRow.process == PROCESS,
            CaseRow.status.in_(LIVE),
            SubscriptionRow.kind == "message",
            SubscriptionRow.name == ENDING,
            ~told.exists(),
        )
    )
    return query.order_by(CaseRow.opened_at).limit(limit).with_for_update(skip_locked=True, of=EmployeeRow)


def _told(connection: sa.Connection, employees: list[str]) -> Mapping[tuple[str, date], int]:
    """What another worker has told a moment ago: asked again when the rows are ours."""
    row = PersonEventRow
    query = sa.select(row.employee_id, row.ends, row.id).where(row.employee_id.in_(employees), row.kind == ENDING)
    return {(one.employee_id, one.ends): one.id for one in connection.execute(query)}
