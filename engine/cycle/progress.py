"""How far a year has come: counts by phase and by unit, never a person's content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.cycle.access import Scope
from engine.cycle.models import UnitRow
from engine.runtime.definitions import TASKS
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import CaseStatus, TaskStatus

Counted = tuple[str, str, str, int]  # unit, phase, kind, number


@dataclass(frozen=True)
class Count:
    """Cases that run in time, that have an overdue task, that are done, and that are parked."""

    open: int = 0
    late: int = 0
    done: int = 0
    parked: int = 0

    @property
    def total(self) -> int:
        return self.open + self.late + self.done + self.parked


@dataclass(frozen=True)
class UnitProgress:
    """The counts of a unit's own people."""

    unit: str
    name: str
    count: Count
    phases: Mapping[str, Count]


@dataclass(frozen=True)
class Progress:
    """A year at a moment: all, by phase, by unit; `tasks_late` counts overdue tasks by the task's BPMN id."""

    cycle: str
    at: datetime
    total: Count
    phases: Mapping[str, Count]
    units: Sequence[UnitProgress]
    tasks_late: Mapping[str, int]


def progress(connection: sa.Connection, cycle: str, found: Scope, now: datetime) -> Progress:
    """Count the cases in sight."""
    in_sight = (CaseRow.cycle == cycle, found.of_unit(CaseRow.unit))
    overdue = sa.and_(TaskRow.status == TaskStatus.OPEN, TaskRow.due_at < now)
    late = sa.select(TaskRow.case_id).where(overdue)
    kind = sa.case(
        (CaseRow.status == CaseStatus.COMPLETED, "done"),
        (CaseRow.status == CaseStatus.INCIDENT, "parked"),
        (CaseRow.id.in_(late), "late"),
        else_="open",
    ).label("kind")
    rows = connection.execute(
        sa.select(CaseRow.unit, CaseRow.phase, kind, sa.func.count())
        .where(*in_sight, CaseRow.status != CaseStatus.CANCELLED)
        .group_by(CaseRow.unit, CaseRow.phase, kind)
    ).all()
    counts: list[Counted] = [(row[0], row[1], row[2], row[3]) for row in rows]
    tasks = connection.execute(
        sa.select(TaskDefinitionRow.element, sa.func.count())
        .select_from(TASKS)
        .join(CaseRow, CaseRow.id == TaskRow.case_id)
        .where(overdue, *in_sight)
        .group_by(TaskDefinitionRow.element)
    )
    names = {row.id: row.name for row in connection.execute(sa.select(UnitRow.id, UnitRow.name))}
    by_unit: dict[str, list[Counted]] = {}
    for counted in counts:
        by_unit.setdefault(counted[0], []).append(counted)
    return Progress(
        cycle=cycle,
        at=now,
        total=_count(counts),
        phases=_by_phase(counts),
        units=sorted(
            (UnitProgress(unit, names.get(unit, unit), _count(own), _by_phase(own)) for unit, own in by_unit.items()),
            key=lambda one: (one.name, one.unit),
        ),
        tasks_late={row[0]: row[1] for row in tasks},
    )


def _count(counts: Sequence[Counted]) -> Count:
    sums: dict[str, int] = {}
    for _unit, _phase, kind, number in counts:
        sums[kind] = sums.get(kind, 0) + number
    return Count(**sums)


def _by_phase(counts: Sequence[Counted]) -> Mapping[str, Count]:
    phases = dict.fromkeys(row[1] for row in counts)
    return {phase: _count([row for row in counts if row[1] == phase]) for phase in phases}
