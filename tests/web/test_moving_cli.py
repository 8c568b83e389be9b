"""`siklus rehearse` and `siklus migrate`: what they say, in words and as JSON, and how they end."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from click.testing import CliRunner, Result

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM, Actor
from web.cli import main

AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
Run = Callable[..., Result]


@pytest.fixture
def run(application: Application) -> Run:
    """Run a command on the agency."""
    settings = application.settings
    environment = {"SIKLUS_DATA": str(settings.data_dir), "SIKLUS_DATABASE": settings.database_url}
    (settings.data_dir / "case-keys.key").write_bytes(settings.kek)

    def command(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, words, input=typed, env=environment)

    return command


def publishes(application: Application, renamed: str) -> int:
    """A release whose first step has another id; gives its number."""
    files: Mapping[str, bytes] = application.engine.loaded().documents.files
    changed = {name: content.replace(b"draft_skp", renamed.encode()) for name, content in files.items()}
    return application.engine.publish_files(changed, note="Nama langkah menyusun SKP", played=True, by=SYSTEM).number


def releases(application: Application) -> set[int]:
    return {case.release for case in application.engine.cases(by=AUDITOR).items}


def told(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_rehearsal_says_who_cannot_move_and_ends_with_1(application: Application, run: Run) -> None:
    publishes(application, "write_skp")
    words = run("rehearse")
    assert (words.exit_code, "belum dapat pindah: 16" in words.stdout) == (1, True)
    assert told(run("rehearse", "--json"))["counts"] == {"unaffected": 0, "changed": 0, "blocked": 16}
    mapped = run("rehearse", "--map", "draft_skp=write_skp", "--json")
    assert (mapped.exit_code, told(mapped)["counts"]["blocked"], len(told(mapped)["cases"])) == (0, 0, 16)
    assert releases(application) == {1}


def test_a_migration_asks_moves_in_bulk_and_tells_as_json(application: Application, run: Run) -> None:
    number = publishes(application, "write_skp")
    asks = ("migrate", "--to", str(number), "--map", "draft_skp=write_skp")
    declined = run(*asks, typed="n\n")
    assert (declined.exit_code, "Tidak ada perkara yang pindah." in declined.stdout) == (1, True)
    assert releases(application) == {1}

    moved = run(*asks, "--yes", "--json")

    assert moved.exit_code == 0, moved.output
    assert (told(moved)["moved"], told(moved)["stayed"], told(moved)["release"]) == (16, [], number)
    assert releases(application) == {number}
    [order] = [each for each in application.engine.batches.list(by=SYSTEM).items if each.kind == "migration"]
    assert (order.done, order.created_by) == (16, "system")
    assert application.engine.verify().breach is None
    again = run(*asks, "--yes")
    assert (again.exit_code, "Tidak ada perkara berjalan" in again.stderr) == (1, True)


def test_cases_that_stay_are_told_and_end_it_with_1(application: Application, run: Run) -> None:
    number = publishes(application, "write_skp")
    stays = run("migrate", "--to", str(number), "--yes", "--json")
    assert (stays.exit_code, told(stays)["moved"], told(stays)["counts"]["blocked"]) == (1, 0, 16)
    assert releases(application) == {1}


@pytest.mark.parametrize("pair", ["draft_skp", "=write_skp", "draft_skp="])
def test_a_mapping_is_a_pair(run: Run, pair: str) -> None:
    result = run("rehearse", "--map", pair)
    assert (result.exit_code, "LAMA=BARU" in result.stderr) == (2, True)


def test_an_unknown_release_is_told_in_a_sentence(run: Run) -> None:
    result = run("migrate", "--to", "99", "--yes")
    assert (result.exit_code, "Rilis 99 tidak ada." in result.stderr) == (1, True)
