"""The trying room: a process owner plays a case of the drafts, and keeps the path as a scenario."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.db import Base
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]


@pytest.fixture
def owner(visit: Visit) -> Visitor:
    return visit("process_owner")


def begun(owner: Visitor, process: str = "planning", **fields: str) -> str:
    """The address of a new play."""
    owner.opens("/rancang/coba")
    answer = owner.sends("/rancang/coba", {"proses": process, **fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def page(owner: Visitor, play: str) -> str:
    return owner.opens(play).get_data(as_text=True)


def does(owner: Visitor, play: str, do: str, **fields: str) -> int:
    """Press a button of a play's page as it stands now."""
    revision = re.search(r'name="revision" value="(\d+)"', page(owner, play))
    assert revision is not None
    return owner.sends(f"{play}/langkah", {"do": do, "revision": revision[1], **fields}).status_code


def rows(application: Application) -> dict[str, list[object]]:
    """Everything in the database."""
    with application.engine.database.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))]
            for table in Base.metadata.sorted_tables
        }


def test_a_case_is_played_through_its_first_tasks(owner: Visitor) -> None:
    play = begun(owner)

    assert "Susun SKP" in page(owner, play)
    assert does(owner, play, "employee:draft_skp") == 303
    shown = page(owner, play)
    assert "Selenggarakan dialog" in shown or "hold_dialogue" in shown
    assert "Tugas baru" in shown


def test_time_goes_to_the_next_timer_and_days_pass(owner: Visitor) -> None:
    play = begun(owner)

    assert does(owner, play, "next") == 303
    assert does(owner, play, "wait", days="3") == 303
    assert does(owner, play, "until", until="2026-01-20") == 303
    shown = page(owner, play)
    assert "until: 2026-01-20" in shown
    assert "Waktunya tiba" in shown
    assert does(owner, play, "until", until="soon") == 409


def test_a_form_is_filled_in_as_its_performer(owner: Visitor) -> None:
    play = begun(owner)
    form = owner.opens(f"{play}/tugas/draft_skp").get_data(as_text=True)
    assert "Sebagai Pegawai" in form

    refused = owner.sends(f"{play}/tugas/draft_skp", {"_do": "send", "revision": "1"})

    assert refused.status_code == 422
    assert "govuk-error-summary" in refused.get_data(as_text=True)
    assert "draft_skp" in page(owner, play)


def test_usual_answers_can_be_looked_at_before_they_are_sent(owner: Visitor) -> None:
    play = begun(owner)
    does(owner, play, "employee:draft_skp")

    empty = owner.opens(f"{play}/tugas/hold_dialogue").get_data(as_text=True)
    usual = owner.opens(f"{play}/tugas/hold_dialogue?lazim=1").get_data(as_text=True)

    assert " checked" not in empty
    assert " checked" in usual


def test_step_back_and_start_over(owner: Visitor) -> None:
    play = begun(owner)
    does(owner, play, "employee:draft_skp")
    does(owner, play, "wait", days="1")

    assert does(owner, play, "back", to="1") == 303
    assert "hold_dialogue" in page(owner, play)
    assert does(owner, play, "back", to="0") == 303
    assert "Belum ada langkah" in page(owner, play)
    assert "draft_skp" in page(owner, play)


def test_an_older_page_is_refused(owner: Visitor) -> None:
    play = begun(owner)
    does(owner, play, "wait", days="1")

    answer = owner.sends(f"{play}/langkah", {"do": "wait", "days": "1", "revision": "1"})

    assert answer.status_code == 409
    assert "halaman lain" in answer.get_data(as_text=True)


def test_what_cannot_be_done_is_said_and_changes_nothing(owner: Visitor) -> None:
    play = begun(owner)

    assert does(owner, play, "appraiser:set_skp") == 409
    assert does(owner, play, "nonsense") == 409
    assert does(owner, play, "wait", days="0") == 409
    assert "Belum ada langkah" in page(owner, play)


