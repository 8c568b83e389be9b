"""Events of diagrams, each in real cases that are saved and loaded at every step."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from engine.runtime.announcing import announce
from engine.runtime.values import SYSTEM
from tests.runtime import diagrams as d
from tests.runtime.office import EVE, Office

SEND = Callable[..., Office]


def test_several_links_go_on_at_the_one_that_catches(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.exclusive("which", default="plain"),
            d.user_task("first"),
            d.user_task("second"),
            d.throw("first_away", d.link("onward")),
            d.throw("second_away", d.link("onward")),
            d.catch("here", d.link("onward")),
            d.user_task("after"),
            d.end(),
            d.flow("begun", "which"),
            d.flow("which", "first", when="early"),
            d.flow("which", "second", id="plain"),
            *d.path("first", "first_away"),
            *d.path("second", "second_away"),
            *d.path("here", "after", "finished"),
        )
    )
    for number, (early, task) in enumerate([(True, "first"), (False, "second")]):
        office.opens(key=f"2026/{number}", early=early)
        office.completes(task, text="done")
        assert office.open() == ["after"]
        assert office.happened_last()[-3:] == [task, f"{task}_away", "here"]
        office.completes("after", text="done")
        assert office.case().status == "completed"


def test_a_signal_at_an_end_reaches_who_waits_inside_and_every_other_case(office_of: SEND) -> None:
    office = office_of(
        d.signal_named("closed"),
        d.process(
            "work",
            d.start(),
            d.parallel("fork"),
            d.catch("hears", d.signal("closed")),
            d.user_task("heard"),
            d.user_task("closes"),
            d.end("closing", d.signal("closed")),
            d.end(),
            *d.path("begun", "fork", "hears", "heard", "finished"),
            *d.path("fork", "closes", "closing"),
        ),
    )
    other = office.opens(key="2026/other")
    office.opens(key="2026/own")

    office.completes("closes", text="now")
    assert office.open() == ["heard"]
    office.works()

    assert office.open() == ["heard"]
    office.case_id = other
    assert office.open() == ["closes", "heard"]


def test_the_first_event_behind_a_gateway_is_taken_and_each_timer_keeps_its_own_moment(office_of: SEND) -> None:
    def waits_for(*, late: str) -> Office:
        return office_of(
            d.message_named("called"),
            d.process(
                "work",
                d.start(),
                d.event_gateway("first"),
                d.catch("later", d.after(late)),
                d.catch("soon", d.after("P3D")),
                d.catch("call", d.message("called")),
                d.catch("cond", d.conditional("urgent")),
                *(d.user_task(f"after_{id}") for id in ("later", "soon", "call", "cond")),
                d.exclusive("meet"),
                d.end(),
                *d.path("begun", "first"),
                *(
                    flow
                    for id in ("later", "soon", "call", "cond")
                    for flow in d.path("first", id, f"after_{id}", "meet")
                ),
                *d.path("meet", "finished"),
            ),
        )

    office = waits_for(late="P5D")
    office.opens(urgent=False)
    office.waits(timedelta(days=2))
    assert office.open() == []
    office.waits(timedelta(days=1))
    assert office.open() == ["after_soon"]
    office.waits(timedelta(days=5))
    assert office.open() == ["after_soon"]
    office.completes("after_soon", text="x")
    assert office.case().status == "completed"

    office.opens(key="2026/message", urgent=False)
    office.engine.send_message("called", business_key="2026/message", payload={}, by=EVE)
    office.waits(timedelta(days=9))
    assert office.open() == ["after_call"]

    office.opens(key="2026/condition", urgent=True)
    assert office.open() == ["after_cond"]


def test_what_was_answered_before_somebody_terminates_the_scope_stays(office_of: SEND) -> None:
    parts = [
        d.start("in"),
        d.parallel("fork"),
        d.user_task("one"),
        d.user_task("two"),
        d.user_task("other"),
        d.end("out"),
        d.end("stopped", d.terminate()),
        *d.path("in", "fork", "one", "two", "out"),
        *d.path("fork", "other", "stopped"),
    ]
    flows = d.path("begun", "body", "after", "finished")
    office = office_of(
        d.process("work", d.start(), d.sub_process("body", *parts), d.user_task("after"), d.end(), *flows)
    )
    office.opens()
    office.completes("one", text="kept")
    office.completes("other", text="stop")

    assert office.open() == ["after"]
    assert (office.data()["one"], office.data()["other"]) == ({"text": "kept"}, {"text": "stop"})


def test_terminate_ends_its_own_scope_alone(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.sub_process(
                "inner",
                d.start("in"),
                d.parallel("fork"),
                d.user_task("long"),
                d.user_task("stop"),
                d.end("stopped", d.terminate()),
                d.end("out"),
                *d.path("in", "fork", "long", "out"),
                *d.path("fork", "stop", "stopped"),
            ),
            d.user_task("after"),
            d.end(),
            *d.path("begun", "inner", "after", "finished"),
        )
    )
    office.opens()
    office.completes("stop", text="enough")

    assert office.open() == ["after"]


def test_a_message_goes_only_to_the_cases_that_wait_for_it_now(office_of: SEND) -> None:
    office = office_of(
        d.message_named("given"),
        d.process("work", d.start(), d.user_task("write"), d.catch("wait", d.message("given")), d.user_task("read"),
                  d.end(), *d.path("begun", "write", "wait", "read", "finished")),
    )  # fmt: skip
    for key in ("2026/early", "2026/waits"):
        office.opens(key=key)
    office.completes("write", text="x")

    with office.resources.database.begin() as connection:
        order = announce(connection, "given", {"grade": 1}, sa.true(), title="Given", now=office.clock.now())
    while office.engine.batches.run():
        pass

    assert order is not None
    assert [item.item for item in office.engine.batches.items(order, by=SYSTEM).items] == ["2026/waits"]
    assert office.open() == ["read"]
    with office.resources.database.begin() as connection:
        assert announce(connection, "given", {}, sa.true(), title="Given", now=office.clock.now()) is None


def test_an_edge_that_leads_straight_back_to_its_own_task_lets_it_be_done(office_of: SEND) -> None:
    """The library's join at the edge of the first round withdraws that of the second, and the case stands still."""
    office = office_of(
        d.message_named("corrected"),
        d.process(
            "work",
            d.start(),
            d.script_task("reckon", "{sum: 1}"),
            d.user_task("sign"),
            d.boundary("late", "sign", d.after("P9D")),
            d.boundary("afresh", "sign", d.message("corrected")),
            d.end("lapsed"),
            d.end(),
            *d.path("begun", "reckon", "sign", "finished"),
            *d.path("afresh", "reckon"),
            *d.path("late", "lapsed"),
        ),
    )
    office.opens()
    for _ in range(2):
        office.engine.send_message("corrected", business_key="2026/alice", payload={}, by=EVE)
        assert office.open() == ["sign"]

    office.completes("sign", text="signed")

    assert office.case().status == "completed"


