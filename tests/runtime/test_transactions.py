"""Transactions that succeed, are given up, or fail, in real cases that are saved and loaded at every step."""

from collections.abc import Callable

from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import Office

SEND = Callable[..., Office]


def order() -> list[str]:
    """A reserved place is paid; meanwhile somebody may give up, or fail."""
    inside = d.transaction(
        "order",
        d.start("in"),
        d.parallel("fork"),
        d.user_task("reserve"),
        d.undone_by("reserve", d.user_task("release")),
        d.user_task("pay"),
        d.undone_by("pay", d.user_task("pay_back")),
        d.end("out"),
        d.user_task("watch"),
        d.exclusive("how", default="how_to_given_up"),
        d.end("given_up", d.cancel()),
        d.end("broken", d.error("bad")),
        d.end("well"),
        *d.path("in", "fork", "reserve", "pay", "out"),
        *d.path("fork", "watch", "how", "given_up"),
        d.flow("how", "broken", when='watch.text = "fail"'),
        d.flow("how", "well", when='watch.text = "well"'),
    )
    work = d.process(
        "work",
        d.start(),
        inside,
        d.boundary("cancelled", "order", d.cancel()),
        d.boundary("failed", "order", d.error("bad")),
        d.user_task("after_success"),
        d.user_task("after_cancel"),
        d.user_task("after_error"),
        d.exclusive("meet"),
        d.end(),
        *d.path("begun", "order", "after_success", "meet", "finished"),
        *d.path("cancelled", "after_cancel", "meet"),
        *d.path("failed", "after_error", "meet"),
    )
    return [d.error_named("bad"), work]


def test_cancel_stops_the_transaction_undoes_it_and_goes_on_at_its_edge(office_of: SEND) -> None:
    office = office_of(*order())
    office.opens()
    office.completes("reserve", text="x")
    office.completes("watch", text="give up")

    assert office.open() == ["release"]
    office.completes("release", text="x")
    assert office.open() == ["after_cancel"]
    office.completes("after_cancel", text="x")
    assert office.case().status == CaseStatus.COMPLETED


def test_cancel_with_nothing_to_undo_goes_on_at_once(office_of: SEND) -> None:
    office = office_of(*order())
    office.opens()
    office.completes("watch", text="give up")

    assert office.open() == ["after_cancel"]


def test_an_error_stops_the_transaction_and_undoes_nothing(office_of: SEND) -> None:
    office = office_of(*order())
    office.opens()
    office.completes("reserve", text="x")
    office.completes("watch", text="fail")

    assert office.open() == ["after_error"]


def test_one_that_succeeds_goes_on(office_of: SEND) -> None:
    office = office_of(*order())
    office.opens()
    for task in ("watch", "reserve", "pay"):
        office.completes(task, text="well")

    assert office.open() == ["after_success"]


def test_one_of_several_that_is_given_up_ends_the_others_while_they_are_undone(office_of: SEND) -> None:
    inside = [d.start("in"), d.user_task("book"), d.undone_by("book", d.user_task("free")), d.end("no", d.cancel())]
    parts = [
        d.start(),
        d.transaction("trip", *inside, *d.path("in", "book", "no"), loop=d.times("2")),
        d.boundary("given_up", "trip", d.cancel()),
        d.user_task("mend"),
        d.end(),
        d.end("mended"),
        *d.path("begun", "trip", "finished"),
        *d.path("given_up", "mend", "mended"),
    ]
    office = office_of(d.process("work", *parts))
    office.opens()
    for task in ("book", "book"):
        office.completes(task, text="x")
    assert office.open() == ["free", "free"]

    office.completes("free", text="x")
    assert office.open() == ["mend"]
