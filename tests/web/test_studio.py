"""The studio on the server: who may enter, what is saved, what is refused, what is published."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine.bootstrap import Application
from tests.web.conftest import Visitor
from web.studio.room import hash_of

Visit = Callable[[str], Visitor]
PLANNING = "planning.bpmn"


@pytest.fixture
def owner(visit: Visit) -> Visitor:
    return visit("process_owner")


def stored(owner: Visitor, name: str = PLANNING) -> tuple[str, int]:
    """The text of a file as the studio has it, and its revision."""
    content, revision, _ = owner.application.engine.document(name, by=owner.actor)
    return content.decode(), revision


def saves(owner: Visitor, xml: str, base: str, revision: int = 0, name: str = PLANNING, **more: Any) -> TestResponse:
    """What the drawing table sends when a file that was `base` at `revision` is saved as `xml`."""
    owner.opens("/rancang/proses/planning.bpmn/teks")
    return owner.client.post(
        f"/rancang/proses/{name}/simpan",
        json={"xml": xml, "revision": revision, "base": hash_of(base.encode()), **more},
        headers={"X-CSRFToken": owner.token},
    )


def uploads(owner: Visitor, name: str, content: str, **fields: str) -> TestResponse:
    """The upload form of a file's page, as it was just opened."""
    page = owner.opens(f"/rancang/berkas/{name}").location or ""
    text = owner.opens(page if ".bpmn" not in page else f"{page}/teks").get_data(as_text=True)
    hidden = dict(re.findall(r'name="(revision|base)" value="([^"]*)"', text))
    return owner.sends(
        f"/rancang/berkas/{name}/unggah", {**hidden, "file": (BytesIO(content.encode()), name), **fields}
    )


def with_due(xml: str, task: str, due: str) -> str:
    """The diagram with another due date of one task."""
    pattern = rf'(<bpmn:userTask id="{task}".*?name="due" value=")[^"]*(")'
    changed, times = re.subn(pattern, rf"\g<1>{due}\g<2>", xml, count=1, flags=re.DOTALL)
    assert times == 1
    return changed


@pytest.mark.parametrize("part", ["employee", "appraiser", "personnel", "auditor"])
def test_the_studio_does_not_exist_for_others(visit: Visit, part: str) -> None:
    visitor = visit(part)

    for path in ("/rancang", "/rancang/proses/planning.bpmn", "/rancang/terbit", "/rancang/rilis", "/rancang/periksa"):
        assert visitor.opens(path).status_code == 404
    assert visitor.sends("/rancang/baru", {"id": "own", "title": "Own"}).status_code == 404


def test_nobody_is_led_to_sign_in(visit: Visit) -> None:
    assert visit("nobody").opens("/rancang").status_code in (302, 303, 401)


def test_the_list_shows_every_document_with_its_state(owner: Visitor) -> None:
    page = owner.opens("/rancang").get_data(as_text=True)

    for text in (
        "Perencanaan kinerja",
        "Predikat kinerja",
        "Sasaran Kinerja Pegawai (SKP)",
        "Perkara berjalan",
        "Terbit",
    ):
        assert text in page


def test_every_document_has_a_page(owner: Visitor, application: Application) -> None:
    for document in application.engine.documents(by=owner.actor):
        leads = owner.opens(f"/rancang/berkas/{document.name}")

        assert leads.status_code == 302
        assert owner.opens(leads.location).status_code == 200


def test_a_change_is_saved_as_a_draft(owner: Visitor) -> None:
    before, _ = stored(owner)

    answer = saves(owner, with_due(before, "draft_skp", "P5D"), before)

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["revision"] == 1
    assert answer.json["problems"] == []
    assert stored(owner) == (with_due(before, "draft_skp", "P5D"), 1)
    assert owner.application.engine.published_document(PLANNING, by=owner.actor).decode() == before


