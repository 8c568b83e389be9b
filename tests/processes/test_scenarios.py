"""The played paths through the shipped diagrams, one test each."""

import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from engine.db import make_engine
from engine.runtime.values import Json
from tests.processes.stage import ROOT, Stage, scenarios, stage

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
Player = Callable[[Path], Stage]


@pytest.fixture(scope="module")
def played(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Player:
    """Plays a scenario, once."""

    @cache
    def play(path: Path) -> Stage:
        folder = tmp_path_factory.mktemp(path.stem)
        file = Path(shutil.copy(sqlite_template, folder / "siklus.db"))
        found = stage(path, make_engine(f"sqlite:///{file}"), folder)
        found.play()
        return found

    return play


@pytest.mark.parametrize("path", scenarios(), ids=lambda path: path.stem)
def test_a_scenario_plays_to_its_end(path: Path, played: Player) -> None:
    case = played(path)

    end = case.scenario["end"]
    assert case.status() == end["status"], case.open()
    assert case.open() == sorted(end.get("open", []))
    _found_in_order(end.get("calls", []), case.calls)


def test_the_scenarios_reach_every_element_of_every_diagram(played: Player) -> None:
    reached = {place for path in scenarios() for place in played(path).passed()}

    drawn = {
        (path.stem, node.get("id"))
        for path in (ROOT / "bpmn").glob("*.bpmn")
        for node in etree.parse(path).iter(f"{BPMN}*")
        if node.find(f"{BPMN}incoming") is not None or node.find(f"{BPMN}outgoing") is not None
    }
    assert drawn - reached == set()


def _found_in_order(
    wanted: list[Mapping[str, Mapping[str, Json]]], calls: list[tuple[str, Mapping[str, Json]]]
) -> None:
    """Each call that the scenario names was made, in that order, with at least those arguments."""
    rest = iter(calls)
    for one in wanted:
        (service, arguments), *_ = one.items()
        found = any(name == service and arguments.items() <= given.items() for name, given in rest)
        assert found, f"{service} {arguments} is missing in {calls}"
