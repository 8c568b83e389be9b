"""Opening a year: one case for each employee, in slices that any worker may take, each person's case only once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.access import tree
from engine.cycle.models import (
    CycleRow,
    CycleStatus,
    EmployeeRow,
    HoldingRow,
    ItemStatus,
    OpeningItemRow,
    OpeningRow,
    PostKind,
    PostRow,
    UnitRow,
)
from engine.cycle.organisation import Organisation, in_force
from engine.cycle.starting import CaseStarter, Exempt
from engine.cycle.storage import Storage
from engine.db import new_id
from engine.errors import EngineError, NotFound, Refused
from engine.runtime.values import SYSTEM, Actor, OpenCase

LEASE = timedelta(minutes=5)  # how long a worker has a slice before another may take it
TRIES = 3
SETTLE = (
    sa.update(OpeningItemRow)
    .where(OpeningItemRow.id == sa.bindparam("item"))
    .values(status=sa.bindparam("status_"), error=sa.bindparam("error_"))
)


class CaseOpener(Protocol):
    """What opens cases: the engine."""

    def open_cases(self, requests: Sequence[OpenCase], *, by: Actor) -> Sequence[tuple[UUID, bool]]:
        """Open many in one transaction; each one's id and whether it is new."""


@dataclass(frozen=True)
class Opening:
    """How far an order to open a year has come."""

    id: UUID
    cycle: str
    unit: str | None
    total: int
    opened: int
    existed: int
    failed: int
    exempt: int
    created_at: datetime
    created_by: str

    @property
    def waiting(self) -> int:
        return self.total - self.opened - self.existed - self.failed - self.exempt

    @property
    def status(self) -> str:
        """ "running" while someone waits, "done", or "incomplete" when some could not be opened."""
        if self.waiting:
            return "running"
        return "incomplete" if self.failed else "done"


@dataclass(frozen=True)
class Failure:
    """A person whose case could not be opened, and why."""

    employee: str
    name: str
    error: str


