"""Engine: the verbs of the runtime. Each is one transaction and takes the actor who asks."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.clock import Clock
from engine.errors import EngineError, StepFailed
from engine.feel import Environment
from engine.forms import Form
from engine.runtime import (
    access,
    bulk,
    cases,
    files,
    inbox,
    incidents,
    messages,
    outbox,
    reading,
    releases,
    tasks,
    timers,
)
from engine.runtime.announcing import Announcements
from engine.runtime.batches import Batches
from engine.runtime.beginnings import Message
from engine.runtime.checkpoints import Checkpoints
from engine.runtime.deadlines import Deadlines
from engine.runtime.desk import Desk
from engine.runtime.documents import Registry
from engine.runtime.due import AtOnce, Due, together
from engine.runtime.event_texts import text_of
from engine.runtime.history import Verified, verify
from engine.runtime.models import HistoryRow
from engine.runtime.moves.verbs import Moves
from engine.runtime.operations import Operations
from engine.runtime.outlook import Outlooks
from engine.runtime.posting import Post
from engine.runtime.prefilling import Prefilling
from engine.runtime.reassigning import Assignments
from engine.runtime.reminding import remind_all
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.retrying import park_again, retry
from engine.runtime.sandbox.runs import Told
from engine.runtime.sandbox.verbs import Sandbox
from engine.runtime.tidying import Tidying
from engine.runtime.values import (
    SYSTEM,
    Actor,
    Attachment,
    Case,
    CaseView,
    Check,
    Document,
    HistoryEvent,
    Incident,
    IncidentGroup,
    Json,
    OpenCase,
    Page,
    Receipt,
    Release,
    Task,
    TaskView,
)

log = logging.getLogger(__name__)


class Engine:
    """Cases of any process: what people and workers may do with them."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._post = Post(resources)
        self.batches = Batches(resources)
        self.sandbox = Sandbox(resources, Engine, self.batches)
        self.operations = Operations(resources)
        self.outlooks = Outlooks(resources)
        self.tidying = Tidying(resources)
        self.deadlines = Deadlines(resources, self.batches)
        self.assignments = Assignments(resources, self.batches)
        self.prefilling = Prefilling(resources)
        self.case_files = files.CaseFiles(resources)
        self.announcements = Announcements(resources, self.batches)
        bulk.register(self.batches, resources)
        self.moves = Moves(resources, self.batches)
        self.checkpoints = Checkpoints(resources, self.batches)
        self.desk = Desk(resources)

    @property
    def database(self) -> sa.Engine:
        """The connection pool; for the rooms of the engine only."""
        return self._resources.database

    @property
    def clock(self) -> Clock:
        """What tells the time to everything here."""
        return self._resources.clock

    @property
    def registry(self) -> Registry:
        """What documents may name."""
        return self._resources.registry

    def environment(self, zone: str | None = None) -> Environment:
        """What FEEL reads beside its context, now, in the zone of a case."""
        return self._resources.environment(self.clock.now(), self._resources.zone_named(zone))

    # tasks

    def inbox(
        self, *, by: Actor, box: str = "open", search: str = "", element: str = "", limit: int = 50, offset: int = 0
    ) -> Page[Task]:
        """A person's tasks: "open" (mine, the most urgent first), "team" (unclaimed, of my groups), "done"."""
        wanted = inbox.Wanted(box, search, element, limit, offset)
        with self._resources.reading() as connection:
            return inbox.listed(self._resources, connection, wanted, by=by)

    def inbox_counts(self, *, by: Actor) -> Mapping[str, int]:
        """How many tasks wait: "open", of these "late" and due within the "week", and for the "team"."""
        with self._resources.reading() as connection:
            return inbox.counts(connection, by=by, now=self.clock.now())

    def task(self, task_id: UUID, *, by: Actor) -> TaskView:
        """A task with its answers so far; NotFound for who is no party of its case."""
        with self._resources.reading() as connection:
            return tasks.view(self._resources, connection, task_id, by=by)

    def task_line(self, task_id: UUID, *, by: Actor) -> Task:
        """A task as lists show it; NotFound for who is no party of its case."""
        with self._resources.reading() as connection:
            return tasks.line(connection, task_id, by=by)

    def form(self, task_id: UUID, *, by: Actor) -> Form:
        """The form of a task, as its case's release has it."""
        with self._resources.reading() as connection:
            return tasks.form_of(self._resources, connection, task_id, by=by)

    def save_draft(self, task_id: UUID, answers: Mapping[str, Json], *, revision: int, by: Actor) -> int:
        """Keep what was typed; gives the new revision. Raises StaleTask for an older page."""
        return self._resources.write(
            lambda connection: tasks.save_draft(self._resources, connection, task_id, answers, revision=revision, by=by)
        )

    def complete_task(
        self,
        task_id: UUID,
        answers: Mapping[str, Json] | None,
        *,
        revision: int,
        key: str,
        by: Actor,
        locale: str = "id",
    ) -> Receipt:
        """Accept a task's answers (None: the stored draft) and move the case on; the same key gives the same receipt.

        Raises:
            NotFound, NotYours, TaskNotOpen, StaleTask, FormInvalid, KeyReused
            StepFailed: the case is parked as an incident; the answers are kept as the task's draft.
        """
        try:
            return self._resources.write(
                lambda connection: tasks.complete(
                    self._resources, connection, task_id, answers, revision=revision, key=key, by=by, locale=locale
                )
            )
        except StepFailed as failure:
            self._park_task(task_id, answers, failure, by)
            raise

    def claim(self, task_id: UUID, *, by: Actor) -> None:
        """Take a task of one's group."""
        self._resources.write(lambda connection: tasks.claim(self._resources, connection, task_id, by=by))

    def release_claim(self, task_id: UUID, *, by: Actor) -> None:
        """Give a taken task back to its group."""
        self._resources.write(lambda connection: tasks.release_claim(self._resources, connection, task_id, by=by))

    def attach(self, task_id: UUID, *, filename: str, content: bytes, by: Actor) -> Attachment:
        """Keep a file as evidence for an open task; raises UploadRefused with the limit."""
        return self._resources.write(
            lambda connection: files.attach(
                self._resources, connection, task_id, filename=filename, content=content, by=by
            )
        )

    def attachment(self, attachment_id: UUID, *, by: Actor) -> tuple[Attachment, bytes]:
        """A stored file and its content, for parties of its case."""
        with self._resources.reading() as connection:
            return files.attachment(self._resources, connection, attachment_id, by=by)

    # cases

    def open_case(self, request: OpenCase, *, by: Actor) -> tuple[UUID, bool]:
        """Open one case; gives its id and whether it is new."""
        return self.open_cases([request], by=by)[0]

    def open_cases(self, requests: Sequence[OpenCase], *, by: Actor) -> Sequence[tuple[UUID, bool]]:
        """Open cases on the newest release, in one transaction; a business key is opened once, ever.

        Raises:
            NotYours: the actor may not open cases.
            StepFailed: a process could not reach its first wait; nothing of this call is kept.
        """
        access.require_role(by, "personnel")

        def work(connection: sa.Connection) -> Sequence[tuple[UUID, bool]]:
            release = self._newest(connection)
            return cases.open_all(self._resources, connection, release, requests, by=by)

        return self._resources.write(work)

    def cases(
        self,
        *,
        by: Actor,
        search: str = "",
        unit: str | Sequence[str] | None = None,
        phase: str | None = None,
        status: str | None = None,
        cycle: str | None = None,
        subject: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[Case]:
        """The cases that an actor may open, by the subject's name; `unit` is one id or several."""
        units = [unit] if isinstance(unit, str) else unit
        with self._resources.reading() as connection:
            return cases.cases(
                self._resources,
                connection,
                by=by,
                search=search,
                unit=units,
                phase=phase,
                status=status,
                cycle=cycle,
                subject=subject,
                limit=limit,
                offset=offset,
            )

    def case(self, case_id: UUID, *, by: Actor) -> CaseView:
        """One case with all that its page needs; NotFound for who is no party of it."""
        with self._resources.reading() as connection:
            return cases.view(self._resources, connection, case_id, by=by)

    def history(self, case_id: UUID, *, by: Actor) -> Sequence[HistoryEvent]:
        """A case's events, the oldest first, with the answers that this reader may see."""
        with self._resources.reading() as connection:
            return reading.history(self._resources, connection, case_id, by=by)

    def form_of_event(self, case_id: UUID, seq: int, *, by: Actor) -> Form:
        """The form whose answers an event holds."""
        with self._resources.reading() as connection:
            return reading.form_of_event(self._resources, connection, case_id, seq, by=by)

    def diagram(self, case_id: UUID, process: str, *, by: Actor) -> bytes:
        """The BPMN file of a process, as the case's release has it."""
        with self._resources.reading() as connection:
            return cases.diagram(self._resources, connection, case_id, process, by=by)

    def cancel_case(self, case_id: UUID, *, reason: str, by: Actor) -> None:
        """End a case for good; raises Refused without a reason."""
        access.require_role(by, "operator")
        self._resources.write(
            lambda connection: cases.cancel(self._resources, connection, case_id, reason=reason, by=by)
        )

    def send_message(self, name: str, *, business_key: str, payload: Mapping[str, Json], by: Actor) -> bool:
        """Give a message to the case with this key, or open the cases that it begins.

        False: it is kept until someone waits for it, or what it begins was begun before.

        Raises:
            NotYours: it would open a case, which only personnel may.
            Refused: it would open a case, and nothing says whom about.
            StepFailed: the case is parked as an incident, which holds the message; or no case could be opened.
        """
        access.require_role(by, "personnel", "operator")
        return self._post.send(Message(name, business_key, payload), by=by)

    def send_signal(self, name: str, *, payload: Mapping[str, Json], by: Actor) -> int:
        """Give a signal to every case that waits for it, each in its own transaction; gives how many took it."""
        access.require_role(by, "personnel", "operator")
        return self._post.broadcast(name, payload, by)

    # incidents

    def incidents(
        self,
        *,
        by: Actor,
        status: str = "open",
        element: str | None = None,
        cause: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[Incident]:
        """Cases parked because something failed, the newest first; of one element and cause, if named."""
        access.require_role(by, "operator", "auditor")
        with self._resources.reading() as connection:
            return incidents.incidents(
                connection, status=status, element=element, cause=cause, limit=limit, offset=offset
            )

    def incident_groups(self, *, by: Actor, limit: int = 50) -> Sequence[IncidentGroup]:
        """Open incidents of one element and one cause taken together, the most frequent first."""
        access.require_role(by, "operator", "auditor")
        with self._resources.reading() as connection:
            return incidents.groups(connection, limit=limit)

    def cases_of_items(self, kind: str, items: Sequence[str], *, by: Actor) -> Mapping[str, Case]:
        """The case behind each item of an operator's bulk work; empty for other kinds."""
        access.require_role(by, "operator", "auditor")
        if kind not in bulk.KINDS:
            return {}
        with self._resources.reading() as connection:
            return bulk.cases_of(connection, kind, items)

    def retry_incident(self, incident_id: int, *, by: Actor) -> bool:
        """Take a case out of its parking place and do again what failed; False when it fails again."""
        access.require_role(by, "operator")
        try:
            self._resources.write(lambda connection: retry(self._resources, connection, incident_id, by=by))
        except StepFailed as failure:
            reason = failure
            self._resources.write(
                lambda connection: park_again(self._resources, connection, incident_id, reason, by=by)
            )
            return False
        return True

    # releases

    def releases(self, *, by: Actor) -> Sequence[Release]:
        """All releases, the newest first."""
        access.require_role(by, "process_owner", "auditor")
        with self._resources.reading() as connection:
            return releases.releases(connection)

    def documents(self, *, by: Actor) -> Sequence[Document]:
        """Every document of the newest release and every draft."""
        access.require_role(by, "process_owner")
        with self._resources.reading() as connection:
            return releases.documents(self._resources, connection)

    def document(self, name: str, *, by: Actor) -> tuple[bytes, int, bool]:
        """A document's content, its draft revision (0: none) and whether it is a draft."""
        access.require_role(by, "process_owner")
        with self._resources.reading() as connection:
            return releases.document(self._resources, connection, name)

    def published_document(self, name: str, *, by: Actor) -> bytes:
        """A document as the newest release has it."""
        access.require_role(by, "process_owner")
        with self._resources.reading() as connection:
            return releases.published(self._resources, connection, name)

    def save_document(self, name: str, content: bytes, *, revision: int, by: Actor) -> tuple[int, Check]:
        """Keep a draft, faulty or not; raises StaleDocument when another author was faster."""
        access.require_role(by, "process_owner")
        return self._resources.write(
            lambda connection: releases.save(self._resources, connection, name, content, revision=revision, by=by)
        )

    def discard_document(self, name: str, *, by: Actor) -> None:
        """Drop a draft."""
        access.require_role(by, "process_owner")
        self._resources.write(lambda connection: releases.discard(connection, name))

    def check_documents(self, *, by: Actor) -> Check:
        """What is wrong with the set that publishing now would make."""
        access.require_role(by, "process_owner")
        with self._resources.reading() as connection:
            return releases.check_drafts(self._resources, connection)

    def publish(self, *, note: str, by: Actor) -> Release:
        """Close the newest release with all drafts over it as a new one, once its scenarios are green.

        Raises:
            DefinitionError, Refused
        """
        access.require_role(by, "process_owner")
        played = self.sandbox.require_green_drafts()
        return self._resources.write(
            lambda connection: releases.publish_drafts(self._resources, connection, note=note, played=played, by=by)
        )

    def publish_files(
        self, documents: Mapping[str, bytes], *, note: str, by: Actor, played: bool = False, told: Told | None = None
    ) -> Release:
        """Close a whole set as a new release; raises DefinitionError, Refused.

        `played`: its scenarios are known to be green; else `told` hears how many of how many were played.
        """
        access.require_role(by, "process_owner")
        if not played:
            with self._resources.reading() as connection:
                releases.require_new(connection, documents, note)
            self.sandbox.require_green(documents, told)
        return self._resources.write(
            lambda connection: releases.publish_files(self._resources, connection, documents, note=note, by=by)
        )

    # what workers do

    def sweep(self, limit: int = 200) -> int:
        """Fire due timers and reminders; gives how many were looked at."""
        now = self.clock.now()
        with self._resources.reading() as connection:
            first = timers.next_timer_at(connection)
            if first is None or first > now:
                return 0
            self._newest(connection)  # a release that another process has published is in force here from now on
        due = self._resources.write(lambda connection: timers.claim(connection, now, limit))
        plan = together(due)
        left = [timer for round in plan.reminders for timer in self._at_once(remind_all, round)]
        left += [timer for round in plan.events for timer in self._at_once(timers.fire_all, round)]
        for timer in [*plan.alone, *left]:
            self._fire(timer)
        return len(due)

    def next_timer_at(self) -> datetime | None:
        """When the next timer is due."""
        with self._resources.reading() as connection:
            return timers.next_timer_at(connection)

    def flush_outbox(self, deliver: outbox.Deliver, limit: int = 100) -> int:
        """Carry out queued side effects; messages and signals go to their cases, all else to `deliver`. Gives how many."""
        now = self.clock.now()
        with self._resources.reading() as connection:
            waits, keeps = outbox.is_due(connection, now), messages.any_kept(connection)
        due = self._resources.write(lambda connection: outbox.claim(connection, now, limit)) if waits else ()
        if due:
            outcomes = [(effect, self._carry_out(effect, deliver)) for effect in due]
            self._resources.write(lambda connection: outbox.settle(connection, outcomes, now))
        if keeps:
            self._post.deliver_kept(now, limit)
        return len(due)

    def verify(self) -> Verified:
        """Check every case's chain, head and sealed values; names the first breach."""
        with self._resources.reading() as connection:
            return verify(connection, self._resources.kek, self._resources.secrets)

    def chain(self, case_id: UUID, *, by: Actor) -> Sequence[tuple[str, bytes]]:
        """A case's events exactly as they are chained: text and hash; for proofs outside the database."""
        access.require_role(by, "auditor")
        with self._resources.reading() as connection:
            rows = connection.execute(
                sa.select(HistoryRow.body, HistoryRow.hash)
                .where(HistoryRow.case_id == case_id)
                .order_by(HistoryRow.seq)
            )
            return [(text_of(row.body, case_id), row.hash) for row in rows]

    def loaded(self, number: int | None = None) -> LoadedRelease:
        """A release in memory (None: the newest); for the rooms of the engine only."""
        known = self._resources.loaded(number)
        if known is not None:
            return known
        with self._resources.reading() as connection:
            return self._newest(connection) if number is None else self._resources.release(connection, number)

    # how

    def _newest(self, connection: sa.Connection) -> LoadedRelease:
        return self._resources.release(connection, releases.newest(connection))

    def _at_once(self, work: AtOnce, due: Sequence[Due]) -> Sequence[Due]:
        """Handle timers in one transaction; gives those that are left to be looked at one by one."""
        try:
            done = self._resources.write(lambda connection: work(self._resources, connection, due))
        except Exception:  # whatever it is, it is told of the one case that it belongs to
            log.exception("timers are handled one by one")
            done = set()
        return [timer for timer in due if timer.id not in done]

    def _fire(self, timer: Due) -> bool:
        """Let one case go on; what fails in it stops nobody else: a fault nobody foresaw parks it after some more tries."""
        try:
            return self._resources.write(lambda connection: timers.fire(self._resources, connection, timer))
        except StepFailed as failure:
            log.warning("case %s parked by a timer: %s", timer.case_id, failure)
            reason = failure
            self._resources.write(lambda connection: timers.park(self._resources, connection, timer, reason))
        except Exception:
            log.exception("case %s waits for another try of its timer", timer.case_id)
        return False

    def _park_task(self, task_id: UUID, answers: Mapping[str, Json] | None, failure: StepFailed, by: Actor) -> None:
        """Keep the answers as a draft and park the case, so that the submit can be done again."""

        def work(connection: sa.Connection) -> None:
            case_id = connection.scalar(tasks.CASE_OF_TASK, {"task": task_id})
            assert case_id is not None, "the step failed inside this case"
            redo = {"do": "complete", "task": str(task_id), "person": by.person, "groups": sorted(by.groups)}
            incidents.raise_incident(self._resources, connection, case_id, failure, redo, by=by)
            if answers is not None:
                tasks.keep_for_retry(self._resources, connection, task_id, answers, by=by)

        self._resources.write(work)

    def _carry_out(self, effect: outbox.Effect, deliver: outbox.Deliver) -> str | None:
        """Do one side effect; gives what went wrong, in words, or None."""
        try:
            content = effect.payload
            if effect.kind == "message":
                self._post.send_thrown(Message(content["name"], content["key"], content["payload"]))
            elif effect.kind == "signal":  # the case that threw it has heard it already
                self._post.broadcast(content["name"], content["payload"], SYSTEM, besides=UUID(content["from"]))
            else:
                deliver(effect)
        except (OSError, EngineError, ValueError, LookupError) as error:
            log.warning("outbox %s failed: %s", effect.key, error)
            return f"{type(error).__name__}: {error}"
        return None
