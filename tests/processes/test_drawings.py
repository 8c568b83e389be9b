"""The shipped diagrams as people read them, and the conventions that hold for all of them."""

import re
from collections import Counter
from itertools import combinations, pairwise

import pytest

from engine.bootstrap import CASE_DATA, shipped_documents
from engine.cycle import services, shapes
from engine.cycle.calendar import calendar_functions
from engine.cycle.people import PERFORMERS
from engine.runtime.documents import Registry, check
from engine.runtime.services import registered
from tests.processes.drawn import BPMN, DI, ROOT, Page, crosses, documentation, kind, pages, passes_through, properties

EXPECTED = {
    "performance_cycle",
    "planning",
    "skp_change",
    "period_work",
    "implementation",
    "periodic_evaluation",
    "coaching",
    "counselling",
    "annual_evaluation",
    "organisation_rating",
    "objection",
    "follow_up",
    "improvement",
    "part_evaluation",
}
PHASES = {"planning", "implementation", "monitoring", "coaching", "appraisal", "follow_up"}
SOURCE = re.compile(r"\[[^\]]*(S\d|DOMAIN|PD|WX-\d)[^\]]*\]")
WIDEST, HIGHEST = 2400, 1200
MOST_CROSSINGS = 2

each_page = pytest.mark.parametrize("page", pages().values(), ids=lambda page: page.name)


def test_the_year_has_its_diagrams() -> None:
    assert set(pages()) == EXPECTED


def test_nothing_is_wrong_with_the_diagrams() -> None:
    assert services.__name__  # importing the module registers what diagrams call
    functions = calendar_functions(frozenset)
    registry = Registry(
        frozenset(registered()), PERFORMERS, functions, CASE_DATA, shapes=shapes.DATA, results=shapes.RESULTS
    )

    found = [str(problem) for problem in check(shipped_documents(), registry) if problem.file.endswith(".bpmn")]

    assert found == []


def test_ids_are_unique_over_all_diagrams() -> None:
    ids = Counter(
        node.get("id") for page in pages().values() for node in page.root.iter(f"{BPMN}*", f"{DI}*") if node.get("id")
    )

    assert [id for id, times in ids.items() if times > 1] == []


@each_page
def test_a_process_is_called_like_its_file(page: Page) -> None:
    assert page.process.get("id") == page.name
    assert page.process.get("name")
    assert documentation(page.process)


@each_page
def test_every_element_says_where_it_comes_from(page: Page) -> None:
    parts = {**page.nodes, **page.frames}
    silent = [id for id, node in parts.items() if not SOURCE.search(documentation(node))]

    assert silent == []


@each_page
def test_every_element_has_a_name_in_both_languages(page: Page) -> None:
    joins = {id for id, node in page.nodes.items() if kind(node).endswith("Gateway") and len(page.leaving(id)) == 1}
    named = [node for id, node in page.nodes.items() if id not in joins] + list(page.lanes.values())

    assert [node.get("id") for node in named if not node.get("name")] == []
    assert [node.get("id") for node in named if not properties(node).get("name:en")] == []


@each_page
def test_an_exclusive_gateway_asks_and_its_flows_answer(page: Page) -> None:
    for id, node in page.nodes.items():
        if kind(node) not in ("exclusiveGateway", "inclusiveGateway") or len(page.leaving(id)) < 2:
            continue
        assert (node.get("name") or "").endswith("?"), id
        assert all(page.flows[flow].get("name") for flow in page.leaving(id)), id
        assert node.get("default") in page.leaving(id), id


@each_page
def test_a_task_stands_in_the_lane_of_who_does_it(page: Page) -> None:
    lane_of = {
        ref.text: lane.removeprefix(f"{page.name}_")
        for lane, node in page.lanes.items()
        for ref in node.iter("{*}flowNodeRef")
    }
    for id, node in page.nodes.items():
        if kind(node) == "userTask" and page.lanes:
            assert lane_of[id] == properties(node)["performer"], id
    assert set(lane_of) == (set(page.nodes) if page.lanes else set())


@each_page
def test_a_user_task_names_its_form_and_its_deadline(page: Page) -> None:
    forms = {path.name.removesuffix(".form.json") for path in (ROOT / "forms").glob("*.form.json")}
    for id, node in page.nodes.items():
        if kind(node) == "userTask":
            assert properties(node)["form"] in forms, id
            assert properties(node)["due"], id


