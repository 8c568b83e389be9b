"""What people ask to be done about data on them: put right, erased, or not used for a while; personnel answer in time.

An answer is due within 3 x 24 hours by the clock, weekends included. Nobody decides about their own request.
Source: DOMAIN 6.4 (UU 27/2022).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.access import demand, scope
from engine.cycle.organisation import Organisation
from engine.cycle.parameters import parameters_on
from engine.cycle.people import People
from engine.cycle.privacy.letters import told_to, write_to
from engine.cycle.privacy.models import RequestRow, RequestStatus
from engine.cycle.storage import Storage
from engine.errors import FormInvalid, NotFound, Refused
from engine.runtime.outbox import Effect
from engine.runtime.reasons import SHORTEST, require_reason
from engine.runtime.values import Actor, Page

KINDS = ("PERBAIKI", "HAPUS", "TUNDA")
LONGEST = 2000
MOST_WAITING = 10  # requests of one person at a time
DAY = timedelta(days=1)
OFFICES = ("personnel", "auditor")  # who is told; the second where the first has nobody else
DESK = "permintaan-data"


@dataclass(frozen=True)
class Request:
    """One request and what became of it."""

    id: UUID
    person: str
    person_name: str
    kind: str
    text: str
    asked_at: datetime
    due_at: datetime
    status: RequestStatus
    decided_by_name: str | None
    decided_at: datetime | None
    decision: str
    late: bool  # it waits, and its time is over

    @property
    def waits(self) -> bool:
        return self.status is RequestStatus.WAITING


class Requests:
    """The register of requests: verbs of the person and of personnel."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage, self._people = storage, people

    def ask(self, kind: str, text: str, *, by: Actor) -> UUID:
        """Ask for something; personnel are told.

        Raises:
            FormInvalid: under "kind" or "text", what is to be mended.  Refused: too many wait already.
        """
        errors = {} if kind in KINDS else {"kind": "Pilih apa yang Anda minta."}
        if not SHORTEST <= len(text.strip()) <= LONGEST:
            errors["text"] = f"Tulis data mana yang dimaksud dan apa yang benar, {SHORTEST} sampai {LONGEST} huruf."
        if errors:
            raise FormInvalid(errors)
        now = self._storage.now()
        with self._storage.writing() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            if len(_waiting_of(session, by.person)) >= MOST_WAITING:
                raise Refused("Permintaan Anda yang lain masih menunggu; tunggu jawabannya lebih dulu.")
            hours = parameters_on(session.connection(), self._storage.today()).number("retensi.permintaan_jam")
            found = organisation.person(by.person)
            row = RequestRow(
                person=by.person,
                unit_id=found.unit if found else None,
                kind=kind,
                text=text.strip(),
                asked_at=now,
                due_at=now + timedelta(hours=hours),
                status=RequestStatus.WAITING,
                decision="",
            )
            session.add(row)
            session.flush()
            self._tell_office(session, row, "data_request")
            return row.id

    def of_me(self, *, by: Actor) -> Sequence[Request]:
        """The actor's own requests, the newest first."""
        query = sa.select(RequestRow).where(RequestRow.person == by.person).order_by(RequestRow.asked_at.desc())
        with self._storage.reading() as session:
            return self._requests(session, session.scalars(query).all())

    def all(self, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[Request]:
        """Requests of those in the actor's sight: what waits first, by its due moment; then what was decided last."""
        demand(by, "personnel", "auditor")
        with self._storage.reading() as session:
            seen = self._in_sight(session, by)
            total = session.scalar(sa.select(sa.func.count()).select_from(RequestRow).where(seen)) or 0
            waits = sa.case((RequestRow.status == RequestStatus.WAITING, 0), else_=1)
            order = (waits, RequestRow.decided_at.desc(), RequestRow.due_at, RequestRow.id)
            rows = session.scalars(sa.select(RequestRow).where(seen).order_by(*order).limit(limit).offset(offset))
            return Page(self._requests(session, rows.all()), total, offset, limit)

    def waiting(self, *, by: Actor) -> tuple[int, int]:
        """How many in the actor's sight wait, and how many of these are late."""
        demand(by, "personnel", "auditor")
        late = sa.func.count().filter(RequestRow.due_at <= self._storage.now())
        with self._storage.reading() as session:
            waits = (RequestRow.status == RequestStatus.WAITING, self._in_sight(session, by))
            row = session.execute(sa.select(sa.func.count(), late).select_from(RequestRow).where(*waits)).one()
            return row[0], row[1]

    def one(self, request: UUID, *, by: Actor) -> Request:
        """A request, for personnel and auditors who see the person; raises NotFound."""
        demand(by, "personnel", "auditor")
        with self._storage.reading() as session:
            return self._requests(session, [self._row(session, request, by)])[0]

    def decide(self, request: UUID, granted: bool, reason: str, *, by: Actor) -> None:
        """Answer a request; the person is told. What is granted, personnel carry out where the data is kept.

        Raises:
            NotYours, NotFound
            Refused: no reason, it is decided already, or it is the actor's own.
        """
        demand(by, "personnel")
        words = require_reason(reason, "alasan keputusan")
        with self._storage.writing() as session:
            row = self._row(session, request, by, lock=True)
            if row.person == by.person:
                raise Refused("Permintaan sendiri diputuskan pengelola lain.")
            if row.status is not RequestStatus.WAITING:
                raise Refused("Permintaan ini sudah diputuskan.")
            row.status = RequestStatus.GRANTED if granted else RequestStatus.DECLINED
            row.decided_by, row.decided_at, row.decision = by.person, self._storage.now(), words
            key, now = f"request/{row.id}/decided", self._storage.now()
            write_to(session.connection(), key, "data_request_decided", [row.person], place="data-saya", now=now)

    def run(self) -> int:
        """Tell personnel of what is due within a day, and each day of what is late; gives how many requests."""
        now = self._storage.now()
        again = sa.or_(
            RequestRow.reminded_at.is_(None),
            sa.and_(RequestRow.due_at <= now, RequestRow.reminded_at <= now - DAY),
            sa.and_(RequestRow.due_at <= now, RequestRow.reminded_at < RequestRow.due_at),
        )
        due = (RequestRow.status == RequestStatus.WAITING, RequestRow.due_at <= now + DAY, again)
        with self._storage.reading() as session:
            if session.scalar(sa.select(RequestRow.id).where(*due).limit(1)) is None:
                return 0
        with self._storage.writing() as session:
            rows = session.scalars(sa.select(RequestRow).where(*due).with_for_update(skip_locked=True)).all()
            for row in rows:
                self._tell_office(session, row, "data_request_late" if row.due_at <= now else "data_request_due")
                row.reminded_at = now
            return len(rows)

    def foreseen(self, connection: sa.Connection, until: datetime) -> Iterator[tuple[datetime, Effect]]:
        """What `run` would tell until a moment if nobody answered, each with its moment."""
        now = self._storage.now()
        for row in connection.execute(sa.select(RequestRow).where(RequestRow.status == RequestStatus.WAITING)):
            people = self._office(connection, row.person)
            for at, template in _reminders(row, now, until):
                yield at, Effect(0, "", None, "mail", told_to(template, people, f"{DESK}/{row.id}"), 0)

    def _tell_office(self, session: Session, row: RequestRow, template: str) -> None:
        now, connection = self._storage.now(), session.connection()
        key = f"request/{row.id}/{template}/{now:%Y%m%d%H%M}"
        write_to(connection, key, template, self._office(connection, row.person), place=f"{DESK}/{row.id}", now=now)

    def _office(self, connection: sa.Connection, asking: str) -> Sequence[str]:
        """Who is told of a request: personnel, or where nobody else is there, auditors."""
        offices = (self._people.holders(connection, frozenset({role})) for role in OFFICES)
        others = ([person for person in people if person != asking] for people in offices)
        return next((people for people in others if people), [])

    def _in_sight(self, session: Session, by: Actor) -> sa.ColumnElement[bool]:
        found = scope(Organisation(session.connection(), self._storage.today()), by)
        return sa.true() if found.units is None else RequestRow.unit_id.in_(found.units)

    def _row(self, session: Session, request: UUID, by: Actor, *, lock: bool = False) -> RequestRow:
        query = sa.select(RequestRow).where(RequestRow.id == request, self._in_sight(session, by))
        row = session.scalar(query.with_for_update() if lock else query)
        if row is None:
            raise NotFound("Permintaan ini tidak ada, atau bukan untuk Anda.")
        return row

    def _requests(self, session: Session, rows: Sequence[RequestRow]) -> list[Request]:
        people = {who for row in rows for who in (row.person, row.decided_by) if who}
        names, now = self._people.names(session.connection(), people), self._storage.now()
        return [_request(row, names.get, now) for row in rows]


def _reminders(row: Any, now: datetime, until: datetime) -> Iterator[tuple[datetime, str]]:
    """When personnel are told of a request that nobody answers, and how, as `Requests.run` does it."""
    told, due = row.reminded_at, row.due_at
    first = due - DAY if told is None else due if told < due else told + DAY
    at = max(now, first)
    while at <= until:
        yield at, "data_request_late" if at >= due else "data_request_due"
        at = at + DAY if at >= due else due


def _waiting_of(session: Session, person: str) -> Sequence[UUID]:
    waits = (RequestRow.person == person, RequestRow.status == RequestStatus.WAITING)
    return session.scalars(sa.select(RequestRow.id).where(*waits)).all()


def _request(row: RequestRow, name: Any, now: datetime) -> Request:
    return Request(
        row.id,
        row.person,
        name(row.person, row.person),
        row.kind,
        row.text,
        row.asked_at,
        row.due_at,
        row.status,
        name(row.decided_by, row.decided_by) if row.decided_by else None,
        row.decided_at,
        row.decision,
        row.status is RequestStatus.WAITING and row.due_at <= now,
    )
