from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import JAKARTA
from engine.cycle.calendar import Deadlines, WorkCalendar, calendar_functions, year_deadlines, year_periods
from engine.cycle.holidays import foreseen
from engine.cycle.parameters import Parameters
from engine.feel import Environment, compile_expression

DAYS_OFF = frozenset(day for day, _name in foreseen(range(2026, 2028)))
CALENDAR = WorkCalendar(DAYS_OFF, JAKARTA)
DEFAULTS = Parameters()
NEW_YEAR = datetime(2026, 1, 2, 9, tzinfo=JAKARTA)
NINE_MONTHS_IN = datetime(2026, 9, 21, 10, tzinfo=JAKARTA)
STEPS = ("draft", "dialogue", "review", "set", "team_set")


def day(moment: datetime) -> date:
    return moment.astimezone(JAKARTA).date()


def test_the_year_2026_has_its_legal_dates() -> None:
    deadlines = year_deadlines(2026, DEFAULTS, CALENDAR, NEW_YEAR)

    assert day(deadlines.draft) == date(2026, 1, 14)
    assert day(deadlines.dialogue) == date(2026, 1, 22)  # 16 January is Isra Mikraj
    assert day(deadlines.review) == date(2026, 1, 29)
    assert day(deadlines.leader_wait) == date(2026, 1, 21)
    assert day(deadlines.team_set) == date(2026, 2, 5)
    assert day(deadlines.annual_report) == date(2027, 1, 10)
    assert day(deadlines.annual_final) == date(2027, 1, 31)
    assert day(deadlines.superior_final) == date(2027, 2, 15)


def test_31_january_2026_is_a_saturday_and_stays() -> None:
    deadlines = year_deadlines(2026, DEFAULTS, CALENDAR, NEW_YEAR)

    assert deadlines.set.isoformat() == "2026-01-31T23:59:59+07:00"


@pytest.mark.parametrize(("rule", "moved"), [("MAJU", date(2026, 1, 30)), ("MUNDUR", date(2026, 2, 2))])
def test_an_agency_may_move_a_legal_date_off_the_weekend(rule: str, moved: date) -> None:
    deadlines = year_deadlines(2026, Parameters({"batas.hari_libur": rule}), CALENDAR, NEW_YEAR)

    assert day(deadlines.set) == moved


def test_quarters_are_due_5_15_and_30_days_after_their_end() -> None:
    first, *_, last = year_periods(2026, DEFAULTS, CALENDAR, NEW_YEAR)

    assert (first.code, first.name, first.starts, first.ends) == (
        "TW1",
        "Triwulan I",
        date(2026, 1, 1),
        date(2026, 3, 31),
    )
    assert day(first.report_due) == date(2026, 4, 5)
    assert day(first.rate_due) == date(2026, 4, 15)
    assert day(first.superior_due) == date(2026, 4, 30)
    assert last.code == "TW4"
    assert last.opens.isoformat() == "2026-10-01T00:00:00+07:00"
    assert last.to_json()["rate_due"] == "2027-01-15T23:59:59+07:00"


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("TRIWULAN", ["TW1", "TW2", "TW3", "TW4"]),
        ("SEMESTER", ["SM1", "SM2"]),
        ("TAHUN", ["TH"]),
        ("BULAN", [f"B{number:02d}" for number in range(1, 13)]),
    ],
)
def test_the_agency_chooses_the_kind_of_period(kind: str, codes: list[str]) -> None:
    periods = year_periods(2026, Parameters({"periode.jenis": kind}), CALENDAR, NEW_YEAR)

    assert [period.code for period in periods] == codes
    assert periods[0].starts == date(2026, 1, 1)
    assert periods[-1].ends == date(2026, 12, 31)


def test_who_joins_in_september_plans_in_october_and_has_no_past_quarters() -> None:
    deadlines = year_deadlines(2026, DEFAULTS, CALENDAR, NINE_MONTHS_IN)
    periods = year_periods(2026, DEFAULTS, CALENDAR, NINE_MONTHS_IN, serves_from=date(2026, 9, 21))

    assert day(deadlines.draft) == date(2026, 9, 30)  # seven working days
    assert [period.code for period in periods] == ["TW3", "TW4"]
    assert periods[0].starts == date(2026, 9, 21)
    assert all(period.report_due > deadlines.set for period in periods)
    assert day(deadlines.annual_final) == date(2027, 1, 31)


