"""Tokens moved by hand: the case can be lived to its end, the tables say what the state says, the history says who and why."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.errors import NotFound, NotYours, Refused, StepFailed
from engine.runtime.models import SubscriptionRow, TaskRow, TimerRow
from engine.runtime.services import Service, ServiceCall
from engine.runtime.values import Actor, CaseStatus
from engine.runtime.workflow import codec
from engine.runtime.workflow.waits import waits_of
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, AUDITOR, BOB, EVE, STRANGER, Office

WHY = "Salah langkah karena data atasan keliru."
ANSWERS = d.form("answers", {"type": "textfield", "id": "t", "key": "text", "label": "Teks"})
MAKE = Callable[..., Office]

LINE = d.process(
    "work", d.start(), d.user_task("write", due="P10D"), d.user_task("check", performer="supervisor"),
    d.user_task("file"), d.end(), *d.path("begun", "write", "check", "file", "finished"),
)  # fmt: skip
FORK = d.process(
    "work", d.start(), d.user_task("plan"), d.parallel("fork"), d.user_task("left"), d.user_task("left_2"),
    d.user_task("right"), d.parallel("join"), d.user_task("close"), d.end(),
    *d.path("begun", "plan", "fork", "left", "left_2", "join", "close", "finished"), *d.path("fork", "right", "join"),
)  # fmt: skip
INNER = d.process(
    "inner", d.start("inner_begun"), d.user_task("draft"), d.user_task("agree", performer="supervisor"),
    d.end("inner_done"), *d.path("inner_begun", "draft", "agree", "inner_done"),
)  # fmt: skip
NESTED = d.process(
    "work", d.start(), d.call("planning", "inner"), d.user_task("act"), d.end(),
    *d.path("begun", "planning", "act", "finished"),
)  # fmt: skip
EDGES = d.process(
    "work", d.start(), d.user_task("write"), d.boundary("late", "write", d.after("P3D")),
    d.boundary("nudge", "write", d.after("P1D"), interrupting=False), d.user_task("nag", performer="supervisor"),
    d.user_task("take_over", performer="pool"), d.end(), d.user_task("read"),
    *d.path("begun", "write", "read", "finished"), *d.path("late", "take_over", "finished"),
    *d.path("nudge", "nag", "finished"),
)  # fmt: skip


@pytest.fixture
def office_of(database: sa.Engine, tmp_path: Path) -> Iterator[MAKE]:
    def make(*parts: str, services: dict[str, Service] | None = None) -> Office:
        documents = {"work.bpmn": d.diagram(*parts), "answers.form.json": ANSWERS}
        return Office(database, documents, tmp_path, services)

    yield make


def token(office: Office, element: str) -> int:
    tokens = office.engine.operations.view(office.id, by=EVE).tokens
    return next(each.number for each in tokens if each.element == element)


def moves(office: Office, source: str, target: str, by: Actor = EVE) -> None:
    office.engine.operations.move_token(office.id, token(office, source), target, reason=WHY, by=by)


def lives_to_its_end(office: Office) -> list[str]:
    """Complete whatever is open until nothing is; gives the elements in order."""
    lived = []
    performers = {"supervisor": BOB, "employee": ALICE}
    while tasks := office.tasks():
        task = tasks[0]
        assert len(lived) < 20
        office.completes(task.element, by=performers.get(task.performer, Actor("carol", groups=frozenset({"pool"}))))
        lived.append(task.element)
    assert office.case().status is CaseStatus.COMPLETED
    assert office.engine.verify().breach is None
    return lived


def the_tables_say_what_the_state_says(office: Office, database: sa.Engine) -> None:
    release = office.engine.loaded(office.case().release)
    with database.connect() as connection:
        state = connection.scalar(sa.text("SELECT state FROM cases")) or b""
        waits = waits_of(codec.loads(bytes(state), release.machine, None))
        tasks = connection.scalars(sa.select(TaskRow.number).where(TaskRow.status == "open"))
        assert set(tasks) == set(waits.tasks)
        timers = connection.scalars(sa.select(TimerRow.number).where(TimerRow.kind == "event"))
        assert sorted(timers) == sorted(waits.timers)
        reminded = set(connection.scalars(sa.select(TimerRow.number).where(TimerRow.kind == "reminder")))
        assert reminded <= set(waits.tasks)
        subscriptions = connection.execute(
            sa.select(SubscriptionRow.number, SubscriptionRow.kind, SubscriptionRow.name)
        )
        assert {tuple(row) for row in subscriptions} == set(waits.subscriptions)


def test_a_token_is_moved_and_the_history_says_who_and_why(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(LINE)
    office.opens()
    withdrawn = office.task("write")

    moves(office, "write", "file")

    assert office.open() == ["file"]
    the_tables_say_what_the_state_says(office, database)
    event = office.engine.history(office.id, by=ALICE)[-1]
    assert (event.type, event.actor, event.element, event.data["reason"]) == ("token_moved", "eve", "file", WHY)
    assert (event.data["from"], event.data["withdrawn"]) == (["write"], ["write"])
    assert office.engine.task(withdrawn.id, by=ALICE).task.status == "withdrawn"
    assert lives_to_its_end(office) == ["file"]


def test_moved_back_it_carries_the_data_on(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(LINE)
    office.opens()
    office.completes("write", text="first")
    moves(office, "check", "write")

    assert office.data()["write"] == {"text": "first"}
    the_tables_say_what_the_state_says(office, database)
    assert lives_to_its_end(office) == ["write", "check", "file"]


def test_a_move_that_would_leave_a_join_waiting_is_refused_with_its_name(office_of: MAKE) -> None:
    office = office_of(FORK)
    office.opens()

    for source, target in (("plan", "left"), ("plan", "right")):
        with pytest.raises(Refused, match="join"):
            moves(office, source, target)
    office.completes("plan")
    for source, target in (("left", "close"), ("left", "right"), ("right", "plan")):
        with pytest.raises(Refused, match="join"):
            moves(office, source, target)
    with pytest.raises(Refused, match="gabung"):
        moves(office, "left", "join")
    moves(office, "left", "left_2")
    assert office.open() == ["left_2", "right"]
    assert lives_to_its_end(office)[-1] == "close"


def test_a_reset_withdraws_what_came_after_and_leaves_the_other_branch(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(FORK)
    office.opens()
    office.completes("plan")
    office.completes("left")
    office.engine.operations.reset(office.id, "left", reason=WHY, by=EVE)
    assert office.open() == ["left", "right"]
    the_tables_say_what_the_state_says(office, database)

    office.completes("left")
    office.completes("left_2")  # this token now waits at the join
    office.engine.operations.reset(office.id, "left_2", reason=WHY, by=EVE)
    assert office.open() == ["left_2", "right"]

    office.engine.operations.reset(office.id, "plan", reason=WHY, by=EVE)
    assert office.open() == ["plan"]
    the_tables_say_what_the_state_says(office, database)
    assert sorted(lives_to_its_end(office)) == ["close", "left", "left_2", "plan", "right"]


def test_a_reset_from_behind_the_join_begins_before_the_fork(office_of: MAKE) -> None:
    office = office_of(FORK)
    office.opens()
    for element in ("plan", "left", "left_2", "right"):
        office.completes(element)
    with pytest.raises(Refused, match="join"):
        office.engine.operations.reset(office.id, "left", reason=WHY, by=EVE)
    office.engine.operations.reset(office.id, "plan", reason=WHY, by=EVE)
    assert lives_to_its_end(office) == ["plan", "left", "right", "left_2", "close"]


def test_a_reset_reaches_into_a_called_process_that_is_over(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(NESTED, INNER)
    office.opens()
    office.completes("draft", text="kept")
    office.completes("agree", by=BOB)

    office.engine.operations.reset(office.id, "agree", reason=WHY, by=EVE)

    assert office.open() == ["agree"]
    assert office.data()["draft"] == {"text": "kept"}
    the_tables_say_what_the_state_says(office, database)
    assert lives_to_its_end(office) == ["agree", "act"]


def test_the_token_of_a_call_is_moved_with_everything_inside_it(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(NESTED, INNER)
    office.opens()
    office.completes("draft", text="kept")

    moves(office, "planning", "act")

    assert office.open() == ["act"]
    assert office.data()["draft"] == {"text": "kept"}
    the_tables_say_what_the_state_says(office, database)
    assert lives_to_its_end(office) == ["act"]


def test_inside_a_call_a_token_stays_at_its_level(office_of: MAKE) -> None:
    office = office_of(NESTED, INNER)
    office.opens()
    with pytest.raises(Refused, match="proses yang sama"):
        moves(office, "draft", "act")
    moves(office, "draft", "agree")
    assert lives_to_its_end(office) == ["agree", "act"]


def test_boundary_timers_go_with_their_activity_and_come_with_it(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(EDGES)
    office.opens()
    moves(office, "write", "read")
    assert office.engine.next_timer_at() is None
    the_tables_say_what_the_state_says(office, database)

    office.waits(timedelta(days=1))
    moves(office, "read", "write")
    the_tables_say_what_the_state_says(office, database)
    office.waits(timedelta(days=3, hours=1))
    assert office.open() == ["nag", "take_over"]
    assert sorted(lives_to_its_end(office)) == ["nag", "take_over"]


def test_what_a_boundary_event_has_begun_goes_on_when_its_activity_is_left(
    office_of: MAKE, database: sa.Engine
) -> None:
    office = office_of(EDGES)
    office.opens()
    office.waits(timedelta(days=1))
    assert office.open() == ["nag", "write"]

    moves(office, "write", "read")

    assert office.open() == ["nag", "read"]
    the_tables_say_what_the_state_says(office, database)
    assert sorted(lives_to_its_end(office)) == ["nag", "read"]


@pytest.mark.parametrize("ending", ["completed", "cancelled"])
def test_an_ended_case_begins_again_at_a_step_with_its_last_data(
    office_of: MAKE, database: sa.Engine, ending: str
) -> None:
    office = office_of(NESTED, INNER)
    office.opens()
    office.completes("draft", text="kept")
    if ending == "completed":
        office.completes("agree", by=BOB)
        office.completes("act")
    else:
        office.engine.cancel_case(office.id, reason=WHY, by=EVE)

    office.engine.operations.restart(office.id, "agree", reason=WHY, by=EVE)

    assert (office.case().status, office.case().closed_at, office.open()) == (CaseStatus.ACTIVE, None, ["agree"])
    assert office.data()["draft"] == {"text": "kept"}
    the_tables_say_what_the_state_says(office, database)
    event = office.engine.history(office.id, by=AUDITOR)[-1]
    assert (event.type, event.actor, event.data["reason"]) == ("case_restarted", "eve", WHY)
    assert lives_to_its_end(office) == ["agree", "act"]


def failing(call: ServiceCall) -> Any:
    raise OSError("no route to the payroll")


PAY = d.process(
    "work", d.start(), d.user_task("write"), d.service_task("pay", "payroll"), d.user_task("file"), d.end(),
    *d.path("begun", "write", "pay", "file", "finished"),
)  # fmt: skip


@pytest.mark.parametrize("verb", ["move", "restart"])
def test_a_parked_case_is_led_around_what_fails(office_of: MAKE, database: sa.Engine, verb: str) -> None:
    office = office_of(PAY, services={"payroll": failing})
    office.opens()
    with pytest.raises(StepFailed):
        office.completes("write", text="kept")

    if verb == "move":
        moves(office, "write", "file")
    else:
        office.engine.operations.restart(office.id, "file", reason=WHY, by=EVE)

    assert (office.case().status, office.engine.incidents(by=EVE).total) == (CaseStatus.ACTIVE, 0)
    the_tables_say_what_the_state_says(office, database)
    assert lives_to_its_end(office) == ["file"]


def test_a_move_that_fails_changes_nothing_and_parks_nobody(office_of: MAKE) -> None:
    office = office_of(PAY, services={"payroll": failing})
    office.opens()
    with pytest.raises(StepFailed, match="payroll"):
        moves(office, "write", "pay")
    assert (office.case().status, office.open(), office.happened()) == (CaseStatus.ACTIVE, ["write"], ["case_opened"])


def test_a_preview_tells_what_would_be_and_changes_nothing(office_of: MAKE, database: sa.Engine) -> None:
    office = office_of(FORK)
    office.opens()
    office.completes("plan")
    before = office.case()

    seen = office.engine.operations.preview_reset(office.id, "plan", by=EVE)
    refused = office.engine.operations.preview_move(office.id, token(office, "left"), "close", by=EVE)

    assert (seen.withdrawn, [task["element"] for task in seen.opened]) == (["left", "right"], ["plan"])
    assert (seen.refusal, seen.ends) == (None, False)
    assert refused.refusal is not None and "join" in refused.refusal
    assert office.case() == before
    assert office.open() == ["left", "right"]
    office.engine.operations.reset(office.id, "plan", reason=WHY, by=EVE)
    assert office.open() == [task["element"] for task in seen.opened]


def test_a_move_to_the_end_ends_the_case_and_the_preview_says_so(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    assert office.engine.operations.preview_move(office.id, token(office, "write"), "finished", by=EVE).ends
    moves(office, "write", "finished")
    assert office.case().status is CaseStatus.COMPLETED
    assert office.engine.next_timer_at() is None


def test_the_engine_names_every_target_and_why_some_are_none(office_of: MAKE) -> None:
    office = office_of(FORK)
    office.opens()
    targets = {target.element: target for target in office.engine.operations.targets(office.id, by=EVE)}

    assert {id for id, target in targets.items() if target.refusal is None} == {
        "plan", "left", "left_2", "right", "close", "finished",
    }  # fmt: skip
    assert "gabung" in (targets["join"].refusal or "")
    assert [id for id, target in targets.items() if target.done] == ["begun"]


def test_nobody_but_an_operator_and_never_about_oneself(office_of: MAKE) -> None:
    office = office_of(LINE)
    office.opens()
    number = token(office, "write")
    operations = office.engine.operations
    alice = Actor("alice", "Alice", roles=frozenset({"operator"}))
    for by in (ALICE, BOB, AUDITOR, STRANGER, alice):
        for attempt in (
            lambda by: operations.move_token(office.id, number, "file", reason=WHY, by=by),
            lambda by: operations.reset(office.id, "write", reason=WHY, by=by),
            lambda by: operations.restart(office.id, "write", reason=WHY, by=by),
            lambda by: operations.preview_move(office.id, number, "file", by=by),
            lambda by: operations.suspend(office.id, reason=WHY, by=by),
            lambda by: operations.edit_data(office.id, {"x": 1}, reason=WHY, by=by),
            lambda by: operations.view(office.id, by=by),
            lambda by: operations.targets(office.id, by=by),
            lambda by: office.engine.cancel_case(office.id, reason=WHY, by=by),
        ):
            with pytest.raises(NotYours):
                attempt(by)
    assert office.happened() == ["case_opened"]
    with pytest.raises(Refused, match="alasan"):
        operations.move_token(office.id, number, "file", reason="  ok ", by=EVE)
    with pytest.raises(NotFound):
        operations.move_token(office.id, 999, "file", reason=WHY, by=EVE)
    with pytest.raises(NotFound):
        operations.move_token(office.id, number, "nowhere", reason=WHY, by=EVE)
    with pytest.raises(Refused, match="belum pernah"):
        operations.reset(office.id, "file", reason=WHY, by=EVE)
    with pytest.raises(Refused, match="berjalan"):
        operations.restart(office.id, "file", reason=WHY, by=EVE)