def test_of_two_authors_the_second_is_told_and_overwrites_nothing(owner: Visitor) -> None:
    before, _ = stored(owner)
    first = with_due(before, "draft_skp", "P5D")
    saves(owner, first, before)

    answer = saves(owner, with_due(before, "draft_skp", "P9D"), before)

    assert answer.status_code == 409
    assert answer.json is not None
    assert "Draf tersimpan" in answer.json["message"]
    assert stored(owner) == (first, 1)


def test_who_began_before_a_publication_does_not_undo_it(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "hold_dialogue", "P5D"), before)
    owner.application.engine.publish(note="Batas waktu dialog lima hari", by=owner.actor)

    assert saves(owner, with_due(before, "set_skp", "P9D"), before).status_code == 409


def test_a_loop_that_an_editor_dropped_is_named_and_refused(owner: Visitor) -> None:
    name = "performance_cycle.bpmn"
    before, _ = stored(owner, name)
    lossy = re.sub(r"<bpmn:loopDataInputRef>.*?</bpmn:loopDataInputRef>", "", before, count=1)
    assert lossy != before

    answer = saves(owner, lossy, before, name=name)

    assert answer.status_code == 422
    assert answer.json is not None
    assert [loss["words"] for loss in answer.json["lost"]] == [
        loss["words"] for loss in answer.json["lost"] if "daftar yang diulang hilang" in loss["words"]
    ]
    assert stored(owner, name) == (before, 0)


def test_settings_that_an_editor_dropped_are_named_and_saved_only_when_confirmed(owner: Visitor) -> None:
    before, _ = stored(owner)
    lossy = re.sub(r'<spiffworkflow:property name="performer" value="employee" ?/>', "", before, count=1)
    refused = saves(owner, lossy, before)
    assert refused.json is not None

    assert refused.status_code == 422
    assert refused.json["lost"] == [
        {"key": "draft_skp performer", "words": "“Susun SKP” (draft_skp): pelaksana hilang"}
    ]
    confirmed = saves(owner, lossy, before, confirmed=[loss["key"] for loss in refused.json["lost"]])
    assert confirmed.status_code == 200
    assert confirmed.json is not None
    assert [problem["element"] for problem in confirmed.json["problems"]] == ["draft_skp"]


def test_what_the_author_took_away_on_purpose_is_no_loss(owner: Visitor) -> None:
    before, _ = stored(owner)
    without = re.sub(r'<spiffworkflow:property name="performer" value="employee" ?/>', "", before, count=1)

    assert saves(owner, without, before, cleared=["draft_skp performer"]).status_code == 200


@pytest.mark.parametrize("xml", ["no xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'])
def test_what_is_no_harmless_xml_is_not_saved_from_the_drawing_table(owner: Visitor, xml: str) -> None:
    before, _ = stored(owner)

    assert saves(owner, xml, before).status_code == 422
    assert stored(owner) == (before, 0)


def test_an_incomplete_request_changes_nothing(owner: Visitor) -> None:
    owner.opens("/rancang")

    answer = owner.client.post(
        f"/rancang/proses/{PLANNING}/simpan", json={"xml": 1}, headers={"X-CSRFToken": owner.token}
    )

    assert answer.status_code == 400


def test_saving_asks_for_the_token_of_the_page(owner: Visitor) -> None:
    assert owner.client.post(f"/rancang/proses/{PLANNING}/simpan", json={}).status_code == 400


def test_errors_block_publishing_and_are_listed(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "draft_skp", "tomorrow ("), before)

    page = owner.opens("/rancang/terbit").get_data(as_text=True)
    answer = owner.sends("/rancang/terbit", {"note": "Batas waktu baru untuk SKP"})

    assert "Yang harus diperbaiki dahulu" in page
    assert "Susun SKP" in page
    assert answer.status_code == 422
    assert len(owner.application.engine.releases(by=owner.actor)) == 1


def test_a_release_needs_a_note(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "draft_skp", "P5D"), before)
    owner.opens("/rancang/terbit")

    answer = owner.sends("/rancang/terbit", {"note": " "})

    assert answer.status_code == 422
    assert "Tulis catatan" in answer.get_data(as_text=True)


