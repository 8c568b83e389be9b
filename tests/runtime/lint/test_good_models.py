"""What the engine runs passes without an error: one model for each thing that may be drawn."""

import pytest

from tests.runtime.diagrams import (
    after,
    again_while,
    at,
    boundary,
    call,
    cancel,
    catch,
    compensate,
    conditional,
    decision_task,
    diagram,
    end,
    error,
    error_named,
    escalation,
    escalation_named,
    event_gateway,
    every,
    exclusive,
    flow,
    for_each,
    inclusive,
    link,
    message,
    message_named,
    parallel,
    path,
    process,
    script_task,
    service_task,
    signal,
    signal_named,
    start,
    sub_process,
    terminate,
    throw,
    times,
    transaction,
    undone_by,
    user_task,
)
from tests.runtime.lint.looking import errors, line, warnings

GOOD = {
    "a straight line": [line(user_task("ask"))],
    "a task with every setting": [
        line(
            user_task(
                "ask",
                due="P5D",
                remind="P3D, P0D",
                escalate="none",
                result="told",
                prefill='{ text: "" }',
                note="null",
                secret="true",
                share="text",
                disclose="finished",
                name__en="Ask",
            )
        )
    ],
    "every kind of task": [
        line(
            script_task("count", "{ score: 1 + 2 }", format="feel"),
            decision_task("judge", "grade", "judged", "{ score: score }"),
            service_task("record", "office/record", "recorded", what="judged"),
        )
    ],
    "a choice": [
        process(
            "work",
            start(),
            user_task("ask"),
            exclusive("is_fine", default="is_fine_to_ask"),
            end(),
            *path("begun", "ask", "is_fine", "ask"),
            flow("is_fine", "finished", 'ask.text = "yes"'),
        )
    ],
    "parallel branches": [
        process(
            "work",
            start(),
            parallel("fork"),
            user_task("a"),
            user_task("b"),
            parallel("join"),
            end(),
            *path("begun", "fork", "a", "join", "finished"),
            *path("fork", "b", "join"),
        )
    ],
    "inclusive branches": [
        process(
            "work",
            start(),
            inclusive("fork", default="fork_to_c"),
            user_task("a"),
            user_task("b"),
            user_task("c"),
            inclusive("join"),
            end(),
            *path("begun", "fork"),
            flow("fork", "a", "p"),
            flow("fork", "b", "q"),
            flow("fork", "c"),
            *path("a", "join", "finished"),
            *path("b", "join"),
            *path("c", "join"),
        )
    ],
    "what comes first": [
        message_named("withdrawn"),
        process(
            "work",
            start(),
            event_gateway("first"),
            catch("told", message("withdrawn")),
            catch("late", after("P3D")),
            end(),
            *path("begun", "first", "told", "finished"),
            *path("first", "late", "finished"),
        ),
    ],
    "timers at the edge": [
        process(
            "work",
            start(),
            user_task("ask"),
            boundary("reminded", "ask", every("R3/P7D"), interrupting=False),
            boundary("lapsed", "ask", at("deadlines.draft")),
            end("told"),
            end(),
            *path("begun", "ask", "finished"),
            *path("reminded", "told"),
            *path("lapsed", "finished"),
        )
    ],
    "an error caught outside": [
        error_named("refused"),
        escalation_named("noted"),
        process(
            "work",
            start(),
            sub_process(
                "inner",
                start("inner_begun"),
                throw("note", escalation("noted")),
                exclusive("fails", default="fails_to_inner_done"),
                end("broken", error("refused")),
                end("inner_done"),
                *path("inner_begun", "note", "fails", "inner_done"),
                flow("fails", "broken", "bad"),
            ),
            boundary("caught", "inner", error("refused")),
            boundary("heard", "inner", escalation("noted"), interrupting=False),
            end(),
            end("aside"),
            *path("begun", "inner", "finished"),
            *path("caught", "finished"),
            *path("heard", "aside"),
        ),
    ],
    "an event sub-process": [
        message_named("withdrawn"),
        process(
            "work",
            start(),
            user_task("ask"),
            end(),
            *path("begun", "ask", "finished"),
            sub_process(
                "withdrawal",
                start("withdrawal_told", message("withdrawn"), interrupting=False),
                user_task("confirm"),
                end("withdrawal_done", terminate()),
                *path("withdrawal_told", "confirm", "withdrawal_done"),
                triggered=True,
            ),
        ),
    ],
    "compensation, a transaction, conditions and event sub-processes": [
        message_named("withdrawn"),
        process(
            "work",
            start(),
            transaction(
                "order",
                start("order_begun"),
                user_task("reserve"),
                undone_by("reserve", user_task("release")),
                user_task("pay"),
                boundary("enough", "pay", conditional("reserve.text = null"), interrupting=False),
                end("noted"),
                exclusive("well", default="well_to_order_done"),
                end("given_up", cancel()),
                end("order_done"),
                *path("order_begun", "reserve", "pay", "well", "order_done"),
                *path("enough", "noted"),
                flow("well", "given_up", "pay.text = null"),
            ),
            boundary("cancelled", "order", cancel()),
            end("stopped"),
            catch("wait", conditional("reserve.text = null")),
            throw("undo", compensate("order")),
            end(),
            sub_process(
                "withdrawal",
                start("withdrawal_told", message("withdrawn"), interrupting=True),
                throw("undo_all", compensate()),
                end("withdrawal_done"),
                *path("withdrawal_told", "undo_all", "withdrawal_done"),
                triggered=True,
            ),
            *path("begun", "order", "wait", "undo", "finished"),
            *path("cancelled", "stopped"),
        ),
    ],
    "links": [
        process(
            "work",
            start(),
            user_task("ask"),
            throw("off", link("away")),
            catch("there", link("away")),
            end(),
            *path("begun", "ask", "off"),
            *path("there", "finished"),
        )
    ],
    "signals": [signal_named("closed"), line(throw("close", signal("closed")), catch("hear", signal("closed")))],
    "for each of a list": [
        line(
            user_task("ask_each", result="said", loop=for_each("people", "someone", "replies", "said", until="enough"))
        )
    ],
    "a number of times": [line(user_task("ask_each", result="said", loop=times("3", "replies", "said")))],
    "again while": [line(user_task("ask_again", loop=again_while("ask_again.more", maximum=5)))],
}


@pytest.mark.parametrize("name", GOOD)
def test_what_the_engine_runs_passes(name: str) -> None:
    assert errors(*GOOD[name]) == set()


def test_undoing_and_giving_up_bring_no_false_warning() -> None:
    assert warnings(*GOOD["compensation, a transaction, conditions and event sub-processes"]) == set()


def test_a_called_process_passes_with_the_fork_in_its_loop_outside() -> None:
    round_of_two = diagram(
        process(
            "round",
            start("round_begun"),
            parallel("fork"),
            user_task("a"),
            user_task("b"),
            parallel("join"),
            end("round_done"),
            *path("round_begun", "fork", "a", "join", "round_done"),
            *path("fork", "b", "join"),
        )
    )
    looping = process(
        "work",
        start(),
        call("go_round", "round", phase="planning"),
        exclusive("again", default="again_to_finished"),
        end(),
        *path("begun", "go_round", "again", "finished"),
        flow("again", "go_round", "a.more"),
    )

    assert errors(looping, round=round_of_two) == set()
