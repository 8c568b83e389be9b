"""Cases whose drawn timers are due at the same hour move on together, each by a step of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from engine.runtime import timers
from engine.runtime.due import TOGETHER, Due, together
from engine.runtime.services import ServiceCall
from engine.runtime.steps import Step
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, START, Office, two_workers

OFFICE = Callable[..., Office]
MANY = TOGETHER + 5


def many(office_of: OFFICE, service: Callable[[ServiceCall], Any] = lambda call: None) -> tuple[Office, list[UUID]]:
    """An office with many cases that wait for the same hour, which has come, and then call a service."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.catch("wait", d.after("P3D")),
            d.service_task("tell", "office/tell"),
            d.user_task("write"),
            d.end(),
            *d.path("begun", "wait", "tell", "write", "finished"),
        ),
        services={"office/tell": service},
    )
    cases = [office.opens(key=f"2026/{number}") for number in range(MANY)]
    office.clock.advance(timedelta(days=4))
    return office, cases


def told(office: Office, case: UUID) -> list[str]:
    return [event.type for event in office.engine.history(case, by=AUDITOR)]


def test_each_case_has_one_event_one_version_and_its_own_task(office_of: OFFICE, database: sa.Engine) -> None:
    office, cases = many(office_of)
    commits: list[object] = []
    asked: list[object] = []
    sa.event.listen(database, "commit", commits.append)
    sa.event.listen(database, "before_cursor_execute", lambda _connection, _cursor, text, *_: asked.append(text))

    assert office.engine.sweep() == MANY

    assert len(commits) < MANY / 2
    assert len(asked) < MANY  # two groups, whose cases write together what each of them would write alone
    assert [told(office, case) for case in cases] == [["case_opened", "timer_fired"]] * MANY
    views = [office.engine.case(case, by=AUDITOR) for case in cases]
    assert {view.case.version for view in views} == {3}
    assert [[task.element for task in view.open_tasks] for view in views] == [["write"]] * MANY
    assert office.engine.verify().breach is None
    assert office.engine.sweep() == 0


def test_one_that_fails_stands_out_alone(office_of: OFFICE) -> None:
    def fails_once(call: ServiceCall) -> None:
        if call.case.business_key == "2026/7":
            raise ValueError("the printer is on fire")

    office, cases = many(office_of, fails_once)

    office.engine.sweep()

    failed = cases.pop(7)
    assert office.engine.case(failed, by=AUDITOR).case.status is CaseStatus.INCIDENT
    assert [told(office, case) for case in cases] == [["case_opened", "timer_fired"]] * (MANY - 1)
    assert office.engine.verify().breach is None


def test_a_loop_whose_deadline_has_always_passed_parks_its_case_alone(office_of: OFFICE) -> None:
    """The library goes up the tree of such a loop, deeper than Python can, before its rounds are counted out."""
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.catch("wait", d.after("P3D")),
            d.exclusive("again"),
            d.user_task("write"),
            d.boundary("late", "write", d.at("2020-01-01T00:00:00+07:00")),
            d.end(),
            *d.path("begun", "wait", "again", "write", "finished"),
            d.flow("late", "again"),
        )
    )
    case = office.opens()
    office.clock.advance(timedelta(days=4))

    office.engine.sweep()

    assert office.engine.case(case, by=AUDITOR).case.status is CaseStatus.INCIDENT
    assert "berputar tanpa menunggu" in office.engine.history(case, by=AUDITOR)[-1].data["cause"]


def test_a_fault_that_nobody_foresaw_holds_up_nobody_else(office_of: OFFICE, monkeypatch: pytest.MonkeyPatch) -> None:
    office, cases = many(office_of)
    of = Step.of.__func__  # type: ignore[attr-defined]  # the function behind the class method

    def fails_for_one(cls: type[Step], *given: Any, **named: Any) -> Step:
        step: Step = of(cls, *given, **named)
        if step.case["id"] == cases[7]:
            raise RuntimeError("nobody foresaw this")
        return step

    monkeypatch.setattr(Step, "of", classmethod(fails_for_one))
    office.engine.sweep()
    assert [told(office, case)[-1] for case in cases if case != cases[7]] == ["timer_fired"] * (MANY - 1)
    monkeypatch.undo()
    office.clock.advance(timers.LEASE)
    office.engine.sweep()

    assert told(office, cases[7]) == ["case_opened", "timer_fired"]


def test_a_crash_leaves_no_half_case(office_of: OFFICE, monkeypatch: pytest.MonkeyPatch) -> None:
    office, cases = many(office_of)
    save = timers.save_rows

    def crashes(*given: Any) -> None:
        save(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(timers, "save_rows", crashes)
    with pytest.raises(KeyboardInterrupt):
        office.engine.sweep()
    assert [told(office, case) for case in cases] == [["case_opened"]] * MANY
    monkeypatch.undo()
    office.clock.advance(timers.LEASE)

    office.engine.sweep()

    assert [told(office, case) for case in cases] == [["case_opened", "timer_fired"]] * MANY


def test_a_case_that_does_not_run_waits(office_of: OFFICE) -> None:
    office, cases = many(office_of)
    office.engine.cancel_case(cases[0], reason="Dibuka dua kali karena keliru.", by=EVE)
    office.engine.operations.suspend(cases[1], reason="Menunggu putusan pengadilan.", by=EVE)

    office.engine.sweep()

    assert "timer_fired" not in told(office, cases[0]) + told(office, cases[1])
    assert [told(office, case)[-1] for case in cases[2:]] == ["timer_fired"] * (MANY - 2)


def test_two_workers_fire_once(office_of: OFFICE) -> None:
    office, cases = many(office_of)
    two_workers(lambda: office.engine.sweep(limit=7))

    assert [told(office, case) for case in cases] == [["case_opened", "timer_fired"]] * MANY
    assert office.engine.verify().breach is None


def due(case: UUID, id: int, kind: str = "event", attempts: int = 1, at: datetime = START) -> Due:
    return Due(id, case, id, kind, "wait", at, attempts)


def test_who_shares_a_transaction() -> None:
    one, two, three, four = (uuid4() for _ in range(4))
    first, second, tried = due(one, 1), due(two, 2), due(three, 3, attempts=2)
    mixed = [due(four, 4), due(four, 5, "reminder")]

    plan = together([first, second, due(one, 6), tried, *mixed, due(three, 7, "reminder")])

    assert [[timer.id for timer in timers_of] for timers_of in plan.events] == [[1, 2], [6]]
    assert plan.reminders == []
    assert [timer.id for timer in plan.alone] == [3, 4, 5, 7]
