"""Who makes an SKP: table D13 as a table, asked when a year is opened; and the old rule for who studies (WX-11)."""

from datetime import date

import pytest

from engine.bootstrap import Application
from engine.cycle.events.absences import LongLeave, StudyBegins, StudyResult, StudyValue
from engine.errors import FormInvalid
from engine.runtime.services import Ask
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.agency import example
from tests.cycle.house import Post, works
from tests.cycle.test_lines import DIAN, TODAY
from tests.cycle.test_lines import house as house
from tests.cycle.test_regrouping import TO_SDK
from tests.cycle.test_transfer import AUDITOR, happens, year_of

OLD = example(11)["varian_rezim_lama"]


@pytest.mark.parametrize(
    ("status", "leave", "study", "regime", "mode"),
    [
        ("PEJABAT_NEGARA", "TIDAK_ADA", "TIDAK_ADA", "REG_2022", "DIKECUALIKAN"),  # [S4 p.52]
        ("PNS", "CLTN", "TIDAK_ADA", "REG_2022", "DIKECUALIKAN"),  # [S4 p.52]
        ("PNS", "MPP", "TIDAK_ADA", "REG_2021", "DIKECUALIKAN"),  # [S4 p.52]
        ("PPPK", "DIBERHENTIKAN_SEMENTARA", "SETAHUN", "REG_2022", "DIKECUALIKAN"),  # [S4 p.52]
        ("PNS", "TIDAK_ADA", "SETAHUN", "REG_2021", "DIKECUALIKAN"),  # [S4 p.52]
        ("PNS", "TIDAK_ADA", "SETAHUN", "REG_2013", "DIKECUALIKAN"),  # [S24 old]
        ("PNS", "TIDAK_ADA", "SEBAGIAN", "REG_2013", "SEBAGIAN_TAHUN"),  # [S24 old]
        ("PNS", "TIDAK_ADA", "SETAHUN", "REG_2022", "TUGAS_BELAJAR"),  # [S24]
        ("PNS", "SEBAGIAN", "SEBAGIAN", "REG_2026", "TUGAS_BELAJAR"),  # [S24]
        ("CPNS", "TIDAK_ADA", "TIDAK_ADA", "REG_2022", "WAJIB"),  # [OK]
        ("PPPK", "TIDAK_ADA", "TIDAK_ADA", "REG_2021", "WAJIB"),  # [S5]
        ("PNS", "LAIN", "TIDAK_ADA", "REG_2022", "SEBAGIAN_TAHUN"),  # [S33]
    ],
)
def test_the_table(decide: Ask, status: str, leave: str, study: str, regime: str, mode: str) -> None:
    asked = {"status_pegawai": status, "cuti": leave, "tugas_belajar": study, "rezim": regime}
    assert decide("D13_moda_skp", asked) == mode


def test_whoever_is_exempt_gets_no_case_and_is_named_with_the_reason(house: tuple[Application, Post]) -> None:
    application, _ = house
    happens(application, LongLeave("alice", "CLTN", TODAY, date(2027, 12, 31), "CLTN-1"))
    happens(application, TO_SDK)
    assert year_of(application, "alice")[0].unit == "SDK", "a case that runs follows its person all the same"
    result = StudyResult("Lulus semua mata kuliah semester ini", "Indeks prestasi", 3.5, "skala 4")
    happens(application, StudyBegins("andi", TODAY, date(2028, 6, 30), "TB-1", (result,)))
    application.cycle.create_cycle(2027, by=SYSTEM)
    opening = application.cycle.open_cycle("2027", by=SYSTEM)
    works(application)

    found = application.engine.cases(by=AUDITOR, cycle="2027", limit=200).items
    modes = {one.subject for one in found}
    assert "alice" not in modes and "andi" in modes
    (order,) = [one for one in application.cycle.openings("2027", by=SYSTEM) if one.id == opening]
    assert (order.exempt, order.failed, order.status) == (1, 0, "done")
    (exempt,) = application.cycle.exempt_from(opening, by=SYSTEM)
    assert exempt.error == "Alice dikecualikan dari SKP tahun ini (tabel D13): cuti di luar tanggungan negara."
    (studies,) = [one for one in found if one.subject == "andi"]
    (task,) = [one for one in application.engine.inbox(by=Actor("andi")).items if one.case_id == studies.id]
    assert application.engine.task(task.id, by=Actor("andi")).context["employee"]["skp_mode"] == "TUGAS_BELAJAR"


def test_the_old_rule_values_a_study_by_its_grades(house: tuple[Application, Post]) -> None:
    application, _ = house
    lines, grades = application.cycle.lines, tuple(OLD["ipk"])
    value = lines.worth_of_study(OLD["rezim"], grades, OLD["skala"])
    assert value == OLD["nilai"] == round(OLD["dibulatkan_dari"])
    year = date(2013, 1, 1)

    happens(application, StudyValue("alice", year, OLD["rezim"], grades, OLD["skala"], "TB-11", value))

    (event,) = lines.events("alice", by=DIAN)
    assert (event.kind, event.starts) == ("NILAI_STUDI", year)
    assert event.text == "Nilai 2013 dari indeks prestasi 3,40 dan 3,25 (skala 4, REG_2013): 83"
    assert len(year_of(application, "alice")) == 1, "no case is touched"
    for wrong in (
        StudyValue("alice", year, "REG_2022", grades, OLD["skala"], "TB-11", None),
        StudyValue("alice", year, OLD["rezim"], grades, OLD["skala"], "TB-11", 99.0),
        StudyValue("alice", year, OLD["rezim"], (4.5,), OLD["skala"], "TB-11", 113.0),
    ):
        with pytest.raises(FormInvalid):
            lines.rehearse(wrong, by=DIAN)
