"""How to begin, and what to answer, so that a rule of a decision table hits: guesses for a search, no more."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from engine.feel import Environment, compile_expression, nodes
from engine.feel.tables import Rule, Table
from engine.feel.values import Json
from engine.runtime.bpmn import Element, Process
from engine.runtime.documents import Documents
from engine.runtime.lint.model import Registry
from engine.runtime.lint.names import own_names
from engine.runtime.sandbox.overlay import merged
from engine.runtime.sandbox.rule_inputs import Values, accepted, hitting
from engine.runtime.sandbox.scenario import Opening
from engine.runtime.sandbox.sources import Source, sources

MOST_WAYS = 12  # combinations of input values that are put into openings
Asker = tuple[Process, Element]
Openings = Callable[[str], Sequence[Opening]]  # of a process: ways in which it is known to begin
Wishes = Mapping[str, Sequence[Json]]  # values to choose from, by the key of a question
Passed = Mapping[str, nodes.Node] | None  # the inputs that an element gives its decision; None: all data as they are


@dataclass(frozen=True)
class Aim:
    """Ways to begin a case of one process, and wishes for its answers."""

    openings: Sequence[Opening]
    wishes: Wishes


def askers(documents: Documents, table: str, registry: Registry) -> Sequence[Asker]:
    """The elements of diagrams that ask a table, itself or through a decision that requires it.

    The table of escalations is asked about every task of a person.
    """
    decisions = {
        id for id, found in documents.decisions.items() if table in (id, *(below.id for below in found.required))
    }
    reminded = registry.words.escalation in decisions
    return [
        (process, element)
        for process in documents.processes.values()
        for element in process.elements.values()
        if element.decision in decisions or (reminded and element.type == "userTask")
    ]


def aims(
    documents: Documents, table: Table, rule: Rule, registry: Registry, openings: Openings, environment: Environment
) -> Iterator[Aim]:
    """An aim for each process that asks the table; of the tasks that it is asked about, those that the rule names."""
    ways = list(islice(hitting(table, rule, environment), MOST_WAYS))
    named = {value for place in range(len(table.inputs)) for value in accepted(table, rule, place, environment)}
    found = [one for one in askers(documents, table.id, registry) if one[1].decision or one[1].id in named]
    first = {process.id: (process, element) for process, element in reversed(found)}
    for process, element in reversed(first.values()):
        passed = passed_by(element, registry)
        made = made_by(documents, process)
        begun = [
            _begun(process, made, opening, _sources(table, values, passed))
            for values in ways
            for opening in openings(process.id)
        ]
        yield Aim([one for number, one in enumerate(begun) if one not in begun[:number]], _wishes(table, ways, passed))


def passed_by(element: Element, registry: Registry) -> Passed:
    """What an element gives its decision."""
    text = element.properties.get("inputs")
    if text is None:
        return None
    node = compile_expression(text, registry.functions).node
    return dict(node.entries) if isinstance(node, nodes.ContextOf) else {}


def _sources(table: Table, values: Values, passed: Passed) -> Sequence[Source]:
    """What the case must hold for the table's inputs to have these values."""
    asked = [source for place, value in values.items() for source in _asked(table, place, value)]
    if passed is None:
        return asked
    return [inner for one in asked if one.root in passed for inner in sources(passed[one.root], one.value)]


def _asked(table: Table, place: int, value: Json) -> Iterator[Source]:
    return sources(table.inputs[place].expression.node, value)


def _wishes(table: Table, ways: Iterable[Values], passed: Passed) -> Wishes:
    """The values under the names of the inputs, and under those that the case gives them."""
    wishes: dict[str, list[Json]] = {}
    for place, value in (pair for values in ways for pair in values.items()):
        for one in (*_asked(table, place, value), *_sources(table, {place: value}, passed)):
            wishes.setdefault(one.key, []).append(value)
    return wishes


def made_by(documents: Documents, process: Process) -> frozenset[str]:
    """The names that a process and whatever it calls write themselves."""
    names: set[str] = set()
    waiting, seen = [process.id], set[str]()
    while waiting:
        found = documents.processes.get(waiting.pop())
        if found is not None and found.id not in seen:
            seen.add(found.id)
            names.update(name for element in found.elements.values() for name in own_names(element))
            waiting += found.called
    return frozenset(names)


def _begun(process: Process, made: frozenset[str], opening: Opening, found: Iterable[Source]) -> Opening:
    """An opening in which services say, and the case starts with, what is wanted; what the process makes is left to it."""
    operations = {one.operation.result: one.operation.name for one in process.elements.values() if one.operation}
    data, given = dict(opening.data), dict(opening.given)
    for source in found:
        if source.root in operations:
            given = merged(given, {operations[source.root]: source.value})
        elif source.root not in made:
            data = merged(data, {source.root: source.value})
    return replace(opening, data=data, given=given)
