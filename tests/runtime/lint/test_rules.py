"""What each rule refuses or warns of, beyond the variants of one model."""

import pytest

from engine.runtime.documents import Registry
from tests.runtime.diagrams import (
    again_while,
    boundary,
    call,
    cancel,
    catch,
    compensate,
    conditional,
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
    link,
    message,
    message_named,
    parallel,
    path,
    plain_task,
    process,
    script_task,
    service_task,
    signal,
    signal_named,
    start,
    sub_process,
    throw,
    times,
    transaction,
    undone_by,
    user_task,
)
from tests.runtime.lint.looking import REGISTRY, errors, line, problems, warnings

AFTER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"


def ends_with(definition: str, *named: str) -> list[str]:
    return [*named, process("work", start(), end("finished", definition), *path("begun", "finished"))]


def test_a_kind_that_the_engine_does_not_run_is_refused_by_name() -> None:
    found = problems(line(plain_task("odd", "complexGateway")))

    assert any(p.rule == "unsupported" and p.element == "odd" and "complexGateway" in p.message for p in found)


@pytest.mark.parametrize("kind", ["task", "manualTask"])
def test_a_task_that_asks_nobody_is_a_warning(kind: str) -> None:
    assert errors(line(plain_task("odd", kind))) == set()
    assert ("passes", "odd") in warnings(line(plain_task("odd", kind)))


@pytest.mark.parametrize("kind", ["sendTask", "receiveTask"])
def test_a_message_task_names_its_message(kind: str) -> None:
    assert errors(line(plain_task("odd", kind))) == {("no-message", "odd")}


def test_ad_hoc_sub_processes_are_refused() -> None:
    inner = sub_process("odd", start("inner"), end("inner_done"), *path("inner", "inner_done"))

    assert ("unsupported", "odd") in errors(line(inner.replace("subProcess", "adHocSubProcess")))


@pytest.mark.parametrize("definition", [link("there"), conditional("a"), AFTER])
def test_an_end_that_would_throw_nothing_is_refused(definition: str) -> None:
    assert ("unsupported-event", "finished") in errors(*ends_with(definition))


@pytest.mark.parametrize("definition", [conditional(""), compensate(), ""])
def test_a_catching_event_that_never_fires_is_refused(definition: str) -> None:
    assert ("unsupported-event", "wait") in errors(line(catch("wait", definition)))


@pytest.mark.parametrize("definition", [signal("closed"), AFTER, conditional("true")])
def test_a_signal_or_an_hour_begins_no_process(definition: str) -> None:
    assert ("unsupported-event", "begun") in errors(
        signal_named("closed"), process("work", start("begun", definition), end(), *path("begun", "finished"))
    )


def test_a_message_begins_only_a_process_that_nobody_calls() -> None:
    begun = process("inner", start("begun", message("told")), end(), *path("begun", "finished"))
    caller = process("outer", start("s"), call("calls", "inner"), end("e"), *path("s", "calls", "e"))
    inside = sub_process("inside", start("begun", message("told")), end(), *path("begun", "finished"))
    around = process("outer", start("s"), inside, end("e"), *path("s", "inside", "e"))

    assert errors(message_named("told"), begun) == set()
    assert ("unsupported-event", "begun") in errors(message_named("told"), begun, caller)
    assert ("unsupported-event", "begun") in errors(message_named("told"), around)


def test_an_event_has_one_trigger() -> None:
    assert ("unsupported-event", "wait") in errors(message_named("told"), line(catch("wait", message("told") + AFTER)))


def test_a_link_has_throwers_and_one_catcher_in_its_scope_and_no_drawn_flow() -> None:
    """BPMN 2.0, 10.5.1."""
    inner = sub_process("inner", start("in"), throw("off", link("away")), catch("there", link("other")), end("out"))
    parts = [inner, catch("one", link("away")), catch("two", link("away")), catch("nameless", link(""))]
    found = errors(process("work", start(), *parts, end(), *path("begun", "inner", "one", "finished")))

    assert {("link", id) for id in ("off", "there", "one", "two", "nameless")} <= found


