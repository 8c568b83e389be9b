"""Who stands above whom, put right during the year: the change is rehearsed, then written, and what is open goes along.

Source: DOMAIN 1.2 (a wrong superior is the number-one complaint about e-Kinerja), 1.4 (GANTI_PENILAI).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import leading, listings
from engine.cycle.access import demand
from engine.cycle.events.absences import LongLeave, StudyBegins, StudyEnds, worth_of_study
from engine.cycle.events.changes import Reorganised, Transfer, UnitMoved
from engine.cycle.events.foreseen import Consequences, foreseen
from engine.cycle.events.leaving import Leaving
from engine.cycle.events.parts import Parts, open_cycle
from engine.cycle.events.record import PersonEvent, events_of, note
from engine.cycle.events.regrouping import Regrouping
from engine.cycle.line_changes import (
    AHEAD,
    Change,
    NewHead,
    NewSuperior,
    require_own_or_in_sight,
)
from engine.cycle.models import ProxyRow
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People
from engine.cycle.starting import year_key
from engine.cycle.storage import Storage
from engine.errors import FormInvalid, Refused
from engine.runtime.announcing import Announcements
from engine.runtime.beginnings import Message
from engine.runtime.foreseeing import taken_back
from engine.runtime.models import CaseRow
from engine.runtime.reasons import require_reason
from engine.runtime.reassigning import Assignments, Handover
from engine.runtime.values import LIVE, SYSTEM, Actor

SHORTEST_SEARCH = 3  # letters


@dataclass(frozen=True)
class ProxyInForce:
    """Who acts in a person's place, or will."""

    proxy: Person
    process: str  # empty: all
    authority: str  # empty: all
    reason: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Rehearsal:
    """What a change would do to open tasks, had it been made now."""

    handovers: Sequence[Handover]
    without_post: Sequence[Person]  # people who would hold no post any more
    consequences: Consequences  # for the case of the person whom it is about