class Openings:
    """Orders to open a year, and the slices in which they are worked off."""

    def __init__(
        self,
        storage: Storage,
        opener: CaseOpener,
        starter: Callable[[sa.Connection, CycleRow, datetime], CaseStarter],
    ) -> None:
        self._storage = storage
        self._opener = opener
        self._starter = starter

    def order(self, cycle_id: str, unit: str | None, *, by: Actor) -> UUID:
        """Note everyone of a unit's tree, or of the agency, who takes part today, leaders first; gives the order's id.

        Raises:
            NotFound: no such cycle or unit.  Refused: the cycle is closed, or nobody takes part.
        """
        now = self._storage.now()
        with self._storage.writing() as session:
            cycle = session.get(CycleRow, cycle_id)
            if cycle is None:
                raise NotFound(f"Siklus {cycle_id} tidak ada.")
            if cycle.status is CycleStatus.CLOSED:
                raise Refused(f"Siklus {cycle_id} sudah ditutup.")
            starter = self._starter(session.connection(), cycle, now)
            people = _participants(session.connection(), starter.organisation, unit)
            if not people:
                raise Refused("Tidak ada pegawai yang ikut serta di unit ini.")
            opening = new_id()
            session.execute(
                sa.insert(OpeningRow).values(
                    id=opening, cycle_id=cycle_id, unit_id=unit, created_at=now, created_by=by.person
                )
            )
            rows = [{"opening_id": opening, "employee_id": person, "next_at": now} for person in people]
            defaults = {"status": ItemStatus.WAITING, "attempts": 0, "error": None}
            session.execute(sa.insert(OpeningItemRow), [{**row, **defaults} for row in rows])
            cycle.status = CycleStatus.OPEN
        return opening

    def run(self, limit: int = 100) -> int:
        """Open the cases of one slice; gives how many people were looked at, 0 when nobody waits.

        A crash leaves a slice to the next worker after its lease; a case that is there already is not opened twice.
        """
        claimed = self._claim(limit)
        if not claimed:
            return 0
        with self._storage.reading() as session:
            cycle = session.get_one(CycleRow, claimed[0].cycle_id)
            starter = self._starter(session.connection(), cycle, self._storage.now())
            starter.foresee(item.employee_id for item in claimed)
            requests: dict[int, OpenCase] = {}
            outcomes: dict[int, tuple[ItemStatus, str | None]] = {}
            for item in claimed:
                if item.attempts >= TRIES:
                    outcomes[item.id] = (ItemStatus.FAILED, f"Terhenti {TRIES} kali di tengah jalan.")
                    continue
                try:
                    starter.require_obliged(item.employee_id)
                    requests[item.id] = starter.request(item.employee_id)
                except Exempt as exemption:
                    outcomes[item.id] = (ItemStatus.EXEMPT, str(exemption))
                except EngineError as refusal:
                    outcomes[item.id] = (ItemStatus.FAILED, str(refusal))
            starter.keep()
        outcomes |= self._open(requests)
        self._settle(outcomes)
        return len(claimed)

    def all(self, cycle_id: str | None = None) -> Sequence[Opening]:
        """The orders, newest first."""
        status = OpeningItemRow.status
        query = (
            sa.select(
                OpeningRow,
                sa.func.count(OpeningItemRow.id),
                sa.func.count(sa.case((status == ItemStatus.OPENED, 1))),
                sa.func.count(sa.case((status == ItemStatus.EXISTED, 1))),
                sa.func.count(sa.case((status == ItemStatus.FAILED, 1))),
                sa.func.count(sa.case((status == ItemStatus.EXEMPT, 1))),
            )
            .outerjoin(OpeningItemRow, OpeningItemRow.opening_id == OpeningRow.id)
            .group_by(OpeningRow.id)
            .order_by(OpeningRow.created_at.desc())
        )
        if cycle_id is not None:
            query = query.where(OpeningRow.cycle_id == cycle_id)
        with self._storage.reading() as session:
            return [
                Opening(
                    row.id,
                    row.cycle_id,
                    row.unit_id,
                    total,
                    opened,
                    existed,
                    failed,
                    exempt,
                    row.created_at,
                    row.created_by,
                )
                for row, total, opened, existed, failed, exempt in session.execute(query)
            ]

    def failures(self, opening: UUID, status: ItemStatus = ItemStatus.FAILED) -> Sequence[Failure]:
        """Whose case could not be opened, by name; or who makes no SKP."""
        query = (
            sa.select(EmployeeRow.id, EmployeeRow.name, OpeningItemRow.error)
            .join(EmployeeRow, EmployeeRow.id == OpeningItemRow.employee_id)
            .where(OpeningItemRow.opening_id == opening, OpeningItemRow.status == status)
            .order_by(EmployeeRow.name)
        )
        with self._storage.reading() as session:
            return [Failure(employee, name, error or "") for employee, name, error in session.execute(query)]

    def retry(self, opening: UUID) -> int:
        """Let those who failed wait again; gives how many."""
        with self._storage.writing() as session:
            failed = session.scalars(
                sa.select(OpeningItemRow).where(
                    OpeningItemRow.opening_id == opening, OpeningItemRow.status == ItemStatus.FAILED
                )
            ).all()
            for item in failed:
                item.status, item.attempts, item.error, item.next_at = ItemStatus.WAITING, 0, None, self._storage.now()
            return len(failed)

    def _claim(self, limit: int) -> Sequence[sa.Row[*tuple[Any, ...]]]:
        """Take waiting people of one cycle; nobody else gets them before the lease is over."""
        now = self._storage.now()
        columns = (OpeningItemRow.id, OpeningItemRow.employee_id, OpeningItemRow.attempts, OpeningRow.cycle_id)
        due = (
            sa.select(*columns)
            .join(OpeningRow, OpeningRow.id == OpeningItemRow.opening_id)
            .where(OpeningItemRow.status == ItemStatus.WAITING, OpeningItemRow.next_at <= now)
            .order_by(OpeningItemRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=OpeningItemRow)
        )
        with self._storage.writing() as session:
            rows = session.execute(due).all()
            rows = [row for row in rows if row.cycle_id == rows[0].cycle_id]
            session.execute(
                sa.update(OpeningItemRow)
                .where(OpeningItemRow.id.in_([row.id for row in rows]))
                .values(next_at=now + LEASE, attempts=OpeningItemRow.attempts + 1)
            )
        return rows

    def _open(self, requests: dict[int, OpenCase]) -> dict[int, tuple[ItemStatus, str | None]]:
        """All in one transaction; when one of them cannot be opened, each in its own."""
        if not requests:
            return {}
        try:
            results = self._opener.open_cases(list(requests.values()), by=SYSTEM)
        except EngineError as failure:
            if len(requests) == 1:
                return {next(iter(requests)): (ItemStatus.FAILED, str(failure))}
            alone = [self._open({item: request}) for item, request in requests.items()]
            return {item: outcome for one in alone for item, outcome in one.items()}
        return {
            item: (ItemStatus.OPENED if created else ItemStatus.EXISTED, None)
            for item, (_case, created) in zip(requests, results, strict=True)
        }

    def _settle(self, outcomes: dict[int, tuple[ItemStatus, str | None]]) -> None:
        with self._storage.writing() as session:
            rows = [{"item": item, "status_": status, "error_": error} for item, (status, error) in outcomes.items()]
            session.connection().execute(SETTLE, rows)


def _participants(connection: sa.Connection, organisation: Organisation, unit: str | None) -> list[str]:
    """Who takes part: in office, with a post that has an SKP; heads before staff, upper units before lower ones."""
    depth = _depths(connection)
    if unit is not None and unit not in depth:
        raise NotFound(f"Unit {unit} tidak ada.")
    query = (
        sa.select(EmployeeRow.id, PostRow.unit_id, PostRow.heads_unit, EmployeeRow.name)
        .join(HoldingRow, HoldingRow.employee_id == EmployeeRow.id)
        .join(PostRow, PostRow.id == HoldingRow.post_id)
        .where(
            in_force(EmployeeRow, organisation.on),
            in_force(HoldingRow, organisation.on),
            PostRow.kind != PostKind.PEJABAT_NEGARA,
        )
    )
    units = None if unit is None else tree(connection, [unit])
    rows = [row for row in connection.execute(query) if units is None or row.unit_id in units]
    ordered = sorted(
        rows, key=lambda row: (depth.get(row.unit_id, 0), not row.heads_unit, row.unit_id, row.name, row.id)
    )
    return list(dict.fromkeys(row.id for row in ordered))


def _depths(connection: sa.Connection) -> dict[str, int]:
    """How many units stand above each unit."""
    parents = {row.id: row.parent_id for row in connection.execute(sa.select(UnitRow.id, UnitRow.parent_id))}
    depths: dict[str, int] = {}
    for unit in parents:
        path: list[str] = []
        above: str | None = unit
        while above is not None and above not in depths and above not in path:
            path.append(above)
            above = parents.get(above)
        base = depths.get(above, -1) if above is not None else -1
        for height, one in enumerate(reversed(path), start=1):
            depths[one] = base + height
    return depths