class TestCompensation:
    """BPMN 2.0, 10.7."""

    def undoing(self, *more: str) -> str:
        undone = undone_by("ask", user_task("take_back"))
        model = line(user_task("ask"), throw("undo", compensate()))
        return model.replace(
            "</bpmn:process>", undone.partition("<bpmn:association")[0] + "".join(more) + "</bpmn:process>"
        )

    def joined(self, *more: str) -> str:
        association = "<bpmn:association" + undone_by("ask", user_task("take_back")).partition("<bpmn:association")[2]
        return self.undoing(*more, association)

    def test_a_handler_is_joined_to_its_event(self) -> None:
        assert errors(self.joined()) == set()
        assert {("compensation", "undo_ask"), ("compensation", "take_back")} <= errors(self.undoing())

    def test_a_handler_stands_outside_of_the_flows(self) -> None:
        assert ("compensation", "take_back") in errors(self.joined(flow("take_back", "finished")))
        assert ("compensation", "undo_ask") in errors(self.joined(flow("undo_ask", "finished")))

    def test_what_is_undone_can_be_undone_and_is_waited_for(self) -> None:
        assert ("compensation", "undo") in errors(line(user_task("ask"), throw("undo", compensate())))
        other = self.joined().replace(
            "compensateEventDefinition/>", 'compensateEventDefinition activityRef="undo"/>', 1
        )
        assert ("compensation", "undo") in errors(other)
        hasty = self.joined().replace(
            "compensateEventDefinition/>", 'compensateEventDefinition waitForCompletion="false"/>', 1
        )
        assert ("compensation", "undo") in errors(hasty)


class TestTransactions:
    """BPMN 2.0, 10.3.4."""

    def order(self, ending: str, *edge: str) -> set[tuple[str, str | None]]:
        inner = transaction("order", start("in"), user_task("pay"), end("out", ending), *path("in", "pay", "out"))
        model = line(inner).replace("</bpmn:process>", "".join(edge) + "</bpmn:process>")
        return errors(model)

    def test_a_cancel_end_and_a_cancel_edge_need_each_other(self) -> None:
        edge = (boundary("given_up", "order", cancel()), flow("given_up", "finished"))

        assert self.order(cancel(), *edge) == set()
        assert self.order("") == set()
        assert self.order(cancel()) == {("transaction", "out")}
        assert self.order("", *edge) == {("transaction", "given_up")}

    def test_cancel_belongs_to_a_transaction(self) -> None:
        assert errors(*ends_with(cancel())) == {("transaction", "finished")}
        model = line(user_task("ask")).replace(
            "</bpmn:process>", boundary("given_up", "ask", cancel()) + flow("given_up", "finished") + "</bpmn:process>"
        )
        assert errors(model) == {("transaction", "given_up")}


class TestEventSubProcesses:
    """Trap 3: they are begun by their start event alone, which must be one that can happen."""

    def aside(self, definition: str, *, interrupting: bool = False) -> str:
        return sub_process(
            "aside",
            start("aside_begun", definition, interrupting=interrupting),
            end("aside_done"),
            *path("aside_begun", "aside_done"),
            triggered=True,
        )

    def around(self, *inside: str) -> str:
        return process("work", start(), user_task("ask"), end(), *inside, *path("begun", "ask", "finished"))

    @pytest.mark.parametrize("definition", [compensate(), ""])
    def test_one_with_another_start_is_refused(self, definition: str) -> None:
        assert ("event-sub-process", "aside_begun") in errors(self.around(self.aside(definition)))

    def test_one_that_an_error_starts_interrupts(self) -> None:
        thrower = service_task("do", "office/record")
        model = line(thrower).replace("</bpmn:process>", self.aside(error("bad")) + "</bpmn:process>")

        assert errors(error_named("bad"), model) == {("event-sub-process", "aside_begun")}

    def test_one_that_nothing_can_start_is_refused(self) -> None:
        model = self.around(self.aside(error("bad"), interrupting=True))

        assert errors(error_named("bad"), model) == {("no-thrower-error", "aside_begun")}


def test_a_process_has_one_start_and_an_end() -> None:
    several = process("work", start(), start("again"), end(), *path("begun", "finished"), *path("again", "finished"))
    assert errors(several) == set()  # one is chosen when a case is opened
    caller = process("all", start("first"), call("do", "work"), end("last"), *path("first", "do", "last"))
    assert ("several-starts", "again") in errors(several, caller)
    assert ("no-end", "work") in errors(process("work", start(), user_task("ask"), *path("begun", "ask")))
    assert ("no-start", "work") in errors(process("work", end()))
    assert ("no-start", "inner") in errors(line(sub_process("inner", end("inner_done"))))


