from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import ActingKind, HoldingRow, ParameterRow
from engine.cycle.starting import PROCESS
from engine.cycle.year import PerformanceCycle
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime.values import Actor
from tests.cycle.agency import PERSONNEL, Agency, Runtime

AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
ALICE, BOB, CAROL = Actor("alice"), Actor("bob"), Actor("carol")
TUTI = Actor("tuti", groups=frozenset({"performance_team:DINKES"}))
REGENT = Actor("regent")
OWNER = Actor("pemilik", roles=frozenset({"process_owner"}))
SECOND_OWNER = Actor("pemilik-2", roles=frozenset({"process_owner"}))

pytestmark = pytest.mark.usefixtures("populated")


def works_off(cycle: PerformanceCycle, limit: int = 3) -> int:
    return sum(iter(lambda: cycle.run_openings(limit), 0))


def test_a_year_opens_one_case_for_each_who_takes_part_leaders_first(cycle: PerformanceCycle, runtime: Runtime) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)

    assert works_off(cycle) == 7  # not the regent
    assert next(iter(runtime.cases)) == "2026/carol"
    assert list(runtime.cases)[-1] in ("2026/alice", "2026/andi", "2026/dan")
    (opening,) = cycle.openings("2026", by=PERSONNEL)
    assert (opening.total, opening.opened, opening.existed, opening.failed, opening.status) == (7, 7, 0, 0, "done")
    assert cycle.cycles(by=ALICE)[0].status == "open"


def test_opening_again_opens_nobody_twice(cycle: PerformanceCycle, runtime: Runtime) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", "KESMAS", by=PERSONNEL)
    works_off(cycle)
    cycle.open_cycle("2026", by=PERSONNEL)
    works_off(cycle)

    newest, first = sorted(cycle.openings(by=PERSONNEL), key=lambda opening: opening.total, reverse=True)
    assert (first.opened, first.unit) == (3, "KESMAS")
    assert (newest.opened, newest.existed) == (4, 3)
    assert len(runtime.cases) == 7


def test_a_case_starts_with_all_that_diagrams_read(cycle: PerformanceCycle, runtime: Runtime) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)
    works_off(cycle)
    case = runtime.cases["2026/alice"]

    assert (case.process, case.subject, case.unit, case.cycle, case.title) == (
        PROCESS,
        "alice",
        "KESMAS",
        "2026",
        "SKP 2026",
    )
    assert case.parties == {"p:alice", "p:bob", "p:carol", "g:performance_team:DINKES"}
    assert case.data["employee"]["unit"] == {"id": "KESMAS", "name": "Unit KESMAS"}
    assert case.data["employee"]["post_kind"] == "FUNGSIONAL"
    assert case.data["appraiser"]["id"] == "bob"
    assert case.data["cycle"] == {
        "id": "2026", "year": 2026, "regime": "REG_2022", "starts": "2026-01-01", "ends": "2026-12-31",
    }  # fmt: skip
    assert case.data["deadlines"]["set"] == "2026-01-31T23:59:59+07:00"
    assert [period["code"] for period in case.data["periods"]] == ["TW1", "TW2", "TW3", "TW4"]
    assert case.data["parameters"]["objection_days"] == 14
    assert case.data["parameters"]["team_review"] is False
    assert case.data["leader_results"] == []
    assert len(case.data["behaviours"]) == 7
    assert runtime.cases["2026/bob"].data["employee"]["heads_unit"] is True


def test_who_joins_in_autumn_gets_later_dates_and_only_the_rest_of_the_year(
    cycle: PerformanceCycle, runtime: Runtime, clock: VirtualClock, database: sa.Engine
) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    clock.advance(timedelta(days=262))  # 21 September
    with database.begin() as connection:
        Agency(connection, numbers=50).person("nina", "SDK", starts=date(2026, 9, 21))
    cycle.open_cycle("2026", "SDK", by=PERSONNEL)
    works_off(cycle)
    data = runtime.cases["2026/nina"].data

    assert data["deadlines"]["draft"].startswith("2026-09-30")
    assert [(period["code"], period["starts"]) for period in data["periods"]] == [
        ("TW3", "2026-09-21"),
        ("TW4", "2026-10-01"),
    ]


def test_one_who_cannot_be_opened_does_not_stop_the_others(cycle: PerformanceCycle, runtime: Runtime) -> None:
    runtime.broken = {"andi"}
    cycle.create_cycle(2026, by=PERSONNEL)
    opening = cycle.open_cycle("2026", by=PERSONNEL)
    works_off(cycle, limit=100)

    assert [(failure.name, "rusak" in failure.error) for failure in cycle.opening_failures(opening, by=PERSONNEL)] == [
        ("Andi", True)
    ]
    assert cycle.openings(by=PERSONNEL)[0].status == "incomplete"
    runtime.broken = set()
    assert cycle.retry_opening(opening, by=PERSONNEL) == 1
    works_off(cycle)
    assert cycle.openings(by=PERSONNEL)[0].status == "done"


