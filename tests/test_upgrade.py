"""A database of an earlier version is brought up to date: nothing is lost, and the proof is the same before and after."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.errors import KeyReused
from engine.migrations import is_current, upgrade
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.conftest import ANSWERS
from tests.runtime.office import ALICE, AUDITOR, BOB, CAROL, START, Office

ROWS: Mapping[str, Sequence[Mapping[str, Any]]] = json.loads(
    (Path(__file__).parent / "fixtures" / "rows_of_0002.json").read_text()
)  # as version 0002 left them on SQLite: alice has written, bob has a draft; carol's pool has a task; a case cancelled
FIRST, CHAINS = UUID("e3ede40c-e046-4990-b8da-a07b000a10b7"), 3
ORDER = ("releases", "release_files", "cases")  # before the tables that point to them
WRITTEN = next(row for row in ROWS["tasks"] if row.get("submit_key") == "click")
ANSWERED = {"task": str(UUID(WRITTEN["id"])), "case": str(FIRST), "seq": 3, "code": "c", "at": str(START), "next": []}
COMMAND = {  # how version 0001 kept a submission
    "key": "click",
    "digest": WRITTEN["submit_digest"],
    "answer": json.dumps(ANSWERED),
    "at": WRITTEN["closed_at"],
}


@pytest.fixture(params=["0001", "0002"])
def old(request: pytest.FixtureRequest, empty_database: sa.Engine) -> sa.Engine:
    """A database of an earlier version, with what people have done in it."""
    upgrade(empty_database, request.param)
    with empty_database.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        for name in [*ORDER, *sorted((ROWS.keys() & set(tables)).difference(ORDER))]:
            known = {column["name"] for column in sa.inspect(connection).get_columns(name)}
            for row in ROWS[name]:
                _insert(connection, name, {column: value for column, value in row.items() if column in known})
        if request.param == "0001":
            _insert(connection, "commands", COMMAND)
    return empty_database


@pytest.fixture
def office(old: sa.Engine, tmp_path: Path) -> Office:
    """An office on that database, brought up to date, three weeks later."""
    _chains_hold(old)
    upgrade(old)
    work = d.process("work", d.start(), d.user_task("other"), d.end(), *d.path("begun", "other", "finished"))
    office = Office(old, {"work.bpmn": d.diagram(work), "answers.form.json": ANSWERS}, tmp_path)
    office.clock.go_to(START + timedelta(days=21))
    office.case_id = FIRST
    return office


def test_the_proof_holds_and_is_the_same(office: Office) -> None:
    assert is_current(office.engine.database)
    found = office.engine.verify()
    assert (found.breach, found.cases, found.events) == (None, CHAINS, len(ROWS["history"]))
    for case_id, rows in _histories().items():
        kept = office.engine.chain(case_id, by=AUDITOR)
        assert [(text, digest) for text, digest in kept] == [(row["body"], _bytes(row["hash"])) for row in rows]


def test_what_was_answered_is_read(office: Office) -> None:
    opened, _, completed = office.engine.history(FIRST, by=AUDITOR)
    assert opened.data["data"] == {"amount": 7}
    assert (completed.actor_name, completed.answers) == ("Alice", {"text": "kept"})
    assert completed.at == START + timedelta(days=8)


def test_inboxes_are_read_and_the_case_goes_on(office: Office) -> None:
    (check,) = office.engine.inbox(by=BOB).items
    assert (check.element, check.case_id, check.has_draft) == ("check", FIRST, True)
    assert check.opened_at == START + timedelta(days=8)
    assert office.engine.task(check.id, by=BOB).answers == {"text": "half"}
    done = {task.element: task for task in office.engine.inbox(by=ALICE, box="done").items}
    assert done["write"].due_at is not None
    (waiting,) = office.engine.inbox(by=CAROL, box="team").items
    assert waiting.element == "file"

    office.engine.complete_task(check.id, None, revision=check.revision, key="b", by=BOB)

    assert office.open() == ["file"]
    assert office.engine.verify().breach is None
    cancelled = office.engine.cases(by=AUDITOR, status=CaseStatus.CANCELLED).items
    assert [case.business_key for case in cancelled] == ["2026/c"]


def test_a_submission_of_before_is_not_taken_twice(office: Office) -> None:
    task = UUID(WRITTEN["id"])

    assert office.engine.complete_task(task, {"text": "kept"}, revision=1, key="click", by=ALICE).seq == 3

    with pytest.raises(KeyReused):
        office.engine.complete_task(task, {"text": "other"}, revision=1, key="click", by=ALICE)
    assert office.happened() == ["case_opened", "reminder_sent", "task_completed"]


def test_what_was_sent_leaves_no_row_and_what_waits_is_sent(office: Office) -> None:
    waiting = {row["key"] for row in ROWS["outbox"] if row["status"] == "new"}
    assert waiting and len(waiting) < len(ROWS["outbox"])
    sent: set[str] = set()
    office.engine.flush_outbox(lambda effect: sent.add(effect.key))
    assert sent == waiting


def test_the_guards_stand_again(office: Office) -> None:
    database = office.engine.database
    for statement in ("UPDATE history SET body = '{}'", "DELETE FROM history", "UPDATE history SET box = NULL"):
        with pytest.raises(sa.exc.DBAPIError, match="append only"), database.begin() as connection:
            connection.exec_driver_sql(statement)
    with pytest.raises(sa.exc.DBAPIError, match="gaps"), database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO history (case_id, seq, body, hash) SELECT case_id, 99, body, hash FROM history WHERE seq = 2"
        )


def test_sqlite_keeps_ids_and_moments_small_and_points_to_what_is_there(office: Office) -> None:
    with office.engine.database.connect() as connection:
        if connection.dialect.name == "postgresql":
            kinds = connection.execute(sa.text("SELECT pg_typeof(id), pg_typeof(opened_at) FROM cases")).all()
            assert {tuple(kind) for kind in kinds} == {("uuid", "timestamp with time zone")}
            return
        for query in (
            "SELECT DISTINCT typeof(id), length(id), typeof(opened_at) FROM cases",
            "SELECT DISTINCT typeof(case_id), length(case_id), typeof(opened_at) FROM tasks",
        ):
            assert [tuple(row) for row in connection.execute(sa.text(query))] == [("blob", 16, "integer")]
        assert {row[0] for row in connection.execute(sa.text("SELECT typeof(body) FROM history"))} == {"blob"}
        assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []


def _insert(connection: sa.Connection, table: str, row: Mapping[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    values = {name: _bytes(value) if isinstance(value, dict) else value for name, value in row.items()}
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def _bytes(value: Mapping[str, str]) -> bytes:
    return base64.b64decode(value["base64"])


def _histories() -> Mapping[UUID, Sequence[Mapping[str, Any]]]:
    found: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in sorted(ROWS["history"], key=lambda row: row["seq"]):
        found.setdefault(UUID(row["case_id"]), []).append(row)
    return found


def _chains_hold(database: sa.Engine) -> None:
    """The proof as anybody would make it: from the texts alone."""
    with database.connect() as connection:
        rows = connection.execute(sa.text("SELECT case_id, body, hash FROM history ORDER BY case_id, seq")).all()
    heads: dict[str, bytes] = {}
    for case_id, body, digest in rows:
        key = str(UUID(str(case_id)))
        previous = heads.get(key) or hashlib.sha256(f"case:{key}".encode()).digest()
        heads[key] = bytes(digest)
        assert hashlib.sha256(b"\0" + previous + body.encode()).digest() == heads[key]
    assert len(heads) == CHAINS
