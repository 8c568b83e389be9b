"""Submits over HTTP are measured on the real server, and none fails."""

from pathlib import Path

from web.load import bench_http
from web.throwaway import throw_away


def test_submits_over_http_are_measured_and_none_fails(tmp_path: Path) -> None:
    settings = throw_away(tmp_path, None)
    figures = bench_http(settings, submits=4, clients=2, workers=1)
    assert figures["failed"] == {}
    assert figures["locked"] == 0
    assert figures["fields"] >= 20
    rounds = {name: figures[name] for name in ("whole_way", "form_kept", "form_sent")}
    assert {name: (one["n"], one["requests"]) for name, one in rounds.items()} == {
        "whole_way": (4, 4),
        "form_kept": (4, 2),
        "form_sent": (4, 2),
    }
    assert all(one["wall_ms"]["median"] > 0 and one["cpu_ms"]["clients"] > 0 for one in rounds.values())
