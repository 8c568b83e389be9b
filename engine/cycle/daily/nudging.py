"""A nudge for whoever has noted nothing for five working days (DOMAIN 2.6), once for each such gap."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.calendar import WorkCalendar
from engine.cycle.daily.models import DailyLineRow, DailyNudgeRow
from engine.cycle.daily.verbs import DAILY, keeps_daily
from engine.cycle.holidays import days_off
from engine.cycle.models import CycleRow, ParameterRow, SkpVersionRow
from engine.cycle.storage import Storage
from engine.db import insert_new, table_of
from engine.runtime.models import CaseRow, OutboxRow
from engine.runtime.outbox import queued
from engine.runtime.values import CaseStatus

WORKING_DAYS = 5
TEMPLATE, PLACE = "log_missing", "catatan"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """A case whose person has noted nothing since a day."""

    case: UUID
    person: str
    since: date


class Nudges:
    """Looks once a day, for a worker; who looks again finds noted whom it has told."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._looked: date | None = None

    def send_due(self) -> int:
        """Queue the letters of new gaps; gives how many."""
        today = self._storage.today()
        if self._looked == today:
            return 0
        self._looked = today
        with self._storage.reading() as session:
            gaps = list(_gaps(session.connection(), today, self._storage))
        if not gaps:
            return 0
        with self._storage.writing() as session:
            connection = session.connection()
            note = insert_new(connection, table_of(DailyNudgeRow)).returning(DailyNudgeRow.case_id)
            new = set(connection.scalars(note, [{"case_id": gap.case, "since": gap.since} for gap in gaps]))
            if new:
                connection.execute(sa.insert(OutboxRow), [self._letter(gap) for gap in gaps if gap.case in new])
            return len(new)

    def _letter(self, gap: Gap) -> dict[str, Any]:
        payload = {"template": TEMPLATE, "people": [gap.person], "place": PLACE}
        return queued(f"log/{gap.case}/{gap.since}", "mail", payload, self._storage.now(), gap.case)


def _gaps(connection: sa.Connection, today: date, storage: Storage) -> Iterator[Gap]:
    wanted = sa.select(ParameterRow.value).where(ParameterRow.key == "log.frekuensi")
    if DAILY not in connection.scalars(wanted).all():
        return
    calendar = WorkCalendar(days_off(connection), storage.zone)
    daily: dict[tuple[str, date], bool] = {}
    for row in connection.execute(_logs(today)):
        opened = calendar.local_day(row.opened_at)
        if (row.unit, opened) not in daily:
            daily[row.unit, opened] = keeps_daily(connection, row.unit, opened)
        since = max(filter(None, (row.noted, calendar.local_day(row.set_at))))
        if daily[row.unit, opened] and calendar.between(since, today - DAY) >= WORKING_DAYS:
            yield Gap(row.id, row.subject, since)


def _logs(today: date) -> sa.Select[*tuple[Any, ...]]:
    """Running cases of this year whose SKP is set, with the newest day that was noted."""
    noted = sa.select(sa.func.max(DailyLineRow.day)).where(
        DailyLineRow.person == CaseRow.subject, DailyLineRow.cycle_id == CaseRow.cycle
    )
    set_at = sa.select(sa.func.min(SkpVersionRow.set_at)).where(SkpVersionRow.case_id == CaseRow.id)
    found = (
        sa.select(CaseRow.id, CaseRow.subject, CaseRow.unit, CaseRow.opened_at)
        .add_columns(noted.scalar_subquery().label("noted"), set_at.scalar_subquery().label("set_at"))
        .join(CycleRow, CycleRow.id == CaseRow.cycle)
        .where(CaseRow.status == CaseStatus.ACTIVE, CycleRow.starts <= today, CycleRow.ends >= today)
    ).subquery()
    return sa.select(found).where(found.c.set_at.is_not(None))
