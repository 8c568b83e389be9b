"""Static rules of BPMN 2.0 on pools, message flows, lanes and gateways."""

import pytest

from tests.runtime.diagrams import (
    after,
    catch,
    end,
    event_gateway,
    exclusive,
    flow,
    message,
    message_named,
    parallel,
    path,
    plain_task,
    process,
    start,
    throw,
    times,
    user_task,
)
from tests.runtime.lint.looking import errors, line, problems, warnings

TELLS = line(throw("tell", message("told")), user_task("ask"))
ASKS = process(
    "office", start("opened"), catch("hear", message("told")), end("closed"), *path("opened", "hear", "closed")
)


def collaboration(*wires: tuple[str, str], pools: str = "") -> str:
    """Two pools with processes, one without, and message flows `wire_0` ..."""
    drawn = "".join(
        f'<bpmn:messageFlow id="wire_{n}" sourceRef="{source}" targetRef="{target}"/>'
        for n, (source, target) in enumerate(wires)
    )
    known = (
        '<bpmn:participant id="ours" name="ours" processRef="work"/>'
        '<bpmn:participant id="theirs" name="theirs" processRef="office"/>'
        '<bpmn:participant id="partner" name="partner"/>'
    )
    return f'<bpmn:collaboration id="together">{known}{pools}{drawn}</bpmn:collaboration>'


def found(*wires: tuple[str, str], pools: str = "") -> set[tuple[str, str | None]]:
    return errors(message_named("told"), collaboration(*wires, pools=pools), TELLS, ASKS)


def test_messages_between_pools_pass() -> None:
    assert found(("tell", "hear"), ("ask", "partner"), ("partner", "ask"), ("ours", "theirs")) == set()


@pytest.mark.parametrize("wire", [("tell", "ask"), ("ours", "ask"), ("ask", "ours")])
def test_a_message_flow_within_a_pool_is_refused(wire: tuple[str, str]) -> None:
    assert found(wire) == {("message-flow", "wire_0")}


@pytest.mark.parametrize("wire", [("begun", "hear"), ("tell", "closed"), ("finished", "theirs"), ("tell", "nowhere")])
def test_a_message_flow_joins_what_sends_with_what_receives(wire: tuple[str, str]) -> None:
    assert found(wire) == {("message-flow", "wire_0")}


def test_a_pool_shows_one_process_of_the_file() -> None:
    several = '<bpmn:participant id="many"><bpmn:participantMultiplicity minimum="2"/></bpmn:participant>'

    assert found(pools='<bpmn:participant id="lost" processRef="nothing"/>') == {("unknown-process", "lost")}
    assert found(pools=several) == {("unsupported", "many")}


def test_a_flow_into_another_pool_is_said_to_cross_it() -> None:
    crossing = TELLS.replace("</bpmn:process>", flow("ask", "hear") + "</bpmn:process>")
    [problem] = [p for p in problems(message_named("told"), crossing, ASKS) if p.element == "ask_to_hear"]

    assert problem.rule == "broken-flow"
    assert "kolam" in problem.message


def test_a_lane_names_elements_of_its_process() -> None:
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="staff" name="Pegawai"><bpmn:flowNodeRef>ask</bpmn:flowNodeRef>'
        "<bpmn:flowNodeRef>asked</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    model = line(user_task("ask")).replace(start(), lanes + start())

    assert ("lane", "work") in errors(model)
    assert ("lane", "work") not in errors(model.replace(">asked<", ">begun<"))


def test_a_gateway_is_drawn_as_its_direction_says() -> None:
    def model(direction: str) -> str:
        fork = parallel("fork").replace("/>", f' gatewayDirection="{direction}"/>')
        flows = [*path("begun", "fork", "a", "join", "finished"), *path("fork", "b", "join")]
        return process("work", start(), fork, user_task("a"), user_task("b"), parallel("join"), end(), *flows)

    assert ("gateway-direction", "fork") in warnings(model("Converging"))
    assert warnings(model("Diverging")) == set()


def test_messages_after_an_event_gateway_are_awaited_in_one_way() -> None:
    receive = plain_task("receive", "receiveTask").replace("/>", ' messageRef="told"/>')

    def model(*others: str) -> str:
        ids = [other.split('id="', 1)[1].split('"', 1)[0] for other in others]
        flows = [part for id in ids for part in path("first", id, "finished")]
        return process("work", start(), event_gateway("first"), *others, end(), *path("begun", "first"), *flows)

    late = catch("late", after("P1D"))
    assert errors(message_named("told"), model(receive, late)) == set()
    assert errors(message_named("told"), model(receive, late, catch("hear", message("told")))) == {
        ("event-gateway", "first")
    }


def test_a_merge_and_a_choice_need_no_names_or_picture() -> None:
    model = process(
        "work",
        start(),
        exclusive("again"),
        user_task("ask"),
        exclusive("enough", "enough_to_finished"),
        end(),
        *path("begun", "again", "ask", "enough", "finished"),
        flow("enough", "again", "ask.text = null"),
    )

    assert errors(model.replace(' name="ask"', "").replace(' name="enough"', "")) == set()


def lanes(*inside: str) -> str:
    """A model with a set of lanes beside each other, given by what is in each."""
    drawn = "".join(f'<bpmn:lane id="lane_{n}" name="Jalur {n}">{refs}</bpmn:lane>' for n, refs in enumerate(inside))
    return line(user_task("ask")).replace(start(), f'<bpmn:laneSet id="lanes">{drawn}</bpmn:laneSet>{start()}')


def test_an_element_is_in_one_lane_of_a_set() -> None:
    here, there = "<bpmn:flowNodeRef>ask</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>begun</bpmn:flowNodeRef>"
    within = f'{here}<bpmn:childLaneSet id="inner"><bpmn:lane id="small">{here}</bpmn:lane></bpmn:childLaneSet>'

    [twice] = [problem for problem in problems(lanes(here, there + here)) if problem.rule == "lane"]
    assert (twice.element, twice.line is not None) == ("ask", True)
    assert "Jalur 0, Jalur 1" in twice.message
    assert errors(lanes(here, there)) == errors(lanes(within, there)) == set()


def test_data_that_is_only_drawn_is_said_to_be() -> None:
    drawn = '<bpmn:dataObject id="thing"/><bpmn:dataObjectReference id="file" dataObjectRef="thing"/>'
    store = '<bpmn:dataStoreReference id="archive" name="Arsip"/>'
    model = line(user_task("ask")).replace("<bpmn:endEvent", f"{drawn}{store}<bpmn:endEvent", 1)

    assert warnings(model) == {("shown-only", "file"), ("shown-only", "archive")}


def test_what_the_standard_knows_and_the_engine_does_not_is_refused_by_name() -> None:
    late = catch("late", after("P1D"))
    hear = catch("hear", message("told"))
    ways = [*path("begun", "first", "late", "finished"), *path("first", "hear", "finished")]
    both = event_gateway("first").replace("/>", ' eventGatewayType="Parallel"/>')

    assert errors(message_named("told"), process("work", start(), both, late, hear, end(), *ways)) == {
        ("unsupported", "first")
    }
    often = times("3").replace("Characteristics ", 'Characteristics behavior="None" ', 1)
    assert ("unsupported", "ask") in errors(line(user_task("ask", loop=often)))
    owner = user_task("ask").replace("</bpmn:userTask>", '<bpmn:potentialOwner id="owner"/></bpmn:userTask>')
    assert warnings(line(owner)) == {("foreign-setting", "ask")}
