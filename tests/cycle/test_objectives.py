"""Goals, agreements and matrices: from files, in versions, published with all obstacles named."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle.imports import ImportPreview
from engine.cycle.models import TeamMemberRow
from engine.cycle.objectives.models import IndicatorRow, ObjectiveRow
from engine.cycle.year import PerformanceCycle
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.models import OutboxRow
from engine.runtime.values import Actor
from tests.cycle.agency import PERSONNEL, Agency, regency

YEAR = "2026"
GOALS = """kode,jenis,kode_induk,uraian,unit
T-1,tujuan,,Meningkatnya derajat kesehatan masyarakat,KAB
SS-1,sasaran,T-1,Menurunnya prevalensi stunting balita,DINKES
"""
STRATEGIES = "kode,kode_indikator,uraian\nST-1,IKU-1,Paket gizi lengkap bagi ibu hamil dan balita\n"


@pytest.fixture
def nips(database: sa.Engine) -> dict[str, str]:
    """The regency's people, in the database, by name."""
    with database.begin() as connection:
        return regency(Agency(connection)).nips


def load(cycle: PerformanceCycle, kind: str, content: str) -> ImportPreview:
    found = cycle.preview_import(kind, content.encode(), "berkas.csv", by=PERSONNEL)
    assert found.faulty == [], found.faulty
    cycle.confirm_import(found.id, by=PERSONNEL)
    return found


def indicators(owner: str, *, name: str = "Prevalensi stunting", source: str = "e-PPGBM") -> str:
    return (
        "kode,kode_sasaran,unit,nama,definisi,formula,satuan,polaritas,frekuensi,sumber,nip_pemilik,baseline,validitas\n"
        f'IKU-1,SS-1,DINKES,{name},Balita pendek,stunting / diukur x 100,persen,turun,triwulanan,{source},{owner},"21,4",eksak\n'
    )


def roles(nips: dict[str, str], *people: str, mode: str = "SATU_TINGKAT") -> str:
    lines = [f"DINKES,2026,{mode},IKU-1,{nips[person]},MANDIRI,Hasil milik {person}" for person in people]
    return "\n".join(["unit,tahun,mode,kode_indikator,nip,peran,peran_hasil", *lines]) + "\n"


@pytest.fixture
def agreed(cycle: PerformanceCycle, nips: dict[str, str]) -> PerformanceCycle:
    """The health office with its objectives, one indicator and everyone's part in it, not published yet."""
    load(cycle, "objectives", GOALS)
    load(cycle, "indicators", indicators(nips["carol"]))
    load(cycle, "strategies", STRATEGIES)
    load(cycle, "agreements", 'unit,tahun,kode_indikator,nomor,target\nDINKES,2026,IKU-1,1,"18,2"\n')
    load(cycle, "roles", roles(nips, "bob", "sari", "alice", "andi", "dan", "tuti"))
    return cycle


def test_a_year_s_agreement_is_read_with_its_strategies_and_roles(agreed: PerformanceCycle) -> None:
    found = agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL)

    assert (found.version, found.status, found.mode) == (1, "draft", "SATU_TINGKAT")
    (target,) = found.targets
    assert (target.number, target.target, target.indicator.name, target.indicator.baseline) == (
        1,
        18.2,
        "Prevalensi stunting",
        21.4,
    )
    assert found.strategies == {"IKU-1": ("Paket gizi lengkap bagi ibu hamil dan balita",)}
    assert sorted(role.name for role in found.roles) == ["Alice", "Andi", "Bob", "Dan", "Sari", "Tuti"]


def test_publishing_puts_it_in_force_and_tells_every_case(agreed: PerformanceCycle, database: sa.Engine) -> None:
    with pytest.raises(NotFound, match="belum mempunyai"):
        agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL, on=date(2026, 1, 2))

    assert agreed.objectives.obstacles("DINKES", YEAR, by=PERSONNEL) == []
    assert agreed.objectives.publish("DINKES", YEAR, by=PERSONNEL) == 1
    assert agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL, on=date(2026, 1, 2)).status == "published"
    with database.connect() as connection:
        told = connection.execute(sa.select(OutboxRow.payload)).scalars().all()
    assert {message["name"] for message in told} == {"SKP_PIMPINAN_SIAP"}
    assert sorted(message["key"] for message in told) == [
        f"2026/{person}" for person in ("alice", "andi", "bob", "carol", "dan", "sari", "tuti")
    ]
    with pytest.raises(Refused, match="sudah diterbitkan"):
        agreed.objectives.publish("DINKES", YEAR, by=PERSONNEL)


