"""Open tasks whose performer is meanwhile somebody else: found, and handed over with their drafts.

Who performs a task is asked once, when it opens. When the people's data changes afterwards, what is open stays where it
was until somebody orders it handed over; one event of each case tells from whom to whom, and why.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.runtime import access
from engine.runtime.batches import Batches, Skipped
from engine.runtime.inbox import TASKS_OF_CASES, to_task
from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.reasons import require_reason
from engine.runtime.resources import Resources
from engine.runtime.steps import DIRECTORY_VERSION, Step
from engine.runtime.values import LIVE, SYSTEM, Actor, Assignment, Json, Task, TaskStatus

REASSIGN = "reassign_tasks"  # kind of bulk work; items are ids of cases, the payload the "reason"
ORDERERS = frozenset({"personnel", "operator"})
SOME = 500  # subjects asked for in one statement


@dataclass(frozen=True)
class Handover:
    """An open task and who is to have it now; the task itself says who has it."""

    task: Task
    to: Assignment


class Assignments:
    """Who has the open tasks, against who should have them."""

    def __init__(self, resources: Resources, batches: Batches) -> None:
        self._resources, self._batches = resources, batches
        batches.register(REASSIGN, self._handle, ORDERERS)

    def misplaced(self, connection: sa.Connection, subjects: Collection[str], on: date) -> Sequence[Handover]:
        """The open tasks of these people's cases that would be somebody else's if they opened on that day, by subject."""
        found = [
            handover
            for some in _slices(subjects)
            for handover in _misplaced(self._resources, connection, CaseRow.subject.in_(some), on)
        ]
        return sorted(found, key=lambda one: (one.task.subject_name, one.task.name, str(one.task.id)))

    def order(
        self,
        connection: sa.Connection,
        subjects: Collection[str],
        *,
        title: str,
        reason: str,
        by: Actor,
        not_before: datetime | None = None,
        for_oneself: bool = False,
    ) -> UUID | None:
        """Order that what is misplaced be handed over, in the transaction that changed the people's data.

        With `not_before` all cases of these people are looked at from that moment on. `for_oneself`: the actor gives
        own tasks away and needs no capability; the system works then, in the actor's name. None: there is nothing to do.

        Raises:
            NotYours
            Refused: no reason.
        """
        if not for_oneself:
            access.require_role(by, *ORDERERS)
        words = require_reason(reason)
        if not_before is None:
            today = self._resources.clock.now().astimezone(self._resources.zone).date()
            cases = [str(one.task.case_id) for one in self.misplaced(connection, subjects, today)]
        else:
            cases = [str(case) for case in _live_cases(connection, subjects)]
        if not cases:
            return None
        payload = {"reason": words, "person": by.person}
        orderer = SYSTEM if for_oneself else by
        return self._batches.note(connection, REASSIGN, title, cases, payload, by=orderer, not_before=not_before)

    def _handle(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        person = Actor(payload["person"]) if by == SYSTEM else by
        return hand_over(self._resources, connection, UUID(item), reason=payload["reason"], by=person)


def hand_over(resources: Resources, connection: sa.Connection, case_id: UUID, *, reason: str, by: Actor) -> str:
    """Give every misplaced task of a case to whom it belongs; gives what was done in words. Drafts stay.

    Raises:
        NotFound
        Skipped: nothing is misplaced.
    """
    step = Step.on(resources, connection, case_id, by=by)
    found = list(_misplaced(resources, connection, CaseRow.id == case_id, step.today))
    if not found:
        raise Skipped("Semua tugas terbuka sudah pada orang yang benar.")
    names = _names(resources, connection, found)
    for one in found:
        changed = {"assignee": one.to.person, "pool": one.to.group, "on_behalf_of": one.to.on_behalf_of}
        connection.execute(sa.update(TaskRow).where(TaskRow.id == one.task.id).values(changed))
        step.let_in(one.task.element, one.to.person, one.to.group)
        step.queue("mail", {"task": str(one.task.id), "template": "task_handed_over"})
    step.record("tasks_handed_over", {"handed_over": [_told(one, names) for one in found]}, {"reason": reason})
    step.save()
    return f"{found[0].task.subject_name}: {'; '.join(_words(one, names) for one in found)}."


def _misplaced(
    resources: Resources, connection: sa.Connection, which: sa.ColumnElement[bool], on: date
) -> Iterator[Handover]:
    wanted = TASKS_OF_CASES.add_columns(CaseRow.unit).where(
        TaskRow.status == TaskStatus.OPEN, CaseRow.status.in_(LIVE), which
    )
    version = connection.scalar(DIRECTORY_VERSION)
    for row in connection.execute(wanted.order_by(TaskRow.opened_at, TaskRow.id)).mappings().all():
        to = resources.directory.resolve(
            connection,
            row["performer"],
            subject=row["subject"],
            unit=row["unit"],
            data={},
            on=on,
            version=version,
            process=row["process"],
        )
        if not _has_it(row, to):
            yield Handover(to_task(row), to)


def _has_it(row: Mapping[Any, Any], to: Assignment) -> bool:
    """Whether the task is where it belongs; one that a member of its group has taken is."""
    if to.group is not None:
        return bool(row["pool"] == to.group)
    return row["pool"] is None and (row["assignee"], row["on_behalf_of"]) == (to.person, to.on_behalf_of)


def _live_cases(connection: sa.Connection, subjects: Collection[str]) -> Iterator[UUID]:
    for some in _slices(subjects):
        yield from connection.scalars(sa.select(CaseRow.id).where(CaseRow.status.in_(LIVE), CaseRow.subject.in_(some)))


def _slices(subjects: Collection[str]) -> Iterator[Sequence[str]]:
    everyone = sorted(subjects)
    yield from (everyone[start : start + SOME] for start in range(0, len(everyone), SOME))


def _names(resources: Resources, connection: sa.Connection, found: Sequence[Handover]) -> Mapping[str, str]:
    people = {person for one in found for person in (one.task.assignee, one.to.person) if person}
    return resources.directory.names(connection, people)


def _told(one: Handover, names: Mapping[str, str]) -> dict[str, Json]:
    """What the history says of a task that was handed over; names as they were then."""
    return {
        "task": str(one.task.id),
        "element": one.task.element,
        "name": one.task.name,
        "performer": one.task.performer,
        "from": one.task.assignee or one.task.group,
        "from_name": _called(one.task.assignee, one.task.group, names),
        "to": one.to.person or one.to.group,
        "to_name": _called(one.to.person, one.to.group, names),
        "on_behalf_of": one.to.on_behalf_of,
        "why": one.to.why,
    }


def _words(one: Handover, names: Mapping[str, str]) -> str:
    before = _called(one.task.assignee, one.task.group, names)
    return f"{one.task.name}, dari {before} kepada {_called(one.to.person, one.to.group, names)}"


def _called(person: str | None, group: str | None, names: Mapping[str, str]) -> str:
    return names.get(person, person) if person is not None else group or ""