def test_a_flow_does_not_cross_the_border_of_a_sub_process() -> None:
    inner = sub_process("inner", start("in"), user_task("ask"), end("out"), *path("in", "ask", "out"))
    crossing = line(inner).replace("</bpmn:process>", flow("begun", "ask") + "</bpmn:process>")

    assert ("broken-flow", "begun_to_ask") in errors(crossing)


def test_a_loop_without_a_way_out_is_refused() -> None:
    assert ("no-way-out", "b") in errors(
        process("work", start(), user_task("a"), user_task("b"), end(), *path("begun", "a", "b", "a"), end("e2"))
    )


def test_a_condition_that_would_be_ignored_is_refused() -> None:
    forked = [flow("g", "a", "ok"), flow("g", "b"), *path("a", "finished"), *path("b", "finished")]
    fork = process("work", start(), parallel("g"), user_task("a"), user_task("b"), end(), *path("begun", "g"), *forked)
    gateway = process("work", start(), exclusive("g"), end(), *path("begun", "g"), flow("g", "finished", "ok"))

    assert errors(fork) == {("ignored-condition", "g_to_a")}
    assert errors(gateway) == {("ignored-condition", "g_to_finished")}


def test_the_default_flow_has_no_condition_and_is_the_gateways_own() -> None:
    def choice(default: str) -> str:
        tail = [flow("g", "finished", "a"), flow("g", "e2", "b")]
        return process("work", start(), exclusive("g", default), end(), end("e2"), *path("begun", "g"), *tail)

    assert errors(choice("g_to_e2")) == {("ignored-condition", "g_to_e2")}
    assert ("default-flow", "g") in errors(choice("begun_to_g"))


def test_a_choice_without_default_is_a_warning() -> None:
    tail = [flow("g", "finished", "a"), flow("g", "e2", "not(a)")]
    model = process("work", start(), exclusive("g"), end(), end("e2"), *path("begun", "g"), *tail)

    assert errors(model) == set()
    assert ("default-flow", "g") in warnings(model)


def test_an_event_gateway_leads_to_catching_events() -> None:
    model = process(
        "work", start(), event_gateway("g"), user_task("ask"), end(), *path("begun", "g", "ask", "finished")
    )

    assert errors(model) == {("event-gateway", "g"), ("event-gateway", "g_to_ask")}


class TestErrors:
    """Trap 7: what is thrown is caught, what catches can be thrown."""

    def test_an_error_that_nobody_catches_will_be_an_incident_and_people_are_told(self) -> None:
        thrown = ends_with(error("bad"), error_named("bad"))

        assert errors(*thrown) == set()
        assert ("uncaught-error", "finished") in warnings(*thrown)

    def test_an_event_sub_process_catches_what_is_thrown_in_its_scope_but_not_what_it_throws(self) -> None:
        def handled(*throws: str) -> str:
            ending = end("aside_done", *throws)
            begun = start("aside_begun", error("bad"), interrupting=True)
            aside = sub_process("aside", begun, ending, *path("aside_begun", "aside_done"), triggered=True)
            return process("work", start(), end("finished", error("bad")), aside, *path("begun", "finished"))

        assert warnings(error_named("bad"), handled()) == set()
        assert warnings(error_named("bad"), handled(error("bad"))) == {("uncaught-error", "aside_done")}

    def test_an_escalation_that_nobody_catches_is_a_warning(self) -> None:
        assert ("uncaught-escalation", "finished") in warnings(*ends_with(escalation("bad"), escalation_named("bad")))

    def test_an_error_caught_with_another_code_is_not_caught(self) -> None:
        inner = sub_process("inner", start("in"), end("out", error("bad")), *path("in", "out"))
        edge = boundary("caught", "inner", error("worse"))
        model = line(inner).replace("</bpmn:process>", edge + flow("caught", "finished") + "</bpmn:process>")

        assert errors(error_named("bad"), error_named("worse"), model) == {("no-thrower-error", "caught")}
        assert ("uncaught-error", "out") in warnings(error_named("bad"), error_named("worse"), model)

    def test_an_error_thrown_by_a_called_process_is_caught_by_every_caller(self) -> None:
        def caller(name: str, *edge: str) -> bytes:
            body = [start(f"{name}_in"), call(f"{name}_go", "work"), end(f"{name}_out")]
            return diagram(
                error_named("bad"), process(name, *body, *path(f"{name}_in", f"{name}_go", f"{name}_out"), *edge)
            )

        catching = caller("one", boundary("caught", "one_go", error("bad")), flow("caught", "one_out"))
        work = ends_with(error("bad"), error_named("bad"))

        assert warnings(*work, one=catching) == set()
        assert warnings(*work, one=catching, two=caller("two")) == {("uncaught-error", "finished")}

    def test_a_user_task_throws_no_error_but_a_service_may(self) -> None:
        def edge(host: str) -> str:
            return boundary("caught", "do", error("bad")) + flow("caught", "finished")

        def model(step: str) -> str:
            return line(step).replace("</bpmn:process>", edge("do") + "</bpmn:process>")

        assert errors(error_named("bad"), model(user_task("do"))) == {("no-thrower-error", "caught")}
        assert errors(error_named("bad"), model(service_task("do", "office/record"))) == set()


