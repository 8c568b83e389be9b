"""A small office for the runtime's tests: alice the employee, bob her supervisor, carol and dan in the pool, eve the operator."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa
import zstandard

from engine.clock import VirtualClock
from engine.runtime.documents import Registry
from engine.runtime.engine import Engine
from engine.runtime.models import CaseRow, SubscriptionRow, TimerRow
from engine.runtime.resources import Resources
from engine.runtime.services import Service
from engine.runtime.values import Actor, Assignment, Case, Json, OpenCase, Receipt, Recipient, Task
from engine.runtime.workflow import codec
from tests.runtime import diagrams

JAKARTA = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)
ALICE = Actor("alice", "Alice")
BOB = Actor("bob", "Bob")
CAROL = Actor("carol", "Carol", groups=frozenset({"pool"}))
DAN = Actor("dan", "Dan", groups=frozenset({"pool"}))
EVE = Actor("eve", "Eve", roles=frozenset({"operator", "personnel", "process_owner"}))
AUDITOR = Actor("fay", "Fay", roles=frozenset({"auditor"}))
STRANGER = Actor("greg", "Greg")
PEOPLE = (ALICE, BOB, CAROL, DAN, EVE, AUDITOR, STRANGER)
PERFORMERS: Mapping[str, Assignment] = {
    "employee": Assignment("alice", why="the employee"),
    "supervisor": Assignment("bob", why="her supervisor"),
    "pool": Assignment(group="pool", why="whoever is free"),
}


class OfficeDirectory:
    """Performers that never change; accounts that may be locked."""

    def __init__(self) -> None:
        self.locked: set[str] = set()
        self.hired: list[Actor] = []  # accounts beside those of everybody here

    def resolve(self, connection: sa.Connection, performer: str, **_facts: Any) -> Assignment:
        return PERFORMERS[performer]

    def recipients(self, connection: sa.Connection, performer: str, **_facts: Any) -> Sequence[Recipient]:
        found = PERFORMERS[performer]
        return (
            self.contacts(connection, [found.person]) if found.person else self.members(connection, found.group or "")
        )

    def contacts(self, connection: sa.Connection, people: Iterable[str]) -> Sequence[Recipient]:
        wanted = set(people)
        return [
            Recipient(actor.person, actor.name, f"{actor.person}@x.id") for actor in PEOPLE if actor.person in wanted
        ]

    def members(self, connection: sa.Connection, group: str) -> Sequence[Recipient]:
        return self.contacts(connection, [actor.person for actor in PEOPLE if group in actor.groups])

    def numbered(self, connection: sa.Connection, digits: str) -> Sequence[str]:
        return ()

    def capabilities(self, connection: sa.Connection, person: str) -> frozenset[str]:
        open_accounts = [actor for actor in (*PEOPLE, *self.hired) if actor.person not in self.locked]
        return next((actor.roles for actor in open_accounts if actor.person == person), frozenset())

    def holders(self, connection: sa.Connection, capabilities: frozenset[str]) -> Sequence[str]:
        return [
            actor.person
            for actor in (*PEOPLE, *self.hired)
            if actor.person not in self.locked and actor.roles & capabilities
        ]

    def names(self, connection: sa.Connection, people: Iterable[str]) -> Mapping[str, str]:
        return {contact.person: contact.name for contact in self.contacts(connection, people)}


class Office:
    """Opens and drives cases of any documents the way people and a worker do."""

    def __init__(
        self,
        database: sa.Engine,
        files: Mapping[str, bytes],
        folder: Path,
        services: Mapping[str, Service] | None = None,
    ) -> None:
        self.clock, self.directory = VirtualClock(START), OfficeDirectory()
        self.resources = Resources(
            database=database,
            clock=self.clock,
            zone=JAKARTA,
            kek=b"k" * 32,
            data_dir=folder,
            upload_max_bytes=1024 * 1024,
            directory=self.directory,
            services=services or {},
            registry=Registry(frozenset(services or {}), {name: name for name in PERFORMERS}, {}),
        )
        self.engine = Engine(self.resources)
        self.files = dict(files)
        self.engine.publish_files(files, note="Dokumen untuk uji.", by=EVE)
        self.case_id: UUID | None = None
        self.sent = 0

    def opens(self, process: str = "work", key: str = "2026/alice", at: str | None = None, **data: Json) -> UUID:
        """Open a case about Alice, at one of the start events if there are several."""
        request = OpenCase(process, key, "alice", "Alice", "unit-1", "2026", "Case", data, start=at)
        self.case_id, _ = self.engine.open_case(request, by=EVE)
        return self.case_id

    def timers(self) -> Sequence[Mapping[str, Json]]:
        """What the case waits for that has its hour."""
        return self.engine.case(self.id, by=AUDITOR).timers

    def publishes(self, *parts: str, **files: bytes) -> int:
        """A new release with another `work.bpmn` (if parts are given) and other files; gives its number."""
        self.files |= {name.replace("__", "."): content for name, content in files.items()}
        if parts:
            self.files["work.bpmn"] = diagrams.diagram(*parts)
        return self.engine.publish_files(self.files, note="Rilis baru untuk uji.", by=EVE).number

    def case(self) -> Case:
        return self.engine.case(self.id, by=AUDITOR).case

    @property
    def id(self) -> UUID:
        assert self.case_id is not None
        return self.case_id

    def tasks(self) -> Sequence[Task]:
        return self.engine.case(self.id, by=AUDITOR).open_tasks

    def open(self) -> list[str]:
        """The elements of all open tasks of the case."""
        return sorted(task.element for task in self.tasks())

    def task(self, element: str) -> Task:
        return next(task for task in self.tasks() if task.element == element)

    def completes(self, element: str, by: Actor = ALICE, **answers: Json) -> Receipt:
        """Send a task's form."""
        task = self.task(element)
        self.sent += 1
        return self.engine.complete_task(task.id, answers, revision=task.revision, key=f"{self.id}-{self.sent}", by=by)

    def waits(self, span: timedelta) -> None:
        """Let time pass; a worker fires what comes due on the way, when it is due."""
        end = self.clock.now() + span
        while (due := self.engine.next_timer_at()) is not None and due <= end:
            self.clock.go_to(max(due, self.clock.now()))
            while self.engine.sweep():
                pass
        self.clock.go_to(end)

    def data(self, actor: Actor = AUDITOR) -> Mapping[str, Json]:
        """The case data where the first open task stands."""
        return self.engine.task(self.tasks()[0].id, by=actor).context

    def tree(self) -> int:
        """How many tasks the case's state remembers."""
        with self.resources.database.connect() as connection:
            row = connection.execute(sa.select(CaseRow.release, CaseRow.state).where(CaseRow.id == self.id)).one()
            machine = self.resources.release(connection, row.release).machine
        return sum(len(level.tasks) for level in codec.loads(row.state, machine, None).levels())

    def rewrites_state(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the case's stored state behind the engine's back."""
        with self.resources.database.begin() as connection:
            state = connection.scalar(sa.select(CaseRow.state).where(CaseRow.id == self.id))
            document = orjson.loads(codec.opened(state or b""))
            change(document)
            packed = zstandard.compress(orjson.dumps(document))
            connection.execute(sa.update(CaseRow).where(CaseRow.id == self.id).values(state=packed))

    def happened(self) -> list[str]:
        return [event.type for event in self.engine.history(self.id, by=AUDITOR)]

    def happened_last(self) -> list[str]:
        """The elements that the last step ran."""
        return list(self.engine.history(self.id, by=AUDITOR)[-1].data["elements"])

    def armed(self) -> list[str]:
        """The elements whose timers of the case are running, and the reminders of its tasks."""
        with self.resources.database.connect() as connection:
            rows = connection.scalars(sa.select(TimerRow.element).where(TimerRow.case_id == self.id))
            return sorted(rows)

    def awaited(self) -> list[str]:
        """The names of the messages and signals that the case waits for."""
        with self.resources.database.connect() as connection:
            rows = connection.scalars(sa.select(SubscriptionRow.name).where(SubscriptionRow.case_id == self.id))
            return sorted(rows)

    def works(self) -> None:
        """A worker carries out what is queued."""
        self.engine.flush_outbox(lambda effect: None)


def today(office: Office) -> date:
    return office.clock.now().astimezone(JAKARTA).date()


def disarm(connection: sa.Connection) -> None:
    """What someone with all rights over the database could do before changing the history."""
    if connection.dialect.name == "sqlite":
        for name in connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql("ALTER TABLE history DISABLE TRIGGER USER")


def two_workers(round: Callable[[], int]) -> None:
    """Two threads begin together, and each works until a round finds nothing."""
    start = Barrier(2)

    def work() -> None:
        start.wait()
        while round():
            pass

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
