"""A BPMN file as a small model of our own: processes with their elements and flows. `bpmn_reader` makes it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

ACTIVITIES = frozenset(
    {"userTask", "scriptTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"}
    | {"task", "manualTask", "sendTask", "receiveTask", "transaction", "adHocSubProcess"}
)
MESSAGE_TASKS = frozenset({"sendTask", "receiveTask"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ROOTS = frozenset({"message", "signal", "error", "escalation"})
COUNTERS = frozenset(  # what a completion condition reads beside case data (BPMN 2.0.2, table 10.29)
    {"numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances"}
)


@dataclass(frozen=True)
class Text:
    """An expression as it stands in the file; `language` is what the file says of it."""

    value: str
    line: int | None
    language: str | None = None


@dataclass(frozen=True)
class Trigger:
    """An event definition: `kind` is "timer", "message", "signal", "error" ...; the rest as the kind has it."""

    kind: str
    line: int | None
    ref: str | None = None  # id of the message, signal, error, escalation or compensated activity; name of the link
    timer: str | None = None  # "timeDate", "timeDuration" or "timeCycle"
    text: Text | None = None  # the timer's expression, or a condition
    payload: Text | None = None  # what a thrown message carries
    variable: str | None = None  # where a caught message's payload goes
    waits: bool = True  # whether who throws it waits until it is handled


@dataclass(frozen=True)
class Named:
    """A message, signal, error or escalation that events refer to."""

    id: str
    kind: str
    name: str | None
    code: str | None
    line: int | None
    file: str
    payload: Text | None = None
    variable: str | None = None


@dataclass(frozen=True)
class Loop:
    """How often an activity runs: for each item, a number of times, or while a condition holds."""

    multiple: bool  # False: a standard loop
    line: int | None
    sequential: bool = False
    cardinality: Text | None = None
    items: str | None = None
    item: str | None = None
    output: str | None = None
    result: str | None = None
    until: Text | None = None
    condition: Text | None = None
    maximum: str | None = None


@dataclass(frozen=True)
class Operation:
    """What a service task calls, with FEEL parameters in the order of the file."""

    name: str
    result: str | None
    parameters: tuple[tuple[str, Text | None], ...]
    retries: bool
    line: int | None


@dataclass(frozen=True)
class Carried:
    """What a data association fills: `name`, with the value of a FEEL text or of another name (None: nothing).

    `ref` is the id of the data object's reference at its other end, `store` whether that is a data store.
    """

    name: str | None
    source: str | None
    text: Text | None
    ref: str
    store: bool
    line: int | None

    @property
    def moves(self) -> bool:
        """Whether anything is to be filled that is not there already."""
        return bool(self.name) and (self.text is not None or (bool(self.source) and self.source != self.name))


@dataclass(frozen=True)
class DataObject:
    """A data object that something is connected to: its name in case data, and the scope that it belongs to."""

    name: str
    scope: str
    line: int | None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `parent` is the process or sub-process in which it is drawn."""

    id: str
    name: str
    source: str
    target: str
    condition: Text | None
    parent: str
    line: int | None


