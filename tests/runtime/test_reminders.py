"""Reminders of many cases go together, and each case is reminded once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.clock import JAKARTA
from engine.runtime import engine as engine_module
from engine.runtime.models import OutboxRow, TimerRow
from engine.runtime.reminders import reminder_times
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, Office, two_workers

WEDNESDAY_NIGHT = datetime(2026, 1, 14, 23, 59, 59, tzinfo=JAKARTA)


def test_whole_days_are_spoken_of_in_the_morning_and_hours_exactly() -> None:
    """A deadline ends with its day: who hears of it at midnight hears of it too late."""
    spoken_of = reminder_times(
        WEDNESDAY_NIGHT, {"remind": "P3D, P0D, PT2H", "escalate": "P1D"}, WEDNESDAY_NIGHT - timedelta(days=9), JAKARTA
    )

    assert [at.astimezone(JAKARTA).isoformat()[:16] for at in spoken_of] == [
        "2026-01-11T07:00",
        "2026-01-14T07:00",
        "2026-01-14T21:59",
        "2026-01-15T07:00",
    ]


def test_what_is_due_before_people_begin_is_spoken_of_by_then() -> None:
    due = WEDNESDAY_NIGHT.replace(hour=5)

    assert reminder_times(due, {"remind": "P0D", "escalate": "none"}, due - timedelta(days=1), JAKARTA) == [due]


SEND = Callable[..., Office]
MANY = 40


def many(office_of: SEND) -> tuple[Office, list[UUID]]:
    """An office with many cases that are to be reminded of the same thing at the same moment, and then have gone by."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("write", due="P10D", remind="P3D", escalate="none"),
            d.end(),
            *d.path("begun", "write", "finished"),
        )
    )
    cases = [office.opens(key=f"2026/{number}") for number in range(MANY)]
    office.clock.advance(timedelta(days=8))
    return office, cases


def reminded(office: Office, case: UUID) -> int:
    return sum(event.type == "reminder_sent" for event in office.engine.history(case, by=AUDITOR))


def test_they_go_in_a_few_statements_and_each_case_keeps_its_own_chain(office_of: SEND, database: sa.Engine) -> None:
    office, cases = many(office_of)
    statements: list[str] = []
    sa.event.listen(database, "before_cursor_execute", lambda *given: statements.append(given[2]))

    assert office.engine.sweep() == MANY

    assert len(statements) <= 12
    assert [reminded(office, case) for case in cases] == [1] * MANY
    assert office.engine.sweep() == 0
    found = office.engine.verify()
    assert (found.breach, found.events) == (None, 2 * MANY)
    with database.connect() as connection:
        mails = connection.scalars(sa.select(OutboxRow.payload)).all()
        assert connection.scalar(sa.select(sa.func.count()).select_from(TimerRow)) == 0
    assert sum(mail["template"] == "reminder" for mail in mails) == MANY


def test_when_they_cannot_go_together_they_go_one_by_one(office_of: SEND, monkeypatch: pytest.MonkeyPatch) -> None:
    office, cases = many(office_of)
    together = engine_module.remind_all

    def fails_at_its_end(*given: Any) -> Any:
        together(*given)
        raise ValueError("one of them cannot be reminded")

    monkeypatch.setattr(engine_module, "remind_all", fails_at_its_end)
    office.engine.sweep()

    assert [reminded(office, case) for case in cases] == [1] * MANY
    assert office.engine.verify().breach is None


def test_a_case_that_does_not_run_is_left_out(office_of: SEND, database: sa.Engine) -> None:
    office, cases = many(office_of)
    office.engine.cancel_case(cases[0], reason="Dibuka dua kali karena keliru.", by=EVE)
    with database.begin() as connection:
        connection.exec_driver_sql(f"UPDATE cases SET status = '{CaseStatus.INCIDENT}' WHERE business_key = '2026/1'")

    office.engine.sweep()

    assert [reminded(office, case) for case in cases] == [0, 0] + [1] * (MANY - 2)
    with database.connect() as connection:
        assert connection.scalars(sa.select(TimerRow.case_id)).all() == [cases[1]]


def test_two_workers_remind_once(office_of: SEND) -> None:
    office, cases = many(office_of)
    two_workers(lambda: office.engine.sweep(limit=7))

    assert [reminded(office, case) for case in cases] == [1] * MANY
    assert office.engine.verify().breach is None
