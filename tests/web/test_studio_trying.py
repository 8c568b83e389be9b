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


def page(owner: Visitor, play: str, panel: str = "langkah") -> str:
    return owner.opens(f"{play}?lihat={panel}").get_data(as_text=True)


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
    assert "Pegawai yang dinilai mengirim: Susun SKP" in shown
    assert "data berubah" in shown


def test_mails_are_shown_with_their_text(owner: Visitor) -> None:
    play = begun(owner)
    does(owner, play, "employee:draft_skp")

    shown = page(owner, play, "surat")

    assert "Tugas baru: Susun SKP" in shown
    assert "Kepada Pegawai yang dinilai &lt;employee@contoh.id&gt;" in shown
    assert "Ada tugas untuk Anda dalam planning atas nama Pegawai" in shown


def test_data_and_decisions_are_shown(owner: Visitor) -> None:
    play = begun(owner, "follow_up", data='{"final_predicate": "BAIK"}')

    data = page(owner, play, "data")
    assert "<code>final_predicate</code>" in data and "BAIK" in data
    assert "<code>actions</code>" in data
    decisions = page(owner, play, "keputusan")
    assert "Tindak lanjut hasil evaluasi" in decisions
    assert "<code>predikat_tahunan</code> = BAIK" in decisions
    assert "Belum ada surat" not in page(owner, play, "surat")


def test_long_lists_are_paged(owner: Visitor) -> None:
    play = begun(owner)
    for _ in range(21):
        does(owner, play, "wait", days="1")

    assert "21. 1 hari berlalu" in page(owner, play)
    assert '\n    <div class="siklus-row__title">1. 1 hari berlalu' not in page(owner, play)
    older = owner.opens(f"{play}?lihat=langkah&halaman=2").get_data(as_text=True)
    assert "1. 1 hari berlalu" in older and "21. 1 hari berlalu" not in older
    assert page(owner, play, "riwayat").count("siklus-event ") <= 20


def test_time_goes_to_the_next_timer_and_days_pass(owner: Visitor) -> None:
    play = begun(owner)

    assert does(owner, play, "next") == 303
    assert does(owner, play, "wait", days="3") == 303
    assert does(owner, play, "until", until="2026-01-20") == 303
    shown = page(owner, play)
    assert "until: 2026-01-20" in shown
    assert "Waktunya tiba" in page(owner, play, "riwayat")
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
    asked = {"planning", "leaving", "new", "whole", "absences", "contract", "skp", "study", "transfer", "numbers"}
    assert {name.partition("_")[0] for name in waiting} == asked
    assert "belum dijalankan" in owner.opens("/rancang/skenario").get_data(as_text=True)

    answer = owner.sends("/rancang/skenario/jalankan")

    assert "sedang dijalankan" in owner.opens(answer.location).get_data(as_text=True)
    while owner.application.engine.batches.run():
        pass
    count = len(engine.sandbox.scenarios(by=by))
    assert f"{count} dari {count} skenario hijau" in owner.opens(answer.location).get_data(as_text=True)


def test_coverage_names_what_no_scenario_passes(owner: Visitor) -> None:
    passed, drawn = re.findall(r"(\d+)/(\d+)", owner.opens("/rancang/skenario").get_data(as_text=True))[0]
    assert (int(drawn) > 200, int(drawn) - int(passed)) == (True, 1)
    assert "which_follow_up_none" in owner.opens("/rancang/cakupan/follow_up").get_data(as_text=True)
    assert "Semua alur dilewati" in owner.opens("/rancang/cakupan/planning").get_data(as_text=True)
    assert "D10_r2" in owner.opens("/rancang/cakupan/tabel/D10_tindak_lanjut").get_data(as_text=True)
    assert owner.opens("/rancang/cakupan/nothing").status_code == 404


