"""What the tests of the rules share: a registry, and the problems of one diagram with the form that its tasks use."""

from collections.abc import Mapping
from itertools import pairwise

from engine.errors import Problem, Severity
from engine.feel import FeelFunction
from engine.runtime.documents import Registry, check
from tests.runtime.diagrams import decision, diagram, end, flow, form, process, start

REGISTRY = Registry(
    services=frozenset({"office/record"}),
    performers={"employee": "Pegawai", "supervisor": "Atasan"},
    functions={"next day": FeelFunction("next day", ("day",), lambda day: day)},
)
BESIDE: Mapping[str, bytes] = {
    "answers.form.json": form("answers"),
    "grade.dmn": decision("grade", ["score"], "grade", [["< 50", '"LOW"'], [">= 50", '"HIGH"']]),
}


def problems(*parts: str, registry: Registry = REGISTRY, **others: bytes) -> tuple[Problem, ...]:
    """What is wrong with the diagram `work.bpmn` made of the parts; `others` are diagrams by file stem."""
    files = {**BESIDE, "work.bpmn": diagram(*parts), **{f"{stem}.bpmn": content for stem, content in others.items()}}
    return check(files, registry)


def errors(*parts: str, registry: Registry = REGISTRY, **others: bytes) -> set[tuple[str, str | None]]:
    """The rule and the element of each error."""
    return _short(problems(*parts, registry=registry, **others), Severity.ERROR)


def warnings(*parts: str, registry: Registry = REGISTRY, **others: bytes) -> set[tuple[str, str | None]]:
    """The rule and the element of each warning but those on style, which small test diagrams do not heed."""
    style = {"no-documentation", "not-drawn", "no-name", "id-style"}
    found = _short(problems(*parts, registry=registry, **others), Severity.WARNING)
    return {(rule, element) for rule, element in found if rule not in style}


def line(*steps: str) -> str:
    """A process `work` that goes from `begun` through the elements, given as XML in their order, to `finished`."""
    ids = ["begun", *(step.split('id="', 1)[1].split('"', 1)[0] for step in steps), "finished"]
    return process("work", start(), *steps, end(), *(flow(source, target) for source, target in pairwise(ids)))


def _short(found: tuple[Problem, ...], severity: Severity) -> set[tuple[str, str | None]]:
    return {(problem.rule, problem.element) for problem in found if problem.severity is severity}
