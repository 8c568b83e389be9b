"""Changes of an SKP that was set: asked for, held against the rules, approved as the next version, told downwards."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.changing import Request
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.skp_differences import What, annex_differences, differences, only_weakens
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime.values import Actor, Json, Task
from tests.cycle.agency import example
from tests.cycle.house import Post, works
from tests.cycle.test_leading import house as house
from tests.cycle.test_leading import plans

Opened = tuple[Application, Post]
DAY = date(2026, 2, 2)
NEW = "Seluruh puskesmas binaan memberi layanan gizi sesuai standar kabupaten"
OTHER = "Seluruh balita berisiko di kabupaten menerima layanan gizi sesuai standar"
WHY = Request("ANGGARAN_BERUBAH", "Anggaran turun sesuai DPA perubahan 2026.", "DPA-P 2026", DAY)


def row(id: str, target: float, *, polarity: str = "NAIK", **more: Json) -> dict[str, Json]:
    measured = {"_id": "i", "iki": "Puskesmas", "target_nilai": target, "satuan": "puskesmas", "polaritas": polarity}
    return {"_id": id, "rhk": f"Hasil {id}", "indikator": [measured], **more}


def test_differences_are_told_row_by_row() -> None:
    before = [row("a", 24, acuan="PK 1"), row("b", 3)]
    after = [row("a", 18, acuan="PK 2"), row("c", 5)]

    found = differences(before, after)

    assert [(one.what, one.result, one.field, one.before, one.after) for one in found] == [
        (What.CHANGED, "Hasil a", "acuan", "PK 1", "PK 2"),
        (What.CHANGED, "Hasil a", "indikator", "Puskesmas: 24 puskesmas", "Puskesmas: 18 puskesmas"),
        (What.ADDED, "Hasil c", "", "", "Hasil c"),
        (What.WITHDRAWN, "Hasil b", "", "Hasil b", ""),
    ]
    assert not only_weakens(found)


def test_annexes_are_compared_entry_by_entry() -> None:
    before = {"konsekuensi": [{"_id": "1", "jenis": "POSITIF", "uraian": "Pelatihan"}, {"_id": "2", "uraian": "Lama"}]}
    after = {
        "konsekuensi": [{"_id": "1", "jenis": "POSITIF", "uraian": "Magang"}],
        "pengembangan": [{"_id": "9", "jp": 20}],
    }

    found = annex_differences(before, after)

    assert [(one.what, one.field, one.before, one.after) for one in found] == [
        (What.CHANGED, "konsekuensi", "Positif; Pelatihan", "Positif; Magang"),
        (What.WITHDRAWN, "konsekuensi", "Lama", ""),
        (What.ADDED, "pengembangan", "", "20"),
    ]


@pytest.mark.parametrize(
    ("polarity", "target", "weakens"),
    [("NAIK", 18, True), ("NAIK", 30, False), ("TURUN", 30, True), ("TURUN", 18, False), ("TEPAT", 18, True)],
)
def test_a_change_that_only_asks_for_less_is_known(polarity: str, target: float, weakens: bool) -> None:
    found = differences([row("a", 24, polarity=polarity)], [row("a", target, polarity=polarity)])

    assert only_weakens(found) is weakens
    assert not only_weakens([])


def changed(
    application: Application, person: str, *, key: str, annexes: dict[str, Json] | None = None, **fields: Any
) -> None:
    """Someone sends a change of the first result, and of annexes."""
    engine, by = application.engine, Actor(person)
    task = task_of(application, person, person)
    rows = [dict(one) for one in engine.task(task.id, by=by).answers["rhk"]]
    answers = {**engine.task(task.id, by=by).answers, "rhk": [{**rows[0], **fields}, *rows[1:]], **(annexes or {})}
    engine.complete_task(task.id, answers, revision=task.revision, key=key, by=by)
    works(application)


def task_of(application: Application, person: str, subject: str) -> Task:
    """The task of drafting or deciding that somebody has in a case."""
    drafting = ("draft_skp", "draft_skp_change", "approve_skp_change")
    items = application.engine.inbox(by=Actor(person)).items
    (found,) = [one for one in items if one.subject == subject and one.element in drafting]
    return found


def steps(application: Application, person: str) -> list[str]:
    return sorted(one.element for one in application.engine.inbox(by=Actor(person)).items if one.subject == person)


def test_a_change_becomes_the_next_version_and_asks_those_below_again(house: Opened, clock: VirtualClock) -> None:
    application, _ = house
    changes, carol = application.cycle.skp_changes, Actor("carol", name="Carol")
    case = task_of(application, "carol", "carol").case_id
    with pytest.raises(Refused, match="belum ditetapkan"):
        changes.ask(case, WHY, by=carol)
    plans(application, "carol", "regent")
    plans(application, "bob", "carol")
    bobs = next(one for one in application.engine.inbox(by=Actor("bob")).items if one.subject == "bob").case_id
    with pytest.raises(FormInvalid) as invalid:
        changes.ask(case, Request("", "pendek", "", date(2027, 1, 1)), by=carol)
    assert set(invalid.value.errors) == {"reason", "text", "document", "effective"}
    with pytest.raises(NotYours):
        changes.ask(case, WHY, by=Actor("bob"))
    with pytest.raises(NotFound):
        changes.versions(case, by=Actor("alice"))

    changes.ask(case, WHY, by=carol)
    with pytest.raises(Refused, match="masih berjalan"):
        changes.ask(case, WHY, by=carol)
    works(application)
    changed(application, "carol", key="nothing")
    (task,) = [one for one in application.engine.inbox(by=carol).items if one.element == "draft_skp_change"]
    note = application.engine.task(task.id, by=carol).note
    assert note is not None and "Belum ada yang diubah dalam SKP ini" in note
    asked = {"_id": "d", "kategori": "ANGGARAN", "uraian": "Kendaraan ke delapan puskesmas"}
    changed(application, "carol", key="new text", rhk=NEW, annexes={"dukungan": [asked]})
    shown, *annexes = application.engine.task(task_of(application, "regent", "carol").id, by=Actor("regent")).context[
        "change_check"
    ]["perbedaan"]
    assert (shown["apa"], shown["menjadi"]) == ("Rencana hasil kerja", NEW)
    support = {"hasil": "Lampiran SKP", "apa": "Dukungan sumber daya"}
    assert annexes[0] == {**support, "semula": "-", "menjadi": "Anggaran; Kendaraan ke delapan puskesmas"}
    decides(application, "regent", "carol")

    newest, first = changes.versions(case, by=carol).versions
    assert (newest.number, newest.effective, newest.change and newest.change["dokumen"]) == (2, DAY, "DPA-P 2026")
    assert [(one.field, one.after) for one in newest.differences][:1] == [("rhk", NEW)]
    assert {one.field for one in newest.differences} == {"rhk", "dukungan"}
    assert (first.change, first.differences) == (None, ())

    paper = application.papers.open(PaperKind.SKP, str(case), by=carol).body
    assert all(words in paper for words in ("Perubahan SKP", "2 Februari 2026", "Perubahan anggaran", NEW))

    (stale,) = [one for one in example(10)["kasus"] if one["nama"] == "basi"]
    assert stale["expect"]["tugas"] == ["klarifikasi_ulang"]
    assert "reclarify_results" in steps(application, "bob"), "bob's result rests on what carol has changed (AL-14)"
    (told,) = clarifying(application, "bob")
    assert told["menjadi"] == NEW
    answer(application, "bob", keputusan="MASIH_SESUAI")
    relinked = changes.versions(bobs, by=Actor("bob")).versions[0]
    assert [(one.field, one.after) for one in relinked.differences] == [("rhk_pimpinan", NEW)]
    assert relinked.change is not None and relinked.change["alasan"] == "KLARIFIKASI"

    changes.ask(case, WHY, by=carol)
    works(application)
    changed(application, "carol", key="another result", _id="zz", rhk=OTHER)
    decides(application, "regent", "carol")
    assert clarifying(application, "bob")[0]["menjadi"] is None
    answer(application, "bob", keputusan="MASIH_SESUAI")
    assert "draft_skp_change" in steps(application, "bob"), "what is withdrawn can be supported no longer"
    assert application.engine.verify().breach is None

    clock.go_to(datetime(2026, 12, 1, 3, tzinfo=UTC))
    refusal = changes.versions(case, by=carol).refusal
    assert refusal is not None and "30-11-2026" in refusal


def clarifying(application: Application, person: str) -> list[dict[str, Json]]:
    """What of a person's rests on results that changed, as the open clarification tells it."""
    (task,) = [one for one in application.engine.inbox(by=Actor(person)).items if one.element == "reclarify_results"]
    told: list[dict[str, Json]] = application.engine.task(task.id, by=Actor(person)).context["change"]["hasil"]
    return told


def decides(application: Application, person: str, subject: str) -> None:
    task = task_of(application, person, subject)
    application.engine.complete_task(
        task.id, {"keputusan": "SETUJU"}, revision=task.revision, key=str(task.id), by=Actor(person)
    )
    works(application)


def answer(application: Application, person: str, **answers: str) -> None:
    by = Actor(person)
    (task,) = [one for one in application.engine.inbox(by=by).items if one.element == "reclarify_results"]
    sent = {"alasan": "Target saya tetap bagian dari target pimpinan.", **answers}
    application.engine.complete_task(task.id, sent, revision=task.revision, key=str(task.id), by=by)
    works(application)