def test_all_that_stands_against_publishing_is_told_at_once(
    cycle: PerformanceCycle, nips: dict[str, str], database: sa.Engine
) -> None:
    with database.begin() as connection:
        Agency(connection, numbers=50).person("guest", "KAB")
        guest = connection.exec_driver_sql("select nip from employees where id = 'guest'").scalar_one()
    load(cycle, "objectives", GOALS)
    load(cycle, "indicators", indicators("", source=""))
    load(cycle, "agreements", "unit,tahun,kode_indikator,nomor,target\nDINKES,2026,IKU-1,1,18\n")
    load(cycle, "roles", roles({**nips, "guest": guest}, "bob", "sari", "alice", "dan", "tuti", "guest"))

    against = cycle.objectives.obstacles("DINKES", YEAR, by=PERSONNEL)

    assert [sentence.split()[0] for sentence in against] == ["Manual", "Guest", "Andi"]
    assert "sumber data, pemilik" in against[0]
    assert "surat tugas" in against[1]
    assert "matriks" in against[2]
    with pytest.raises(Refused, match="Manual indikator IKU-1"):
        cycle.objectives.publish("DINKES", YEAR, by=PERSONNEL)


def test_a_change_after_publishing_is_the_next_version(agreed: PerformanceCycle, clock: VirtualClock) -> None:
    agreed.objectives.publish("DINKES", YEAR, by=PERSONNEL)
    clock.advance(timedelta(days=90))
    load(agreed, "agreements", "unit,tahun,kode_indikator,nomor,target\nDINKES,2026,IKU-1,1,19\n")

    assert agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL).version == 2
    assert agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL, on=date(2026, 4, 2)).targets[0].target == 18.2
    agreed.objectives.publish("DINKES", YEAR, by=PERSONNEL)
    now = agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL, on=date(2026, 4, 2))
    assert (now.targets[0].target, len(now.roles)) == (19, 6)
    assert agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL, on=date(2026, 4, 1)).version == 1


def test_a_changed_indicator_is_a_new_version_with_its_first_day(
    agreed: PerformanceCycle, nips: dict[str, str], database: sa.Engine, clock: VirtualClock
) -> None:
    clock.advance(timedelta(days=31))
    found = load(agreed, "indicators", indicators(nips["carol"], name="Prevalensi balita stunting"))

    assert [(one.field, one.old, one.new) for one in found.changed[0].differences] == [
        ("nama", "Prevalensi stunting", "Prevalensi balita stunting")
    ]
    with database.connect() as connection:
        kept = connection.execute(
            sa.select(IndicatorRow.version, IndicatorRow.name, IndicatorRow.source, IndicatorRow.ends).order_by(
                IndicatorRow.version
            )
        ).all()
    assert [tuple(row) for row in kept] == [
        (1, "Prevalensi stunting", "e-PPGBM", date(2026, 2, 1)),
        (2, "Prevalensi balita stunting", "e-PPGBM", None),
    ]


def test_what_was_reached_is_no_new_version(agreed: PerformanceCycle) -> None:
    with pytest.raises(NotFound):
        agreed.objectives.record_attainment("DINKES", YEAR, "IKU-1", 20.02, by=PERSONNEL)
    agreed.objectives.publish("DINKES", YEAR, by=PERSONNEL)
    agreed.objectives.record_attainment("DINKES", YEAR, "IKU-1", 20.02, by=PERSONNEL)

    found = agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL)
    assert (found.version, found.targets[0].attained) == (1, 90.0)  # 10 percent above an upper limit


def test_quarters_come_from_a_file_and_go_out_again(agreed: PerformanceCycle, clock: VirtualClock) -> None:
    agreed.create_cycle(2026, by=PERSONNEL)
    agreed.objectives.publish("DINKES", YEAR, by=PERSONNEL)
    clock.advance(timedelta(days=200))
    file = "unit,tahun,kode_indikator,tw1,tw2,tw3\n"

    early = agreed.preview_import(
        "attainments", (file + "DINKES,2026,IKU-1,21,20,\nDINKES,2026,IKU-9,1,,\n").encode(), "a.csv", by=PERSONNEL
    )
    assert [fault.message for fault in early.faulty] == ["Bukan indikator perjanjian kinerja unit itu yang berlaku."]
    late = b"unit,tahun,kode_indikator,tw4\nDINKES,2026,IKU-1,19\n"
    (fault,) = agreed.preview_import("attainments", late, "a.csv", by=PERSONNEL).faulty
    assert (fault.column, "belum dimulai" in fault.message) == ("tw4", True)
    load(agreed, "attainments", file + 'DINKES,2026,IKU-1,"20,8",20,\n')
    assert agreed.objectives.attainments("DINKES", YEAR, by=PERSONNEL) == {("IKU-1", "TW1"): 20.8, ("IKU-1", "TW2"): 20}
    assert agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL).targets[0].realised == 20

    headings, rows = agreed.export("attainments", by=PERSONNEL)
    assert list(headings) == ["unit", "tahun", "kode_indikator", "tw1", "tw2", "tw3", "tw4"]
    assert [list(row) for row in rows] == [["DINKES", "2026", "IKU-1", 20.8, 20, None, None]]
    same = agreed.preview_import(
        "attainments", (file + 'DINKES,2026,IKU-1,"20,8",20,\n').encode(), "a.csv", by=PERSONNEL
    )
    assert (same.new, same.changed, same.unchanged) == ([], [], 1)
    load(agreed, "attainments", "unit,tahun,kode_indikator,tw1\nDINKES,2026,IKU-1,\n")
    assert agreed.objectives.attainments("DINKES", YEAR, by=PERSONNEL) == {("IKU-1", "TW2"): 20}


