"""Verbs about the versions of an SKP: what each says otherwise than the one before, and how a change is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle import changing, skps
from engine.cycle.changing import Request, Requested
from engine.cycle.models import CycleRow, SkpResultRow, SkpVersionRow
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People
from engine.cycle.skp_differences import Difference, annex_differences, differences
from engine.cycle.storage import Storage
from engine.db import new_id
from engine.errors import EngineError, NotFound, Refused
from engine.runtime.access import require_readable
from engine.runtime.models import CaseRow
from engine.runtime.values import LIVE, Actor, Json

Content = tuple[Sequence[Mapping[str, Json]], Mapping[str, Json]]  # the rows of a version, and its annexes


@dataclass(frozen=True)
class SkpVersion:
    """A version that was set; `change` is None for the first, else what F23 tells of it."""

    number: int
    set_at: datetime
    by_team: bool
    effective: date | None
    change: Mapping[str, Json] | None
    differences: Sequence[Difference]  # from the version before


@dataclass(frozen=True)
class Versions:
    """The versions of a case's SKP, the newest first; `refusal` says why the actor cannot ask for a change now."""

    subject: str
    subject_name: str
    versions: Sequence[SkpVersion]
    refusal: str | None


class SkpChanges:
    """Changes of SKPs that were set."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage, self._people = storage, people

    def case_of(self, person: str, cycle: str) -> UUID | None:
        """The running case of a person's year; None where there is none."""
        row = CaseRow
        query = sa.select(row.id).where(row.subject == person, row.cycle == cycle, row.status.in_(LIVE))
        with self._storage.reading() as session:
            return session.scalar(query.order_by(row.opened_at.desc()).limit(1))

    def versions(self, case_id: UUID, *, by: Actor) -> Versions:
        """What was set for a case, in words. Raises NotFound for a case that is not the actor's to read."""
        with self._storage.reading() as session:
            connection = session.connection()
            require_readable(connection, case_id, by)
            case = _case(connection, case_id)
            try:
                self._require_may_ask(session, case, by)
            except EngineError as error:
                refusal: str | None = str(error)
            else:
                refusal = None
            return Versions(case.subject, case.subject_name, versions_of(connection, case_id), refusal)

    def ask(self, case_id: UUID, request: Request, *, by: Actor) -> None:
        """Ask for a change; the employee then drafts it, and the appraiser decides.

        Raises:
            NotYours: neither employee, appraiser nor performance team.
            Refused: no SKP is set, the last day has passed, or another change is under way.
            FormInvalid: by "reason", "text", "document", "effective".
        """
        with self._storage.writing() as session:
            connection = session.connection()
            connection.execute(sa.select(CaseRow.id).where(CaseRow.id == case_id).with_for_update())
            case = _case(connection, case_id)
            cycle = self._require_may_ask(session, case, by)
            changing.require_well_told(request, cycle)
            day = str(request.effective)
            name = by.name or by.person
            asked = Requested(request.reason, request.text.strip(), request.document.strip(), day, name)
            changing.ask(connection, f"{case_id}/{new_id()}", case.business_key, asked, self._storage.now())

    def _require_may_ask(self, session: Session, case: Any, by: Actor) -> CycleRow:
        connection = session.connection()
        organisation = Organisation(connection, self._storage.today())
        subject = organisation.person(case.subject)
        if subject is None:
            raise Refused("Pegawai ini sudah tidak bekerja di sini.")
        changing.require_may_ask(organisation, self._people, subject, by)
        cycle = session.get(CycleRow, case.cycle)
        if cycle is None:
            raise Refused("Perkara ini tidak termasuk tahun penilaian.")
        if case.status not in LIVE or skps.in_force(connection, case.id, organisation.on) is None:
            raise Refused("SKP belum ditetapkan; ubah konsepnya lewat tugas penyusunan.")
        changing.require_time(organisation, _unit(subject, case), cycle)
        changing.require_none_open(connection, case.id)
        return cycle


def _unit(subject: Person, case: Any) -> str:
    return subject.unit or str(case.unit)


def _case(connection: sa.Connection, case_id: UUID) -> Any:
    row = CaseRow
    columns = (row.id, row.business_key, row.subject, row.subject_name, row.unit, row.cycle, row.status)
    found = connection.execute(sa.select(*columns).where(row.id == case_id)).one_or_none()
    if found is None:
        raise NotFound("Perkara ini tidak ada, atau bukan untuk Anda.")
    return found


def versions_of(connection: sa.Connection, case_id: UUID) -> list[SkpVersion]:
    """The versions that were set for a case, the newest first."""
    row = SkpVersionRow
    columns = (row.id, row.version, row.set_at, row.by_team, row.effective, row.change, row.annexes)
    heads = connection.execute(sa.select(*columns).where(row.case_id == case_id).order_by(row.version)).all()
    contents = [skps.rows_of(connection, head.id) for head in heads]
    names = _names(connection, contents)
    found: list[SkpVersion] = []
    before: Content | None = None
    for head, rows in zip(heads, contents, strict=True):
        annexes = head.annexes or {}
        changed = _changes(before, (rows, annexes), names) if before is not None else ()
        version = SkpVersion(head.version, head.set_at, head.by_team, head.effective, head.change, changed)
        found.append(version)
        before = rows, annexes
    return list(reversed(found))


def _changes(before: Content, after: Content, names: Mapping[str, str]) -> Sequence[Difference]:
    return [*differences(before[0], after[0], names), *annex_differences(before[1], after[1])]


def _names(connection: sa.Connection, contents: Sequence[Sequence[Mapping[str, Json]]]) -> dict[str, str]:
    """The texts of the leaders' results that rows support."""
    ids = sorted({str(row["rhk_pimpinan"]) for rows in contents for row in rows if row.get("rhk_pimpinan")})
    query = sa.select(SkpResultRow.id, SkpResultRow.text).where(SkpResultRow.id.in_(ids))
    return {row.id: row.text for row in connection.execute(query)}
