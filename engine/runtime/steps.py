"""One step of one case: load, act, run on, prune, save, and write only what became different.

A step is one short transaction. The case row is locked first, always; whatever fails rolls everything
back, and the case is parked as an incident in a transaction of its own (incidents.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, Refused, StepFailed
from engine.feel import Decided, Environment, to_json
from engine.prepared import Prepared
from engine.runtime import history, moments, sealing
from engine.runtime.event_texts import stored
from engine.runtime.models import CaseKeyRow, CaseRow, DirectoryVersionRow, PartyRow
from engine.runtime.outbox import queued
from engine.runtime.reminders import reminder_times
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.secrecy import is_guest, named_readers
from engine.runtime.secret_keys import secret_key_for
from engine.runtime.services import CaseFacts, ServiceCall
from engine.runtime.task_ids import task_id
from engine.runtime.values import Actor, Assignment, CaseStatus, Json, TaskStatus
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, EndlessStep
from engine.runtime.workflow.script import Script
from engine.runtime.workflow.waits import Waits, phase_around, waits_of
from engine.runtime.writes import Writes

PARTIES = sa.select(sa.func.aggregate_strings(PartyRow.identity, "\n")).where(PartyRow.case_id == CaseRow.id)
DIRECTORY_VERSION = sa.select(DirectoryVersionRow.number)
IN_HAND = (  # what a step needs to know of its case before it begins, in one row
    *CaseRow.__table__.c,
    CaseKeyRow.wrapped,
    PARTIES.scalar_subquery().label("parties"),
    DIRECTORY_VERSION.scalar_subquery().label("directory"),
)
NAMES_IN_HAND = [column.name for column in IN_HAND]
LOCK_CASE = (
    sa.select(*IN_HAND)
    .select_from(CaseRow)
    .outerjoin(CaseKeyRow, CaseKeyRow.case_id == CaseRow.id)
    .where(CaseRow.id == sa.bindparam("case"))
    .with_for_update(of=CaseRow)
)
LOCK_CASES = (  # several at once, in the order in which everybody locks them
    sa.select(*IN_HAND)
    .select_from(CaseRow)
    .outerjoin(CaseKeyRow, CaseKeyRow.case_id == CaseRow.id)
    .where(CaseRow.id.in_(sa.bindparam("cases", expanding=True)))
    .order_by(CaseRow.id)
    .with_for_update(of=CaseRow)
)
SAVE_CASE = Prepared(
    sa.update(CaseRow)
    .where(CaseRow.id == sa.bindparam("case"), CaseRow.version == sa.bindparam("was"))
    .values(
        version=CaseRow.version + 1,
        state=sa.bindparam("state_"),
        seq=sa.bindparam("seq_"),
        head=sa.bindparam("head_"),
        phase=sa.bindparam("phase_"),
        status=sa.bindparam("status_"),
        updated_at=sa.bindparam("now"),
        closed_at=sa.bindparam("closed"),
    )
)


@dataclass
class Step:
    """The case in hand, between its lock and its save."""

    resources: Resources
    connection: sa.Connection
    case: dict[str, Any]  # the row and what stands beside it (IN_HAND), and "key": the opened case key
    release: LoadedRelease
    actor: Actor
    now: datetime
    writes: Writes
    run: CaseRun = field(init=False)
    before: Waits = field(default_factory=Waits.none)
    elements: list[str] = field(default_factory=list)  # ids of what was done in this step, in order
    decisions: list[dict[str, Json]] = field(default_factory=list)
    completed: int | None = None  # the number of the task that a person has completed
    submission: tuple[str | None, str | None] = (None, None)  # its key, and the digest of what was sent
    opened: list[dict[str, Any]] = field(default_factory=list)  # rows of the tasks that this step opened

    @classmethod
    def on(cls, resources: Resources, connection: sa.Connection, case_id: UUID, *, by: Actor) -> "Step":
        """Lock a case and read its row; `load` reads its state too.

        Raises:
            NotFound: there is no such case.
        """
        return cls.of(resources, connection, lock(connection, case_id), by=by)

    @classmethod
    def of(cls, resources: Resources, connection: sa.Connection, case: dict[str, Any], *, by: Actor) -> "Step":
        """A step of a case that is locked already."""
        if case["wrapped"] is None:
            raise Refused("Isi perkara ini sudah dihapus; tidak ada yang dapat diubah lagi.")
        case["key"] = sealing.unwrap(case["wrapped"], resources.kek, case["id"])
        release = resources.release(connection, case["release"])
        return cls(resources, connection, case, release, by, resources.clock.now(), Writes())

    def load(self) -> "Step":
        """Read the case's state, to act on it."""
        self.run = codec.loads(self.case["state"], self.release.machine, self.texts)
        self.before = waits_of(self.run)
        return self

    def script(self) -> Script:
        """The script engine of this step, at this moment."""
        return Script(self.environment, self)

    @cached_property
    def zone(self) -> tzinfo:
        """Where the case's days begin and end."""
        return self.resources.zone_named(self.case["zone"])

    @cached_property
    def environment(self) -> Environment:
        """What FEEL reads in this step beside its context."""
        return self.resources.environment(self.now, self.zone)

    @property
    def today(self) -> date:
        """The day of this step where its people are."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def texts(self) -> Script:
        """Evaluates what stands in the diagram beside the run itself: due dates, notes."""
        return self.script()

    def done(self, task: Any) -> None:
        """The runner tells of each task that it has run."""
        if task.task_spec.bpmn_id:
            self.elements.append(task.task_spec.bpmn_id)

    # what diagrams ask for while they run

    def call_service(self, name: str, arguments: Mapping[str, Json], data: Mapping[str, Json], element: str) -> Json:
        """Run a registered service inside this transaction."""
        service = self.resources.services.get(name)
        if service is None:
            raise NotFound(f"Layanan {name} tidak terdaftar.")
        case = self.case
        facts = CaseFacts(case["id"], case["subject"], case["unit"], case["cycle"], case["business_key"])
        call = ServiceCall(
            self.connection,
            facts,
            arguments,
            data,
            self.now,
            self.notify,
            decide=lambda decision, inputs: self.decide(decision, inputs, element),
            look_up=lambda decision, inputs: to_json(self._evaluated(decision, inputs).value),
            zone=self.zone,
            version=case["directory"],
            by=self.actor,
            let_in=self._let_in_performers,
        )
        return to_json(service(call))

    def _let_in_performers(self, performers: Sequence[str]) -> None:
        for performer in performers:
            found = self._resolve(performer, self.case["process"], {})
            self.admit(identities_of(found.person, found.group))

    def decide(self, decision: str, context: Mapping[str, Json], element: str) -> Json:
        """Ask a decision of the release, and keep which rules hit with which inputs."""
        value, decided = self.answer(decision, context, element)
        hits = [
            {
                "table": hit.table,
                "rule": hit.rule,
                "number": hit.number,
                "source": hit.annotation,
                "inputs": to_json(dict(hit.inputs)),
            }
            for hit in decided.hits
        ]
        self.decisions.append({"decision": decision, "element": element, "value": value, "hits": hits})
        return value

    def answer(self, decision: str, context: Mapping[str, Json], element: str) -> tuple[Json, Decided]:
        """Ask a decision whose outcome the event tells itself: which rules hit is not kept."""
        decided = self._evaluated(decision, context)
        value = to_json(decided.value)
        if self.resources.watch is not None:
            self.resources.watch.decided(self.now, element, decision, value, decided.hits)
        return value, decided

    def _evaluated(self, decision: str, context: Mapping[str, Json]) -> Decided:
        return self.release.documents.decisions[decision].evaluate(context, self.environment)

    def notify(self, to: list[str], template: str, data: Mapping[str, Json]) -> None:
        """Queue a mail to performers; who they are is looked up when it leaves."""
        self.queue("mail", {"performers": to, "template": template, "data": dict(data)})

    def queue(self, kind: str, payload: Mapping[str, Json]) -> None:
        """Put a side effect into the outbox, under a key that is the same however often it is tried."""
        case, number = self.case, len(self.writes.outbox)
        key = f"{case['id']}/{case['seq'] + 1}/{number}"
        self.writes.outbox.append(queued(key, kind, payload, self.now, case["id"]))

    # the end of a step

    def finish(
        self, type: str, data: Mapping[str, Json], sealed: Mapping[str, Json], *, run_on: bool = True
    ) -> history.Entry:
        """Run on, prune, save the state and write what became different, with one event in the history.

        Without `run_on` everything stays where it stands.

        Raises:
            StepFailed: the diagram could not go on.
        """
        if run_on:
            self._run_on()
        if self.resources.watch is not None:
            self.resources.watch.ran(self.run)
        done = self.run.is_done()
        self.run.prune()
        entry = self.tell(type, data, sealed, waits_of(self.run), done=done)
        self.case["state"] = codec.dumps(self.run)
        return entry

    def tell(
        self, type: str, data: Mapping[str, Json], sealed: Mapping[str, Json], after: Waits, *, done: bool
    ) -> history.Entry:
        """Write what became different in what is waited for, with one event in the history; the state is not touched."""
        case = self.case
        self._sync_tasks(after)
        self._sync_timers(after)
        self._sync_subscriptions(after)
        case["phase"] = after.phase(self.release.elements) or case["phase"]
        if case["status"] == CaseStatus.ACTIVE and done:
            case["status"], case["closed_at"] = CaseStatus.COMPLETED, self.now
            data = {**data, "completed": True}
        return self.record(
            type,
            {
                **data,
                "elements": self.elements,
                "opened": [opened_words(row) for row in self.opened],
                "withdrawn": self._withdrawn(after),
            },
            {**sealed, **({"decisions": self.decisions} if self.decisions else {})},
        )

    def record(self, type: str, data: Mapping[str, Json], sealed: Mapping[str, Json]) -> history.Entry:
        """Chain one event to the case's history."""
        case = self.case
        case["seq"] += 1
        entry = history.compose(
            case_id=case["id"],
            cycle=case["cycle"],
            seq=case["seq"],
            previous=case["head"],
            at=self.now,
            type=type,
            actor=self.actor.person,
            data={name: value for name, value in data.items() if value not in (None, [], {})},
            sealed=sealed,
            key=self._key_of(data),
        )
        case["head"] = entry.hash
        body = stored(self.connection, entry.body, case["id"])
        row = {"case_id": case["id"], "seq": case["seq"], "body": body, "hash": entry.hash, "box": entry.box}
        self.writes.history.append(row)
        return entry

    def _key_of(self, data: Mapping[str, Json]) -> bytes:
        """What an event's values are sealed under: the case's key, or for secret answers their own."""
        if data.get("secret"):
            return secret_key_for(self.resources.secrets, self.connection, self.case["id"])
        return self.case.get("key") or b""

    def save(self) -> None:
        """Write the case row and everything collected.

        Raises:
            Refused: somebody else changed the case in spite of the lock.
        """
        save_rows(self.connection, [self])
        self.writes.flush(self.connection)

    def _withdrawn(self, after: Waits) -> list[str]:
        return [
            task.task_spec.bpmn_id
            for number, task in self.before.tasks.items()
            if number not in after.tasks and number != self.completed
        ]

    def _sync_tasks(self, after: Waits) -> None:
        gone = [number for number in self.before.tasks if number not in after.tasks]
        self.writes.closed_tasks += [self._closing(number) for number in gone]
        for number, task in after.tasks.items():
            if number not in self.before.tasks:
                self._open_task(number, task)

    def _closing(self, number: int) -> dict[str, Any]:
        by_person = number == self.completed
        return {
            "case": self.case["id"],
            "task": number,
            "status_": TaskStatus.COMPLETED if by_person else TaskStatus.WITHDRAWN,
            "now": self.now,
            "by_": self.actor.person if by_person else None,
            "key_": self.submission[0] if by_person else None,
            "digest_": self.submission[1] if by_person else None,
            "seq_": self.case["seq"] + 1 if by_person else None,
        }

    def _due_of(self, task: Any, text: str | None) -> datetime | None:
        due = self.texts.value(task, text) if text else None
        return moments.moment(due, since=self.now, zone=self.zone, day_ends=True) if due is not None else None

    def _open_task(self, number: int, task: Any) -> None:
        element = self.release.elements[task.task_spec.bpmn_id]
        properties, script = element.properties, self.texts
        due_at = script.guarded(task, lambda: self._due_of(task, properties.get("due")))
        note = script.evaluate(task, properties["note"]) if properties.get("note") else None
        assignment = self._resolve(properties["performer"], element.process, task.data)
        row = {
            "id": task_id(self.case["id"], number),
            "case_id": self.case["id"],
            "number": number,
            "element": element.id,
            "process": element.process,
            "name": element.name,
            "name_en": properties.get("name:en", element.name),
            "form": properties["form"],
            "performer": properties["performer"],
            "assignee": assignment.person,
            "pool": assignment.group,
            "on_behalf_of": assignment.on_behalf_of,
            "status": TaskStatus.OPEN,
            "revision": 1,
            "opened_at": self.now,
            "due_at": due_at,
            "note": str(note) if note is not None else None,
            "phase": phase_around(task, self.release.elements) or self.case["phase"],
        }
        row["definition"] = self.resources.definitions.number(self.connection, row)
        self.writes.tasks.append(row)
        self.opened.append({**row, "why": assignment.why})
        self.let_in(element.id, assignment.person, assignment.group)
        for performer in named_readers(properties):
            reader = self._resolve(performer, element.process, task.data)
            self.admit(identities_of(reader.person, reader.group))
        self.queue("mail", {"task": str(row["id"]), "template": "task_opened"})
        for at in reminder_times(due_at, properties, self.now, self.zone):
            self.writes.timers.append(self.timer(number, "reminder", element.id, at))

    def _resolve(self, performer: str, process: str, data: Mapping[str, Json]) -> Assignment:
        return self.resources.directory.resolve(
            self.connection,
            performer,
            subject=self.case["subject"],
            unit=self.case["unit"],
            data=data,
            on=self.today,
            version=self.case["directory"],
            process=process,
        )

    def let_in(self, element: str, person: str | None, group: str | None) -> None:
        """Let those who have a task read its case, unless the diagram keeps them to the task."""
        if not is_guest(self.release.elements[element].properties):
            self.admit(identities_of(person, group))

    def admit(self, identities: Iterable[str]) -> None:
        """Let people and groups read the case from now on."""
        known = (self.case["parties"] or "").split("\n")
        new = [identity for identity in identities if identity not in known]
        self.case["parties"] = "\n".join([*known, *new])
        self.writes.parties += [{"case_id": self.case["id"], "identity": identity} for identity in new]

    def timer(self, number: int, kind: str, element: str, at: datetime) -> dict[str, Any]:
        """The row of a timer of this case."""
        return {
            "case_id": self.case["id"],
            "number": number,
            "kind": kind,
            "element": element,
            "due_at": at,
            "next_at": at,
            "attempts": 0,
        }

    def _sync_timers(self, after: Waits) -> None:
        before, case_id = self.before.timers, self.case["id"]
        tasks_gone = [number for number in self.before.tasks if number not in after.tasks]  # with their reminders
        timers_gone = [number for number in before if number not in after.timers]
        self.writes.dropped_timers += [{"case": case_id, "task": number} for number in [*tasks_gone, *timers_gone]]
        for number, (element, due) in after.timers.items():
            at = datetime.fromisoformat(due)
            if number not in before:
                self.writes.timers.append(self.timer(number, "event", element, at))
            elif before[number][1] != due:
                self.writes.moved_timers.append({"case": case_id, "task": number, "due": at})

    def _sync_subscriptions(self, after: Waits) -> None:
        case_id = self.case["id"]
        gone = self.before.subscriptions - after.subscriptions
        self.writes.dropped_subscriptions += [
            {"case": case_id, "task": number, "kind_": kind, "name_": name} for number, kind, name in gone
        ]
        for number, kind, name in sorted(after.subscriptions - self.before.subscriptions):
            self.writes.subscriptions.append({"case_id": case_id, "number": number, "kind": kind, "name": name})

    def _run_on(self) -> None:
        try:
            self.run.advance(self.done)
        except (EndlessStep, RecursionError) as error:  # the library goes up a tree that a loop has made too deep
            element = self.elements[-1] if self.elements else self.case["process"]
            raise StepFailed(element, element, "diagram berputar tanpa menunggu siapa pun") from error
        for kind, name, payload in self.run.thrown():
            self.queue(kind, {"name": name, "key": self.case["business_key"], "payload": payload, "from": self.case_id})

    @property
    def case_id(self) -> str:
        return str(self.case["id"])


