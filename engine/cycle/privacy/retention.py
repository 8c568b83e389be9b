"""Retention: what is due for erasure, proposed by one, decided by another, carried out as bulk work. Source: DOMAIN 6.4, 6.5.

What one person has asked to be erased before its time is proposed in `early.py` and decided and carried out here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.clock import today
from engine.cycle.access import demand, demand_agency
from engine.cycle.models import ProposalStatus
from engine.cycle.organisation import Organisation
from engine.cycle.papers.models import PaperRow
from engine.cycle.parameters import Parameters, parameters_on
from engine.cycle.privacy.erasing import carry_out
from engine.cycle.privacy.letters import write_to
from engine.cycle.privacy.models import ErasureRow, LeftContentRow
from engine.cycle.privacy.schedule import SPANS, Retained, due, limit_of, there
from engine.errors import NotFound, Refused
from engine.runtime import files
from engine.runtime.batches import Batches, Skipped
from engine.runtime.models import CaseRow, FileRow, HistoryRow
from engine.runtime.reasons import require_reason
from engine.runtime.resources import Resources
from engine.runtime.steps import Step
from engine.runtime.values import Actor, Json, Page

KIND = "erase"  # of bulk work; items are ids of cases
ROLES = frozenset({"personnel"})
READERS = ("personnel", "auditor")
NOTHING_LEFT = (
    "Tidak ada lagi yang dapat dihapus: perkaranya masih berjalan, tahunnya belum selesai, atau isinya sudah dihapus."
)


@dataclass(frozen=True)
class Wanted:
    """What an erasure is about: what was over its time on a day, or all of one person's that has ended."""

    kind: Retained
    on: date
    person: str | None = None


@dataclass(frozen=True)
class Due:
    """What would go today: how long it is kept (ISO), and what is over that."""

    kind: Retained
    kept_for: str
    until: date  # what ended before this day
    cases: int
    people: int
    events: int  # with values that would be erased, at most
    files: int


@dataclass(frozen=True)
class DueCase:
    """One case that would be erased."""

    id: UUID
    title: str
    subject: str
    subject_name: str
    closed_at: datetime | None


@dataclass(frozen=True)
class Erasure:
    """A proposal, and what became of it."""

    id: UUID
    kind: Retained
    reason: str
    person: str | None  # whose data goes before its time; None: by the schedule
    request: UUID | None
    counted_on: date
    cases: int
    status: ProposalStatus
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str
    batch: UUID | None


