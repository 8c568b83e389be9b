"""What the library does with data, time and cost, and this engine does not: one proof for each trap, in real cases.

Traps of flows have their proofs where their subject is: 6 and 19 in test_gateways, 8 in test_loops, 9 in
test_tasks_of_all_kinds, 12 and 20 in test_multi_instance, those of events in test_traps_events.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from lxml import etree

from engine.errors import DefinitionError, StepFailed
from engine.feel import Environment
from engine.runtime import moments, steps
from engine.runtime.models import CaseRow, HistoryRow, TimerRow
from engine.runtime.workflow import codec
from engine.runtime.workflow.machine import CaseRun, build
from engine.runtime.workflow.script import Script
from tests.runtime import diagrams as d
from tests.runtime.lives import Host
from tests.runtime.office import AUDITOR, EVE, JAKARTA, START, Office

SEND = Callable[..., Office]


def line(*steps: str, ids: tuple[str, ...]) -> str:
    """One step after another."""
    return d.process("work", d.start(), *steps, d.end(), *d.path("begun", *ids, "finished"))


def waits(definition: str) -> str:
    return line(d.catch("wait", definition), ids=("wait",))


def test_trap_1_instances_end_in_a_process_that_did_not_begin_them() -> None:
    model = line(d.user_task("ask", result="said", loop=d.times("2", "all", "said")), ids=("ask",))
    codec.start_counting()
    run = CaseRun(_machine(model), "work", _script())
    run.start({}, _nothing)
    for _ in range(2):
        run = codec.loads(codec.dumps(run), _machine(model), _script())
        run.open_tasks()[0].run()
        run.advance(_nothing)

    assert run.is_done()


def test_trap_15_a_change_deep_in_the_data_is_seen_neither_beside_nor_before(office_of: SEND) -> None:
    office = office_of(
        d.process(
            "work",
            d.start(),
            d.parallel("fork"),
            d.user_task("left"),
            d.script_task("change", '{ goals: list replace(goals, 1, context put(goals[1], "weight", 99)) }'),
            d.user_task("after", performer="supervisor"),
            d.user_task("right"),
            d.parallel("join"),
            d.end(),
            *d.path("begun", "fork", "left", "change", "after", "join", "finished"),
            *d.path("fork", "right", "join"),
        )
    )
    office.opens(goals=[{"weight": 1}])
    office.completes("left", text="x")

    seen = {task.element: office.engine.task(task.id, by=AUDITOR).context["goals"] for task in office.tasks()}
    assert seen == {"after": [{"weight": 99}], "right": [{"weight": 1}]}


def test_trap_16_a_state_is_kept_as_bytes_in_which_order_stays(office_of: SEND) -> None:
    office = office_of(line(d.user_task("ask"), d.user_task("look"), ids=("ask", "look")))
    office.opens(zeta={"b": 1, "a": 2}, alpha=1)
    office.completes("ask", text="x")

    assert isinstance(CaseRow.__table__.c.state.type, sa.LargeBinary)
    assert list(office.data()["zeta"]) == ["b", "a"]


def test_trap_17_names_of_the_library_are_names_like_others(office_of: SEND) -> None:
    office = office_of(line(d.user_task("ask"), d.user_task("look"), ids=("ask", "look")))
    names = {name: {"typename": "datetime", "value": name} for name in ("typename", "delta", "data_objects", "updates")}
    office.opens(**names)
    office.completes("ask", text="x")

    assert {name: office.data()[name] for name in names} == names


def test_trap_18_case_data_is_plain_json(office_of: SEND) -> None:
    script = '{ day: date("2026-02-01"), span: duration("P1D"), sum: 0.1 + 0.2, whole: 4 / 2 }'
    office = office_of(line(d.script_task("reckon", script), d.user_task("look"), ids=("reckon", "look")))
    office.opens()

    assert {name: office.data()[name] for name in ("day", "span", "sum", "whole")} == {
        "day": "2026-02-01",
        "span": "P1D",
        "sum": 0.3,
        "whole": 2,
    }
    run = CaseRun(_machine(line(d.user_task("ask"), ids=("ask",))), "work", _script())
    run.start({"when": START}, _nothing)
    with pytest.raises(TypeError):
        codec.dumps(run)


@pytest.mark.parametrize("text", ["P14D", '"P14D"', 'duration("P14D")', "given", "P2W", "PT336H"])
def test_trap_21_a_span_needs_no_quotation_marks(office_of: SEND, text: str) -> None:
    office = office_of(waits(d.after(text)))
    office.opens(given="P14D")

    assert [timer["due_at"] for timer in office.timers()] == [START + timedelta(days=14)]


@pytest.mark.parametrize("given", [None, "", "soon", 3, []])
def test_trap_21_a_timer_without_a_moment_stops_its_case_by_name(office_of: SEND, given: Any) -> None:
    office = office_of(waits(d.after("given")))
    with pytest.raises(StepFailed) as failed:
        office.opens(given=given)

    assert failed.value.element == "wait"


@pytest.mark.parametrize(
    ("definition", "due"),
    [
        (d.after("P1Y2M3DT4H5M6S"), datetime(2027, 3, 5, 5, 5, 6, tzinfo=UTC)),
        (d.after("PT0.5S"), START + timedelta(seconds=0.5)),
        (d.at("2026-03-01T09:00:00+07:00"), datetime(2026, 3, 1, 2, tzinfo=UTC)),
        (d.at("2026-03-01T09:00:00Z"), datetime(2026, 3, 1, 9, tzinfo=UTC)),
        (d.at("2026-03-01"), datetime(2026, 2, 28, 17, tzinfo=UTC)),
    ],
)
def test_trap_22_forms_of_time(office_of: SEND, definition: str, due: datetime) -> None:
    office = office_of(waits(definition))
    office.opens()

    assert [timer["due_at"] for timer in office.timers()] == [due]


@pytest.mark.parametrize("definition", [d.after("-P1D"), d.after("0 9 * * *"), d.at("2026-03-01T09:00:00")])
def test_trap_22_other_forms_are_refused_when_they_are_published(office_of: SEND, definition: str) -> None:
    with pytest.raises(DefinitionError):
        office_of(waits(definition))


@pytest.mark.parametrize("definition", [d.after("P14"), d.at("2026-W02-1")])
def test_trap_22_what_could_be_an_expression_stops_its_case_by_name(office_of: SEND, definition: str) -> None:
    office = office_of(waits(definition))
    with pytest.raises(StepFailed) as failed:
        office.opens()

    assert failed.value.element == "wait"


def test_trap_23_days_are_local_to_their_season_and_moments_need_an_offset() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for day, hour in ((date(2027, 1, 2), 23), (date(2027, 7, 2), 22)):
        due = moments.moment(day.isoformat(), since=START, zone=berlin)
        assert due == datetime(day.year, day.month, 1, hour, tzinfo=UTC)
    with pytest.raises(moments.BadMoment):
        moments.moment("2027-07-01T09:00:00", since=START, zone=berlin)


def test_trap_24_a_month_ends_with_its_last_day(office_of: SEND) -> None:
    office = office_of(waits(d.after("P1M")))
    office.clock.go_to(datetime(2026, 1, 31, 3, tzinfo=UTC))
    office.opens()

    assert [timer["due_at"] for timer in office.timers()] == [datetime(2026, 2, 28, 3, tzinfo=UTC)]


def test_trap_24_a_cycle_of_months_keeps_to_its_first_day(office_of: SEND) -> None:
    office = office_of(beats("R4/2026-01-31T09:00:00+07:00/P3M"))
    office.opens()
    days = []
    while office.timers():
        [timer] = office.timers()
        days.append(timer["due_at"].astimezone(JAKARTA).date().isoformat())
        office.waits(timer["due_at"] - office.clock.now())

    assert days == ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]


def test_beats_after_one_that_an_operator_moved_follow_that_one(office_of: SEND) -> None:
    office = office_of(beats("R4/P7D"))
    office.opens()
    office.waits(timedelta(days=7))
    with office.resources.database.connect() as connection:
        number = connection.scalar(sa.select(TimerRow.number).where(TimerRow.case_id == office.id))
    moved = START + timedelta(days=20)
    office.engine.operations.change_timer(office.id, number or 0, moved, reason="Libur bersama.", by=EVE)
    office.waits(timedelta(days=13))

    assert [timer["due_at"] for timer in office.timers()] == [moved + timedelta(days=7)]


def beats(cycle: str) -> str:
    edge = (d.boundary("beat", "ask", d.every(cycle), interrupting=False), d.script_task("tell", "{ told: 1 }"))
    return d.process(
        "work",
        d.start(),
        d.user_task("ask"),
        *edge,
        d.end("aside"),
        d.end(),
        *d.path("begun", "ask", "finished"),
        *d.path("beat", "tell", "aside"),
    )


def test_trap_25_beats_that_were_missed_are_told_once(office_of: SEND) -> None:
    office = office_of(beats("R5/P7D"))
    office.opens()
    office.clock.go_to(START + timedelta(days=30))
    while office.engine.sweep():
        pass

    assert office.happened().count("timer_fired") == 1
    assert [timer["due_at"] for timer in office.timers()] == [START + timedelta(days=35)]


def test_trap_27_a_case_counts_its_own_tasks_and_asks_no_machine_for_the_time() -> None:
    lives = []
    for _ in range(2):
        codec.start_counting()
        run = CaseRun(_machine(line(d.user_task("ask"), ids=("ask",))), "work", _script())
        run.start({}, _nothing)
        lives.append(codec.dumps(run))

    assert lives[0] == lives[1]
    assert all(isinstance(number, int) for number in run.tasks)


def test_trap_28_a_step_of_many_elements_is_written_once(office_of: SEND, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ("ask", *(f"s{number}" for number in range(30)), "look")
    scripts = [d.script_task(id, f"{{ {id}: 1 }}") for id in ids[1:-1]]
    office = office_of(line(d.user_task("ask"), *scripts, d.user_task("look"), ids=ids))
    office.opens()
    written: list[int] = []
    dumps = codec.dumps
    monkeypatch.setattr(steps.codec, "dumps", lambda run: written.append(1) or dumps(run))  # type: ignore[func-returns-value]
    office.completes("ask", text="x")

    assert written == [1]
    with office.resources.database.connect() as connection:
        rows = connection.scalar(sa.select(sa.func.count()).where(HistoryRow.case_id == office.id))
    assert rows == 2
    assert office.happened_last()[:3] == ["ask", "s0", "s1"]


def _machine(model: str) -> Any:
    return build({"work.bpmn": etree.fromstring(d.diagram(model))})


def _script() -> Script:
    return Script(Environment(START, JAKARTA, {}), Host({}, lambda decision, context: None))


def _nothing(_task: Any) -> None:
    """Nobody listens."""
