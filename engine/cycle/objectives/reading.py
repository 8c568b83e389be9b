"""Agreements as pages and rules read them, as of a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.models import EmployeeRow
from engine.cycle.objectives.models import (
    AgreedTargetRow,
    AgreementRow,
    AgreementStatus,
    IndicatorRow,
    MatrixRoleRow,
    ObjectiveRow,
    StrategyRow,
)
from engine.cycle.objectives.versions import published
from engine.cycle.organisation import in_force

MANUAL = ("definition", "formula", "frequency", "source", "owner_id", "validity")  # what a manual has to tell (F10)


@dataclass(frozen=True)
class Objective:
    """A goal or strategic objective; `unit` owns it."""

    code: str
    kind: str  # TUJUAN | SASARAN
    text: str
    parent: str | None
    unit: str | None
    version: int
    starts: date


CELLS = (
    sa.select(*MatrixRoleRow.__table__.c, EmployeeRow.name.label("name"))
    .join(EmployeeRow, EmployeeRow.id == MatrixRoleRow.employee_id)
    .order_by(EmployeeRow.name, MatrixRoleRow.id)
)


@dataclass(frozen=True)
class Indicator:
    """An indicator and its manual."""

    code: str
    name: str
    objective: str | None
    unit: str
    measure: str
    polarity: str
    definition: str | None
    formula: str | None
    frequency: str | None
    source: str | None
    owner: str | None  # employee id
    baseline: float | None
    validity: str | None
    version: int

    @property
    def can_be_collected(self) -> bool:
        """Where the data comes from, and how often, is known (AL-17)."""
        return bool(self.source and self.frequency)


@dataclass(frozen=True)
class AgreedTarget:
    """A line of an agreement."""

    number: int
    indicator: Indicator
    target: float
    target_upper: float | None
    realised: float | None

    @property
    def attained(self) -> float | None:
        """Percent of the target by the arithmetic of DOMAIN 4.7; None while nothing was reached or asked for."""
        if self.realised is None or not self.target:
            return None
        ratio = self.realised / self.target
        return round(100 * (2 - ratio if self.indicator.polarity == "TURUN" else ratio), 1)


@dataclass(frozen=True)
class MatrixRole:
    """A cell of the role-result matrix."""

    indicator: str
    person: str
    name: str
    role: str
    team: str | None
    text: str
    method: str | None
    portion: float | None
    measure: str | None
    letter: str | None


@dataclass(frozen=True)
class Agreement:
    """A version of a unit's performance agreement and matrix."""

    id: UUID
    unit: str
    cycle: str
    version: int
    status: AgreementStatus
    mode: str | None
    starts: date | None
    ends: date | None
    published_at: datetime | None
    targets: tuple[AgreedTarget, ...] = ()
    roles: tuple[MatrixRole, ...] = ()
    strategies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by indicator


def objectives(connection: sa.Connection, on: date) -> Sequence[Objective]:
    """The goals and objectives in force, by code."""
    rows = connection.execute(
        sa.select(*ObjectiveRow.__table__.c).where(in_force(ObjectiveRow, on)).order_by(ObjectiveRow.code)
    )
    return [
        Objective(row.code, row.kind, row.text, row.parent_code, row.unit_id, row.version, row.starts) for row in rows
    ]


def indicators(connection: sa.Connection, on: date) -> Mapping[str, Indicator]:
    """The indicators in force, by code."""
    rows = connection.execute(sa.select(*IndicatorRow.__table__.c).where(in_force(IndicatorRow, on)))
    return {row.code: _indicator(row) for row in rows}


def agreements(
    connection: sa.Connection, rows: Iterable[sa.Row[Any]], on: date, *, matrices: bool = True
) -> list[Agreement]:
    """Rows of agreements with all that hangs on them; their matrices only where they are asked for."""
    heads = list(rows)
    if not heads:
        return []
    ids = [row.id for row in heads]
    known, strategies = indicators(connection, on), _strategies(connection, on)
    targets = _targets(connection, ids, known)
    roles = _roles(connection.execute(CELLS.where(MatrixRoleRow.agreement_id.in_(ids)))) if matrices else {}
    return [
        Agreement(
            row.id,
            row.unit_id,
            row.cycle_id,
            row.version,
            row.status,
            row.mode,
            row.starts,
            row.ends,
            row.published_at,
            tuple(targets.get(row.id, ())),
            tuple(roles.get(row.id, ())),
            {
                code: strategies[code]
                for code in (one.indicator.code for one in targets.get(row.id, ()))
                if code in strategies
            },
        )
        for row in heads
    ]


def cells(connection: sa.Connection, cycle: str, on: date, people: Sequence[str]) -> dict[str, list[MatrixRole]]:
    """What people have in the matrices in force."""
    found: dict[str, list[MatrixRole]] = {}
    for roles in _roles(connection.execute(_cells_of_people(cycle, on), {"people": people})).values():
        for role in roles:
            found.setdefault(role.person, []).append(role)
    return found


def _targets(
    connection: sa.Connection, agreements: Sequence[UUID], known: Mapping[str, Indicator]
) -> dict[UUID, list[AgreedTarget]]:
    """A line whose indicator is no longer in force is left out."""
    found: dict[UUID, list[AgreedTarget]] = {}
    rows = connection.execute(
        sa.select(*AgreedTargetRow.__table__.c)
        .where(AgreedTargetRow.agreement_id.in_(agreements))
        .order_by(AgreedTargetRow.number, AgreedTargetRow.id)
    )
    for row in rows:
        if row.indicator_code in known:
            target = AgreedTarget(row.number, known[row.indicator_code], row.target, row.target_upper, row.realised)
            found.setdefault(row.agreement_id, []).append(target)
    return found


@lru_cache(maxsize=64)
def _cells_of_people(cycle: str, on: date) -> sa.Select[*tuple[Any, ...]]:
    """The cells of some `people` in the matrices in force."""
    held = published(cycle, on).with_only_columns(AgreementRow.id)
    people: sa.BindParameter[Any] = sa.bindparam("people", expanding=True)
    return CELLS.where(MatrixRoleRow.employee_id.in_(people), MatrixRoleRow.agreement_id.in_(held))


def _roles(rows: Iterable[sa.Row[Any]]) -> dict[UUID, list[MatrixRole]]:
    found: dict[UUID, list[MatrixRole]] = {}
    for row in rows:
        cell = MatrixRole(
            row.indicator_code,
            row.employee_id,
            row.name,
            row.role,
            row.team_id,
            row.text,
            row.method,
            row.portion,
            row.measure,
            row.letter,
        )
        found.setdefault(row.agreement_id, []).append(cell)
    return found


def _strategies(connection: sa.Connection, on: date) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    rows = connection.execute(
        sa.select(StrategyRow.indicator_code, StrategyRow.text)
        .where(in_force(StrategyRow, on))
        .order_by(StrategyRow.code)
    )
    for row in rows:
        found[row.indicator_code] = (*found.get(row.indicator_code, ()), row.text)
    return found


def _indicator(row: sa.Row[Any]) -> Indicator:
    return Indicator(
        row.code,
        row.name,
        row.objective_code,
        row.unit_id,
        row.measure,
        row.polarity,
        row.definition,
        row.formula,
        row.frequency,
        row.source,
        row.owner_id,
        row.baseline,
        row.validity,
        row.version,
    )
