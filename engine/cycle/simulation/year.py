"""Runs a year (or several) of an agency: the clock jumps from one thing that happens to the next.

People learn of their tasks as in life: by the notices that the engine sends. Everything they do goes
through the engine's public verbs.
"""

import heapq
import time as stopwatch
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle.alignment.landscape import AGREEMENT
from engine.cycle.models import CycleRow, GroupMemberRow
from engine.cycle.simulation.answers import fill
from engine.cycle.simulation.cast import NOBODY, Cast
from engine.cycle.simulation.counting import Summary, count
from engine.cycle.simulation.happenings import PERSONNEL, Happening, hire
from engine.cycle.simulation.staff import Occasion, Staff
from engine.cycle.year import PerformanceCycle
from engine.errors import Refused, StepFailed
from engine.runtime.definitions import TASKS
from engine.runtime.engine import Engine
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.outbox import Effect
from engine.runtime.values import Actor, CaseStatus, TaskStatus, TaskView

OPEN_TASK = (
    sa.select(TaskRow.id, TaskRow.number, TaskDefinitionRow.element, TaskRow.assignee, TaskRow.pool, TaskRow.due_at)
    .select_from(TASKS)
    .add_columns(CaseRow.subject, CaseRow.business_key)
    .join(CaseRow, CaseRow.id == TaskRow.case_id)
    .where(TaskRow.id == sa.bindparam("task"), TaskRow.status == TaskStatus.OPEN, CaseRow.status == CaseStatus.ACTIVE)
)
LOOSER = "(AL-06)"  # in the note of an SKP that came back
ANEW = " menurut rencana yang baru"  # what a changed result ends with
PATIENT = frozenset({"rate_organisation"})  # it stays open when its deadline has passed, and is done when that is told
MAILS = 500  # notices that arrive at once
OFFICE_OPENS = time(8)
Progress = Callable[[datetime, int], None]


class Office(Protocol):
    """A started product."""

    @property
    def engine(self) -> Engine: ...

    @property
    def cycle(self) -> PerformanceCycle: ...


@dataclass
class _Life:
    """The agency in motion."""

    office: Office
    clock: VirtualClock
    staff: Staff
    groups: dict[str, list[str]]
    lapsing: Mapping[str, str]  # drawn deadline -> the task that it lets pass
    left_out: set[str] = field(default_factory=set)  # elements that somebody has left undone on purpose
    heard: list[tuple[str, bool, UUID]] = field(default_factory=list)  # the task's name, whether it is the last call
    plans: list[tuple[datetime, str, UUID]] = field(default_factory=list)
    planned: set[UUID] = field(default_factory=set)
    rounds: Counter[tuple[UUID, str]] = field(default_factory=Counter)  # how often an element was done in a case
    actors: dict[str, Actor] = field(default_factory=dict)

    def hear(self, effect: Effect) -> None:
        """A notice arrives; it is attended to when all of its moment have come."""
        task_id = effect.payload.get("task")
        row = self._row(UUID(task_id)) if task_id is not None else None
        if row is not None:
            self.heard.append((_name(row), effect.payload["template"] == "escalation", row["id"]))

    def attend(self) -> None:
        """Whoever a notice is for plans when to act on it; those of one moment are taken by their names."""
        heard, self.heard = sorted(self.heard), []
        for _, last_call, task_id in heard:
            row = self._row(task_id)
            if row is not None and (last_call or task_id not in self.planned):
                self._plan(row, last_call=last_call)

    def _plan(self, row: Mapping[str, Any], *, last_call: bool) -> None:
        task = self._occasion(row)
        if task is None:
            return
        self.planned.add(row["id"])
        if self._leaves_out(task) and not (last_call and task.element in PATIENT):
            return
        zone = self.office.engine.environment().zone
        at = self.staff.does_at(task, self.clock.now(), zone, last_call=last_call)
        if at is not None:
            heapq.heappush(self.plans, (at, task.name, row["id"]))

    def _leaves_out(self, task: Occasion) -> bool:
        """The first one of whom a task is asked that has a drawn deadline lets it pass."""
        if task.element in self.left_out or task.element not in self.lapsing.values():
            return task.name in self.left_out
        if self.staff.must_do(task):
            return False
        self.left_out |= {task.element, task.name}
        return True

    def act(self, task_id: UUID) -> None:
        """Do a task, unless it has gone."""
        row = self._row(task_id)
        task = self._occasion(row) if row is not None else None
        if row is None or task is None:
            return
        by, engine = self.actor(task.person), self.office.engine
        if row["assignee"] is None:
            engine.claim(task_id, by=by)
        view = engine.task(task_id, by=by)
        key = (view.task.case_id, view.task.element)
        decided = self.staff.decides(task, self.rounds[key])
        self.rounds[key] += 1
        form = engine.loaded(view.release).documents.forms[view.task.form]
        luck = self.staff.luck("fill", task.name)
        answers = fill(form, begun(view), view.context, engine.environment(view.task.zone), luck, decided)
        revision = view.task.revision
        if luck.random() < 0.2:
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

    def _occasion(self, row: Mapping[str, Any]) -> Occasion | None:
        """The task and who will do it; None: nobody is there."""
        person = row["assignee"] or self._someone_of(row["pool"], row["subject"], _name(row))
        return Occasion(_name(row), row["element"], row["subject"], person, row["due_at"]) if person else None

    def _someone_of(self, group: str | None, subject: str, name: str) -> str | None:
        members = sorted(member for member in self.groups.get(group or "", []) if member != subject)
        return self.staff.luck("takes", name).choice(members) if members else None

    def _row(self, task_id: UUID) -> dict[str, Any] | None:
        with self.office.engine.database.connect().execution_options(reads_only=True) as connection:
            row = connection.execute(OPEN_TASK, {"task": task_id}).mappings().first()
        return dict(row) if row is not None else None