class Lines:
    """Personnel put right who stands above whom."""

    def __init__(
        self,
        storage: Storage,
        assignments: Assignments,
        announcements: Announcements,
        people: People,
        parts: Parts,
        regrouping: Regrouping,
    ) -> None:
        self._storage, self._assignments, self._people = storage, assignments, people
        self._announcements, self._parts, self._regrouping = announcements, parts, regrouping

    def rehearse(self, change: Change, *, by: Actor) -> Rehearsal:
        """Every open task that the change would move; nothing is kept.

        Raises:
            NotFound, NotYours
            FormInvalid: with the field that is wrong.
        """
        with self._storage.writing() as session, taken_back(session.connection()):
            subjects, gone = self._make(session, change, by)
            on = max(change.starts, self._storage.today())
            connection = session.connection()
            handovers = self._assignments.misplaced(connection, subjects, on)
            return Rehearsal(handovers, gone, foreseen(connection, change, self._people, self._storage.today()))

    def carry_out(self, change: Change, *, expected: int, reason: str, by: Actor) -> UUID | None:
        """Write the change and order its tasks handed over, in one transaction; gives the first order, None without any.

        Raises:
            NotFound, NotYours, FormInvalid: as `rehearse` does.
            Refused: no reason, or not as many tasks as were `expected`.
        """
        words = require_reason(reason)
        with self._storage.writing() as session:
            return self._carry_out(session, change, words, by, expected)

    def rehearse_within(
        self, session: Session, change: Change, *, reason: str, by: Actor
    ) -> tuple[Rehearsal, str, str]:
        """`rehearse` among other changes, whose transaction is taken back; gives also the title, and whose it is."""
        words, connection = require_reason(reason), session.connection()
        subjects, gone = self._make(session, change, by)
        organisation = Organisation(connection, max(change.starts, self._storage.today()))
        handovers = self._assignments.misplaced(connection, subjects, organisation.on)
        title, person = change.title(organisation), organisation.people([change.about])[change.about]
        self._note(connection, change, title, words, by)
        told = foreseen(connection, change, self._people, self._storage.today())
        return Rehearsal(handovers, gone, told), title, person.name

    def carry_out_within(self, session: Session, change: Change, *, reason: str, by: Actor) -> UUID | None:
        """`carry_out` among other changes in one transaction, which were seen together."""
        return self._carry_out(session, change, require_reason(reason), by)

    def _carry_out(
        self, session: Session, change: Change, words: str, by: Actor, expected: int | None = None
    ) -> UUID | None:
        today, connection = self._storage.today(), session.connection()
        appraisers = self._appraisers_before(connection, change)
        subjects, _ = self._make(session, change, by)
        if expected is not None:
            found = self._assignments.misplaced(connection, subjects, max(change.starts, today))
            if len(found) != expected:
                raise Refused(f"Kini ada {len(found)} tugas yang pindah, bukan {expected} seperti yang Anda lihat.")
        title = change.title(Organisation(connection, today))
        orders = [
            self._assignments.order(
                connection,
                subjects,
                title=f"{title}{what}",
                reason=words,
                by=by,
                not_before=at,
                for_oneself=change.gives_away == by.person,
            )
            for what, at in self._turns(change, today)
        ]
        orders += self._tell(connection, change, appraisers, title, words, by)
        self._note(connection, change, title, words, by)
        return next((order for order in orders if order is not None), None)

    def worth_of_study(self, regime: str, grades: Sequence[float], scale: float) -> float | None:
        """What the grades of a year's terms are worth under a regime; None where it rates a study in its SKP."""
        return worth_of_study(self._people.decide, regime, grades, scale)

    def events(self, employee: str, *, by: Actor) -> Sequence[PersonEvent]:
        """What was recorded of an employee, the newest first; for who may see the person. Raises NotFound, NotYours."""
        demand(by, "personnel", "auditor")
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            listings.employee(organisation, self._people, employee, by=by)
            return events_of(session.connection(), employee)

    def _appraisers_before(self, connection: sa.Connection, change: Change) -> Mapping[str, str | None]:
        """Who appraises those whom a lasting change concerns, before it is written."""
        if not isinstance(change, NewSuperior | NewHead | Transfer | UnitMoved):
            return {}
        before = Organisation(connection, self._storage.today())
        return {one: _appraiser(before, self._people, one) for one in change.concerns(before)}

    def _tell(
        self,
        connection: sa.Connection,
        change: Change,
        before: Mapping[str, str | None],
        title: str,
        reason: str,
        by: Actor,
    ) -> Sequence[UUID]:
        """Order that running cases are told of a change that was written, on its day."""
        today = self._storage.today()
        at = self._storage.morning(change.starts) if change.starts > today else None
        told = []
        if isinstance(change, Transfer | StudyEnds) and not isinstance(change, Reorganised):
            told.append(
                self._parts.order(connection, [change.employee], change.event, change.starts, title=title, by=by)
            )
        message = message_of(connection, change, today, by)
        if message is not None and isinstance(change, Reorganised):
            who, starts = change.employee, change.starts
            told.append(self._regrouping.order(connection, who, message, starts, title=title, reason=reason, by=by))
        elif message is not None:
            key, what = [message.business_key], message.payload
            told.append(
                self._announcements.order(connection, message.name, key, what, title=title, by=by, not_before=at)
            )
        keys = self._newly_appraised(connection, change, before)
        since = {"sejak": change.starts.isoformat()}
        for name, some in (("GANTI_PENILAI", keys), (leading.READY, leading.waiting(connection, keys))):
            if some:
                told.append(self._announcements.order(connection, name, some, since, title=title, by=by, not_before=at))
        return told

    def _newly_appraised(
        self, connection: sa.Connection, change: Change, before: Mapping[str, str | None]
    ) -> list[str]:
        """The business keys of the running cases whose appraiser is another one now."""
        after = Organisation(connection, max(change.starts, self._storage.today()))
        changed = [one for one, was in before.items() if _appraiser(after, self._people, one) not in (None, was)]
        live = sa.select(CaseRow.business_key).where(CaseRow.status.in_(LIVE), CaseRow.subject.in_(sorted(changed)))
        return list(connection.scalars(live.order_by(CaseRow.business_key))) if changed else []

    def _note(self, connection: sa.Connection, change: Change, title: str, reason: str, by: Actor) -> None:
        """Enter the change into the record of the person whom it is about."""
        now = self._storage.now()
        note(
            connection,
            change.about,
            change.event,
            change.starts,
            change.ends,
            text=title,
            reason=reason,
            by=by.person,
            now=now,
            detail=change.kind if isinstance(change, LongLeave) else None,
        )

    def proxies(self, person: str, *, by: Actor) -> Sequence[ProxyInForce]:
        """Who acts in a person's place now or later. Raises NotFound, NotYours."""
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            require_own_or_in_sight(organisation, person, by)
            row = ProxyRow
            rows = session.scalars(
                sa.select(row)
                .where(row.employee_id == person, sa.or_(row.ends.is_(None), row.ends >= organisation.on))
                .order_by(row.starts, row.id)
            ).all()
            people = organisation.people(one.proxy_id for one in rows)
            return [
                ProxyInForce(people[one.proxy_id], one.process, one.authority, one.reason, one.starts, one.ends)
                for one in rows
            ]

    def colleagues(self, search: str, *, by: Actor, limit: int = 20) -> Sequence[Person]:
        """Employees by name, NIP or post, for whoever names a proxy. Raises NotYours for who is no employee."""
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            if organisation.person(by.person) is None:
                demand(by, "personnel")
            if len(search.strip()) < SHORTEST_SEARCH:
                return []
            return listings.employees(organisation, by=SYSTEM, search=search, limit=limit).items

    def colleague(self, employee: str, *, by: Actor) -> Sequence[Person]:
        """The employee who was chosen among colleagues, if there is one. Raises NotYours."""
        with self._storage.reading() as session:
            organisation = Organisation(session.connection(), self._storage.today())
            if organisation.person(by.person) is None:
                demand(by, "personnel")
            found = organisation.person(employee)
            return [found] if found is not None else []

    def _turns(self, change: Change, today: date) -> Sequence[tuple[str, datetime | None]]:
        """When open tasks go along: with the change, and back when it ends; None: at once."""
        begins = self._storage.morning(change.starts) if change.starts > today else None
        if change.ends is None:
            return [("", begins)]
        return [("", begins), (" (berakhir)", self._storage.morning(change.ends + timedelta(days=1)))]

    def _make(self, session: Session, change: Change, by: Actor) -> tuple[frozenset[str], Sequence[Person]]:
        """Judge and write a change; gives whom it concerns, and who holds no post any more."""
        today = self._storage.today()
        connection = session.connection()
        before = Organisation(connection, today)
        change.judge(before, by)
        if change.starts > today + timedelta(days=AHEAD):
            raise FormInvalid({"starts": "Tanggal mulainya terlalu jauh di depan."})
        concerned = change.concerns(before)
        held = before.people(concerned)
        change.write(session)
        session.flush()
        after = Organisation(connection, max(change.starts, today))
        change.confirm(after, self._people)
        gone = [one for one in after.people(concerned).values() if one.post is None and held[one.id].post is not None]
        return concerned | change.concerns(after), gone


def message_of(connection: sa.Connection, change: Change, today: date, by: Actor) -> Message | None:
    """What the case of the person is told on the day of a change; None: nothing, or there is no year that it is about."""
    if isinstance(change, Leaving):
        return change.message(connection, today)
    if not isinstance(change, StudyBegins | LongLeave | Reorganised | UnitMoved):
        return None
    cycle = open_cycle(connection, change.starts)
    return Message(change.event, year_key(cycle.id, change.employee), change.change(by)) if cycle else None


def _appraiser(organisation: Organisation, people: People, employee: str) -> str | None:
    found = people.appraiser(organisation, employee)
    return found.id if found is not None else None
