"""Units and employees as pages show them, as far as the actor may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.cycle.access import Scope, scope, tree
from engine.cycle.models import ActingRow, EmployeeRow, HoldingRow, PostRow, UnitRow
from engine.cycle.organisation import (
    Membership,
    Organisation,
    Person,
    in_force,
    people_query,
)
from engine.cycle.people import People, Superiors
from engine.errors import NotFound
from engine.runtime.values import Actor, Page


@dataclass(frozen=True)
class Unit:
    """A unit in the tree: who leads it, and how many people it has itself."""

    id: str
    name: str
    parent: str | None
    independent: bool
    head: str | None  # person id
    head_name: str | None
    head_position: str | None
    stand_in: str | None  # name of a Plt or Plh, with the kind in front
    size: int


@dataclass(frozen=True)
class Held:
    """A post that someone has held."""

    position: str
    unit: str
    unit_name: str
    starts: date
    ends: date | None
    acting: str | None = None  # "PLT" | "PLH"
    letter: str | None = None


@dataclass(frozen=True)
class EmployeeView:
    """One employee with superiors, posts and squads."""

    employee: Person
    superiors: Superiors
    posts: Sequence[Held]
    teams: Sequence[Membership]
    contract_ends: date | None  # of a PPPK


def units(organisation: Organisation, *, by: Actor) -> Sequence[Unit]:
    """The units in sight, each after the one above it, neighbours by name; an employee sees the own unit."""
    found = scope(organisation, by)
    condition = found.of_unit(UnitRow.id)
    person = organisation.person(by.person)
    if person is not None and person.unit is not None:
        condition = sa.or_(condition, UnitRow.id == person.unit)
    rows = organisation.connection.execute(
        sa.select(UnitRow.id, UnitRow.name, UnitRow.parent_id, UnitRow.independent).where(
            condition, in_force(UnitRow, organisation.on)
        )
    ).all()
    sizes = _sizes(organisation)
    heads = {seat.unit: seat for seat in organisation.all_seats()}
    listed = []
    for row in _in_tree_order(rows):
        seat = heads.get(row.id)
        holder = seat.holder if seat else None
        stand_in = f"{seat.stand_in.kind} {seat.stand_in.person.name}" if seat and seat.stand_in else None
        listed.append(
            Unit(
                row.id,
                row.name,
                row.parent_id,
                row.independent,
                holder.id if holder else None,
                holder.name if holder else None,
                seat.name if seat else None,
                stand_in,
                sizes.get(row.id, 0),
            )
        )
    return listed


def employees(
    organisation: Organisation,
    *,
    by: Actor,
    search: str = "",
    unit: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Page[Person]:
    """The employees in sight, by name; `search` in name, NIP or position; `unit` with all below it."""
    found = scope(organisation, by)
    query = people_query(organisation.on).where(in_force(EmployeeRow, organisation.on), _in_sight(found))
    if unit is not None:
        query = query.where(PostRow.unit_id.in_(tree(organisation.connection, [unit])))
    for word in search.split():
        pattern = f"%{_escaped(word.casefold())}%"
        query = query.where(
            sa.or_(
                sa.func.lower(EmployeeRow.name).like(pattern, escape="\\"),
                EmployeeRow.nip.like(pattern, escape="\\"),
                sa.func.lower(PostRow.name).like(pattern, escape="\\"),
            )
        )
    total = organisation.connection.scalar(sa.select(sa.func.count()).select_from(query.subquery("found"))) or 0
    limit = max(1, min(limit, 500))
    rows = organisation.connection.execute(
        query.order_by(EmployeeRow.name, EmployeeRow.id).limit(limit).offset(max(offset, 0))
    )
    return Page([Person(*row) for row in rows], total, offset, limit)


def employee(organisation: Organisation, people: People, employee_id: str, *, by: Actor) -> EmployeeView:
    """One employee.

    Raises:
        NotFound: there is none, or the actor may not know of it.
    """
    person = organisation.person(employee_id)
    if person is None or not _may_see(organisation, people, person, by):
        raise NotFound("Pegawai ini tidak ada, atau di luar kewenangan Anda.")
    return EmployeeView(
        person,
        people.superiors(organisation, employee_id),
        _posts(organisation, employee_id),
        organisation.teams(employee_id),
        organisation.connection.scalar(sa.select(EmployeeRow.contract_ends).where(EmployeeRow.id == employee_id)),
    )


def _may_see(organisation: Organisation, people: People, person: Person, by: Actor) -> bool:
    found = scope(organisation, by)
    if found.units is None or person.id == by.person or person.unit in found.units:
        return True
    superiors = people.superiors(organisation, person.id)
    return any(
        chosen.person is not None and chosen.person.id == by.person
        for chosen in (superiors.appraiser, superiors.superior)
    )


def _posts(organisation: Organisation, employee_id: str) -> list[Held]:
    columns = (PostRow.name, UnitRow.id, UnitRow.name)
    held = organisation.connection.execute(
        sa.select(*columns, HoldingRow.starts, HoldingRow.ends)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .join(UnitRow, UnitRow.id == PostRow.unit_id)
        .where(HoldingRow.employee_id == employee_id)
    )
    acting = organisation.connection.execute(
        sa.select(*columns, ActingRow.starts, ActingRow.ends, ActingRow.kind, ActingRow.letter)
        .join(PostRow, PostRow.id == ActingRow.post_id)
        .join(UnitRow, UnitRow.id == PostRow.unit_id)
        .where(ActingRow.employee_id == employee_id)
    )
    posts = [Held(*row) for row in held] + [Held(*row[:5], acting=row[5].value, letter=row[6]) for row in acting]
    return sorted(posts, key=lambda post: post.starts, reverse=True)


def _in_sight(found: Scope) -> sa.ColumnElement[bool]:
    return sa.or_(found.of_unit(PostRow.unit_id), EmployeeRow.id == found.person)


def _sizes(organisation: Organisation) -> dict[str, int]:
    rows = organisation.connection.execute(
        sa.select(PostRow.unit_id, sa.func.count())
        .join(HoldingRow, HoldingRow.post_id == PostRow.id)
        .join(EmployeeRow, EmployeeRow.id == HoldingRow.employee_id)
        .where(in_force(HoldingRow, organisation.on), in_force(EmployeeRow, organisation.on))
        .group_by(PostRow.unit_id)
    )
    return {row[0]: row[1] for row in rows}


def _in_tree_order(rows: Sequence[sa.Row[*tuple[Any, ...]]]) -> list[sa.Row[*tuple[Any, ...]]]:
    known = {row.id for row in rows}
    children: dict[str | None, list[sa.Row[*tuple[Any, ...]]]] = {}
    for row in sorted(rows, key=lambda row: (row.name, row.id), reverse=True):
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    ordered: list[sa.Row[*tuple[Any, ...]]] = []
    stack = list(children.get(None, []))
    while stack:
        row = stack.pop()
        ordered.append(row)
        stack.extend(children.get(row.id, []))
    return ordered


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
