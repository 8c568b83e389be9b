"""How scenarios ended, kept by digests: what cannot have changed is not played again."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from engine.db import insert_new, table_of
from engine.errors import Problem, Severity
from engine.runtime.models import ScenarioRunRow
from engine.runtime.sandbox.drafts import Key
from engine.runtime.sandbox.running import Outcome
from engine.runtime.values import Json


def keep(connection: sa.Connection, key: Key, outcome: Outcome, now: datetime) -> None:
    """Remember an outcome; one that is known already stays."""
    documents, scenario = key
    row = {"documents": documents, "scenario": scenario, "outcome": _to_json(outcome), "at": now}
    connection.execute(insert_new(connection, table_of(ScenarioRunRow)), row)


def known(connection: sa.Connection, keys: Collection[Key]) -> Mapping[Key, Outcome]:
    """The outcomes that are known of these."""
    rows = connection.execute(
        sa.select(ScenarioRunRow.documents, ScenarioRunRow.scenario, ScenarioRunRow.outcome).where(
            ScenarioRunRow.scenario.in_(sorted(scenario for _, scenario in keys))
        )
    )
    return {(row.documents, row.scenario): _outcome(row.outcome) for row in rows if (row[0], row[1]) in keys}


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
