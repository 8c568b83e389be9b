"""Bulk work: each item has the effect of once, whatever happens to the workers."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.db import make_engine
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.batches import LEASE, Batches, BatchStatus, Outcome, Skipped
from engine.runtime.models import OutboxRow
from engine.runtime.values import Actor, Json
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, STRANGER, Office, two_workers

OPERATORS = frozenset({"operator"})
PAPER = sa.Table("paper", sa.MetaData(), sa.Column("item", sa.String), sa.Column("by", sa.String))


class Killed(BaseException):
    """The worker's process is gone."""


def stamp(connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
    """Leave a mark on paper; some items have their ways."""
    connection.execute(sa.insert(PAPER), {"item": item, "by": by.person})
    if item == "refuses":
        raise Refused("Tidak boleh.")
    if item == "has_it":
        raise Skipped("Sudah ada.")
    if item == "kills":
        raise Killed
    return f"Diberi {payload['what']}."


@pytest.fixture
def office(database: sa.Engine, tmp_path: Path) -> Office:
    work = d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
    office = Office(database, {"work.bpmn": d.diagram(work), "answers.form.json": d.form("answers")}, tmp_path)
    PAPER.create(database)
    office.engine.batches.register("stamp", stamp, OPERATORS)
    return office


@pytest.fixture
def batches(office: Office) -> Batches:
    return office.engine.batches


@pytest.fixture
def killing(database: sa.Engine) -> Iterator[Callable[[int], None]]:
    """Kill the worker before its n-th statement or commit from now."""
    left = [0]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    def before_statement(*_: Any) -> None:
        count()

    sa.event.listen(database, "before_cursor_execute", before_statement)
    sa.event.listen(database, "commit", count)
    yield lambda number: left.__setitem__(0, number)
    sa.event.remove(database, "before_cursor_execute", before_statement)
    sa.event.remove(database, "commit", count)


def stamps(database: sa.Engine) -> list[str]:
    with database.connect() as connection:
        return sorted(connection.scalars(sa.select(PAPER.c.item)))


def test_each_item_is_done_once_and_told_in_words(batches: Batches, database: sa.Engine) -> None:
    id = batches.start("stamp", "Cap semua", ["a", "refuses", "has_it", "b", "a"], {"what": "cap"}, by=EVE)
    assert batches.view(id, by=EVE).waiting == 4

    assert batches.run() == 4

    batch = batches.view(id, by=EVE)
    assert (batch.status, batch.total, batch.done, batch.failed, batch.skipped) == (BatchStatus.DONE, 4, 2, 1, 1)
    assert (batch.title, batch.created_by, batch.created_by_name) == ("Cap semua", "eve", "Eve")
    assert batch.finished_at is not None
    assert stamps(database) == ["a", "b"]
    said = {item.item: (item.outcome, item.said) for item in batches.items(id, by=EVE).items}
    assert said == {
        "a": (Outcome.DONE, "Diberi cap."),
        "b": (Outcome.DONE, "Diberi cap."),
        "refuses": (Outcome.FAILED, "Tidak boleh."),
        "has_it": (Outcome.SKIPPED, "Sudah ada."),
    }
    assert [item.item for item in batches.items(id, outcome="failed", by=EVE).items] == ["refuses"]
    assert batches.run() == 0


def test_slow_work_is_done_before_the_transaction_and_may_refuse(batches: Batches, database: sa.Engine) -> None:
    seen: list[str] = []

    def before(item: str, payload: Mapping[str, Json], by: Actor) -> None:
        with database.begin():  # the only writer that SQLite allows
            seen.append(f"{item} {payload['what']} {by.person}")
        if item == "b":
            raise Refused("Terlalu lambat.")

    batches.register("slow", stamp, OPERATORS, before)
    id = batches.start("slow", "Cap", ["a", "b"], {"what": "cap"}, by=EVE)
    batches.run()

    assert seen == ["a cap eve", "b cap eve"]
    assert stamps(database) == ["a"]
    assert [(item.item, item.said) for item in batches.items(id, outcome="failed", by=EVE).items] == [
        ("b", "Terlalu lambat.")
    ]
    newest = batches.newest("slow", by=EVE)
    assert newest is not None and newest.id == id
    assert batches.newest("stamp", by=EVE) is None
    assert batches.newest("slow", by=STRANGER) is None


def test_killed_between_any_two_statements_it_goes_on_and_nothing_is_done_twice(
    office: Office, killing: Callable[[int], None], database: sa.Engine
) -> None:
    batches, killed_at, done = office.engine.batches, 0, []
    while True:
        killed_at += 1
        id = batches.start("stamp", "Cap", [f"{killed_at}-a", f"{killed_at}-b"], {"what": "cap"}, by=EVE)
        killing(killed_at)
        try:
            batches.run()
        except Killed:
            office.clock.advance(LEASE)
            killing(0)
            batches.run()
            survived = False
        else:
            survived = True
        killing(0)
        done += [f"{killed_at}-a", f"{killed_at}-b"]
        assert batches.view(id, by=EVE).status is BatchStatus.DONE
        assert stamps(database) == sorted(done)
        if survived:
            break
    assert killed_at > 10, "the worker was killed at each statement of two items"


def test_an_item_that_takes_its_workers_down_is_set_aside_and_its_neighbours_are_not(
    office: Office, database: sa.Engine
) -> None:
    batches = office.engine.batches
    id = batches.start("stamp", "Cap", ["a", "kills", "b"], {"what": "cap"}, by=EVE)

    for _ in range(2):
        with pytest.raises(Killed):
            batches.run()
        office.clock.advance(LEASE)
    batches.run()

    batch = batches.view(id, by=EVE)
    assert (batch.status, batch.done, batch.failed) == (BatchStatus.DONE, 2, 1)
    assert stamps(database) == ["a", "b"]
    failed = batches.items(id, outcome="failed", by=EVE).items[0]
    assert failed.item == "kills" and "berhenti 2 kali" in (failed.said or "")


def test_two_workers_share_the_items(office: Office, database_url: str, database: sa.Engine) -> None:
    batches = office.engine.batches
    items = [f"item-{number}" for number in range(60)]
    id = batches.start("stamp", "Cap", items, {"what": "cap"}, by=EVE)
    two_workers(lambda: batches.run(limit=7))
    assert batches.view(id, by=EVE).status is BatchStatus.DONE
    assert stamps(database) == sorted(items)


def test_a_worker_whose_lease_has_passed_to_another_does_nothing(office: Office, database_url: str) -> None:
    batches, other = office.engine.batches, make_engine(database_url)
    slow: list[str] = []

    def overtaken(connection: sa.Connection, item: str, payload: Mapping[str, Json], by: Actor) -> str:
        slow.append(item)
        return "selesai"

    batches.register("slow", overtaken, OPERATORS)
    id = batches.start("slow", "Lambat", ["a"], {}, by=EVE)
    claimed = batches._claim(id, 1, alone=False)
    office.clock.advance(LEASE)
    batches.run()
    batches._handle({"kind": "slow", "payload": {}}, claimed[0], EVE)

    assert slow == ["a"]
    other.dispose()


def test_a_paused_order_waits_a_cancelled_one_ends(batches: Batches, database: sa.Engine) -> None:
    id = batches.start("stamp", "Cap", ["a", "b"], {"what": "cap"}, by=EVE)
    batches.pause(id, by=EVE)
    assert batches.run() == 0
    with pytest.raises(Refused):
        batches.pause(id, by=EVE)
    batches.resume(id, by=EVE)
    assert batches.run(limit=1) == 1
    batches.cancel(id, by=EVE)

    assert batches.run() == 0
    batch = batches.view(id, by=EVE)
    assert (batch.status, batch.done, batch.waiting) == (BatchStatus.CANCELLED, 1, 1)
    for verb in (batches.resume, batches.pause, batches.cancel):
        with pytest.raises(Refused):
            verb(id, by=EVE)
    assert stamps(database) == ["a"]


def test_what_failed_is_tried_again_on_demand(batches: Batches) -> None:
    id = batches.start("stamp", "Cap", ["a", "refuses"], {"what": "cap"}, by=EVE)
    batches.run()

    assert batches.retry_failed(id, by=EVE) == 1
    assert batches.view(id, by=EVE).status is BatchStatus.RUNNING
    batches.run()
    batch = batches.view(id, by=EVE)
    assert (batch.status, batch.done, batch.failed) == (BatchStatus.DONE, 1, 1)


def test_running_orders_share_a_round(batches: Batches) -> None:
    large = batches.start("stamp", "Besar", [f"large-{number}" for number in range(30)], {"what": "cap"}, by=EVE)
    small = batches.start("stamp", "Kecil", ["small-1", "small-2"], {"what": "cap"}, by=EVE)

    batches.run(limit=10)

    assert (batches.view(large, by=EVE).done, batches.view(small, by=EVE).done) == (5, 2)


def test_only_those_with_the_role_order_and_steer_and_auditors_may_look(batches: Batches) -> None:
    id = batches.start("stamp", "Cap", ["a"], {"what": "cap"}, by=EVE)

    with pytest.raises(NotYours):
        batches.start("stamp", "Cap", ["b"], {"what": "cap"}, by=AUDITOR)
    with pytest.raises(NotFound):
        batches.start("unknown", "Cap", ["b"], {}, by=EVE)
    for attempt in (batches.view, batches.items, batches.pause, batches.cancel):
        with pytest.raises(NotFound):
            attempt(id, by=STRANGER)
    with pytest.raises(NotYours):
        batches.pause(id, by=AUDITOR)
    assert batches.view(id, by=AUDITOR).total == 1
    assert (batches.list(by=EVE).total, batches.list(by=STRANGER).total) == (1, 0)
    with pytest.raises(Refused):
        batches.start("stamp", "Kosong", [], {}, by=EVE)


def test_an_order_of_a_locked_account_halts_until_somebody_answers_for_it(
    office: Office, batches: Batches, database: sa.Engine
) -> None:
    id = batches.start("stamp", "Cap", ["a", "b", "c"], {"what": "cap"}, by=EVE)
    assert batches.run(limit=1) == 1
    office.directory.locked.add("eve")
    hal = Actor("hal", "Hal", roles=OPERATORS)
    office.directory.hired.append(hal)

    assert batches.run() == 0

    with database.connect() as connection:
        told = connection.scalars(sa.select(OutboxRow.payload).where(OutboxRow.key.startswith("batch/"))).all()
    assert [(one["template"], one["people"], one["data"]) for one in told] == [
        ("batch_halted", ["hal"], {"title": "Cap"})
    ]
    batch = batches.view(id, by=AUDITOR)
    assert (batch.status, batch.done, batch.waiting) == (BatchStatus.PAUSED, 1, 2)
    assert batch.halted == "Akun Eve dikunci atau tidak lagi berwenang untuk pekerjaan ini."
    office.directory.locked.clear()
    assert batches.run() == 0, "it stays paused until somebody resumes it"
    batches.resume(id, by=hal)
    assert batches.run() == 2
    batch = batches.view(id, by=AUDITOR)
    assert (batch.status, batch.halted, batch.created_by) == (BatchStatus.DONE, None, "hal")
    with database.connect() as connection:
        done_by = list(connection.scalars(sa.select(PAPER.c.by).order_by(PAPER.c.item)))
    assert done_by == ["eve", "hal", "hal"]


def test_an_account_that_lost_its_capability_does_no_further_item(office: Office, batches: Batches) -> None:
    hal = Actor("hal", "Hal", roles=OPERATORS)
    id = batches.start("stamp", "Cap", ["a"], {"what": "cap"}, by=hal)
    office.directory.hired.append(Actor("hal", "Hal", roles=frozenset({"auditor"})))
    assert batches.run() == 0
    assert batches.view(id, by=EVE).halted is not None
    batches.cancel(id, by=EVE)
    assert batches.view(id, by=EVE).status is BatchStatus.CANCELLED