def test_coverage_says_when_scenarios_were_not_played_on_the_draft(owner: Visitor) -> None:
    engine, by = owner.application.engine, owner.actor
    for path in ("/rancang/cakupan/planning", "/rancang/cakupan/tabel/D1_predikat_pegawai"):
        assert "belum dijalankan" not in owner.opens(path).get_data(as_text=True)
    before, _, _ = engine.document("dialogue.form.json", by=by)
    engine.save_document("dialogue.form.json", before + b"\n", revision=0, by=by)

    for path in ("/rancang/cakupan/planning", "/rancang/cakupan/tabel/D1_predikat_pegawai"):
        assert "belum dijalankan pada draf ini" in owner.opens(path).get_data(as_text=True)
    for path in ("/rancang/cakupan/planning", "/rancang/cakupan/tabel/D1_predikat_pegawai"):
        answer = owner.sends("/rancang/skenario/jalankan", {"kembali": path})
        assert answer.location == path
        assert "sedang dijalankan" in owner.opens(path).get_data(as_text=True)
    assert owner.sends("/rancang/skenario/jalankan", {"kembali": "//elsewhere"}).location == "/rancang/skenario"


def test_publishing_lets_workers_play_first_and_keeps_the_note(owner: Visitor) -> None:
    engine, by = owner.application.engine, owner.actor
    before, _, _ = engine.document("dialogue.form.json", by=by)
    engine.save_document("dialogue.form.json", before + b"\n", revision=0, by=by)
    owner.opens("/rancang/terbit")

    waiting = owner.sends("/rancang/terbit", {"note": "Catatan yang panjang"})

    assert waiting.status_code == 202
    assert "Catatan yang panjang" in waiting.get_data(as_text=True)
    assert "sedang dijalankan" in waiting.get_data(as_text=True)
    assert len(engine.releases(by=by)) == 1
    while engine.batches.run():
        pass
    assert owner.sends("/rancang/terbit", {"note": "Catatan yang panjang"}).status_code == 303
    assert len(engine.releases(by=by)) == 2


def test_a_path_to_a_rule_is_proposed_and_saved_as_it_is_offered(owner: Visitor) -> None:
    shown = owner.opens("/rancang/cakupan/tabel/D10_tindak_lanjut").get_data(as_text=True)
    assert "Usulkan jalan" in shown
    assert "Usulkan jalan" not in owner.opens("/rancang/cakupan/tabel/D3_pola_distribusi").get_data(as_text=True)

    answer = owner.sends("/rancang/cakupan/tabel/D10_tindak_lanjut/usul", {"rule": "D10_r9"})

    assert answer.status_code == 303
    play = owner.opens(answer.location).get_data(as_text=True)
    fields = dict(re.findall(r'id="(name|source|file)" name="\1" [^>]*value="([^"]*)"', play))
    assert set(fields) == {"name", "source", "file"}
    saved = owner.sends(answer.location.partition("?")[0] + "/simpan", fields)
    assert saved.status_code == 303
    assert "PPPK" in owner.opens(saved.location).get_data(as_text=True)
    unknown = owner.sends("/rancang/cakupan/tabel/D10_tindak_lanjut/usul", {"rule": "nothing"})
    assert unknown.status_code == 404


def test_start_data_are_typed_in_plain_fields(owner: Visitor) -> None:
    shown = owner.opens("/rancang/coba?proses=follow_up").get_data(as_text=True)
    assert 'name="isi.employee.kind"' in shown and "<option>PPPK</option>" in shown

    play = begun(owner, "follow_up", **{"isi.employee.kind": "PPPK", "isi.final_predicate": "SANGAT_KURANG"})

    data = page(owner, play, "data")
    assert "SANGAT_KURANG" in data and "PPPK" in data
    assert "aturan 10" in page(owner, play, "keputusan")


def test_what_cannot_be_read_is_said_at_its_field_and_nothing_typed_is_lost(owner: Visitor) -> None:
    owner.opens("/rancang/coba")
    typed = {
        "isi.parameters.objection_days": "banyak",
        "isi.deadlines.draft": "besok",
        "isi.employee.kind": "ROBOT",
        "isi.employee.name": "Siti",
        "data": '{"x": 1}',
    }

    answer = owner.sends("/rancang/coba", {"proses": "planning", **typed})

    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for name in list(typed)[:3]:
        assert f'href="#{name}"' in shown and f'id="{name}-error"' in shown
    for text in ("banyak", "besok", "ROBOT", "Siti", "{&#34;x&#34;: 1}"):
        assert text in shown
    assert owner.application.engine.sandbox.plays(by=owner.actor) == []


def test_json_lies_over_the_plain_fields(owner: Visitor) -> None:
    play = begun(owner, **{"isi.employee.name": "Siti", "data": '{"employee": {"kind": "CPNS"}}'})

    changed = page(owner, play)
    assert "<code>employee.name</code>" in changed and "<code>employee.kind</code>" in changed
