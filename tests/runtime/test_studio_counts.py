"""The studio tells for each process how many running cases are in it."""

from collections.abc import Callable

from tests.runtime.diagrams import call, diagram, end, path, process, start, user_task
from tests.runtime.office import EVE, Office


def test_cases_are_counted_where_they_were_opened_and_where_they_have_a_task(
    office_of: Callable[..., Office],
) -> None:
    work = process(
        "work", start(), call("go", "inner"), user_task("ask"), end(), *path("begun", "go", "ask", "finished")
    )
    inner = process("inner", start("in"), user_task("deep"), end("out"), *path("in", "deep", "out"))
    alone = process("alone", start("a"), user_task("think"), end("b"), *path("a", "think", "b"))
    office = office_of(work, inner__bpmn=diagram(inner), alone__bpmn=diagram(alone))

    def counts() -> dict[str, int]:
        return {one.key: one.running_cases for one in office.engine.documents(by=EVE) if one.kind == "bpmn"}

    assert counts() == {"work": 0, "inner": 0, "alone": 0}
    office.opens("alone", key="2026/other")
    office.opens()
    assert counts() == {"work": 1, "inner": 1, "alone": 1}
    office.completes("deep", text="x")
    assert counts() == {"work": 1, "inner": 0, "alone": 1}
    office.completes("ask", text="x")
    assert counts() == {"work": 0, "inner": 0, "alone": 1}