@pytest.mark.parametrize(
    "fields", [{"data": "no json"}, {"data": "[1]"}, {"opens": "soon"}, {"proses": "nothing"}, {"data": "[" * 50_000}]
)
def test_an_opening_that_cannot_be_is_said(owner: Visitor, fields: dict[str, str]) -> None:
    owner.opens("/rancang/coba")

    answer = owner.sends("/rancang/coba", {"proses": "planning", **fields})

    assert answer.status_code == 422
    assert "Belum dapat dibuka" in answer.get_data(as_text=True)


def test_a_played_path_becomes_a_scenario_that_is_green(owner: Visitor) -> None:
    play = begun(owner, "follow_up", data='{"final_predicate": "BAIK"}')
    does(owner, play, "wait", days="1")
    page(owner, play)
    saved = owner.sends(f"{play}/simpan", {"name": "Menunggu sehari", "source": "Uji", "file": "waiting_a_day"})

    assert saved.status_code == 303
    assert "wait: 1" in owner.opens(saved.location).get_data(as_text=True)
    engine, by = owner.application.engine, owner.actor
    assert engine.check_documents(by=by).passes
    engine.sandbox.run_scenarios(by=by)
    (mine,) = [one for one in engine.sandbox.scenarios(by=by) if one.file == "waiting_a_day.scenario.yaml"]
    assert mine.outcome is not None and mine.outcome.green, mine.outcome
    again = owner.sends(f"{play}/simpan", {"name": "Lagi", "source": "Uji", "file": "waiting_a_day"})
    assert again.status_code == 409


def test_a_play_touches_nothing_but_its_own_row(owner: Visitor, application: Application) -> None:
    before = rows(application)
    play = begun(owner, "performance_cycle")
    does(owner, play, "employee:draft_skp")
    does(owner, play, "until", until="2026-03-01")
    does(owner, play, "back", to="1")

    after = rows(application)

    assert len(after["plays"]) == 1
    assert {name: found for name, found in after.items() if name != "plays"} == {
        name: found for name, found in before.items() if name != "plays"
    }
    assert not (application.settings.data_dir / "files").exists()
    owner.sends(f"{play}/buang")
    assert rows(application) == before


@pytest.mark.parametrize("part", ["employee", "personnel", "auditor"])
def test_the_trying_room_does_not_exist_for_others(visit: Visit, owner: Visitor, part: str) -> None:
    play = begun(owner)
    visitor = visit(part)

    for path in ("/rancang/coba", play, "/rancang/skenario", "/rancang/cakupan/planning"):
        assert visitor.opens(path).status_code == 404
    assert visitor.sends(f"{play}/langkah", {"do": "wait", "days": "1", "revision": "1"}).status_code == 404


def test_changed_documents_ask_for_their_scenarios_again_and_for_no_others(owner: Visitor) -> None:
    engine, by = owner.application.engine, owner.actor
    before, _, _ = engine.document("dialogue.form.json", by=by)
    engine.save_document("dialogue.form.json", before + b"\n", revision=0, by=by)
    waiting = [one.file for one in engine.sandbox.scenarios(by=by) if one.outcome is None]
    assert {name.partition("_")[0] for name in waiting} == {"planning", "whole"}
    assert "belum dijalankan" in owner.opens("/rancang/skenario").get_data(as_text=True)

    answer = owner.sends("/rancang/skenario/jalankan")

    shown = owner.opens(answer.location).get_data(as_text=True)
    assert "27 dari 27 skenario hijau" in shown


def test_coverage_names_what_no_scenario_passes(owner: Visitor) -> None:
    assert "221/222" in owner.opens("/rancang/skenario").get_data(as_text=True)
    assert "which_follow_up_none" in owner.opens("/rancang/cakupan/follow_up").get_data(as_text=True)
    assert "Semua alur dilewati" in owner.opens("/rancang/cakupan/planning").get_data(as_text=True)
    assert "D10_r2" in owner.opens("/rancang/cakupan/tabel/D10_tindak_lanjut").get_data(as_text=True)
    assert owner.opens("/rancang/cakupan/nothing").status_code == 404
