"""A case as its readers see it."""

import json
import re
from collections.abc import Callable

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.runtime.values import Incident, Page, Task
from tests.web.conftest import Visitor, filled, skp_answers

Visit = Callable[[str], Visitor]


@pytest.fixture
def employee(visit: Visit) -> Visitor:
    return visit("employee")


@pytest.fixture
def task(employee: Visitor, application: Application) -> Task:
    """A finished task."""
    task, by, engine = employee.tasks()[0], employee.actor, application.engine
    answers = skp_answers(application, task, by)
    engine.complete_task(task.id, answers, revision=task.revision, key="sent", by=by)
    return task


def test_a_case_says_whom_it_waits_for_and_since_when(employee: Visitor, task: Task, visit: Visit) -> None:
    page = employee.opens(f"/perkara/{task.case_id}").get_data(as_text=True)

    assert "Lakukan dialog kinerja" in page
    assert visit("appraiser").actor.name in page
    assert "5 Januari 2026" in page


def test_the_timeline_tells_what_happened_the_newest_first(employee: Visitor, task: Task) -> None:
    page = employee.opens(f"/perkara/{task.case_id}").get_data(as_text=True)

    assert page.index("Susun SKP: selesai") < page.index("Perkara dibuka")


def test_the_timeline_is_narrowed_to_a_person_or_a_kind(employee: Visitor, task: Task) -> None:
    work = employee.opens(f"/perkara/{task.case_id}?jenis=work").get_data(as_text=True)
    system = employee.opens(f"/perkara/{task.case_id}?orang=system").get_data(as_text=True)

    assert "Susun SKP: selesai" in work
    assert "<h3>Perkara dibuka" not in work
    assert "<h3>Perkara dibuka" in system
    assert "Susun SKP: selesai" not in system


def test_a_submitted_form_is_shown_as_it_was(employee: Visitor, task: Task, application: Application) -> None:
    page = employee.opens(f"/perkara/{task.case_id}").get_data(as_text=True)
    link = re.findall(rf'href="(/perkara/{task.case_id}/isian/\d+)"', page)[0]

    submitted = employee.opens(link).get_data(as_text=True)

    assert "Daftar rencana hasil kerja" in submitted
    assert "Kode tanda terima" in submitted


def test_the_drawing_is_told_where_the_case_stands(employee: Visitor, task: Task) -> None:
    page = employee.opens(f"/perkara/{task.case_id}").get_data(as_text=True)
    drawing = json.loads(re.findall(r"<script type=\"application/json\" data-diagram>(.*?)</script>", page, re.S)[0])
    planning = next(process for process in drawing["processes"] if process["id"] == "planning")

    assert drawing["current"] == "planning"
    assert planning["elements"]["draft_skp"] == {"state": "done", "visits": 1}
    assert planning["elements"]["hold_dialogue"]["state"] == "now"
    answer = employee.opens(planning["source"])
    assert answer.mimetype == "application/xml"
    assert b"draft_skp" in answer.data


def test_an_auditor_sees_which_rules_decided(visit: Visit, task: Task) -> None:
    page = visit("auditor").opens(f"/perkara/{task.case_id}").get_data(as_text=True)

    assert "D12_resolusi_penilai" in page
    assert "aturan 1" in page


def test_cases_are_found_by_name_unit_phase_and_state(visit: Visit, task: Task) -> None:
    auditor = visit("auditor")

    def found(query: str) -> int:
        return auditor.opens(f"/perkara?{query}").get_data(as_text=True).count('data-label="Tahap"')

    assert found(f"cari={task.subject_name}") == 1
    assert found("tahap=planning") == 16
    assert found("tahap=appraisal") == 0
    assert found("keadaan=completed") == 0
    assert found("keadaan=nonsense") == 16
    assert found("unit=unit-21") < 16


def test_a_returned_draft_comes_back_with_the_comment_and_its_changes_are_told(
    visit: Visit, employee: Visitor, task: Task, application: Application
) -> None:
    engine, appraiser, team = application.engine, visit("appraiser"), visit("personnel")

    def completes(visitor: Visitor, element: str, **decided: str) -> None:
        boxes = [*engine.inbox(by=visitor.actor).items, *engine.inbox(by=visitor.actor, box="team").items]
        one = next(each for each in boxes if each.case_id == task.case_id and each.element == element)
        if one.group and not one.assignee:
            engine.claim(one.id, by=visitor.actor)
            one = engine.task(one.id, by=visitor.actor).task
        answers = {**filled(application, one, visitor.actor, **decided), **decided}
        engine.complete_task(one.id, answers, revision=one.revision, key=f"{element}-1", by=visitor.actor)

    completes(appraiser, "hold_dialogue", sepakat="SEPAKAT")
    if any(each.element == "review_skp" for each in engine.case(task.case_id, by=team.actor).open_tasks):
        completes(team, "review_skp", keputusan="TERUSKAN")
    completes(appraiser, "set_skp", keputusan="KEMBALIKAN", catatan="Targetnya terlalu rendah, naikkan ke 90 persen.")
    again = next(each for each in employee.tasks() if each.element == "draft_skp")

    assert "Dikembalikan" in employee.opens("/").get_data(as_text=True)
    form = employee.opens(f"/tugas/{again.id}").get_data(as_text=True)
    assert "Mengapa tugas ini kembali kepada Anda" in form
    assert "Targetnya terlalu rendah, naikkan ke 90 persen." in form

    answers = dict(engine.task(again.id, by=employee.actor).answers)
    answers["rhk"][0]["rhk"] = "Seluruh puskesmas binaan memberi layanan gizi sesuai standar"
    engine.complete_task(again.id, answers, revision=again.revision, key="again", by=employee.actor)
    page = employee.opens(f"/perkara/{task.case_id}").get_data(as_text=True)
    assert "1 isian berubah" in page
    assert "<ins>Seluruh puskesmas binaan memberi layanan gizi sesuai standar</ins>" in page


def test_operators_see_what_failed_and_try_again(
    visit: Visit, task: Task, monkeypatch: pytest.MonkeyPatch, clock: VirtualClock
) -> None:
    operator = visit("operator")
    incident = Incident(7, task.case_id, "record_skp", "Catat SKP", "Layanan menolak.", clock.now(), "open", 2, "Rizki")
    monkeypatch.setattr("engine.runtime.engine.Engine.incidents", lambda *_a, **_k: Page([incident], 1))
    for succeeds, words in ((True, "berjalan lagi"), (False, "gagal lagi")):
        monkeypatch.setattr("engine.runtime.engine.Engine.retry_incident", lambda *_a, ok=succeeds, **_k: ok)
        page = operator.opens("/gangguan").get_data(as_text=True)
        assert "Catat SKP" in page
        assert "2 kali dicoba" in page
        assert operator.sends("/gangguan/7/ulangi").location == "/gangguan"
        assert words in operator.opens("/gangguan").get_data(as_text=True)
