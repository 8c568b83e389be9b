"""Scenario files: what is read, and what is refused with its line."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from engine.errors import DefinitionError, Problem
from engine.runtime.sandbox.plain_yaml import MAX_BYTES
from engine.runtime.sandbox.reading import action_of, read_scenario
from engine.runtime.sandbox.scenario import Do, Expect, Scenario, Tell, Until, Wait, in_local_time, moment_of

PERFORMERS = ("employee", "supervisor")
GOOD = """\
name: Cuti disetujui
source: Peraturan cuti
process: work
steps:
- {employee: ask, answers: {days: 3, from: 2026-02-01}}
- wait: 2
- until: 2026-03-01
- {supervisor: decide, due: 2026-03-02, note: Mohon segera}
- {message: paid, payload: {amount: 5}}
- open: [read]
end: {status: active, open: [read], calls: [office/tell: {who: alice}]}
"""


def read(text: str | bytes) -> Scenario:
    content = text.encode() if isinstance(text, str) else text
    return read_scenario(content, "leave.scenario.yaml", PERFORMERS)


def wrong(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as refused:
        read(text)
    return refused.value.problems


def test_a_scenario_is_read_with_the_lines_of_its_steps() -> None:
    scenario = read(GOOD)

    assert (scenario.name, scenario.process, scenario.end.open) == ("Cuti disetujui", "work", ("read",))
    assert [type(step) for step in scenario.steps] == [Do, Wait, Until, Do, Tell, Expect]
    assert scenario.lines == (5, 6, 7, 8, 9, 10)
    assert scenario.steps[0] == Do("employee", "ask", {"days": 3, "from": "2026-02-01"})
    assert scenario.end.calls == (("office/tell", {"who": "alice"}),)


def test_a_moment_without_an_offset_is_local() -> None:
    scenario = read(GOOD.replace("process: work", "process: work\nopens: 2026-02-01T08:00:00"))

    assert scenario.opening.opens == datetime(2026, 2, 1, 8)
    for zone in (ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")):
        assert moment_of(datetime(2026, 2, 1, 8), zone) == datetime(2026, 2, 1, 8, tzinfo=zone)


def test_a_kept_scenario_names_local_moments() -> None:
    jakarta, jayapura = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
    scenario = read(GOOD.replace("until: 2026-03-01", 'until: "2026-03-01T22:30:00+00:00"'))

    assert Until(datetime(2026, 3, 2, 5, 30)) in in_local_time(scenario, jakarta).steps
    assert in_local_time(in_local_time(scenario, jakarta), jayapura) == in_local_time(scenario, jakarta)


def test_every_action_can_be_kept_as_json_and_read_again() -> None:
    for step in read(GOOD).steps:
        assert action_of(step.to_json(), PERFORMERS) == step


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("source: Peraturan cuti", "sources: x", 2, '"sources" tidak dikenal'),
        ("wait: 2", "wait: -2", 6, "jumlah hari"),
        ("wait: 2", "wait: true", 6, "jumlah hari"),
        ("until: 2026-03-01", "until: besok", 7, "Tulis hari"),
        ("until: 2026-03-01", 'until: "2026-03-01T25:00:00"', 7, "saat setempat"),
        ("supervisor: decide", "stranger: decide", 8, "satu di antara"),
        ("due: 2026-03-02", "duet: 2026-03-02", 8, '"duet" tidak dikenal'),
        ("status: active", "status: done", 11, "active, completed"),
        ("answers: {days: 3", "form: {}, answers: {days: 3", 5, "tidak keduanya"),
        ("days: 3", "days: &a 3", 5, "Jangkar"),
        ("days: 3", "days: *a", 5, "Jangkar"),
        ("days: 3", "days: !!python/object:os.system 3", 5, "Jenis khusus"),
        ("days: 3", "days: 3, days: 4", 5, "ada dua kali"),
        ("wait: 2", "wait: [", 7, "Bukan YAML"),
    ],
)
def test_what_is_unknown_is_refused_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD

    first = wrong(GOOD.replace(old, new, 1))[0]

    assert words in first.message
    assert first.line == line


@pytest.mark.parametrize("text", ["", "- a", "a", "name: x\n---\nname: y", "? [a]\n: b", "\0", "0x: 0x" * 2])
def test_what_is_no_scenario_is_refused(text: str) -> None:
    assert wrong(text)


def test_size_and_depth_are_bounded() -> None:
    assert "lebih besar" in wrong("#" * (MAX_BYTES + 1))[0].message
    assert "bersarang" in wrong("a: " + "[" * 5_000)[0].message
    assert "UTF-8" in wrong(b"\xff\xfe\xfa")[0].message
