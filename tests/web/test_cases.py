"""A case as its readers see it."""

import json
import re
from collections.abc import Callable

import pytest

from engine.bootstrap import Application
from engine.runtime.values import Task
from tests.web.conftest import Visitor, skp_answers

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
