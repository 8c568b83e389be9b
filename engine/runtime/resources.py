"""What every verb of the runtime shares: the database, the clock, the directory, the loaded releases."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.clock import Clock
from engine.db import transact
from engine.errors import NotFound, Problem
from engine.feel import Environment
from engine.runtime.definitions import Definitions
from engine.runtime.directory import Directory
from engine.runtime.documents import Documents, Element, Registry, check, digest, load
from engine.runtime.models import ReleaseFileRow
from engine.runtime.sandbox.staging import Staging
from engine.runtime.secret_keys import Keyring
from engine.runtime.services import Service
from engine.runtime.watching import Watch
from engine.runtime.workflow.machine import Machine, build

UNNUMBERED = 0  # the number of a set that is no release yet
T = TypeVar("T")


@dataclass(frozen=True)
class LoadedRelease:
    """A release in memory: its documents, the shared specs, and every element by its id."""

    number: int
    documents: Documents
    machine: Machine
    elements: Mapping[str, Element]


@dataclass
class Resources:
    """One installation's runtime; shared by threads, changed by none but the release cache."""

    database: sa.Engine
    clock: Clock
    zone: tzinfo
    kek: bytes
    data_dir: Path
    upload_max_bytes: int
    directory: Directory
    services: Mapping[str, Service]
    registry: Registry
    secret_keks: Sequence[bytes] = ()  # that wrap the keys of secret answers, the newest first; none: `kek` does
    staging: Staging | None = None  # what a sandbox needs of the room above
    watch: Watch | None = None
    submissions_kept: timedelta = timedelta(days=14)  # how long keys of submissions are known after a task has closed
    rehearsals_kept: int = 20  # the newest; older ones are forgotten
    coverage: float = 0.0  # share of sequence flows that scenarios must pass before a set is published
    definitions: Definitions = field(default_factory=Definitions)
    _releases: dict[int, LoadedRelease] = field(default_factory=dict)
    _candidate: LoadedRelease | None = None  # the set of files that was read last
    _problems: tuple[str, tuple[Problem, ...]] | None = None  # the set that was checked last, by its digest
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def environment(self, now: datetime, zone: tzinfo | None = None) -> Environment:
        """What FEEL reads beside its context, in a case's zone or the installation's."""
        return Environment(now=now, zone=zone or self.zone, functions=self.registry.functions)

    def zone_named(self, name: str | None) -> tzinfo:
        """The zone of a case by its IANA name; None: the installation's."""
        return ZoneInfo(name) if name else self.zone

    @property
    def secrets(self) -> Keyring:
        """What opens the keys of secret answers."""
        return Keyring(self.secret_keks or (self.kek,))

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection that only reads; it holds no lock."""
        return self.database.connect().execution_options(reads_only=True)

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Do work in one transaction; what may succeed on a second try is tried again."""
        return transact(self.database, work)

    def release(self, connection: sa.Connection, number: int) -> LoadedRelease:
        """A release by its number, parsed once in the life of this process.

        Raises:
            NotFound: there is no such release.
        """
        loaded = self._releases.get(number)
        if loaded is not None:
            return loaded
        with self._loading:
            if number not in self._releases:
                self._releases[number] = self._load(connection, number)
            return self._releases[number]

    def loaded(self, number: int | None) -> LoadedRelease | None:
        """A release that is in memory already; None for the newest, which only the database knows."""
        return self._releases.get(number) if number is not None else None

    def keep(self, release: LoadedRelease) -> None:
        """Put a release into memory that was loaded elsewhere."""
        self._releases[release.number] = release

    def newest_loaded(self) -> LoadedRelease:
        """The newest release that this process has in memory; workers load a new one within seconds."""
        return self._releases[max(self._releases)]

    def _load(self, connection: sa.Connection, number: int) -> LoadedRelease:
        rows = connection.execute(
            sa.select(ReleaseFileRow.name, ReleaseFileRow.content).where(ReleaseFileRow.release == number)
        ).all()
        if not rows:
            raise NotFound(f"Rilis {number} tidak ada.")
        return replace(self.candidate({row.name: row.content for row in rows}), number=number)

    def candidate(self, files: Mapping[str, bytes]) -> LoadedRelease:
        """A set of files as a release that has no number yet; read once for as long as the same is asked for.

        Raises:
            DefinitionError: lists everything that is wrong.
        """
        last = self._candidate
        if last is None or last.documents.sha256 != digest(files):
            last = self._candidate = loaded_release(UNNUMBERED, load(files, self.registry))
        return last

    def problems(self, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
        """Everything that is wrong with a set of files; checked once for as long as the same is asked for."""
        last, sha256 = self._problems, digest(files)
        if last is None or last[0] != sha256:
            last = self._problems = (sha256, check(files, self.registry))
        return last[1]


def loaded_release(number: int, documents: Documents) -> LoadedRelease:
    """Parse checked documents for running."""
    elements = {id: element for process in documents.processes.values() for id, element in process.elements.items()}
    return LoadedRelease(number, documents, build(documents.trees), elements)
