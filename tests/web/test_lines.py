"""Personnel put right who stands above whom: search, look, carry out; the history tells both names."""

from collections.abc import Callable
from typing import Any

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.conftest import Cast, Visitor, skp_answers
from web.lines import reorganised

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
    appraiser = application.cycle.account_of(cast.appraiser)
    assert appraiser is not None
    taken = {visitor.actor.person, appraiser.actor.person}
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


def test_an_appraiser_names_a_proxy_for_a_leave_and_takes_it_back(
    visit: Visit, application: Application, cast: Cast
) -> None:
    appraiser, employee = visit("appraiser"), visit("employee")
    handed_in(application, employee)
    person, other = appraiser.actor.person, other_superior(application, employee, cast)
    superior = application.cycle.employee(employee.actor.person, by=SYSTEM).superiors.superior.person
    assert superior is not None
    heads = [one.head for one in application.cycle.units(by=SYSTEM) if one.head not in {None, person, superior.id}]
    proxy = application.cycle.employee(next(one for one in heads if one and one != superior.id), by=SYSTEM).employee
    assert "Tidak ada wakil yang ditunjuk." in text(appraiser.opens("/profil"))
    path = f"/pegawai/{person}/garis/wakil"
    assert other.name in text(appraiser.opens(f"{path}?cari={other.nip}"))
    assert "Pilih wakilnya." in text(appraiser.opens(f"{path}?starts={DAY}"))
    seen = text(appraiser.opens(f"{path}?proxy={proxy.id}&starts={DAY}&ends=2026-01-12"))
    assert "1 tugas terbuka pindah" in seen and proxy.name in seen
    days = {"proxy": proxy.id, "starts": DAY, "ends": "2026-01-12", "jumlah": "1", "alasan": "Cuti tahunan sepekan."}
    sent = appraiser.sends(path, days)
    assert (sent.status_code, sent.location) == (303, "/profil")
    while application.work():
        pass

    assert proxy.name in text(appraiser.opens("/profil"))
    assert proxy.name in text(visit("personnel").opens(f"/pegawai/{person}"))
    assert not [task for task in appraiser.tasks() if task.performer == "appraiser"]
    back = {"starts": DAY, "jumlah": "1", "alasan": "Sudah kembali bekerja."}
    appraiser.opens(f"/pegawai/{person}/garis/tanpa-wakil?starts={DAY}")
    assert appraiser.sends(f"/pegawai/{person}/garis/tanpa-wakil", back).status_code == 303
    while application.work():
        pass
    assert [task for task in appraiser.tasks() if task.performer == "appraiser"]
    assert visit("employee").opens(path).status_code == 403


def test_a_retirement_is_recorded_and_closes_the_year(visit: Visit, application: Application, cast: Cast) -> None:
    personnel, employee = visit("personnel"), visit("employee")
    (task,) = employee.tasks()
    path = f"/pegawai/{employee.actor.person}/garis/berhenti"
    assert path in text(personnel.opens(f"/pegawai/{employee.actor.person}"))
    assert "Tulis tanggalnya." in text(personnel.opens(f"{path}?kind=PENSIUN&last_day=kemarin"))
    assert 'name="alasan"' in text(personnel.opens(f"{path}?kind=PENSIUN&last_day=2026-01-04"))
    retired = {"kind": "PENSIUN", "last_day": "2026-01-04", "jumlah": "0", "alasan": "SK pensiun nomor 7."}
    sent = personnel.sends(path, retired)
    while application.work():
        pass
    assert "1 berhasil" in text(personnel.opens(sent.headers["Location"]))
    assert "BERHENTI" in text(visit("auditor").opens(f"/perkara/{task.case_id}"))
    assert application.engine.case(task.case_id, by=visit("auditor").actor).case.status == "completed"


def test_a_transfer_is_seen_before_it_is_carried_out_and_stands_in_the_persons_record(
    visit: Visit, application: Application
) -> None:
    personnel, employee = visit("personnel"), visit("employee")
    person = employee.actor.person
    here = application.cycle.employee(person, by=SYSTEM).employee.unit
    unit = next(one.id for one in application.cycle.units(by=SYSTEM) if one.id != here)
    path = f"/pegawai/{person}/garis/mutasi"
    assert "Belum ada peristiwa yang dicatat." in text(personnel.opens(f"/pegawai/{person}"))
    assert "Pilih jenis jabatannya." in text(personnel.opens(f"{path}?starts={DAY}"))
    chosen = {"unit": unit, "position": "Analis", "post_kind": "PELAKSANA", "letter": "SK-1", "starts": DAY}
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    assert "Jenjang diisi" in text(personnel.opens(f"{path}?{query}&tier=Mahir"))
    seen = text(personnel.opens(f"{path}?{query}"))
    assert "Yang terjadi dengan perkaranya" in seen and "Tugas terbuka yang ditutup" in seen and "Susun SKP" in seen

    assert personnel.sends(path, {**chosen, "jumlah": "0", "alasan": WHY}).status_code == 303
    while application.work():
        pass

    shown = text(personnel.opens(f"/pegawai/{person}"))
    assert "Mutasi" in shown and WHY in shown and "Dicatat oleh" in shown and "sejak 05-01-2026" in shown
    assert [task.element for task in employee.tasks()] == ["draft_skp"]


def test_a_reorganisation_a_moved_unit_and_the_value_of_a_study_have_pages(
    visit: Visit, application: Application
) -> None:
    personnel, employee = visit("personnel"), visit("employee")
    person = employee.actor.person
    here = application.cycle.employee(person, by=SYSTEM).employee.unit
    unit = next(one.id for one in application.cycle.units(by=SYSTEM) if one.id != here)
    lines = f"/pegawai/{person}/garis"
    for kind in ("reorganisasi", "pindah-unit", "nilai-studi"):
        assert f"{lines}/{kind}" in text(personnel.opens(f"/pegawai/{person}"))
        assert employee.opens(f"{lines}/{kind}").status_code == 403
    grades = f"{lines}/nilai-studi?starts=2013-07-01&regime=REG_2013&letter=TB-1&grades="
    assert "Tulis angka" in text(personnel.opens(f"{grades}tiga"))
    assert "(skala 4, REG_2013): 83" in text(personnel.opens(f"{grades}3,40;3,25"))
    assert "tidak berada di bawah unit ini" in text(
        personnel.opens(f"{lines}/pindah-unit?unit={here}&letter=SK-2&starts={DAY}")
    )

    chosen = {"unit": unit, "position": "Analis", "post_kind": "PELAKSANA", "letter": "SK-1", "starts": DAY}
    seen = text(
        personnel.opens(f"{lines}/reorganisasi?" + "&".join(f"{name}={value}" for name, value in chosen.items()))
    )
    moved = len(
        application.cycle.lines.rehearse(reorganised(person, chosen, personnel.actor), by=personnel.actor).handovers
    )
    assert "SKP belum ditetapkan" in seen
    sent = personnel.sends(f"{lines}/reorganisasi", {**chosen, "jumlah": str(moved), "alasan": WHY})
    assert sent.status_code == 303
    while application.work():
        pass
    (case,) = application.engine.cases(by=employee.actor, subject=person).items
    assert case.unit == unit
    assert "Pindah ke unit" in text(visit("auditor").opens(f"/perkara/{case.id}"))
