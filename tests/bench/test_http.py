"""Submits over HTTP are measured on the real server, and none fails."""

from pathlib import Path

from web.load import bench_http
from web.throwaway import throw_away


def test_submits_over_http_are_measured_and_none_fails(tmp_path: Path) -> None:
    settings = throw_away(tmp_path, None)
    figures = bench_http(settings, submits=4, clients=2, workers=1)
    assert figures["submits"]["n"] == 4
    assert figures["failed"] == {}
    assert figures["locked"] == 0
    assert figures["fields"] >= 20
    assert figures["requests_of_a_submit"] == 4
    assert figures["wall_ms"]["submit"]["median"] > figures["wall_ms"]["send"]["median"]
    assert figures["cpu_ms_of_a_submit"]["clients"] > 0