@each_page
def test_no_case_waits_for_ever_for_the_employee(page: Page) -> None:
    watched = {node.get("attachedToRef") for node in page.nodes.values() if kind(node) == "boundaryEvent"}
    own = {id for id, node in page.nodes.items() if properties(node).get("performer") == "employee"}

    assert own <= watched


def test_phases_are_those_of_the_cycle() -> None:
    calls = [node for page in pages().values() for node in page.nodes.values() if kind(node) == "callActivity"]

    assert {properties(node)["phase"] for node in calls} == PHASES


@each_page
def test_everything_is_drawn_on_one_page(page: Page) -> None:
    assert set(page.nodes) | set(page.lanes) <= set(page.shapes)
    assert set(page.flows) == set(page.edges)
    right = max(box.x + box.width for box in page.shapes.values())
    bottom = max(box.y + box.height for box in page.shapes.values())
    assert (right <= WIDEST, bottom <= HIGHEST) == (True, True)
    pool = page.shapes.get(f"{page.name}_pool")
    outside = [id for id, box in page.shapes.items() if pool and not pool.holds(box)]
    assert outside + [id for id, box in page.labels.items() if pool and not pool.holds(box)] == []


@each_page
def test_each_element_stands_inside_its_lane(page: Page) -> None:
    for lane, node in page.lanes.items():
        for ref in node.iter("{*}flowNodeRef"):
            assert page.shapes[lane].holds(page.shapes[str(ref.text)]), ref.text


@each_page
def test_a_frame_holds_what_is_inside_and_nothing_else(page: Page) -> None:
    for id, frame in page.frames.items():
        inside = {node.get("id") for node in frame}
        for node in page.nodes:
            assert page.shapes[id].holds(page.shapes[node]) == (node in inside), node


@each_page
def test_no_two_shapes_overlap(page: Page) -> None:
    attached = {(id, node.get("attachedToRef")) for id, node in page.nodes.items() if node.get("attachedToRef")}
    clashes = [
        (one, other)
        for one, other in combinations(page.nodes, 2)
        if page.shapes[one].overlaps(page.shapes[other]) and not {(one, other), (other, one)} & attached
    ]

    assert clashes == []


@each_page
def test_labels_lie_free(page: Page) -> None:
    named = {id for id, node in page.nodes.items() if node.get("name") and kind(node).endswith(("Event", "Gateway"))}
    assert named | {id for id, flow in page.flows.items() if flow.get("name")} == set(page.labels)

    on_shapes = [
        (id, node)
        for id, label in page.labels.items()
        for node in page.nodes
        if label.overlaps(page.shapes[node], by=1) and not _half_free_corner(page, id, node)
    ]
    on_labels = [
        pair for pair in combinations(page.labels, 2) if page.labels[pair[0]].overlaps(page.labels[pair[1]], by=1)
    ]
    on_edges = [
        (id, flow)
        for id, label in page.labels.items()
        for flow in page.flows
        if any(passes_through(segment, label) for segment in page.segments(flow))
    ]
    assert (on_shapes, on_labels, on_edges) == ([], [], [])


@each_page
def test_flows_are_straight_lines_from_border_to_border(page: Page) -> None:
    for flow, points in page.edges.items():
        source, target = page.ends(flow)
        assert all(x == u or y == v for (x, y), (u, v) in pairwise(points)), flow
        assert page.shapes[source].touches(points[0]), flow
        assert page.shapes[target].touches(points[-1]), flow


@each_page
def test_no_flow_crosses_a_shape(page: Page) -> None:
    crossed = [
        (flow, node)
        for flow in page.flows
        for node in page.nodes
        if any(passes_through(segment, page.shapes[node]) for segment in page.segments(flow))
        and page.nodes[page.ends(flow)[0]].get("attachedToRef") != node
    ]

    assert crossed == []


@each_page
def test_flows_hardly_cross_each_other(page: Page) -> None:
    crossings = [
        (one, other)
        for one, other in combinations(page.flows, 2)
        if not set(page.ends(one)) & set(page.ends(other))
        and any(crosses(a, b) for a in page.segments(one) for b in page.segments(other))
    ]

    assert len(crossings) <= MOST_CROSSINGS, crossings


def _half_free_corner(page: Page, label: str, node: str) -> bool:
    """A gateway's own label may reach into the free corner beside its diamond."""
    return label == node and kind(page.nodes[node]) == "exclusiveGateway"
