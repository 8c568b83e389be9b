"""Whom an actor may look at: deny by default, and rows are selected through the right, not checked afterwards.

Personnel and performance teams see the tree of their unit, the agency's own all of it; leaders see what they lead;
auditors everything; everyone himself. Source: DOMAIN 6.3.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from engine.cycle.models import UnitRow
from engine.cycle.organisation import Organisation
from engine.errors import NotYours
from engine.runtime.values import Actor

EVERYWHERE = frozenset({"auditor", "system"})
TEAM = "performance_team"
POOLS = ("personnel", TEAM)


@dataclass(frozen=True)
class Scope:
    """What an actor may see: `units` None means all; the actor's own person always."""

    person: str
    units: frozenset[str] | None

    @property
    def everything(self) -> bool:
        return self.units is None

    def of_unit(self, column: InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
        """The condition that a row's unit is in sight."""
        return sa.true() if self.units is None else column.in_(self.units)


def scope(organisation: Organisation, by: Actor) -> Scope:
    """What the actor may see on the organisation's day."""
    if by.roles & EVERYWHERE or by.groups & set(POOLS):
        return Scope(by.person, None)
    roots = {group.split(":", 1)[1] for group in by.groups if group.split(":", 1)[0] in POOLS and ":" in group}
    if "personnel" in by.roles and not roots:
        return Scope(by.person, None)
    return Scope(by.person, tree(organisation.connection, roots | organisation.units_led_by(by.person)))


def responsible(organisation: Organisation, by: Actor) -> Scope:
    """The units that the actor leads or whose performance team the actor is in; what personnel and auditors may see
    besides does not count."""
    if "system" in by.roles or TEAM in by.groups:
        return Scope(by.person, None)
    teams = {group.split(":", 1)[1] for group in by.groups if group.startswith(f"{TEAM}:")}
    return Scope(by.person, tree(organisation.connection, teams | organisation.units_led_by(by.person)))


def tree(connection: sa.Connection, roots: Iterable[str]) -> frozenset[str]:
    """The units and all below them."""
    return frozenset().union(*trees(connection, roots).values())


def trees(connection: sa.Connection, roots: Iterable[str]) -> dict[str, frozenset[str]]:
    """Each of the units with all below it."""
    start = sa.select(UnitRow.id.label("root"), UnitRow.id).where(UnitRow.id.in_(sorted(roots)))
    below = start.cte("below", recursive=True)
    below = below.union(sa.select(below.c.root, UnitRow.id).where(UnitRow.parent_id == below.c.id))
    found: dict[str, set[str]] = {}
    for root, unit in connection.execute(sa.select(below.c.root, below.c.id)):
        found.setdefault(root, set()).add(unit)
    return {root: frozenset(units) for root, units in found.items()}


def demand(by: Actor, *roles: str) -> None:
    """Raises NotYours unless the actor has one of the roles; the system has all."""
    if not by.roles & {*roles, "system"}:
        raise NotYours("Anda tidak berwenang melakukan ini.")


def demand_unit(found: Scope, unit: str | None) -> None:
    """Raises NotYours unless the unit is in sight; None asks for the whole agency."""
    if found.units is not None and (unit is None or unit not in found.units):
        raise NotYours("Unit ini di luar kewenangan Anda.")


def demand_plans(organisation: Organisation, by: Actor, unit: str | None) -> None:
    """Raises NotYours unless the actor may read the SKPs and the matrix of a unit: in sight, or the actor's own unit.

    They are made in dialogue with all members; how somebody was rated is never told this way. Source: DOMAIN 6.3.
    """
    person = organisation.person(by.person)
    if person is None or unit is None or person.unit != unit:
        demand_unit(scope(organisation, by), unit)


def demand_agency(organisation: Organisation, by: Actor) -> None:
    """Raises NotYours unless the actor is personnel of the whole agency."""
    demand(by, "personnel")
    demand_unit(scope(organisation, by), None)
