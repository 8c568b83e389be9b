"""Reads and checks a set of documents: diagrams (.bpmn), decision tables (.dmn), forms (.form.json), scenarios.

A set is closed: whatever a document names is in the set or in the registry.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from lxml import etree

from engine.errors import DefinitionError, Problem, Severity
from engine.feel.dmn import Decision, read_decisions
from engine.forms import Form, load_form
from engine.runtime.bpmn import Diagram, Element, Process
from engine.runtime.bpmn_reader import read
from engine.runtime.lint import lint
from engine.runtime.lint.model import Model, Registry
from engine.runtime.sandbox.checks import misfits
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.scenario import Scenario
from engine.runtime.xml import parse, schema_problems

__all__ = ["Documents", "Element", "Process", "Registry", "check", "load"]

DIAGRAM, DECISIONS, FORM, SCENARIO = ".bpmn", ".dmn", ".form.json", ".scenario.yaml"


@dataclass(frozen=True)
class Documents:
    """A checked set, ready to run."""

    sha256: str  # hex over names and contents, see `digest`
    files: Mapping[str, bytes]
    trees: Mapping[str, etree._Element]  # of the diagrams, by file
    processes: Mapping[str, Process]
    decisions: Mapping[str, Decision]
    forms: Mapping[str, Form]
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)  # by file


def check(files: Mapping[str, bytes], registry: Registry) -> tuple[Problem, ...]:
    """Everything that is wrong with a set of files, errors and warnings, sorted by file and line."""
    return _read(files, registry).checked()


def load(files: Mapping[str, bytes], registry: Registry) -> Documents:
    """The documents of a set of files.

    Raises:
        DefinitionError: there is at least one error; it lists all errors, without the warnings.
    """
    reading = _read(files, registry)
    errors = [problem for problem in reading.checked() if problem.severity is Severity.ERROR]
    if errors:
        raise DefinitionError(errors)
    return Documents(
        digest(files),
        dict(files),
        reading.trees,
        reading.model.processes,
        reading.decisions,
        reading.forms,
        reading.scenarios,
    )


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted names and contents, each after its length: nothing can be moved from one to another."""
    hashed = sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            hashed.update(len(part).to_bytes(8, "big") + part)
    return hashed.hexdigest()


@dataclass
class _Reading:
    """What has been read so far, and what was wrong with it."""

    registry: Registry
    trees: dict[str, etree._Element] = field(default_factory=dict)
    diagrams: list[Diagram] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    homes: dict[tuple[str, str], str] = field(default_factory=dict)  # ("decision", id) -> file
    unread: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def model(self) -> Model:
        return Model(tuple(self.diagrams), self.forms, self.decisions, self.registry, frozenset(self.unread))

    def checked(self) -> tuple[Problem, ...]:
        fits = () if self.unread else misfits(self.scenarios.values(), self.model.processes)
        found = dict.fromkeys([*self.problems, *lint(self.model), *fits])  # the same problem once
        return tuple(sorted(found, key=lambda problem: (problem.file, problem.line or 0)))

    def diagram(self, name: str, content: bytes) -> None:
        root = parse(content, name)
        self.problems += schema_problems(root, name)
        self.trees[name] = root
        self.diagrams.append(read(root, name))

    def decision_file(self, name: str, content: bytes) -> None:
        root = parse(content, name)
        broken = list(schema_problems(root, name))
        self.problems += broken
        if broken:
            self.unread.add(name)
            return
        found = read_decisions(root, name, tuple(self.registry.functions))
        self.problems += found.problems
        for id, decision in found.decisions.items():
            self._claim("decision", id, name)
            self.decisions.setdefault(id, decision)

    def form(self, name: str, content: bytes) -> None:
        form = load_form(content, name, tuple(self.registry.functions))
        self._claim("form", form.id, name)
        self.forms.setdefault(form.id, form)
        if form.id != name.rpartition("/")[2].removesuffix(FORM):
            message = f'Id formulir "{form.id}" tidak sama dengan nama berkasnya.'
            self.problems.append(Problem(name, message, f"Beri nama {form.id}{FORM}.", form.id, rule="form-name"))

    def scenario(self, name: str, content: bytes) -> None:
        self.scenarios[name] = read_scenario(content, name, self.registry.performers)

    def _claim(self, kind: str, id: str, name: str) -> None:
        other = self.homes.setdefault((kind, id), name)
        if other != name:
            message = f'Id "{id}" sudah dipakai di {other}.'
            self.problems.append(Problem(name, message, "Beri id lain.", id, rule="duplicate-id"))


def _read(files: Mapping[str, bytes], registry: Registry) -> _Reading:
    reading = _Reading(registry)
    for name, read_file in _by_kind(files, reading):
        try:
            read_file(name, files[name])
        except DefinitionError as error:
            reading.unread.add(name)
            reading.problems += error.problems
    return reading


def _by_kind(files: Mapping[str, bytes], reading: _Reading) -> Iterator[tuple[str, Callable[[str, bytes], None]]]:
    readers = {
        DIAGRAM: reading.diagram,
        DECISIONS: reading.decision_file,
        FORM: reading.form,
        SCENARIO: reading.scenario,
    }
    for name in sorted(files):
        suffix = next((suffix for suffix in readers if name.endswith(suffix)), None)
        if suffix is None:
            message = "Jenis berkas ini tidak dikenal."
            mend = f"Nama berkas harus berakhir dengan {DIAGRAM}, {DECISIONS}, {FORM} atau {SCENARIO}."
            reading.problems.append(Problem(name, message, mend, rule="file"))
        else:
            yield name, readers[suffix]
