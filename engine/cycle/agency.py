"""What personnel keep beside the imports: parameters, days off, letters for acting officials, work pools, unit grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.models import (
    ActingKind,
    ActingRow,
    EmployeeRow,
    GroupMemberRow,
    HolidayRow,
    ParameterRow,
    PostRow,
    UnitRow,
)
from engine.cycle.parameters import known_key
from engine.errors import FormInvalid, NotFound
from engine.runtime.values import Json


@dataclass(frozen=True)
class Holiday:
    """A day off."""

    day: date
    name: str
    joint_leave: bool


@dataclass(frozen=True)
class SetParameter:
    """A value that someone has set, for the agency (`unit` None) or a unit."""

    key: str
    unit: str | None
    value: Json
    note: str
    starts: date
    ends: date | None
    set_by: str


def holidays(session: Session, year: int) -> Sequence[Holiday]:
    """The days off of a year, in order."""
    rows = session.scalars(
        sa.select(HolidayRow)
        .where(HolidayRow.day >= date(year, 1, 1), HolidayRow.day <= date(year, 12, 31))
        .order_by(HolidayRow.day)
    )
    return [Holiday(row.day, row.name, row.joint_leave) for row in rows]


def set_holiday(session: Session, day: date, name: str, *, joint_leave: bool = False) -> None:
    """Make a day a day off, or rename one."""
    if not name.strip():
        raise FormInvalid({"name": "Tulis nama hari libur ini."})
    session.merge(HolidayRow(day=day, name=name.strip(), joint_leave=joint_leave))


def remove_holiday(session: Session, day: date) -> None:
    """Make a day a working day again."""
    session.execute(sa.delete(HolidayRow).where(HolidayRow.day == day))


def set_parameter(
    session: Session, key: str, value: Json, *, starts: date, unit: str | None, note: str, by: str, now: datetime
) -> None:
    """Let a value be in force from a day on; what was in force until then ends the day before.

    Raises:
        Refused: nothing reads such a key.  NotFound: no such unit.
    """
    known_key(key)
    if unit is not None:
        require_unit(session, unit)
    same = (ParameterRow.key == key, ParameterRow.unit_id.is_(None) if unit is None else ParameterRow.unit_id == unit)
    session.execute(sa.delete(ParameterRow).where(*same, ParameterRow.starts >= starts))
    open_end = sa.or_(ParameterRow.ends.is_(None), ParameterRow.ends >= starts)
    session.execute(sa.update(ParameterRow).where(*same, open_end).values(ends=starts - timedelta(days=1)))
    session.add(
        ParameterRow(key=key, unit_id=unit, value=value, note=note, starts=starts, ends=None, set_by=by, set_at=now)
    )


def parameters_set(session: Session) -> Sequence[SetParameter]:
    """What was ever set, by key, the newest first."""
    rows = session.scalars(
        sa.select(ParameterRow).order_by(ParameterRow.key, ParameterRow.starts.desc(), ParameterRow.id)
    )
    return [SetParameter(row.key, row.unit_id, row.value, row.note, row.starts, row.ends, row.set_by) for row in rows]


def appoint_acting(
    session: Session,
    unit: str,
    employee: str,
    kind: ActingKind,
    *,
    letter: str,
    includes_appraisal: bool,
    starts: date,
    ends: date | None,
) -> None:
    """Let someone act in the post that leads a unit.

    Raises:
        NotFound: no such unit, employee, or leading post.  FormInvalid: no letter, or an end before the start.
    """
    if not letter.strip():
        raise FormInvalid({"letter": "Tulis nomor surat perintahnya."})
    if ends is not None and ends < starts:
        raise FormInvalid({"ends": "Tanggal selesai mendahului tanggal mulai."})
    post = session.scalar(sa.select(PostRow.id).where(PostRow.unit_id == unit, PostRow.heads_unit).limit(1))
    if post is None or session.get(EmployeeRow, employee) is None:
        raise NotFound("Unit ini tidak mempunyai jabatan pimpinan, atau pegawai itu tidak ada.")
    session.add(
        ActingRow(
            post_id=post,
            employee_id=employee,
            kind=kind,
            letter=letter.strip(),
            includes_appraisal=includes_appraisal,
            starts=starts,
            ends=ends,
        )
    )


def join_group(session: Session, group: str, person: str, *, starts: date, ends: date | None = None) -> None:
    """Put a person into a work pool; being in it already is enough."""
    same = (GroupMemberRow.group == group, GroupMemberRow.person == person)
    there = session.scalar(
        sa.select(GroupMemberRow.id).where(*same, sa.or_(GroupMemberRow.ends.is_(None), GroupMemberRow.ends >= starts))
    )
    if there is None:
        session.add(GroupMemberRow(group=group, person=person, starts=starts, ends=ends))


def leave_group(session: Session, group: str, person: str, *, last_day: date) -> None:
    """End a person's time in a work pool."""
    same = (GroupMemberRow.group == group, GroupMemberRow.person == person)
    session.execute(sa.delete(GroupMemberRow).where(*same, GroupMemberRow.starts > last_day))
    session.execute(sa.update(GroupMemberRow).where(*same, GroupMemberRow.ends.is_(None)).values(ends=last_day))


def require_unit(session: Session, unit: str) -> None:
    """Raises NotFound for a unit that is none."""
    if session.get(UnitRow, unit) is None:
        raise NotFound(f"Unit {unit} tidak ada.")
