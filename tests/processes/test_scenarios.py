"""The played paths through the shipped diagrams, one test each, and what they cover together."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from engine.bootstrap import CASE_DATA, ROOT, shipped_documents
from engine.clock import JAKARTA
from engine.cycle.staging import CycleStaging
from engine.runtime.documents import load
from engine.runtime.engine import Engine
from engine.runtime.resources import LoadedRelease, loaded_release
from engine.runtime.sandbox.coverage import coverage
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.running import Outcome, run

SCENARIOS = sorted((ROOT / "bpmn" / "scenarios").glob("*.scenario.yaml"))
STAGING = CycleStaging(JAKARTA, CASE_DATA)
NEVER_WALKED = {"which_follow_up_none"}  # table D10 asks for a development plan after every predicate
RULES_HIT = 28  # of 70; tables D2, D3 and D12 are asked by services, which are stand-ins in a scenario
Player = Callable[[Path], Outcome]


@pytest.fixture(scope="module")
def release() -> LoadedRelease:
    return loaded_release(1, load(shipped_documents(), STAGING.registry))


@pytest.fixture(scope="module")
def played(release: LoadedRelease) -> Player:
    """Plays a scenario, once."""

    @cache
    def play(path: Path) -> Outcome:
        scenario = read_scenario(path.read_bytes(), path.name, STAGING.registry.performers)
        return run(Engine, release, STAGING, scenario)

    return play


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name.partition(".")[0])
def test_a_scenario_plays_to_its_end(path: Path, played: Player) -> None:
    assert played(path).problem is None


def test_the_scenarios_walk_every_flow_of_every_diagram(played: Player, release: LoadedRelease) -> None:
    covered = coverage(release.documents, [played(path) for path in SCENARIOS])

    never = {flow for _, flows in covered.flows.values() for flow in flows}
    assert never == NEVER_WALKED
    assert covered.of_rules().passed >= RULES_HIT