def test_who_has_left_in_between_is_told_as_a_failure(cycle: PerformanceCycle, database: sa.Engine) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    opening = cycle.open_cycle("2026", "KESMAS", by=PERSONNEL)
    with database.begin() as connection:
        connection.execute(
            sa.update(HoldingRow).where(HoldingRow.employee_id == "andi").values(ends=date(2025, 12, 31))
        )
    works_off(cycle)

    (failure,) = cycle.opening_failures(opening, by=PERSONNEL)
    assert failure.error == "Andi belum memegang jabatan."


def test_a_slice_that_a_worker_left_is_taken_by_another(
    cycle: PerformanceCycle, runtime: Runtime, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)

    def dies(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    for _ in range(3):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(runtime, "open_cases", dies)
            cycle.run_openings(5)
        clock.advance(timedelta(minutes=6))

    assert works_off(cycle, 5) == 7
    (opening,) = cycle.openings(by=PERSONNEL)
    assert (opening.opened, opening.failed) == (2, 5)  # three deaths are enough


def test_two_workers_never_take_the_same_person(cycle: PerformanceCycle, runtime: Runtime) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)
    first = cycle._openings._claim(4)
    second = cycle._openings._claim(100)

    assert {row.employee_id for row in first}.isdisjoint(row.employee_id for row in second)
    assert len(first) + len(second) == 7


def test_only_personnel_open_years_and_a_closed_one_stays_closed(cycle: PerformanceCycle) -> None:
    for actor in (ALICE, AUDITOR, OWNER):
        with pytest.raises(NotYours):
            cycle.create_cycle(2026, by=actor)
    cycle.create_cycle(2026, by=PERSONNEL)
    with pytest.raises(Refused, match="sudah ada"):
        cycle.create_cycle(2026, by=PERSONNEL)
    with pytest.raises(NotFound):
        cycle.open_cycle("2030", by=PERSONNEL)
    with pytest.raises(NotFound):
        cycle.open_cycle("2026", "NOWHERE", by=PERSONNEL)
    scoped = Actor("lia", roles=frozenset({"personnel"}), groups=frozenset({"personnel:SDK"}))
    with pytest.raises(NotYours):
        cycle.open_cycle("2026", by=scoped)
    assert cycle.open_cycle("2026", "SDK", by=scoped)
    cycle.close_cycle("2026", by=PERSONNEL)
    with pytest.raises(Refused, match="ditutup"):
        cycle.open_cycle("2026", by=PERSONNEL)


def test_a_new_year_knows_its_holidays(cycle: PerformanceCycle) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    days = {holiday.day: holiday for holiday in cycle.holidays(2026)}

    assert days[date(2026, 2, 16)].joint_leave
    assert not days[date(2026, 8, 17)].joint_leave


def test_a_unit_may_have_its_own_dates(cycle: PerformanceCycle, runtime: Runtime) -> None:
    today = date(2026, 1, 2)
    for key, value, unit in (
        ("skp.batas", "02-28", "SDK"),
        ("skp.reviu_pengelola", "WAJIB", None),
        ("zona", "WITA", "KESMAS"),
    ):
        proposal = cycle.rulebook.propose(key, value, unit=unit, starts=today, reason="Surat edaran bupati", by=OWNER)
        cycle.rulebook.accept(proposal.id, by=SECOND_OWNER)
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)
    works_off(cycle)

    assert runtime.cases["2026/dan"].data["deadlines"]["set"] == "2026-02-28T23:59:59+07:00"
    assert runtime.cases["2026/alice"].data["deadlines"]["set"] == "2026-01-31T23:59:59+08:00"
    assert runtime.cases["2026/dan"].data["parameters"]["team_review"] is True


def names(cycle: PerformanceCycle, actor: Actor, **filters: str) -> list[str]:
    return [person.name for person in cycle.employees(by=actor, **filters).items]


def test_everyone_sees_only_whom_he_may(cycle: PerformanceCycle) -> None:
    everyone = ["Alice", "Andi", "Bob", "Carol", "Dan", "Regent", "Sari", "Tuti"]

    assert names(cycle, AUDITOR) == names(cycle, PERSONNEL) == names(cycle, REGENT) == everyone
    assert names(cycle, CAROL) == names(cycle, TUTI) == ["Alice", "Andi", "Bob", "Carol", "Dan", "Sari", "Tuti"]
    assert names(cycle, BOB) == ["Alice", "Andi", "Bob"]
    assert names(cycle, ALICE) == ["Alice"]
    assert names(cycle, OWNER) == []
    assert [unit.id for unit in cycle.units(by=BOB)] == ["KESMAS"]
    assert [unit.id for unit in cycle.units(by=ALICE)] == ["KESMAS"]
    assert [unit.id for unit in cycle.units(by=AUDITOR)] == ["KAB", "DINKES", "KESMAS", "SDK"]
    assert cycle.units(by=OWNER) == []