class Retention:
    """The verbs of the retention schedule."""

    def __init__(self, resources: Resources, batches: Batches) -> None:
        self._resources, self._batches = resources, batches
        batches.register(KIND, self._erase, ROLES)

    def preview(self, *, by: Actor) -> Sequence[Due]:
        """What is over its time today; writes nothing."""
        demand(by, *READERS)
        with self._resources.reading() as connection:
            parameters = self._parameters(connection)
            return [self._due(connection, Wanted(kind, self._today()), parameters) for kind in Retained]

    def preview_of(self, person: str, *, by: Actor) -> Sequence[Due]:
        """What would go today if all of one person's ended cases went before their time; writes nothing."""
        demand(by, *READERS)
        with self._resources.reading() as connection:
            parameters = self._parameters(connection)
            return [self._due(connection, Wanted(kind, self._today(), person), parameters) for kind in Retained]

    def cases(
        self, kind: Retained, *, by: Actor, person: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[DueCase]:
        """The cases of which something would go today, the oldest first; of one person, also before its time."""
        demand(by, *READERS)
        with self._resources.reading() as connection:
            over = self._over(connection, Wanted(kind, self._today(), person))
            total = connection.scalar(sa.select(sa.func.count()).select_from(CaseRow).where(over)) or 0
            query = sa.select(CaseRow.id, CaseRow.title, CaseRow.subject, CaseRow.subject_name, CaseRow.closed_at)
            rows = connection.execute(
                query.where(over).order_by(CaseRow.closed_at, CaseRow.id).limit(limit).offset(offset)
            )
            return Page([DueCase(*row) for row in rows], total, offset, limit)

    def proposals(self, *, by: Actor, request: UUID | None = None, limit: int = 50) -> Sequence[Erasure]:
        """What was proposed, the newest first; with `request` only what that request led to."""
        demand(by, *READERS)
        query = sa.select(*ErasureRow.__table__.c).order_by(ErasureRow.proposed_at.desc(), ErasureRow.id).limit(limit)
        if request is not None:
            query = query.where(ErasureRow.request_id == request)
        with self._resources.reading() as connection:
            return [_erasure(row) for row in connection.execute(query)]

    def propose(self, kind: Retained, reason: str, *, by: Actor) -> UUID:
        """Propose to erase what is over its time today.

        Raises:
            NotYours: the actor is not personnel of the whole agency.
            Refused: no reason, nothing is due, or one waits for a decision already.
        """
        words = require_reason(reason, "dasar penghapusan, misalnya nomor jadwal retensi arsip")
        wanted = Wanted(kind, self._today())
        return self._resources.write(lambda connection: self.note(connection, wanted, words, by=by))

    def note(
        self, connection: sa.Connection, wanted: Wanted, words: str, *, by: Actor, request: UUID | None = None
    ) -> UUID:
        """Write a proposal in a transaction of somebody else's; raises as `propose` does."""
        self.demand(connection, by)
        count = len(self._items(connection, wanted))
        if not count:
            raise Refused(NOTHING_LEFT if wanted.person else "Tidak ada yang sudah melewati masa simpannya.")
        same = ErasureRow.person.is_(None) if wanted.person is None else ErasureRow.person == wanted.person
        waits = (ErasureRow.kind == wanted.kind.value, same, ErasureRow.status == ProposalStatus.WAITING)
        if connection.scalar(sa.select(ErasureRow.id).where(*waits).limit(1)) is not None:
            raise Refused("Sudah ada usul penghapusan yang menunggu keputusan.")
        row = {"kind": wanted.kind.value, "reason": words, "counted_on": wanted.on, "cases": count, "decision": ""}
        who = {"proposed_by": by.person, "proposed_at": self._now(), "status": ProposalStatus.WAITING}
        about = {"person": wanted.person, "request_id": request}
        inserted = sa.insert(ErasureRow).values(**row, **who, **about).returning(ErasureRow.id)
        return connection.execute(inserted).scalar_one()

    def accept(self, erasure: UUID, *, by: Actor) -> UUID:
        """Let an erasure be carried out that somebody else has proposed; gives the id of the bulk work.

        Whose data goes before its time is told.

        Raises:
            NotYours, NotFound
            Refused: it is one's own, is about oneself, is decided, or nothing is left.
        """

        def work(connection: sa.Connection) -> UUID:
            row = self._waiting(connection, erasure, by)
            if by.person in (row.proposed_by, row.person):
                raise Refused("Usul sendiri diputuskan pengelola lain.")
            items = self._items(connection, Wanted(Retained(row.kind), row.counted_on, row.person))
            if not items:
                raise Refused(NOTHING_LEFT if row.person else "Tidak ada lagi yang sudah melewati masa simpannya.")
            title = f"Penghapusan {row.kind}: {len(items)} perkara"
            told: dict[str, Json] = {
                "erasure": str(erasure),
                "kind": row.kind,
                "counted_on": row.counted_on.isoformat(),
                "person": row.person,
            }
            batch = self._batches.note(connection, KIND, title, items, told, by=by)
            self._decide(connection, erasure, ProposalStatus.ACCEPTED, "", by, batch)
            if row.person is not None:
                key = f"erasure/{erasure}"
                write_to(connection, key, "data_erased", [row.person], place="data-saya", now=self._now())
            return batch

        return self._resources.write(work)

    def decline(self, erasure: UUID, reason: str, *, by: Actor) -> None:
        """Say no, or take one's own proposal back.

        Raises:
            NotYours, NotFound
            Refused: no reason, or it is decided.
        """
        words = require_reason(reason)

        def work(connection: sa.Connection) -> None:
            row = self._waiting(connection, erasure, by)
            own = row.proposed_by == by.person
            self._decide(connection, erasure, ProposalStatus.WITHDRAWN if own else ProposalStatus.DECLINED, words, by)

        self._resources.write(work)

    def run(self) -> int:
        """Sweep away contents of erased files that nobody else uses; gives how many were looked at."""
        with self._resources.reading() as connection:
            if connection.scalar(sa.select(LeftContentRow.sha256).limit(1)) is None:
                return 0

        def work(connection: sa.Connection) -> int:
            if connection.dialect.name == "postgresql":  # SQLite has locked everything already
                connection.execute(sa.text("LOCK TABLE attachments IN SHARE ROW EXCLUSIVE MODE"))
            left = list(connection.scalars(sa.select(LeftContentRow.sha256)))
            used = set(connection.scalars(sa.select(FileRow.sha256).where(FileRow.sha256.in_(left))))
            used |= set(connection.scalars(sa.select(PaperRow.content).where(PaperRow.content.in_(left))))
            for sha256 in left:
                if sha256 not in used:
                    files.drop(self._resources.data_dir, sha256)
            connection.execute(sa.delete(LeftContentRow).where(LeftContentRow.sha256.in_(left)))
            return len(left)

        return self._resources.write(work)

    def _erase(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        kind, case, person = Retained(payload["kind"]), UUID(item), payload.get("person")
        over = self._over(connection, Wanted(kind, date.fromisoformat(payload["counted_on"]), person))
        if connection.scalar(sa.select(CaseRow.id).where(CaseRow.id == case, over)) is None:
            raise Skipped("Sudah dihapus, atau masa simpannya diperpanjang.")
        step = Step.on(self._resources, connection, case, by=by)
        count = carry_out(kind, step, {"erasure": payload["erasure"], **({"asked": True} if person else {})})
        return f"{count} peristiwa"

    def _due(self, connection: sa.Connection, wanted: Wanted, parameters: Parameters) -> Due:
        kind = wanted.kind
        limit = limit_of(kind, parameters, wanted.on, self._resources.zone)
        over = self._over(connection, wanted)
        cases = sa.select(CaseRow.id).where(over)
        count = connection.execute(
            sa.select(sa.func.count(), sa.func.count(sa.distinct(CaseRow.subject))).select_from(CaseRow).where(over)
        ).one()
        events = sa.select(sa.func.count(HistoryRow.box)).where(HistoryRow.case_id.in_(cases))
        stored = sa.select(sa.func.count()).select_from(FileRow).where(FileRow.case_id.in_(cases))
        whole = kind is Retained.EVALUATION
        return Due(
            kind,
            parameters.text(SPANS[kind]),
            limit.day,
            count[0],
            count[1],
            (connection.scalar(events) or 0) if whole else 0,
            (connection.scalar(stored) or 0) if kind is not Retained.SECRETS else 0,
        )

    def _over(self, connection: sa.Connection, wanted: Wanted) -> sa.ColumnElement[bool]:
        if wanted.person is not None:
            return sa.and_(CaseRow.subject == wanted.person, there(wanted.kind, wanted.on))
        return due(wanted.kind, limit_of(wanted.kind, self._parameters(connection), wanted.on, self._resources.zone))

    def _items(self, connection: sa.Connection, wanted: Wanted) -> list[str]:
        query = sa.select(CaseRow.id).where(self._over(connection, wanted)).order_by(CaseRow.closed_at, CaseRow.id)
        return [str(case) for case in connection.scalars(query)]

    def _parameters(self, connection: sa.Connection) -> Parameters:
        return parameters_on(connection, self._today())

    def _today(self) -> date:
        return today(self._resources.clock, self._resources.zone)

    def _now(self) -> datetime:
        return self._resources.clock.now()

    def demand(self, connection: sa.Connection, by: Actor) -> None:
        """Raises NotYours unless the actor is personnel of the whole agency."""
        demand_agency(Organisation(connection, self._today()), by)

    def _waiting(self, connection: sa.Connection, erasure: UUID, by: Actor) -> Any:
        self.demand(connection, by)
        query = sa.select(*ErasureRow.__table__.c).where(ErasureRow.id == erasure)
        row = connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise NotFound("Usul ini tidak ada.")
        if row.status is not ProposalStatus.WAITING:
            raise Refused("Usul ini sudah diputuskan.")
        return row

    def _decide(
        self,
        connection: sa.Connection,
        erasure: UUID,
        status: ProposalStatus,
        words: str,
        by: Actor,
        batch: UUID | None = None,
    ) -> None:
        decided = {"decided_by": by.person, "decided_at": self._now(), "decision": words}
        change = sa.update(ErasureRow).where(ErasureRow.id == erasure)
        connection.execute(change.values(status=status, batch_id=batch, **decided))


def _erasure(row: Any) -> Erasure:
    return Erasure(
        row.id,
        Retained(row.kind),
        row.reason,
        row.person,
        row.request_id,
        row.counted_on,
        row.cases,
        row.status,
        row.proposed_by,
        row.proposed_at,
        row.decided_by,
        row.decided_at,
        row.decision,
        row.batch_id,
    )
