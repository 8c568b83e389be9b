"""Database, clock, application: a fresh one for each test, on both databases."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application, shipped_documents, start
from engine.clock import VirtualClock
from engine.db import make_engine
from engine.migrations import upgrade
from engine.runtime.documents import digest
from engine.runtime.resources import LoadedRelease, Resources
from engine.settings import Settings
from tests import postgresql

MIGRATED = "siklus"
NEW_YEAR = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = make_engine(f"sqlite:///{path}")
    upgrade(database)
    database.dispose()  # the last connection to close brings the log into the file
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A private PostgreSQL with a migrated database."""
    with postgresql.server() as url:
        with _administration(url) as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {MIGRATED}")
        database = make_engine(url.format(database=MIGRATED))
        upgrade(database)
        database.dispose()
        yield url


@pytest.fixture(scope="session", autouse=True)
def shipped_documents_read_once() -> Iterator[None]:
    """Most tests start the product on the shipped documents: a worker reads and checks them for the first only."""
    shipped, read, known = digest(shipped_documents()), Resources.candidate, dict[object, LoadedRelease]()

    def candidate(self: Resources, files: Mapping[str, bytes]) -> LoadedRelease:
        if digest(files) != shipped:
            return read(self, files)
        named = (self.registry.services, frozenset(self.registry.functions), self.registry.words)
        if named not in known:
            known[named] = read(self, files)
        return known[named]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Resources, "candidate", candidate)
        yield


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str) -> Iterator[postgresql.Reused]:
    """A migrated PostgreSQL database that is put back after each test."""
    reused = postgresql.Reused(postgresql_server, MIGRATED)
    yield reused
    reused.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database that nobody else uses, as the migrations left it."""
    if request.param == "sqlite":
        path = tmp_path / "siklus.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    reused: postgresql.Reused = request.getfixturevalue("postgresql_database")
    yield reused.url
    reused.put_back()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    url, name = request.getfixturevalue("postgresql_server"), f"t{uuid4().hex}"
    with _administration(url) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = make_engine(url.format(database=name))
    yield engine
    engine.dispose()
    with _administration(url) as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[sa.Engine]:
    """A migrated database, connected; nothing waits for the disk."""
    engine = make_engine(database_url, durable=False)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands at the first working day of 2026 until it is moved."""
    return VirtualClock(NEW_YEAR)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test: everything in its own folder."""
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        secret_key="not-a-secret",
        kek=b"k" * 32,
        cheap_passwords=True,
    )


@pytest.fixture
def application(settings: Settings, clock: VirtualClock) -> Iterator[Application]:
    """The product on the shipped documents, ready to serve."""
    started = start(settings, clock, durable=False)
    yield started
    started.engine.database.dispose()


@pytest.fixture
def start_application(settings: Settings, clock: VirtualClock) -> Iterator[Callable[[], Application]]:
    """Start the product again on the same database, as a second process would."""
    started: list[Application] = []

    def again() -> Application:
        started.append(start(settings, clock, durable=False))
        return started[-1]

    yield again
    for application in started:
        application.engine.database.dispose()


def _administration(url: str) -> sa.Connection:
    engine = sa.create_engine(url.format(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    return engine.connect()
