"""All SKPs of an agency at once: what is found, kept and shown, and the chains and matrices made of them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle import skps
from engine.cycle.year import PerformanceCycle
from engine.errors import NotYours
from engine.runtime.values import Actor, Json
from tests.cycle.agency import PERSONNEL
from tests.cycle.test_alignment_desk import CHILD, PARENT, row

YEAR = "2026"
HER_OWN = {"aspek": "KUANTITAS", "iki": "Puskesmas", "target_nilai": 8, "satuan": "puskesmas", "polaritas": "NAIK"}
ALICE, CAROL = Actor("alice", name="Alice"), Actor("carol", name="Carol")


@pytest.fixture
def planned(cycle: PerformanceCycle, populated: sa.Engine, clock: VirtualClock) -> PerformanceCycle:
    """Carol, bob and alice have SKPs that rest on one another; dan's is an activity that rests on nothing."""
    cycle.create_cycle(2026, by=PERSONNEL)
    with populated.begin() as connection:
        carol = plan(connection, clock, "carol", [row(PARENT, acuan="Perjanjian Kinerja 2026 indikator 1")])
        bob = plan(connection, clock, "bob", [row("Menurunnya jumlah balita berisiko di desa binaan", carol[0])])
        plan(connection, clock, "alice", [row(CHILD, bob[0], indikator=[HER_OWN])])
        plan(connection, clock, "dan", [row("Mengikuti rapat koordinasi stunting")])
    return cycle


def plan(connection: sa.Connection, clock: VirtualClock, person: str, rows: list[dict[str, Json]]) -> list[str]:
    """Set an SKP; gives the ids of its results."""
    skps.record(
        connection,
        case_id=uuid4(),
        subject=person,
        unit="KESMAS",
        cycle=YEAR,
        skp={"rhk": rows},
        by_team=False,
        now=clock.now(),
    )
    return [result["id"] for result in skps.results(connection, person, YEAR)]


def test_orphans_and_results_that_nobody_carries_are_found_and_kept(planned: PerformanceCycle) -> None:
    assert planned.alignment.last_check(YEAR, by=PERSONNEL) is None

    check = planned.alignment.check_agency(YEAR, by=PERSONNEL)

    assert (check.people, check.results) == (4, 4)
    assert check.verdicts == {"SELARAS": 3, "SELARAS_DENGAN_CATATAN": 0, "TIDAK_SELARAS": 1}
    assert check.codes == {"AL-01": 1, "PH-01": 1}
    page = planned.alignment.findings(YEAR, by=PERSONNEL)
    assert [(one.person, one.unit, one.finding.code) for one in page.items] == [
        ("dan", "SDK", "AL-01"),
        ("dan", "SDK", "PH-01"),
    ]
    assert page.items[0].text == "Mengikuti rapat koordinasi stunting"


def test_a_second_check_takes_the_place_of_the_first(
    planned: PerformanceCycle, populated: sa.Engine, clock: VirtualClock
) -> None:
    planned.alignment.check_agency(YEAR, by=PERSONNEL)
    clock.advance(timedelta(days=1))
    with populated.begin() as connection:
        carol = skps.results(connection, "carol", YEAR)
        plan(connection, clock, "dan", [row(CHILD, carol[0]["id"])])

    check = planned.alignment.check_agency(YEAR, by=PERSONNEL)

    assert check.codes == {}
    assert planned.alignment.findings(YEAR, by=PERSONNEL).total == 0


def test_findings_are_filtered_and_turned_page_by_page(planned: PerformanceCycle) -> None:
    planned.alignment.check_agency(YEAR, by=PERSONNEL)

    assert planned.alignment.findings(YEAR, by=PERSONNEL, code="PH-01").total == 1
    assert planned.alignment.findings(YEAR, by=PERSONNEL, severity="WARN").total == 0
    assert planned.alignment.findings(YEAR, by=PERSONNEL, unit="KESMAS").total == 0
    second = planned.alignment.findings(YEAR, by=PERSONNEL, limit=1, offset=1)
    assert (second.total, [one.finding.code for one in second.items]) == (2, ["PH-01"])


