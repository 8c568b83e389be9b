"""An agency whose people have forms to send: made on an empty database before anything is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa

from engine.bench.stage import PERSONNEL, Stage, stage
from engine.clock import SystemClock
from engine.cycle.models import ParameterRow
from engine.cycle.simulation.answers import fill
from engine.db import table_of
from engine.runtime.models import CaseRow, TaskRow
from engine.runtime.values import SYSTEM, Actor, OpenCase
from engine.settings import Settings
from web.load.fields import as_posted

PASSWORD = "perahu-layar-biru-2026"  # noqa: S105  # of accounts that live as long as the measurement
PROCESS = "performance_cycle"  # begins with the employee's SKP: 26 questions with one row of each group
DECIDED = {
    "klasifikasi": "UTAMA",
    "perspektif": "PENERIMA_LAYANAN",
}  # what the form asks of whom it knows nothing about
SMALLEST = 16  # people of an agency
SOON = timedelta(days=45)  # before its year begins, a case waits for nobody but its employee


@dataclass(frozen=True)
class Person:
    """Who sends: how to sign in, the tasks that wait, and what each of them is answered with."""

    login: str
    password: str
    tasks: Sequence[UUID]
    fields: dict[str, str]


def prepare(settings: Settings, people: int, tasks: int) -> list[Person]:
    """So many people with so many tasks each, all with the same form."""
    now = SystemClock().now()
    here = stage(settings, max(SMALLEST, 2 * people), begins=now)
    _let_nobody_wait(here)
    here.open_year((now + SOON).year)
    found = [_person(here, subject, tasks) for subject in _subjects(here, people)]
    here.database.dispose()
    return found


def _let_nobody_wait(here: Stage) -> None:
    """All have a form to send, before any leader has sent one."""
    rule = {"unit_id": None, "value": False, "note": "", "starts": here.clock.now().date(), "ends": None}
    by = {"set_by": "bench", "set_at": here.clock.now()}
    with here.database.begin() as connection:
        connection.execute(sa.insert(ParameterRow).values(key="skp.tunggu_pimpinan", **rule, **by))


def _subjects(here: Stage, people: int) -> Sequence[str]:
    with here.database.connect().execution_options(reads_only=True) as connection:
        return connection.scalars(sa.select(CaseRow.subject).order_by(CaseRow.subject).limit(people)).all()


def _person(here: Stage, subject: str, tasks: int) -> Person:
    """Open cases until the person has that many tasks."""
    account = here.application.cycle.create_account(subject, PASSWORD, by=SYSTEM)
    with here.database.connect().execution_options(reads_only=True) as connection:
        own = connection.execute(sa.select(*table_of(CaseRow).c).where(CaseRow.subject == subject)).one()
    data = here.first_data(own.id)
    requests = [
        OpenCase(PROCESS, f"bench/{subject}/{number}", subject, account.name, own.unit, own.cycle, "Bench", data)
        for number in range(tasks - 1)
    ]
    here.engine.open_cases(requests, by=PERSONNEL)
    with here.database.connect().execution_options(reads_only=True) as connection:
        ids = connection.scalars(sa.select(TaskRow.id).where(TaskRow.assignee == subject)).all()
    return Person(account.nip, PASSWORD, ids, _fields(here, ids[0], account.actor))


def _fields(here: Stage, task_id: UUID, by: Actor) -> dict[str, str]:
    engine = here.engine
    view = engine.task(task_id, by=by)
    answers = fill(view.form, view.answers, view.context, engine.environment(), Random(1), DECIDED)
    return {**as_posted(answers), "revision": str(view.task.revision)}
