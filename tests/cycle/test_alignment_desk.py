"""The gate before an SKP is set: what a diagram asks of the rules, on people and SKPs that are stored."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.cycle.models import TeamMemberRow, TeamRow
from engine.runtime.services import Ask
from engine.runtime.values import Json
from tests.cycle.agency import LONG_AGO, Agency
from tests.cycle.test_services import Diagram

PARENT = "Meningkatnya cakupan ibu hamil dan balita berisiko yang menerima paket gizi lengkap"
CHILD = "Seluruh puskesmas binaan menangani balita gizi kurang sesuai tata laksana"


@pytest.fixture
def diagram(agency: Agency, connection: sa.Connection, decide: Ask) -> Diagram:
    return Diagram(connection, decide)


def row(text: str, parent: str | None = None, *, id: str = "r1", **other: Json) -> dict[str, Json]:
    indicator = {"aspek": "KUALITAS", "iki": "Cakupan", "target_nilai": 90, "satuan": "persen", "polaritas": "NAIK"}
    return {
        "_id": id,
        "klasifikasi": "UTAMA",
        "rhk": text,
        "rhk_pimpinan": parent,
        "metode": "NON_DIRECT",
        "indikator": [indicator],
        **other,
    }


def codes(checked: dict[str, Any]) -> list[str]:
    return [finding["kode"] for finding in checked["temuan"]]


def test_a_good_result_passes_and_a_bad_one_says_what_to_mend(diagram: Diagram) -> None:
    diagram("record_skp", "bob", rhk=[row(PARENT)])
    (parent,) = diagram("leader_results")

    good = diagram("check_skp", rhk=[row(CHILD, parent["id"])])
    bad = diagram("check_skp", rhk=[row("Mengikuti rapat koordinasi stunting")])

    assert (good["verdict"], good["lolos"], good["temuan"]) == ("SELARAS", True, [])
    assert (bad["verdict"], bad["lolos"], codes(bad)) == ("TIDAK_SELARAS", False, ["AL-01", "PH-01"])
    assert bad["catatan"].count("\n") == 1
    assert bad["catatan"].startswith("Rencana hasil kerja 1: Kinerja utama ini tidak menyebut")


def test_a_warning_that_wants_a_note_passes_with_one(diagram: Diagram) -> None:
    diagram("record_skp", "bob", rhk=[row(PARENT)])
    (parent,) = diagram("leader_results")
    report = {
        "aspek": "KUANTITAS",
        "iki": "Jumlah laporan",
        "target_nilai": 4,
        "satuan": "laporan",
        "polaritas": "NAIK",
    }
    written = row("Tersusunnya 4 laporan penelitian gizi", parent["id"], indikator=[report])

    without = diagram("check_skp", rhk=[written])
    noted = diagram("check_skp", rhk=[{**written, "catatan_kontribusi": "Dipakai bidang untuk memilih desa lokus."}])

    assert (codes(without), without["verdict"], without["lolos"]) == (
        ["AL-07", "PH-05"],
        "SELARAS_DENGAN_CATATAN",
        False,
    )
    assert (codes(noted), noted["lolos"]) == (["AL-07", "PH-05"], True)


def test_wx_07_the_leader_of_a_squad_of_another_unit_may_be_supported_by_letter(
    diagram: Diagram, connection: sa.Connection
) -> None:
    diagram("record_skp", "sari", rhk=[row(PARENT)])
    squad = {"id": "T", "name": "Data", "unit_id": "SDK", "leader_id": "sari", "starts": LONG_AGO}
    connection.execute(sa.insert(TeamRow).values(squad))
    connection.execute(sa.insert(TeamMemberRow).values(team_id="T", employee_id="alice", letter=None, starts=LONG_AGO))
    assert diagram("leader_results") == []
    foreign = connection.exec_driver_sql("select id from skp_results").scalar_one()
    assert codes(diagram("check_skp", rhk=[row(CHILD, foreign)])) == ["AL-02"]

    connection.execute(sa.update(TeamMemberRow).values(letter="ST-12/2026"))
    (offered,) = diagram("leader_results")
    assert offered["id"] == foreign
    assert diagram("check_skp", rhk=[row(CHILD, foreign)])["temuan"] == []


def test_a_leader_s_changed_result_is_noticed_below_and_an_unchanged_one_is_not(diagram: Diagram) -> None:
    diagram("record_skp", "bob", rhk=[row(PARENT)])
    (parent,) = diagram("leader_results")
    own = [row(CHILD, parent["id"])]

    diagram("record_skp", "bob", rhk=[row(PARENT), row(CHILD, id="r2")])
    assert codes(diagram("check_skp", rhk=own)) == []
    diagram("record_skp", "bob", rhk=[row("Menurunnya jumlah balita berisiko di kecamatan binaan")])
    assert codes(diagram("check_skp", rhk=own)) == ["AL-14"]


def test_two_results_do_not_support_each_other(diagram: Diagram, connection: sa.Connection) -> None:
    diagram("record_skp", "bob", rhk=[row(PARENT)])
    (bob,) = diagram("leader_results")
    diagram("record_skp", "alice", rhk=[row(CHILD, bob["id"])])
    alice = connection.exec_driver_sql("select id from skp_results where leader_result is not null").scalar_one()

    assert "AL-11" in codes(diagram("check_skp", "bob", rhk=[row(PARENT, alice)]))