def test_a_leader_sees_the_own_units_and_staff_see_nothing(planned: PerformanceCycle) -> None:
    planned.alignment.check_agency(YEAR, by=PERSONNEL)

    assert planned.alignment.findings(YEAR, by=CAROL).total == 2
    assert planned.alignment.findings(YEAR, by=Actor("bob", name="Bob")).total == 0
    with pytest.raises(NotYours):
        planned.alignment.findings(YEAR, by=ALICE)
    with pytest.raises(NotYours):
        planned.alignment.check_agency(YEAR, by=CAROL)


def test_a_chain_goes_up_to_the_top_and_down_to_the_last(planned: PerformanceCycle) -> None:
    today = date(2026, 1, 2)
    (up,) = planned.alignment.chains("alice", YEAR, by=ALICE, on=today).chains
    of_carol = planned.alignment.chains("carol", YEAR, by=CAROL, on=today)
    (down,) = of_carol.chains

    assert [owned.name for owned in up.above] == ["Bob", "Carol"]
    assert of_carol.name == "Carol"
    assert [one.owned.name for one in down.below] == ["Bob"]
    assert [one.owned.name for one in down.below[0].below] == ["Alice"]
    with pytest.raises(NotYours):
        planned.alignment.chains("dan", YEAR, by=ALICE, on=today)


def test_a_person_s_strategy_has_results_drivers_and_a_plan_to_learn(
    planned: PerformanceCycle, populated: sa.Engine, clock: VirtualClock
) -> None:
    learning = {"kesenjangan": "Mengolah data gizi", "metode": "PELATIHAN", "kegiatan": "Kursus daring", "jp": 20}
    assert planned.alignment.chains("alice", YEAR, by=ALICE, on=date(2026, 1, 2)).capability == []
    clock.advance(timedelta(hours=1))
    with populated.begin() as connection:
        skps.record(
            connection,
            case_id=uuid4(),
            subject="alice",
            unit="KESMAS",
            cycle=YEAR,
            skp={"rhk": [row(CHILD, jenis_hasil="DRIVER")], "pengembangan": [learning]},
            by_team=False,
            now=clock.now(),
        )

    found = planned.alignment.chains("alice", YEAR, by=ALICE, on=date(2026, 1, 2))

    assert [chain.result.nature for chain in found.chains] == ["DRIVER"]
    assert found.capability == [learning]


def test_a_chain_is_shown_as_on_a_day(planned: PerformanceCycle, populated: sa.Engine, clock: VirtualClock) -> None:
    clock.advance(timedelta(days=30))
    with populated.begin() as connection:
        plan(connection, clock, "alice", [row("Menurunnya keluhan pasien di puskesmas binaan")])

    (then,) = planned.alignment.chains("alice", YEAR, by=ALICE, on=date(2026, 1, 10)).chains
    (now,) = planned.alignment.chains("alice", YEAR, by=ALICE, on=date(2026, 2, 1)).chains

    assert (then.result.text, len(then.above)) == (CHILD, 2)
    assert (now.result.text.split()[0], now.above) == ("Menurunnya", ())


def test_the_matrix_shows_who_produces_what_for_the_head(planned: PerformanceCycle) -> None:
    matrix = planned.alignment.matrix("DINKES", YEAR, by=CAROL)

    assert [result.text for result in matrix.results] == [PARENT]
    lines = {line.person.id: line for line in matrix.lines}
    assert [one.text for one in lines["alice"].cells[0]] == [CHILD]  # through bob
    assert lines["dan"].cells == ((),)
    assert [one.text for one in lines["dan"].elsewhere] == ["Mengikuti rapat koordinasi stunting"]
    assert (lines["tuti"].planned, lines["tuti"].cells) == (False, ((),))


def test_an_skp_is_judged_while_it_is_written_for_its_writer_alone(planned: PerformanceCycle) -> None:
    rows = [row("Mengikuti rapat koordinasi stunting")]
    checked = planned.alignment.look_at("alice", YEAR, rows, by=ALICE)

    assert [finding.code for finding in checked.findings] == ["AL-01", "PH-01"]
    assert planned.alignment.look_at("alice", YEAR, rows, by=CAROL).verdict == "TIDAK_SELARAS"
    with pytest.raises(NotYours):
        planned.alignment.look_at("bob", YEAR, rows, by=ALICE)