def test_employees_are_found_by_name_number_and_post(cycle: PerformanceCycle) -> None:
    assert names(cycle, AUDITOR, search="ali") == ["Alice"]
    assert names(cycle, AUDITOR, search="kepala kesmas") == ["Bob"]
    assert names(cycle, AUDITOR, search="100%") == []
    assert names(cycle, AUDITOR, unit="SDK") == ["Dan", "Sari"]
    assert names(cycle, BOB, unit="SDK") == []
    nip = cycle.employees(by=AUDITOR, search="dan").items[0].nip
    assert names(cycle, AUDITOR, search=nip) == ["Dan"]


def test_an_employee_s_page_tells_of_superiors_and_posts(cycle: PerformanceCycle) -> None:
    view = cycle.employee("alice", by=BOB)

    assert view.superiors.appraiser.person is not None
    assert view.superiors.appraiser.person.id == "bob"
    assert view.posts[0].unit == "KESMAS"
    assert cycle.employee("alice", by=ALICE).employee.name == "Alice"
    for stranger in (Actor("dan"), OWNER, Actor("nobody")):
        with pytest.raises(NotFound):
            cycle.employee("alice", by=stranger)


def test_the_tree_tells_who_leads_and_who_stands_in(cycle: PerformanceCycle) -> None:
    cycle.appoint_acting("SDK", "dan", ActingKind.PLH, letter="SP-3", starts=date(2026, 1, 1), by=PERSONNEL)
    sdk = next(unit for unit in cycle.units(by=AUDITOR) if unit.id == "SDK")

    assert (sdk.head_name, sdk.stand_in, sdk.size) == ("Sari", "PLH Dan", 2)
    with pytest.raises(FormInvalid):
        cycle.appoint_acting("SDK", "dan", ActingKind.PLT, letter=" ", starts=date(2026, 1, 1), by=PERSONNEL)
    assert names(cycle, Actor("dan")) == ["Dan", "Sari"]  # who stands in sees the unit


def test_work_pools_are_joined_and_left(cycle: PerformanceCycle, clock: VirtualClock) -> None:
    cycle.join_group("performance_team", "dan", by=PERSONNEL)
    cycle.join_group("performance_team", "dan", by=PERSONNEL)
    account = cycle.create_account("dan", "kucing lewat pagar", by=PERSONNEL)
    assert account.groups == {"performance_team"}

    cycle.leave_group("performance_team", "dan", by=PERSONNEL)
    clock.advance(timedelta(days=1))
    found = cycle.account(account.id)
    assert found is not None
    assert found.groups == frozenset()


def test_progress_is_for_who_leads_or_cares(cycle: PerformanceCycle) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)

    assert cycle.progress("2026", by=BOB).total.total == 0
    with pytest.raises(NotYours):
        cycle.progress("2026", by=ALICE)


def test_progress_counts_the_cases_that_run_and_those_that_are_late(
    application: Application, clock: VirtualClock
) -> None:
    cycle = application.cycle
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)
    works_off(cycle)
    started = cycle.progress("2026", by=AUDITOR)

    assert (started.total.total, started.total.open, started.total.late) == (7, 7, 0)
    assert started.phases["planning"].open == 7
    assert [(unit.unit, unit.count.total) for unit in started.units] == [("DINKES", 2), ("KESMAS", 3), ("SDK", 2)]
    assert cycle.progress("2026", by=BOB).total.total == 3

    clock.advance(timedelta(days=30))
    overdue = cycle.progress("2026", by=AUDITOR)
    assert overdue.total.late == sum(overdue.tasks_late.values()) > 0


def test_the_regime_on_the_first_day_of_a_year_is_kept_with_its_cases(
    cycle: PerformanceCycle, runtime: Runtime, database: sa.Engine
) -> None:
    rule = {"key": "rezim.aktif", "unit_id": None, "set_by": "dewi", "set_at": runtime.clock.now()}
    spans = [("REG_2021", date(2020, 1, 1), date(2026, 1, 31)), ("REG_2022", date(2026, 2, 1), None)]
    with database.begin() as connection:
        for regime, starts, ends in spans:
            row = {**rule, "value": regime, "starts": starts, "ends": ends}
            connection.execute(sa.insert(ParameterRow).values(row))
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.create_cycle(2027, by=PERSONNEL)

    cycle.open_cycle("2026", by=PERSONNEL)
    works_off(cycle)

    assert {one.year: one.regime for one in cycle.cycles(by=AUDITOR)} == {2026: "REG_2021", 2027: "REG_2022"}
    assert {case.data["cycle"]["regime"] for case in runtime.cases.values()} == {"REG_2021"}
    assert {case.data["parameters"]["weights"] for case in runtime.cases.values()} == {"70/30"}
