"""The played paths through the shipped diagrams, one test each, and what they cover together."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from engine.bootstrap import CASE_DATA, ROOT, shipped_documents
from engine.cycle.staging import CycleStaging
from engine.cycle.zones import SHORT, zone_of
from engine.runtime.documents import load
from engine.runtime.engine import Engine
from engine.runtime.resources import LoadedRelease, loaded_release
from engine.runtime.sandbox.aiming import askers
from engine.runtime.sandbox.coverage import coverage
from engine.runtime.sandbox.drafts import Draft
from engine.runtime.sandbox.proposals import to_rule
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.running import Outcome, run

SCENARIOS = sorted((ROOT / "bpmn" / "scenarios").glob("*.scenario.yaml"))
STAGINGS = {name: CycleStaging(zone_of(name), CASE_DATA) for name in SHORT}
NEVER_FOUND = {
    "D11_r4",  # nobody's task that it names stays open for days after its due day
    *(f"D2_r{number}" for number in range(10, 15)),  # of periods, in which no diagram asks for a predicate
}
NEVER_WALKED = {"which_follow_up_none"}  # table D10 asks for a development plan after every predicate
RULES_HIT = 28  # of 70; tables D2, D3 and D12 are asked by services, which are stand-ins in a scenario
Player = Callable[..., Outcome]  # of a path, and a zone other than WIB


@pytest.fixture(scope="module")
def releases() -> Mapping[str, LoadedRelease]:
    """The shipped documents with the calendar of each zone."""
    documents = shipped_documents()
    return {name: loaded_release(1, load(documents, staging.registry)) for name, staging in STAGINGS.items()}


@pytest.fixture(scope="module")
def played(releases: Mapping[str, LoadedRelease]) -> Player:
    """Plays a scenario, once in each zone."""

    @cache
    def play(path: Path, zone: str = "WIB") -> Outcome:
        staging = STAGINGS[zone]
        scenario = read_scenario(path.read_bytes(), path.name, staging.registry.performers)
        return run(Engine, releases[zone], staging, scenario)

    return play


@pytest.mark.parametrize("zone", SHORT)
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name.partition(".")[0])
def test_a_scenario_plays_to_its_end(path: Path, zone: str, played: Player) -> None:
    assert played(path, zone).problem is None


def test_the_scenarios_walk_every_flow_of_every_diagram(played: Player, releases: Mapping[str, LoadedRelease]) -> None:
    covered = coverage(releases["WIB"].documents, [played(path) for path in SCENARIOS])

    never = {flow for _, flows in covered.flows.values() for flow in flows}
    assert never == NEVER_WALKED
    assert covered.of_rules().passed >= RULES_HIT


def test_a_path_is_proposed_to_every_rule_that_a_diagram_asks_and_no_scenario_hits(
    played: Player, releases: Mapping[str, LoadedRelease]
) -> None:
    staging, release = STAGINGS["WIB"], releases["WIB"]
    covered = coverage(release.documents, [played(path) for path in SCENARIOS])
    scenarios = [read_scenario(path.read_bytes(), path.name, staging.registry.performers) for path in SCENARIOS]
    draft = Draft(release, "", {(scenario.file, ""): scenario for scenario in scenarios}, ())
    never = {
        (table, rule)
        for table, (_, rules) in covered.rules.items()
        if askers(release.documents, table, staging.registry)
        for rule in rules - NEVER_FOUND
    }

    assert len(never) == 19
    assert [pair for pair in sorted(never) if to_rule(Engine, draft, staging, *pair) is None] == []
