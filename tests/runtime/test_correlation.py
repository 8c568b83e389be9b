"""Messages find the one catcher that they are meant for; those that fail are held by the case that they stopped."""

from collections.abc import Callable

import pytest

from engine.errors import StepFailed
from engine.runtime.values import Json
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, EVE, Office

SEND = Callable[..., Office]
CORRELATION = d.properties(correlation="message.quarter = quarter")


def quarters(catcher: str, *extra: str) -> tuple[str, ...]:
    """Waits for a message in each of two quarters side by side, and asks for what follows it."""
    inner = d.sub_process(
        "each",
        d.start("in"),
        catcher,
        d.user_task("read"),
        d.end("out"),
        *d.path("in", "report", "read", "out"),
        *extra,
        loop=d.for_each("quarters", "quarter"),
    )
    return (
        d.message_named("report_in"),
        d.process("work", d.start(), inner, d.end(), *d.path("begun", "each", "finished")),
    )


def sends(office: Office, **payload: Json) -> bool:
    return office.engine.send_message("report_in", business_key="2026/alice", payload=payload, by=EVE)


@pytest.mark.parametrize(
    "catcher",
    [
        d.catch("report", CORRELATION + d.message("report_in")),
        d.receive_task("report", "report_in", correlation="message.quarter = quarter"),
    ],
)
def test_a_message_goes_to_the_catcher_that_its_correlation_names(office_of: SEND, catcher: str) -> None:
    office = office_of(*quarters(catcher))
    office.opens(quarters=["Q1", "Q2"])
    assert sends(office, quarter="Q2")
    assert office.open() == ["read"]
    assert office.data()["quarter"] == "Q2"
    assert not sends(office, quarter="Q3")
    assert office.open() == ["read"]
    assert sends(office, quarter="Q1")
    assert office.open() == ["read", "read"]


def test_without_correlation_one_message_has_one_catcher(office_of: SEND) -> None:
    office = office_of(*quarters(d.catch("report", d.message("report_in"))))
    office.opens(quarters=["Q1", "Q2"])
    assert sends(office)
    assert office.open() == ["read"]
    assert sends(office)
    assert office.open() == ["read", "read"]
    assert not sends(office)


def failing() -> tuple[str, ...]:
    return (
        d.message_named("report_in"),
        d.process(
            "work",
            d.start(),
            d.catch("report", d.message("report_in")),
            d.service_task("note", "office/note"),
            d.user_task("after"),
            d.end(),
            *d.path("begun", "report", "note", "after", "finished"),
        ),
    )


def test_a_message_whose_receiver_fails_is_held_by_its_incident(office_of: SEND) -> None:
    works = False

    def note(call: object) -> Json:
        if not works:
            raise ValueError("printer on fire")
        return None

    office = office_of(*failing(), services={"office/note": note})
    office.opens()
    with pytest.raises(StepFailed, match="printer on fire"):
        sends(office, text="hello")
    assert office.case().status == "incident"
    works = True
    (incident,) = office.engine.incidents(by=EVE).items
    assert office.engine.retry_incident(incident.id, by=EVE)
    assert office.open() == ["after"]


def test_a_message_that_a_diagram_throws_is_sent_once_even_when_its_receiver_fails(office_of: SEND) -> None:
    def note(call: object) -> Json:
        raise ValueError("printer on fire")

    sender = d.process(
        "sender", d.start("go"), d.send_task("send", "report_in"), d.end("gone"), *d.path("go", "send", "gone")
    )
    office = office_of(*failing(), sender, services={"office/note": note})
    receiver = office.opens()
    office.opens(process="sender")
    office.engine.flush_outbox(lambda effect: None)
    assert office.engine.case(receiver, by=AUDITOR).case.status == "incident"
    assert office.engine.flush_outbox(lambda effect: None) == 0
    assert len(office.engine.incidents(by=EVE).items) == 1


def test_a_case_that_is_held_hears_a_signal_when_it_goes_on(office_of: SEND) -> None:
    office = office_of(
        d.signal_named("all_hands"),
        d.process(
            "work",
            d.start(),
            d.catch("call", d.signal("all_hands")),
            d.user_task("after"),
            d.end(),
            *d.path("begun", "call", "after", "finished"),
        ),
    )
    case = office.opens()
    office.engine.operations.suspend(case, reason="Menunggu keputusan atasan.", by=EVE)
    assert office.engine.send_signal("all_hands", payload={}, by=EVE) == 0
    office.engine.flush_outbox(lambda effect: None)
    assert office.open() == []
    office.engine.operations.resume(case, reason="Keputusan sudah ada.", by=EVE)
    office.engine.flush_outbox(lambda effect: None)
    assert office.open() == ["after"]
    office.engine.flush_outbox(lambda effect: None)
    assert office.open() == ["after"]
