"""The shipped decision tables and the worked examples, for the tests that ask them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from engine.feel import Decided, Decision, DecisionFile, Environment, read_decisions, to_json
from engine.feel.tables import Table

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "fixtures" / "wx"
ZONE = ZoneInfo("Asia/Makassar")
ENVIRONMENT = Environment(datetime(2026, 7, 1, 9, 0, tzinfo=ZONE), ZONE)


@cache
def files() -> Mapping[str, DecisionFile]:
    """Every decision file of the release, by name."""
    return {path.name: read_decisions(path.read_bytes(), path.name) for path in sorted((ROOT / "bpmn").glob("*.dmn"))}


@cache
def decisions() -> Mapping[str, Decision]:
    return {id: decision for file in files().values() for id, decision in file.decisions.items()}


def tables() -> Mapping[str, Table]:
    return {id: decision.logic for id, decision in decisions().items() if isinstance(decision.logic, Table)}


def evaluate(decision: str, **inputs: Any) -> Decided:
    return decisions()[decision].evaluate(inputs, ENVIRONMENT)


def decide(decision: str, **inputs: Any) -> Any:
    """What a table gives, as JSON."""
    return to_json(evaluate(decision, **inputs).value)


def example(number: str) -> Any:
    """A worked example of the rule book: "WX-15"."""
    return yaml.safe_load((EXAMPLES / f"{number.lower()}.yaml").read_text(encoding="utf-8"))
