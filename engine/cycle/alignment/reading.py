"""SKPs that were set, read for the rules: what one person's results rest on, or everybody's at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.cycle.alignment.landscape import Landscape, Owned, landscape
from engine.cycle.alignment.plans import Plan, PlannedResult, results_of
from engine.cycle.models import EmployeeRow, SkpResultRow, SkpVersionRow

SOME = 500
TALLEST = 12  # levels of support that are followed upward; deeper means a circle, which ends by itself

_RESULTS = (
    sa.select(SkpResultRow.id, SkpResultRow.number, SkpResultRow.row_id, SkpResultRow.detail, SkpResultRow.skp_id)
    .add_columns(SkpVersionRow.subject, SkpVersionRow.set_at, SkpVersionRow.version)
    .join(SkpVersionRow, SkpVersionRow.id == SkpResultRow.skp_id)
)


def upward(
    connection: sa.Connection, cycle: str, results: Sequence[PlannedResult], until: datetime | None = None
) -> Landscape:
    """What results support, what that supports, and so on to the top."""
    found: dict[str, Owned] = {}
    wanted = {result.parent for result in results if result.parent}
    for _ in range(TALLEST):
        missing = sorted(wanted - found.keys())
        if not missing:
            break
        rows = connection.execute(_RESULTS.where(SkpResultRow.id.in_(missing))).all()
        found.update((row.id, _owned(row, "")) for row in rows)
        wanted = {parent for row in rows if (parent := found[row.id].result.parent)}
    if not found:
        return landscape([])
    owners = {owned.person for owned in found.values()}
    names, current = _names(connection, owners), _current(connection, cycle, owners, until)
    named = {id: replace(owned, name=names.get(owned.person, owned.person)) for id, owned in found.items()}
    return landscape([], named, _replaced(named, current))


def everyone(
    connection: sa.Connection, cycle: str, subjects: Iterable[str] | None = None
) -> tuple[dict[str, tuple[PlannedResult, ...]], Landscape]:
    """The newest SKP of each person, or of some, and the landscape of them all.

    A result that supports an earlier version of another supports the newest where that says the same.
    """
    return _joined(connection, _current(connection, cycle, subjects))


def _joined(
    connection: sa.Connection, current: Mapping[str, tuple[PlannedResult, ...]]
) -> tuple[dict[str, tuple[PlannedResult, ...]], Landscape]:
    names = _names(connection, current)
    known = {result.id for results in current.values() for result in results}
    wanted = sorted({one.parent for results in current.values() for one in results if one.parent} - known)
    earlier: dict[str, Owned] = {}
    for start in range(0, len(wanted), SOME):
        rows = connection.execute(_RESULTS.where(SkpResultRow.id.in_(wanted[start : start + SOME])))
        earlier.update((row.id, _owned(row, names.get(row.subject, row.subject))) for row in rows)
    moved = _moved(earlier, current)
    people = {
        person: tuple(replace(one, parent=moved.get(one.parent or "", one.parent)) for one in results)
        for person, results in current.items()
    }
    plans = [Plan(person, names.get(person, person), results) for person, results in people.items()]
    return people, landscape(plans, earlier, _replaced(earlier, current))


def around(
    connection: sa.Connection, cycle: str, person: str, until: datetime
) -> tuple[tuple[PlannedResult, ...], Landscape]:
    """The SKP of a person as it stood at a moment, with all above and below it."""
    own = _current(connection, cycle, [person], until).get(person, ())
    above = upward(connection, cycle, own, until)
    known, fresh = {person: own}, {person}
    for _ in range(TALLEST):
        held = sa.select(SkpResultRow.id).join(SkpVersionRow, SkpVersionRow.id == SkpResultRow.skp_id)
        parents = held.where(SkpVersionRow.cycle_id == cycle, SkpVersionRow.subject.in_(sorted(fresh)))
        found = connection.scalars(
            sa.select(SkpVersionRow.subject)
            .join(SkpResultRow, SkpResultRow.skp_id == SkpVersionRow.id)
            .where(SkpVersionRow.cycle_id == cycle, SkpResultRow.leader_result.in_(parents))
            .distinct()
        )
        fresh = set(found) - known.keys()
        if not fresh:
            break
        known |= _current(connection, cycle, fresh, until)
    planned, seen = _joined(connection, known)
    merged = Landscape({**seen.results, **above.results}, above.replaced | seen.replaced, seen.children, seen.claims)
    return planned.get(person, ()), merged


def _current(
    connection: sa.Connection, cycle: str, subjects: Iterable[str] | None = None, until: datetime | None = None
) -> dict[str, tuple[PlannedResult, ...]]:
    """The results of the newest SKP of each person, or of some, as it stood at a moment."""
    wanted = SkpVersionRow.cycle_id == cycle
    if until is not None:
        wanted = sa.and_(wanted, SkpVersionRow.set_at <= until)
    if subjects is not None:
        wanted = sa.and_(wanted, SkpVersionRow.subject.in_(sorted(subjects)))
    newest: dict[str, Any] = {}
    for row in connection.execute(
        sa.select(SkpVersionRow.id, SkpVersionRow.subject)
        .where(wanted)
        .order_by(SkpVersionRow.set_at, SkpVersionRow.version)
    ):
        newest[row.subject] = row.id
    subject_of = {id: subject for subject, id in newest.items()}
    found: dict[str, list[PlannedResult]] = {subject: [] for subject in newest}
    for row in connection.execute(_RESULTS.where(wanted).order_by(SkpResultRow.number)):
        if row.skp_id in subject_of:
            found[row.subject].append(_result(row))
    return {subject: tuple(results) for subject, results in found.items()}


def _moved(earlier: Mapping[str, Owned], current: Mapping[str, Sequence[PlannedResult]]) -> dict[str, str]:
    """From results of earlier versions to those of the newest that say the same."""
    found: dict[str, str] = {}
    for id, owned in earlier.items():
        same = _same_row(owned, current)
        if same is not None and _content(same) == _content(owned.result):
            found[id] = same.id
    return found


def _replaced(owned: Mapping[str, Owned], current: Mapping[str, Sequence[PlannedResult]]) -> set[str]:
    """Results of earlier versions that say something else today, or are gone (AL-14)."""
    moved = _moved(owned, current)
    now = {result.id for results in current.values() for result in results}
    return {id for id in owned if id not in now and id not in moved}


def _same_row(owned: Owned, current: Mapping[str, Sequence[PlannedResult]]) -> PlannedResult | None:
    return next((one for one in current.get(owned.person, ()) if one.row == owned.result.row), None)


def _content(result: PlannedResult) -> PlannedResult:
    return replace(result, id="", number=0, parent=None)


def _result(row: Any) -> PlannedResult:
    return replace(results_of([row.detail], [row.id])[0], number=row.number, row=row.row_id)


def _owned(row: Any, name: str) -> Owned:
    return Owned(_result(row), row.subject, name)


def _names(connection: sa.Connection, people: Iterable[str]) -> dict[str, str]:
    wanted, found = sorted(people), dict[str, str]()
    for start in range(0, len(wanted), SOME):
        some = EmployeeRow.id.in_(wanted[start : start + SOME])
        found.update(
            (row.id, row.name) for row in connection.execute(sa.select(EmployeeRow.id, EmployeeRow.name).where(some))
        )
    return found
