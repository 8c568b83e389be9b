"""A task's form: drafts, rows, files, checking, sending once, and pages that disagree."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from engine.bootstrap import Application
from engine.runtime.values import Task
from tests.web.conftest import Visitor, skp_answers
from web.load.fields import as_posted

Visit = Callable[[str], Visitor]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def employee(visit: Visit) -> Visitor:
    return visit("employee")


@pytest.fixture
def task(employee: Visitor) -> Task:
    return employee.tasks()[0]


def text_of(visitor: Visitor, path: str) -> str:
    return visitor.opens(path).get_data(as_text=True)


def revision_of(visitor: Visitor, task: Task) -> str:
    return str(visitor.application.engine.task(task.id, by=visitor.actor).task.revision)


def saves(visitor: Visitor, task: Task, action: str = "draft", **fields: Any) -> Any:
    """Send the form with a button, as the newest page would."""
    return visitor.sends(f"/tugas/{task.id}", {"revision": revision_of(visitor, task), "_do": action, **fields})


def drafted(visitor: Visitor, application: Application, task: Task) -> None:
    """Store answers that are complete."""
    saves(visitor, task, **as_posted(skp_answers(application, task, visitor.actor)))


def test_the_inbox_says_what_whom_and_until_when(employee: Visitor) -> None:
    page = text_of(employee, "/")

    assert "Susun SKP" in page
    assert "9 hari lagi" in page
    assert "14 Januari 2026" in page
    assert "Nanti" in page


def test_a_late_task_stands_first_and_says_how_late(employee: Visitor, clock: Any) -> None:
    from datetime import timedelta

    clock.advance(timedelta(days=12))
    page = text_of(employee, "/")

    assert "Terlambat" in page
    assert "terlambat 3 hari" in page


def test_an_empty_inbox_says_so(employee: Visitor) -> None:
    assert "Belum ada tugas yang Anda selesaikan" in text_of(employee, "/tugas?kotak=selesai")
    assert "Tidak ada tugas tim" in text_of(employee, "/tugas?kotak=tim")
    assert "Tidak ada tugas yang cocok" in text_of(employee, "/tugas?cari=zzzz")


def test_the_bar_of_new_tasks_counts_what_came_since(employee: Visitor) -> None:
    assert "1 tugas baru" in text_of(employee, "/tugas/baru?ada=0")
    assert "tugas baru" not in text_of(employee, "/tugas/baru?ada=1")


def test_a_draft_comes_back_as_it_was_typed(employee: Visitor, task: Task) -> None:
    answer = saves(employee, task, **{"rhk.n": "1", "rhk.0.rhk": "Menurunnya <b>angka</b> stunting"})

    assert answer.status_code == 303
    assert "Menurunnya &lt;b&gt;angka&lt;/b&gt; stunting" in text_of(employee, f"/tugas/{task.id}")
    assert "Draf" in text_of(employee, "/")


def test_an_invalid_form_keeps_all_that_was_typed_and_says_what_is_wrong(employee: Visitor, task: Task) -> None:
    answer = saves(
        employee,
        task,
        "check",
        **{
            "rhk.n": "1",
            "rhk.0.rhk": "Hasil",
            "rhk.0.indikator.n": "1",
            "rhk.0.indikator.0.target_nilai": "banyak sekali",
        },
    )
    assert answer.status_code == 303
    answer = employee.opens(answer.location)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "govuk-error-summary" in page
    assert "banyak sekali" in page
    assert page.startswith("<!doctype html>")
    assert "<title>Galat:" in page


def test_rows_are_added_and_removed_without_scripts(employee: Visitor, task: Task) -> None:
    first = saves(employee, task, "add:rhk", **{"rhk.n": "1", "rhk.0.rhk": "Hasil pertama"})
    page = text_of(employee, f"/tugas/{task.id}")
    assert first.location.endswith("#rhk")
    assert 'name="rhk.1.rhk"' in page
    assert "Hasil pertama" in page

    saves(employee, task, "del:rhk.0", **{"rhk.n": "2", "rhk.0.rhk": "Hasil pertama", "rhk.1.rhk": "Hasil kedua"})
    page = text_of(employee, f"/tugas/{task.id}")
    assert 'name="rhk.1.rhk"' not in page
    assert "Hasil kedua" in page
    assert "Hasil pertama" not in page


def test_an_autosave_answers_with_the_form_and_its_new_revision(employee: Visitor, task: Task) -> None:
    answer = employee.sends(
        f"/tugas/{task.id}", {"revision": "1", "_do": "draft", "rhk.n": "1", "rhk.0.rhk": "x"}, **{"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert 'data-revision="2"' in answer.get_data(as_text=True)


def test_switching_the_language_keeps_what_was_typed(employee: Visitor, task: Task) -> None:
    answer = saves(employee, task, "lang:en", **{"rhk.n": "1", "rhk.0.rhk": "Kalimat setengah jadi"})
    page = text_of(employee, f"/tugas/{task.id}")

    assert answer.location == f"/tugas/{task.id}"
    assert "Check and send" in page
    assert "Kalimat setengah jadi" in page


def test_answers_are_checked_declared_sent_and_confirmed(
    employee: Visitor, application: Application, task: Task
) -> None:
    drafted(employee, application, task)
    assert saves(employee, task, "check", **as_posted(skp_answers(application, task, employee.actor))).location == (
        f"/tugas/{task.id}/periksa"
    )
    page = text_of(employee, f"/tugas/{task.id}/periksa")
    key, revision = (re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("key", "revision"))

    undeclared = employee.sends(f"/tugas/{task.id}/kirim", {"key": key, "revision": revision})
    assert undeclared.status_code == 422
    assert "Centang pernyataan" in undeclared.get_data(as_text=True)

    sent = employee.sends(f"/tugas/{task.id}/kirim", {"key": key, "revision": revision, "pernyataan": "ya"})
    assert sent.location == f"/tugas/{task.id}/terkirim"
    confirmation = text_of(employee, f"/tugas/{task.id}/terkirim")
    history = application.engine.history(task.case_id, by=employee.actor)
    code = next(event.hash[:12] for event in history if event.task_id == task.id and event.type == "task_completed")
    assert code in confirmation
    assert "Lakukan dialog kinerja" in confirmation
    assert employee.tasks() == []


def test_pressing_send_twice_sends_once(employee: Visitor, application: Application, task: Task) -> None:
    drafted(employee, application, task)
    sending = {"key": "k" * 32, "revision": revision_of(employee, task), "pernyataan": "ya"}

    first = employee.sends(f"/tugas/{task.id}/kirim", sending)
    second = employee.sends(f"/tugas/{task.id}/kirim", sending)

    assert first.location == second.location == f"/tugas/{task.id}/terkirim"
    done = [e for e in application.engine.history(task.case_id, by=employee.actor) if e.type == "task_completed"]
    assert len(done) == 1


def test_of_two_tabs_the_older_shows_both_versions_and_lets_the_person_choose(
    employee: Visitor, application: Application, task: Task
) -> None:
    saves(employee, task, **{"rhk.n": "1", "rhk.0.rhk": "Versi tab pertama"})

    answer = employee.sends(
        f"/tugas/{task.id}", {"revision": "1", "_do": "draft", "rhk.n": "1", "rhk.0.rhk": "Versi tab kedua"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Versi tab pertama" in page
    assert "Versi tab kedua" in page
    assert "Versi tab pertama" in text_of(employee, f"/tugas/{task.id}")

    import html

    kept = html.unescape(re.findall(r'name="kept" value="([^"]+)"', page)[0])
    assert employee.sends(f"/tugas/{task.id}", {"kept": kept}).status_code == 303
    assert "Versi tab kedua" in text_of(employee, f"/tugas/{task.id}")


def test_a_stale_autosave_only_says_so(employee: Visitor, task: Task) -> None:
    saves(employee, task, **{"rhk.n": "1", "rhk.0.rhk": "Baru"})

    answer = employee.sends(
        f"/tugas/{task.id}",
        {"revision": "1", "_do": "draft", "rhk.n": "1", "rhk.0.rhk": "Lama"},
        **{"HX-Request": "true"},
    )

    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#status"
    assert "<form" not in answer.get_data(as_text=True)


def test_sending_a_draft_that_changed_after_the_check_is_refused(
    employee: Visitor, application: Application, task: Task
) -> None:
    drafted(employee, application, task)
    checked = revision_of(employee, task)
    saves(employee, task, **{"rhk.n": "1", "rhk.0.rhk": "Diubah di tab lain"})

    answer = employee.sends(f"/tugas/{task.id}/kirim", {"key": "a", "revision": checked, "pernyataan": "ya"})

    assert answer.status_code == 409
    assert "draf berubah" in answer.get_data(as_text=True)
    assert employee.tasks()


def test_a_finished_task_is_shown_as_it_was_sent_and_takes_nothing_more(
    employee: Visitor, application: Application, task: Task
) -> None:
    drafted(employee, application, task)
    employee.sends(f"/tugas/{task.id}/kirim", {"key": "a", "revision": revision_of(employee, task), "pernyataan": "ya"})

    page = text_of(employee, f"/tugas/{task.id}")
    late = employee.sends(
        f"/tugas/{task.id}", {"revision": "1", "_do": "draft", "rhk.n": "1", "rhk.0.rhk": "Terlambat diketik"}
    )

    assert "Isinya tidak dapat diubah lagi" in page
    assert 'id="f"' not in page
    assert late.status_code == 409
    assert "Terlambat diketik" in late.get_data(as_text=True)
    assert "Sudah Anda selesaikan" in text_of(employee, "/tugas?kotak=selesai")


def test_the_next_person_sees_what_the_step_before_has_sent(
    visit: Visit, employee: Visitor, application: Application, task: Task
) -> None:
    drafted(employee, application, task)
    saves(employee, task, **as_posted({**skp_answers(application, task, employee.actor)}))
    employee.sends(f"/tugas/{task.id}/kirim", {"key": "a", "revision": revision_of(employee, task), "pernyataan": "ya"})
    appraiser = visit("appraiser")
    dialogue = next(one for one in appraiser.tasks() if one.case_id == task.case_id)

    page = text_of(appraiser, f"/tugas/{dialogue.id}")

    assert "Isian dari langkah sebelumnya" in page
    assert "Susun SKP" in page


def test_a_file_that_is_not_taken_is_refused_at_the_form_and_keeps_the_text(
    employee: Visitor, application: Application, task: Task
) -> None:
    answer = saves(
        employee,
        task,
        **{"rhk.n": "1", "rhk.0.rhk": "Tetap ada", "bukti": (BytesIO(b"MZ"), "virus.exe")},
    )

    assert answer.status_code == 422
    assert "Tetap ada" in answer.get_data(as_text=True)


def test_evidence_is_given_back_only_as_a_download_and_only_to_parties(
    visit: Visit, employee: Visitor, application: Application, task: Task
) -> None:
    stored = application.engine.attach(task.id, filename="bukti.pdf", content=PDF, by=employee.actor)

    mine = employee.opens(f"/berkas/{stored.id}")
    theirs = visit("colleague").opens(f"/berkas/{stored.id}")

    assert mine.data == PDF
    assert mine.headers["Content-Disposition"] == "attachment; filename=bukti.pdf"
    assert "sandbox" in mine.headers["Content-Security-Policy"]
    assert theirs.status_code == 404
