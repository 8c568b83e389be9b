"""The cycle's rooms on a small regency: people, year, runtime."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock, today
from engine.cycle.people import People
from engine.cycle.year import PerformanceCycle
from engine.runtime.services import Ask
from engine.settings import Settings
from tests.cycle.agency import Agency, Runtime, regency, shipped_tables
from tests.cycle.house import Post, opened


@pytest.fixture(scope="session")
def decide() -> Ask:
    """The decision tables of bpmn/."""
    return shipped_tables()


@pytest.fixture
def connection(database: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction of a test."""
    with database.begin() as connection:
        yield connection


@pytest.fixture
def agency(connection: sa.Connection) -> Agency:
    """The regency, in the test's own transaction."""
    return regency(Agency(connection))


@pytest.fixture
def populated(database: sa.Engine) -> sa.Engine:
    """The database with the regency in it."""
    with database.begin() as connection:
        regency(Agency(connection))
    return database


@pytest.fixture
def people(decide: Ask, clock: VirtualClock) -> People:
    """The directory, on the shipped tables."""
    return People(decide, lambda: today(clock))


@pytest.fixture
def runtime(database: sa.Engine, clock: VirtualClock) -> Runtime:
    """A runtime that keeps what it is asked to open."""
    return Runtime(database, clock)


@pytest.fixture
def cycle(runtime: Runtime, settings: Settings, people: People) -> PerformanceCycle:
    """The performance year."""
    return PerformanceCycle(runtime, settings, people)


@pytest.fixture
def opened_house(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Application, Post]]:
    """The whole product on the regency, and what it has sent."""
    with opened(settings, populated, clock, monkeypatch) as both:
        yield both