class TestLoops:
    """Traps 12 and 20."""

    def test_a_loop_says_what_it_repeats(self) -> None:
        assert ("loop", "ask") in errors(line(user_task("ask", loop=again_while(None))))
        bare = "<bpmn:multiInstanceLoopCharacteristics/>"
        assert ("loop", "ask") in errors(line(user_task("ask", loop=bare)))

    def test_a_limit_is_a_number_above_zero(self) -> None:
        assert errors(line(user_task("ask", loop=again_while("more", maximum=0)))) == {("loop", "ask")}

    def test_an_item_may_cover_a_name_that_cases_start_with(self) -> None:
        registry = Registry(REGISTRY.services, REGISTRY.performers, {}, data=frozenset({"people", "employee"}))
        until = "numberOfCompletedInstances > 1 and count(all) > 1 and said.text != null"
        model = line(user_task("ask", result="said", loop=for_each("people", "employee", "all", "said", until=until)))

        assert errors(model, registry=registry) == set()
        assert ("unknown-name", "ask") not in warnings(model, registry=registry)

    def test_a_list_of_results_may_be_written_again_in_a_second_round(self) -> None:
        model = process(
            "work",
            start(),
            user_task("ask", result="said", loop=times("3", "all", "said")),
            exclusive("again", default="again_to_finished"),
            end(),
            *path("begun", "ask", "again", "finished"),
            flow("again", "ask", "more"),
        )

        assert errors(model) == set()

    def test_results_that_overwrite_each_other_are_a_warning(self) -> None:
        assert ("loop-output", "ask") in warnings(line(user_task("ask", loop=times("3"))))


class TestSoundness:
    """Tokens are played without data: never is an error, sometimes a warning."""

    def meeting(self, fork: str, join: str, condition: str | None) -> str:
        return process(
            "work",
            start(),
            fork,
            user_task("a"),
            user_task("b"),
            join,
            end(),
            *path("begun", "fork"),
            flow("fork", "a", condition),
            flow("fork", "b", None),
            *path("a", "join", "finished"),
            *path("b", "join"),
        )

    def test_a_parallel_join_of_alternative_branches_is_refused(self) -> None:
        model = self.meeting(exclusive("fork", "fork_to_b"), parallel("join"), "x")

        assert errors(model) == {("deadlock", "join")}

    def test_parallel_branches_that_meet_in_an_exclusive_gateway_are_a_warning(self) -> None:
        model = self.meeting(parallel("fork"), exclusive("join"), None)

        assert errors(model) == set()
        assert ("unsynchronised", "join") in warnings(model)

    def test_a_join_that_some_ways_leave_waiting_is_a_warning(self) -> None:
        model = process(
            "work",
            start(),
            parallel("fork"),
            exclusive("leave", default="leave_to_join"),
            user_task("b"),
            parallel("join"),
            end("left"),
            end(),
            *path("begun", "fork", "leave", "join", "finished"),
            flow("leave", "left", "gone"),
            *path("fork", "b", "join"),
        )

        assert errors(model) == set()
        assert ("may-deadlock", "join") in warnings(model)

    def test_a_reminder_that_ends_aside_is_sound(self) -> None:
        model = process(
            "work",
            start(),
            user_task("a"),
            boundary("reminded", "a", every("R3/P1D"), interrupting=False),
            end(),
            end("aside"),
            *path("begun", "a", "finished"),
            *path("reminded", "aside"),
        )

        assert warnings(model) == set()

    def test_a_reminder_that_joins_the_main_way_is_a_warning(self) -> None:
        model = process(
            "work",
            start(),
            user_task("a"),
            boundary("reminded", "a", every("R3/P1D"), interrupting=False),
            user_task("b"),
            end(),
            *path("begun", "a", "b", "finished"),
            *path("reminded", "b"),
        )

        assert ("unsynchronised", "b") in warnings(model)

    def test_many_parallel_branches_are_looked_at_in_bounded_time(self) -> None:
        names = [f"branch_{n}" for n in range(30)]
        edge = [boundary(f"late_{name}", name, AFTER) for name in names]
        model = process(
            "work",
            start(),
            parallel("fork"),
            *map(user_task, names),
            *edge,
            parallel("join"),
            end(),
            *path("begun", "fork"),
            *(part for name in names for part in path("fork", name, "join")),
            *(part for name in names for part in path(f"late_{name}", "finished")),
            *path("join", "finished"),
        )

        assert errors(model) == set()


