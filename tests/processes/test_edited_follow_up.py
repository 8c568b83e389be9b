"""An agency that has edited table D10: where it asks for nothing, the follow-up ends at once."""

import re

import pytest
import yaml

from engine.bootstrap import shipped_documents
from engine.runtime.documents import load
from engine.runtime.engine import Engine
from engine.runtime.resources import LoadedRelease, loaded_release
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.running import run
from tests.processes.staged import STAGING

PLAN = re.compile(rb'<text>"RENCANA_(PENGEMBANGAN|PERBAIKAN)"</text>')


@pytest.fixture(scope="module")
def edited() -> LoadedRelease:
    """The shipped documents, but that D10 proposes an award wherever it asked for a plan."""
    table = "follow_up.dmn"
    documents = dict(shipped_documents())
    asked = len(PLAN.findall(documents[table]))
    documents[table] = PLAN.sub(b'<text>"PENGHARGAAN"</text>', documents[table])
    assert asked > 1
    return loaded_release(1, load(documents, STAGING.registry))


@pytest.mark.parametrize("predicate", ["SANGAT_BAIK", "BAIK", "SANGAT_KURANG"])
def test_without_a_plan_the_follow_up_asks_nobody_and_ends(predicate: str, edited: LoadedRelease) -> None:
    scenario = {
        "name": "Tidak ada yang perlu dikerjakan",
        "source": "DOMAIN 5.2",
        "process": "follow_up",
        "opens": "2027-02-20T08:00:00",
        "data": {"final_predicate": predicate},
        "steps": [{"open": []}],
        "end": {"status": "completed", "calls": [{"cycle/record_actions": {}}]},
    }
    read = read_scenario(yaml.safe_dump(scenario).encode(), "tidak_ada.scenario.yaml", STAGING.registry.performers)

    outcome = run(Engine, edited, STAGING, read)

    assert outcome.problem is None
    assert ("which_follow_up", "follow_up_done") in outcome.pairs