def test_who_leaves_in_november_has_a_last_period_that_ends_then() -> None:
    periods = year_periods(2026, DEFAULTS, CALENDAR, NEW_YEAR, serves_until=date(2026, 11, 30))

    assert periods[-1].ends == date(2026, 11, 30)
    assert day(periods[-1].rate_due) == date(2026, 12, 15)


@given(st.datetimes(datetime(2025, 10, 1), datetime(2027, 6, 30), timezones=st.just(UTC)))
def test_deadlines_always_lie_in_the_future_and_in_order(opening: datetime) -> None:
    deadlines = year_deadlines(2026, DEFAULTS, CALENDAR, opening)
    moments = [getattr(deadlines, name) for name in STEPS]
    after = [
        deadlines.annual_report,
        deadlines.inputs,
        deadlines.annual_rating,
        deadlines.annual_final,
        deadlines.superior_final,
    ]

    assert all(getattr(deadlines, name) > opening for name in Deadlines.__dataclass_fields__)
    assert moments == sorted(moments)
    assert after == sorted(after)
    assert after[0] > deadlines.set


@given(
    st.datetimes(datetime(2025, 10, 1), datetime(2027, 1, 31), timezones=st.just(UTC)),
    st.sampled_from(["TRIWULAN", "BULAN", "SEMESTER", "TAHUN"]),
)
def test_no_period_has_ended_or_is_due_before_the_opening(opening: datetime, kind: str) -> None:
    parameters = Parameters({"periode.jenis": kind})
    for period in year_periods(2026, parameters, CALENDAR, opening):
        assert period.ends >= day(opening)
        assert opening < period.report_due <= period.rate_due <= period.superior_due


@pytest.mark.parametrize(
    ("zone", "offset"), [("Asia/Jakarta", "+07:00"), ("Asia/Makassar", "+08:00"), ("Asia/Jayapura", "+09:00")]
)
def test_a_deadline_ends_with_the_local_day(zone: str, offset: str) -> None:
    calendar = WorkCalendar(frozenset(), ZoneInfo(zone))

    assert calendar.end_of(date(2026, 1, 31)).isoformat() == f"2026-01-31T23:59:59{offset}"


def test_an_opening_late_in_the_evening_in_utc_is_the_next_day_in_papua() -> None:
    calendar = WorkCalendar(frozenset(), ZoneInfo("Asia/Jayapura"))
    opening = datetime(2026, 9, 20, 16, tzinfo=UTC)  # 01.00 on the 21st

    assert calendar.local_day(year_deadlines(2026, DEFAULTS, calendar, opening).draft) == date(2026, 9, 30)


@given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.integers(1, 40))
def test_counting_working_days_forth_and_back_ends_on_working_days(start: date, count: int) -> None:
    end = CALENDAR.after(start, count)

    assert CALENDAR.works_on(end)
    assert CALENDAR.between(start, end) == count
    assert CALENDAR.works_on(CALENDAR.after(start, -count))


def test_documents_may_count_working_days() -> None:
    functions = calendar_functions(lambda: DAYS_OFF)
    environment = Environment(NEW_YEAR, JAKARTA, functions)

    def value(text: str) -> object:
        return compile_expression(text, functions).evaluate({"n": 2, "given": "2026-01-15"}, environment)

    assert value("working days after(date(given), n)") == date(2026, 1, 20)
    assert value("working days after(given, 0)") == date(2026, 1, 15)
    assert str(value('end of day(date("2026-01-31"))')) == "2026-01-31 23:59:59+07:00"
    assert value('working days after("soon", 2)') is None
    assert value("working days after(given, 99999999)") is None
    assert value('working days after(given, "x")') is None
    assert functions["working days after"].call(date(2026, 1, 15), Decimal(1), zone=JAKARTA) == date(2026, 1, 19)
