"""Who has read what about whom: written before the page leaves, read by auditors and by the person concerned.

Source: DOMAIN 6.3, 6.4 ("access log per record").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.cycle.access import demand
from engine.cycle.models import AccountRow, EmployeeRow
from engine.cycle.people import People
from engine.cycle.privacy.models import ReadingRow
from engine.db import insert_new, table_of
from engine.runtime.resources import Resources
from engine.runtime.values import SYSTEM, Actor, Page

MOST_AT_ONCE = 200
NUMBERS_AT_ONCE = 1000


class ReadKind(StrEnum):
    """What can be read about somebody."""

    CASE = "perkara"
    FORM = "formulir"  # a task, or what was sent in one
    EVIDENCE = "bukti"
    PAPER = "dokumen"
    PLAN = "sasaran"  # the results of an SKP and what they rest on
    RATINGS = "penilaian"  # ratings and predicates in a list
    CREDITS = "angka_kredit"
    FEEDBACK = "umpan_balik"
    PERSON = "pegawai"


@dataclass(frozen=True)
class Reading:
    """What a page tells, and whom it tells of."""

    kind: ReadKind
    thing: str
    subject: str


@dataclass(frozen=True)
class Read:
    """One line of the record."""

    reader: str
    reader_name: str
    kind: ReadKind
    thing: str
    subject: str
    subject_name: str
    at: datetime  # the first time in its hour


@dataclass(frozen=True)
class Wanted:
    """What an auditor looks for; empty means all. People by a part of their name or the beginning of their number."""

    reader: str = ""
    subject: str = ""
    kind: ReadKind | None = None
    first: date | None = None
    last: date | None = None


class Readings:
    """The record of readings. What is about oneself is not recorded; one thing is recorded once an hour for each reader."""

    def __init__(self, resources: Resources, people: People) -> None:
        self._resources, self._people = resources, people
        self._hour: datetime | None = None
        self._known: set[tuple[str, Reading]] = set()  # what this process has written in this hour

    def note(self, readings: Iterable[Reading], *, by: Actor) -> None:
        """Write down what the actor is about to be shown; at most one statement, none for what stands there already."""
        if by == SYSTEM:
            return
        now = self._resources.clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._known = hour, set()
        new = {one for one in readings if one.subject != by.person and (by.person, one) not in self._known}
        if not new:
            return
        rows = [_row(one, by.person, hour, now) for one in sorted(new, key=lambda one: (one.subject, one.thing))]
        self._resources.write(lambda connection: connection.execute(insert_new(connection, table_of(ReadingRow)), rows))
        self._known |= {(by.person, one) for one in new}

    def numbered(self, numbers: Iterable[str]) -> list[str]:
        """The ids of the employees with these NIPs, as lists name them."""
        wanted, found = sorted(set(numbers)), list[str]()
        with self._resources.reading() as connection:
            for first in range(0, len(wanted), NUMBERS_AT_ONCE):
                some = EmployeeRow.nip.in_(wanted[first : first + NUMBERS_AT_ONCE])
                found += connection.scalars(sa.select(EmployeeRow.id).where(some))
        return found

    def of_me(self, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[Read]:
        """Who has read what about the actor, the newest first."""
        return self._page([ReadingRow.subject == by.person], limit, offset)

    def search(self, wanted: Wanted, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[Read]:
        """Who has read what about whom, the newest first; raises NotYours for who is no auditor."""
        demand(by, "auditor")
        return self._page(self._conditions(wanted), limit, offset)

    def _conditions(self, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
        found = []
        if wanted.reader:
            found.append(_is_called(ReadingRow.reader, wanted.reader))
        if wanted.subject:
            found.append(_is_called(ReadingRow.subject, wanted.subject))
        if wanted.kind is not None:
            found.append(ReadingRow.kind == wanted.kind)
        if wanted.first is not None:
            found.append(ReadingRow.read_at >= self._beginning(wanted.first))
        if wanted.last is not None:
            found.append(ReadingRow.read_at < self._beginning(wanted.last + timedelta(days=1)))
        return found

    def _beginning(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._resources.zone)

    def _page(self, conditions: Sequence[sa.ColumnElement[bool]], limit: int, offset: int) -> Page[Read]:
        limit = max(1, min(limit, MOST_AT_ONCE))
        with self._resources.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(ReadingRow).where(*conditions)) or 0
            rows = connection.execute(
                sa.select(*ReadingRow.__table__.c)
                .where(*conditions)
                .order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc())
                .limit(limit)
                .offset(offset)
            ).all()
            names = self._people.names(connection, {who for row in rows for who in (row.reader, row.subject)})
        return Page([_read(row, names.get) for row in rows], total, offset, limit)


def _row(one: Reading, reader: str, hour: datetime, now: datetime) -> dict[str, object]:
    told = {"kind": one.kind.value, "thing": one.thing, "subject": one.subject}
    return {"reader": reader, "hour": hour, "read_at": now, **told}


def _read(row: Any, name: Any) -> Read:
    reader, subject = name(row.reader, row.reader), name(row.subject, row.subject)
    return Read(row.reader, reader, ReadKind(row.kind), row.thing, row.subject, subject, row.read_at)


def _is_called(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Employees and accounts by a part of the name, or the beginning of the number."""
    like = EmployeeRow.name.icontains(text, autoescape=True)
    employees = sa.select(EmployeeRow.id).where(sa.or_(like, EmployeeRow.nip.startswith(text, autoescape=True)))
    named = AccountRow.name.icontains(text, autoescape=True)
    accounts = sa.select(AccountRow.person).where(sa.or_(named, AccountRow.login == text))
    return sa.or_(column.in_(employees), column.in_(accounts))
