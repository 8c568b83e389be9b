"""Connections: who may write when."""

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import db
from engine.db import make_engine


@pytest.fixture
def shared(tmp_path: Path) -> sa.Engine:
    return make_engine(f"sqlite:///{tmp_path / 'shared.db'}")


def test_a_writer_of_sqlite_begins_when_the_one_before_has_ended(shared: sa.Engine) -> None:
    told: list[str] = []

    def second() -> None:
        with shared.begin() as connection:
            told.append("second writes")
            assert connection.exec_driver_sql("pragma busy_timeout").scalar() == db.LONGEST_TURN * 1000, "patient again"

    waiting = threading.Thread(target=second)
    with shared.begin():
        waiting.start()
        waiting.join(0.05)
        told.append("first has written")
    waiting.join()
    assert told == ["first has written", "second writes"]


def test_a_writer_of_sqlite_does_not_wait_for_ever(shared: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "LONGEST_TURN", 0)
    with shared.begin(), pytest.raises(sqlite3.OperationalError, match="locked"), shared.begin():
        pass
    with shared.begin() as connection:
        assert connection.exec_driver_sql("select 1").scalar() == 1
