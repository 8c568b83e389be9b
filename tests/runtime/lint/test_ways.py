"""Examples of how a case comes to a standstill: the shortest way, and what may be said of large models."""

from itertools import pairwise

from engine.errors import Problem, Severity
from tests.runtime.diagrams import (
    after,
    boundary,
    end,
    exclusive,
    flow,
    parallel,
    path,
    process,
    start,
    sub_process,
    user_task,
)
from tests.runtime.lint.looking import problems, warnings


def the(rule: str, *parts: str) -> Problem:
    [found] = [problem for problem in problems(*parts) if problem.rule == rule]
    return found


def test_a_deadlock_is_shown_by_the_shortest_way_and_what_it_kills_is_named() -> None:
    model = process(
        "work",
        start(),
        user_task("ask"),
        exclusive("fork", "fork_to_long"),
        user_task("long"),
        user_task("longer"),
        user_task("short"),
        parallel("join"),
        user_task("never"),
        end(),
        *path("begun", "ask", "fork", "long", "longer", "join", "never", "finished"),
        flow("fork", "short", "x"),
        *path("short", "join"),
    )
    found = the("deadlock", model)

    assert found.path == ("begun", "ask", "fork", "short", "join")
    assert found.way == "begun → ask → fork → short → join"
    assert found.element == "join"
    assert "finished, never" in found.message


def test_a_way_follows_flows_of_the_drawing_and_ends_at_the_problem() -> None:
    inner = sub_process(
        "inner",
        start("in"),
        parallel("fork"),
        exclusive("leave", "leave_to_join"),
        user_task("b"),
        parallel("join"),
        end("left"),
        end("out"),
        *path("in", "fork", "leave", "join", "out"),
        flow("leave", "left", "gone"),
        *path("fork", "b", "join"),
    )
    found = the("may-deadlock", process("work", start(), inner, end(), *path("begun", "inner", "finished")))

    assert found.path[0] == "in"
    assert found.path[-1] == "join"
    assert set(found.path) == {"in", "fork", "leave", "left", "b", "join"}


def test_branches_that_meet_are_shown_with_both_ways() -> None:
    model = process(
        "work",
        start(),
        parallel("fork"),
        user_task("a"),
        user_task("b"),
        exclusive("meet"),
        end(),
        *path("begun", "fork", "a", "meet", "finished"),
        *path("fork", "b", "meet"),
    )

    assert the("unsynchronised", model).path == ("begun", "fork", "a", "b", "meet")


def test_branches_that_come_to_one_end_do_not_meet() -> None:
    model = process(
        "work",
        start(),
        parallel("fork"),
        user_task("a"),
        user_task("b"),
        end(),
        *path("begun", "fork", "a", "finished"),
        *path("fork", "b", "finished"),
    )

    assert warnings(model) == set()


def branches(count: int, *, late: bool) -> str:
    """A fork into many tasks, each with a time limit that leads on, or else out."""
    names = [f"task_{n}" for n in range(count)]
    edges = [boundary(f"late_{name}", name, after("P1D")) for name in names]
    return process(
        "work",
        start(),
        parallel("fork"),
        *map(user_task, names),
        *edges,
        *(exclusive(f"on_{name}") for name in names),
        parallel("join"),
        end(),
        end("out"),
        *path("begun", "fork"),
        *(part for name in names for part in path("fork", name, f"on_{name}", "join")),
        *(part for name in names for part in path(f"late_{name}", "out" if late else f"on_{name}")),
        *path("join", "finished"),
    )


def test_independent_branches_are_proved_without_playing_every_order() -> None:
    """Sixty tasks with limits have 3 ** 60 markings; in a fixed order, some three hundred."""
    assert warnings(branches(60, late=False)) == set()


def test_what_is_too_large_to_be_proved_is_said_to_be() -> None:
    found = problems(branches(30, late=True))

    assert ("unproven", "work") in {(problem.rule, problem.element) for problem in found}
    assert not any(problem.severity is Severity.ERROR for problem in found)


def test_a_long_process_is_proved() -> None:
    length = 200
    steps = [exclusive(f"choice_{n}", f"choice_{n}_to_task_{n}") for n in range(length)]
    ids = [f"choice_{n}" for n in range(length)]
    detours = [user_task(f"task_{n}") for n in range(length)]
    flows = [
        part
        for here, there in pairwise([*ids, "finished"])
        for task in [here.replace("choice", "task")]
        for part in (flow(here, there, "a"), *path(here, task, there))
    ]

    found = warnings(process("work", start(), *steps, *detours, end(), *path("begun", ids[0]), *flows))

    assert {rule for rule, _ in found} == {"mixed-gateway"}
