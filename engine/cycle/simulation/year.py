"""Runs a year (or several) of an agency: the clock jumps from one thing that happens to the next.

People learn of their tasks as in life: by the notices that the engine sends. Everything they do goes
through the engine's public verbs.
"""

import heapq
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle.alignment.landscape import AGREEMENT
from engine.cycle.models import CycleRow, GroupMemberRow
from engine.cycle.simulation.answers import fill
from engine.cycle.simulation.staff import Staff
from engine.cycle.year import PerformanceCycle
from engine.errors import Refused, StepFailed
from engine.runtime.engine import Engine
from engine.runtime.models import CaseRow, HistoryRow, IncidentRow, TaskRow
from engine.runtime.outbox import Effect
from engine.runtime.values import SYSTEM, Actor, CaseStatus, TaskStatus, TaskView

OPEN_TASK = (
    sa.select(TaskRow.id, TaskRow.assignee, TaskRow.pool, TaskRow.due_at, CaseRow.subject)
    .join(CaseRow, CaseRow.id == TaskRow.case_id)
    .where(TaskRow.id == sa.bindparam("task"), TaskRow.status == TaskStatus.OPEN, CaseRow.status == CaseStatus.ACTIVE)
)
MAILS = 500  # notices that arrive at once
Progress = Callable[[datetime, int], None]


class Office(Protocol):
    """A started product."""

    @property
    def engine(self) -> Engine: ...

    @property
    def cycle(self) -> PerformanceCycle: ...


@dataclass
class Summary:
    """What came of it, in numbers; `seconds` wall, `cpu_seconds` of this process."""

    cases: int = 0
    completed: int = 0
    open: int = 0
    incidents: int = 0
    steps: int = 0
    timers_fired: int = 0
    reminders_sent: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    db_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass
class _Life:
    """The agency in motion."""

    office: Office
    clock: VirtualClock
    staff: Staff
    groups: dict[str, list[str]]
    plans: list[tuple[datetime, int, UUID, str]] = field(default_factory=list)  # when, tie, task, person
    order: "itertools.count[int]" = field(default_factory=itertools.count)
    planned: set[UUID] = field(default_factory=set)
    rounds: Counter[tuple[UUID, str]] = field(default_factory=Counter)  # how often an element was done in a case
    actors: dict[str, Actor] = field(default_factory=dict)

    def hear(self, effect: Effect) -> None:
        """A notice arrives: whoever it is for plans when to act on it."""
        task_id = effect.payload.get("task")
        if task_id is None:
            return
        last_call = effect.payload["template"] == "escalation"
        row = self._row(UUID(task_id))
        if row is None or (row["id"] in self.planned and not last_call):
            return
        person = row["assignee"] or self._someone_of(row["pool"], row["subject"])
        if person is None:
            return
        zone = self.office.engine.environment().zone
        at = self.staff.does_at(person, row["due_at"], self.clock.now(), zone, last_call=last_call)
        if at is not None:
            self.planned.add(row["id"])
            heapq.heappush(self.plans, (at, next(self.order), row["id"], person))

    def act(self, task_id: UUID, person: str) -> None:
        """Do a task, unless it has gone."""
        row = self._row(task_id)
        if row is None:
            return
        by, engine = self.actor(person), self.office.engine
        if row["assignee"] is None:
            engine.claim(task_id, by=by)
        view = engine.task(task_id, by=by)
        key = (view.task.case_id, view.task.element)
        decided = self.staff.decides(view.task, self.rounds[key])
        self.rounds[key] += 1
        form = engine.loaded(view.release).documents.forms[view.task.form]
        answers = fill(form, begun(view), view.context, engine.environment(), self.staff.random, decided)
        revision = view.task.revision
        if self.staff.random.random() < 0.2:
            revision = engine.save_draft(task_id, answers, revision=revision, by=by)
        self._send(view, answers, revision, by)

    def _send(self, view: TaskView, answers: dict[str, Any], revision: int, by: Actor) -> None:
        try:
            self.office.engine.complete_task(
                view.task.id, answers, revision=revision, key=f"simulated-{view.task.id}", by=by
            )
        except StepFailed:
            return  # the case is parked; the summary counts it

    def actor(self, person: str) -> Actor:
        if person not in self.actors:
            groups = frozenset(group for group, members in self.groups.items() if person in members)
            self.actors[person] = Actor(person, groups=groups)
        return self.actors[person]

    def _someone_of(self, group: str | None, subject: str) -> str | None:
        members = [member for member in self.groups.get(group or "", []) if member != subject]
        return self.staff.random.choice(members) if members else None

    def _row(self, task_id: UUID) -> dict[str, Any] | None:
        with self.office.engine.database.connect().execution_options(reads_only=True) as connection:
            row = connection.execute(OPEN_TASK, {"task": task_id}).mappings().first()
        return dict(row) if row is not None else None


