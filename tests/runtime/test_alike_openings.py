"""Cases of one slice take over the run of the first that opened alike; nobody can tell from what is written."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from engine.bench.stage import AUDITOR, Stage, stage
from engine.db import make_engine
from engine.runtime import cases, opening
from engine.runtime.models import CaseRow, OutboxRow, PartyRow, TaskRow, TimerRow
from engine.runtime.opening import Openings
from engine.runtime.services import ServiceCall
from engine.runtime.values import OpenCase
from engine.runtime.workflow import codec
from engine.settings import Settings
from tests.runtime import diagrams as d
from tests.runtime.conftest import ANSWERS
from tests.runtime.office import EVE, Office

APART = {"id", "case_id", "head", "key", "payload"}  # random, or made of what is random


@pytest.fixture(params=[3, 11])
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def opened(settings: Settings, seed: int, people: int = 40) -> Stage:
    here = stage(settings, people, seed, durable=False)
    here.open_year()
    return here


def written(here: Stage) -> dict[str, Any]:
    """Everything of each case by its business key, but what is random."""
    found = {}
    with here.database.connect() as connection:
        for case in connection.execute(sa.select(CaseRow)).mappings():
            rows = {
                table.__tablename__: sorted(map(repr, map(_plain, _rows(connection, table, case["id"]))))
                for table in (TaskRow, TimerRow, PartyRow, OutboxRow)
            }
            events = [
                (event.type, event.actor, _plain_event(event.data))
                for event in here.engine.history(case["id"], by=AUDITOR)
            ]
            found[case["business_key"]] = codec.opened(case["state"]), case["phase"], case["version"], rows, events
    return found


def _rows(connection: sa.Connection, table: Any, case: UUID) -> Iterator[Any]:
    return iter(connection.execute(sa.select(table.__table__).where(table.case_id == case)).mappings())


def _plain(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in APART}


def _plain_event(data: Any) -> dict[str, Any]:
    return {**data, "opened": [{**task, "task": ""} for task in data.get("opened", [])]}


def test_what_is_written_is_what_runs_of_their_own_write(
    settings: Settings, sqlite_template: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = count()
    take_over = opening._take_over
    monkeypatch.setattr(opening, "_take_over", lambda *given: (next(taken), take_over(*given)))
    here = opened(settings, seed)
    alike = written(here)
    assert next(taken) > 30
    monkeypatch.setattr(cases, "Openings", lambda alike: Openings(alike=False))
    shutil.copy(sqlite_template, tmp_path / "other.db")
    apart = written(opened(replace(settings, database_url=f"sqlite:///{tmp_path / 'other.db'}"), seed))

    assert alike == apart
    assert here.engine.verify().breach is None


VALUES = st.sampled_from([None, True, False, 0, 1, 1.0, "a", "", [], {}, {"a": [1]}, [None]])
CASES = st.lists(st.fixed_dictionaries({"x": VALUES, "y": VALUES, "z": VALUES, "w": VALUES}), min_size=2, max_size=6)


@settings_of(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES)
def test_each_case_gets_what_its_own_run_gives(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, data: list[dict[str, Any]]
) -> None:
    """`x` is read and may be told by the service, `z` is written over, `y` and `w` pass through, `y` late as a note."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(sqlite_template, folder / "siklus.db")
    database = make_engine(f"sqlite:///{folder / 'siklus.db'}", durable=False)
    asked = []

    def ask(call: ServiceCall) -> Any:
        asked.append(call.data["w"])
        return call.arguments["x"] if call.data["w"] is None else call.data["y"]

    documents = {"work.bpmn": d.diagram(WORK), "answers.form.json": ANSWERS}
    office = Office(database, documents, folder, {"ask": ask})

    def request(key: str, number: int) -> OpenCase:
        return OpenCase("work", f"{key}/{number}", "alice", "Alice", "U1", "2026", "Work", data[number])

    many = office.engine.open_cases([request("many", number) for number in range(len(data))], by=EVE)
    heard = [asked.copy(), asked.clear()][0]
    single = [office.engine.open_case(request("one", number), by=EVE) for number in range(len(data))]

    assert heard == asked
    with database.connect() as connection:
        for (one, _), (other, _) in zip(many, single, strict=True):
            assert _texts(connection, one) == _texts(connection, other)
    database.dispose()


WORK = d.process(
    "work",
    d.start(),
    d.service_task("hear", "ask", "answer", x="x"),
    d.script_task("write", "{ z: 1 }"),
    d.exclusive("which", default="which_to_b"),
    d.user_task("a"),
    d.user_task("b"),
    d.end(),
    *d.path("begun", "hear", "write", "which"),
    d.flow("which", "a", when="answer = 1"),
    *d.path("which", "b", "finished"),
    d.flow("a", "finished"),
)


def _texts(connection: sa.Connection, case: UUID) -> tuple[Any, list[Any]]:
    state = connection.scalar(sa.select(CaseRow.state).where(CaseRow.id == case))
    tasks = map(repr, map(_plain, _rows(connection, TaskRow, case)))
    return codec.opened(state or b""), sorted(tasks)
