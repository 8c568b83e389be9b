"""A play: one case in memory, acted by anyone, on a clock of its own; and scenarios played to their end."""

from datetime import date, datetime, timedelta

import pytest

from engine.errors import FormInvalid
from engine.runtime.engine import Engine
from engine.runtime.sandbox.coverage import Share, coverage
from engine.runtime.sandbox.play import CannotPlay, begin
from engine.runtime.sandbox.running import Outcome, run
from engine.runtime.sandbox.scenario import Action, Do, End, Expect, Opening, Scenario, Tell, Until, Wait
from tests.runtime.office import JAKARTA
from tests.runtime.sandbox_office import OPENS, STAGING, play, release

ASK, GRANT = Do("employee", "ask"), Do("supervisor", "decide", {"answer": "YES"})
GRANTED = (ASK, GRANT, Tell("message", "paid"))


def outcome(*steps: Action, end: End | None = None, **data: int) -> Outcome:
    lines = tuple(range(5, 5 + len(steps)))
    opening = Opening("work", "Cuti", data=data)
    scenario = Scenario("leave.scenario.yaml", "uji", opening, steps, end or End("completed"), lines, 99)
    return run(Engine, release(), STAGING, scenario)


def test_anyone_acts_and_the_case_goes_on() -> None:
    case = play()

    case.take(ASK)
    assert case.open == ["decide"]
    case.take(GRANT)
    case.take(Tell("message", "paid"))

    assert case.status == "completed"
    assert case.calls == [("office/tell", {"who": "alice"})]
    assert [event.type for event in case.history] == [
        "case_opened", "task_completed", "task_completed", "message_received",
    ]  # fmt: skip


def test_time_passes_and_timers_fire_on_their_own_hour() -> None:
    case = play()

    case.take(Wait(2))
    assert [(mail.template, mail.to, mail.at - OPENS) for mail in case.mails] == [
        ("task_opened", ("employee",), timedelta()),
        ("reminder", ("employee",), timedelta(days=2) - timedelta(hours=1)),  # in the morning
    ]
    case.take(Until(date(2026, 1, 8)))

    assert case.status == "completed"
    assert case.history[-1].at == OPENS + timedelta(days=5)
    assert case.clock.now() == datetime(2026, 1, 8, 23, 59, 59, tzinfo=JAKARTA)


def test_decisions_tell_the_rules_that_hit() -> None:
    case = play(days=9)

    case.take(ASK)

    (asked,) = case.asked
    assert (asked.element, asked.decision, asked.value) == ("weigh", "size", "long")
    assert [(hit.rule, hit.inputs) for hit in asked.hits] == [("size_rule_1", {"days": 9})]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (GRANT, 'Tugas "decide" tidak terbuka; yang terbuka: ask.'),
        (Do("supervisor", "ask"), "bukan untuk supervisor"),
        (Do("employee", "ask", due=date(2026, 2, 1)), "2026-01-05"),
        (Do("employee", "ask", note="Ulangi"), "Catatan"),
        (Expect(("decide",)), "Yang terbuka: ask."),
        (Wait(3_699 + 3_699), "sepuluh tahun"),
    ],
)
def test_what_the_case_does_not_allow_is_refused_in_words(action: Action, words: str) -> None:
    case = play()

    with pytest.raises(CannotPlay, match=words.replace(".", r"\.")):
        case.take(action)
    assert case.open == ["ask"]


def test_a_form_sent_whole_is_judged_as_from_a_page() -> None:
    case = play()
    case.take(ASK)

    with pytest.raises(FormInvalid):
        case.take(Do("supervisor", "decide", form={}))


def test_unknown_processes_and_data_are_refused_at_the_opening() -> None:
    with pytest.raises(CannotPlay, match="tidak dapat dibuka"):
        begin(Engine, release(), STAGING, Opening("nothing", "x"))


def test_a_green_scenario_says_what_it_passed() -> None:
    found = outcome(*GRANTED)

    assert found.green
    assert ("agreed", "tell") in found.pairs
    assert ("agreed", "refused") not in found.pairs
    assert found.rules == {("size", "size_rule_0")}


@pytest.mark.parametrize(
    ("steps", "end", "line", "words"),
    [
        ((ASK, ASK), None, 6, 'Langkah 2 (employee: ask): Tugas "ask" tidak terbuka; yang terbuka: decide.'),
        ((ASK,), None, 99, "Keadaan akhirnya active, bukan completed; yang terbuka: decide."),
        ((ASK,), End("active"), 99, "Pada akhirnya yang terbuka: decide."),
        (GRANTED, End("completed", calls=(("office/tell", {"who": "bob"}),)), 99, "Panggilan office/tell"),
        ((ASK, Do("supervisor", "decide", form={})), None, 6, "Formulirnya menolak"),
        ((ASK, Do("supervisor", "decide", {"answer": "MAYBE"})), None, 6, "belum dapat diisi"),
    ],
)
def test_a_red_scenario_says_which_step_and_what_was_found(
    steps: tuple[Action, ...], end: End | None, line: int, words: str
) -> None:
    problem = outcome(*steps, end=end).problem

    assert problem is not None
    assert words in problem.message
    assert (problem.file, problem.line) == ("leave.scenario.yaml", line)
    assert problem.mend


def test_a_case_that_fails_makes_its_scenario_red_with_the_cause() -> None:
    opening = Opening("work", "Cuti", given={"office/tell": "fails"})
    scenario = Scenario("leave.scenario.yaml", "uji", opening, GRANTED, End("completed"), (5, 6, 7), 9)

    problem = run(Engine, release(), STAGING, scenario).problem

    assert problem is not None
    assert "tell (tell): buku besar tertutup" in problem.message
    assert problem.line == 6


def test_coverage_names_the_flows_and_rules_that_none_passed() -> None:
    documents = release().documents
    granted = outcome(*GRANTED)
    refused = outcome(ASK, Do("supervisor", "decide", {"answer": "NO"}), days=9)
    lapsed = outcome(Wait(6))

    first, all_three = coverage(documents, [granted]), coverage(documents, [granted, refused, lapsed])

    assert first.flows["work"][1] == {"agreed_to_refused", "late_to_lapsed"}
    assert first.of_rules() == Share(1, 2)
    assert all_three.of_flows().value == 1.0
    assert all_three.rules["size"][1] == frozenset()