def save_rows(connection: sa.Connection, steps: Sequence[Step]) -> None:
    """Write the rows of cases; their version is the second barrier behind the lock.

    Raises:
        Refused: somebody else changed one of them in spite of the lock.
    """
    rows = [
        {
            "case": step.case["id"],
            "was": step.case["version"],
            "state_": step.case["state"],
            "seq_": step.case["seq"],
            "head_": step.case["head"],
            "phase_": step.case["phase"],
            "status_": step.case["status"],
            "now": step.now,
            "closed": step.case["closed_at"],
        }
        for step in steps
    ]
    if rows and SAVE_CASE.run_all(connection, rows) != len(rows):
        raise Refused("Perkara ini baru saja diubah orang lain; muat ulang halaman lalu ulangi.")


def lock(connection: sa.Connection, case_id: UUID) -> dict[str, Any]:
    """The case's row, locked until the transaction ends.

    Raises:
        NotFound: there is no such case.
    """
    row = connection.execute(LOCK_CASE, {"case": case_id}).first()
    if row is None:
        raise NotFound("Perkara ini tidak ada.")
    return dict(zip(NAMES_IN_HAND, row, strict=True))


def lock_all(connection: sa.Connection, cases: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The rows of several cases, locked until the transaction ends; cases that are gone are left out."""
    rows = connection.execute(LOCK_CASES, {"cases": list(cases)})
    return {row.id: dict(zip(NAMES_IN_HAND, row, strict=True)) for row in rows}


def identities_of(person: str | None, group: str | None) -> list[str]:
    """Those a task is addressed to, as parties of its case."""
    return ([f"p:{person}"] if person else []) + ([f"g:{group}"] if group else [])


def opened_words(row: Mapping[str, Any]) -> dict[str, Json]:
    """What the history says of a task that was opened."""
    return {
        "task": str(row["id"]),
        "element": row["element"],
        "name": row["name"],
        "performer": row["performer"],
        "person": row["assignee"],
        "group": row["pool"],
        "on_behalf_of": row["on_behalf_of"],
        "why": row["why"],
        "due_at": row["due_at"].isoformat() if row["due_at"] else None,
    }