def begun(view: TaskView) -> dict[str, Any]:
    """What a simulated person finds on the desk: whoever heads a unit plans a result for each agreed indicator.

    Who changes an SKP says every result anew; limits that were called looser than the leader's are chosen again.
    """
    if view.task.form != "skp":
        return dict(view.answers)
    rows = view.answers.get("rhk") or []
    agreed = [one["id"] for one in view.context.get("leader_results") or [] if one["id"].startswith(AGREEMENT)]
    if view.task.element == "draft_skp_change":
        rows = [{**row, "rhk": row["rhk"].removesuffix(ANEW) + ANEW} for row in rows]
    elif not {row.get("rhk_pimpinan") for row in rows} >= set(agreed):
        rows = [{"rhk_pimpinan": id, "indikator": [{}]} for id in agreed]
    if LOOSER in (view.note or ""):
        rows = [_without_targets(row) for row in rows]
    return {**view.answers, **({"rhk": _weighed(rows)} if rows else {})}


def _without_targets(row: Mapping[str, Any]) -> dict[str, Any]:
    indicators = [{key: value for key, value in one.items() if key != "target_nilai"} for one in row["indikator"]]
    return {**row, "indikator": indicators}


def _weighed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of an SKP with weights that add up to 100; a form that asks for none drops them."""
    share = 100 // len(rows)
    return [{**row, "bobot": share if number else 100 - share * (len(rows) - 1)} for number, row in enumerate(rows)]


def simulate(
    office: Office,
    clock: VirtualClock,
    years: list[int],
    seed: int,
    *,
    cast: Cast = NOBODY,
    happenings: Sequence[Happening] = (),
    until: datetime | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Open a cycle for each year on its second day and live until every case has ended, or until a moment.

    `cast` says who plays which part, `happenings` what personnel enter, in order.

    Raises:
        CannotFill: a form that the simulated people cannot answer: the form or the simulation is wrong.
    """
    started, cpu = stopwatch.perf_counter(), stopwatch.process_time()
    life = _Life(
        office,
        clock,
        Staff(seed, cast),
        _groups(office.engine.database),
        lapses(office.engine) if cast.leaves_out else {},
    )
    openings = [datetime(year, 1, 2, 8, tzinfo=office.engine.environment().zone) for year in years]
    if happenings:
        hire(office.cycle)
    ahead, entered = list(happenings), Counter[str]()
    opening = True
    while True:
        _work(office, life, opening=opening)
        moments = [*openings[:1], *(_morning(office, one) for one in ahead[:1]), *(at for at, _, _ in life.plans[:1])]
        due = office.engine.next_timer_at()
        moments += [due] if due is not None else []
        if not moments or (until is not None and min(moments) > until):
            break
        clock.go_to(max(min(moments), clock.now()))
        opening = bool(openings) and openings[0] <= clock.now()
        if opening:
            _open(office, openings.pop(0).year)
        while ahead and _morning(office, ahead[0]) <= clock.now():
            entered[ahead[0].kind] += 1
            ahead.pop(0).enter(office.cycle)
        while life.plans and life.plans[0][0] <= clock.now():
            life.act(heapq.heappop(life.plans)[2])
        if progress is not None:
            progress(clock.now(), len(life.planned))
    if until is not None:
        clock.go_to(max(until, clock.now()))
    summary = count(office.engine.database, frozenset(life.lapsing))
    summary.happenings = dict(sorted(entered.items()))
    summary.seconds, summary.cpu_seconds = stopwatch.perf_counter() - started, stopwatch.process_time() - cpu
    return summary


def lapses(engine: Engine) -> Mapping[str, str]:
    """The deadlines that are drawn on tasks of the newest release, each with its task: what happens if nobody acts."""
    elements = engine.loaded().elements
    drawn = {id: one.attached_to for id, one in elements.items() if one.type == "boundaryEvent" and one.kind == "timer"}
    return {id: host for id, host in drawn.items() if host is not None and elements[host].type == "userTask"}


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['business_key']}/{row['number']}"


def _morning(office: Office, happening: Happening) -> datetime:
    return datetime.combine(happening.on, OFFICE_OPENS, office.engine.environment().zone)


def _work(office: Office, life: _Life, *, opening: bool) -> None:
    """A worker's rounds at this moment; what they bring up in turn is done in the next."""
    while opening and office.cycle.run_openings():
        pass
    office.cycle.contracts.announce_due()
    while office.engine.sweep():
        pass
    office.engine.tidying.run()
    while office.engine.batches.run():
        pass
    while office.engine.flush_outbox(life.hear, MAILS) == MAILS:
        pass
    life.attend()


def _open(office: Office, year: int) -> None:
    with office.engine.database.connect().execution_options(reads_only=True) as connection:
        known = connection.scalar(sa.select(CycleRow.id).where(CycleRow.year == year))
    if known is None:
        office.cycle.create_cycle(year, by=PERSONNEL)
    try:
        office.cycle.open_cycle(str(year), by=PERSONNEL)
    except Refused:
        return  # the year is being opened already


def _groups(database: sa.Engine) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    with database.connect().execution_options(reads_only=True) as connection:
        for group, person in connection.execute(sa.select(GroupMemberRow.group, GroupMemberRow.person)):
            groups.setdefault(group, []).append(person)
    return groups