@dataclass(frozen=True)
class Element:
    """A node of a process. `type` is BPMN's tag ("userTask", "boundaryEvent"); `parent` the process or sub-process
    that it is drawn in, `process` the process around all.
    """

    id: str
    type: str
    name: str
    documentation: str
    lane: str | None
    properties: Mapping[str, str]
    process: str
    parent: str
    line: int | None = None
    incoming: tuple[Flow, ...] = ()
    outgoing: tuple[Flow, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    attached_to: str | None = None
    interrupting: bool = True  # of a boundary event, or of the start of an event sub-process
    default: str | None = None
    loop: Loop | None = None
    triggered: bool = False  # an event sub-process
    called: str | None = None  # the process that a call activity calls
    decision: str | None = None
    operation: Operation | None = None
    script: Text | None = None
    script_format: str | None = None
    extensions: frozenset[str] = (
        frozenset()
    )  # names of the extension elements and attributes, foreign ones with namespace
    features: frozenset[str] = frozenset()  # tags of other children, such as "ioSpecification"
    inputs: tuple[Carried, ...] = ()
    outputs: tuple[Carried, ...] = ()
    loose: tuple[str, ...] = ()  # inputs and outputs that it declares and to which nothing is connected
    direction: str = "Unspecified"  # what a gateway says of itself: "Diverging", "Converging" or "Mixed"

    @property
    def label(self) -> str:
        """The name as the diagram shows it, on one line; the id when there is none."""
        return " ".join(self.name.split()) or self.id

    @property
    def result(self) -> str | None:
        """Where the answers of a user task, or the value of a decision or a service, go."""
        if self.type == "userTask":
            return self.properties.get("result") or self.id
        if self.type == "businessRuleTask":
            return self.properties.get("result") or None
        return self.operation.result if self.operation else None

    @property
    def is_activity(self) -> bool:
        return self.type in ACTIVITIES

    @property
    def is_handler(self) -> bool:
        """Whether it undoes another activity, outside of the flows."""
        return "isForCompensation" in self.features

    @property
    def is_gateway(self) -> bool:
        return self.type in GATEWAYS

    @property
    def kind(self) -> str:
        """What triggers an event: "timer", "message" ..., or "none"."""
        return self.triggers[0].kind if self.triggers else "none"


@dataclass(frozen=True)
class Identified:
    """Anything with an id: process, node, flow, message."""

    id: str
    tag: str
    label: str | None
    line: int | None
    file: str


@dataclass(frozen=True)
class Place:
    """An element's place in a lane: the lane's name and the element's id as the lane says it.

    `lanes` tells the sets of lanes apart: of those of one set an element has one.
    """

    lane: str
    element: str
    line: int | None
    lanes: int = 0


@dataclass(frozen=True)
class Process:
    """One process of a file with all its elements, those in sub-processes too."""

    id: str
    name: str
    file: str
    elements: Mapping[str, Element]
    called: frozenset[str]
    flows: tuple[Flow, ...] = ()
    executable: bool = True
    documentation: str = ""
    line: int | None = None
    features: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()  # of elements in lanes
    objects: Mapping[str, DataObject] = field(default_factory=dict)  # reference -> data object, if it is connected
    shown: tuple[Identified, ...] = ()  # data objects and data stores that nothing is connected to
    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # compensation event -> what undoes there

    @property
    def label(self) -> str:
        return " ".join(self.name.split()) or self.id

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """The process itself, then its sub-processes: whatever holds nodes of its own."""
        return (self.id, *(element.id for element in self.elements.values() if element.type in SCOPES))

    def inside(self, scope: str) -> tuple[Element, ...]:
        """The elements drawn directly in a process or sub-process."""
        return self._by_scope.get(scope, ())

    @cached_property
    def starts(self) -> Mapping[str, Element]:
        """Its own start events, by id."""
        return {element.id: element for element in self.inside(self.id) if element.type == "startEvent"}

    def boundaries(self, host: str) -> tuple[Element, ...]:
        """The events at the edge of an activity."""
        return self._by_host.get(host, ())

    @cached_property
    def _by_scope(self) -> Mapping[str, tuple[Element, ...]]:
        return grouped((element.parent, element) for element in self.elements.values())

    @cached_property
    def _by_host(self) -> Mapping[str, tuple[Element, ...]]:
        return grouped((element.attached_to or "", element) for element in self.elements.values())


@dataclass(frozen=True)
class Pool:
    """A participant of a collaboration; without a process it is a partner of whom nothing is known."""

    id: str
    name: str
    process: str | None
    several: bool  # stands for several of its kind
    line: int | None


@dataclass(frozen=True)
class Wire:
    """A message flow between pools, or between elements in them; it explains, messages go by name."""

    id: str
    name: str
    source: str
    target: str
    line: int | None


@dataclass(frozen=True)
class Diagram:
    """One BPMN file."""

    file: str
    processes: tuple[Process, ...]
    named: Mapping[str, Named]
    ids: tuple[Identified, ...]
    nameless: tuple[Identified, ...]  # nodes and flows without an id
    roots: frozenset[tuple[str, int | None]]  # tags of the other children of the root, with lines
    drawn: frozenset[str]  # ids that have a shape or an edge
    pools: tuple[Pool, ...] = ()
    wires: tuple[Wire, ...] = ()


def grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    """The values of each key, in order."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
