"""Days off changed in mid-year: typed or pasted, seen beforehand, carried out on every case, with who and why."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.agency import Holiday
from engine.cycle.dates.days import read
from engine.cycle.dates.reckoning import followed
from engine.cycle.dates.verbs import CARRY_OUT
from engine.cycle.dates.windows import Reopening
from engine.errors import FormInvalid, NotYours, Refused
from engine.runtime.definitions import TASKS
from engine.runtime.models import CaseRow, TaskDefinitionRow, TaskRow, TimerRow
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.house import Post

DIAN = Actor("dian", roles=frozenset({"personnel"}))
WHY = "SKB tiga menteri tentang cuti bersama."
DECREE = """
1. Senin, 19 Januari 2026: Cuti Bersama tambahan
2. 20-21 Januari 2026 (Selasa-Rabu) Libur daerah
"""


@pytest.fixture
def house(opened_house: tuple[Application, Post]) -> Application:
    application, _ = opened_house
    application.cycle.create_account(
        DIAN.person, "perahu-layar-biru", by=SYSTEM, login="dian", name="Dian", roles=DIAN.roles
    )
    return application


def works(house: Application) -> None:
    while house.engine.batches.run():
        pass


def test_lists_are_read_as_decrees_write_them() -> None:
    text = "2026-03-20 Idulfitri\n17/08/2026; Proklamasi\n" + DECREE
    assert list(read(text)) == [
        Holiday(date(2026, 3, 20), "Idulfitri", False),
        Holiday(date(2026, 8, 17), "Proklamasi", False),
        Holiday(date(2026, 1, 19), "Cuti Bersama tambahan", True),
        Holiday(date(2026, 1, 20), "Libur daerah", False),
        Holiday(date(2026, 1, 21), "Libur daerah", False),
    ]


@pytest.mark.parametrize("line", ["besok libur", "2026-02-30 Tidak ada", "20 Maret 2026", "24-20 Maret 2026 Terbalik"])
def test_a_line_that_is_no_day_and_name_is_named(line: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        list(read(f"2026-03-20 Idulfitri\n{line}"))
    assert "Baris 2" in refused.value.errors["hari"]


def test_only_what_follows_the_old_dates_follows_the_new() -> None:
    old, new = {"a": 1, "b": [1, {"c": 2}]}, {"a": 2, "b": [1, {"c": 3}]}
    assert followed({"a": 1, "b": [9, {"c": 2}], "z": 0}, old, new) == {"a": 2, "b": [9, {"c": 3}], "z": 0}
    assert followed({"a": 7, "b": [1]}, old, new) == {"a": 7, "b": [1]}


def test_days_off_in_january_move_what_is_reckoned_in_working_days(house: Application, clock: VirtualClock) -> None:
    clock.go_to(datetime(2026, 1, 15, 1, 0, tzinfo=UTC))  # drafts are in: dialogues are due in working days
    while house.work():
        pass
    change = house.dates.change_days(DECREE, [], reason=WHY, by=DIAN)
    with pytest.raises(Refused, match="Belum semua perkara dilihat"):
        house.dates.carry_out(change, by=DIAN)
    with pytest.raises(Refused, match="belum dijalankan"):
        house.dates.change_days("2026-02-02 Libur", [], reason=WHY, by=DIAN)
    works(house)
    moves = house.dates.moves(change, by=DIAN, limit=1000).items
    before = due_moments(house)
    assert moves, "somebody's task or timer is reckoned in working days"
    assert date(2026, 1, 19) not in {one.day for one in house.cycle.holidays(2026)}, "a preview writes nothing"
    assert sum(unit.moves for unit in house.dates.units(change, by=DIAN)) == len(moves)
    some = house.dates.moves(change, by=DIAN, unit=moves[0].unit, limit=1000)
    assert 0 < some.total <= len(moves)

    house.dates.carry_out(change, by=DIAN)
    works(house)

    after = due_moments(house)
    moved = sorted((key[0], at, after[key]) for key, at in before.items() if after[key] != at)
    assert moved == sorted((str(move.case_id), move.due_before, move.due_at) for move in moves)
    assert {one.day: one.joint_leave for one in house.cycle.holidays(2026)}[date(2026, 1, 19)]
    record = house.dates.change(change, by=DIAN)
    assert (record.made_by, record.reason, record.status, record.settled_by) == ("dian", WHY, "carried_out", "dian")
    assert record.work is not None and (record.work.kind, record.work.failed) == (CARRY_OUT, 0)
    assert house.engine.verify().breach is None


def test_a_name_or_a_sunday_is_written_at_once(house: Application) -> None:
    change = house.dates.change_days("2026-08-17 Hari Kemerdekaan\n2026-05-10 Hari jadi", [], reason=WHY, by=DIAN)
    assert house.dates.change(change, by=DIAN).status == "carried_out"
    names = {one.day: one.name for one in house.cycle.holidays(2026)}
    assert (names[date(2026, 8, 17)], names[date(2026, 5, 10)]) == ("Hari Kemerdekaan", "Hari jadi")
    with pytest.raises(FormInvalid, match="Tidak ada yang berubah"):
        house.dates.change_days("2026-08-17 Hari Kemerdekaan", [date(2026, 7, 1)], reason=WHY, by=DIAN)


def test_a_change_that_was_dropped_changes_nothing_and_stays_in_the_record(house: Application) -> None:
    holiday = house.cycle.holidays(2026)[0].day
    change = house.dates.change_days("", [holiday], reason=WHY, by=DIAN)
    house.dates.drop(change, by=DIAN)
    works(house)
    assert holiday in {one.day for one in house.cycle.holidays(2026)}
    assert [one.status for one in house.dates.changes(by=DIAN).items] == ["dropped"]
    with pytest.raises(Refused, match="sudah selesai"):
        house.dates.carry_out(change, by=DIAN)


def test_only_personnel_of_the_agency_change_days(house: Application) -> None:
    unit_only = Actor("eko", roles=frozenset({"personnel"}), groups=frozenset({"personnel:SDK"}))
    for by in (Actor("alice"), unit_only, Actor("fay", roles=frozenset({"auditor"}))):
        with pytest.raises(NotYours):
            house.dates.change_days(DECREE, [], reason=WHY, by=by)


REOPENED = "Gangguan jaringan selama dua pekan, surat kepala dinas."


def test_a_window_ends_later_for_a_unit_and_what_the_team_does_goes_back(
    house: Application, clock: VirtualClock
) -> None:
    clock.go_to(datetime(2026, 1, 15, 1, 0, tzinfo=UTC))  # nobody has drafted: the team does it
    while house.work():
        pass
    assert set(open_elements(house).values()) == {"team_draft_skp"}
    unit = house.cycle.employee("alice", by=SYSTEM).employee.unit
    asked = Reopening("skp", "2026", date(2026, 2, 20), unit=unit, send_back=True)
    change = house.dates.reopen(asked, reason=REOPENED, by=DIAN)
    works(house)
    seen = house.dates.moves(change, by=DIAN, limit=100)
    end = datetime(2026, 2, 20, 16, 59, 59, tzinfo=UTC)
    assert seen.total and {(one.kind, one.due_at) for one in seen.items} == {("back", end)}
    assert set(open_elements(house).values()) == {"team_draft_skp"}, "a preview writes nothing"

    house.dates.carry_out(change, by=DIAN)
    works(house)

    after = open_elements(house)
    back = {str(one.case_id) for one in seen.items}
    assert {case for case, element in after.items() if element == "draft_skp"} == back
    assert set(after) - back, "other units go on"
    assert house.engine.verify().breach is None
    case = next(iter(back))
    with house.engine.database.connect() as connection:
        assert (
            connection.scalar(sa.select(TaskRow.due_at).where(TaskRow.case_id == UUID(case), TaskRow.status == "open"))
            == end
        )
    events = house.engine.history(UUID(case), by=Actor("fay", roles=frozenset({"auditor"})))
    assert [(one.type, one.actor, one.data["reason"]) for one in events[-2:]] == [
        ("dates_moved", "dian", REOPENED),
        ("case_reset", "dian", REOPENED),
    ]
    clock.go_to(datetime(2026, 2, 20, 18, 0, tzinfo=UTC))
    while house.work():
        pass
    assert open_elements(house)[case] == "team_draft_skp", "the window closes again"


def test_a_window_of_one_person_moves_only_that_persons_dates(house: Application) -> None:
    asked = Reopening("skp", "2026", date(2026, 1, 30), person="alice")
    change = house.dates.reopen(asked, reason=REOPENED, by=DIAN)
    works(house)
    moves = house.dates.moves(change, by=DIAN).items
    assert {(one.kind, one.name) for one in moves} == {("task", "Susun SKP"), ("timer", "Batas penyusunan lewat")}
    house.dates.carry_out(change, by=DIAN)
    works(house)
    end = datetime(2026, 1, 30, 16, 59, 59, tzinfo=UTC)
    with house.engine.database.connect() as connection:
        dues = connection.execute(
            sa.select(CaseRow.subject, TaskRow.due_at).join(TaskRow, TaskRow.case_id == CaseRow.id)
        )
        assert {person for person, due in dues if due == end} == {"alice"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Reopening("apa", "2026", date(2026, 2, 1), person="alice"), "jendela"),
        (Reopening("lapor", "2026", date(2026, 2, 1), person="alice"), "jendela"),
        (Reopening("skp", "2026", date(2026, 1, 5), person="alice"), "sampai"),
        (Reopening("skp", "2019", date(2026, 2, 1), person="alice"), "siklus"),
        (Reopening("skp", "2026", date(2026, 2, 1)), "siapa"),
        (Reopening("skp", "2026", date(2026, 2, 1), person="nobody"), "siapa"),
    ],
)
def test_a_window_that_cannot_be_opened_is_refused(house: Application, asked: Reopening, field: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        house.dates.reopen(asked, reason=REOPENED, by=DIAN)
    assert list(refused.value.errors) == [field]


def open_elements(house: Application) -> dict[str, str]:
    """Where each case waits for a person."""
    query = sa.select(TaskRow.case_id, TaskDefinitionRow.element).select_from(TASKS).where(TaskRow.status == "open")
    with house.engine.database.connect() as connection:
        return {str(case): element for case, element in connection.execute(query)}


def due_moments(house: Application) -> dict[tuple[str, int, str], datetime]:
    """Every open task and drawn timer by case, number and kind."""
    tasks = sa.select(TaskRow.case_id, TaskRow.number, TaskRow.due_at).where(TaskRow.status == "open")
    timers = sa.select(TimerRow.case_id, TimerRow.number, TimerRow.due_at).where(TimerRow.kind == "event")
    with house.engine.database.connect() as connection:
        return {
            (str(case), number, kind): at
            for kind, query in (("task", tasks), ("timer", timers))
            for case, number, at in connection.execute(query)
            if at is not None
        }