def begun(view: TaskView) -> dict[str, Any]:
    """What a simulated person finds on the desk: whoever heads a unit plans a result for each agreed indicator."""
    agreed = [one["id"] for one in view.context.get("leader_results") or [] if one["id"].startswith(AGREEMENT)]
    planned = {row.get("rhk_pimpinan") for row in view.answers.get("rhk") or []}
    if view.task.form != "skp" or planned >= set(agreed):
        return dict(view.answers)
    return {**view.answers, "rhk": [{"rhk_pimpinan": id, "indikator": [{}]} for id in agreed]}


def simulate(
    office: Office,
    clock: VirtualClock,
    years: list[int],
    seed: int,
    *,
    until: datetime | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Open a cycle for each year on its second day and live until every case has ended, or until a moment.

    Raises:
        CannotFill: a form that the simulated people cannot answer: the form or the simulation is wrong.
    """
    started, cpu = time.perf_counter(), time.process_time()
    life = _Life(office, clock, Staff(seed), _groups(office.engine.database))
    openings = [datetime(year, 1, 2, 8, tzinfo=office.engine.environment().zone) for year in years]
    opening = True
    while True:
        _work(office, life, opening=opening)
        moments = [openings[0]] if openings else []
        moments += [life.plans[0][0]] if life.plans else []
        due = office.engine.next_timer_at()
        moments += [due] if due is not None else []
        if not moments or (until is not None and min(moments) > until):
            break
        clock.go_to(max(min(moments), clock.now()))
        opening = bool(openings) and openings[0] <= clock.now()
        if opening:
            _open(office, openings.pop(0).year)
        while life.plans and life.plans[0][0] <= clock.now():
            _, _, task_id, person = heapq.heappop(life.plans)
            life.act(task_id, person)
        if progress is not None:
            progress(clock.now(), len(life.planned))
    if until is not None:
        clock.go_to(max(until, clock.now()))
    summary = count(office.engine.database)
    summary.seconds, summary.cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    return summary


def count(database: sa.Engine) -> Summary:
    """Count what a database holds."""
    summary = Summary()
    with database.connect().execution_options(reads_only=True) as connection:
        states = dict(connection.execute(sa.select(CaseRow.status, sa.func.count()).group_by(CaseRow.status)).all())
        summary.cases, summary.completed = sum(states.values()), states.get(CaseStatus.COMPLETED, 0)
        summary.open = states.get(CaseStatus.ACTIVE, 0)
        summary.incidents = connection.scalar(sa.select(sa.func.count()).select_from(IncidentRow)) or 0
        kinds = Counter(orjson.loads(body)["type"] for body in connection.scalars(sa.select(HistoryRow.body)))
        summary.timers_fired, summary.reminders_sent = kinds["timer_fired"], kinds["reminder_sent"]
        summary.steps = (
            kinds["case_opened"] + kinds["task_completed"] + kinds["timer_fired"] + kinds["message_received"]
        )
        summary.db_bytes = _size(connection)
    return summary


def _work(office: Office, life: _Life, *, opening: bool) -> None:
    """A worker's rounds at this moment; what they bring up in turn is done in the next."""
    while opening and office.cycle.run_openings():
        pass
    while office.engine.sweep():
        pass
    office.engine.tidying.run()
    while office.engine.flush_outbox(life.hear, MAILS) == MAILS:
        pass


def _open(office: Office, year: int) -> None:
    with office.engine.database.connect().execution_options(reads_only=True) as connection:
        known = connection.scalar(sa.select(CycleRow.id).where(CycleRow.year == year))
    personnel = Actor(SYSTEM.person, SYSTEM.name, roles=frozenset({"system", "personnel"}))
    if known is None:
        office.cycle.create_cycle(year, by=personnel)
    try:
        office.cycle.open_cycle(str(year), by=personnel)
    except Refused:
        return  # the year is being opened already


def _groups(database: sa.Engine) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    with database.connect().execution_options(reads_only=True) as connection:
        for group, person in connection.execute(sa.select(GroupMemberRow.group, GroupMemberRow.person)):
            groups.setdefault(group, []).append(person)
    return groups


def _size(connection: sa.Connection) -> int:
    """Bytes of the whole database."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("pragma page_size").scalar_one())
    return int(connection.scalar(sa.select(sa.func.pg_database_size(sa.func.current_database()))) or 0)
