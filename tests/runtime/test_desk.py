"""From task to task: which kinds wait for somebody, and what comes after one."""

from collections.abc import Callable

from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, BOB, Office

PROCESS = d.process(
    "work",
    d.start(),
    d.user_task("write"),
    d.user_task("sign", due="P1D"),
    d.end(),
    *d.path("begun", "write", "sign", "finished"),
)


def test_one_is_led_through_tasks_of_a_kind_and_then_to_the_most_urgent(office_of: Callable[..., Office]) -> None:
    office = office_of(PROCESS)
    for number in range(4):
        office.opens(key=f"2026/{number}")
    first = office.task("write")  # of the case that was opened last
    office.completes("write", text="selesai")
    others, desk = office.engine.inbox(by=ALICE, element="write").items, office.engine.desk

    assert [(kind.element, kind.count) for kind in desk.kinds(by=ALICE)] == [("sign", 1), ("write", 3)]
    following = desk.following(first.id, "write", by=ALICE)
    assert following is not None
    assert (following.task.id, following.alike) == (others[0].id, 3)
    assert office.engine.inbox(by=ALICE, element="write").total == 3
    for task in others:
        office.engine.complete_task(task.id, {"text": "selesai"}, revision=task.revision, key=str(task.id), by=ALICE)
    urgent = desk.following(first.id, "write", by=ALICE)
    assert urgent is not None
    assert (urgent.task.element, urgent.alike) == ("sign", 0)
    assert desk.following(first.id, "write", by=BOB) is None
    assert desk.kinds(by=BOB) == []