def test_a_published_change_is_told_in_words_and_becomes_a_release(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "hold_dialogue", "P5D"), before)

    owner.application.engine.sandbox.run_scenarios(by=owner.actor)

    page = owner.opens("/rancang/terbit").get_data(as_text=True)
    answer = owner.sends("/rancang/terbit", {"note": "SKP disusun dalam lima hari"})

    assert "Perkara yang sedang berjalan tetap pada rilis" in page
    assert "batas waktu dari" in page
    assert "menjadi “P5D”" in page
    assert answer.status_code == 303
    releases = owner.opens(answer.location).get_data(as_text=True)
    assert "SKP disusun dalam lima hari" in releases
    assert owner.application.engine.published_document(PLANNING, by=owner.actor).decode() == with_due(
        before, "hold_dialogue", "P5D"
    )


def test_a_change_that_makes_a_scenario_red_is_refused_with_the_step(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "draft_skp", "P5D"), before)
    owner.application.engine.sandbox.run_scenarios(by=owner.actor)
    owner.opens("/rancang/terbit")

    answer = owner.sends("/rancang/terbit", {"note": "SKP disusun dalam lima hari"})

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "planning_agreed.scenario.yaml" in page
    assert "Langkah 1 (employee: draft_skp, due: 2026-01-14)" in page
    assert "2026-01-07" in page
    assert owner.application.engine.published_document(PLANNING, by=owner.actor).decode() == before


def test_a_process_that_no_scenario_passes_is_refused_when_it_is_too_large_a_part(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "hold_dialogue", "P5D"), before)
    for number in range(20):
        owner.opens("/rancang")
        owner.sends("/rancang/baru", {"id": f"extra_{number}", "title": "Tambahan"})
    owner.application.engine.sandbox.run_scenarios(by=owner.actor)
    owner.opens("/rancang/terbit")

    answer = owner.sends("/rancang/terbit", {"note": "Dua puluh proses tambahan"})

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "untuk terbit paling sedikit 95%" in page
    assert "extra_0_way" in page


def test_a_scenario_is_changed_in_place(owner: Visitor) -> None:
    name = "planning_agreed.scenario.yaml"
    text, _ = stored(owner, name)
    owner.opens(f"/rancang/skenario/{name}")

    broken = owner.sends(
        f"/rancang/skenario/{name}", {"text": text + "colour: red\n", "revision": "0", "base": hash_of(text.encode())}
    )
    late = owner.sends(f"/rancang/skenario/{name}", {"text": text, "revision": "0", "base": hash_of(text.encode())})

    assert broken.status_code == 303
    assert "tidak dikenal" in owner.opens(broken.location).get_data(as_text=True)
    assert late.status_code == 409


def test_a_draft_can_be_thrown_away(owner: Visitor) -> None:
    before, _ = stored(owner)
    saves(owner, with_due(before, "draft_skp", "P5D"), before)

    assert owner.sends(f"/rancang/berkas/{PLANNING}/buang").status_code == 303
    assert stored(owner) == (before, 0)


def test_a_new_process_begins_with_a_start_and_an_end(owner: Visitor) -> None:
    owner.opens("/rancang")

    answer = owner.sends("/rancang/baru", {"id": "leave_request", "title": "Cuti & izin"})

    assert answer.status_code == 303
    assert owner.opens(answer.location).status_code == 200
    assert "Cuti &amp; izin" in stored(owner, "leave_request.bpmn")[0]
    owner.opens("/rancang")
    assert owner.sends("/rancang/baru", {"id": "leave_request", "title": "Lagi"}).status_code == 409
    assert owner.application.engine.check_documents(by=owner.actor).passes


@pytest.mark.parametrize("key", ["", "Start", "9_lives", "a b", "../x"])
def test_a_process_has_an_id_of_small_letters(owner: Visitor, key: str) -> None:
    owner.opens("/rancang")

    assert owner.sends("/rancang/baru", {"id": key, "title": "X"}).status_code == 422


