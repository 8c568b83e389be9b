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
from web import bench_cli
from web.cli import main
from web.throwaway import throw_away


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
    figures = bench.bench_inbox(settings, tasks=500, looks=3)
    assert {"open", "team", "done", "counts", "counts_of_the_busiest"} < figures.keys()
    assert figures["open"]["n"] == 3
    assert figures["counts_of_the_busiest"]["statements"]["most"] > 0


def test_a_move_of_live_cases_and_back_is_measured(settings: Settings) -> None:
    figures = bench.bench_migrate(settings, cases=20)
    assert {name: figures[name]["n"] for name in figures} == {"rehearsed": 20, "moved": 20, "taken_back": 20}


def test_the_command_names_machine_and_day_beside_a_rehearsal_of_live_cases() -> None:
    result = CliRunner().invoke(main, ["bench", "rehearse", "--cases", "20", "--json"], catch_exceptions=False)
    figures: dict[str, Any] = json.loads(result.stdout)
    assert figures["bench"] == "rehearse"
    assert figures["date"].startswith("20")
    assert figures["processor"]
    assert figures["database"].startswith("SQLite")
    assert figures["cases"]["n"] == 20
    assert figures["fates"] == {"unaffected": 0, "changed": 20, "blocked": 0}


def test_the_processor_is_named_as_the_system_names_it(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: Quick 9000\n")
    assert processor(file) == "Quick 9000"


def test_all_of_them_are_run_by_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(bench_cli, "_measure", lambda name, measure, database_url, *, as_json: ran.append(name))
    CliRunner().invoke(main, ["bench", "all", "--json"], catch_exceptions=False)
    assert set(ran) == set(bench_cli.bench.commands) - {"all"}
    assert len(ran) > 8


def test_a_spread_tells_quartiles() -> None:
    assert spread([4.0, 1.0, 3.0, 2.0]) == {"q1": 2.0, "median": 2.5, "q3": 4.0, "p95": 4.0, "mean": 2.5}


def test_a_step_is_measured_beside_the_same_lives_on_the_library(tmp_path: Path) -> None:
    figures = bench.bench_step(throw_away(tmp_path, None), people=16, rounds=20, replayed=2).to_json()
    assert figures["ours"]["n"] > figures["stock"]["n"] > figures["acts_not_followed_by_stock"]
    assert figures["ours"]["statements"]["median"] > 0
