"""The team around a person: for a leader, how far each one's work has come, what is late and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.calendar import spans
from engine.cycle.models import CycleRow, FeedbackRow
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People
from engine.cycle.storage import Storage
from engine.cycle.team import reports_of
from engine.runtime.definitions import WHOLE_TASKS, defined
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import LIVE, Actor, TaskStatus

TaskLine = sa.Row[*tuple[Any, ...]]  # of WHOLE_TASKS
FEEDBACK_FORM = "feedback"  # the form of the case's own feedback task


class Stage(StrEnum):
    """How far the employee's own work in a case has come (DOMAIN 2.6)."""

    NOT_STARTED = "BELUM"
    DRAFT = "DRAF"
    SUBMITTED = "DIKIRIM"  # the leader's turn
    APPROVED = "DISETUJUI"  # nothing is open for either


@dataclass(frozen=True)
class Watched:
    """One of the leader's people; `tasks` are the leader's own open ones in the case."""

    person: str
    name: str
    position: str | None
    case: UUID | None
    stage: Stage | None  # None: no case runs
    step: str  # what the employee has to do, or did last
    late: Sequence[tuple[str, datetime]]  # the employee's overdue tasks
    tasks: Sequence[tuple[UUID, str, datetime | None]]
    has_feedback: bool  # the leader has given some since the period began


class Team:
    """Who works with whom, and how far they are."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage, self._people = storage, people

    def colleagues(self, *, by: Actor) -> Sequence[Person]:
        """The appraiser and the peers of the actor, by name."""
        with self._storage.reading() as session:
            organisation = self._organisation(session)
            appraiser = self._people.appraiser(organisation, by.person)
            if appraiser is None:
                return []
            peers = reports_of(organisation, self._people, appraiser.id)
            return [appraiser, *(one for one in peers if one.id != by.person)]

    def reports(self, cycle: str, *, by: Actor) -> Sequence[Watched]:
        """The people whom the actor appraises, those with something late first; empty for who appraises nobody."""
        with self._storage.reading() as session:
            organisation = self._organisation(session)
            people = reports_of(organisation, self._people, by.person)
            ids = [one.id for one in people]
            cases = _cases(session, ids, cycle)
            tasks = _tasks(session, list(cases.values()))
            told = self._told(session, organisation, cycle, by.person, ids)
            now = self._storage.now()
            found = [_watched(one, cases.get(one.id), tasks, by.person, one.id in told, now) for one in people]
            return sorted(found, key=lambda one: (not one.late, one.name, one.person))

    def _told(
        self, session: Session, organisation: Organisation, cycle: str, leader: str, people: Sequence[str]
    ) -> set[str]:
        """Who of the people has had feedback from the leader since the running period began, in a task or outside."""
        since = datetime.combine(_period_start(session, organisation, cycle), time(), self._storage.zone)
        outside = sa.select(FeedbackRow.subject).where(
            FeedbackRow.subject.in_(people), FeedbackRow.giver == leader, FeedbackRow.given_at >= since
        )
        in_task = (
            sa.select(CaseRow.subject)
            .join(TaskRow, TaskRow.case_id == CaseRow.id)
            .where(
                CaseRow.subject.in_(people),
                defined(TaskDefinitionRow.form == FEEDBACK_FORM),
                TaskRow.closed_by == leader,
            )
            .where(TaskRow.status == TaskStatus.COMPLETED, TaskRow.closed_at >= since)
        )
        return {*session.scalars(outside), *session.scalars(in_task)}

    def _organisation(self, session: Session) -> Organisation:
        return Organisation(session.connection(), self._storage.today())


def _period_start(session: Session, organisation: Organisation, cycle: str) -> date:
    year = session.scalar(sa.select(CycleRow.year).where(CycleRow.id == cycle)) or organisation.on.year
    kind = organisation.parameters(None).text("periode.jenis")
    begun = [starts for _, _, _, starts, _ in spans(kind, year) if starts <= organisation.on]
    return max(begun, default=date(year, 1, 1))


def _cases(session: Session, people: Sequence[str], cycle: str) -> Mapping[str, UUID]:
    query = sa.select(CaseRow.subject, CaseRow.id).where(CaseRow.subject.in_(people), CaseRow.cycle == cycle)
    running = query.where(CaseRow.status.in_(LIVE)).order_by(CaseRow.opened_at)  # of a year in parts the last
    return {row.subject: row.id for row in session.execute(running)}


def _tasks(session: Session, cases: Sequence[UUID]) -> Mapping[UUID, list[TaskLine]]:
    """The tasks of cases that are open or were completed, in the order they came."""
    wanted = TaskRow.status.in_([TaskStatus.OPEN, TaskStatus.COMPLETED])
    found: dict[UUID, list[TaskLine]] = {}
    query = WHOLE_TASKS.where(TaskRow.case_id.in_(cases), wanted)
    for row in session.execute(query.order_by(TaskRow.opened_at, TaskRow.number)):
        found.setdefault(row.case_id, []).append(row)
    return found


def _watched(
    person: Person,
    case: UUID | None,
    tasks: Mapping[UUID, list[TaskLine]],
    leader: str,
    has_feedback: bool,
    now: datetime,
) -> Watched:
    of_case = tasks.get(case, []) if case else []
    still = [one for one in of_case if one.status == TaskStatus.OPEN]
    own = [one for one in still if one.assignee == person.id]
    mine = [one for one in still if one.assignee == leader]
    done = [one for one in of_case if one.status == TaskStatus.COMPLETED and one.closed_by == person.id]
    return Watched(
        person=person.id,
        name=person.name,
        position=person.position,
        case=case,
        stage=_stage(own, mine) if case else None,
        step=(own or done)[-1].name if own or done else "",
        late=[(one.name, one.due_at) for one in own if one.due_at is not None and one.due_at < now],
        tasks=[(one.id, one.name, one.due_at) for one in mine],
        has_feedback=has_feedback,
    )


def _stage(own: Sequence[TaskLine], leaders: Sequence[TaskLine]) -> Stage:
    if own:
        return Stage.DRAFT if any(one.draft is not None for one in own) else Stage.NOT_STARTED
    return Stage.SUBMITTED if leaders else Stage.APPROVED
