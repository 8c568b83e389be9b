"""The diagrams as they are drawn: shapes, edges and labels with their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box", *, by: float = 0) -> bool:
        """Whether the two share more than `by` pixels in both directions."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return across > by and down > by

    def holds(self, other: "Box") -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and self.x + self.width >= other.x + other.width
            and self.y + self.height >= other.y + other.height
        )

    def touches(self, point: Point) -> bool:
        """Whether a point lies on the border."""
        x, y = point
        beside = x in (self.x, self.x + self.width) and self.y <= y <= self.y + self.height
        return beside or (y in (self.y, self.y + self.height) and self.x <= x <= self.x + self.width)


@dataclass(frozen=True)
class Page:
    """One diagram."""

    name: str
    root: etree._Element

    @cached_property
    def process(self) -> etree._Element:
        found = self.root.find(f"{BPMN}process")
        assert found is not None
        return found

    @cached_property
    def nodes(self) -> Mapping[str, etree._Element]:
        """Tasks, events and gateways by id, those inside frames too."""
        beside = {"sequenceFlow", "laneSet", "documentation", "extensionElements", "property", "subProcess"}
        around = (self.process, *self.frames.values())
        return {node.get("id") or "": node for each in around for node in each if kind(node) not in beside}

    @cached_property
    def frames(self) -> Mapping[str, etree._Element]:
        """Sub-processes that are drawn open, by id."""
        return {frame.get("id") or "": frame for frame in self.process.iter(f"{BPMN}subProcess")}

    @cached_property
    def flows(self) -> Mapping[str, etree._Element]:
        return {flow.get("id") or "": flow for flow in self.process.iter(f"{BPMN}sequenceFlow")}

    @cached_property
    def lanes(self) -> Mapping[str, etree._Element]:
        return {lane.get("id") or "": lane for lane in self.process.iter(f"{BPMN}lane")}

    @cached_property
    def shapes(self) -> Mapping[str, Box]:
        return {
            shape.get("bpmnElement") or "": _box(shape.find(f"{DC}Bounds"))
            for shape in self.root.iter(f"{DI}BPMNShape")
        }

    @cached_property
    def edges(self) -> Mapping[str, list[Point]]:
        return {
            edge.get("bpmnElement") or "": [_point(one) for one in edge.iter(f"{DD}waypoint")]
            for edge in self.root.iter(f"{DI}BPMNEdge")
        }

    @cached_property
    def labels(self) -> Mapping[str, Box]:
        """What is written beside an element, by the element's id."""
        return {
            label.getparent().get("bpmnElement"): _box(label.find(f"{DC}Bounds"))
            for label in self.root.iter(f"{DI}BPMNLabel")
        }

    def segments(self, flow: str) -> Iterator[Box]:
        for (x, y), (u, v) in pairwise(self.edges[flow]):
            yield Box(min(x, u), min(y, v), abs(x - u), abs(y - v))

    def ends(self, flow: str) -> tuple[str, str]:
        return self.flows[flow].get("sourceRef") or "", self.flows[flow].get("targetRef") or ""

    def leaving(self, node: str) -> list[str]:
        return [flow for flow in self.flows if self.ends(flow)[0] == node]

    def arriving(self, node: str) -> list[str]:
        return [flow for flow in self.flows if self.ends(flow)[1] == node]


@cache
def pages() -> Mapping[str, Page]:
    return {path.stem: Page(path.stem, etree.parse(path).getroot()) for path in sorted(ROOT.glob("bpmn/*.bpmn"))}


def kind(node: etree._Element) -> str:
    return etree.QName(node).localname


def properties(node: etree._Element) -> Mapping[str, str]:
    found = node.iterfind(f"{BPMN}extensionElements/{SPIFF}properties/{SPIFF}property")
    return {one.get("name") or "": one.get("value") or "" for one in found}


def documentation(node: etree._Element) -> str:
    return (node.findtext(f"{BPMN}documentation") or "").strip()


def crosses(one: Box, other: Box) -> bool:
    """Whether two segments, boxes without width or without height, meet."""
    return (
        one.x <= other.x + other.width
        and other.x <= one.x + one.width
        and one.y <= other.y + other.height
        and other.y <= one.y + one.height
    )


def passes_through(segment: Box, box: Box) -> bool:
    """Whether a segment runs inside a box; along the border is outside."""
    across = segment.x < box.x + box.width and box.x < segment.x + segment.width
    return across and segment.y < box.y + box.height and box.y < segment.y + segment.height


def _box(bounds: etree._Element | None) -> Box:
    assert bounds is not None
    return Box(*(float(bounds.get(name) or "nan") for name in ("x", "y", "width", "height")))


def _point(waypoint: etree._Element) -> Point:
    return float(waypoint.get("x") or "nan"), float(waypoint.get("y") or "nan")
