"""Writes scenarios as files."""

from collections.abc import Mapping
from datetime import datetime

import yaml

from engine.runtime.sandbox.scenario import Opening, Scenario
from engine.runtime.values import Json


def write_scenario(scenario: Scenario) -> bytes:
    """The file of a scenario, as `read_scenario` reads it."""
    opening, end = scenario.opening, scenario.end
    parts: dict[str, Json] = {
        "name": opening.title,
        "source": scenario.source,
        "process": opening.process,
        "opens": opening.opens.isoformat() if opening.opens else None,
        "data": dict(opening.data),
        "given": dict(opening.given),
    }
    kept = {name: value for name, value in parts.items() if value not in (None, {})}
    kept["steps"] = [step.to_json() for step in scenario.steps]
    calls = [{service: dict(arguments)} for service, arguments in end.calls]
    told = {"status": end.status, "open": list(end.open), "calls": calls}
    kept["end"] = {name: value for name, value in told.items() if value != []}
    return yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=120).encode()


def opening_to_json(opening: Opening) -> dict[str, Json]:
    return {
        "process": opening.process,
        "title": opening.title,
        "opens": opening.opens.isoformat() if opening.opens else None,
        "data": dict(opening.data),
        "given": dict(opening.given),
    }


def opening_of(kept: Mapping[str, Json]) -> Opening:
    opens = datetime.fromisoformat(kept["opens"]) if kept["opens"] else None
    return Opening(kept["process"], kept["title"], opens, kept["data"], kept["given"])
