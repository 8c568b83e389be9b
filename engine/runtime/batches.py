"""Bulk work that goes on: many items, each handled in a transaction of its own together with its mark.

A worker leases a slice and handles its items one by one. Whatever it has marked is done for good, whatever
it has not marked has had no effect: a crash at any moment leaves the rest to the next worker after the
lease. An attempt is counted when the work starts; an item whose worker vanished is taken alone the next
time, and an item that was alone when its worker vanished again is marked as failed.

Work is done in the name of whoever ordered it, with what that account may do when a slice begins: an order
whose account was locked, or lost the capability, pauses, says why, and tells who may resume it. Whoever resumes it answers
for the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import insert_new, new_id, once, table_of
from engine.errors import EngineError, NotFound, Refused
from engine.runtime import access
from engine.runtime.models import BatchItemRow, BatchRow, OutboxRow
from engine.runtime.outbox import queued
from engine.runtime.resources import Resources
from engine.runtime.values import SYSTEM, Actor, Json, Page

LEASE = timedelta(minutes=5)  # how long a worker has a slice before another may take it
TRIES = 2  # times that an item may take its worker down with it
INSERTED_AT_ONCE = 5_000

Before = Callable[[str, Mapping[str, Json], Actor], None]  # item, payload, who ordered
Handler = Callable[[sa.Connection, str, Mapping[str, Json], Actor], str]  # item, payload, who ordered -> outcome


class Skipped(Refused):
    """A handler found nothing to do for its item; the sentence says why."""


class BatchStatus(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"  # there was nothing to do


@dataclass(frozen=True)
class Batch:
    """How far a piece of bulk work has come."""

    id: UUID
    kind: str
    title: str
    payload: Mapping[str, Json]
    status: BatchStatus
    total: int
    done: int
    failed: int
    skipped: int
    created_by: str  # in whose name it is done
    created_by_name: str
    created_at: datetime
    finished_at: datetime | None
    halted: str | None  # why it was paused by itself

    @property
    def waiting(self) -> int:
        """How many items nobody has handled yet."""
        return self.total - self.done - self.failed - self.skipped


@dataclass(frozen=True)
class BatchItem:
    """One item and what came of it, in words."""

    item: str
    outcome: Outcome
    said: str | None
    attempts: int
    handled_at: datetime | None


@dataclass(frozen=True)
class _Kind:
    handler: Handler
    roles: frozenset[str]
    before: Before | None = None


class Batches:
    """Orders of bulk work: start, watch, steer, and carry out."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._kinds: dict[str, _Kind] = {}

    def register(
        self, kind: str, handler: Handler, roles: frozenset[str] = frozenset(), before: Before | None = None
    ) -> None:
        """Say how the items of a kind are handled, and which capabilities may order and steer such work.

        The handler gets a connection inside the item's transaction and never commits. It gives what was
        done in words, raises Skipped when there is nothing to do, or any EngineError to fail the item.
        `before` is slow work that may be repeated, done before the transaction so that it holds no lock.
        """
        if kind in self._kinds:
            raise ValueError(f"the kind {kind} is registered already")
        self._kinds[kind] = _Kind(handler, roles, before)

    def start(self, kind: str, title: str, items: Sequence[str], payload: Mapping[str, Json], *, by: Actor) -> UUID:
        """Order work on these items, each once; workers take it from there.

        Raises:
            NotFound: nothing is registered for this kind.
            NotYours: the actor has none of its roles.
            Refused: there is no item.
        """
        return self._resources.write(lambda connection: self.note(connection, kind, title, items, payload, by=by))

    def note(
        self,
        connection: sa.Connection,
        kind: str,
        title: str,
        items: Sequence[str],
        payload: Mapping[str, Json],
        *,
        by: Actor,
        not_before: datetime | None = None,
    ) -> UUID:
        """Order work in a transaction of somebody else's; with `not_before` workers wait for that moment.

        Raises:
            NotFound, NotYours, Refused: as `start` does.
        """
        access.require_role(by, *self._kind(kind).roles)
        now = self._resources.clock.now()
        return noted(connection, kind, title, items, payload, by=by, now=now, not_before=not_before)

    def view(self, id: UUID, *, by: Actor) -> Batch:
        """One order and its progress.

        Raises:
            NotFound: there is no such order, or it is not for this actor.
        """
        with self._resources.reading() as connection:
            return _to_batch(self._readable(connection, id, by), _counts(connection, [id]))

    def list(self, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[Batch]:
        """The orders that an actor may see, the newest first."""
        mine = BatchRow.kind.in_(self._readable_kinds(by))
        with self._resources.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(BatchRow).where(mine)) or 0
            query = sa.select(*BatchRow.__table__.c).where(mine).order_by(BatchRow.created_at.desc(), BatchRow.id)
            rows = connection.execute(query.limit(limit).offset(offset)).mappings().all()
            counts = _counts(connection, [row["id"] for row in rows])
        return Page([_to_batch(row, counts) for row in rows], total, offset, limit)

    def newest(self, kind: str, *, by: Actor) -> Batch | None:
        """The order of a kind that was given last, among those that an actor may see."""
        wanted = [BatchRow.kind == kind, BatchRow.kind.in_(self._readable_kinds(by))]
        query = sa.select(*BatchRow.__table__.c).where(*wanted).order_by(BatchRow.created_at.desc(), BatchRow.id)
        with self._resources.reading() as connection:
            row = connection.execute(query.limit(1)).mappings().first()
            return _to_batch(row, _counts(connection, [row["id"]])) if row is not None else None

    def items(
        self, id: UUID, *, by: Actor, outcome: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[BatchItem]:
        """The items of an order, or those with one outcome."""
        wanted = [BatchItemRow.batch_id == id]
        if outcome is not None:
            wanted.append(BatchItemRow.outcome == outcome)
        with self._resources.reading() as connection:
            self._readable(connection, id, by)
            total = connection.scalar(sa.select(sa.func.count()).select_from(BatchItemRow).where(*wanted)) or 0
            query = sa.select(*BatchItemRow.__table__.c).where(*wanted)
            rows = connection.execute(
                query.order_by(BatchItemRow.outcome, BatchItemRow.id).limit(limit).offset(offset)
            ).mappings()
            return Page([_to_item(row) for row in rows], total, offset, limit)

    # steering

    def pause(self, id: UUID, *, by: Actor) -> None:
        """Begin no further item until the order is resumed; raises Refused unless it runs."""
        self._steer(id, by, BatchStatus.PAUSED, BatchStatus.RUNNING)

    def resume(self, id: UUID, *, by: Actor) -> None:
        """Go on with a paused order, from now on in one's own name if it had halted; raises Refused unless it is paused."""

        def work(connection: sa.Connection) -> None:
            row = self._require(connection, id, by, BatchStatus.PAUSED)
            actor = row["actor"] if row["halted"] is None else _actor_words(by)
            _change(connection, id, status=BatchStatus.RUNNING, actor=actor, halted=None)

        self._resources.write(work)

    def cancel(self, id: UUID, *, by: Actor) -> None:
        """Begin no further item, ever; what was done stays done. Raises Refused for an order that has ended."""
        self._steer(id, by, BatchStatus.CANCELLED, BatchStatus.RUNNING, BatchStatus.PAUSED)

    def retry_failed(self, id: UUID, *, by: Actor) -> int:
        """Give the failed items another try; gives how many.

        Raises:
            Refused: none has failed, or the order was cancelled.
        """

        def work(connection: sa.Connection) -> int:
            again = connection.execute(
                sa.update(BatchItemRow)
                .where(BatchItemRow.batch_id == id, BatchItemRow.outcome == Outcome.FAILED)
                .values(outcome=Outcome.WAITING, attempts=0, said=None, handled_at=None, next_at=self._now())
            ).rowcount
            if not again:
                raise Refused("Tidak ada yang gagal dalam pekerjaan ini.")
            self._require(connection, id, by, BatchStatus.RUNNING, BatchStatus.PAUSED, BatchStatus.DONE)
            _change(connection, id, status=BatchStatus.RUNNING, finished_at=None)
            return again

        return self._resources.write(work)

    # what workers do

    def run(self, limit: int = 200) -> int:
        """One round of a worker, shared by all orders that run; gives how many items were looked at."""
        with self._resources.reading() as connection:
            running = connection.execute(
                sa.select(*BatchRow.__table__.c)
                .where(BatchRow.status == BatchStatus.RUNNING, BatchRow.kind.in_(sorted(self._kinds)))
                .order_by(BatchRow.created_at)
            ).mappings()
            orders = [dict(row) for row in running]
        share = max(1, limit // max(1, len(orders)))
        return sum(self._round(order, share) for order in orders)

    def _round(self, order: Mapping[str, Any], share: int) -> int:
        """A slice of one order, then whatever must be taken alone; nothing when its account may not any more."""
        by = self._authorised(order)
        if by is None:
            return 0
        taken = self._claim(order["id"], share, alone=False)
        for item in taken:
            self._handle(order, item, by)
        count = len(taken)
        while count < share and (doubtful := self._claim(order["id"], 1, alone=True)):
            self._handle(order, doubtful[0], by)
            count += 1
        self._resources.write(lambda connection: _finish(connection, order["id"], self._now()))
        return count

    def _authorised(self, order: Mapping[str, Any]) -> Actor | None:
        """In whose name a slice is done, with no more than the account may do now; None: the order was halted."""
        ordered = Actor(**_actor_of(order["actor"]))
        if ordered == SYSTEM:
            return ordered
        with self._resources.reading() as connection:
            roles = ordered.roles & self._resources.directory.capabilities(connection, ordered.person)
        if roles & self._kind(order["kind"]).roles:
            return replace(ordered, roles=roles)
        why = f"Akun {ordered.name or ordered.person} dikunci atau tidak lagi berwenang untuk pekerjaan ini."
        self._resources.write(lambda connection: self._halt(connection, order, why))
        return None

    def _halt(self, connection: sa.Connection, order: Mapping[str, Any], why: str) -> None:
        """Pause an order that cannot go on by itself, unless somebody has just steered it; who may resume it is told."""
        running = sa.update(BatchRow).where(BatchRow.id == order["id"], BatchRow.status == BatchStatus.RUNNING)
        if not connection.execute(running.values(status=BatchStatus.PAUSED, halted=why)).rowcount:
            return
        now, id = self._now(), order["id"]
        payload: dict[str, Json] = {
            "template": "batch_halted",
            "people": list(self._resources.directory.holders(connection, self._kind(order["kind"]).roles)),
            "data": {"title": order["title"]},
            "place": f"pekerjaan/{id}",
        }
        row = queued(f"batch/{id}/halted/{now.isoformat()}", "mail", payload, now)
        connection.execute(insert_new(connection, table_of(OutboxRow)), row)

    def _claim(self, id: UUID, limit: int, *, alone: bool) -> Sequence[Mapping[str, Any]]:
        """Lease items that nobody has tried yet, or (alone) one whose worker vanished; an attempt begins here."""
        now = self._now()
        due = sa.select(BatchItemRow.id).where(
            BatchItemRow.batch_id == id,
            BatchItemRow.outcome == Outcome.WAITING,
            BatchItemRow.next_at <= now,
            BatchItemRow.attempts > 0 if alone else BatchItemRow.attempts == 0,
        )
        due = once(due.order_by(BatchItemRow.id).limit(limit))
        lease = (
            sa.update(BatchItemRow)
            .where(BatchItemRow.id.in_(due))
            .values(next_at=now + LEASE, attempts=BatchItemRow.attempts + 1)
            .returning(BatchItemRow.id, BatchItemRow.item, BatchItemRow.attempts)
        )
        rows = self._resources.write(lambda connection: connection.execute(lease).mappings().all())
        return sorted((dict(row) for row in rows), key=lambda row: int(row["id"]))

    def _handle(self, order: Mapping[str, Any], item: Mapping[str, Any], by: Actor) -> None:
        """Do one item and mark it, in one transaction; a refusal marks it as failed or skipped."""
        kind = self._kinds[order["kind"]]

        def work(connection: sa.Connection) -> None:
            if item["attempts"] > TRIES:
                raise Refused(f"Pekerja berhenti {TRIES} kali ketika mengerjakan ini.")
            if self._is_mine(connection, item):
                said = kind.handler(connection, item["item"], order["payload"], by)
                self._mark(connection, item, Outcome.DONE, said)

        try:
            if kind.before is not None and item["attempts"] <= TRIES:
                kind.before(item["item"], order["payload"], by)
            self._resources.write(work)
        except EngineError as refusal:
            outcome = Outcome.SKIPPED if isinstance(refusal, Skipped) else Outcome.FAILED
            said = str(refusal)
            self._resources.write(
                lambda connection: (
                    self._mark(connection, item, outcome, said) if self._is_mine(connection, item) else None
                ),
            )

    def _is_mine(self, connection: sa.Connection, item: Mapping[str, Any]) -> bool:
        """Lock an item; False when its order was stopped, or its lease has passed to another worker."""
        query = (
            sa.select(BatchItemRow.id)
            .join(BatchRow, BatchRow.id == BatchItemRow.batch_id)
            .where(
                BatchItemRow.id == item["id"],
                BatchItemRow.outcome == Outcome.WAITING,
                BatchItemRow.attempts == item["attempts"],
                BatchRow.status == BatchStatus.RUNNING,
            )
            .with_for_update(of=BatchItemRow)
        )
        return connection.scalar(query) is not None

    def _mark(self, connection: sa.Connection, item: Mapping[str, Any], outcome: Outcome, said: str) -> None:
        connection.execute(
            sa.update(BatchItemRow)
            .where(BatchItemRow.id == item["id"])
            .values(outcome=outcome, said=said, handled_at=self._now())
        )

    # how

    def _now(self) -> datetime:
        return self._resources.clock.now()

    def _kind(self, kind: str) -> _Kind:
        if kind not in self._kinds:
            raise NotFound(f"Pekerjaan massal {kind} tidak dikenal.")
        return self._kinds[kind]

    def _readable_kinds(self, by: Actor) -> Sequence[str]:
        everything = bool(by.roles & {"auditor", "system"})
        return sorted(kind for kind, known in self._kinds.items() if everything or by.roles & known.roles)

    def _readable(self, connection: sa.Connection, id: UUID, by: Actor) -> sa.RowMapping:
        row = connection.execute(sa.select(*BatchRow.__table__.c).where(BatchRow.id == id)).mappings().first()
        if row is None or row["kind"] not in self._readable_kinds(by):
            raise NotFound("Pekerjaan massal ini tidak ada, atau bukan untuk Anda.")
        return row

    def _require(self, connection: sa.Connection, id: UUID, by: Actor, *allowed: BatchStatus) -> sa.RowMapping:
        """The row of an order that the actor may steer and that stands as it must, locked."""
        row = self._readable(connection, id, by)
        access.require_role(by, *self._kind(row["kind"]).roles)
        status = connection.scalar(sa.select(BatchRow.status).where(BatchRow.id == id).with_for_update())
        if status not in allowed:
            raise Refused("Pekerjaan massal ini sudah tidak dalam keadaan itu; muat ulang halaman.")
        return row

    def _steer(self, id: UUID, by: Actor, to: BatchStatus, *allowed: BatchStatus) -> None:
        def work(connection: sa.Connection) -> None:
            self._require(connection, id, by, *allowed)
            ended = self._now() if to is BatchStatus.CANCELLED else None
            _change(connection, id, status=to, finished_at=ended)

        self._resources.write(work)


def _change(connection: sa.Connection, id: UUID, **changes: Any) -> None:
    connection.execute(sa.update(BatchRow).where(BatchRow.id == id).values(**changes))


def _finish(connection: sa.Connection, id: UUID, now: datetime) -> None:
    """Close an order of which nothing waits any more."""
    waiting = sa.exists().where(BatchItemRow.batch_id == id, BatchItemRow.outcome == Outcome.WAITING)
    connection.execute(
        sa.update(BatchRow)
        .where(BatchRow.id == id, BatchRow.status == BatchStatus.RUNNING, ~waiting)
        .values(status=BatchStatus.DONE, finished_at=now)
    )


def _counts(connection: sa.Connection, ids: Sequence[UUID]) -> Mapping[tuple[UUID, str], int]:
    """How many items of each order have which outcome: counted, so that it is always true."""
    query = sa.select(BatchItemRow.batch_id, BatchItemRow.outcome, sa.func.count())
    query = query.where(BatchItemRow.batch_id.in_(ids)).group_by(BatchItemRow.batch_id, BatchItemRow.outcome)
    return {(batch, outcome): count for batch, outcome, count in connection.execute(query)}


def noted(
    connection: sa.Connection,
    kind: str,
    title: str,
    items: Sequence[str],
    payload: Mapping[str, Json],
    *,
    by: Actor,
    now: datetime,
    not_before: datetime | None = None,
) -> UUID:
    """Write an order down, whoever may have given it; raises Refused when there is no item."""
    each = list(dict.fromkeys(items))
    if not each:
        raise Refused("Tidak ada yang dipilih; pilih paling sedikit satu.")
    id = new_id()
    batch = {
        "id": id,
        "kind": kind,
        "title": title,
        "payload": dict(payload),
        "status": BatchStatus.RUNNING,
        "total": len(each),
        "actor": _actor_words(by),
        "created_at": now,
    }
    connection.execute(sa.insert(BatchRow), batch)
    for first in range(0, len(each), INSERTED_AT_ONCE):
        some = each[first : first + INSERTED_AT_ONCE]
        connection.execute(sa.insert(BatchItemRow), [_new_item(id, item, not_before or now) for item in some])
    return id


def _new_item(batch: UUID, item: str, now: datetime) -> dict[str, Any]:
    return {"batch_id": batch, "item": item, "outcome": Outcome.WAITING, "attempts": 0, "next_at": now}


def _actor_words(actor: Actor) -> dict[str, Json]:
    return {
        "person": actor.person,
        "name": actor.name,
        "groups": sorted(actor.groups),
        "roles": sorted(actor.roles),
    }


def _actor_of(words: Mapping[str, Json]) -> dict[str, Any]:
    return {**words, "groups": frozenset(words["groups"]), "roles": frozenset(words["roles"])}


def _to_batch(row: Mapping[Any, Any], counts: Mapping[tuple[UUID, str], int]) -> Batch:
    return Batch(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        payload=row["payload"],
        status=BatchStatus(row["status"]),
        total=row["total"],
        done=counts.get((row["id"], Outcome.DONE), 0),
        failed=counts.get((row["id"], Outcome.FAILED), 0),
        skipped=counts.get((row["id"], Outcome.SKIPPED), 0),
        created_by=row["actor"]["person"],
        created_by_name=row["actor"]["name"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        halted=row["halted"],
    )


def _to_item(row: Mapping[Any, Any]) -> BatchItem:
    return BatchItem(row["item"], Outcome(row["outcome"]), row["said"], row["attempts"], row["handled_at"])
