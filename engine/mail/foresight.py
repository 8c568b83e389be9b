"""Every letter of the next weeks, before it is sent: to whom, when, what. One order at a time, carried out as bulk work."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from engine.errors import Refused, StepFailed
from engine.mail import wording
from engine.mail.hours import Hours
from engine.runtime import access
from engine.runtime.batches import Batch, Batches
from engine.runtime.foreseeing import foresee, taken_back
from engine.runtime.models import BatchRow, CaseRow, ForeseenLetterRow
from engine.runtime.outbox import Effect
from engine.runtime.resources import Resources
from engine.runtime.values import Actor, CaseStatus, Json, Page

KIND = "foresee_letters"
ROLES = frozenset({"process_owner", "operator"})
READERS = ROLES | {"auditor"}
LONGEST = 60  # days
WITHOUT_CASE = "tanpa perkara"  # the item of what is told beside the cases

Beside = Callable[[sa.Connection, datetime], Iterable[tuple[datetime, Effect]]]  # until a moment, as `foresee` gives


@dataclass(frozen=True)
class ForeseenLetter:
    """A letter that will be sent if nobody does anything until then."""

    leaves_at: datetime
    person: str
    name: str
    case_id: UUID | None
    subject: str
    sentence: str


@dataclass(frozen=True)
class Reader:
    """Someone who will get letters, and how many."""

    person: str
    name: str
    letters: int


class Foresight:
    """Orders and reads the plan of letters."""

    def __init__(self, resources: Resources, batches: Batches, hours: Callable[[], Hours], beside: Beside) -> None:
        self._resources, self._batches, self._hours, self._beside = resources, batches, hours, beside
        batches.register(KIND, self._foresee, ROLES)

    def start(self, days: int, *, by: Actor) -> UUID:
        """Order the plan of some days for all cases that run; the plan before it goes.

        Raises:
            Refused: not between 1 and 60 days, one is being made, or no case runs.
        """
        access.require_role(by, *ROLES)
        if not 1 <= days <= LONGEST:
            raise Refused(f"Pilih 1 sampai {LONGEST} hari.")
        if (last := self.latest(by=by)) is not None and last.waiting and last.status == "running":
            raise Refused("Rencana surat sedang disusun; tunggu sampai selesai.")
        until = self._resources.clock.now() + timedelta(days=days)
        self._resources.write(lambda connection: connection.execute(sa.delete(ForeseenLetterRow)))
        with self._resources.reading() as connection:
            running = sa.select(CaseRow.id).where(CaseRow.status == CaseStatus.ACTIVE).order_by(CaseRow.id)
            cases = [str(case) for case in connection.scalars(running)]
        if not cases:
            raise Refused("Tidak ada perkara yang berjalan.")
        title = f"Rencana surat {days} hari"
        return self._batches.start(KIND, title, [WITHOUT_CASE, *cases], {"until": until.isoformat()}, by=by)

    def latest(self, *, by: Actor) -> Batch | None:
        """The order whose plan is kept; None when there is none yet."""
        access.require_role(by, *READERS)
        newest = sa.select(BatchRow.id).where(BatchRow.kind == KIND).order_by(BatchRow.created_at.desc()).limit(1)
        with self._resources.reading() as connection:
            id = connection.scalar(newest)
        return self._batches.view(id, by=by) if id is not None else None

    def by_day(self, *, by: Actor) -> Mapping[str, int]:
        """How many letters leave on each local day that has any, in order; days as ISO text."""
        access.require_role(by, *READERS)
        counts: dict[str, int] = {}
        with self._resources.reading() as connection:
            moments = sa.select(ForeseenLetterRow.leaves_at, sa.func.count()).group_by(ForeseenLetterRow.leaves_at)
            for at, count in connection.execute(moments.order_by(ForeseenLetterRow.leaves_at)):
                day = at.astimezone(self._resources.zone).date().isoformat()
                counts[day] = counts.get(day, 0) + count
        return counts

    def readers(self, *, by: Actor, search: str = "", limit: int = 50, offset: int = 0) -> Page[Reader]:
        """Who gets letters, by name."""
        access.require_role(by, *READERS)
        table = ForeseenLetterRow
        query = sa.select(table.person, table.name, sa.func.count()).group_by(table.person, table.name)
        if search:
            query = query.where(table.name.icontains(search, autoescape=True))
        with self._resources.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
            rows = connection.execute(query.order_by(table.name, table.person).limit(limit).offset(offset))
            return Page([Reader(*row) for row in rows], total, offset, limit)

    def letters(self, person: str, *, by: Actor, limit: int = 50, offset: int = 0) -> Page[ForeseenLetter]:
        """One person's letters in the order in which they leave."""
        access.require_role(by, *READERS)
        table, mine = ForeseenLetterRow, ForeseenLetterRow.person == person
        columns = (table.leaves_at, table.person, table.name, table.case_id, table.subject, table.sentence)
        with self._resources.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(table).where(mine)) or 0
            query = sa.select(*columns).where(mine).order_by(table.leaves_at, table.id).limit(limit).offset(offset)
            return Page([ForeseenLetter(*row) for row in connection.execute(query)], total, offset, limit)

    def _foresee(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        """Keep the letters of one case, or of what is told beside the cases."""
        until, hours = datetime.fromisoformat(payload["until"]), self._hours()
        case_id = UUID(item) if item != WITHOUT_CASE else None
        rows: list[dict[str, Json]] = []
        failure = ""
        with taken_back(connection):
            notices = (
                self._beside(connection, until)
                if case_id is None
                else foresee(self._resources, connection, case_id, until)
            )
            try:
                for at, notice in notices:
                    rows += self._letters(connection, notice, at, until, hours)
            except StepFailed as error:
                failure = f" Lalu perkara ini akan terhenti: {error}"
        if rows:
            connection.execute(sa.insert(ForeseenLetterRow), rows)
        return f"{len(rows)} surat.{failure}"

    def _letters(
        self, connection: sa.Connection, notice: Effect, at: datetime, until: datetime, hours: Hours
    ) -> Iterable[dict[str, Json]]:
        """A notice's letters that leave until then, as rows of the plan."""
        for to, text in wording.letters(self._resources, connection, notice, at):
            leaves = hours.next(at, self._resources.zone_named(text["zone"]))
            if leaves <= until:
                yield _row(notice.case_id, leaves, to.person, text)


def _row(case_id: UUID | None, leaves: datetime, person: str, text: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "leaves_at": leaves,
        "person": person,
        "name": text["name"],
        "case_id": case_id,
        "subject": text["subject"],
        "sentence": text["sentence"],
    }
