"""The versions of an SKP as a page, and the form that asks for a change."""

from collections.abc import Callable
from typing import Any

from engine.bootstrap import Application
from tests.web.conftest import Visitor, filled, skp_answers

Visit = Callable[[str], Visitor]
TYPED = {"reason": "ANGGARAN_BERUBAH", "text": "Anggaran turun sesuai DPA perubahan.", "effective": "2026-02-02"}


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def does(application: Application, visitor: Visitor, element: str, **decided: Any) -> None:
    (task,) = [one for one in visitor.tasks() if one.element == element and one.subject != visitor.actor.person]
    answers = filled(application, task, visitor.actor, **decided)
    application.engine.complete_task(task.id, answers, revision=task.revision, key=element, by=visitor.actor)


def test_a_change_is_asked_for_and_its_version_told_in_words(visit: Visit, application: Application) -> None:
    employee, appraiser = visit("employee"), visit("appraiser")
    (task,) = employee.tasks()
    path = f"/perkara/{task.case_id}/skp"
    assert path in text(employee.opens(f"/perkara/{task.case_id}"))
    assert "SKP belum ditetapkan" in text(employee.opens(path))
    answers = skp_answers(application, task, employee.actor)
    application.engine.complete_task(task.id, answers, revision=task.revision, key="skp", by=employee.actor)
    does(application, appraiser, "hold_dialogue", sepakat="SEPAKAT")
    does(application, appraiser, "set_skp", keputusan="TETAPKAN")

    page = text(employee.opens(path))
    assert "Versi 1" in page and "Minta perubahan SKP" in page
    short = employee.sends(path, {**TYPED, "document": ""})
    assert (short.status_code, "Tulis nomor atau nama dokumen" in text(short)) == (422, True)
    assert TYPED["text"] in text(short), "what was typed comes back"
    assert employee.sends(path, {**TYPED, "document": "DPA-P 2026"}).status_code == 303
    assert "masih berjalan" in text(employee.opens(path))
    while application.work():
        pass
    (drafting,) = [one for one in employee.tasks() if one.element == "draft_skp_change"]
    rows = [{**answers["rhk"][0], "rhk": "Seluruh puskesmas binaan melayani balita berisiko sesuai standar"}]
    application.engine.complete_task(
        drafting.id, {**answers, "rhk": rows}, revision=drafting.revision, key="change", by=employee.actor
    )
    (deciding,) = [one for one in appraiser.tasks() if one.element == "approve_skp_change"]
    assert "melayani balita berisiko" in text(appraiser.opens(f"/tugas/{deciding.id}"))
    does(application, appraiser, "approve_skp_change", keputusan="SETUJU")

    page = text(appraiser.opens(path))
    assert "Versi 2" in page and "DPA-P 2026" in page and "melayani balita berisiko" in page
    assert visit("colleague").opens(path).status_code == 404
