from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine.cycle.appraisers import Line, choose_appraiser, choose_superior
from engine.cycle.models import (
    ActingKind,
    ConflictRow,
    DelegationRow,
    EmployeeKind,
    ParameterRow,
    PostKind,
    ReportingLineRow,
    TeamMemberRow,
    TeamRow,
)
from engine.cycle.organisation import Organisation, Person, Seat, StandIn
from engine.cycle.people import PERFORMERS, People
from engine.runtime.services import Ask
from engine.runtime.values import Assignment, Json
from tests.cycle.agency import LONG_AGO, Agency, example

SPRING = date(2026, 4, 15)  # TW2
WX13 = example(13)


def who(people: People, connection: sa.Connection, performer: str, subject: str, on: date = SPRING) -> Assignment:
    return people.resolve(connection, performer, subject=subject, unit="KESMAS", data={}, on=on)


def test_the_head_of_the_unit_appraises_and_the_next_head_stands_above(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    assert who(people, connection, "employee", "alice").person == "alice"
    assert who(people, connection, "appraiser", "alice").person == "bob"
    assert who(people, connection, "appraiser_superior", "alice").person == "carol"
    assert who(people, connection, "appraiser", "bob").person == "carol"
    assert who(people, connection, "appraiser", "carol").person == "regent"


def test_at_the_top_the_admins_have_to_settle_it_and_the_history_says_why(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    found = who(people, connection, "appraiser", "regent")

    assert found.group == "admin"
    assert "tidak ada jabatan lain di atasnya" in found.why


@pytest.mark.parametrize("case", WX13["kasus"], ids=str)
def test_a_vacant_superior_is_replaced_by_who_may_appraise(
    case: dict[str, Any], agency: Agency, people: People, connection: sa.Connection
) -> None:
    """DOMAIN 8, WX-13: the division's head leaves on 31 March."""
    agency.leaves("bob", date(2026, 3, 30))
    acting = {"Plt": "andi", "Kepala Dinas": "carol"}
    if case.get("plt"):
        agency.acts(
            "andi", "KESMAS", ActingKind.PLT, appraises=case["surat_mencakup_penilaian"], starts=date(2026, 3, 31)
        )
    if case.get("plh"):
        agency.acts("andi", "KESMAS", ActingKind.PLH, appraises=True, starts=date(2026, 4, 13), ends=date(2026, 4, 17))

    assert who(people, connection, "appraiser", "alice").person == acting[case["expect"]["penilai_staf_TW2"]]
    if "penilai_plt" in case["expect"]:
        assert who(people, connection, "appraiser", "andi").person == acting[case["expect"]["penilai_plt"]]
    if case["expect"].get("hak_plh") == "umpan_balik_saja":
        chosen = people.superiors(Organisation(connection, SPRING), "alice").appraiser
        assert chosen.feedback_only == ("andi",)
        assert "Plh hanya memberi umpan balik" in chosen.why


def test_a_plh_appraises_where_the_agency_lets_him(agency: Agency, people: People, connection: sa.Connection) -> None:
    agency.acts("andi", "KESMAS", ActingKind.PLH, appraises=True)
    row = {"key": "plh.boleh_menilai", "unit_id": "DINKES", "value": True, "note": "", "starts": LONG_AGO}
    connection.execute(sa.insert(ParameterRow).values({**row, "set_by": "dian", "set_at": sa.func.current_timestamp()}))

    assert who(people, connection, "appraiser", "alice").person == "andi"


def test_who_acts_above_his_own_head_is_not_appraised_by_that_head(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    """bob would appraise andi, whom andi as acting head of the office appraises."""
    agency.leaves("carol", date(2026, 3, 30))
    agency.acts("andi", "DINKES", ActingKind.PLT, appraises=True)

    assert who(people, connection, "appraiser", "bob").person == "andi"
    assert who(people, connection, "appraiser", "andi").person == "regent"


def test_relatives_do_not_appraise_each_other(agency: Agency, people: People, connection: sa.Connection) -> None:
    row = {"employee_id": "bob", "other_id": "alice", "reason": "suami istri", "starts": LONG_AGO}
    connection.execute(sa.insert(ConflictRow).values(row))
    found = who(people, connection, "appraiser", "alice")

    assert found.person == "carol"
    assert "konflik kepentingan" in found.why
    assert who(people, connection, "appraiser", "andi").person == "bob"


def test_below_pengawas_only_a_letter_or_an_independent_unit_lets_one_appraise(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    agency.unit("PUSKESMAS", "DINKES", independent=True)
    agency.unit("TIM", "DINKES")
    agency.head("gita", "PUSKESMAS", PostKind.FUNGSIONAL)
    agency.head("hadi", "TIM", PostKind.FUNGSIONAL)
    agency.person("nurse", "PUSKESMAS")
    agency.person("clerk", "TIM")

    assert who(people, connection, "appraiser", "nurse").person == "gita"
    assert who(people, connection, "appraiser", "clerk").person == "carol"

    connection.execute(sa.insert(DelegationRow).values(employee_id="hadi", letter="SK-9", starts=LONG_AGO))
    assert who(people, connection, "appraiser", "clerk").person == "hadi"
    assert who(people, connection, "appraiser_superior", "clerk").person == "carol"


def name_superior(connection: sa.Connection, employee: str, superior: str) -> None:
    row = {"employee_id": employee, "superior_id": superior, "starts": LONG_AGO}
    connection.execute(sa.insert(ReportingLineRow).values(row))


def test_a_named_superior_comes_before_the_head_of_the_unit(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    name_superior(connection, "alice", "sari")

    assert who(people, connection, "appraiser", "alice").person == "sari"
    assert who(people, connection, "appraiser_superior", "alice").person == "carol"


@pytest.mark.parametrize(
    ("employee", "superior", "found"), [("bob", "andi", "carol"), ("alice", "dan", "bob"), ("alice", "alice", "bob")]
)
def test_a_named_superior_who_may_not_appraise_is_passed_over(
    employee: str, superior: str, found: str, agency: Agency, people: People, connection: sa.Connection
) -> None:
    name_superior(connection, employee, superior)

    assert who(people, connection, "appraiser", employee).person == found


def test_the_nearest_performance_team_takes_the_task(agency: Agency, people: People, connection: sa.Connection) -> None:
    assert who(people, connection, "performance_team", "alice").group == "performance_team:DINKES"

    agency.joins("sari", "performance_team:KESMAS")
    assert who(people, connection, "performance_team", "alice").group == "performance_team:KESMAS"


def test_a_member_of_the_team_is_cared_for_by_another(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    assert who(people, connection, "performance_team", "tuti").group == "admin"

    agency.joins("dan", "performance_team:DINKES")
    assert who(people, connection, "performance_team", "tuti").person == "dan"

    agency.joins("sari", "performance_team")
    assert who(people, connection, "performance_team", "tuti").group == "performance_team"


def test_an_official_alone_is_named_and_never_decides_about_himself(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    agency.joins("carol", "authorised_official")

    assert who(people, connection, "authorised_official", "alice").person == "carol"
    assert who(people, connection, "authorised_official", "carol").group == "admin"
    assert who(people, connection, "appointing_authority", "alice").group == "admin"


def test_above_the_highest_appraiser_the_authorised_official_decides(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    """DOMAIN 2.10, step 7: the appraiser has no superior."""
    assert who(people, connection, "appraiser_superior", "carol").group == "admin"

    agency.joins("sari", "authorised_official")
    assert who(people, connection, "appraiser_superior", "carol").person == "sari"


def test_the_counsellor_is_independent_or_else_the_appraiser(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    assert who(people, connection, "counsellor", "alice").person == "bob"

    agency.joins("dan", "counsellor")
    assert who(people, connection, "counsellor", "alice").person == "dan"


def test_a_leader_of_another_unit_s_team_is_heard_only_with_a_letter(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    team = {"id": "T1", "name": "Integrasi data", "unit_id": "SDK", "leader_id": "dan", "starts": LONG_AGO}
    connection.execute(sa.insert(TeamRow).values(team))
    member = {"team_id": "T1", "employee_id": "alice", "letter": None, "starts": LONG_AGO}
    connection.execute(sa.insert(TeamMemberRow).values(member))
    assert who(people, connection, "team_leader", "alice").person == "bob"

    connection.execute(sa.update(TeamMemberRow).values(letter="ST-12/2026"))
    assert who(people, connection, "team_leader", "alice").person == "dan"


def test_mail_goes_to_the_person_or_to_all_of_the_group(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    agency.joins("dan", "performance_team:DINKES")

    def told(performer: str) -> list[str]:
        found = people.recipients(connection, performer, subject="alice", unit="KESMAS", data={}, on=SPRING)
        return [one.name for one in found]

    assert told("appraiser") == ["Bob"]
    assert told("performance_team") == ["Tuti", "Dan"]
    assert told("appointing_authority") == []
    assert people.names(connection, ["alice", "nobody"]) == {"alice": "Alice"}


def test_a_unit_that_stands_above_itself_does_not_hang(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    connection.exec_driver_sql("UPDATE units SET parent_id = 'KESMAS' WHERE id = 'KAB'")

    assert who(people, connection, "appraiser", "alice").person == "bob"


# random organisations: whatever the letters say, nobody appraises himself or whoever stands above him


def made_up(name: str, unit: str, kind: PostKind) -> Person:
    return Person(
        id=name, nip="", name=name, email=None, kind=EmployeeKind.PNS, grade=None, starts=LONG_AGO, ends=None, post=name,
        position=name, post_kind=kind, tier=None, heads_unit=False, unit=unit, unit_name=unit, since=None,
    )  # fmt: skip


NAMES = st.sampled_from([f"p{number}" for number in range(5)])
KINDS = st.sampled_from(list(PostKind))


@st.composite
def seats(draw: st.DrawFn) -> Seat:
    unit = draw(st.sampled_from(["u1", "u2", "u3"]))
    holder = made_up(draw(NAMES), unit, draw(KINDS)) if draw(st.booleans()) else None
    stand_in = None
    if draw(st.booleans()):
        stand_in = StandIn(
            made_up(draw(NAMES), unit, draw(KINDS)), draw(st.sampled_from(ActingKind)), draw(st.booleans()), "L"
        )
    return Seat(unit, f"post-{unit}", f"Kepala {unit}", draw(KINDS), draw(st.booleans()), holder, stand_in)


@st.composite
def lines(draw: st.DrawFn, depth: int = 2) -> Line:
    named = draw(st.none() | lines(depth=depth - 1)) if depth else None
    return Line(
        subject=made_up(draw(NAMES), "u1", draw(KINDS)),
        seats=draw(st.lists(seats(), max_size=5)),
        named=named,
        conflicts=draw(st.frozensets(NAMES, max_size=2)),
        delegates=draw(st.frozensets(NAMES, max_size=3)),
        acting_may_appraise={ActingKind.PLT: draw(st.booleans()), ActingKind.PLH: draw(st.booleans())},
    )


TABLES = st.sampled_from(["shipped", "ATASAN", "PLT", "NAIK_SATU", "ADMIN", "", None])


@given(line=lines(), table=TABLES)
def test_nobody_ever_appraises_himself_whatever_the_letters_and_the_table_say(
    line: Line, table: str | None, decide: Ask
) -> None:
    def careless(decision: str, inputs: Mapping[str, Json]) -> Json:
        return decide(decision, inputs) if table == "shipped" else table

    appraiser = choose_appraiser(line, careless)
    superior = choose_superior(line, appraiser, careless)

    for chosen in (appraiser, superior):
        if chosen.person is not None:
            assert chosen.person.id != line.subject.id
            assert chosen.person.id not in line.conflicts
        assert chosen.why
    if superior.person is not None:
        assert appraiser.person is not None
        assert superior.person.id != appraiser.person.id
    if appraiser.seat is not None:
        below = line.seats[appraiser.seat :]
        assert not any(seat.is_taken_by(line.subject.id) for seat in below)


@given(line=lines())
def test_who_appraises_without_a_letter_is_at_least_pengawas(line: Line, decide: Ask) -> None:
    chosen = choose_appraiser(line, decide)
    if chosen.seat is None or chosen.person is None:
        return
    seat = line.seats[chosen.seat]
    by_post = chosen.person is seat.holder and (seat.kind.may_appraise or seat.independent)
    by_letter = chosen.person.id in line.delegates or (
        seat.stand_in is not None and chosen.person is seat.stand_in.person
    )
    assert by_post or by_letter


def test_every_performer_is_resolved_to_someone(agency: Agency, people: People, connection: sa.Connection) -> None:
    for performer in [*PERFORMERS, "stranger"]:
        found = who(people, connection, performer, "alice")
        assert (found.person is None) != (found.group is None)
        assert found.why
