"""How scenarios ended, kept by the digests of the documents and of the scenario: an unchanged one is not played again."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.errors import Problem, Severity
from engine.runtime.models import ScenarioRunRow
from engine.runtime.sandbox.running import Outcome
from engine.runtime.values import Json


def keep(connection: sa.Connection, documents: str, scenario: str, outcome: Outcome, now: datetime) -> None:
    """Remember an outcome; one that is known already stays."""
    row = {"documents": documents, "scenario": scenario, "outcome": _to_json(outcome), "at": now}
    connection.execute(insert_new(connection, table_of(ScenarioRunRow)), row)


def known(connection: sa.Connection, documents: str, scenarios: Iterable[str]) -> Mapping[str, Outcome]:
    """The outcomes that are known on a set, by the scenario's digest."""
    rows = connection.execute(
        sa.select(ScenarioRunRow.scenario, ScenarioRunRow.outcome).where(
            ScenarioRunRow.documents == documents, ScenarioRunRow.scenario.in_(sorted(scenarios))
        )
    )
    return {row.scenario: _outcome(row.outcome) for row in rows}


def _to_json(outcome: Outcome) -> dict[str, Json]:
    return {
        "file": outcome.file,
        "problem": asdict(outcome.problem) if outcome.problem else None,
        "pairs": sorted(list(pair) for pair in outcome.pairs),
        "rules": sorted(list(rule) for rule in outcome.rules),
    }


def _outcome(kept: Mapping[str, Json]) -> Outcome:
    problem = kept["problem"]
    return Outcome(
        kept["file"],
        Problem(**{**problem, "severity": Severity(problem["severity"])}) if problem else None,
        frozenset((source, target) for source, target in kept["pairs"]),
        frozenset((table, rule) for table, rule in kept["rules"]),
    )
