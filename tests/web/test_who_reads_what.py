"""Who reads what, through the pages: each row of DOMAIN 6.3 against everybody who might try."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.bench.measure import StatementCounter
from engine.bootstrap import Application
from engine.cycle.models import GroupMemberRow, RatingRow
from engine.cycle.skps import record
from engine.errors import NotFound, NotYours
from engine.runtime.steps import Step
from engine.runtime.values import SYSTEM, Actor, Case, Json
from tests.web.conftest import PASSWORD, Visitor, skp_answers, text

Visit = Callable[[str], Visitor]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LINE = {"employee", "appraiser", "superior", "personnel", "auditor"}
READERS = {
    "skp": LINE | {"colleague"},
    "chain": LINE | {"colleague"},
    "matrix": LINE | {"colleague"},
    "evaluation": LINE,
    "case": LINE,
    "drawing": LINE,
    "evidence": LINE,
    "submitted form": LINE,
    "counselling": set(),  # the counsellor reads it in the task, which alone is the counsellor's
    "person": {"personnel", "auditor"},
    "operation": {"operator"},
}
EVERYBODY = sorted(LINE | {"counsellor", "colleague", "outsider", "operator", "process_owner"})


@pytest.fixture
def case(application: Application, visit: Visit) -> Case:
    employee = visit("employee").actor
    return application.engine.cases(by=employee, subject=employee.person).items[0]


@pytest.fixture
def everybody(application: Application, visit: Visit, case: Case) -> dict[str, Visitor]:
    """Everybody who might try, signed in; an outsider works in another unit."""
    cycle = application.cycle
    line = cycle.employee(case.subject, by=SYSTEM).superiors
    with application.engine.database.connect() as connection:
        pooled = set(connection.scalars(sa.select(GroupMemberRow.person)))
    staff = [one for one in cycle.employees(by=SYSTEM, limit=50).items if one.id not in pooled]
    above = line.superior.person
    assert above is not None
    elsewhere = [one for one in staff if one.unit and one.unit[:6] not in (case.unit[:6], "unit-0", "pemda")]
    outside = [one for one in elsewhere if cycle.account_of(one.nip) is None and one.id != above.id]
    chosen = {"superior": above, "counsellor": outside[-1], "outsider": outside[-2]}
    visitors = {part: visit(part) for part in EVERYBODY if part not in chosen}
    for part, person in chosen.items():
        cycle.create_account(person.id, PASSWORD, by=SYSTEM)
        visitors[part] = visit(person.nip)
    return visitors


def hold_counselling(application: Application, case: Case, counsellor: Actor) -> None:
    """Put a counselling record into the history, as completing its task does."""
    told: dict[str, Json] = {"form": "counselling", "result": "counselling_session", "secret": True}

    def work(connection: sa.Connection) -> None:
        step = Step.on(application.engine._resources, connection, case.id, by=counsellor)
        sealed: dict[str, Json] = {"answers.ringkasan": "Masalah keluarga"}
        step.record("task_completed", {**told, "release": step.release.number}, sealed)
        step.save()

    application.engine._resources.write(work)


def rate(application: Application, case: Case) -> None:
    """Set an SKP and give an annual predicate, as the services of the diagrams do."""
    now = application.engine.clock.now()
    rated = {"result_rating": "SESUAI_EKSPEKTASI", "behaviour_rating": "SESUAI_EKSPEKTASI", "predicate": "BAIK"}
    whose = {"case_id": case.id, "subject": case.subject}
    with application.engine.database.begin() as connection:
        skp: dict[str, Json] = {"rhk": [{"klasifikasi": "UTAMA", "rhk": "Balita gizi buruk tertangani"}]}
        record(connection, **whose, unit=case.unit, cycle=case.cycle, skp=skp, by_team=False, now=now)
        standing = {"unit_id": case.unit, "cycle_id": case.cycle, "period": "annual", "status": "DISAMPAIKAN"}
        connection.execute(sa.insert(RatingRow).values(**whose, **standing, **rated, given_at=now, superseded=False))


def addresses(application: Application, case: Case, everybody: dict[str, Visitor]) -> dict[str, str]:
    """Where each row of the table is read, after something of every kind was written."""
    engine, employee, auditor = application.engine, everybody["employee"], everybody["auditor"].actor
    task = employee.tasks()[0]
    evidence = engine.attach(task.id, filename="bukti.pdf", content=PDF, by=employee.actor)
    answers = skp_answers(application, task, employee.actor)
    engine.complete_task(task.id, answers, revision=task.revision, key="sent", by=employee.actor)
    sent = engine.history(case.id, by=auditor)[-1].seq
    rate(application, case)
    hold_counselling(application, case, everybody["counsellor"].actor)
    return {
        "skp": f"/dokumen/skp/{case.id}",
        "chain": f"/sasaran/pegawai/{case.subject}",
        "matrix": f"/sasaran/unit/{case.unit}?siklus={case.cycle}",
        "evaluation": f"/dokumen/dokumen_evaluasi/{case.id}",
        "case": f"/perkara/{case.id}",
        "drawing": f"/perkara/{case.id}/diagram/planning",
        "evidence": f"/berkas/{evidence.id}",
        "submitted form": f"/perkara/{case.id}/isian/{sent}",
        "counselling": f"/perkara/{case.id}/isian/{engine.history(case.id, by=auditor)[-1].seq}",
        "person": f"/pegawai/{case.subject}",
        "operation": f"/kendali/{case.id}",
    }


def test_each_row_is_read_by_those_whom_the_table_names_and_by_nobody_else(
    application: Application, case: Case, everybody: dict[str, Visitor]
) -> None:
    places = addresses(application, case, everybody)

    found = {
        row: {part for part in EVERYBODY if everybody[part].opens(path).status_code == 200}
        for row, path in places.items()
    }

    wrong = {row: (sorted(found[row] - READERS[row]), sorted(READERS[row] - found[row])) for row in places}
    assert wrong == {row: ([], []) for row in READERS}, "too many, too few"


def test_a_counselling_record_is_not_told_on_the_page_of_its_case(
    application: Application, case: Case, everybody: dict[str, Visitor]
) -> None:
    path = addresses(application, case, everybody)["case"]

    told = {part for part in EVERYBODY if "Masalah keluarga" in everybody[part].opens(path).get_data(as_text=True)}

    assert told <= {"counsellor"}


def test_a_member_sees_the_matrix_of_the_unit_without_doors_that_are_closed(
    application: Application, case: Case, everybody: dict[str, Visitor]
) -> None:
    path = addresses(application, case, everybody)["matrix"]
    colleague = everybody["colleague"]

    doors = set(re.findall(r'href="(/sasaran/pegawai/[^"]+)"', colleague.opens(path).get_data(as_text=True)))

    assert all(colleague.opens(door.replace("&amp;", "&")).status_code == 200 for door in doors)


def test_appraisers_do_not_touch_the_evidence_and_administrators_do_not_rate(
    application: Application, case: Case, everybody: dict[str, Visitor]
) -> None:
    task = everybody["employee"].tasks()[0]

    for part in ("appraiser", "superior", "personnel", "auditor", "operator"):
        visitor = everybody[part]
        with pytest.raises((NotFound, NotYours)):
            application.engine.attach(task.id, filename="bukti.pdf", content=PDF, by=visitor.actor)
        for path in (f"/tugas/{task.id}", f"/tugas/{task.id}/kirim"):
            assert visitor.sends(path, {"_do": "draft", "pernyataan": "ya"}).status_code in (403, 404), part


READ_AS = {
    "skp": "Sasaran Kinerja Pegawai",
    "chain": "Hasil kerja dan sasaran",
    "evaluation": "Dokumen Evaluasi Kinerja Pegawai",
    "case": "Perkara",
    "evidence": "Berkas bukti",
    "submitted form": "Isian",
    "person": "Data pegawai",
}  # the matrix tells of a unit, the drawing stands on the page of its case


def test_what_is_read_of_others_is_recorded_once_and_told_to_the_person_and_to_auditors(
    application: Application, case: Case, everybody: dict[str, Visitor]
) -> None:
    places = {**addresses(application, case, everybody), "credits": f"/angka-kredit/pegawai/{case.subject}"}
    auditor, employee, readings = everybody["auditor"], everybody["employee"], application.privacy.readings
    counter = StatementCounter(application.engine.database)
    auditor.opens("/")  # from now on it is known who asks

    asked = []
    for path in (*places.values(), *places.values()):
        before = counter.count
        auditor.opens(path)
        asked.append(counter.count - before)
        employee.opens(path)

    told = readings.of_me(by=employee.actor).items
    assert {one.reader for one in told} == {"auditor"}, "one's own reading is not recorded"
    assert len(told) == len({(one.kind, one.thing) for one in told}), "once an hour"
    again = asked[len(places) :]
    assert all(first - second <= 1 for first, second in zip(asked, again, strict=False)), (asked, again)
    page = text(employee.opens("/data-saya/pembaca"))
    assert [words for words in (*READ_AS.values(), "Angka kredit") if words not in page] == []
    found = text(auditor.opens(f"/pembacaan?tentang={case.subject_name[:8]}&pembaca=Audit&jenis=bukti"))
    assert found.count("Berkas bukti</td>") == 1
    assert "Tidak ada pembacaan yang cocok" in text(auditor.opens("/pembacaan?sampai=2025-12-31"))
    assert {part for part in EVERYBODY if everybody[part].opens("/pembacaan").status_code == 200} == {"auditor"}


def test_what_was_refused_is_no_reading(application: Application, case: Case, everybody: dict[str, Visitor]) -> None:
    for path in addresses(application, case, everybody).values():
        everybody["outsider"].opens(path)

    assert application.privacy.readings.of_me(by=everybody["employee"].actor).total == 0
