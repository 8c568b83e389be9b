"""The product on an empty database, with a generated agency and a clock that is moved: what is measured on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from engine.cycle.simulation import build_agency
from engine.runtime.engine import Engine
from engine.runtime.models import CaseRow
from engine.runtime.services import Service
from engine.runtime.values import Actor, Json, OpenCase
from engine.settings import Settings

YEAR = 2026
FIRST_DAY = datetime(YEAR, 1, 2, 1, tzinfo=UTC)
PERSONNEL = Actor("bench", roles=frozenset({"personnel", "system"}))
AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
SLICE = 100  # cases that a worker opens in one transaction


@dataclass(frozen=True)
class Stage:
    """One installation to be measured."""

    application: Application
    clock: VirtualClock

    @property
    def engine(self) -> Engine:
        return self.application.engine

    @property
    def database(self) -> sa.Engine:
        return self.application.engine.database

    def order_year(self, year: int = YEAR) -> None:
        """Order the opening of a year for the whole agency; the workers' rounds carry it out."""
        cycle = self.application.cycle
        cycle.create_cycle(year, by=PERSONNEL)
        cycle.open_cycle(str(year), by=PERSONNEL)

    def open_year(self, year: int = YEAR) -> None:
        """Open a year's cases."""
        self.order_year(year)
        while self.application.cycle.run_openings(SLICE):
            pass

    def pass_days(self, days: int) -> None:
        """Let timers fire for so many days, in which nobody does anything."""
        ends = self.clock.now() + timedelta(days=days)
        while (due := self.engine.next_timer_at()) is not None and due <= ends:
            self.clock.go_to(max(due, self.clock.now()))
            self.engine.sweep()

    def any_case(self) -> sa.Row[UUID, str, str]:
        """Some case: id, subject and unit."""
        with self.database.connect().execution_options(reads_only=True) as connection:
            return connection.execute(sa.select(CaseRow.id, CaseRow.subject, CaseRow.unit).limit(1)).one()

    def first_data(self, case_id: UUID) -> dict[str, Json]:
        """What a case was opened with."""
        data: dict[str, Json] = self.engine.history(case_id, by=AUDITOR)[0].data["data"]
        return data

    def request(self, process: str, key: str, data: Mapping[str, Json]) -> OpenCase:
        """To open a case of some employee."""
        known = self.any_case()
        return OpenCase(process, key, known.subject, "Bench", known.unit, str(YEAR), "Bench", data)


def stage(
    settings: Settings,
    people: int,
    seed: int = 7,
    *,
    services: Mapping[str, Service] | None = None,
    durable: bool = True,
    begins: datetime = FIRST_DAY,
) -> Stage:
    """Start the product on a migrated, empty database, with an agency of so many people (at least 16)."""
    clock = VirtualClock(begins)
    application = start(settings, clock, services, durable=durable)
    with Session(application.engine.database) as session, session.begin():
        build_agency(session, people, seed, clock.now().date())
    return Stage(application, clock)


def size_of(connection: sa.Connection) -> int:
    """Bytes of the whole database."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("pragma page_size").scalar_one())
    return int(connection.scalar(sa.select(sa.func.pg_database_size(sa.func.current_database()))) or 0)


def figures(samples: Mapping[str, Any]) -> dict[str, Any]:
    """What was measured, in words of JSON."""
    return {name: value.to_json() if hasattr(value, "to_json") else value for name, value in samples.items()}