def test_a_loop_in_which_nothing_is_waited_for_is_a_warning() -> None:
    model = process(
        "work",
        start(),
        script_task("count", "{ n: n + 1 }"),
        exclusive("again", default="again_to_finished"),
        end(),
        *path("begun", "count", "again", "finished"),
        flow("again", "count", "n < 3"),
    )

    assert ("endless-loop", "again") in warnings(model)


def test_branches_that_write_one_name_are_a_warning() -> None:
    model = process(
        "work",
        start(),
        parallel("fork"),
        user_task("a", result="said"),
        user_task("b", result="said"),
        parallel("join"),
        end(),
        *path("begun", "fork", "a", "join", "finished"),
        *path("fork", "b", "join"),
    )

    assert ("shared-name", "fork") in warnings(model)


class TestNames:
    """An unknown name is null, and a mistyped condition never true."""

    def choice(self, condition: str) -> str:
        return process(
            "work",
            start(),
            user_task("ask"),
            exclusive("g", default="g_to_finished"),
            end(),
            end("e2"),
            *path("begun", "ask", "g", "finished"),
            flow("g", "e2", condition),
        )

    def test_a_field_that_the_form_does_not_have_is_a_warning_with_the_nearest(self) -> None:
        found = problems(self.choice('ask.txet = "yes"'))

        assert any(p.rule == "unknown-field" and p.element == "g_to_e2" and '"text"' in p.mend for p in found)
        assert ("unknown-field", "g_to_e2") not in warnings(self.choice('ask.text = "a.txet ask.txet"'))

    def test_a_script_that_empties_the_answers_does_not_hide_a_mistyped_field(self) -> None:
        emptied = self.choice("ask.txet = 1").replace(
            flow("ask", "g"), script_task("clear", "{ ask: null, n: 1 }") + flow("ask", "clear") + flow("clear", "g")
        )

        assert ("unknown-field", "g_to_e2") in warnings(emptied)
        assert ("unknown-field", "g_to_e2") not in warnings(emptied.replace("ask: null", "ask: { txet: 1 }"))

    def test_a_name_that_nothing_writes_is_a_warning_when_the_start_is_known(self) -> None:
        registry = Registry(REGISTRY.services, REGISTRY.performers, {}, data=frozenset({"employee"}))

        assert ("unknown-name", "g_to_e2") in warnings(self.choice("asked = 1"), registry=registry)
        assert warnings(self.choice("ask.text = employee.name"), registry=registry) == set()
        assert warnings(self.choice("asked = 1")) == set()


def test_settings_that_nobody_reads_are_warnings() -> None:
    camunda = user_task("ask").replace(
        "<bpmn:userTask", '<bpmn:userTask xmlns:camunda="http://camunda.org/x" camunda:assignee="a"'
    )

    assert ("unknown-setting", "ask") in warnings(line(user_task("ask", remnid="P3D")))
    assert ("foreign-setting", "ask") in warnings(line(camunda))


def test_secret_answers_share_only_fields_of_the_form() -> None:
    assert errors(line(user_task("ask", secret="true", share="text, names"))) == {("secret", "ask")}
    assert errors(line(user_task("ask", share="text"))) == {("secret", "ask")}
    assert errors(line(user_task("ask", readers="nobody_known", guest="ya"))) == {("readers", "ask")}
    assert errors(line(user_task("ask", readers="none", guest="true"))) == set()
    assert errors(line(user_task("ask", disclose="nowhere"))) == {("unknown-element", "ask")}


