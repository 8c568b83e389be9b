"""The operator's pages: incidents by cause, bulk work with progress, and one case under control. No scripts needed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.errors import StepFailed
from engine.runtime.incidents import raise_incident
from engine.runtime.models import IncidentRow, OutboxRow
from engine.runtime.values import SYSTEM, CaseStatus
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]
WHY = "Menunggu putusan badan kepegawaian."


@pytest.fixture
def case_id(visit: Visit) -> UUID:
    """The employee's case."""
    return visit("employee").tasks()[0].case_id


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def park(application: Application, case_id: UUID, cause: str = "layanan gaji tidak menjawab") -> None:
    engine = application.engine
    with engine.database.begin() as connection:
        failure = StepFailed("susun_skp", "Susun SKP", cause)
        raise_incident(engine._resources, connection, case_id, failure, {"do": "timer"}, by=SYSTEM)


def test_a_case_is_put_on_hold_and_its_person_sees_why(visit: Visit, case_id: UUID) -> None:
    operator, employee = visit("operator"), visit("employee")
    task = employee.tasks()[0]
    operator.opens(f"/kendali/{case_id}/tangguhkan")
    refused = operator.sends(f"/kendali/{case_id}/tangguhkan", {"alasan": "ya"})
    assert (refused.status_code, "paling sedikit 10 huruf" in text(refused), ">ya</textarea>" in text(refused)) == (
        422, True, True,
    )  # fmt: skip

    assert operator.sends(f"/kendali/{case_id}/tangguhkan", {"alasan": WHY}).status_code == 303
    assert "Perkara ditangguhkan." in text(operator.opens(f"/kendali/{case_id}"))
    assert "Ditangguhkan" in text(employee.opens("/"))
    assert "sedang ditangguhkan" in text(employee.opens(f"/tugas/{task.id}"))
    page = text(employee.opens(f"/perkara/{case_id}"))
    assert WHY in page and "Operator" in page

    operator.opens(f"/kendali/{case_id}/lanjutkan")
    operator.sends(f"/kendali/{case_id}/lanjutkan", {"alasan": "Putusan sudah ada."})
    assert "sedang ditangguhkan" not in text(employee.opens(f"/perkara/{case_id}"))
    assert 'id="f"' in text(employee.opens(f"/tugas/{task.id}"))


def test_a_move_shows_what_it_does_before_it_asks_why(visit: Visit, application: Application, case_id: UUID) -> None:
    operator = visit("operator")
    control = application.engine.operations.view(case_id, by=operator.actor)
    token = next(each for each in control.tokens if each.element == control.view.open_tasks[0].element)
    choice = text(operator.opens(f"/kendali/{case_id}/pindah?token={token.number}"))
    assert "Lihat akibatnya" in choice and 'name="alasan"' not in choice
    options = [
        target.element
        for target in application.engine.operations.targets(case_id, by=operator.actor)
        if target.scope == token.scope and target.refusal is None and target.element != token.element
    ]
    assert options and all(f'value="{element}"' in choice for element in options)
    element = next(
        element
        for element in options
        if application.engine.operations.preview_move(case_id, token.number, element, by=operator.actor).opened
    )

    seen = text(operator.opens(f"/kendali/{case_id}/pindah?token={token.number}&langkah={element}"))
    assert "Yang akan terjadi" in seen and "Ditarik:" in seen and 'name="alasan"' in seen
    sent = operator.sends(f"/kendali/{case_id}/pindah", {"token": token.number, "langkah": element, "alasan": WHY})

    assert sent.status_code == 303
    event = application.engine.history(case_id, by=visit("auditor").actor)[-1]
    assert (event.type, event.element, event.data["reason"]) == ("token_moved", element, WHY)
    assert "Dipindahkan ke" in text(visit("employee").opens(f"/perkara/{case_id}"))


