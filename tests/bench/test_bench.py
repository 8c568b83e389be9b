"""Each measurement runs and tells what it promises; how fast anything was is not asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine import bench
from engine.bench.machine import processor
from engine.bench.measure import spread
from engine.settings import Settings
from web.cli import main


def test_opening_one_case_is_measured_with_stock_and_floor(settings: Settings) -> None:
    figures = bench.bench_start(settings, cases=3)
    assert figures.keys() == {"ours", "stock", "floor", "times_faster_than_stock"}
    assert all(figures[who]["n"] == 3 for who in ("ours", "stock", "floor"))
    assert figures["ours"]["statements"]["most"] > 0


def test_opening_a_year_counts_its_cases(settings: Settings) -> None:
    figures = bench.bench_open_cycle(settings, people=16)
    assert figures["cases"]["n"] >= 10
    assert figures["mean_state_bytes"] > 0


def test_timers_and_reminders_are_told_apart(settings: Settings) -> None:
    figures = bench.bench_timers(settings, people=16, days=20, armed=500)
    assert figures["events"]["n"] > 0
    assert figures["reminders"]["n"] > 0
    assert figures["nothing_due"]["statements"]["most"] == 1


def test_an_inbox_is_measured_beside_other_peoples_tasks(settings: Settings) -> None:
    figures = bench.bench_inbox(settings, tasks=500)
    assert {"open", "team", "done", "counts", "counts_of_the_busiest"} < figures.keys()
    assert figures["open"]["n"] == bench.inbox.LOOKS


@pytest.mark.parametrize("sizes", [["start", "--cases", "2"], ["open-cycle", "--people", "16"]])
def test_the_command_names_machine_and_day(sizes: list[str]) -> None:
    result = CliRunner().invoke(main, ["bench", *sizes, "--json"], catch_exceptions=False)
    figures: dict[str, Any] = json.loads(result.stdout)
    assert figures["bench"] == sizes[0]
    assert figures["date"].startswith("20")
    assert figures["processor"]
    assert figures["database"].startswith("SQLite")


def test_the_processor_is_named_as_the_system_names_it(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: Quick 9000\n")
    assert processor(file) == "Quick 9000"


def test_a_spread_tells_quartiles() -> None:
    assert spread([4.0, 1.0, 3.0, 2.0]) == {"q1": 2.0, "median": 2.5, "q3": 4.0, "p95": 4.0, "mean": 2.5}
