"""Send and receive tasks that are repeated: one message for each item, one by one or all at once, or while it goes on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.runtime.values import Json
from tests.runtime import diagrams as d
from tests.runtime.office import EVE, Office

SEND = Callable[..., Office]


def hears(loop: str, *extra: str) -> tuple[str, ...]:
    """Waits for `report_in` as often as the loop says."""
    heard = d.receive_task("hear", "report_in", "report", "message.quarter = quarter", loop=loop)
    return (
        d.message_named("report_in"),
        d.process(
            "work", d.start(), heard, d.user_task("look"), d.end(), *d.path("begun", "hear", "look", "finished"), *extra
        ),
    )


def told(office: Office, **payload: Json) -> bool:
    return office.engine.send_message("report_in", business_key="2026/alice", payload=payload, by=EVE)


@pytest.mark.parametrize("order", [("Q1", "Q2"), ("Q2", "Q1")])
def test_one_message_is_awaited_for_each_item_side_by_side(office_of: SEND, order: tuple[str, ...]) -> None:
    office = office_of(*hears(d.for_each("quarters", "quarter", "reports", "report")))
    office.opens(quarters=["Q1", "Q2"])
    for quarter in order:
        assert office.open() == []
        assert told(office, quarter=quarter)

    assert office.open() == ["look"]
    assert [report["quarter"] for report in office.data()["reports"]] == ["Q1", "Q2"]


def test_one_message_after_the_other_in_the_order_of_the_items(office_of: SEND) -> None:
    office = office_of(*hears(d.for_each("quarters", "quarter", "reports", "report", sequential=True)))
    office.opens(quarters=["Q1", "Q2"])
    assert not told(office, quarter="Q2")
    assert told(office, quarter="Q1")
    office.engine.flush_outbox(lambda effect: None)  # what came too early is delivered

    assert office.open() == ["look"]
    assert [report["quarter"] for report in office.data()["reports"]] == ["Q1", "Q2"]


def test_a_message_is_awaited_again_while_the_last_one_says_so(office_of: SEND) -> None:
    office = office_of(*hears(d.again_while("report.more")))
    office.opens(quarter="Q1")
    assert told(office, quarter="Q1", more=True)
    assert office.open() == []
    assert told(office, quarter="Q1", more=False)
    assert office.open() == ["look"]


def test_an_event_at_the_edge_ends_all_that_is_awaited(office_of: SEND) -> None:
    edge = d.boundary("late", "hear", d.after("P3D")) + d.flow("late", "look")
    office = office_of(*hears(d.for_each("quarters", "quarter", "reports", "report"), edge))
    office.opens(quarters=["Q1", "Q2"])
    assert told(office, quarter="Q1")
    office.waits(timedelta(days=4))

    assert office.open() == ["look"]
    assert not told(office, quarter="Q2")


@pytest.mark.parametrize("sequential", [True, False])
def test_one_message_is_sent_for_each_item(office_of: SEND, sequential: bool) -> None:
    sender = d.process(
        "sender",
        d.start("go"),
        d.send_task("send", "report_in", "{ quarter: q }", loop=d.for_each("quarters", "q", sequential=sequential)),
        d.end("gone"),
        *d.path("go", "send", "gone"),
    )
    office = office_of(*hears(d.for_each("quarters", "quarter", "reports", "report")), sender)
    receiver = office.opens(quarters=["Q1", "Q2"])
    office.opens(process="sender", quarters=["Q2", "Q1"])
    assert office.case().status == "completed"
    office.engine.flush_outbox(lambda effect: None)
    office.case_id = receiver

    assert office.open() == ["look"]
    assert [report["quarter"] for report in office.data()["reports"]] == ["Q1", "Q2"]
