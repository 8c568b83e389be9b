"""Running cases on a changed diagram: each change is made under a case, and the rest of its life runs right."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from engine.errors import Refused
from engine.runtime.moves.values import Choices, What
from engine.runtime.values import CaseStatus
from tests.runtime import diagrams as d
from tests.runtime.office import ALICE, EVE, Office

SEND = Callable[..., Office]
DRAFT = {"text": "half written"}


def line(*parts: str, ids: Sequence[str]) -> str:
    """A process of one straight line."""
    return d.process("work", d.start(), *parts, d.end(), *d.path("begun", *ids, "finished"))


def u(id: str, **settings: str) -> str:
    return d.user_task(id, due="P10D", **settings)


def three() -> list[str]:
    return [line(u("u1"), u("u2"), u("u3"), ids=["u1", "u2", "u3"])]


def boundary_on(id: str, days: str = "P5D") -> list[str]:
    """u1, u2 and u3 in a line; a lapse of u2 leads to `late`."""
    return [
        d.process(
            "work",
            d.start(),
            u("u1"),
            u("u2"),
            u("u3"),
            u("late"),
            d.boundary(id, "u2", d.after(days)),
            d.end(),
            d.end("gone"),
            *d.path("begun", "u1", "u2", "u3", "finished"),
            *d.path(id, "late", "gone"),
        )
    ]


def called(*inner: str, after: Sequence[str] = (), loop: str = "", ids: Sequence[str]) -> list[str]:
    """u1, then a called process, then `after`."""
    return [
        line(u("u1"), d.call("calls", "inside", loop=loop), *[u(id) for id in after], ids=["u1", "calls", *after]),
        d.process("inside", d.start("in"), *inner, d.end("out"), *d.path("in", *ids, "out")),
    ]


def embedded(*inner: str, after: Sequence[str] = (), loop: str = "", ids: Sequence[str]) -> list[str]:
    sub = d.sub_process("sub", d.start("in"), *inner, d.end("out"), *d.path("in", *ids, "out"), loop=loop)
    return [line(u("u1"), sub, *[u(id) for id in after], ids=["u1", "sub", *after])]


def many(*after: str) -> list[str]:
    return [
        line(
            u("u1"),
            d.user_task("u2", due="P10D", loop=d.for_each("quarters", "quarter")),
            *[u(id) for id in after],
            ids=["u1", "u2", *after],
        )
    ]


def joined(*branches: Sequence[str], after: Sequence[str] = ()) -> list[str]:
    """A split into branches, all of which join."""
    flows = [flow for branch in branches for flow in d.path("split", *branch, "join")]
    return [
        d.process(
            "work",
            d.start(),
            u("u1"),
            d.parallel("split"),
            *[u(id) for branch in branches for id in branch],
            d.parallel("join"),
            *[u(id) for id in after],
            d.end(),
            *d.path("begun", "u1", "split"),
            *flows,
            *d.path("join", *after, "finished"),
        )
    ]


CHANGES = {
    "task added ahead": (
        three,
        ["u1"],
        lambda: [line(u("u1"), u("u2"), u("new"), u("u3"), ids=["u1", "u2", "new", "u3"])],
        ["u2", "new", "u3"],
    ),
    "task removed ahead": (three, ["u1"], lambda: [line(u("u1"), u("u2"), ids=["u1", "u2"])], ["u2"]),
    "done task removed": (three, ["u1"], lambda: [line(u("u2"), u("u3"), ids=["u2", "u3"])], ["u2", "u3"]),
    "gateway before": (
        three,
        ["u1"],
        lambda: [
            d.process(
                "work",
                d.start(),
                u("u1"),
                d.exclusive("which", default="usual"),
                u("u2"),
                u("u3"),
                d.end(),
                *d.path("begun", "u1", "which"),
                d.flow("which", "u2", id="usual"),
                d.flow("which", "u3", when="false"),
                *d.path("u2", "u3", "finished"),
            )
        ],
        ["u2", "u3"],
    ),
    "boundary timer added": (three, ["u1"], lambda: boundary_on("lapse"), ["u2", "u3"]),
    "boundary timer removed": (lambda: boundary_on("lapse"), ["u1"], three, ["u2", "u3"]),
    "boundary timer replaced": (lambda: boundary_on("lapse"), ["u1"], lambda: boundary_on("other"), ["u2", "u3"]),
    "task added after a running call": (
        lambda: called(u("u2"), ids=["u2"]),
        ["u1"],
        lambda: called(u("u2"), ids=["u2"], after=["u3"]),
        ["u2", "u3"],
    ),
    "task added inside a running call": (
        lambda: called(u("u2"), ids=["u2"]),
        ["u1"],
        lambda: called(u("u2"), u("u3"), ids=["u2", "u3"]),
        ["u2", "u3"],
    ),
    "task added after a running sub-process": (
        lambda: embedded(u("u2"), ids=["u2"]),
        ["u1"],
        lambda: embedded(u("u2"), ids=["u2"], after=["u3"]),
        ["u2", "u3"],
    ),
    "task added inside a running sub-process": (
        lambda: embedded(u("u2"), ids=["u2"]),
        ["u1"],
        lambda: embedded(u("u2"), u("u3"), ids=["u2", "u3"]),
        ["u2", "u3"],
    ),
    "task added after running instances": (many, ["u1"], lambda: many("u3"), ["u2", "u2", "u3"]),
    "task added inside running instances": (
        lambda: called(u("u2"), ids=["u2"], loop=d.for_each("quarters", "quarter")),
        ["u1"],
        lambda: called(u("u2"), u("u4"), ids=["u2", "u4"], loop=d.for_each("quarters", "quarter"), after=["u3"]),
        ["u2", "u2", "u4", "u4", "u3"],
    ),
    "task added inside sequential instances": (
        lambda: embedded(
            u("u2", result="answer"),
            ids=["u2"],
            loop=d.for_each("quarters", "quarter", "results", "answer", sequential=True),
        ),
        ["u1"],
        lambda: embedded(
            u("u2", result="answer"),
            u("u4"),
            ids=["u2", "u4"],
            loop=d.for_each("quarters", "quarter", "results", "answer", sequential=True),
        ),
        ["u2", "u4", "u2", "u4"],
    ),
    "task added on the other branch of a waiting join": (
        lambda: joined(["a"], ["b"]),
        ["u1", "a"],
        lambda: joined(["a"], ["b", "c"], after=["u3"]),
        ["b", "c", "u3"],
    ),
    "join gets an input before its split": (
        lambda: joined(["a"], ["b"]),
        [],
        lambda: joined(["a"], ["b"], ["c"]),
        ["u1", "a", "b", "c"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_case_lives_on_with_the_changed_diagram(office_of: SEND, change: str) -> None:
    before, done, after, rest = CHANGES[change]
    office = office_of(*before())
    office.opens(quarters=["I", "II"])
    for element in done:
        office.completes(element, text="done")
    for task in office.tasks():
        office.engine.save_draft(task.id, DRAFT, revision=1, by=ALICE)
    held = {task.id: task.due_at for task in office.tasks()}

    release = office.publishes(*after())
    office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert office.case().release == release
    assert {task.id: task.due_at for task in office.tasks()} == held
    assert all(office.engine.task(task.id, by=ALICE).answers == DRAFT for task in office.tasks())
    for element in rest:
        office.completes(element, text="done")
    assert office.case().status == CaseStatus.COMPLETED
    assert office.engine.verify().breach is None


def test_an_added_boundary_timer_counts_from_the_move(office_of: SEND) -> None:
    office = office_of(*three())
    office.opens()
    office.completes("u1", text="done")
    office.waits(timedelta(days=4))

    office.engine.moves.migrate_case(office.id, office.publishes(*boundary_on("lapse")), by=EVE)

    office.waits(timedelta(days=4))
    assert office.open() == ["u2"]
    office.waits(timedelta(days=2))
    assert office.open() == ["late"]


@pytest.mark.parametrize(("restart", "days"), [(False, 1), (True, 5)])
def test_an_armed_timer_keeps_its_hour_or_begins_anew(office_of: SEND, restart: bool, days: int) -> None:
    office = office_of(*boundary_on("lapse"))
    office.opens()
    office.completes("u1", text="done")
    office.waits(timedelta(days=4))
    due = office.task("u2").due_at
    assert due is not None

    plan = office.engine.moves.migrate_case(
        office.id, office.publishes(*boundary_on("lapse", "P05D")), Choices(restart=restart), by=EVE
    )

    moved = {What.EVENT_MOVES, What.DEADLINE} if restart else set()
    assert {effect.what for effect in plan.effects} == moved
    assert office.task("u2").due_at == due + timedelta(days=4 if restart else 0)
    office.waits(timedelta(days=days, hours=-1))
    assert office.open() == ["u2"]
    office.waits(timedelta(hours=2))
    assert office.open() == ["late"]


def test_a_join_whose_split_has_passed_refuses_a_new_input(office_of: SEND) -> None:
    office = office_of(*joined(["a"], ["b"]))
    office.opens()
    office.completes("u1", text="done")
    before = office.case()
    release = office.publishes(*joined(["a"], ["b"], ["c"]))
    for done in ("", "a"):
        if done:
            office.completes(done, text="done")
        with pytest.raises(Refused, match='"join" akan menunggu selamanya: cabang dari "c"'):
            office.engine.moves.migrate_case(office.id, release, by=EVE)
    assert office.case().release == before.release


def test_a_join_that_loses_its_last_input_lets_the_case_go_on(office_of: SEND) -> None:
    office = office_of(*joined(["a"], ["b"], after=["u3"]))
    office.opens()
    office.completes("u1", text="done")
    office.completes("a", text="done")
    release = office.publishes(
        d.process(
            "work",
            d.start(),
            u("u1"),
            d.parallel("split"),
            u("a"),
            u("b"),
            d.parallel("join"),
            u("u3"),
            d.end(),
            d.end("aside"),
            *d.path("begun", "u1", "split", "a", "join", "u3", "finished"),
            *d.path("split", "b", "aside"),
        )
    )

    plan = office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert [(effect.what, effect.element) for effect in plan.effects] == [(What.GOES_ON, "join")]
    assert office.open() == ["b", "u3"]
    office.completes("u3", text="done")
    office.completes("b", text="done")
    assert office.case().status == CaseStatus.COMPLETED


def test_a_removed_task_stops_the_move_until_another_stands_for_it(office_of: SEND) -> None:
    office = office_of(*boundary_on("lapse"))
    office.opens()
    office.completes("u1", text="done")
    task = office.task("u2")
    office.engine.save_draft(task.id, DRAFT, revision=1, by=ALICE)
    release = office.publishes(
        d.process(
            "work",
            d.start(),
            u("u1"),
            u("other"),
            u("late"),
            d.boundary("over", "other", d.after("P5D")),
            d.end(),
            d.end("gone"),
            *d.path("begun", "u1", "other", "finished"),
            *d.path("over", "late", "gone"),
        )
    )

    with pytest.raises(Refused, match='Perkara berada di "u2"'):
        office.engine.moves.migrate_case(office.id, release, by=EVE)
    plan = office.engine.moves.migrate_case(office.id, release, Choices({"u2": "other"}), by=EVE)

    assert (What.MOVES_TO, "other", "u2") in {(effect.what, effect.element, effect.before) for effect in plan.effects}
    moved = office.task("other")
    assert (moved.id, moved.due_at) == (task.id, task.due_at)
    assert office.engine.task(moved.id, by=ALICE).answers == DRAFT
    office.completes("other", text="done")
    assert office.case().status == CaseStatus.COMPLETED


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (lambda: embedded(u("u2"), ids=["u2"]), "pindah ke bagian proses lain"),
        (lambda: [line(u("u1"), d.script_task("u2", "{ x: 1 }"), ids=["u1", "u2"])], "jenis langkah lain"),
        (lambda: [d.process("work2", d.start(), u("u1"), d.end(), *d.path("begun", "u1", "finished"))], "Proses work"),
    ],
)
def test_what_has_no_place_is_refused_with_the_reason(
    office_of: SEND, after: Callable[[], list[str]], reason: str
) -> None:
    office = office_of(*three())
    office.opens()
    office.completes("u1", text="done")
    with pytest.raises(Refused, match=reason):
        office.engine.moves.migrate_case(office.id, office.publishes(*after()), by=EVE)


def test_a_fired_reminder_branch_goes_on_when_its_event_is_removed(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            u("u2"),
            u("late"),
            d.boundary("ping", "u2", d.after("P1D"), interrupting=False),
            d.end(),
            d.end("gone"),
            *d.path("begun", "u2", "finished"),
            *d.path("ping", "late", "gone"),
        )
    )
    office.opens()
    office.waits(timedelta(days=2))
    assert office.open() == ["late", "u2"]
    release = office.publishes(
        d.process(
            "work",
            d.start(),
            u("u2"),
            u("late"),
            d.boundary("pong", "u2", d.after("P9D"), interrupting=False),
            d.end(),
            d.end("gone"),
            *d.path("begun", "u2", "finished"),
            *d.path("pong", "late", "gone"),
        )
    )

    office.engine.moves.migrate_case(office.id, release, by=EVE)

    office.completes("late", text="done")
    assert office.open() == ["u2"]
    office.waits(timedelta(days=10))
    assert office.open() == ["late", "u2"]
    office.completes("u2", text="done")
    office.completes("late", text="done")
    assert office.case().status == CaseStatus.COMPLETED


def test_a_loop_goes_on_with_a_task_added_to_its_round(office_of: SEND) -> None:
    def rounds(*steps: str) -> str:
        return d.process(
            "work",
            d.start(),
            *[u(id) for id in steps],
            d.exclusive("well", default="back"),
            d.end(),
            *d.path("begun", *steps, "well"),
            d.flow("well", "finished", when='u2.text = "yes"'),
            d.flow("well", steps[0], id="back"),
        )

    office = office_of(rounds("u1", "u2"))
    office.opens()
    for answer in ("no", "no"):
        office.completes("u1", text="done")
        office.completes("u2", text=answer)
    office.completes("u1", text="done")

    office.engine.moves.migrate_case(office.id, office.publishes(rounds("u1", "u2", "u3")), by=EVE)

    for element, answer in [("u2", "no"), ("u3", "x"), ("u1", "x"), ("u2", "yes"), ("u3", "x")]:
        assert office.open() == [element]
        office.completes(element, text=answer)
    assert office.case().status == CaseStatus.COMPLETED


def handled(*ids: str, waits: str = "") -> list[str]:
    """A line of tasks in a scope that an event sub-process watches, if `waits` says what it waits for."""
    watch = d.sub_process("watch", d.start("rung", waits, interrupting=False), u("asked"), d.end("told"),
                          *d.path("rung", "asked", "told"), triggered=True) if waits else ""  # fmt: skip
    return [d.message_named("ring"), line(*[u(id) for id in ids], watch, ids=list(ids))]


def test_an_event_sub_process_that_is_added_waits_in_running_cases(office_of: SEND) -> None:
    office = office_of(*handled("u1", "u2"))
    office.opens()
    release = office.publishes(*handled("u1", "u2", waits=d.message("ring")))

    plan = office.engine.moves.migrate_case(office.id, release, by=EVE)

    assert [(effect.what, effect.after) for effect in plan.effects] == [(What.EVENT_ADDED, "ring")]
    office.engine.send_message("ring", business_key="2026/alice", payload={}, by=EVE)
    assert office.open() == ["asked", "u1"]


def test_an_event_sub_process_keeps_its_running_branch_and_its_hour(office_of: SEND) -> None:
    office = office_of(*handled("u1", "u2", waits=d.every("R3/P5D")))
    office.opens()
    office.waits(timedelta(days=6))
    assert office.open() == ["asked", "u1"]
    due = office.timers()

    office.engine.moves.migrate_case(
        office.id, office.publishes(*handled("u1", "u2", "u3", waits=d.every("R3/P5D"))), by=EVE
    )

    assert office.timers() == due
    office.completes("asked", text="done")
    office.waits(timedelta(days=5))
    assert office.open() == ["asked", "u1"]
    office.completes("asked", text="done")
    for element in ("u1", "u2", "u3"):
        office.completes(element, text="done")
    assert office.case().status == CaseStatus.COMPLETED


def test_an_event_sub_process_that_is_removed_waits_no_longer(office_of: SEND) -> None:
    office = office_of(*handled("u1", "u2", waits=d.message("ring")))
    office.opens()

    plan = office.engine.moves.migrate_case(office.id, office.publishes(*handled("u1", "u2")), by=EVE)

    assert [(effect.what, effect.before) for effect in plan.effects] == [(What.EVENT_REMOVED, "ring")]
    for element in ("u1", "u2"):
        office.completes(element, text="done")
    assert office.case().status == CaseStatus.COMPLETED


def booking(*before: str, undoes_hotel: bool = True) -> str:
    """A hotel booked in a sub-process, then tasks, then everything is undone."""
    hotel = [d.user_task("hotel"), d.undone_by("hotel", d.user_task("free_hotel")) if undoes_hotel else ""]
    trip = d.sub_process("trip", d.start("in"), *hotel, d.end("out"), *d.path("in", "hotel", "out"))
    room = [d.user_task("room"), d.undone_by("room", d.user_task("free_room"))]
    tasks, undo = [d.user_task(id) for id in before], d.throw("undo", d.compensate())
    flows = d.path("begun", "room", "trip", *before, "undo", "finished")
    return d.process("work", d.start(), *room, trip, *tasks, undo, d.end(), *flows)


@pytest.mark.parametrize(("undoes_hotel", "handlers"), [(True, ["free_hotel", "free_room"]), (False, ["free_room"])])
def test_what_can_be_undone_is_remembered_on_the_other_release(
    office_of: SEND, undoes_hotel: bool, handlers: list[str]
) -> None:
    office = office_of(booking("decide"))
    office.opens()
    for element in ("room", "hotel"):
        office.completes(element, text="done")

    release = office.publishes(booking("decide", "think", undoes_hotel=undoes_hotel))
    office.engine.moves.migrate_case(office.id, release, by=EVE)

    for element in ("decide", "think", *handlers):
        assert office.open() == [element]
        office.completes(element, text="done")
    assert office.case().status == CaseStatus.COMPLETED
