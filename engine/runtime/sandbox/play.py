"""One case on a virtual clock: act as anyone, let time pass, look at everything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.errors import EngineError, Refused, StepFailed
from engine.runtime.models import SubscriptionRow
from engine.runtime.outbox import Effect
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.sandbox.scenario import Action, Do, Expect, Opening, Tell, Until, Wait, moment_of
from engine.runtime.sandbox.staging import Staging
from engine.runtime.sandbox.variables import Change, changes
from engine.runtime.sandbox.witness import Asked, Witness
from engine.runtime.sandbox.world import world
from engine.runtime.values import Actor, CaseView, HistoryEvent, Json, Task, TaskView

if TYPE_CHECKING:
    from engine.runtime.engine import Engine

MakeEngine: TypeAlias = "Callable[[Resources], Engine]"
PERSONNEL = Actor("personnel", "Kepegawaian", roles=frozenset({"operator", "personnel"}))
AUDITOR = Actor("auditor", "Auditor", roles=frozenset({"auditor", "system"}))
FURTHEST = timedelta(days=3_700)  # from the opening: no play lives longer
MOST_ROUNDS = 2_000  # of timers in one action: a timer that fires without end is a fault of the diagram


class CannotPlay(Refused):
    """An action that the case does not allow as it stands; the sentence says what was found instead."""


@dataclass(frozen=True)
class Mail:
    """A mail that would be sent: when, by which template, to whom."""

    at: datetime
    template: str
    to: tuple[str, ...]
    task: str | None  # the name of the task that it is about


@dataclass
class Play:
    """A case in motion; made by `begin`."""

    opening: Opening
    staging: Staging
    resources: Resources
    engine: "Engine"
    clock: VirtualClock
    witness: Witness
    calls: list[tuple[str, Mapping[str, Json]]]  # services in the order of their calls, with their arguments
    case_id: UUID
    sent: list[tuple[datetime, Effect]] = field(default_factory=list)  # notices that have left
    taken: int = 0  # actions so far
    data: list[Mapping[str, Json]] = field(default_factory=list)  # of the case at its opening, and after each action

    # act

    def take(self, action: Action) -> None:
        """Do one action and whatever follows from it.

        Raises:
            CannotPlay: the case does not allow it.
            FormInvalid: the form refuses the answers.
        """
        match action:
            case Do():
                self._do(action)
            case Wait():
                self.go_to(self.clock.now() + timedelta(days=action.days))
            case Until():
                self.go_to(action.end(self.staging.zone))
            case Expect():
                self._expect(action)
            case Tell():
                self._tell(action)
        self.taken += 1
        self.data.append(self.witness.data)

    def go_to(self, end: datetime) -> None:
        """Let time pass; timers and reminders fire on their hour."""
        if end - self._opened > FURTHEST:
            raise CannotPlay("Waktu percobaan ini paling lama sepuluh tahun sejak perkara dibuka.")
        rounds = 0
        while (due := self.engine.next_timer_at()) is not None and due <= end:
            rounds += 1
            if rounds > MOST_ROUNDS:
                raise CannotPlay("Pengatur waktu menyala tanpa henti; periksa ulangannya di diagram.")
            self.clock.go_to(max(due, self.clock.now()))
            while self.engine.sweep():
                pass
            self._carry_out()
            if self.incident:
                return
        self.clock.go_to(max(end, self.clock.now()))

    # look

    @property
    def view(self) -> CaseView:
        return self.engine.case(self.case_id, by=AUDITOR)

    @property
    def tasks(self) -> Sequence[Task]:
        return self.view.open_tasks

    @property
    def open(self) -> list[str]:
        """The elements of all open tasks, sorted."""
        return sorted(task.element for task in self.tasks)

    @property
    def status(self) -> str:
        return str(self.view.case.status.value)

    @property
    def incident(self) -> str | None:
        """Why the case was parked, with the element; None while it goes on."""
        parked = self.view.incident
        return f"{parked.label} ({parked.element}): {parked.cause}" if parked is not None else None

    @property
    def history(self) -> Sequence[HistoryEvent]:
        return self.engine.history(self.case_id, by=AUDITOR)

    @property
    def mails(self) -> Sequence[Mail]:
        """The mails that would have been sent, the oldest first."""
        return [self._mail(at, effect) for at, effect in self.sent]

    @property
    def asked(self) -> Sequence[Asked]:
        """Decisions in the order in which they were asked."""
        return self.witness.asked

    def changed(self, number: int) -> Sequence[Change]:
        """What an action (the first is 1) changed in the data of the case."""
        return changes(self.data[number - 1], self.data[number])

    @property
    def awaited(self) -> Sequence[tuple[str, str]]:
        """("message" or "signal", name) of what the case waits for from outside."""
        query = sa.select(SubscriptionRow.kind, SubscriptionRow.name).distinct().order_by(SubscriptionRow.name)
        with self.engine.database.connect() as connection:
            return [(row.kind, row.name) for row in connection.execute(query)]

    @staticmethod
    def performer(task: Task) -> Actor:
        """The person of a play who does a task."""
        return _performer(task.performer)

    def task_view(self, task: Task) -> TaskView:
        """A task as its performer sees it."""
        return self.engine.task(task.id, by=_performer(task.performer))

    def task_of(self, element: str, performer: str | None = None) -> Task:
        """The open task of an element.

        Raises:
            CannotPlay: there is none, or it is another performer's.
        """
        task = next((task for task in self.tasks if task.element == element), None)
        if task is None:
            found = ", ".join(self.open) or "tidak ada"
            raise CannotPlay(f'Tugas "{element}" tidak terbuka; yang terbuka: {found}.')
        if performer is not None and task.performer != performer:
            raise CannotPlay(f'Tugas "{element}" bukan untuk {performer}, melainkan untuk {task.performer}.')
        return task

    def usual(self, task: Task, decided: Mapping[str, Json]) -> dict[str, Json]:
        """Answers that the task's form accepts, with some values decided.

        Raises:
            CannotPlay: these means find none.
        """
        view, by = self.task_view(task), _performer(task.performer)
        form = self.engine.form(task.id, by=by)
        started = {**view.answers, **{key: value for key, value in decided.items() if key in form.keys}}
        try:
            return self.staging.answers(form, started, view.context, self.engine.environment(), decided)
        except ValueError as error:
            raise CannotPlay(f'Formulir tugas "{task.element}" belum dapat diisi: {error}') from error

    # how

    @property
    def _opened(self) -> datetime:
        return opened_at(self.opening, self.staging)

    def _do(self, action: Do) -> None:
        task = self.task_of(action.element, action.performer)
        note = self.task_view(task).note if action.note is not None else None
        if note != action.note:
            raise CannotPlay(f'Catatan pada tugas "{task.element}": {note or "tidak ada"}.')
        if action.due is not None:
            self._check_due(task, action)
        answers = action.form if action.form is not None else self.usual(task, action.answers)
        by = _performer(action.performer)
        try:
            self.engine.complete_task(task.id, answers, revision=task.revision, key=f"{self.taken}", by=by)
        except StepFailed:
            return  # the case is parked, and says why
        self._carry_out()

    def _check_due(self, task: Task, action: Do) -> None:
        found = task.due_at.astimezone(self.staging.zone).date() if task.due_at else None
        if found != action.due:
            words = found.isoformat() if found else "tidak ada"
            raise CannotPlay(f'Batas waktu tugas "{task.element}": {words}.')

    def _expect(self, action: Expect) -> None:
        if self.open != sorted(action.open):
            raise CannotPlay(f"Yang terbuka: {', '.join(self.open) or 'tidak ada'}.")

    def _tell(self, action: Tell) -> None:
        if action.kind == "message":
            key = self.view.case.business_key
            self.engine.send_message(action.name, business_key=key, payload=action.payload, by=PERSONNEL)
        else:
            self.engine.send_signal(action.name, payload=action.payload, by=PERSONNEL)
        self._carry_out()

    def _carry_out(self) -> None:
        """Side effects leave at once: messages and signals reach the case, mails are noted."""
        while self.engine.flush_outbox(self._note_mail):
            pass

    def _note_mail(self, effect: Effect) -> None:
        self.sent.append((self.clock.now(), effect))

    def _mail(self, at: datetime, effect: Effect) -> Mail:
        payload = effect.payload
        task = self.engine.task(UUID(payload["task"]), by=AUDITOR).task if "task" in payload else None
        to = payload.get("people") or payload.get("performers") or ([task.performer] if task else [])
        return Mail(at, payload["template"], tuple(to), task.name if task else None)


def begin(make: MakeEngine, release: LoadedRelease, staging: Staging, opening: Opening) -> Play:
    """Open the case of a play.

    Raises:
        CannotPlay: the process cannot be opened with this data.
    """
    moment = opened_at(opening, staging)
    clock, witness = VirtualClock(moment), Witness()
    calls: list[tuple[str, Mapping[str, Json]]] = []

    def note(name: str, arguments: Mapping[str, Json]) -> None:
        calls.append((name, dict(arguments)))

    resources = world(release, staging, clock, opening.given, note, witness)
    engine = make(resources)
    try:
        request = staging.opening(opening.process, opening.title, moment, opening.data)
        case_id, _ = engine.open_case(request, by=PERSONNEL)
    except (EngineError, ValueError) as error:
        raise CannotPlay(f"Perkara tidak dapat dibuka: {error}") from error
    play = Play(opening, staging, resources, engine, clock, witness, calls, case_id)
    play._carry_out()
    play.data.append(witness.data)
    return play


def opened_at(opening: Opening, staging: Staging) -> datetime:
    """When the case of an opening begins."""
    return moment_of(opening.opens, staging.zone) if opening.opens else staging.first_moment


def _performer(name: str) -> Actor:
    return Actor(name, name)
