"""What the scenarios of a release pass: sequence flows of its diagrams, rules of its decision tables."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.feel.tables import Table
from engine.runtime.bpmn import Flow
from engine.runtime.documents import Documents
from engine.runtime.sandbox.running import Outcome


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    passed: int
    total: int

    @property
    def value(self) -> float:
        """From 0 to 1; nothing to pass is all passed."""
        return self.passed / self.total if self.total else 1.0


@dataclass(frozen=True)
class Coverage:
    """By process the ids of the flows that were passed and of those that never were; so by table the rules' ids."""

    flows: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    rules: Mapping[str, tuple[frozenset[str], frozenset[str]]]

    def of_flows(self, process: str | None = None) -> Share:
        return _share(self.flows, process)

    def of_rules(self, table: str | None = None) -> Share:
        return _share(self.rules, table)


def coverage(documents: Documents, outcomes: Iterable[Outcome]) -> Coverage:
    """What these outcomes cover of a set; a red scenario covers what it passed before it stopped."""
    pairs: set[tuple[str, str]] = set()
    rules: set[tuple[str, str]] = set()
    for outcome in outcomes:
        pairs |= outcome.pairs
        rules |= outcome.rules
    flows = {
        process.id: _split(process.flows, lambda flow: (flow.source, flow.target) in pairs)
        for process in documents.processes.values()
    }
    return Coverage(flows, {table.id: _rules(table, rules) for table in tables(documents)})


def tables(documents: Documents) -> Iterable[Table]:
    """Every decision table of a set."""
    return [found.logic for found in documents.decisions.values() if isinstance(found.logic, Table)]


def _split(flows: Iterable[Flow], passed: Callable[[Flow], bool]) -> tuple[frozenset[str], frozenset[str]]:
    found = {flow.id: passed(flow) for flow in flows}
    return frozenset(id for id, was in found.items() if was), frozenset(id for id, was in found.items() if not was)


def _rules(table: Table, hit: set[tuple[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    ids = frozenset(rule.id for rule in table.rules)
    known = frozenset(id for id in ids if (table.id, id) in hit)
    return known, ids - known


def _share(found: Mapping[str, tuple[frozenset[str], frozenset[str]]], key: str | None) -> Share:
    chosen = [found[key]] if key is not None else list(found.values())
    passed = sum(len(was) for was, _ in chosen)
    return Share(passed, passed + sum(len(never) for _, never in chosen))
