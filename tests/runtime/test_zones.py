"""A case lives by the clock on the wall of its own people: their days begin and end elsewhere than the installation's."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.runtime.values import OpenCase
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, EVE, Office

LATE_EVENING = datetime(2026, 1, 5, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta, 01.30 of the next day in Jayapura


@pytest.fixture
def office(office_of: Callable[..., Office]) -> Office:
    """Who writes for three days is asked what day it is, and waits until another."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task(
                "write",
                due='today() + duration("P3D")',
                remind="P1D",
                escalate="none",
                prefill="{text: string(today())}",
            ),
            d.catch("wait", d.at('today() + duration("P1D")')),
            d.end(),
            *d.path("begun", "write", "wait", "finished"),
        )
    )
    office.clock.go_to(LATE_EVENING)
    return office


def opens(office: Office, zone: str | None) -> list[str]:
    """When the task is due and spoken of, what its form begins with, and when the case goes on, on the installation's clock."""
    request = OpenCase("work", f"2026/{zone}", "alice", "Alice", "u", "2026", "Case", {}, zone=zone)
    office.case_id, _ = office.engine.open_case(request, by=EVE)
    (task,) = office.tasks()
    reminders = [timer["due_at"] for timer in office.timers()]
    view = office.engine.task(task.id, by=ALICE)
    office.engine.complete_task(task.id, view.answers, revision=task.revision, by=ALICE, key=f"k{zone}")
    waits = [timer["due_at"] for timer in office.timers()]
    return [view.answers["text"], *(moment(at) for at in (task.due_at, *reminders, *waits))]


def moment(at: Any) -> str:
    return str(at.astimezone(UTC).isoformat()[:16])


def test_days_begin_and_end_where_the_case_is(office: Office) -> None:
    assert opens(office, None) == ["2026-01-05", "2026-01-08T16:59", "2026-01-07T00:00", "2026-01-05T17:00"]
    assert opens(office, "Asia/Jayapura") == ["2026-01-06", "2026-01-09T14:59", "2026-01-07T22:00", "2026-01-06T15:00"]


def test_cases_that_open_together_keep_their_own_zones(office: Office) -> None:
    zones = [None, "Asia/Makassar", "Asia/Jayapura"] * 3
    requests = [
        OpenCase("work", f"2026/{number}", "alice", "Alice", "u", "2026", "Case", {}, zone=zone)
        for number, zone in enumerate(zones)
    ]
    due = []
    for id, _ in office.engine.open_cases(requests, by=EVE):
        office.case_id = id
        due.append(moment(office.tasks()[0].due_at))

    assert due == ["2026-01-08T16:59", "2026-01-09T15:59", "2026-01-09T14:59"] * 3
