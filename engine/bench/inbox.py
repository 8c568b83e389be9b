"""`siklus bench inbox`: a person's page and its counts, with a million open tasks of others in the table."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import sqlalchemy as sa

from engine.bench.measure import Samples, StatementCounter
from engine.bench.rows import CHUNK, fill_table, numbers_between, random_id
from engine.bench.stage import Stage, figures, stage
from engine.db import Moment, table_of
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow
from engine.runtime.values import Actor, TaskStatus
from engine.settings import Settings

TASKS_OF_A_CASE = 50
PEOPLE = 10_000  # who share the tasks
GROUPS = 100  # which share every tenth task
SMALLEST = 16
KEY = "bench/"  # begins the business keys of the cases that are made here


def bench_inbox(settings: Settings, *, tasks: int = 1_000_000, looks: int = 200) -> dict[str, Any]:
    """Fill the table, then look at inboxes of people by chance, and of one who has a hundred times as much."""
    here = stage(settings, SMALLEST)
    here.open_year()
    _fill(here, tasks)
    counter, random = StatementCounter(here.database), Random(1)
    found: dict[str, Any] = {name: Samples() for name in ("open", "team", "done", "counts", "counts_of_the_busiest")}
    for _ in range(looks):
        by = _person(random.randrange(1, PEOPLE))
        for name, look in _looks(here, by):
            with found[name].one(counter):
                look()
    return figures({**found, "tasks_open": tasks, "tasks_done": tasks})


def _looks(here: Stage, by: Actor) -> list[tuple[str, Callable[[], object]]]:
    """What is asked for one person, and for the one who has most."""
    engine = here.engine
    return [
        ("open", partial(engine.inbox, by=by)),
        ("team", partial(engine.inbox, by=by, box="team")),
        ("done", partial(engine.inbox, by=by, box="done")),
        ("counts", partial(engine.inbox_counts, by=by)),
        ("counts_of_the_busiest", partial(engine.inbox_counts, by=_person(0))),
    ]


def _person(number: int) -> Actor:
    return Actor(f"bench-{number}", groups=frozenset({f"group-{number % GROUPS}"}))


def _fill(here: Stage, tasks: int) -> None:
    cases = max(1, tasks // TASKS_OF_A_CASE)
    with here.database.begin() as connection:
        before = connection.execute(sa.select(*table_of(CaseRow).c).limit(1)).mappings().one()
        columns: dict[str, Any] = dict(before)
        columns["id"] = lambda _: random_id(connection)
        columns["business_key"] = lambda number: sa.literal(KEY).concat(sa.cast(number, sa.String))
        fill_table(connection, CaseRow, columns, cases)
        for status in (TaskStatus.OPEN, TaskStatus.COMPLETED):
            _fill_tasks(connection, here, status, cases)
        connection.exec_driver_sql("ANALYZE")


def _fill_tasks(connection: sa.Connection, here: Stage, status: TaskStatus, cases: int) -> None:
    """The cases' tasks: one in ten of a group, one in a hundred of one person, the others evenly."""
    now, done = here.clock.now(), status == TaskStatus.COMPLETED
    within = sa.cast(sa.func.substr(CaseRow.business_key, len(KEY) + 1), sa.Integer)
    for begin in range(0, cases, CHUNK // TASKS_OF_A_CASE):
        numbers = numbers_between(0, TASKS_OF_A_CASE)
        count = within * TASKS_OF_A_CASE + numbers
        person = sa.case((count % 100 == 1, 0), else_=1 + (count * 7919) % (PEOPLE - 1))
        name = sa.literal("bench-").concat(sa.cast(person, sa.String))
        grouped = count % 10 == 0
        columns: dict[str, Any] = {
            "id": random_id(connection),
            "case_id": CaseRow.id,
            "number": numbers + (TASKS_OF_A_CASE if done else 0),
            "definition": sa.select(sa.func.min(TaskDefinitionRow.id)).scalar_subquery(),
            "assignee": sa.case((grouped, sa.null()), else_=name),
            "pool": sa.case((grouped, sa.literal("group-").concat(sa.cast(count / 10 % GROUPS, sa.String)))),
            "status": sa.literal(status),
            "revision": sa.literal(1),
            "opened_at": sa.literal(now, Moment()),
            "due_at": sa.case(
                *[(count % 5 == day, sa.literal(now + timedelta(days=4 * day - 4), Moment())) for day in range(4)]
            ),
            "closed_at": sa.literal(now, Moment()) if done else sa.null(),
            "closed_by": name if done else sa.null(),
        }
        query = sa.select(*columns.values()).select_from(CaseRow).join(numbers.table, sa.true())
        query = query.where(CaseRow.business_key.startswith(KEY), within >= begin)
        query = query.where(within < begin + CHUNK // TASKS_OF_A_CASE)
        connection.execute(sa.insert(table_of(TaskRow)).from_select(list(columns), query))
