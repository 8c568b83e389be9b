"""The ledger of evidence: the same content at two places is found, wherever it was handed in."""

from random import Random
from typing import Any

import pytest

from engine.bootstrap import Application
from engine.cycle.evidence import Evidence
from engine.cycle.simulation.answers import fill
from engine.db import new_id
from engine.errors import NotFound
from engine.runtime.values import SYSTEM, Actor, Json, OpenCase, Task
from tests.cycle.house import Post

ALICE, BOB = Actor("alice"), Actor("bob")
PHOTO, REPORT = b"%PDF-1.4 foto posyandu", b"%PDF-1.4 laporan"
HEALTHY, SKILLED = "Balita sehat", "Kader terampil"


@pytest.fixture
def house(opened_house: tuple[Application, Post]) -> Application:
    """Alice and andi carry out their work; both keep a log."""
    application, _ = opened_house
    for person in ("alice", "andi"):
        application.engine.open_case(work_of(person), by=SYSTEM)
        plan = task_of(application, person, "plan_actions")
        sends(application, plan, {})
    return application


def work_of(person: str) -> OpenCase:
    period = {"code": "TW1", "name": "Triwulan I", "number": 1, "starts": "2026-01-01", "ends": "2026-03-31"}
    results = [
        {"_id": str(number), "rhk": text, "klasifikasi": "UTAMA"} for number, text in enumerate((HEALTHY, SKILLED))
    ]
    return OpenCase(
        process="implementation",
        business_key=f"work/{person}",
        subject=person,
        subject_name=person.title(),
        unit="KESMAS",
        cycle="2026",
        title="Pelaksanaan",
        data={
            "period": period,
            "skp": {"rhk": results},
            "employee": {"id": person, "name": person.title()},
            "behaviours": [{"id": "BP", "name": "Berorientasi Pelayanan"}],
        },
    )


def task_of(house: Application, person: str, element: str) -> Task:
    mine = house.engine.inbox(by=Actor(person)).items
    return next(task for task in mine if task.element == element)


def sends(house: Application, task: Task, answers: dict[str, Any]) -> None:
    engine, by = house.engine, Actor(task.subject)
    view = engine.task(task.id, by=by)
    started = {**view.answers, **answers}
    filled = fill(
        engine.form(task.id, by=by),
        started,
        view.context,
        engine.environment(),
        Random(1),
        {"selesai": "BELUM", "rhk": HEALTHY},
    )
    engine.complete_task(task.id, filled, key=str(new_id()), revision=view.task.revision, by=by)


def logs(house: Application, person: str, *entries: tuple[str, bytes]) -> None:
    """Hand in a log with one entry for each result and its file."""
    task = task_of(house, person, "log_progress")
    rows: list[Json] = list(house.engine.task(task.id, by=Actor(person)).answers.get("catatan") or [])
    for result, content in entries:
        file = house.engine.attach(task.id, filename="bukti.pdf", content=content, by=Actor(person))
        kept = {"id": str(file.id), "name": file.name, "size": file.size, "sha256": file.sha256}
        rows.append(
            {"_id": str(file.id), "tanggal": "2026-01-05", "rhk": result, "uraian": "Selesai hari ini", "bukti": [kept]}
        )
    sends(house, task, {"catatan": rows})


def ledger(house: Application, person: str, reader: Actor) -> list[Evidence]:
    case = task_of(house, person, "log_progress").case_id
    return list(house.cycle.evidence.of_case(case, house.engine.history(case, by=reader), by=reader))


def test_one_file_for_two_results_is_shown_with_both(house: Application) -> None:
    logs(house, "alice", (HEALTHY, PHOTO), (SKILLED, PHOTO))

    (photo,) = ledger(house, "alice", BOB)

    assert photo.is_repeated
    assert {(use.person_name, use.step, use.result) for use in photo.uses} == {
        ("Alice", "Catat kinerja dan bukti", HEALTHY),
        ("Alice", "Catat kinerja dan bukti", SKILLED),
    }


def test_two_files_and_one_file_twice_for_one_result_are_nothing_to_tell(house: Application) -> None:
    logs(house, "alice", (HEALTHY, PHOTO), (SKILLED, REPORT))
    logs(house, "alice", (HEALTHY, PHOTO))

    assert [one.is_repeated for one in ledger(house, "alice", BOB)] == [False, False]


def test_the_file_of_somebody_else_is_shown_with_whose_it_is_but_not_what_it_was_for(house: Application) -> None:
    logs(house, "andi", (SKILLED, PHOTO))
    logs(house, "alice", (HEALTHY, PHOTO), (SKILLED, REPORT))

    photo, report = sorted(ledger(house, "alice", BOB), key=lambda one: -len(one.uses))

    assert photo.is_repeated
    assert {(use.person_name, use.result) for use in photo.uses} == {("Andi", None), ("Alice", HEALTHY)}
    assert not report.is_repeated


def test_the_ledger_of_a_case_is_for_who_may_read_the_case(house: Application) -> None:
    logs(house, "alice", (HEALTHY, PHOTO))
    case = task_of(house, "alice", "log_progress").case_id
    for stranger in (Actor("andi"), Actor("dan"), Actor("op", roles=frozenset({"operator"}))):
        with pytest.raises(NotFound):
            house.cycle.evidence.of_case(case, [], by=stranger)
