"""The objective tree: goals, objectives and what units have agreed for them, with its gaps in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from engine.cycle.alignment.models import AlignmentCheckRow, AlignmentFindingRow
from engine.cycle.models import EmployeeRow, UnitRow
from engine.cycle.objectives.reading import (
    AgreedTarget,
    Agreement,
    Indicator,
    Objective,
    agreements,
    indicators,
    objectives,
)
from engine.cycle.objectives.versions import published

NO_OWNER = "belum ada pemilik"
NO_SUPPORT = "tidak ada yang mendukung"
NO_MANUAL = "manual indikator belum lengkap"
NOT_AGREED = "belum ada dalam perjanjian kinerja"
NO_INDICATOR = "belum ada indikator"
NOT_ALIGNED = "ada pendukung yang SKP-nya tidak selaras"


@dataclass(frozen=True)
class Line:
    """An indicator as one unit has agreed to it; `target` None: no published agreement has it."""

    indicator: Indicator
    unit: str
    unit_name: str
    owner: str | None
    target: AgreedTarget | None
    supporters: int
    strategies: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    """A goal or objective with its indicators and what stands below it."""

    objective: Objective
    unit_name: str | None
    lines: tuple[Line, ...]
    below: tuple["Branch", ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Tree:
    """The whole tree on a day; `loose` are indicators of no objective."""

    on: date
    goals: tuple[Branch, ...]
    loose: tuple[Line, ...]


def tree(connection: sa.Connection, cycle: str, on: date) -> Tree:
    """What the agency wants in a year and who has promised it, as of a day."""
    known = objectives(connection, on)
    agreed = agreements(connection, connection.execute(published(cycle, on)), on)
    lines = _lines(connection, indicators(connection, on), agreed, misaligned(connection, cycle))
    names = {row.id: row.name for row in connection.execute(sa.select(UnitRow.id, UnitRow.name))}
    codes = {one.code for one in known}
    goals = tuple(_branch(one, known, lines, names) for one in known if one.parent not in codes)
    loose = tuple(line for line in lines if line.indicator.objective not in codes)
    return Tree(on, goals, loose)


def _branch(
    objective: Objective, known: Sequence[Objective], lines: Sequence[Line], names: Mapping[str, str]
) -> Branch:
    own = tuple(line for line in lines if line.indicator.objective == objective.code)
    below = tuple(_branch(one, known, lines, names) for one in known if one.parent == objective.code)
    gaps = [] if own or below else [NO_INDICATOR]
    gaps += [] if objective.unit else [NO_OWNER]
    return Branch(objective, names.get(objective.unit or ""), own, below, tuple(gaps))


def misaligned(connection: sa.Connection, cycle: str) -> frozenset[str]:
    """Whose SKP the last check of the year found not aligned; nobody while none was made."""
    check, finding = AlignmentCheckRow, AlignmentFindingRow
    last = sa.select(check.id).where(check.cycle_id == cycle).scalar_subquery()
    return frozenset(
        connection.scalars(
            sa.select(finding.person).where(finding.check_id == last, finding.severity == "ERROR").distinct()
        )
    )


def _lines(
    connection: sa.Connection, known: Mapping[str, Indicator], agreed: Sequence[Agreement], crooked: frozenset[str]
) -> list[Line]:
    names = {row.id: row.name for row in connection.execute(sa.select(UnitRow.id, UnitRow.name))}
    owners = _owners(connection, (one.owner for one in known.values() if one.owner))
    found = [
        _line(target.indicator, agreement.unit, names, owners, target, agreement, crooked)
        for agreement in agreed
        for target in agreement.targets
    ]
    promised = {line.indicator.code for line in found}
    found += [_line(one, one.unit, names, owners) for one in known.values() if one.code not in promised]
    return sorted(found, key=lambda line: (line.indicator.code, line.unit_name))


def _line(
    indicator: Indicator,
    unit: str,
    names: Mapping[str, str],
    owners: Mapping[str, str],
    target: AgreedTarget | None = None,
    agreement: Agreement | None = None,
    crooked: frozenset[str] = frozenset(),
) -> Line:
    roles = agreement.roles if agreement else ()
    people = {role.person for role in roles if role.indicator == indicator.code}
    supporters = len(people)
    owner = owners.get(indicator.owner or "")
    gaps = [
        *([NOT_AGREED] if target is None else []),
        *([NO_OWNER] if owner is None else []),
        *([NO_MANUAL] if not (indicator.definition and indicator.formula and indicator.can_be_collected) else []),
        *([NO_SUPPORT] if target is not None and supporters == 0 else []),
        *([NOT_ALIGNED] if people & crooked else []),
    ]
    strategies = agreement.strategies.get(indicator.code, ()) if agreement else ()
    return Line(indicator, unit, names.get(unit, unit), owner, target, supporters, strategies, tuple(gaps))


def _owners(connection: sa.Connection, people: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(people))
    rows = connection.execute(sa.select(EmployeeRow.id, EmployeeRow.name).where(EmployeeRow.id.in_(wanted)))
    return {row.id: row.name for row in rows}
