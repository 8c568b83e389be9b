"""Events of diagrams, each in real cases that are saved and loaded at every step."""

from collections.abc import Callable

from tests.runtime import diagrams as d
from tests.runtime.office import Office

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
