"""Cases that move in the middle of things: inside a transaction, before an inclusive join, on hold, parked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.errors import Refused, StepFailed, TaskNotOpen
from engine.runtime.moves.values import Choices
from engine.runtime.services import ServiceCall
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, START, Office

SEND = Callable[..., Office]
WHY = "Menunggu putusan badan kepegawaian."


def booking(*more: str) -> str:
    """A place is reserved and paid in a transaction, with more steps in it; somebody may give it all up."""
    inside = d.transaction(
        "order",
        d.start("in"),
        d.user_task("reserve"),
        d.undone_by("reserve", d.user_task("release")),
        d.user_task("pay"),
        *[d.user_task(id) for id in more],
        d.exclusive("how", default="how_to_out"),
        d.end("out"),
        d.end("given_up", d.cancel()),
        *d.path("in", "reserve", "pay", *more, "how", "out"),
        d.flow("how", "given_up", when='pay.text = "no"'),
    )
    return d.process(
        "work",
        d.start(),
        inside,
        d.boundary("cancelled", "order", d.cancel()),
        d.user_task("travel"),
        d.user_task("stay"),
        d.end(),
        d.end("home"),
        *d.path("begun", "order", "travel", "finished"),
        *d.path("cancelled", "stay", "home"),
    )


@pytest.mark.parametrize(
    ("answer", "steps"), [("yes", ["sign", "travel"]), ("no", ["sign", "release", "stay"])], ids=["kept", "given up"]
)
def test_a_transaction_that_runs_goes_on_and_can_still_be_undone(
    office_of: SEND, answer: str, steps: list[str]
) -> None:
    office = office_of(booking())
    office.opens()
    office.completes("reserve", text="x")
    office.engine.moves.migrate_case(office.id, office.publishes(booking("sign")), by=EVE)

    office.completes("pay", text=answer)
    for element in steps:
        assert office.open() == [element]
        office.completes(element, text="x")
    assert office.case().status is CaseStatus.COMPLETED
    assert office.engine.verify().breach is None


def test_what_a_transaction_still_has_to_undo_keeps_its_handler_or_the_case_stays(office_of: SEND) -> None:
    office = office_of(booking())
    office.opens()
    office.completes("reserve", text="x")
    office.completes("pay", text="no")
    assert office.open() == ["release"]
    release = office.publishes(booking("sign"))

    office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert office.open() == ["release"]
    office.completes("release", text="x")
    assert office.open() == ["stay"]


def choice(*extra: str) -> str:
    """One or more of a, b, c; those that were chosen meet at the join."""
    branches = ["a", "b", "c"]
    return d.process(
        "work",
        d.start(),
        d.user_task("ask"),
        d.inclusive("split", default="split_to_c"),
        *[d.user_task(id) for id in branches],
        *[d.user_task(id) for id in extra],
        d.inclusive("join"),
        d.user_task("close"),
        d.end(),
        *d.path("begun", "ask", "split"),
        d.flow("split", "a", when='contains(ask.text, "a")'),
        d.flow("split", "b", when='contains(ask.text, "b")'),
        d.flow("split", "c"),
        *d.path("a", *extra, "join", "close", "finished"),
        *d.path("b", "join"),
        *d.path("c", "join"),
    )


@pytest.mark.parametrize("first", ["a", "b"])
def test_an_inclusive_join_that_waits_waits_on_for_those_that_were_chosen(office_of: SEND, first: str) -> None:
    office = office_of(choice())
    office.opens()
    office.completes("ask", text="ab")
    assert office.open() == ["a", "b"]
    office.completes(first, text="x")
    second = "b" if first == "a" else "a"
    office.engine.moves.migrate_case(office.id, office.publishes(choice("check")), by=EVE)

    assert office.open() == [second]
    office.completes(second, text="x")
    if second == "a":
        assert office.open() == ["check"]
        office.completes("check", text="x")
    assert office.open() == ["close"]
    office.completes("close", text="x")
    assert office.case().status is CaseStatus.COMPLETED


LINE = [d.user_task("u1", due="P10D", remind="none", escalate="none"), d.boundary("late", "u1", d.after("P20D"))]


def line(*more: str) -> str:
    return d.process(
        "work",
        d.start(),
        *LINE,
        *[d.user_task(id) for id in more],
        d.user_task("last"),
        d.end(),
        *d.path("begun", "u1", *more, "last", "finished"),
        *d.path("late", "last"),
    )


@pytest.mark.parametrize("restart", [False, True])
def test_a_case_on_hold_moves_and_stays_on_hold_until_it_is_resumed(office_of: SEND, restart: bool) -> None:
    office = office_of(line())
    office.opens()
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    office.clock.advance(timedelta(days=5))
    release = office.publishes(line("u2"))

    office.engine.moves.migrate_case(office.id, release, Choices(restart=restart), by=EVE)

    assert (office.case().status, office.case().release) == (CaseStatus.SUSPENDED, release)
    with pytest.raises(TaskNotOpen, match="ditangguhkan"):
        office.completes("u1", text="x")
    office.clock.advance(timedelta(days=16))
    while office.engine.sweep():
        pass
    assert office.open() == ["u1"]
    office.engine.operations.resume(office.id, reason=WHY, by=EVE)
    while office.engine.sweep():
        pass
    assert office.open() == (["u1"] if restart else ["last"])
    assert office.engine.verify().breach is None


def test_a_move_of_a_case_on_hold_is_taken_back_and_what_passed_is_shifted(office_of: SEND) -> None:
    office = office_of(line())
    office.opens()
    office.engine.operations.suspend(office.id, reason=WHY, by=EVE)
    office.engine.moves.migrate_case(office.id, office.publishes(line("u2")), by=EVE)
    office.engine.moves.undo_case(office.id, by=EVE)
    assert (office.case().status, office.case().release) == (CaseStatus.SUSPENDED, 1)
    office.engine.moves.migrate_case(office.id, 2, by=EVE)
    office.clock.advance(timedelta(days=25))

    office.engine.operations.resume(office.id, reason=WHY, shift=True, by=EVE)

    assert office.task("u1").due_at == START + timedelta(days=35)
    office.completes("u1", text="x")
    assert office.open() == ["u2"]


def work_with(operation: str) -> str:
    return d.process(
        "work",
        d.start(),
        d.user_task("write"),
        d.service_task("act", operation),
        d.user_task("read"),
        d.end(),
        *d.path("begun", "write", "act", "read", "finished"),
    )


def test_a_case_with_an_incident_moves_to_the_release_that_mends_it_and_back(office_of: SEND) -> None:
    def fails(_call: ServiceCall) -> None:
        raise OSError("no route to the payroll")

    office = office_of(work_with("fails"), services={"fails": fails, "works": lambda call: "ok"})
    office.opens()
    with pytest.raises(StepFailed):
        office.completes("write", text="kept")
    release = office.publishes(work_with("works"))
    office.engine.moves.migrate_case(office.id, release, by=EVE)
    office.engine.moves.undo_case(office.id, by=EVE)
    [incident] = office.engine.incidents(by=EVE).items
    assert not office.engine.retry_incident(incident.id, by=EVE), "the old release fails as before"
    with pytest.raises(Refused):
        office.engine.moves.undo_case(office.id, by=EVE)

    office.engine.moves.migrate_case(office.id, release, by=EVE)
    assert office.case().status is CaseStatus.INCIDENT
    assert office.engine.retry_incident(office.engine.incidents(by=EVE).items[0].id, by=EVE)

    assert office.open() == ["read"]
    done = next(event for event in office.engine.history(office.id, by=AUDITOR) if event.type == "task_completed")
    assert done.actor == "alice"
    assert office.engine.verify().breach is None
