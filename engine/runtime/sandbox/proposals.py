"""Paths through what no scenario passes: a flow of a diagram, a rule of a decision table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.errors import NotFound
from engine.feel import Environment
from engine.feel.tables import Rule, Table
from engine.runtime.sandbox.aiming import aims
from engine.runtime.sandbox.coverage import tables
from engine.runtime.sandbox.drafts import Draft
from engine.runtime.sandbox.play import MakeEngine, Play
from engine.runtime.sandbox.proposing import MOST_MOVES, Path, find_path
from engine.runtime.sandbox.scenario import Opening
from engine.runtime.sandbox.staging import Staging


def through_flow(make: MakeEngine, draft: Draft, staging: Staging, process: str, flow: str) -> Path | None:
    """A path that has taken a flow; its case is called after the flow. Raises NotFound."""
    drawn = draft.release.documents.processes.get(process)
    aim = next((one for one in drawn.flows if one.id == flow), None) if drawn is not None else None
    if drawn is None or aim is None:
        raise NotFound(f"Tidak ada alur {flow} di proses {process}.")
    title = f"{drawn.elements[aim.source].label} → {drawn.elements[aim.target].label}"

    def reached(play: Play) -> bool:
        return (aim.source, aim.target) in play.witness.pairs

    return _called(title, find_path(make, draft.release, staging, known_openings(draft, process), reached))


def to_rule(make: MakeEngine, draft: Draft, staging: Staging, table: str, rule: str) -> Path | None:
    """A path on which a rule has hit; its case is called after the rule. Raises NotFound."""
    logic, row = _rule(draft, table, rule)

    def reached(play: Play) -> bool:
        return (table, rule) in play.witness.rules

    environment = Environment(now=staging.first_moment, zone=staging.zone, functions=staging.registry.functions)
    documents, registry = draft.release.documents, staging.registry
    found = list(aims(documents, logic, row, registry, lambda process: known_openings(draft, process), environment))
    paths: Iterator[Path | None] = (
        find_path(make, draft.release, staging, aim.openings, reached, aim.wishes, MOST_MOVES // len(found))
        for aim in found
    )
    return _called(f"{logic.name}, aturan {row.number}", next(filter(None, paths), None))


def known_openings(draft: Draft, process: str) -> Sequence[Opening]:
    """The usual start of a process, and those of its scenarios."""
    known = [scenario.opening for scenario in draft.scenarios.values() if scenario.process == process]
    others = [replace(one, title=process) for one in known]
    return [Opening(process, process), *(one for n, one in enumerate(others) if one not in others[:n])]


def _rule(draft: Draft, table: str, rule: str) -> tuple[Table, Rule]:
    for logic in tables(draft.release.documents):
        for row in logic.rules:
            if (logic.id, row.id) == (table, rule):
                return logic, row
    raise NotFound(f"Tidak ada aturan {rule} di tabel {table}.")


def _called(title: str, path: Path | None) -> Path | None:
    return (replace(path[0], title=title), path[1]) if path is not None else None