def test_a_cell_can_be_taken_out_of_the_draft(agreed: PerformanceCycle, nips: dict[str, str]) -> None:
    gone = roles(nips, "andi").replace("peran_hasil\n", "peran_hasil,hapus\n").replace("andi\n", "andi,ya\n")

    load(agreed, "roles", gone)

    placed = {role.person for role in agreed.objectives.agreement("DINKES", YEAR, by=PERSONNEL).roles}
    assert "andi" not in placed
    assert len(placed) == 5


def test_the_same_files_again_change_nothing(agreed: PerformanceCycle, nips: dict[str, str]) -> None:
    for kind, content in (
        ("objectives", GOALS),
        ("indicators", indicators(nips["carol"])),
        ("strategies", STRATEGIES),
        ("roles", roles(nips, "bob", "alice")),
    ):
        again = agreed.preview_import(kind, content.encode(), "berkas.csv", by=PERSONNEL)
        assert (again.new, again.changed, again.faulty) == ([], [], []), kind


def test_every_fault_of_a_file_is_in_one_list(cycle: PerformanceCycle, nips: dict[str, str]) -> None:
    file = "unit,tahun,mode,kode_indikator,nip,peran,tim,peran_hasil\n" + "\n".join(
        (
            f"DINKES,2026,SATU_TINGKAT,IKU-9,{nips['alice']},MANDIRI,,Hasil",
            f"ATLANTIS,2026,SATU_TINGKAT,IKU-9,{nips['alice']},BOS,,Hasil",
            "DINKES,2026,DUA_TINGKAT,IKU-9,190001010000000000,ANGGOTA,TIM-9,Hasil",
        )
    )
    found = cycle.preview_import("roles", file.encode(), "peran.csv", by=PERSONNEL)

    assert {(fault.row, fault.column) for fault in found.faulty} == {
        (2, "kode_indikator"),
        (3, "peran"),
        (4, "mode"),
        (4, "kode_indikator"),
        (4, "nip"),
        (4, "tim"),
    }


def test_a_goal_never_stands_above_itself(cycle: PerformanceCycle, nips: dict[str, str], database: sa.Engine) -> None:
    file = "kode,jenis,kode_induk,uraian\nA,TUJUAN,B,Satu tujuan\nB,TUJUAN,A,Dua tujuan\nC,TUJUAN,,Tiga tujuan\n"
    found = cycle.preview_import("objectives", file.encode(), "renstra.csv", by=PERSONNEL)

    assert {fault.row for fault in found.faulty} == {2, 3}
    cycle.confirm_import(found.id, by=PERSONNEL)
    with database.connect() as connection:
        assert connection.execute(sa.select(ObjectiveRow.code, ObjectiveRow.version)).all() == [("C", 1)]


def test_a_squad_comes_with_its_members_and_their_letters(
    cycle: PerformanceCycle, nips: dict[str, str], database: sa.Engine
) -> None:
    head = f"TIM-1,Integrasi data,DINKES,{nips['bob']},{nips['carol']}"
    file = "kode,nama,unit,nip_ketua,nip_pemilik,nip_anggota,surat_tugas\n" + "\n".join(
        (f"{head},{nips['alice']},ST-12/2026", f"{head},{nips['dan']},")
    )
    load(cycle, "teams", file)
    load(cycle, "teams", file.replace(f"{nips['dan']},", f"{nips['dan']},ST-13/2026"))

    with database.connect() as connection:
        kept = connection.execute(
            sa.select(TeamMemberRow.employee_id, TeamMemberRow.letter).order_by(TeamMemberRow.employee_id)
        ).all()
    assert [tuple(row) for row in kept] == [("alice", "ST-12/2026"), ("dan", "ST-13/2026")]


def test_only_those_who_care_for_a_unit_see_and_publish_its_agreement(agreed: PerformanceCycle) -> None:
    alice, carol = Actor("alice", name="Alice"), Actor("carol", name="Carol")

    with pytest.raises(NotYours):
        agreed.objectives.agreement("DINKES", YEAR, by=alice)
    assert agreed.objectives.agreement("DINKES", YEAR, by=carol).unit == "DINKES"
    with pytest.raises(NotYours):
        agreed.objectives.publish("DINKES", YEAR, by=carol)


@pytest.mark.parametrize("kind", ["objectives", "indicators", "strategies", "teams", "agreements", "roles"])
def test_every_kind_of_file_has_a_template(kind: str, cycle: PerformanceCycle) -> None:
    assert cycle.template(kind).startswith(b"PK")
