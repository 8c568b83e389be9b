"""Changes of dates: proposed by personnel, looked at case by case, then carried out or dropped. One at a time.

The preview is the change itself, taken back; both are bulk work, since an agency has thousands of cases.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import holidays
from engine.cycle.access import demand, demand_agency, tree
from engine.cycle.dates import days, windows
from engine.cycle.dates.reckoning import CalendarRules
from engine.cycle.dates.windows import Reopening
from engine.cycle.models import ChangeStatus, DateChangeRow, DateMoveRow
from engine.cycle.organisation import Organisation
from engine.cycle.storage import Storage
from engine.errors import NotFound, Refused
from engine.runtime import redating
from engine.runtime.batches import Batch, Batches, BatchStatus, Skipped
from engine.runtime.definitions import defined
from engine.runtime.foreseeing import taken_back
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.reading import visits
from engine.runtime.reasons import require_reason
from engine.runtime.redating import Rules, WayBack
from engine.runtime.resources import Resources
from engine.runtime.values import LIVE, Actor, Json, Page, TaskStatus

CALENDAR, WINDOW = "calendar", "window"  # kinds of changes
SIGNAL = "JENDELA_DIBUKA_ULANG"  # told to diagrams that wait for it, with the Reopening
PREVIEW, CARRY_OUT = "preview_dates", "move_dates"  # kinds of bulk work; items are ids of cases
ROLES = frozenset({"personnel"})
READERS = ("personnel", "auditor")
TITLES = {CALENDAR: "Kalender kerja", WINDOW: "Jendela dibuka kembali"}
UNSETTLED = (BatchStatus.RUNNING, BatchStatus.PAUSED)


Broadcast = Callable[[str, Mapping[str, Json], Actor], object]  # signal, payload, by


@dataclass(frozen=True)
class DateChange:
    """A change with its maker, its reason and what became of it; the bulk work that looks, and that moves."""

    id: UUID
    kind: str
    words: Mapping[str, Json]
    reason: str
    status: str
    made_by: str
    made_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    preview: Batch | None
    work: Batch | None

    @property
    def seen(self) -> bool:
        """Whether all cases were looked at."""
        return self.preview is None or self.preview.status == BatchStatus.DONE

    @property
    def unfinished(self) -> bool:
        """Carried out on paper, but its work was never ordered: the process ended between the two."""
        return self.status == ChangeStatus.CARRIED_OUT and self.preview is not None and self.work is None


@dataclass(frozen=True)
class DateMove:
    """A task or drawn timer that would move."""

    case_id: UUID
    unit: str
    subject_name: str
    kind: str  # "task" | "timer" | "back": a task that goes back to its person
    name: str
    due_before: datetime
    due_at: datetime


@dataclass(frozen=True)
class UnitMoves:
    """How much would move in one unit."""

    unit: str
    people: int
    moves: int


class Dates:
    """The verbs of personnel on the dates of all cases."""

    def __init__(self, resources: Resources, batches: Batches, storage: Storage, broadcast: Broadcast) -> None:
        self._resources, self._batches, self._storage, self._broadcast = resources, batches, storage, broadcast
        batches.register(PREVIEW, self._preview, ROLES)
        batches.register(CARRY_OUT, self._carry_out, ROLES)

    # proposing

    def change_days(self, text: str, removed: Sequence[date], *, reason: str, by: Actor) -> UUID:
        """Put a list of days off into the calendar and take days out; gives the change's id.

        What moves no working day is written at once. Anything else waits until it was seen whom it touches.

        Raises:
            NotYours: only personnel of the whole agency.
            FormInvalid: the list cannot be read, or nothing would change.
            Refused: no reason, or another change is not settled yet.
        """
        words = require_reason(reason)
        with self._storage.writing() as session:
            self._demand(session, by)
            self._require_free(session, by)
            change = days.asked(session, text, removed)
            row = self._new(session, CALENDAR, change.to_json(), words, by)
            known = holidays.days_off(session.connection())
            if not change.moves_work(known):
                change.write(session)
                self._settle(row, ChangeStatus.CARRIED_OUT, by)
                return row.id
            payload = _payload(row.id, words, known, change.on(known))
            cases = _live(session)
        return self._look(row.id, cases, payload, by)

    def reopen(self, asked: Reopening, *, reason: str, by: Actor) -> UUID:
        """Let a window of the year end later for a unit or a person, once it was seen whom it touches.

        Raises:
            NotYours: only personnel of the whole agency.
            FormInvalid: no such window or person, or a day that has passed.
            Refused: no reason, or another change is not settled yet.
        """
        words = require_reason(reason)
        with self._storage.writing() as session:
            self._demand(session, by)
            self._require_free(session, by)
            windows.check(session.connection(), asked, self._storage.today())
            row = self._new(session, WINDOW, asked.to_json(), words, by)
            cases = asked.cases(session.connection())
        return self._look(row.id, cases, {"change": str(row.id), "reason": words, "window": row.words}, by)

    def carry_out(self, id: UUID, *, by: Actor) -> None:
        """Let a change that was seen hold from now on, and order the work that moves what follows from it.

        Raises:
            NotYours, NotFound
            Refused: it is settled, or not all cases were looked at yet.
        """
        with self._storage.writing() as session:
            self._demand(session, by)
            row = self._row(session, id)
            if not self._to_change(row, by).unfinished:
                self._require_seen(row, by)
                self._write(session, row)
                self._settle(row, ChangeStatus.CARRIED_OUT, by)
            payload, cases = dict(self._payload_of(row, by)), _meant(session, row)
        work = self._batches.start(CARRY_OUT, TITLES[row.kind], cases, payload, by=by) if cases else None
        with self._storage.writing() as session:
            self._row(session, id).carried_out_in = work
        if row.kind == WINDOW:
            self._broadcast(SIGNAL, row.words, by)

    def drop(self, id: UUID, *, by: Actor) -> None:
        """Give a change up; it stays in the record. Raises NotYours, NotFound, Refused when it is settled."""
        with self._storage.writing() as session:
            self._demand(session, by)
            row = self._row(session, id)
            if row.status != ChangeStatus.PREVIEWED:
                raise Refused("Perubahan ini sudah selesai.")
            preview = self._batch(row.previewed_in, by)
            self._settle(row, ChangeStatus.DROPPED, by)
            session.execute(sa.delete(DateMoveRow).where(DateMoveRow.change_id == id))
        if preview is not None and preview.status in (BatchStatus.RUNNING, BatchStatus.PAUSED):
            self._batches.cancel(preview.id, by=by)

    # reading

    def changes(self, *, by: Actor, limit: int = 20, offset: int = 0) -> Page[DateChange]:
        """The record of changes, the newest first."""
        demand(by, *READERS)
        with self._storage.reading() as session:
            total = session.scalar(sa.select(sa.func.count()).select_from(DateChangeRow)) or 0
            query = sa.select(DateChangeRow).order_by(DateChangeRow.made_at.desc(), DateChangeRow.id)
            rows = session.scalars(query.limit(limit).offset(offset))
            return Page([self._to_change(row, by) for row in rows], total, offset, limit)

    def change(self, id: UUID, *, by: Actor) -> DateChange:
        """One change; raises NotFound."""
        demand(by, *READERS)
        with self._storage.reading() as session:
            return self._to_change(self._row(session, id), by)

    def units(self, id: UUID, *, by: Actor) -> Sequence[UnitMoves]:
        """How much the preview has found in each unit that it touches."""
        demand(by, *READERS)
        table = DateMoveRow
        counts = sa.select(table.unit_id, sa.func.count(sa.distinct(table.case_id)), sa.func.count())
        with self._storage.reading() as session:
            rows = session.execute(counts.where(table.change_id == id).group_by(table.unit_id).order_by(table.unit_id))
            return [UnitMoves(*row) for row in rows]

    def moves(
        self, id: UUID, *, by: Actor, unit: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[DateMove]:
        """What the preview has found, by unit and name; of one unit with all below it, if named."""
        demand(by, *READERS)
        table = DateMoveRow
        columns = (
            table.case_id,
            table.unit_id,
            table.subject_name,
            table.kind,
            table.name,
            table.due_before,
            table.due_at,
        )
        with self._storage.reading() as session:
            query = sa.select(*columns).where(table.change_id == id)
            if unit is not None:
                query = query.where(table.unit_id.in_(tree(session.connection(), [unit])))
            total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
            order = query.order_by(table.unit_id, table.subject_name, table.id).limit(limit).offset(offset)
            return Page([DateMove(*row) for row in session.execute(order)], total, offset, limit)

    # bulk work

    def _preview(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        """Note what would move in one case."""
        case_id, change_id = UUID(item), UUID(payload["change"])
        with taken_back(connection):
            found = self._moved(connection, case_id, payload, by)
        if not found:
            raise Skipped("Tidak ada yang bergeser.")
        case = connection.execute(sa.select(CaseRow.unit, CaseRow.subject_name).where(CaseRow.id == case_id)).one()
        whose = {"change_id": change_id, "case_id": case_id, "unit_id": case.unit, "subject_name": case.subject_name}
        connection.execute(sa.insert(DateMoveRow), [{**whose, **move} for move in found])
        return f"{len(found)} bergeser."

    def _carry_out(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        """Move what follows from the change in one case."""
        found = self._moved(connection, UUID(item), payload, by)
        if not found:
            raise Skipped("Tidak ada yang bergeser.")
        return f"{len(found)} digeser."

    def _moved(
        self, connection: sa.Connection, case_id: UUID, payload: Mapping[str, Json], by: Actor
    ) -> Sequence[Mapping[str, Json]]:
        """Move one case's dates, and send back what goes back; gives rows for the preview."""
        rules, reason = self._rules(connection, payload), payload["reason"]
        told = {"change": payload["change"]}
        found = redating.redate(self._resources, connection, case_id, rules, reason=reason, by=by, told=told)
        moves: list[Mapping[str, Json]] = [
            {"kind": move.kind, "name": move.name, "due_before": move.before, "due_at": move.after}
            for move in found.moves
        ]
        if payload.get("window", {}).get("send_back"):
            moves += self._sent_back(connection, case_id, reason, by)
        return moves

    def _sent_back(
        self, connection: sa.Connection, case_id: UUID, reason: str, by: Actor
    ) -> Sequence[Mapping[str, Json]]:
        """Give the SKP back to its person where the team has drafted or set it."""
        done = visits(connection, case_id)
        open_ = (
            TaskRow.case_id == case_id,
            defined(TaskDefinitionRow.element == windows.DRAFT),
            TaskRow.status == TaskStatus.OPEN,
        )
        if not windows.LAPSED & done.keys() or connection.scalar(sa.select(TaskRow.id).where(*open_)) is not None:
            return ()
        back = WayBack(windows.DRAFT_AGAIN, patch=dict.fromkeys(windows.JUDGED))
        opened = redating.send_back(self._resources, connection, case_id, lambda step: back, reason=reason, by=by)
        now = self._storage.now()
        return [
            {"kind": "back", "name": row["name"], "due_before": now, "due_at": row["due_at"] or now} for row in opened
        ]

    def _rules(self, connection: sa.Connection, payload: Mapping[str, Json]) -> Rules:
        if "window" in payload:
            return Reopening.of(payload["window"]).rules(connection, self._resources.zone)
        before, after = (frozenset(map(date.fromisoformat, payload[when])) for when in ("before", "after"))
        return CalendarRules(connection, self._resources.zone, before, after).rules()

    # how

    def _demand(self, session: Session, by: Actor) -> None:
        demand_agency(Organisation(session.connection(), self._storage.today()), by)

    def _require_free(self, session: Session, by: Actor) -> None:
        """One change at a time: the next one is reckoned from what the last has left."""
        rows = session.scalars(sa.select(DateChangeRow).order_by(DateChangeRow.made_at.desc()).limit(1))
        for change in map(partial(self._to_change, by=by), rows):
            if change.status == ChangeStatus.PREVIEWED:
                raise Refused("Ada perubahan yang belum dijalankan; jalankan atau batalkan dahulu.")
            if change.unfinished or (change.work is not None and change.work.status in UNSETTLED):
                raise Refused("Perubahan sebelumnya masih dijalankan; tunggu sampai selesai.")

    def _require_seen(self, row: DateChangeRow, by: Actor) -> None:
        if row.status != ChangeStatus.PREVIEWED:
            raise Refused("Perubahan ini sudah selesai.")
        if not self._to_change(row, by).seen:
            raise Refused("Belum semua perkara dilihat; tunggu sampai pratinjaunya selesai.")

    def _new(self, session: Session, kind: str, words: Mapping[str, Json], reason: str, by: Actor) -> DateChangeRow:
        row = DateChangeRow(
            kind=kind,
            words=dict(words),
            reason=reason,
            status=ChangeStatus.PREVIEWED,
            made_by=by.person,
            made_at=self._storage.now(),
        )
        session.add(row)
        session.flush()
        return row

    def _look(self, id: UUID, cases: Sequence[str], payload: Mapping[str, Json], by: Actor) -> UUID:
        """Order the preview; where no case runs there is nothing to look at."""
        work = self._batches.start(PREVIEW, "Pratinjau", cases, payload, by=by) if cases else None
        with self._storage.writing() as session:
            row = self._row(session, id)
            row.previewed_in = work
            if work is None:
                self._write(session, row)
                self._settle(row, ChangeStatus.CARRIED_OUT, by)
        return id

    def _settle(self, row: DateChangeRow, status: ChangeStatus, by: Actor) -> None:
        row.status, row.settled_by, row.settled_at = status, by.person, self._storage.now()

    def _write(self, session: Session, row: DateChangeRow) -> None:
        """Let the calendar say what the change says; a window stands in the cases alone."""
        if row.kind == CALENDAR:
            days.DayChange.of(row.words).write(session)

    def _payload_of(self, row: DateChangeRow, by: Actor) -> Mapping[str, Json]:
        """What the preview was told: the work is told the same."""
        preview = self._batch(row.previewed_in, by)
        if preview is None:
            raise Refused("Pratinjau perubahan ini tidak ada; batalkan lalu buat lagi.")
        return preview.payload

    def _batch(self, id: UUID | None, by: Actor) -> Batch | None:
        return self._batches.view(id, by=by) if id is not None else None

    def _row(self, session: Session, id: UUID) -> DateChangeRow:
        row = session.get(DateChangeRow, id)
        if row is None:
            raise NotFound("Perubahan ini tidak ada.")
        return row

    def _to_change(self, row: DateChangeRow, by: Actor) -> DateChange:
        return DateChange(
            row.id,
            row.kind,
            row.words,
            row.reason,
            row.status.value,
            row.made_by,
            row.made_at,
            row.settled_by,
            row.settled_at,
            self._batch(row.previewed_in, by),
            self._batch(row.carried_out_in, by),
        )


def _meant(session: Session, row: DateChangeRow) -> list[str]:
    """The cases that a change is for, as they run now."""
    return Reopening.of(row.words).cases(session.connection()) if row.kind == WINDOW else _live(session)


def _live(session: Session) -> list[str]:
    running = sa.select(CaseRow.id).where(CaseRow.status.in_(LIVE)).order_by(CaseRow.unit, CaseRow.id)
    return [str(case) for case in session.scalars(running)]


def _payload(id: UUID, reason: str, before: frozenset[date], after: frozenset[date]) -> dict[str, Json]:
    texts = {name: sorted(day.isoformat() for day in found) for name, found in (("before", before), ("after", after))}
    return {"change": str(id), "reason": reason, **texts}
