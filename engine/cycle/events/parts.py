"""A year in parts: one ends where a person takes up another post, and the next begins, each with a case of its own (ADR 30).

Source: DOMAIN 1.4 (MUTASI_PEGAWAI, study leave ends), 9.2 (mutasi.agregasi).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.events.models import YearPartRow
from engine.cycle.models import CycleRow, CycleStatus, SkpVersionRow
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.starting import PROCESS, CaseStarter, OpenYear, year_key
from engine.cycle.storage import Storage
from engine.feel.temporal import add_months
from engine.runtime.announcing import Announcements
from engine.runtime.batches import Batches, Skipped
from engine.runtime.models import CaseRow
from engine.runtime.values import LIVE, Actor, Json

BEGIN = "begin_part"  # kind of bulk work; items are employees, the payload "message" and "starts"
DAY = timedelta(days=1)
SOME = 500


@dataclass(frozen=True)
class RunningCase:
    """A case that keeps a person's year, or the part of it that runs."""

    id: UUID
    business_key: str
    subject: str
    unit: str


class Parts:
    """Ends the running part of people's years and begins the next, both in one transaction, on the day itself."""

    def __init__(self, storage: Storage, batches: Batches, announcements: Announcements, people: People) -> None:
        self._storage, self._batches, self._people = storage, batches, people
        self._announcements = announcements
        batches.register(BEGIN, self._handle, frozenset({"personnel"}))

    def order(
        self, connection: sa.Connection, employees: Sequence[str], message: str, starts: date, *, title: str, by: Actor
    ) -> UUID:
        """Order that a part of these people's years begins on a day, and that the running one is told by a message."""
        today = self._storage.today()
        begins = self._storage.morning(starts) if starts > today else None
        payload = {"message": message, "starts": starts.isoformat()}
        return self._batches.note(connection, BEGIN, title, employees, payload, by=by, not_before=begins)

    def _handle(self, connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        starts = date.fromisoformat(payload["starts"])
        cycle = open_cycle(connection, starts)
        if cycle is None:
            raise Skipped(f"Tidak ada siklus yang terbuka pada {starts}.")
        starter = CaseStarter(connection, self._people, cycle, self._storage.now(), str(self._storage.zone))
        request = starter.request(item, since=starts)
        old = running_case(connection, item, cycle.id)
        if old is None:
            raise Skipped(f"{request.subject_name} tidak mempunyai perkara yang berjalan pada {cycle.id}.")
        if old.business_key == request.business_key:
            raise Skipped(f"Bagian tahun {request.subject_name} sejak {starts} sudah dibuka.")
        last = starts - DAY
        before = Organisation(connection, last)
        person = before.person(item)
        what = {
            "tanggal": last.isoformat(),
            "unit": person.unit_name if person else None,
            "dinilai": is_evaluated(before, old, cycle, starts),
        }
        case = self._announcements.succeed(connection, old.id, payload["message"], what, request, by=by)
        _close(connection, old, cycle, before, last)
        row = {"case_id": case, "cycle_id": cycle.id, "subject": item, "unit_id": request.unit, "starts": starts}
        connection.execute(sa.insert(YearPartRow).values(row))
        return f"{request.subject_name}: SKP sampai {last:%d-%m-%Y} ditutup, SKP baru dibuka."


def open_cycle(connection: sa.Connection, day: date) -> OpenYear | None:
    """The year of a day, while cases may be opened in it."""
    row = CycleRow
    query = sa.select(row.id, row.year, row.regime, row.starts, row.ends)
    found = connection.execute(
        query.where(row.starts <= day, row.ends >= day, row.status == CycleStatus.OPEN)
    ).one_or_none()
    return OpenYear(*found) if found is not None else None


def is_evaluated(before: Organisation, case: RunningCase, cycle: OpenYear, ends: date) -> bool:
    """Whether a part that ends is evaluated: an SKP was set, and a month was served in it (DOMAIN 1.4 PD)."""
    months = before.parameters(case.unit).number("perilaku.minimum_bulan")
    if ends < add_months(_first_day(before, case, cycle), months):
        return False
    planned = sa.select(SkpVersionRow.id).where(SkpVersionRow.case_id == case.id).limit(1)
    return before.connection.scalar(planned) is not None


def running_case(connection: sa.Connection, subject: str, cycle: str) -> RunningCase | None:
    """The case that keeps a person's year now; the newest, while the one of an earlier part is still evaluated."""
    query = sa.select(CaseRow.id, CaseRow.business_key, CaseRow.subject, CaseRow.unit).where(
        CaseRow.subject == subject, CaseRow.cycle == cycle, CaseRow.process == PROCESS, CaseRow.status.in_(LIVE)
    )
    found = connection.execute(query.order_by(CaseRow.opened_at.desc(), CaseRow.business_key.desc()).limit(1)).first()
    return RunningCase(*found) if found is not None else None


def running_keys(connection: sa.Connection, subjects: Sequence[str], cycle: str) -> Mapping[str, str]:
    """The business keys of the cases that keep people's years now; of those that are to come, while there are none."""
    keys = {subject: year_key(cycle, subject) for subject in subjects}
    running = sa.select(CaseRow.subject, CaseRow.business_key).where(
        CaseRow.cycle == cycle, CaseRow.process == PROCESS, CaseRow.status.in_(LIVE)
    )
    for start in range(0, len(subjects), SOME):
        some = running.where(CaseRow.subject.in_(subjects[start : start + SOME]))
        keys |= dict(
            connection.execute(some.order_by(CaseRow.opened_at, CaseRow.business_key)).all()
        )  # the newest wins
    return keys


def _first_day(before: Organisation, case: RunningCase, cycle: OpenYear) -> date:
    """On which day the part of a case began: its own, else that of the year or of the person's service."""
    known = before.connection.scalar(sa.select(YearPartRow.starts).where(YearPartRow.case_id == case.id))
    person = before.person(case.subject)
    return known or max(cycle.starts, person.starts if person else cycle.starts)


def _close(connection: sa.Connection, case: RunningCase, cycle: OpenYear, before: Organisation, last: date) -> None:
    """Note the last day of a part; of a year that was not divided yet, its first part."""
    row = YearPartRow
    known = connection.execute(sa.update(row).where(row.case_id == case.id).values(ends=last)).rowcount
    if not known:
        starts = min(_first_day(before, case, cycle), last)
        part = {"case_id": case.id, "cycle_id": cycle.id, "subject": case.subject, "unit_id": case.unit}
        connection.execute(sa.insert(row).values(**part, starts=starts, ends=last))
