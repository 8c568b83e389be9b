"""Personnel put right who stands above whom: search, look, carry out; the history tells both names."""

from collections.abc import Callable
from typing import Any

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.conftest import Cast, Visitor, skp_answers

Visit = Callable[[str], Visitor]
WHY = "Atasan yang tercatat di sistem keliru."
DAY = "2026-01-05"


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def handed_in(application: Application, employee: Visitor) -> Any:
    """The employee hands in an SKP; the appraiser has a task."""
    (task,) = employee.tasks()
    answers = skp_answers(application, task, employee.actor)
    application.engine.complete_task(task.id, answers, revision=task.revision, key="skp", by=employee.actor)
    return task


def other_superior(application: Application, visitor: Visitor, cast: Cast) -> Any:
    """Somebody else who leads a unit and may appraise the employee."""
    taken = {visitor.actor.person, application.cycle.account_of(cast.appraiser).actor.person}  # type: ignore[union-attr]
    for unit in application.cycle.units(by=SYSTEM):
        if unit.head is not None and unit.head not in taken and unit.parent is not None:
            return application.cycle.employee(unit.head, by=SYSTEM).employee
    raise AssertionError("no other superior")


def test_a_wrong_superior_is_searched_seen_and_put_right(visit: Visit, application: Application, cast: Cast) -> None:
    personnel, employee = visit("personnel"), visit("employee")
    task = handed_in(application, employee)
    right, person = other_superior(application, employee, cast), employee.actor.person
    assert f"/pegawai/{person}/garis/atasan" in text(personnel.opens(f"/pegawai/{person}"))
    path = f"/pegawai/{person}/garis/atasan"
    first = text(personnel.opens(path))
    assert DAY in first and 'name="alasan"' not in first
    found = text(personnel.opens(f"{path}?cari={right.nip}&starts={DAY}"))
    assert right.name in found and "Pilih atasan yang benar." in found
    assert "Tidak ada pegawai yang cocok." in text(personnel.opens(f"{path}?cari=zzzz&starts={DAY}"))
    seen = text(personnel.opens(f"{path}?superior={right.id}&starts={DAY}"))
    assert "1 tugas terbuka pindah" in seen and "→" in seen

    chosen = {"superior": right.id, "starts": DAY, "jumlah": "1"}
    short = personnel.sends(path, {**chosen, "alasan": "ya"})
    assert (short.status_code, "paling sedikit 10 huruf" in text(short)) == (422, True)
    sent = personnel.sends(path, {**chosen, "alasan": WHY})
    assert sent.status_code == 303
    while application.work():
        pass

    assert "1 berhasil" in text(personnel.opens(sent.headers["Location"]))
    told = text(visit("appraiser").opens(f"/perkara/{task.case_id}"))
    assert "Tugas dialihkan" in told and WHY in told and right.name in told


def test_a_head_and_an_acting_official_are_appointed(visit: Visit, application: Application, cast: Cast) -> None:
    personnel, employee = visit("personnel"), visit("employee")
    person = employee.actor.person
    unit = application.cycle.employee(person, by=SYSTEM).employee.unit
    path = f"/pegawai/{person}/garis/pengganti?unit={unit}&letter=SP-1&starts={DAY}"
    assert "masih dipegang" in text(personnel.opens(f"{path}&kind=PLT"))
    assert "Pilih Plt atau Plh." in text(personnel.opens(path))
    assert "Tulis nomor surat perintahnya." in text(personnel.opens(f"{path}&letter=&kind=PLH".replace("SP-1&", "&")))
    assert 'name="alasan"' in text(personnel.opens(f"{path}&kind=PLH"))
    head = f"/pegawai/{person}/garis/pimpinan"
    assert "Pilih unit kerjanya." in text(personnel.opens(f"{head}?starts={DAY}"))
    assert "Tulis tanggalnya." in text(personnel.opens(f"{head}?unit={unit}&starts=besok"))
    assert "tidak lagi memegang jabatan" in text(personnel.opens(f"{head}?unit={unit}&starts={DAY}"))
    quiet = personnel.sends(head, {"unit": unit, "starts": DAY, "jumlah": "0", "alasan": WHY})
    assert quiet.status_code == 303 and "Perubahan disimpan." in text(personnel.opens(quiet.headers["Location"]))
    assert unit in {one.id for one in application.cycle.units(by=SYSTEM) if one.head == person}


def test_only_personnel_and_not_about_themselves(visit: Visit, application: Application, cast: Cast) -> None:
    personnel, person = visit("personnel"), visit("employee").actor.person
    for part in ("employee", "operator", "auditor"):
        assert visit(part).opens(f"/pegawai/{person}/garis/atasan").status_code == 403
    own = f"/pegawai/{personnel.actor.person}/garis/atasan"
    assert personnel.opens(f"{own}?superior={person}&starts={DAY}").status_code == 403
    assert personnel.opens(f"/pegawai/{person}/garis/apa").status_code == 404
    assert personnel.opens("/pegawai/tidak-ada/garis/atasan").status_code == 404