def test_a_form_is_replaced_by_an_upload_and_shown_as_people_see_it(owner: Visitor) -> None:
    name = "coaching_session.form.json"
    before, _ = stored(owner, name)
    changed = before.replace('"tempat"', '"lokasi"')
    assert changed != before

    answer = uploads(owner, name, changed)

    assert answer.status_code == 303
    page = owner.opens(answer.location).get_data(as_text=True)
    assert "lokasi" in page
    assert 'name="tanggal"' in page
    assert "Yang berubah terhadap versi terbit" in page


def test_a_table_is_shown_with_its_rules_and_their_sources(owner: Visitor) -> None:
    page = owner.opens("/rancang/keputusan/predicates.dmn").get_data(as_text=True)

    assert "tepat satu aturan berlaku" in page
    assert "SANGAT_BAIK" in page
    assert "kuadran kinerja" in page


def test_a_changed_rule_is_told_in_words(owner: Visitor) -> None:
    name = "predicates.dmn"
    before, _ = stored(owner, name)
    uploads(owner, name, before.replace('<text>"BAIK"</text>', '<text>"SANGAT_BAIK"</text>', 1))

    page = owner.opens(f"/rancang/keputusan/{name}").get_data(as_text=True)

    assert "Predikat kinerja pegawai, aturan 2" in page
    assert "hasil 1 dari “&#34;BAIK&#34;” menjadi “&#34;SANGAT_BAIK&#34;”" in page


def test_an_upload_that_loses_settings_is_refused_until_the_owner_agrees(owner: Visitor) -> None:
    before, _ = stored(owner)
    lossy = re.sub(r"<spiffworkflow:property name=\"performer\" value=\"employee\" ?/>", "", before, count=1)

    refused = uploads(owner, PLANNING, lossy)
    agreed = uploads(owner, PLANNING, lossy, sadar="ya")

    assert refused.status_code == 422
    assert "pelaksana hilang" in refused.get_data(as_text=True)
    assert agreed.status_code == 303


def test_an_upload_of_something_unreadable_says_so(owner: Visitor) -> None:
    answer = uploads(owner, PLANNING, "<x")

    assert answer.status_code == 422
    assert "bukan XML yang utuh" in answer.get_data(as_text=True)


def test_a_draft_of_a_form_that_is_no_json_can_be_seen_and_mended(owner: Visitor) -> None:
    name = "dialogue.form.json"
    uploads(owner, name, "{broken")

    assert "belum dapat digambar" in owner.opens(f"/rancang/formulir/{name}").get_data(as_text=True)
    assert owner.opens("/rancang").status_code == 200
    assert owner.opens("/rancang/terbit").status_code == 200
    assert owner.opens(f"/rancang/proses/{PLANNING}").status_code == 200


def test_draft_and_published_file_can_be_downloaded(owner: Visitor) -> None:
    before, _ = stored(owner)
    changed = with_due(before, "draft_skp", "P5D")
    saves(owner, changed, before)

    assert owner.opens(f"/rancang/berkas/{PLANNING}/unduh").get_data(as_text=True) == changed
    assert owner.opens(f"/rancang/berkas/{PLANNING}/unduh?versi=terbit").get_data(as_text=True) == before


def test_a_new_file_has_a_plain_name(owner: Visitor) -> None:
    owner.opens("/rancang")

    assert owner.sends("/rancang/unggah", {"file": (BytesIO(b"{}"), "../Evil.json")}).status_code == 422
    assert owner.sends("/rancang/unggah", {"file": (BytesIO(b"{}"), "dialogue.form.json")}).status_code == 409


def test_the_check_answers_pages_and_scripts(owner: Visitor) -> None:
    assert "Semua berkas dapat diterbitkan" in owner.opens("/rancang/periksa").get_data(as_text=True)
    answer = owner.opens("/rancang/periksa", Accept="application/json")
    assert answer.json == {"problems": []}