def test_an_impossible_move_says_why_and_offers_no_button(visit: Visit, case_id: UUID) -> None:
    operator = visit("operator")
    page = text(operator.opens(f"/kendali/{case_id}/kembalikan?langkah=nowhere"))
    assert "Lihat akibatnya" in page or "tidak ditemukan" in page
    assert 'name="alasan"' not in page


def test_due_dates_data_and_the_end_are_changed_on_pages(
    visit: Visit, application: Application, case_id: UUID, clock: VirtualClock
) -> None:
    operator, engine = visit("operator"), application.engine
    task = visit("employee").tasks()[0]
    later = (clock.now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    operator.opens(f"/kendali/{case_id}/tenggat?tugas={task.id}")
    empty = operator.sends(f"/kendali/{case_id}/tenggat", {"tugas": task.id, "saat": "", "alasan": WHY})
    assert (empty.status_code, "Tulis tanggal" in text(empty), WHY in text(empty)) == (422, True, True)
    sent = operator.sends(f"/kendali/{case_id}/tenggat", {"tugas": task.id, "saat": later, "alasan": WHY})
    assert sent.status_code == 303
    due = visit("employee").tasks()[0].due_at
    assert due is not None and due.astimezone(application.settings.zone).strftime("%Y-%m-%dT%H:%M") == later

    operator.opens(f"/kendali/{case_id}/data?kunci=cycle")
    broken = operator.sends(f"/kendali/{case_id}/data", {"kunci": "cycle", "nilai": "{", "alasan": WHY})
    assert (broken.status_code, "bukan JSON" in text(broken)) == (422, True)
    operator.sends(f"/kendali/{case_id}/data", {"kunci": "cycle", "nilai": '{"year": 2027}', "alasan": WHY})
    assert engine.operations.view(case_id, by=operator.actor).data["cycle"] == {"year": 2027}

    operator.opens(f"/kendali/{case_id}/batalkan")
    operator.sends(f"/kendali/{case_id}/batalkan", {"alasan": WHY})
    assert engine.case(case_id, by=visit("auditor").actor).case.status is CaseStatus.CANCELLED
    page = text(operator.opens(f"/kendali/{case_id}"))
    assert "Mulai lagi" in page and "Ubah tenggat" not in page
    assert engine.verify().breach is None


def test_incidents_of_one_cause_are_taken_together_and_tried_again(visit: Visit, application: Application) -> None:
    operator, auditor = visit("operator"), visit("auditor")
    assert "Tidak ada gangguan." in text(operator.opens("/gangguan"))
    cases = application.engine.cases(by=auditor.actor).items[:4]
    for case in cases[:3]:
        park(application, case.id)
    park(application, cases[3].id, "sebab lain")
    page = text(operator.opens("/gangguan"))
    assert "3 perkara, sebab sama" in page and "1 perkara, sebab ini" in page

    key = page.split('name="semua" value="')[1].split('"')[0]
    narrowed = text(operator.opens(f"/gangguan?kelompok={key}"))
    assert "sebab lain" not in narrowed and narrowed.count('name="pilih"') == 3
    started = operator.sends("/gangguan/ulangi", {"semua": key})
    assert started.status_code == 303 and "/pekerjaan/" in started.location
    assert "Sedang berjalan" in text(operator.opens(started.location))
    application.engine.batches.run()
    assert "3 berhasil" in text(operator.opens(started.location))
    with application.engine.database.connect() as connection:
        left = connection.scalars(sa.select(IncidentRow.id).where(IncidentRow.status == "open")).all()
    assert len(left) == 1

    operator.opens("/gangguan")
    assert operator.sends("/gangguan/ulangi", {}).status_code == 409
    chosen = operator.sends("/gangguan/ulangi", {"pilih": str(left[0])})
    application.engine.batches.run()
    assert "1 berhasil" in text(operator.opens(chosen.location))
    assert "Tidak ada gangguan." in text(operator.opens("/gangguan"))


def test_many_cases_are_put_on_hold_and_the_order_is_steered(visit: Visit, application: Application) -> None:
    operator = visit("operator")
    ids = [str(case.id) for case in application.engine.operations.find(by=operator.actor).items[:3]]
    operator.opens("/kendali")
    refused = operator.sends("/kendali", {"pilih": ids, "tindakan": "tangguhkan", "alasan": ""})
    assert refused.status_code == 422 and text(refused).count(" checked") == 3
    assert operator.sends("/kendali", {"pilih": [], "tindakan": "tangguhkan", "alasan": WHY}).status_code == 422

    order = operator.sends("/kendali", {"pilih": ids, "tindakan": "tangguhkan", "alasan": WHY}).location
    operator.opens(order)
    operator.sends(f"{order}/jeda")
    assert "Dijeda" in text(operator.opens(order))
    assert application.engine.batches.run() == 0
    operator.sends(f"{order}/lanjut")
    application.engine.batches.run()
    page = text(operator.opens(order))
    names = [case.subject_name for case in application.engine.operations.find(by=operator.actor).items[:3]]
    assert all(name in page for name in names)
    assert "3 berhasil" in page and WHY in page and "Ulangi yang gagal" not in page
    assert text(operator.opens("/pekerjaan")).count("siklus-row__title") == 1
    assert text(operator.opens("/kendali?keadaan=suspended")).count('name="pilih"') == 3


def test_only_operators_change_anything(visit: Visit, case_id: UUID) -> None:
    for part in ("employee", "appraiser", "personnel", "process_owner", "auditor"):
        visitor = visit(part)
        for path in ("/kendali", f"/kendali/{case_id}", f"/kendali/{case_id}/tangguhkan"):
            assert visitor.opens(path).status_code == 403, (part, path)
        for path in (f"/kendali/{case_id}/tangguhkan", "/kendali", "/gangguan/ulangi"):
            assert visitor.sends(path, {"alasan": WHY, "pilih": "1"}).status_code == 403, (part, path)
    operator = visit("operator")
    assert operator.opens(f"/kendali/{case_id}/entah").status_code == 404
    assert operator.opens("/kendali/00000000-0000-0000-0000-000000000000").status_code == 404
    assert operator.opens("/pekerjaan/00000000-0000-0000-0000-000000000000").status_code == 404


def test_what_was_given_up_is_listed_and_tried_again(
    visit: Visit, application: Application, clock: VirtualClock
) -> None:
    operator = visit("operator")
    assert "Semua kiriman sampai." in text(operator.opens("/gangguan/kiriman"))
    row = {
        "key": "k", "kind": "mail", "payload": {"template": "reminder"}, "status": "dead", "attempts": 8,
        "next_at": clock.now(), "error": "OSError: no route",
    }  # fmt: skip
    with application.engine.database.begin() as connection:
        dead = connection.scalar(sa.insert(OutboxRow).returning(OutboxRow.id), row)
    assert "no route" in text(operator.opens("/gangguan/kiriman"))

    assert operator.sends("/gangguan/kiriman", {"pilih": str(dead)}).status_code == 303
    assert "Semua kiriman sampai." in text(operator.opens("/gangguan/kiriman"))
    with application.engine.database.connect() as connection:
        found = connection.execute(sa.select(OutboxRow.status, OutboxRow.attempts).where(OutboxRow.id == dead)).one()
    assert tuple(found) == ("new", 0)
    for part in ("auditor", "employee"):
        visitor = visit(part)
        assert visitor.opens("/gangguan/kiriman").status_code == 403
        assert visitor.sends("/gangguan/kiriman", {"pilih": str(dead)}).status_code == 403


def test_it_speaks_english_too(visit: Visit, case_id: UUID) -> None:
    operator = visit("operator")
    operator.opens("/kendali")
    operator.sends("/bahasa", {"language": "en", "next": "/kendali"})
    assert "Put the case on hold" in text(operator.opens(f"/kendali/{case_id}"))
    assert "Bulk work" in text(operator.opens("/pekerjaan"))