def test_a_message_at_the_edge_that_does_not_interrupt_may_come_again_and_its_way_outlives_the_task(
    office_of: SEND,
) -> None:
    """BPMN 2.0, 10.5.4: multiple instances of the handler can run concurrently."""
    office = office_of(
        d.message_named("asked"),
        d.process(
            "work",
            d.start(),
            d.user_task("write"),
            d.boundary("question", "write", d.message("asked"), interrupting=False),
            d.user_task("answer"),
            d.end("answered"),
            d.user_task("check"),
            d.end(),
            *d.path("begun", "write", "check", "finished"),
            *d.path("question", "answer", "answered"),
        ),
    )
    office.opens()
    for _ in range(3):
        office.engine.send_message("asked", business_key="2026/alice", payload={}, by=EVE)
    assert office.open() == ["answer", "answer", "answer", "write"]

    office.completes("answer", text="so")
    office.completes("write", text="done")
    assert office.open() == ["answer", "answer", "check"]
    office.completes("check", text="fine")
    office.completes("answer", text="so")
    office.completes("answer", text="so")
    assert office.case().status == "completed"


def test_a_reminder_that_is_being_answered_outlives_its_task(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.user_task("write"),
            d.boundary("beat", "write", d.every("R2/P7D"), interrupting=False),
            d.user_task("nudge"),
            d.end("nudged"),
            d.end(),
            *d.path("begun", "write", "finished"),
            *d.path("beat", "nudge", "nudged"),
        )
    )
    office.opens()
    office.waits(timedelta(days=30))
    assert office.open() == ["nudge", "nudge", "write"]

    office.completes("write", text="done")
    assert office.open() == ["nudge", "nudge"]


def test_what_interrupts_a_parallel_sub_process_leaves_nothing_of_it_behind(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.sub_process(
                "each",
                d.start("in"),
                d.user_task("part"),
                d.boundary("nudge", "part", d.after("P9D"), interrupting=False),
                d.end("nudged"),
                d.end("out"),
                *d.path("in", "part", "out"),
                *d.path("nudge", "nudged"),
                loop=d.for_each("items", "item"),
            ),
            d.boundary("lapsed", "each", d.after("P3D")),
            d.user_task("late"),
            d.end(),
            d.end("gone"),
            *d.path("begun", "each", "finished"),
            *d.path("lapsed", "late", "gone"),
        )
    )
    office.opens(items=[1, 2])
    assert office.open() == ["part", "part"]
    office.waits(timedelta(days=20))

    assert office.open() == ["late"]
    assert office.armed() == []
    office.completes("late", text="x")
    assert office.case().status == "completed"
