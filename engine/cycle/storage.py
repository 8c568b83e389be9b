"""The database and the clock, as the verbs of the cycle use them: read without a lock, write in one transaction."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import Clock, today


@dataclass(frozen=True)
class Storage:
    """`writing()` gives a session that commits at its end, `reading()` one that takes no write lock."""

    database: sa.Engine
    clock: Clock
    zone: tzinfo
    _reader: sa.Engine = field(init=False, repr=False)
    _reads: sessionmaker[Session] = field(init=False, repr=False)
    _writes: sessionmaker[Session] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        reader = self.database.execution_options(reads_only=True)
        object.__setattr__(self, "_reader", reader)
        object.__setattr__(self, "_reads", sessionmaker(reader, expire_on_commit=False))
        object.__setattr__(self, "_writes", sessionmaker(self.database, expire_on_commit=False))

    def reading(self) -> AbstractContextManager[Session]:
        return self._reads()

    def connected(self) -> AbstractContextManager[sa.Connection]:
        """A connection that only reads: for what every page asks, a session costs more than the question."""
        return self._reader.connect()

    def writing(self) -> AbstractContextManager[Session]:
        return self._writes.begin()

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        """The local day."""
        return today(self.clock, self.zone)

    def morning(self, day: date) -> datetime:
        """The first moment of a local day."""
        return datetime.combine(day, time(), self.zone)
