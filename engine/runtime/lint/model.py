"""What the rules read: all documents of a set at once, and what documents may name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from engine.errors import Problem, Severity
from engine.feel import FeelFunction
from engine.feel.dmn import Decision
from engine.feel.shapes import Shape
from engine.forms import Form
from engine.runtime.bpmn import Diagram, Element, Flow, Named, Process, grouped


@dataclass(frozen=True)
class Words:
    """What the runtime reads by name in documents and data that are not its own; empty: nothing."""

    escalation: str = ""  # the decision that says whom a reminder goes to, if a release has it
    public_data: tuple[str, ...] = ()  # what of a case's data any of its parties may see
    first_phase: str = ""  # of a case whose diagram has named none yet
    working_days: str = ""  # the function that gives the day some working days after a day


@dataclass(frozen=True)
class Registry:
    """What documents may name: services, performers (name -> label) and FEEL functions.

    `data` are the names that every case starts with; None when they are not known, then nothing is said of unknown
    names. `shapes` are what is known of those names, `results` of what services give.
    """

    services: frozenset[str]
    performers: Mapping[str, str]
    functions: Mapping[str, FeelFunction]
    data: frozenset[str] | None = None
    words: Words = Words()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    results: Mapping[str, Shape] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """Every document of a set that could be read, by what it is called.

    `unread` are the names of files that could not be read: what they hold is not reported as missing.
    """

    diagrams: tuple[Diagram, ...]
    forms: Mapping[str, Form]
    decisions: Mapping[str, Decision]
    registry: Registry
    unread: frozenset[str] = frozenset()

    @cached_property
    def processes(self) -> Mapping[str, Process]:
        return {process.id: process for diagram in self.diagrams for process in diagram.processes}

    @cached_property
    def callers(self) -> Mapping[str, tuple[Element, ...]]:
        """Process id -> the call activities that call it."""
        return grouped((element.called, element) for _, element in self.elements if element.called)

    @cached_property
    def elements(self) -> tuple[tuple[Process, Element], ...]:
        return tuple((process, element) for process in self.processes.values() for element in process.elements.values())

    @cached_property
    def named(self) -> Mapping[str, Mapping[str, Named]]:
        """File -> id -> message, signal, error or escalation."""
        return {diagram.file: diagram.named for diagram in self.diagrams}

    def of_type(self, *types: str) -> Iterator[tuple[Process, Element]]:
        return ((process, element) for process, element in self.elements if element.type in types)

    def is_unread(self, suffix: str) -> bool:
        """Whether a file of a kind (".bpmn", ".dmn") could not be read."""
        return any(name.endswith(suffix) for name in self.unread)


def error(
    process: Process, thing: Element | Flow | Process, rule: str, message: str, mend: str, *, line: int | None = None
) -> Problem:
    """A problem of an element, a flow or the process itself that blocks publishing."""
    return Problem(process.file, message, mend, thing.id or None, _label(process, thing), line or thing.line, rule)


def warning(
    process: Process, thing: Element | Flow | Process, rule: str, message: str, mend: str, *, line: int | None = None
) -> Problem:
    """A problem that people should know of and that blocks nothing."""
    label = _label(process, thing)
    return Problem(process.file, message, mend, thing.id or None, label, line or thing.line, rule, Severity.WARNING)


def with_path(process: Process, problem: Problem, path: tuple[str, ...]) -> Problem:
    """The problem with an example of how a case gets there: elements of the process, in order."""
    words = [process.elements[id].label for id in path if id in process.elements]
    return replace(problem, path=path, way=" → ".join(words))


def _label(process: Process, thing: Element | Flow | Process) -> str | None:
    if not isinstance(thing, Flow):
        return thing.label
    if thing.name:
        return " ".join(thing.name.split())
    ends = (process.elements.get(id) for id in (thing.source, thing.target))
    return " → ".join(end.label if end else "?" for end in ends)


def kind_in_words(element: Element) -> str:
    """What an element is called on the palette of the editor."""
    return _WORDS.get(element.type, element.type)


_WORDS = {
    "startEvent": "peristiwa mulai",
    "endEvent": "peristiwa selesai",
    "intermediateCatchEvent": "peristiwa tangkap",
    "intermediateThrowEvent": "peristiwa lempar",
    "boundaryEvent": "peristiwa tepi",
    "userTask": "tugas pengguna",
    "scriptTask": "tugas skrip",
    "serviceTask": "tugas layanan",
    "businessRuleTask": "tugas aturan bisnis",
    "callActivity": "pemanggilan proses",
    "subProcess": "subproses",
    "transaction": "transaksi",
    "exclusiveGateway": "gerbang eksklusif",
    "inclusiveGateway": "gerbang inklusif",
    "parallelGateway": "gerbang paralel",
    "eventBasedGateway": "gerbang peristiwa",
}