def test_a_data_object_may_be_drawn_and_connected() -> None:
    drawn = '<bpmn:dataObjectReference id="paper" dataObjectRef="object"/><bpmn:dataObject id="object"/>'
    connected = user_task("ask").replace(
        "</bpmn:userTask>",
        '<bpmn:dataOutputAssociation id="to_paper"><bpmn:targetRef>paper</bpmn:targetRef></bpmn:dataOutputAssociation>'
        "</bpmn:userTask>",
    )

    assert errors(line(user_task("ask")).replace("</bpmn:process>", drawn + "</bpmn:process>")) == set()
    assert errors(line(connected).replace("</bpmn:process>", drawn + "</bpmn:process>")) == set()


def test_a_timer_that_comes_back_needs_an_edge_that_stays_and_an_end() -> None:
    def edge(cycle: str, *, interrupting: bool) -> str:
        event = boundary("reminded", "ask", every(cycle), interrupting=interrupting) + flow("reminded", "aside")
        return line(user_task("ask")).replace("</bpmn:process>", event + end("aside") + "</bpmn:process>")

    assert errors(edge("R3/P7D", interrupting=False)) == set()
    assert errors(edge("R3/P7D", interrupting=True)) == {("timer", "reminded")}
    assert errors(edge("R/P7D", interrupting=False)) == {("timer", "reminded")}


@pytest.mark.parametrize("moment", ["2027-01-31T23:59:00", "2027-01-31T23:59"])
def test_a_moment_without_an_offset_is_refused(moment: str) -> None:
    timer = f"<bpmn:timerEventDefinition><bpmn:timeDate>{moment}</bpmn:timeDate></bpmn:timerEventDefinition>"

    assert errors(line(catch("wait", timer))) == {("timer", "wait")}
    assert errors(line(catch("wait", timer.replace("</bpmn:timeDate>", "+07:00</bpmn:timeDate>")))) == set()
    assert ("timer", "ask") in errors(line(user_task("ask", due=moment)))


def test_reminders_are_lists_of_durations() -> None:
    assert errors(line(user_task("ask", remind="P3D, kemarin"))) == {("timer", "ask")}
    assert errors(line(user_task("ask", escalate="P3D,P7D"))) == set()


def test_a_service_parameter_is_a_feel_expression_with_a_name() -> None:
    assert errors(line(service_task("do", "office/record", what="a b"))) == {("feel", "do")}
    twice = service_task("do", "office/record", what="1", which="2").replace('id="which"', 'id="what"')
    assert errors(line(twice)) == {("service", "do")}


def test_a_registered_function_may_be_called_by_its_name() -> None:
    assert errors(line(user_task("ask", due="next day(today())"))) == set()
    assert errors(line(user_task("ask", due="last day(today())"))) == {("feel", "ask")}


def test_a_message_throws_its_payload_at_the_event() -> None:
    old = message_named("told").replace(
        "/>",
        "><bpmn:extensionElements><spiffworkflow:messagePayload>1</spiffworkflow:messagePayload>"
        "</bpmn:extensionElements></bpmn:message>",
    )

    assert errors(old, line(throw("tell", message("told")))) == {("message-payload", "told")}


def test_texts_that_nobody_could_read_are_refused() -> None:
    assert ("too-long", "ask") in errors(line(user_task("ask").replace('name="ask"', f'name="{"a" * 300}"')))


def test_a_call_cycle_over_files_is_refused_at_each_call() -> None:
    other = diagram(process("other", start("o"), call("back", "work"), end("p"), *path("o", "back", "p")))

    assert errors(line(call("there", "other")), other=other) == {("call-cycle", "there"), ("call-cycle", "back")}


def test_a_problem_names_file_element_label_line_and_mend() -> None:
    model = line(user_task("ask", form="nothing")).replace('name="ask"', 'name="Isi  rencana"')
    [problem] = [p for p in problems(model) if p.rule == "unknown-form"]

    assert (problem.file, problem.element, problem.label, problem.line) == ("work.bpmn", "ask", "Isi rencana", 2)
    assert problem.mend
    assert str(problem).startswith('work.bpmn#ask:2 "Isi rencana": Formulir "nothing" tidak ada.')
