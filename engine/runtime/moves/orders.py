"""Rehearsals that are kept, and the orders of bulk work that play them, carry them out and take them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.errors import NotFound, Refused
from engine.runtime.batches import Batch, Outcome
from engine.runtime.models import BatchItemRow, RehearsalRow, RehearsedCaseRow, ReleaseRow
from engine.runtime.moves.values import Choices, Fate, Plan
from engine.runtime.resources import LoadedRelease
from engine.runtime.values import Json, Page

AT_ONCE = 25  # cases of one item of a rehearsal
REHEARSAL, MIGRATION, UNDOING = "rehearsal", "migration", "migration_undo"  # kinds of bulk work


@dataclass(frozen=True)
class KeptRehearsal:
    """A rehearsal, how far it has come, and what has become of it."""

    id: UUID
    release: int | None  # the published release with these documents; None while they are drafts
    choices: Choices
    started_by: str
    started_at: datetime
    counts: Mapping[Fate, int]
    played: Batch | None
    moved: Batch | None
    undone: Batch | None


@dataclass(frozen=True)
class Replacement:
    """A removed element on which cases stand, and the elements that could stand for it: (id, label)."""

    element: str
    label: str
    options: Sequence[tuple[str, str]]


def row_of(connection: sa.Connection, id: UUID) -> Mapping[str, Any]:
    """A rehearsal's row; raises NotFound."""
    row = connection.execute(sa.select(*RehearsalRow.__table__.c).where(RehearsalRow.id == id)).mappings().first()
    if row is None:
        raise NotFound("Gladi ini tidak ada.")
    return dict(row)


def published_as(connection: sa.Connection, sha256: str) -> int | None:
    """The release that holds exactly these documents."""
    return connection.scalar(sa.select(ReleaseRow.number).where(ReleaseRow.sha256 == sha256))


def keep(connection: sa.Connection, rehearsal: UUID, plans: Sequence[Plan]) -> None:
    """Write down what a rehearsal says of some cases, in place of what it said before."""
    cases = [plan.case_id for plan in plans]
    mine = RehearsedCaseRow.rehearsal_id == rehearsal
    connection.execute(sa.delete(RehearsedCaseRow).where(mine, RehearsedCaseRow.case_id.in_(cases)))
    if plans:
        connection.execute(
            sa.insert(RehearsedCaseRow),
            [
                {
                    "rehearsal_id": rehearsal,
                    "case_id": plan.case_id,
                    "version": plan.version,
                    "fate": plan.fate,
                    "subject_name": plan.subject_name,
                    "plan": plan.to_json(),
                }
                for plan in plans
            ],
        )


def counts(connection: sa.Connection, rehearsal: UUID) -> Mapping[Fate, int]:
    """How many cases meet which fate."""
    found: dict[str, int] = dict(
        connection.execute(
            sa.select(RehearsedCaseRow.fate, sa.func.count())
            .where(RehearsedCaseRow.rehearsal_id == rehearsal)
            .group_by(RehearsedCaseRow.fate)
        ).all()
    )
    return {fate: found.get(fate, 0) for fate in Fate}


def kept_plans(
    connection: sa.Connection,
    rehearsal: UUID,
    *,
    fate: Fate | None = None,
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> Page[Plan]:
    """What a rehearsal says of each case, by the subject's name."""
    wanted = [RehearsedCaseRow.rehearsal_id == rehearsal]
    if fate is not None:
        wanted.append(RehearsedCaseRow.fate == fate)
    if search.strip():
        wanted.append(RehearsedCaseRow.subject_name.ilike(f"%{search.strip()}%"))
    total = connection.scalar(sa.select(sa.func.count()).select_from(RehearsedCaseRow).where(*wanted)) or 0
    query = sa.select(*RehearsedCaseRow.__table__.c).where(*wanted)
    query = query.order_by(RehearsedCaseRow.fate, RehearsedCaseRow.subject_name, RehearsedCaseRow.case_id)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return Page([plan_of(row) for row in rows], total, offset, limit or total)


def kept_plan(connection: sa.Connection, rehearsal: UUID, case_id: UUID) -> Plan:
    """What a rehearsal says of one case."""
    row = (
        connection.execute(
            sa.select(*RehearsedCaseRow.__table__.c).where(
                RehearsedCaseRow.rehearsal_id == rehearsal, RehearsedCaseRow.case_id == case_id
            )
        )
        .mappings()
        .one()
    )
    return plan_of(row)


def plan_of(row: Mapping[Any, Any]) -> Plan:
    return Plan.of(row["case_id"], row["version"], row["subject_name"], row["plan"])


def require_as_rehearsed(plan: Plan, rehearsed: Plan, choices: Choices) -> None:
    """Raises Refused unless a move does what was said; hours that count from the move itself may differ."""
    if _said(plan, choices) != _said(rehearsed, choices):
        raise Refused("Hasilnya kini berbeda dari gladi; jalankan gladi sekali lagi untuk perkara ini.")


def _said(plan: Plan, choices: Choices) -> list[Json]:
    return [
        (effect.what, effect.element, effect.person, None if choices.restart else (effect.before, effect.after))
        for effect in plan.effects
    ]


def moved_cases(connection: sa.Connection, batch: UUID) -> Sequence[str]:
    """The cases that an order has moved."""
    return connection.scalars(
        sa.select(BatchItemRow.item)
        .where(BatchItemRow.batch_id == batch, BatchItemRow.outcome == Outcome.DONE)
        .order_by(BatchItemRow.id)
    ).all()


def replacements(
    plans: Sequence[Plan], releases: Mapping[int, LoadedRelease], to: LoadedRelease
) -> Sequence[Replacement]:
    """The removed elements that keep cases from moving, each with those of its kind in its process or sub-process."""
    found: dict[str, Replacement] = {}
    for plan in plans:
        for blocked in plan.blocked:
            old = releases[plan.from_release].elements.get(blocked.element)
            if not blocked.mappable or old is None or old.id in found or old.id in to.elements:
                continue
            options = [
                (element.id, element.label)
                for element in to.elements.values()
                if (element.type, element.parent) == (old.type, old.parent)
            ]
            found[old.id] = Replacement(old.id, old.label, options)
    return list(found.values())
