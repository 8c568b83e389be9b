"""What a process remembers of the organisation, while nobody changes the data of people and agreements.

A trigger on each of their tables draws a new number in the changing transaction itself (migrations/directory.py);
a step reads it with its first statement. At the same number the same is true, in every process. Between two
days on which something begins or ends, one day is like the other: so what was read for one holds for all of them.
"""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from engine.cycle.events.models import PersonEventRow
from engine.cycle.models import (
    ActingRow,
    ConflictRow,
    CycleRow,
    DelegationRow,
    EmployeeRow,
    GroupMemberRow,
    HoldingRow,
    ParameterRow,
    PostRow,
    ProxyRow,
    ReportingLineRow,
    TeamMemberRow,
    TeamRow,
    UnitRow,
)
from engine.cycle.objectives.models import AgreedTargetRow, AgreementRow, IndicatorRow, MatrixRoleRow, StrategyRow
from engine.cycle.organisation import Memory, Organisation
from engine.runtime.models import DirectoryVersionRow

EFFECTIVE_DATED = (
    *(UnitRow, PostRow, EmployeeRow, HoldingRow, ActingRow, ReportingLineRow, DelegationRow, ConflictRow),
    *(TeamRow, TeamMemberRow, GroupMemberRow, ParameterRow, ProxyRow),
    *(AgreementRow, IndicatorRow, StrategyRow),
    PersonEventRow,
)
WITHOUT_DAYS = (CycleRow, AgreedTargetRow, MatrixRoleRow)
VERSION = sa.select(DirectoryVersionRow.number)
STRETCHES = 8  # kept at once; a process works on few days


@dataclass(frozen=True)
class _Stretch:
    """Days on which nothing of the organisation begins or ends, and what was read of it."""

    since: date
    until: date  # the first day that is different again
    memory: Memory = field(default_factory=Memory)


class Remembered:
    """The organisation of one database at one version of its data."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._stretches: tuple[_Stretch, ...] = ()

    def organisation(self, connection: sa.Connection, on: date, version: int) -> Organisation:
        """The organisation of a day; what is read of it stays the transaction's until `keep`."""
        known = self._stretches if version == self._version else ()
        stretch = next((one for one in known if one.since <= on < one.until), None) or _stretch(connection, on)
        parts = {part.name: _Borrowed(getattr(stretch.memory, part.name)) for part in _PARTS}
        return Organisation(connection, on, _Loan(stretch=stretch, version=version, **parts))

    def keep(self, organisation: Organisation) -> None:
        """Keep what a transaction has read, unless somebody has changed the data meanwhile."""
        loan = organisation.memory
        if not isinstance(loan, _Loan):
            return
        fresh = [getattr(loan, part.name) for part in _PARTS if getattr(loan, part.name).read]
        if len(fresh) == 1 and fresh[0] is loan.lines:  # put together from what all know already
            fresh.pop().give_back()
        if not fresh:
            return
        if organisation.connection.scalar(VERSION) != loan.version:
            return
        known = self._stretches if loan.version == self._version else ()
        for part in _PARTS:
            getattr(loan, part.name).give_back()
        others = tuple(one for one in known if one is not loan.stretch)
        self._stretches, self._version = (loan.stretch, *others)[:STRETCHES], loan.version


class _Borrowed(MutableMapping[Any, Any]):
    """What is known, and in front of it what a transaction has read: asked so often that ChainMap is too slow."""

    __slots__ = ("known", "read")

    def __init__(self, known: MutableMapping[Any, Any]) -> None:
        self.known = known
        self.read: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self.read[key] if key in self.read else self.known[key]

    def __contains__(self, key: object) -> bool:
        return key in self.read or key in self.known

    def __setitem__(self, key: Any, value: Any) -> None:
        self.read[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.read[key]

    def __iter__(self) -> Iterator[Any]:
        return iter({**self.known, **self.read})

    def __len__(self) -> int:
        return len(self.known.keys() | self.read.keys())

    def give_back(self) -> None:
        """Let later transactions have what was read."""
        self.known.update(self.read)
        self.read = {}


_of_databases: WeakKeyDictionary[sa.Pool, Remembered] = WeakKeyDictionary()
_read_within: WeakKeyDictionary[sa.Connection, dict[tuple[str, ...], Any]] = WeakKeyDictionary()
_in_transactions: WeakKeyDictionary[sa.Connection, Organisation] = WeakKeyDictionary()


def organisation(connection: sa.Connection, on: date, version: int | None = None) -> Organisation:
    """The organisation of a day with what this process has read of it; `version` as in `Directory.resolve`, None: ask."""
    if version is None:
        version = connection.scalar(VERSION)
    if version is None:
        return Organisation(connection, on)  # nobody notes changes in this database
    found = _in_transactions.get(connection)
    if found is None or found.on != on or not isinstance(found.memory, _Loan) or found.memory.version != version:
        found = _remembered(connection).organisation(connection, on, version)
        _in_transactions[connection] = found
    return found


def keep(organisation: Organisation) -> None:
    """Let later transactions have what was read through this organisation."""
    _remembered(organisation.connection).keep(organisation)


def within(connection: sa.Connection) -> dict[tuple[str, ...], Any]:
    """What a transaction has read of SKPs: the cases of a slice, or of a group, ask the same of a few leaders."""
    return _read_within.setdefault(connection, {})


def forget(connection: sa.Connection) -> None:
    """The transaction has set an SKP: what it has read is read again."""
    _read_within.pop(connection, None)


def _remembered(connection: sa.Connection) -> Remembered:
    return _of_databases.setdefault(connection.engine.pool, Remembered())


@dataclass(frozen=True)
class _Loan(Memory):
    """A stretch's memory with a transaction's own reading in front of it."""

    stretch: _Stretch = field(default_factory=lambda: _Stretch(date.min, date.min))
    version: int = 0


_PARTS = fields(Memory)


def _stretch(connection: sa.Connection, on: date) -> _Stretch:
    """The days around a day between which nothing begins or ends."""
    row = connection.execute(_around(), {"on": on, "yesterday": on - timedelta(days=1)}).one()
    began, ended, begins, ends = row
    since = max(filter(None, (began, ended and ended + timedelta(days=1))), default=date.min)
    until = min(filter(None, (begins, ends and ends + timedelta(days=1))), default=date.max)
    return _Stretch(since, until)


@cache
def _around() -> sa.Select[*tuple[Any, ...]]:
    starts = sa.union(*(sa.select(row.starts.label("day")) for row in EFFECTIVE_DATED)).subquery()
    ends = sa.union(*(sa.select(row.ends.label("day")) for row in EFFECTIVE_DATED)).subquery()
    on = sa.bindparam("on", type_=sa.Date())
    before = sa.bindparam("yesterday", type_=sa.Date())
    return sa.select(
        sa.select(sa.func.max(starts.c.day)).where(starts.c.day <= on).scalar_subquery(),
        sa.select(sa.func.max(ends.c.day)).where(ends.c.day <= before).scalar_subquery(),
        sa.select(sa.func.min(starts.c.day)).where(starts.c.day > on).scalar_subquery(),
        sa.select(sa.func.min(ends.c.day)).where(ends.c.day >= on).scalar_subquery(),
    )
