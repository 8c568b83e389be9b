"""What a change would do to the case of the person whom it is about: told in words before it is carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from engine.cycle.events.absences import LongLeave, StudyBegins, StudyEnds, StudyValue
from engine.cycle.events.changes import Reorganised, Transfer, UnitMoved
from engine.cycle.events.leaving import Leaving
from engine.cycle.events.parts import is_evaluated, open_cycle, running_case
from engine.cycle.line_changes import Change
from engine.cycle.models import SkpVersionRow
from engine.cycle.organisation import Organisation, Person
from engine.cycle.people import People
from engine.runtime.inbox import TASKS_OF_CASES, to_task
from engine.runtime.models import SubscriptionRow, TaskRow
from engine.runtime.values import Task, TaskStatus

NO_CASE = "Tidak ada perkara yang berjalan pada tahun itu; hanya data pegawai yang berubah."


@dataclass(frozen=True)
class Consequences:
    """`closes`: open tasks that end with their case, drafts and all; `sentences`: what becomes of the case."""

    closes: Sequence[Task] = ()
    sentences: Sequence[str] = ()


def foreseen(connection: sa.Connection, change: Change, people: People, today: date) -> Consequences:
    """Asked when the change is written, before it is kept or taken back."""
    if isinstance(change, StudyBegins | LongLeave | Reorganised | UnitMoved):
        return _of_changed_skp(connection, change, people)
    if isinstance(change, Transfer | StudyEnds):
        return _of_new_part(connection, change, people)
    if isinstance(change, Leaving):
        return _of_leaving(connection, change, today)
    if isinstance(change, StudyValue):
        return Consequences(sentences=[change.title(Organisation(connection, today))])
    return Consequences()


def _of_new_part(connection: sa.Connection, change: Transfer | StudyEnds, people: People) -> Consequences:
    cycle = open_cycle(connection, change.starts)
    case = running_case(connection, change.employee, cycle.id) if cycle else None
    if cycle is None or case is None:
        return Consequences(sentences=[NO_CASE])
    last = change.starts - timedelta(days=1)
    before, after = Organisation(connection, last), Organisation(connection, change.starts)
    rater = people.superiors(before, change.employee).appraiser.person
    follows = people.superiors(after, change.employee).appraiser.person
    if is_evaluated(before, case, cycle, change.starts):
        ended = f"SKP lama ditutup pada {last:%d-%m-%Y} dan dinilai oleh {_name(rater)}."
    else:
        ended = (
            f"SKP lama ditutup pada {last:%d-%m-%Y} tanpa penilaian: SKP belum ditetapkan atau belum sebulan berjalan."
        )
    begins = f"SKP baru dibuka pada {change.starts:%d-%m-%Y} dengan pejabat penilai {_name(follows)}."
    return Consequences(_open_tasks(connection, case.id), [ended, begins, *_unheard(connection, case.id, change.event)])


def _of_changed_skp(
    connection: sa.Connection, change: StudyBegins | LongLeave | Reorganised | UnitMoved, people: People
) -> Consequences:
    cycle = open_cycle(connection, change.starts)
    case = running_case(connection, change.employee, cycle.id) if cycle else None
    if case is None:
        return Consequences(sentences=[NO_CASE])
    planned = sa.select(SkpVersionRow.id).where(SkpVersionRow.case_id == case.id).limit(1)
    if connection.scalar(planned) is None:
        return Consequences(sentences=["SKP belum ditetapkan; rencana disusun dengan memperhatikan peristiwa ini."])
    appraiser = people.superiors(Organisation(connection, change.starts), change.employee).appraiser.person
    stays = "" if isinstance(change, Reorganised | UnitMoved) else "pejabat penilai tetap: "
    asked = f"Pegawai diminta menyusun perubahan SKP mulai {change.starts:%d-%m-%Y}; {stays}{_name(appraiser)} menyetujuinya."
    return Consequences(sentences=[asked, *_unheard(connection, case.id, change.event)])


def _of_leaving(connection: sa.Connection, change: Leaving, today: date) -> Consequences:
    message = change.message(connection, today)
    cycle = open_cycle(connection, change.last_day)
    case = running_case(connection, change.employee, cycle.id) if cycle else None
    if message is None or case is None:
        return Consequences(sentences=[NO_CASE])
    how = "dinilai oleh pejabat penilai hari itu" if message.payload["dinilai"] else "tanpa predikat"
    ended = f"Siklus ditutup sesudah {change.last_day:%d-%m-%Y}, {how}."
    return Consequences(_open_tasks(connection, case.id), [ended, *_unheard(connection, case.id, message.name)])


def _open_tasks(connection: sa.Connection, case: UUID) -> Sequence[Task]:
    query = TASKS_OF_CASES.where(TaskRow.case_id == case)
    rows = connection.execute(
        query.where(TaskRow.status == TaskStatus.OPEN).order_by(TaskRow.opened_at, TaskRow.number)
    )
    return [to_task(row) for row in rows.mappings()]


def _unheard(connection: sa.Connection, case: UUID, message: str) -> Sequence[str]:
    """A warning about a case on a diagram that does not know what happens."""
    row = SubscriptionRow
    query = sa.select(row.case_id).where(row.case_id == case, row.kind == "message", row.name == message).limit(1)
    if connection.scalar(query) is not None:
        return []
    return ["Perkaranya memakai versi aturan lama yang tidak mengenal peristiwa ini: pindahkan dahulu ke versi baru."]


def _name(person: Person | None) -> str:
    return person.name if person is not None else "yang belum dapat ditentukan"
